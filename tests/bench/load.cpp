#include "bench/load.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <ctime>
#include <exception>
#include <limits>
#include <mutex>
#include <queue>
#include <system_error>
#include <thread>

namespace shopflow::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kSilenceMaxNs = 30 * kSecond;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count();
}

double thread_cpu_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

/// What the threads of one load share.
struct Run {
  std::int64_t begin_ns = 0;
  std::atomic<std::int64_t> end_ns{kNever};  // moved forward when the work runs out
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::condition_variable ended;
  std::exception_ptr failure;
  int running = 0;
  std::int64_t start_ns = 0;
  std::atomic<std::uint64_t> tickets{0};  // of units that have a time to begin at

  void end_at(std::int64_t moment) {
    auto before = end_ns.load();
    while (moment < before && !end_ns.compare_exchange_weak(before, moment)) {
    }
    const std::scoped_lock lock{mutex};
    ended.notify_all();
  }
};

struct Connection {
  Connection(const Address& server, Shopper& who, std::uint64_t place)
      : line{server}, shopper{&who}, index{place} {}
  Line line;
  Shopper* shopper;
  std::uint64_t index;  // among the connections of its thread
  std::string request;
  std::int64_t started_ns = 0;
  bool in_unit = false;
};

/// A connection whose next unit is not due yet.
struct Waiting {
  std::int64_t due_ns;
  Connection* connection;
  bool operator<(const Waiting& other) const { return due_ns > other.due_ns; }  // the earliest first
};

/// One thread of the generator with its share of the shoppers.
class Worker {
 public:
  Worker(const LoadPlan& plan, Run& run) : plan_{plan}, run_{run}, epoll_{::epoll_create1(EPOLL_CLOEXEC)} {}
  ~Worker() { ::close(epoll_); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void take(Shopper& shopper) {
    connections_.push_back(std::make_unique<Connection>(plan_.server, shopper, connections_.size()));
  }

  void work() {
    try {
      for (auto& connection : connections_) ask(*connection, now_ns());
      while ((active_ > 0 || !waiting_.empty()) && !run_.failed.load(std::memory_order_relaxed)) wait();
      note_cpu(now_ns());
    } catch (...) {
      const std::scoped_lock lock{run_.mutex};
      if (!run_.failed.exchange(true)) run_.failure = std::current_exception();
    }
    const std::scoped_lock lock{run_.mutex};
    --run_.running;
    run_.ended.notify_all();
  }

  [[nodiscard]] const simulate::LatencyHistogram& latency() const { return latency_; }
  /// The share of a core that the measured time has taken.
  [[nodiscard]] double busy() const {
    const auto wall = static_cast<double>(cpu_until_ns_ - run_.begin_ns) / 1e9;
    return cpu_from_ < 0 || wall <= 0 ? 0 : (cpu_until_ - cpu_from_) / wall;
  }

 private:
  void wait() {
    std::array<epoll_event, 64> events;
    auto longest = kSilenceMaxNs;
    if (!waiting_.empty())
      longest = std::clamp<std::int64_t>(waiting_.top().due_ns - now_ns(), 0, kSilenceMaxNs);
    const timespec timeout{longest / kSecond, longest % kSecond};
    const int count =
        ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
    if (count == 0 && longest == kSilenceMaxNs) throw std::runtime_error{"the server was silent for 30 s"};
    for (int i = 0; i < count; ++i) {
      auto& connection = *connections_[events[static_cast<std::size_t>(i)].data.u64];
      const auto answer = connection.line.receive();
      if (answer) finish(connection, *answer);
    }
    while (!waiting_.empty() && waiting_.top().due_ns <= now_ns()) {
      auto& connection = *waiting_.top().connection;
      const auto due = waiting_.top().due_ns;
      waiting_.pop();
      send(connection, due);
    }
  }

  void finish(Connection& connection, const Answer& answer) {
    const auto now = now_ns();
    const auto step = connection.shopper->answered(answer);
    if (answer.close) connection.line.close();
    if (step != Shopper::Step::more) {
      if (step == Shopper::Step::done && now >= run_.begin_ns &&
          now < run_.end_ns.load(std::memory_order_relaxed))
        latency_.add(std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::nanoseconds{now - connection.started_ns}));
      connection.in_unit = false;
    }
    if (cpu_from_ < 0 && now >= run_.begin_ns) cpu_from_ = thread_cpu_seconds();
    --active_;
    ask(connection, now);
  }

