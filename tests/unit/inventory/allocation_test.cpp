#include "inventory/allocation.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <functional>
#include <stdexcept>

namespace shopflow::inventory {
namespace {

using Event = std::function<void(Allocations&, StockBook&)>;

SkuId sku(std::uint8_t number) {
  SkuId id;
  id.value.bytes[15] = number;
  return id;
}

template <class Id>
Id name(int number) {
  Id id;
  id.value.bytes[14] = static_cast<std::uint8_t>(number / 256);
  id.value.bytes[15] = static_cast<std::uint8_t>(number % 256);
  return id;
}

/// As the handler does it: first the allocation, then the stock.
template <class One>
void on(Allocations& allocations, StockBook& stock, const One& event) {
  StockMoves moves;
  allocations.on(moves, event);
  moves.move(stock);
}

/// One order of up to three units of each of two SKUs, held by its cart, and a life made up of random news.
struct Life {
  OrderId order = name<OrderId>(1);
  StockBook stock{rows()};
  Allocations allocations{{}};
  std::vector<Event> past;
  int made = 0;

  static std::vector<StockRow> rows() {
    std::vector<StockRow> rows(2);
    rows[0].sku_id = sku(1);
    rows[1].sku_id = sku(2);
    for (auto& row : rows) row.on_hand = 20;
    return rows;
  }

  /// False for an event that can't be applied; it leaves nothing behind, as its transaction is rolled back.
  bool apply(const Event& event) {
    auto stock_before = stock;
    auto allocations_before = allocations;
    try {
      event(allocations, stock);
      return true;
    } catch (const std::runtime_error&) {
      stock = std::move(stock_before);
      allocations = std::move(allocations_before);
      return false;
    }
  }

  void create() {
    events::OrderCreated event;
    event.order_id = order;
    for (const auto number : {1, 2}) {
      const auto units = *rc::gen::inRange(1, 4);
      const auto id = sku(static_cast<std::uint8_t>(number));
      RC_ASSERT(stock.hold(id, units, {"cart", {}, {}}));
      event.lines.push_back({id, units, 100});
    }
    remember([event](Allocations& to, StockBook& book) { on(to, book, event); });
  }
  const Allocation& allocation() const { return *allocations.made().front(); }

  void remember(Event event) {
    if (apply(event)) past.push_back(std::move(event));
  }

  /// A payment; one that comes after the lapse takes the units again first, as the orders room does.
  void pay() {
    events::PaymentReceived event;
    event.order_id = order;
    event.payment_id = name<PaymentId>(++made);
    if (allocation().state == AllocationState::freed && past.size() > 1) {
      event.taken_again = true;
      for (const auto& line : allocation().lines) {
        RC_ASSERT(stock.hold(line.sku_id, line.quantity, {"order", order.value, {}}));
      }
    }
    remember([event](Allocations& to, StockBook& book) { on(to, book, event); });
  }
  void lapse() {
    events::ReservationExpired event;
    event.order_id = order;
    remember([event](Allocations& to, StockBook& book) { on(to, book, event); });
  }
  void cancel() {
    events::OrderCancelled event;
    event.order_id = order;
    remember([event](Allocations& to, StockBook& book) { on(to, book, event); });
  }
  void ship() {
    events::OrderShipped event;
    event.order_id = order;
    event.shipment_id = name<ShipmentId>(++made);
    event.lines = some_units();
    remember([event](Allocations& to, StockBook& book) { on(to, book, event); });
  }
  void refund() {
    events::RefundProcessed event;
    event.order_id = order;
    event.refund_id = name<RefundId>(++made);
    event.restock = some_units();
    remember([event](Allocations& to, StockBook& book) { on(to, book, event); });
  }
  void replay() {
    const auto which = *rc::gen::inRange<std::size_t>(0, past.size());
    const auto before = describe();
    RC_ASSERT(apply(past[which]));
    RC_ASSERT(describe() == before);
  }
  std::vector<events::Units> some_units() {
    return {{sku(static_cast<std::uint8_t>(*rc::gen::inRange(1, 3))), *rc::gen::inRange(1, 3)}};
  }

  std::string describe() const {
    std::string text = std::to_string(static_cast<int>(allocation().state));
    for (const auto& line : allocation().lines) {
      const auto& row = *stock.find(line.sku_id);
      text += " " + std::to_string(line.quantity) + "/" + std::to_string(line.shipped) + ":" +
              std::to_string(row.on_hand) + "," + std::to_string(row.held) + "," + std::to_string(row.sold);
    }
    return text;
  }

  /// What is held and sold is exactly what the order holds and has bought.
  void check() const {
    for (const auto& line : allocation().lines) {
      const auto& row = *stock.find(line.sku_id);
      const auto state = allocation().state;
      RC_ASSERT(row.held == (state == AllocationState::held ? line.quantity : 0));
      RC_ASSERT(row.sold == (state == AllocationState::sold ? line.quantity - line.shipped : 0));
      RC_ASSERT(line.shipped >= 0);
      RC_ASSERT(row.on_hand <= 20);
      RC_ASSERT(row.available() >= 0);
    }
  }
};

TEST(Allocations, WhateverComesInWhateverOrderTheStockFollowsTheOrder) {
  EXPECT_TRUE(rc::check([] {
    Life life;
    life.create();
    life.check();
    const auto steps = *rc::gen::inRange(1, 30);
    bool cancelled = false;
    for (int i = 0; i < steps; ++i) {
      switch (*rc::gen::inRange(0, 7)) {
        case 0:
          if (!cancelled) life.pay();
          break;
        case 1:
          life.lapse();
          break;
        case 2:
          life.cancel();
          cancelled = true;
          break;
        case 3:
          life.ship();
          break;
        case 4:
          life.refund();
          break;
        default:
          life.replay();
          break;
      }
      life.check();
    }
  }));
}

}  // namespace
}  // namespace shopflow::inventory
