#pragma once

#include <optional>
#include <span>
#include <vector>

#include "orders/desk.hpp"
#include "shopflow/db/lane.hpp"

namespace shopflow::events {
class Outbox;
}
namespace shopflow::inventory {
class StockStore;
}

namespace shopflow::orders {

using OrderBatch = db::Batch<OrderCommand>;
using OrderOutcomes = std::vector<Result<OrderOutcome>>;

/// One batch of the lane: load, decide, write, one statement for each table. Locks carts by id, orders by id,
/// payments, stock by SKU, receipts, and the head of the event log last.
class OrderWork {
 public:
  OrderWork(const inventory::StockStore& stock, const events::Outbox& outbox, const Clock& clock, Terms terms)
      : stock_{stock}, outbox_{outbox}, clock_{clock}, terms_{terms} {}

  [[nodiscard]] OrderOutcomes run(db::Transaction& tx, OrderBatch batch) const;

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
  [[nodiscard]] std::string render(const OrderCommand& command, const Decided& decided, Desk& desk) const;

  const inventory::StockStore& stock_;
  const events::Outbox& outbox_;
  const Clock& clock_;
  Terms terms_;
};

}  // namespace shopflow::orders
