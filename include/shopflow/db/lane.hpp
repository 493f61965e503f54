#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/failpoint.hpp"
#include "shopflow/db/lane_queue.hpp"

namespace shopflow::db {

/// The commands of one transaction, in the order in which they arrived.
template <class Command>
using Batch = std::span<const Command* const>;

/// Group commit. Commands that arrive while a transaction is under way form the next batch, which runs as one
/// transaction with an outcome per command. There is no timer: one client pays for one transaction, under
/// load hundreds share it. A command that breaks its batch (a constraint, a poison value) is found by
/// bisection and fails alone. Commands for which a single statement is enough may go ahead of the others of
/// their batch (see Quick).
template <class Command, class Outcome>
class Lane {
 public:
  /// Loads what the commands need, decides them one after the other and writes the result, all set-based.
  /// Gives one outcome per command, in order. May run more than once for the same commands, so its only
  /// effects are the transaction's.
  using Work = std::function<std::vector<Result<Outcome>>(Transaction&, Batch<Command>)>;

  /// After a commit whose answer was lost: whether the batch took effect, by what it would have written. The
  /// outcomes are those that its work gave, one for each command; they stand if it is found committed.
  using Outcomes = std::span<const Result<Outcome>* const>;
  using Recover = std::function<LaneRecovery(Transaction&, Batch<Command>, Outcomes)>;

  /// What can be decided without locks, over what this process remembers, and be written by one statement
  /// that is its own transaction. The statement has to fail, and so change nothing, if what was remembered is
  /// not so; then, and for commands without an outcome, the whole work is done. What is not remembered may be
  /// read, by statements that are their own; may run more than once.
  struct Attempt {
    std::vector<std::optional<Result<Outcome>>> outcomes;  // one for each command, in order
    std::function<void(Transaction&)> write;
  };
  using Quick = std::function<Attempt(Transaction& reading, Batch<Command>)>;

  /// Which commands of a batch, by their places, have had their effect already and kept their answers. Asked
  /// when the batch breaks at a key that has been answered; without it the culprit is found by bisection.
  using Repeats = std::function<std::vector<std::size_t>(Transaction& reading, Batch<Command>)>;

  Lane(LaneSettings settings, Work work, Recover recover = {}, Quick quick = {}, Repeats repeats = {})
      : work_{std::move(work)},
        recover_{std::move(recover)},
        quick_{std::move(quick)},
        repeats_{std::move(repeats)},
        queue_{
            std::move(settings),
            {.run = [this](Transaction& tx, std::span<LaneItem* const> items) { run(tx, items); },
             .recover = [this](Transaction& tx, std::span<LaneItem* const> items) { return find(tx, items); },
             .fail =
                 [](LaneItem& item, const Error& error) {
                   static_cast<Item&>(item).outcome.emplace(std::unexpected{error});
                 },
             .attempt = quick_ ? [this](Transaction& tx,
                                        std::span<LaneItem* const> items) { return attempt(tx, items); }
                               : LaneQueue::Hooks::Attempt{},
             .repeats = repeats_
                            ? [this](Transaction& tx,
                                     std::span<LaneItem* const> items) { return find_repeats(tx, items); }
                            : LaneQueue::Hooks::Repeats{}}} {}

  /// Runs the command in the next batch. Commands that are waited for one after the other keep their order;
  /// those of one key meet in one lane when all lanes are busy (LaneSettings::keys_apart: when many are in
  /// them), and out of the way of a key that fills a lane by itself the others go to another. One without a
  /// key waits about where the fewest wait when all are busy, in one of half of the places. Fails with the
  /// error of the command, `overloaded`, `database_unavailable` or `outcome_unknown`. Thread-safe.
  boost::asio::awaitable<Result<Outcome>> submit(std::optional<std::size_t> key, Command command) {
    const auto initiate = [this, key, &command](auto handler) {
      auto executor = boost::asio::get_associated_executor(handler);
      auto item = std::make_unique<Item>(std::move(command));
      item->executor = executor;
      item->complete = [handler = std::move(handler)](LaneItem* done) mutable {
        std::move(handler)(std::move(*static_cast<Item*>(done)->outcome));
      };
      queue_.push(key, std::move(item));
    };
    using Signature = void(Result<Outcome>);
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, Signature>(
        initiate, boost::asio::use_awaitable);
  }

  /// Whether a command without a key would be `overloaded` now, which then counts as refused: for who can say
  /// so before there is a command. Thread-safe, takes no lock.
  [[nodiscard]] bool turns_away() noexcept { return queue_.turns_away(); }
  /// Finishes what was accepted, then joins.
  void stop() { queue_.stop(); }
  [[nodiscard]] LaneStats stats() const { return queue_.stats(); }
  [[nodiscard]] const std::string& name() const { return queue_.name(); }

 private:
  struct Item final : LaneItem {
    explicit Item(Command c) : command{std::move(c)} {}
    Command command;
    std::optional<Result<Outcome>> outcome;
  };

  static std::vector<const Command*> commands(std::span<LaneItem* const> items) {
    std::vector<const Command*> batch;
    batch.reserve(items.size());
    for (auto* item : items) batch.push_back(&static_cast<Item*>(item)->command);
    return batch;
  }

  static void settle(std::span<LaneItem* const> items, std::vector<Result<Outcome>> outcomes) {
    for (std::size_t i = 0; i < items.size(); ++i)
      static_cast<Item*>(items[i])->outcome.emplace(std::move(outcomes.at(i)));
  }

  void run(Transaction& tx, std::span<LaneItem* const> items) {
    const auto batch = commands(items);
    failpoint(queue_.name(), "batch");
    settle(items, work_(tx, batch));
  }

  LaneAttempt attempt(Transaction& tx, std::span<LaneItem* const> items) {
    auto quick = quick_(tx, commands(items));
    LaneAttempt attempt;
    attempt.write = std::move(quick.write);
    for (std::size_t i = 0; i < items.size(); ++i) {
      auto& outcome = quick.outcomes.at(i);
      if (outcome) static_cast<Item*>(items[i])->outcome.emplace(std::move(*outcome));
      (outcome ? attempt.tried : attempt.left).push_back(items[i]);
    }
    return attempt;
  }

  std::vector<LaneItem*> find_repeats(Transaction& tx, std::span<LaneItem* const> items) {
    std::vector<LaneItem*> found;
    for (const auto place : repeats_(tx, commands(items))) found.push_back(items[place]);
    return found;
  }

  LaneRecovery find(Transaction& tx, std::span<LaneItem* const> items) {
    if (!recover_) return LaneRecovery::unknown;
    const auto batch = commands(items);
    std::vector<const Result<Outcome>*> outcomes;
    for (auto* item : items) outcomes.push_back(&static_cast<Item*>(item)->outcome.value());
    return recover_(tx, batch, outcomes);
  }

  Work work_;
  Recover recover_;
  Quick quick_;
  Repeats repeats_;
  LaneQueue queue_;
};

}  // namespace shopflow::db