  void ask(Connection& connection, std::int64_t now) {
    // A unit that has begun is finished, so that nothing is left half done.
    if (connection.in_unit) return send(connection, now);
    auto due = now;
    if (plan_.units_per_second > 0) {
      const auto ticket = static_cast<double>(run_.tickets.fetch_add(1, std::memory_order_relaxed));
      due = run_.start_ns + static_cast<std::int64_t>(ticket / plan_.units_per_second * 1e9);
    }
    if (std::max(due, now) >= run_.end_ns.load(std::memory_order_relaxed)) return note_cpu(now);
    if (due > now) return waiting_.push({due, &connection});
    send(connection, due);
  }

  /// A unit that begins now has been due since `due`, which is what its time is counted from.
  void send(Connection& connection, std::int64_t due) {
    connection.request.clear();
    if (!connection.shopper->ask(connection.request)) {
      if (plan_.measured.count() > 0) run_.end_at(now_ns());
      return;
    }
    if (connection.line.open()) watch(connection);
    if (!connection.in_unit) connection.started_ns = due;
    connection.in_unit = true;
    connection.line.send(connection.request);
    ++active_;
  }

  void watch(Connection& connection) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = connection.index;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.line.descriptor(), &event) != 0)
      throw std::system_error{errno, std::generic_category(), "a connection can't be watched"};
  }

  void note_cpu(std::int64_t now) {
    if (cpu_until_ns_ > 0) return;
    cpu_until_ = thread_cpu_seconds();
    cpu_until_ns_ = now;
  }

  const LoadPlan& plan_;
  Run& run_;
  int epoll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::priority_queue<Waiting> waiting_;
  std::size_t active_ = 0;  // connections that wait for an answer
  simulate::LatencyHistogram latency_;
  double cpu_from_ = -1;
  double cpu_until_ = 0;
  std::int64_t cpu_until_ns_ = 0;
};

/// Waits until the moment, or until the run has ended before.
void wait_until(Run& run, std::int64_t moment) {
  std::unique_lock lock{run.mutex};
  const Clock::time_point deadline{std::chrono::nanoseconds{moment}};
  run.ended.wait_until(
      lock, deadline, [&] { return run.running == 0 || run.failed.load() || run.end_ns.load() <= now_ns(); });
}

std::int64_t nanoseconds(Seconds time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
}

}  // namespace

LoadResult run_load(const LoadPlan& plan, Crowd& crowd) {
  Run run;
  std::vector<std::unique_ptr<Worker>> workers;
  const auto count = std::min<std::size_t>(static_cast<std::size_t>(std::max(plan.threads, 1)), crowd.size());
  for (std::size_t i = 0; i < count; ++i) workers.push_back(std::make_unique<Worker>(plan, run));
  for (std::size_t i = 0; i < crowd.size(); ++i) workers[i % count]->take(*crowd[i]);
  run.running = static_cast<int>(count);
  run.start_ns = now_ns();
  run.begin_ns = run.start_ns + nanoseconds(plan.warm_up);
  if (plan.measured.count() > 0) run.end_ns = run.begin_ns + nanoseconds(plan.measured);
  {
    std::vector<std::jthread> threads;
    for (auto& worker : workers) threads.emplace_back([&worker] { worker->work(); });
    wait_until(run, run.begin_ns);
    plan.at_begin();
    wait_until(run,
               plan.measured.count() > 0 ? run.end_ns.load() : now_ns() + nanoseconds(std::chrono::hours{1}));
    plan.at_end();
  }
  if (run.failure) std::rethrow_exception(run.failure);
  LoadResult result;
  result.seconds = static_cast<double>(std::min(run.end_ns.load(), now_ns()) - run.begin_ns) / 1e9;
  for (const auto& worker : workers) {
    result.latency.merge(worker->latency());
    result.busiest = std::max(result.busiest, worker->busy());
  }
  if (result.seconds > 0) result.rate = static_cast<double>(result.latency.count()) / result.seconds;
  return result;
}

}  // namespace shopflow::bench
