#include "events/pipeline.hpp"

#include <spdlog/spdlog.h>

#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "events/known_types.hpp"
#include "shopflow/core/failpoint.hpp"
#include "shopflow/core/thread_name.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::events {
namespace {

// The part of a batch that must wait for its turn is short, so that three of them keep four processors busy.
constexpr int kSessions = 3;

/// Why the runner has to look at a batch by itself.
class OutOfTheOrdinary : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace

Relay::Runner::Pipeline::Pipeline(Runner& runner, std::uint64_t heard)
    : runner_{runner}, heard_{heard}, claimed_{runner.position_} {}

bool Relay::Runner::Pipeline::run() {
  std::vector<std::jthread> more;
  try {
    for (int i = 1; i < kSessions; ++i) {
      more.emplace_back([this] {
        name_thread(runner_.subscription_.name);
        db::Connection connection{runner_.settings_};
        work(connection);
      });
    }
  } catch (const std::exception& error) {
    spdlog::warn("handler {} works with fewer threads: {}", runner_.subscription_.name, error.what());
  }
  work(runner_.connection_);
  more.clear();
  return !broken_;
}

void Relay::Runner::Pipeline::work(db::Connection& connection) {
  try {
    while (const auto job = claim()) carry_out(connection, *job);
  } catch (const OutOfTheOrdinary& reason) {
    spdlog::debug("handler {} goes on one batch at a time: {}", runner_.subscription_.name, reason.what());
    give_up();
  } catch (const std::exception& error) {
    spdlog::warn("handler {} goes on one batch at a time: {}", runner_.subscription_.name, error.what());
    give_up();
  }
}

/// The next full batch, or nullopt if there is none.
std::optional<Relay::Runner::Pipeline::Job> Relay::Runner::Pipeline::claim() {
  // The window may read the log meanwhile, for which no batch that is done should wait.
  const std::lock_guard lock{claiming_};
  auto& shared = runner_.shared_;
  if (shared.stopping || is_broken()) return std::nullopt;
  auto slice = shared.window.after(runner_.reader_, claimed_, shared.settings.batch_max, heard_);
  if (!slice || slice->events.size() < shared.settings.batch_max) return std::nullopt;
  Job job{begun_++, claimed_, std::move(*slice)};
  claimed_ = job.slice.last();
  return job;
}

void Relay::Runner::Pipeline::carry_out(db::Connection& connection, const Job& job) {
  const auto& handler = runner_.subscription_.name;
  job.slice.decode();
  const auto started = std::chrono::steady_clock::now();
  std::size_t noted = 0;
  int runs = 0;
  connection.transact([&](db::Transaction& tx) {
    // It may have waited for what a batch behind it has locked, which waits for its turn.
    if (++runs > 1) throw OutOfTheOrdinary{"the batch has to be begun anew"};
    const auto batch = runner_.subscription_.begin();
    noted = take_note(job.slice, *batch);
    if (noted > 0) batch->apply_ahead(tx);
    await_turn(job);
    const auto cursor = repository::advance_cursor(tx, handler, job.from, job.slice.last());
    if (!cursor) throw OutOfTheOrdinary{"others have moved the cursor"};
    if (cursor->has_deliveries) throw OutOfTheOrdinary{"events are parked"};
    failpoint(handler, "before_effect");
    if (noted > 0) batch->apply(tx);
  });
  pass(job, noted, started);
}

std::size_t Relay::Runner::Pipeline::take_note(const Slice& slice, Subscription::Batch& batch) const {
  std::size_t noted = 0;
  for (const auto& entry : slice.events) {
    const auto type = entry.type();
    if (type == kUnknownType) throw OutOfTheOrdinary{"an event of a type that is not known"};
    if (!runner_.takes_[type]) continue;
    if (batch.on(entry.event().envelope, entry.data()).kind != Ack::Kind::done)
      throw OutOfTheOrdinary{"an event that is not simply taken"};
    ++noted;
  }
  return noted;
}

void Relay::Runner::Pipeline::await_turn(const Job& job) {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return broken_ || turn_ == job.turn; });
  if (turn_ != job.turn) throw OutOfTheOrdinary{"another batch was out of the ordinary"};
}

void Relay::Runner::Pipeline::pass(const Job& job, std::size_t noted,
                                   std::chrono::steady_clock::time_point started) {
  const std::lock_guard lock{mutex_};
  ++turn_;
  runner_.position_ = job.slice.last();
  runner_.count(noted, {}, started);
  changed_.notify_all();
}

bool Relay::Runner::Pipeline::is_broken() {
  const std::lock_guard lock{mutex_};
  return broken_;
}

void Relay::Runner::Pipeline::give_up() {
  const std::lock_guard lock{mutex_};
  broken_ = true;
  changed_.notify_all();
}

}  // namespace shopflow::events
