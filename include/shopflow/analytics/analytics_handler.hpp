#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "shopflow/core/json_names.hpp"
#include "shopflow/core/money.hpp"
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

/// What one event adds to the figures. Amounts are minor units; `merchandise` is the goods without tax and
/// shipping.
struct Fact {
  std::int64_t position = 0;
  FactKind kind = FactKind::ordered;
  Uuid subject_id;  // the order, or the SKU
  Timestamp occurred_at;
  Money amount;
  std::int64_t merchandise = 0;
  std::vector<events::SoldLine> lines;
};

/// The handler "analytics": one fact for each event, from which every figure is computed.
class AnalyticsHandler {
 public:
  static constexpr std::string_view name = "analytics";

  class Batch {
   public:
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
    [[nodiscard]] const std::vector<Fact>& facts() const { return facts_; }

   private:
    Fact& add(const events::Envelope& envelope, FactKind kind);
    std::vector<Fact> facts_;
  };

  [[nodiscard]] Batch begin() const { return Batch{}; }
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
