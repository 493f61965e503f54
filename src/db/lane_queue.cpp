#include "shopflow/db/lane_queue.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "db/lane_choice.hpp"
#include "db/lane_delivery.hpp"
#include "db/watchdog.hpp"
#include "shopflow/core/thread_name.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::db {
namespace {

using Items = std::vector<std::unique_ptr<LaneItem>>;
using Steady = std::chrono::steady_clock;

constexpr auto kRecoveryWaitMax = std::chrono::seconds{3};
constexpr auto kRecoveryPause = std::chrono::milliseconds{50};
constexpr int kRunsMax = 3;  // of a batch whose commits keep being lost

bool is_repeat(const SqlError& error) { return error.constraint() == "receipts_pkey"; }

/// The outcome of a lone command that the database rejects; rooms that expect a constraint to break translate
/// it themselves.
Error rejected(const SqlError& error) {
  if (is_repeat(error)) return make_error(idempotency_conflict);
  spdlog::error("a command was rejected by the database: {}", error.what());
  return make_error(errors::internal);
}

}  // namespace

class LaneQueue::Worker {
 public:
  explicit Worker(LaneQueue& lane)
      : lane_{lane}, connection_{lane.settings_.connection}, thread_{[this] { serve(); }} {}

  [[nodiscard]] LaneLoad& load() { return load_; }

  /// The item waits if fewer than so many do; otherwise it is refused.
  void push(std::unique_ptr<LaneItem> item, std::size_t places) {
    const auto* refusal = refuse_or_queue(item, places);
    if (refusal == nullptr) return wake_.notify_one();
    lane_.hooks_.fail(*item, make_passing_error(*refusal));
    Items one;
    one.push_back(std::move(item));
    deliver(std::move(one));
  }

  void stop() {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

  void add_to(LaneStats& sum) const {
    const std::lock_guard lock{mutex_};
    sum.batches += stats_.batches;
    sum.commands += stats_.commands;
    sum.quick += stats_.quick;
    sum.bisections += stats_.bisections;
    sum.refused += stats_.refused;
    sum.wait_us += stats_.wait_us;
    sum.waiting += waiting_.size();
    for (std::size_t i = 0; i < sum.batch_size.size(); ++i) sum.batch_size[i] += stats_.batch_size[i];
  }

 private:
  using Span = std::span<LaneItem* const>;

  const ErrorCode* refuse_or_queue(std::unique_ptr<LaneItem>& item, std::size_t places) {
    const std::lock_guard lock{mutex_};
    if (stopping_ || waiting_.size() >= places) {
      ++stats_.refused;
      return stopping_ ? &errors::database_unavailable : &errors::overloaded;
    }
    item->queued = Steady::now();
    if (item->key) load_.add(*item->key);
    waiting_.push_back(std::move(item));
    load_.set_queued(waiting_.size());
    return nullptr;
  }

  /// Everything that has come while the last batch ran, up to the limit.
  Items take() {
    std::unique_lock lock{mutex_};
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    const auto count = std::min(waiting_.size(), lane_.settings_.batch_max);
    load_.set_under_way(count);
    load_.set_queued(waiting_.size() - count);
    if (count == waiting_.size()) return std::exchange(waiting_, {});
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
    Items batch{std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end)};
    waiting_.erase(waiting_.begin(), end);
    return batch;
  }

  void serve() {
    name_thread("lane " + lane_.settings_.name);
    for (;;) {
      auto batch = take();
      if (batch.empty()) return;
      count(batch);
      const auto keys = keys_of(batch);
      if (lane_.hooks_.attempt) batch = attempt(std::move(batch));
      if (!batch.empty()) {
        execute(pointers(batch));
        load_.set_under_way(0);
        deliver(std::move(batch));
      }
      load_.remove(keys);
    }
  }

  void count(const Items& batch) {
    const auto now = Steady::now();
    std::chrono::microseconds waited{0};
    for (const auto& item : batch)
      waited += std::chrono::duration_cast<std::chrono::microseconds>(now - item->queued);
    const std::lock_guard lock{mutex_};
    stats_.add_batch(batch.size(), waited);
  }

  static std::vector<LaneItem*> pointers(const Items& items) {
    std::vector<LaneItem*> all;
    all.reserve(items.size());
    for (const auto& item : items) all.push_back(item.get());
    return all;
  }

  /// Does what can be done by a single statement and answers it; gives the items that still have to be
  /// executed: what was not tried, and all of them if the statement failed, which then has changed nothing.
  Items attempt(Items batch) {
    LaneAttempt attempt;
    try {
      const auto items = pointers(batch);
      connection_.read([&](Transaction& tx) { attempt = lane_.hooks_.attempt(tx, items); });
      if (attempt.tried.empty()) return batch;
      connection_.run_alone(attempt.write);
      const std::lock_guard lock{mutex_};
      stats_.quick += attempt.tried.size();
    } catch (const InDoubt& error) {
      settle_doubt(attempt.tried, error.what(), kRunsMax - 1);
    } catch (const std::exception& error) {
      spdlog::debug("lane {}: {} commands are done with locks: {}", lane_.settings_.name, batch.size(),
                    error.what());
      return batch;
    }
    Items left;
    auto next = attempt.left.begin();
    for (auto& item : batch) {
      if (next == attempt.left.end() || *next != item.get()) continue;
      left.push_back(std::move(item));
      ++next;
    }
    std::erase(batch, nullptr);
    load_.set_under_way(left.size());
    deliver(std::move(batch));
    return left;
  }

