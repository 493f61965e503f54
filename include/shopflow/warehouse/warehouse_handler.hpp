#pragma once

#include <string_view>
#include <vector>

#include "shopflow/events/envelope.hpp"
#include "shopflow/events/types.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::warehouse {

/// An order that something happened to, and when.
struct Moved {
  OrderId order_id;
  Timestamp at;
};

/// The handler "warehouse": makes a pick list for each order, opens it when the order is paid, hands it over
/// when the order is fulfilled and voids it when the order is cancelled. Each move is guarded by the state
/// before, so a replay changes nothing.
class WarehouseHandler {
 public:
  static constexpr std::string_view name = "warehouse";

  class Batch {
   public:
    void on(const events::Envelope& envelope, const events::OrderCreated& event);
    void on(const events::Envelope& envelope, const events::PaymentReceived& event);
    void on(const events::Envelope& envelope, const events::OrderFulfilled& event);
    void on(const events::Envelope& envelope, const events::OrderCancelled& event);
    void apply(db::Transaction& tx);

   private:
    struct Created {
      OrderId order_id;
      std::vector<events::SoldLine> lines;
      Timestamp at;
    };
    // One order's events come in this order, so all orders of a batch can take each step together.
    std::vector<Created> created_;
    std::vector<Moved> paid_;
    std::vector<Moved> fulfilled_;
    std::vector<Moved> cancelled_;
  };

  [[nodiscard]] Batch begin() const { return Batch{}; }
};

}  // namespace shopflow::warehouse
