#pragma once

#include <functional>
#include <vector>

#include "shopflow/events/envelope.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::events {

/// Where every room puts its events. Thread-safe.
class Outbox {
 public:
  /// `wake` is called after each commit that appended something; it must be cheap, thread-safe and may not
  /// throw.
  explicit Outbox(std::function<void()> wake) : wake_{std::move(wake)} {}

  /// Appends the events to the log in the transaction of the change that they tell of. It must be the last
  /// statement of the transaction: it locks the head of the log until the commit, which is what keeps
  /// positions in commit order. A repeated (aggregate, sequence) breaks the transaction.
  void append(db::Transaction& tx, const std::vector<NewEvent>& events) const;

  /// For whoever appends by a joint statement: those who wait for events hear of the commit, which waits for
  /// the disk (Transaction::commit_synchronously).
  void wake_after(db::Transaction& tx) const;

 private:
  std::function<void()> wake_;
};

}  // namespace shopflow::events
