#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

#include "events/runner.hpp"

namespace shopflow::events {

/// Takes a handler through a backlog by several sessions: while the first batch has the cursor and is
/// applied, those behind it do what they may do ahead of their turn. Effects and cursor are committed
/// together and batch after batch, as ever. Whatever is out of the ordinary (an event that the handler does
/// not simply take, something parked, a cursor that others have moved, a failure) ends it: a batch that has
/// its turn is finished, those behind it are rolled back, and the runner goes on from the cursor by itself,
/// one batch at a time.
class Relay::Runner::Pipeline {
 public:
  Pipeline(Runner& runner, std::uint64_t heard);

  /// Returns when there is no full batch for it now, or false when something was out of the ordinary. On the
  /// runner's thread, between two batches. Throws nothing.
  bool run();

 private:
  struct Job {
    std::uint64_t turn = 0;
    std::int64_t from = 0;  // where the cursor has to be
    Slice slice;
  };
  void work(db::Connection& connection);
  [[nodiscard]] std::optional<Job> claim();
  void carry_out(db::Connection& connection, const Job& job);
  [[nodiscard]] std::size_t take_note(const Slice& slice, Subscription::Batch& batch) const;
  void await_turn(const Job& job);
  void pass(const Job& job, std::size_t noted, std::chrono::steady_clock::time_point started);
  [[nodiscard]] bool is_broken();
  void give_up();

  Runner& runner_;
  const std::uint64_t heard_;
  std::mutex claiming_;      // for the next two, and taken before the other
  std::int64_t claimed_;     // the last event of the batch that was begun last
  std::uint64_t begun_ = 0;  // batches
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t turn_ = 0;  // of the batch that may have the cursor
  bool broken_ = false;
};

}  // namespace shopflow::events
