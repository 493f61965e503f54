#pragma once

#include <optional>
#include <span>
#include <vector>

#include "orders/desk.hpp"
#include "shopflow/db/lane.hpp"
#include "shopflow/db/receipts.hpp"

namespace shopflow::events {
class Outbox;
}
namespace shopflow::inventory {
class StockStore;
}

namespace shopflow::orders {

using OrderBatch = db::Batch<OrderCommand>;
using OrderOutcomes = std::vector<Result<OrderOutcome>>;

class OrderMemory;

/// One batch of the lane: load, decide, write, one statement for each table. Locks carts by id, orders by id,
/// payments, stock by SKU, receipts, and the head of the event log last.
class OrderWork {
 public:
  /// All of it outlives this.
  OrderWork(const inventory::StockStore& stock, const events::Outbox& outbox, const Clock& clock, Terms terms,
            OrderMemory& memory)
      : stock_{stock}, outbox_{outbox}, clock_{clock}, terms_{terms}, memory_{memory} {}

  [[nodiscard]] OrderOutcomes run(db::Transaction& tx, OrderBatch batch) const;

  /// What can be decided over what this process remembers, to be written by one statement.
  [[nodiscard]] db::Lane<OrderCommand, OrderOutcome>::Attempt attempt(db::Transaction& tx,
                                                                      OrderBatch batch) const;

  /// After a commit whose answer was lost. The batch is known by the answers that it kept, and when, since a
  /// twin at another server may have been served under the same key meanwhile; a batch that kept none may
  /// simply run again, since its commands do nothing twice.
  [[nodiscard]] db::LaneRecovery recover(db::Transaction& tx, OrderBatch batch,
                                         std::span<const Result<OrderOutcome>* const> outcomes) const;

  /// The places of commands whose key has been answered.
  [[nodiscard]] std::vector<std::size_t> find_repeats(db::Transaction& tx, OrderBatch batch) const;

 private:
  void load(db::Transaction& tx, OrderBatch batch, Desk& desk) const;
  void write(db::Transaction& tx, Desk& desk, Timestamp now, const std::string& traceparent) const;
  /// The answer to a command, and its receipt if it is kept under a key.
  [[nodiscard]] OrderOutcome outcome_of(const OrderCommand& command, const Decided& decided, Desk& desk,
                                        std::vector<db::Receipt>& receipts, Timestamp now) const;
  [[nodiscard]] std::string render(const OrderCommand& command, const Decided& decided, Desk& desk) const;

  const inventory::StockStore& stock_;
  const events::Outbox& outbox_;
  const Clock& clock_;
  Terms terms_;
  OrderMemory& memory_;
};

}  // namespace shopflow::orders
