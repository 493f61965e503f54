#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "shopflow/analytics/baskets.hpp"
#include "shopflow/core/json_names.hpp"
#include "shopflow/events/envelope.hpp"
#include "shopflow/events/types.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::analytics {

enum class FactKind : std::uint8_t {
  ordered,
  paid,
  fulfilled,
  shipped,
  delivered,
  cancelled,
  refunded,
  expired,
  stock_changed,
  low_stock,
};

/// What one event adds to the figures. Amounts are minor units of the shop's currency.
struct Fact {
  std::int64_t position = 0;
  FactKind kind = FactKind::ordered;
  Timestamp occurred_at;
  std::int64_t amount = 0;
  std::int64_t merchandise = 0;          // of a created order
  std::shared_ptr<const Basket> basket;  // what was paid or came back; null for all else
};

/// The handler "analytics": one fact for each event, from which every figure is computed. A payment's fact
/// carries the goods of its order.
class AnalyticsHandler {
 public:
  static constexpr std::string_view name = "analytics";

  class Batch {
   public:
    explicit Batch(Baskets& baskets) : baskets_{baskets} {}
    void on(const events::Envelope& envelope, const events::OrderCreated& event);
    void on(const events::Envelope& envelope, const events::PaymentReceived& event);
    void on(const events::Envelope& envelope, const events::OrderFulfilled& event);
    void on(const events::Envelope& envelope, const events::OrderShipped& event);
    void on(const events::Envelope& envelope, const events::OrderDelivered& event);
    void on(const events::Envelope& envelope, const events::OrderCancelled& event);
    void on(const events::Envelope& envelope, const events::RefundProcessed& event);
    void on(const events::Envelope& envelope, const events::ReservationExpired& event);
    void on(const events::Envelope& envelope, const events::StockChanged& event);
    void on(const events::Envelope& envelope, const events::LowStock& event);
    void apply(db::Transaction& tx);

   private:
    Fact& add(const events::Envelope& envelope, FactKind kind);
    Baskets& baskets_;
    std::vector<Fact> facts_;
    std::vector<std::pair<std::size_t, Uuid>> unknown_;  // payments by their place, and their orders
  };

  [[nodiscard]] Batch begin() { return Batch{baskets_}; }

 private:
  Baskets baskets_;
};

}  // namespace shopflow::analytics

template <>
struct shopflow::json::Names<shopflow::analytics::FactKind> {
  using enum shopflow::analytics::FactKind;
  static constexpr std::array<std::pair<shopflow::analytics::FactKind, std::string_view>, 10> values{
      {{ordered, "ordered"},
       {paid, "paid"},
       {fulfilled, "fulfilled"},
       {shipped, "shipped"},
       {delivered, "delivered"},
       {cancelled, "cancelled"},
       {refunded, "refunded"},
       {expired, "expired"},
       {stock_changed, "stock_changed"},
       {low_stock, "low_stock"}}};
};
