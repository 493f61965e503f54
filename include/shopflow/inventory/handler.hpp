#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>
#include <vector>

#include "shopflow/core/time.hpp"
#include "shopflow/events/envelope.hpp"
#include "shopflow/events/outbox.hpp"
#include "shopflow/events/types.hpp"
#include "shopflow/inventory/stock_store.hpp"

namespace shopflow::inventory {

struct Paid;
struct Sale;

/// Moves the stock of orders by their events, in order: once an order is created, nothing else does. Only
/// taking units happens with the shopper waiting, because only taking can fail. Every event may come again.
class InventoryHandler {
 public:
  static constexpr std::string_view name = "inventory";

  /// All of them must outlive the handler and its batches.
  InventoryHandler(const StockStore& stock, const events::Outbox& outbox, const Clock& clock)
      : stock_{stock}, outbox_{outbox}, clock_{clock} {}

  class Batch {
   public:
    explicit Batch(const InventoryHandler& handler) : handler_{&handler} {}

    void on(const events::Envelope& envelope, const events::OrderCreated& event) { note(envelope, event); }
    void on(const events::Envelope& envelope, const events::PaymentReceived& event) { note(envelope, event); }
    void on(const events::Envelope& envelope, const events::OrderShipped& event) { note(envelope, event); }
    void on(const events::Envelope& envelope, const events::OrderCancelled& event) { note(envelope, event); }
    void on(const events::Envelope& envelope, const events::RefundProcessed& event);
    void on(const events::Envelope& envelope, const events::ReservationExpired& event);

    /// Enters the orders that begin in the batch, and what they sell, if all its news are that orders are
    /// created and paid: then stock goes from held to sold, and nowhere else. Throws SqlError for an order
    /// that comes again.
    void apply_ahead(db::Transaction& tx);
    /// Throws what the database throws, and std::runtime_error or std::logic_error for an event that the
    /// books can't carry.
    void apply(db::Transaction& tx);

   private:
    using Event = std::variant<events::OrderCreated, events::PaymentReceived, events::OrderShipped,
                               events::OrderCancelled, events::RefundProcessed, events::ReservationExpired>;
    void note(const events::Envelope& envelope, Event event);
    void enter(db::Transaction& tx, const std::vector<Sale>& sales, Timestamp now);
    [[nodiscard]] std::vector<Paid> paid_first(std::unordered_set<OrderId>& orders) const;

    const InventoryHandler* handler_;
    std::vector<Event> events_;
    std::map<SkuId, std::int32_t> sold_;  // units that the ledger says are sold, and the stock not yet
    std::string traceparent_;  // of the first event: what the batch makes happen is told under its trace
  };

  [[nodiscard]] Batch begin() const { return Batch{*this}; }

 private:
  const StockStore& stock_;
  const events::Outbox& outbox_;
  const Clock& clock_;
};

}  // namespace shopflow::inventory
