#include <algorithm>
#include <memory>
#include <stdexcept>

#include "orders/order_repository.hpp"
#include "orders/order_rows.hpp"
#include "orders/payment_rows.hpp"
#include "orders/quick.hpp"
#include "shopflow/carts/cart_rows.hpp"
#include "shopflow/carts/reservations.hpp"
#include "shopflow/db/joint_statement.hpp"
#include "shopflow/events/event_rows.hpp"
#include "shopflow/events/outbox.hpp"

namespace shopflow::orders {
namespace {

// In the order of the locks; what has no rows costs nothing only where it is not in the statement.
const db::JointStatement<catalog::SameCatalogue, carts::ChangedCarts, NewOrders, NewPayments, db::NewReceipts,
                         events::NewEvents>
    kPlace{"orders.place_quickly"};
const db::JointStatement<carts::ChangedCarts, ChangedOrders, ChangedPayments, db::NewReceipts,
                         events::NewEvents>
    kPay{"orders.pay_quickly"};
const db::JointStatement<catalog::SameCatalogue, carts::ChangedCarts, NewOrders, ChangedOrders, NewPayments,
                         ChangedPayments, db::NewReceipts, events::NewEvents>
    kPlaceAndPay{"orders.place_and_pay_quickly"};

/// Reads the carts that are to be checked out and are not remembered.
void learn_carts(db::Transaction& tx, OrderBatch batch, carts::CartMemory& memory) {
  std::vector<CartId> unknown;
  for (const auto* command : batch) {
    const auto* checkout = std::get_if<Checkout>(&command->action);
    if (checkout != nullptr && !memory.find(checkout->request.cart_id))
      unknown.push_back(checkout->request.cart_id);
  }
  if (unknown.empty()) return;
  for (auto& cart : carts::read_carts(tx, unknown)) memory.keep(std::move(cart));
}

/// What a quick batch writes, as the columns of its statement.
struct Columns {
  carts::ChangedCarts carts;
  NewOrders placed;
  ChangedOrders moved;
  NewPayments made;
  ChangedPayments paid;
  events::NewEvents events;
};

Columns columns_of(db::Transaction& tx, Desk& desk, Timestamp now) {
  std::vector<Order*> placed;
  std::vector<Order*> moved;
  for (auto& [id, entry] : desk.orders) (entry.fresh ? placed : moved).push_back(&entry.value);
  std::ranges::sort(placed, {}, &Order::id);
  std::ranges::sort(moved, {}, &Order::id);
  std::vector<Payment*> made;
  std::vector<Payment*> paid;
  for (const auto* orders : {&placed, &moved}) {
    for (const auto* order : *orders) {
      for (auto& entry : desk.payments.at(order->id)) {
        if (entry.fresh) made.push_back(&entry.value);
        if (!entry.fresh && entry.changed) paid.push_back(&entry.value);
      }
    }
  }
  draw_numbers(tx, placed, now);
  return {{desk.carts, now}, NewOrders{placed}, {moved, now},
          NewPayments{made}, {paid, now},       events::NewEvents{desk.events}};
}

}  // namespace

db::Lane<OrderCommand, OrderOutcome>::Attempt OrderWork::attempt(db::Transaction& tx,
                                                                 OrderBatch batch) const {
  db::Lane<OrderCommand, OrderOutcome>::Attempt attempt;
  attempt.outcomes.resize(batch.size());
  if (!memory_.pause.tries()) return attempt;
  learn_carts(tx, batch, memory_.carts);
  const auto wanted = skus_to_price(batch, memory_);
  const auto skus = wanted.empty() ? catalog::SkuMemory::Known{} : memory_.skus.learn(tx, wanted);
  const auto quick = std::make_shared<QuickOrders>(decide_quickly(batch, memory_, skus, terms_));
  if (std::ranges::none_of(quick->decisions, [](const auto& one) { return one.has_value(); })) return attempt;
  const auto now = clock_.now();
  const auto columns = std::make_shared<Columns>(columns_of(tx, quick->desk, now));
  std::vector<db::Receipt> receipts;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (const auto& decided = quick->decisions[i])
      attempt.outcomes[i].emplace(outcome_of(*batch[i], *decided, quick->desk, receipts, now));
  }
  const auto kept = std::make_shared<db::NewReceipts>(receipts, now);
  // The statement comes last: once it is done nothing may fail any more.
  attempt.write = [this, quick, columns, kept, session = tx.session()](db::Transaction& tx) {
    if (columns->placed.size() > 0 && tx.session() != session)
      throw std::runtime_error{"the session that drew the orders' numbers is over"};
    tx.after_commit([this, quick] {
      memory_.pause.succeeded();
      memory_.remember(quick->desk);
    });
    outbox_.wake_after(tx);
    const catalog::SameCatalogue catalogue{quick->catalog_revision};
    const auto& c = *columns;
    try {
      if (c.moved.size() == 0) {
        kPlace.write(tx, catalogue, c.carts, c.placed, c.made, *kept, c.events);
      } else if (c.placed.size() == 0) {
        kPay.write(tx, c.carts, c.moved, c.paid, *kept, c.events);
      } else {
        kPlaceAndPay.write(tx, catalogue, c.carts, c.placed, c.moved, c.made, c.paid, *kept, c.events);
      }
    } catch (const db::SqlError&) {
      memory_.pause.failed();
      memory_.skus.forget();
      throw;
    }
  };
  return attempt;
}

}  // namespace shopflow::orders
