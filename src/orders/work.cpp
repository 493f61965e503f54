#include "orders/work.hpp"

#include "orders/decide.hpp"
#include "orders/memory.hpp"
#include "orders/order_repository.hpp"
#include "orders/refund_repository.hpp"
#include "shopflow/carts/reservations.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/events/outbox.hpp"
#include "shopflow/inventory/stock_store.hpp"

namespace shopflow::orders {
namespace {

/// The rows of one table that are to be inserted, and those that are to be written.
template <class T>
struct Rows {
  std::vector<T*> fresh;
  std::vector<T*> changed;
  void add(Entry<T>& entry) {
    if (entry.fresh) {
      fresh.push_back(&entry.value);
    } else if (entry.changed) {
      changed.push_back(&entry.value);
    }
  }
};

int status_of(Answer answer) {
  const bool makes = answer == Answer::placed || answer == Answer::refund;
  return makes ? 201 : 200;
}

}  // namespace

OrderOutcomes OrderWork::run(db::Transaction& tx, OrderBatch batch) const {
  const auto laid_out = std::make_shared<Desk>();
  auto& desk = *laid_out;
  load(tx, batch, desk);
  std::vector<Result<Decided>> decisions;
  decisions.reserve(batch.size());
  for (const auto* command : batch) {
    decisions.push_back(std::visit(
        [&](const auto& action) { return decide(action, command->told, desk, terms_); }, command->action));
  }
  const auto now = clock_.now();
  write(tx, desk, now, batch.front()->told.traceparent);
  OrderOutcomes outcomes;
  outcomes.reserve(batch.size());
  std::vector<db::Receipt> receipts;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& command = *batch[i];
    const auto& decided = decisions[i];
    if (!decided) {
      outcomes.emplace_back(std::unexpected{decided.error()});
      continue;
    }
    outcomes.emplace_back(outcome_of(command, *decided, desk, receipts, now));
  }
  db::insert_receipts(tx, receipts, now);
  outbox_.append(tx, desk.events);
  tx.after_commit([&memory = memory_, laid_out] { memory.remember(*laid_out); });
  return outcomes;
}

OrderOutcome OrderWork::outcome_of(const OrderCommand& command, const Decided& decided, Desk& desk,
                                   std::vector<db::Receipt>& receipts, Timestamp now) const {
  OrderOutcome outcome{decided.order_id, render(command, decided, desk), {}, now};
  if (decided.payment_id) outcome.payment = desk.payment(decided.order_id, *decided.payment_id)->value;
  if (command.receipt) receipts.push_back({*command.receipt, status_of(command.answer), outcome.rendered});
  return outcome;
}

void OrderWork::write(db::Transaction& tx, Desk& desk, Timestamp now, const std::string& traceparent) const {
  Rows<Order> orders;
  for (auto& [id, entry] : desk.orders) orders.add(entry);
  Rows<Payment> payments;
  for (auto& [id, entries] : desk.payments) {
    for (auto& entry : entries) payments.add(entry);
  }
  Rows<Refund> refunds;
  for (auto& [id, entries] : desk.refunds) {
    for (auto& entry : entries) refunds.add(entry);
  }
  carts::save_carts(tx, desk.carts, now);
  insert_orders(tx, orders.fresh);
  save_orders(tx, orders.changed, now);
  insert_payments(tx, payments.fresh);
  save_payments(tx, payments.changed, now);
  insert_refunds(tx, refunds.fresh);
  save_refunds(tx, refunds.changed, now);
  insert_notices(tx, desk.new_notices, now);
  stock_.save(tx, desk.stock, now, traceparent, desk.events);
}

std::string OrderWork::render(const OrderCommand& command, const Decided& decided, Desk& desk) const {
  switch (command.answer) {
    case Answer::nothing:
      return {};
    case Answer::payment:
      return json::to_json(view_of(desk.payment(decided.order_id, decided.payment_id.value())->value));
    case Answer::refund:
      return json::to_json(view_of(desk.refund(decided.order_id, decided.refund_id.value())->value));
    case Answer::order:
    case Answer::placed:
      break;
  }
  const auto& order = desk.order(decided.order_id)->value;
  const auto* current = current_payment(desk.payments[order.id], &Entry<Payment>::value);
  auto view = view_of(order, current);
  // Only staff write notes, and what they have written is what they are shown.
  if (std::holds_alternative<SetNote>(command.action)) view.note = order.note;
  if (command.answer == Answer::placed) {
    view.secret = terms_.secrets.for_order(order.id);
    const auto* provider = current == nullptr ? nullptr : terms_.providers.find(current->provider);
    if (provider != nullptr && view.payment) {
      const auto foretold = provider->foretell(current->id, current->amount);
      if (foretold) view.payment->client_secret = foretold->client_secret;
    }
  }
  return json::to_json(view);
}

db::LaneRecovery OrderWork::recover(db::Transaction& tx, OrderBatch batch,
                                    std::span<const Result<OrderOutcome>* const> outcomes) const {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& outcome = *outcomes[i];
    if (!batch[i]->receipt || !outcome) continue;
    const db::Receipt ours{*batch[i]->receipt, status_of(batch[i]->answer), outcome->rendered};
    if (db::is_kept(tx, ours, outcome->written_at)) return db::LaneRecovery::committed;
  }
  return db::LaneRecovery::not_committed;
}

std::vector<std::size_t> OrderWork::find_repeats(db::Transaction& tx, OrderBatch batch) const {
  std::vector<const db::ReceiptKey*> keys;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!batch[i]->receipt) continue;
    keys.push_back(&*batch[i]->receipt);
    places.push_back(i);
  }
  const auto found = db::find_receipts(tx, keys, clock_.now());
  std::vector<std::size_t> repeats;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i]) repeats.push_back(places[i]);
  }
  return repeats;
}

}  // namespace shopflow::orders
