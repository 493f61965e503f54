#include "bench/log_watch.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <pqxx/pqxx>
#include <thread>

namespace shopflow::bench {

struct LogWatch::Session {
  explicit Session(const std::string& url) : connection{url} {
    connection.prepare("look",
                       "SELECT h.position, (SELECT min(c.position) FROM handler_cursors c)"
                       " FROM event_log_head h");
  }
  pqxx::connection connection;
};

LogWatch::LogWatch(Stand& stand) : session_{std::make_unique<Session>(stand.server().database().url())} {}
LogWatch::~LogWatch() = default;

LogState LogWatch::look(Seconds after) {
  pqxx::nontransaction work{session_->connection};
  if (after.count() > 0) work.exec("SELECT pg_sleep(" + std::to_string(after.count()) + ")");
  const auto row = work.exec_prepared1("look");
  return {row[0].as<std::int64_t>(), row[1].as<std::int64_t>(0)};
}

struct LagMeter::State {
  explicit State(Stand& stand) : watch{stand} {}
  LogWatch watch;
  simulate::LatencyHistogram lag;
  std::mutex mutex;
  std::condition_variable ended;
  bool stop = false;
  std::jthread thread;

  void run() {
    using Clock = std::chrono::steady_clock;
    struct Seen {
      std::int64_t up_to;
      Clock::time_point at;
    };
    std::deque<Seen> waiting;
    auto [head, done] = watch.look();
    for (std::unique_lock lock{mutex}; !stop;) {
      lock.unlock();
      const auto state = watch.look();
      const auto now = Clock::now();
      if (state.head > head) waiting.push_back({head = state.head, now});
      while (!waiting.empty() && done < state.done) {
        const auto& [up_to, at] = waiting.front();
        const auto applied = std::min(up_to, state.done);
        if (applied > done)
          lag.add(duration_cast<std::chrono::microseconds>(now - at),
                  static_cast<std::uint64_t>(applied - done));
        done = applied;
        if (applied == up_to) waiting.pop_front();
      }
      lock.lock();
      ended.wait_until(lock, now + std::chrono::milliseconds{1}, [this] { return stop; });
    }
  }
};

LagMeter::LagMeter(Stand& stand) : state_{std::make_unique<State>(stand)} {
  state_->thread = std::jthread{[state = state_.get()] { state->run(); }};
}

LagMeter::~LagMeter() {
  if (state_->thread.joinable()) (void)finish();
}

simulate::LatencyHistogram LagMeter::finish() {
  {
    const std::scoped_lock lock{state_->mutex};
    state_->stop = true;
    state_->ended.notify_all();
  }
  state_->thread.join();
  return state_->lag;
}

}  // namespace shopflow::bench