  /// Runs the items in one transaction; never throws, every item has its outcome afterwards.
  void execute(Span items, int runs_left = kRunsMax) {
    try {
      connection_.transact([&](Transaction& tx) { lane_.hooks_.run(tx, items); });
    } catch (const InDoubt& error) {
      settle_doubt(items, error.what(), runs_left - 1);
    } catch (const Unavailable& error) {
      fail_all(items, errors::database_unavailable, error.what());
    } catch (const SqlError& error) {
      // A row that someone else holds for too long is the fault of no command.
      if (error.is_passing()) return fail_all(items, errors::overloaded, error.what());
      if (items.size() > 1) return is_repeat(error) ? leave_repeats(items) : isolate(items);
      lane_.hooks_.fail(*items.front(), rejected(error));
    } catch (const std::exception& error) {
      if (items.size() > 1) return isolate(items);
      spdlog::error("lane {}: a command failed: {}", lane_.settings_.name, error.what());
      lane_.hooks_.fail(*items.front(), make_error(errors::internal));
    }
  }

  /// Halves the batch until the culprit stands alone; the others go through.
  void isolate(Span items) {
    {
      const std::lock_guard lock{mutex_};
      ++stats_.bisections;
    }
    execute(items.first(items.size() / 2));
    execute(items.subspan(items.size() / 2));
  }

  /// After a restart many may ask again at once for what they have been answered: they are told from the
  /// others by one look, and the others go through together.
  void leave_repeats(Span items) {
    std::vector<LaneItem*> repeats;
    if (lane_.hooks_.repeats) {
      try {
        connection_.read([&](Transaction& tx) { repeats = lane_.hooks_.repeats(tx, items); });
      } catch (const std::exception&) {
        repeats.clear();  // What is wrong is met again by the work.
      }
    }
    if (repeats.empty()) return isolate(items);
    for (auto* item : repeats) lane_.hooks_.fail(*item, make_error(idempotency_conflict));
    std::vector<LaneItem*> others;
    for (auto* item : items) {
      if (std::ranges::find(repeats, item) == repeats.end()) others.push_back(item);
    }
    if (!others.empty()) execute(others);
  }

  /// The answer to COMMIT was lost: ask the database, by what the batch would have written, whether it took
  /// effect. The connection sees to it that the old session has ended before it opens a new one.
  void settle_doubt(Span items, const char* why, int runs_left) {
    spdlog::warn("lane {}: a commit is in doubt: {}", lane_.settings_.name, why);
    const auto give_up = Steady::now() + kRecoveryWaitMax;
    auto found = LaneRecovery::unknown;
    for (;;) {
      try {
        connection_.read([&](Transaction& tx) { found = lane_.hooks_.recover(tx, items); });
        break;
      } catch (const std::exception& error) {
        if (Steady::now() > give_up || Watchdog::shared().is_given_up())
          return fail_all(items, errors::outcome_unknown, error.what());
        std::this_thread::sleep_for(kRecoveryPause);
      }
    }
    if (found == LaneRecovery::committed) return;
    if (found == LaneRecovery::not_committed && runs_left > 0) return execute(items, runs_left);
    if (found == LaneRecovery::not_committed)
      return fail_all(items, errors::database_unavailable, "the commits of the batch keep being lost");
    fail_all(items, errors::outcome_unknown, "the batch leaves no trace to look for");
  }

  void fail_all(Span items, const ErrorCode& code, const char* why) {
    spdlog::warn("lane {}: {} commands fail with {}: {}", lane_.settings_.name, items.size(), code.code, why);
    const auto error = make_passing_error(code);
    for (auto* item : items) lane_.hooks_.fail(*item, error);
  }

  LaneQueue& lane_;
  Connection connection_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Items waiting_;
  LaneLoad load_{lane_.settings_.crowd};
  LaneStats stats_;
  bool stopping_ = false;
  std::thread thread_;
};

LaneQueue::LaneQueue(LaneSettings settings, Hooks hooks)
    : settings_{std::move(settings)}, hooks_{std::move(hooks)} {
  if (settings_.queue_max == 0) throw std::invalid_argument{"a lane in which nothing may wait"};
  settings_.connection.rows_by_key = true;
  for (std::size_t i = 0; i < std::max<std::size_t>(settings_.lanes, 1); ++i) {
    workers_.push_back(std::make_unique<Worker>(*this));
    loads_.push_back(&workers_.back()->load());
  }
}

LaneQueue::~LaneQueue() { stop(); }

void LaneQueue::push(std::optional<std::size_t> key, std::unique_ptr<LaneItem> item) {
  const auto places = key ? settings_.queue_max : places_without_key();
  item->key = key;
  const LaneRules rules{std::min(settings_.crowd, places), settings_.keys_apart};
  workers_[choose_lane(loads_, key, rules)]->push(std::move(item), places);
}

bool LaneQueue::turns_away() noexcept {
  const bool full = std::ranges::all_of(
      loads_, [this](const auto* load) { return load->queued() >= places_without_key(); });
  if (full) turned_away_.fetch_add(1, std::memory_order_relaxed);
  return full;
}

void LaneQueue::stop() {
  for (auto& worker : workers_) worker->stop();
}

LaneStats LaneQueue::stats() const {
  LaneStats sum;
  sum.refused = turned_away_.load(std::memory_order_relaxed);
  for (const auto& worker : workers_) worker->add_to(sum);
  return sum;
}

}  // namespace shopflow::db
