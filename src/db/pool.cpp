#include "shopflow/db/pool.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "shopflow/core/thread_name.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/db/error.hpp"

namespace shopflow::db {
namespace {

namespace asio = boost::asio;
using Stopwatch = std::chrono::steady_clock;

// In the queue, for instance of a database that stands still; what has waited for longer is refused.
constexpr std::chrono::seconds kWaitMax{5};

std::exception_ptr attempt(Connection& connection, const std::function<void(Transaction&)>& work,
                           bool in_transaction) {
  try {
    if (in_transaction) {
      connection.transact(work);
    } else {
      connection.read(work);
    }
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

}  // namespace

Pool::Pool(PoolSettings settings) : settings_{std::move(settings)} {
  if (settings_.connections == 0) throw std::invalid_argument{"a pool without connections"};
  for (std::size_t i = 0; i < settings_.connections; ++i) threads_.emplace_back([this] { serve(); });
}

Pool::~Pool() { stop(); }

void Pool::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  threads_.clear();
}

PoolStats Pool::stats() const {
  const std::lock_guard lock{mutex_};
  auto stats = stats_;
  stats.waiting = jobs_.size();
  return stats;
}

std::exception_ptr Pool::refuse_or_queue(Job& job) {
  const std::lock_guard lock{mutex_};
  if (stopping_) return std::make_exception_ptr(Unavailable{"the server is stopping"});
  if (jobs_.size() >= settings_.queue_max) {
    ++stats_.refused;
    return std::make_exception_ptr(Overloaded{"the queue in front of the database is full"});
  }
  jobs_.push_back(std::move(job));
  return nullptr;
}

void Pool::enqueue(Job job) {
  // A refusal is handed over like any other outcome: what throws while an asynchronous operation is started
  // comes out of io_context::run, not out of co_await.
  if (auto refusal = refuse_or_queue(job)) return job(nullptr, std::move(refusal));
  wake_.notify_one();
}

asio::awaitable<void> Pool::submit(std::function<void(Transaction&)> work, bool in_transaction) {
  // `work` stays in this coroutine's frame, which outlives the job: the frame is resumed by the job's last
  // act.
  const auto initiate = [this, &work, in_transaction](auto handler) {
    auto executor = asio::get_associated_executor(handler);
    Job job = [&work, in_transaction, executor, queued = Stopwatch::now(), this,
               handler = std::move(handler)](Connection* connection, std::exception_ptr failure) mutable {
      if (connection != nullptr) failure = timed(*connection, work, in_transaction, queued);
      // Moved all the way, so that one thread at a time has the exception and the last one destroys it.
      asio::post(executor, [handler = std::move(handler), failure = std::move(failure)]() mutable {
        std::move(handler)(std::move(failure));
      });
    };
    enqueue(std::move(job));
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(initiate,
                                                                                         asio::use_awaitable);
}

std::exception_ptr Pool::timed(Connection& connection, const std::function<void(Transaction&)>& work,
                               bool in_transaction, Stopwatch::time_point queued) {
  const auto waited = microseconds_since(queued);
  const auto started = Stopwatch::now();
  if (started - queued > kWaitMax) {
    const std::lock_guard lock{mutex_};
    ++stats_.refused;
    return std::make_exception_ptr(Overloaded{"the database has kept its queue waiting for too long"});
  }
  auto failure = attempt(connection, work, in_transaction);
  const std::lock_guard lock{mutex_};
  ++stats_.jobs;
  stats_.wait_us += waited;
  stats_.busy_us += microseconds_since(started);
  return failure;
}

void Pool::serve() {
  name_thread("pool");
  Connection connection{settings_.connection};
  for (;;) {
    Job job;
    {
      std::unique_lock lock{mutex_};
      wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job(&connection, nullptr);
  }
}

}  // namespace shopflow::db
