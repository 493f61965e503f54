#include <map>

#include "shopflow/orders/order_states.hpp"
#include "unit/orders/decide_model.hpp"

namespace shopflow::orders {
namespace {

/// Everything that is kept, without the identifiers that are drawn and the events' own.
std::string picture(Model& model) {
  std::string text;
  const auto put = [&text](const auto&... parts) { ((text += std::string{parts} + " "), ...); };
  for (std::size_t i = 0; i < Model::kCarts; ++i) {
    const auto& cart = model.desk.carts[i];
    put("cart", json::name_of(cart.stage), cart.next_deadline ? to_rfc3339(*cart.next_deadline) : "-",
        std::to_string(cart.event_sequence));
    const auto* order = model.desk.order(Model::order_id(i));
    if (order == nullptr) continue;
    const auto& value = order->value;
    put("order", json::name_of(value.state), std::to_string(value.captured), std::to_string(value.refunded),
        std::to_string(value.event_sequence), value.cancel_reason.value_or("-"));
    for (const auto& entry : model.desk.payments[value.id]) {
      put("payment", json::name_of(entry.value.state), std::to_string(entry.value.captured),
          std::to_string(entry.value.refunded), entry.value.surplus ? "surplus" : "due",
          entry.value.error_code.value_or("-"));
    }
    for (const auto& entry : model.desk.refunds[value.id]) {
      put("refund", json::name_of(entry.value.state), std::to_string(entry.value.amount.amount),
          std::to_string(entry.value.attempts), entry.value.reason);
    }
  }
  for (std::size_t i = 0; i < Model::kSkus; ++i) {
    const auto* row = model.desk.stock.find(Model::sku(i));
    put("stock", std::to_string(row->on_hand), std::to_string(row->held), std::to_string(row->sold));
  }
  for (const auto& event : model.history) put(event.type, std::to_string(event.sequence));
  for (const auto& event : model.desk.events) put(event.type, std::to_string(event.sequence));
  return text;
}

RC_GTEST_PROP(OrdersProperty, ABatchDoesWhatItsCommandsDoOneByOne, ()) {
  const auto play = any_play();
  Model together{play.spare};
  Model apart{play.spare};
  std::vector<std::string> outcomes_together;
  std::vector<std::string> outcomes_apart;
  for (std::size_t i = 0; i < play.steps.size(); ++i) {
    outcomes_together.push_back(together.decide_one(play.steps[i], i));
    outcomes_apart.push_back(apart.decide_one(play.steps[i], i));
    apart.write_and_read();
  }
  together.write_and_read();
  RC_ASSERT(outcomes_together == outcomes_apart);
  RC_ASSERT(picture(together) == picture(apart));
}

/// What the order's money has to come to, whatever has happened.
void check_money(Model& model, const Order& order) {
  std::int64_t captured = 0;
  std::int64_t refunded = 0;
  int paid_it = 0;
  for (const auto& entry : model.desk.payments[order.id]) {
    const auto& payment = entry.value;
    const auto back = model.desk.given_back(payment);
    captured += payment.captured;
    refunded += payment.refunded;
    RC_ASSERT(payment.refunded <= back);
    RC_ASSERT(back <= payment.captured);
    RC_ASSERT(payment.captured == 0 || payment.captured == payment.amount.amount);
    paid_it += payment.captured > 0 && !payment.surplus;
  }
  std::int64_t succeeded = 0;
  for (const auto& entry : model.desk.refunds[order.id]) {
    if (entry.value.state == RefundState::succeeded) succeeded += entry.value.amount.amount;
    RC_ASSERT(entry.value.amount.amount > 0);
  }
  RC_ASSERT(order.captured == captured);
  RC_ASSERT(order.refunded == refunded);
  RC_ASSERT(order.refunded == succeeded);
  if (order.state == OrderState::pending_payment) RC_ASSERT(paid_it == 0);
  if (order.state == OrderState::paid) RC_ASSERT(paid_it == 1);
  RC_ASSERT(paid_it <= 1);
}

/// The units of an order are held, or sold, or on their way back, once.
void check_reservation(Model& model, const Order& order) {
  const auto& cart = *model.desk.cart(order.cart_id);
  if (order.state == OrderState::cancelled) RC_ASSERT(!is_held(cart));
  if (is_held(cart)) RC_ASSERT(order.state == OrderState::pending_payment);
  if (cart.stage == carts::Stage::sold) RC_ASSERT(order.state != OrderState::pending_payment);
  for (std::size_t i = 0; i < Model::kSkus; ++i)
    RC_ASSERT(model.desk.stock.find(Model::sku(i))->available() >= 0);
}

/// The events alone tell what became of the order, without a gap.
void check_history(const Model& model, const Order& order) {
  std::optional<OrderState> state;
  std::int32_t last = 0;
  for (const auto& event : model.history) {
    if (event.aggregate_id != order.id.value) continue;
    RC_ASSERT(event.sequence == last + 1);
    last = event.sequence;
    state = replay(state, event.type, false);
    RC_ASSERT(state.has_value());
  }
  RC_ASSERT(last == order.event_sequence);
  RC_ASSERT(state == order.state);
}

RC_GTEST_PROP(OrdersProperty, MoneyUnitsAndHistoryAlwaysAgree, ()) {
  const auto play = any_play();
  Model model{play.spare};
  for (std::size_t i = 0; i < play.steps.size(); ++i) {
    model.now += std::chrono::minutes{1 + play.steps[i].choice % 20};
    static_cast<void>(model.decide_one(play.steps[i], i));
    model.write_and_read();
    for (const auto& [id, entry] : model.desk.orders) {
      check_money(model, entry.value);
      check_reservation(model, entry.value);
      check_history(model, entry.value);
    }
  }
}

RC_GTEST_PROP(OrdersProperty, MoneyThatTheShopHasNoUseForGoesBackInFull, ()) {
  const auto play = any_play();
  Model model{play.spare};
  for (std::size_t i = 0; i < play.steps.size(); ++i) {
    // No refund fails for good here, which would be for the staff to see to.
    auto step = play.steps[i];
    if (step.kind >= 12) step.choice = 0;
    static_cast<void>(model.decide_one(step, i));
    model.write_and_read();
    for (const auto& [id, entry] : model.desk.orders) {
      for (const auto& payment : model.desk.payments[id]) {
        const bool useless = payment.value.surplus || entry.value.state == OrderState::cancelled;
        if (useless) RC_ASSERT(model.desk.given_back(payment.value) == payment.value.captured);
      }
    }
  }
}

RC_GTEST_PROP(OrdersProperty, ACommandThatFailsChangesNothing, ()) {
  const auto play = any_play();
  Model model{play.spare};
  for (std::size_t i = 0; i < play.steps.size(); ++i) {
    model.now += std::chrono::minutes{1 + play.steps[i].choice % 20};
    const auto before = picture(model);
    const auto outcome = model.decide_one(play.steps[i], i);
    // A payment keeps the mark of a notice that did not fit it.
    if (outcome != "ok" && outcome != "payment_amount_mismatch") {
      RC_ASSERT(model.desk.new_notices.empty());
      RC_ASSERT(picture(model) == before);
    }
    model.write_and_read();
  }
}

}  // namespace
}  // namespace shopflow::orders
