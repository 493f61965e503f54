#pragma once

#include <gtest/gtest.h>
// The property checker's adapter needs GoogleTest before it.
#include <rapidcheck/gtest.h>

#include <iterator>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "orders/decide.hpp"
#include "shopflow/payments/manual_provider.hpp"

namespace shopflow::orders {

/// A few carts and SKUs, and commands on the orders that come of them, named by small numbers so that a
/// property checker can make and shrink them.
struct Model {
  static constexpr std::size_t kCarts = 3;
  static constexpr std::size_t kSkus = 2;
  static constexpr std::size_t kKinds = 14;
  static constexpr int kNoticesMax = 6;

  struct Step {
    std::size_t kind;
    std::size_t cart;
    int choice;  // what else there is to choose
  };

  explicit Model(const std::vector<std::int32_t>& spare) {
    providers.add(std::make_shared<payments::ManualProvider>());
    std::vector<inventory::StockRow> rows;
    for (std::size_t i = 0; i < kSkus; ++i) {
      rows.push_back({.sku_id = sku(i), .on_hand = spare.at(i), .held = 0});
      catalog::SkuInfo info{sku(i), ProductId{}, "CODE", "Cup", {500 + static_cast<int>(i), euro}, 1, true};
      desk.skus.emplace(sku(i), std::make_shared<const catalog::SkuInfo>(std::move(info)));
    }
    for (std::size_t i = 0; i < kCarts; ++i) {
      carts::CartState cart;
      cart.id = named<CartId>(1, i);
      cart.updated_at = now;
      for (std::size_t line = 0; line <= i % kSkus; ++line) {
        cart.lines.push_back({sku(line), 2, 2, now + std::chrono::minutes{10}});
        rows[line].on_hand += 2;
        rows[line].held += 2;
      }
      desk.carts.push_back(cart);
    }
    desk.stock = inventory::StockBook{rows};
  }

  template <class Name>
  static Name named(std::uint8_t kind, std::size_t number) {
    Name name;
    name.value.bytes[0] = kind;
    name.value.bytes[15] = static_cast<std::uint8_t>(number);
    return name;
  }
  static SkuId sku(std::size_t number) { return named<SkuId>(2, number); }
  static OrderId order_id(std::size_t cart) { return named<OrderId>(3, cart); }

  /// The payments of the order so far, the refunds that somebody asked for or the shop made.
  [[nodiscard]] Payment any_payment(std::size_t cart, int choice) {
    const auto& tries = desk.payments[order_id(cart)];
    if (!tries.empty()) return std::next(tries.begin(), choice % std::ssize(tries))->value;
    return Payment{.id = named<PaymentId>(4, 99), .order_id = order_id(cart), .provider = "manual"};
  }

  RecordPayment news(std::size_t cart, payments::PaymentState state, int choice) {
    const auto payment = any_payment(cart, choice);
    payments::Snapshot snapshot{.ref = "ref", .state = state, .amount = payment.amount};
    if (choice % 5 == 4) ++snapshot.amount.amount;  // the provider errs
    if (state == payments::PaymentState::succeeded) snapshot.captured = payment.amount.amount;
    std::optional<std::string> notice;
    if (choice % 3 > 0) notice = "evt_" + std::to_string(choice % kNoticesMax);
    return {{payment.id, order_id(cart), "manual", std::move(snapshot), std::move(notice)}, {}};
  }

  /// `made` numbers what a step makes, the same for the same step of a play.
  Action action(const Step& step, std::size_t made) {
    using payments::PaymentState;
    const auto order = order_id(step.cart);
    const auto payment = named<PaymentId>(4, made);
    switch (step.kind) {
      case 0:
      case 1:
        return Checkout{order,
                        payment,
                        {named<CartId>(1, step.cart),
                         "ada@example.com",
                         {.name = "Ada", .line1 = "Ring 1", .city = "Berlin", .country = "DE"},
                         std::nullopt,
                         "standard",
                         "manual"}};
      case 2:
      case 3:
        return news(step.cart, PaymentState::succeeded, step.choice);
      case 4:
        return news(step.cart, PaymentState::processing, step.choice);
      case 5:
        return news(step.cart, PaymentState::canceled, step.choice);
      case 6:
        return MarkPaid{order};
      case 7:
        return NewAttempt{order, payment, "attempt"};
      case 8:
        return Cancel{order, "no more", step.choice % 2 == 0};
      case 9:
        return LapseHold{order};
      case 10:
      case 11: {
        std::optional<Money> amount;
        if (step.choice % 3 > 0) amount = Money{step.choice * 100, euro};
        return RequestRefund{order, named<RefundId>(5, made), {amount, "broken", {}}};
      }
      default:
        return settle(step);
    }
  }

  Action settle(const Step& step) {
    const auto order = order_id(step.cart);
    const auto& refunds = desk.refunds[order];
    SettleRefund command{order, named<RefundId>(5, 99), {}, "away", step.choice % 4 == 3};
    if (!refunds.empty()) {
      const auto& refund = std::next(refunds.begin(), step.choice % std::ssize(refunds))->value;
      command.refund_id = refund.id;
      command.attempts = refund.attempts;
    }
    if (step.choice % 4 < 2) command.provider_ref = "re_1";
    return command;
  }

  /// Decides one command and says how it ended.
  std::string decide_one(const Step& step, std::size_t made) {
    const auto command = action(step, made);
    const auto decided = std::visit(
        [&](const auto& one) { return decide(one, Told{now, std::string{}}, desk, terms); }, command);
    return decided ? "ok" : std::string{decided.error().code};
  }

  /// What is between two batches: everything is written, and read again.
  void write_and_read() {
    for (auto& event : desk.events) history.push_back(std::move(event));
    desk.events.clear();
    for (auto& [id, entry] : desk.orders) settle_entry(entry);
    for (auto& [id, entries] : desk.payments) {
      for (auto& entry : entries) settle_entry(entry);
    }
    for (auto& [id, entries] : desk.refunds) {
      for (auto& entry : entries) settle_entry(entry);
    }
    for (auto& cart : desk.carts) {
      if (cart.changed) cart.updated_at = now;
      cart.changed = false;
    }
    notices.insert(desk.new_notices.begin(), desk.new_notices.end());
    desk.new_notices.clear();
    desk.notices = notices;
    desk.stock = inventory::StockBook{desk.stock.rows()};
  }

  template <class T>
  static void settle_entry(Entry<T>& entry) {
    entry.fresh = entry.changed = false;
  }

  Timestamp now = *parse_rfc3339("2026-11-21T08:00:00Z");
  Currency euro = *Currency::parse("EUR");
  Pricing pricing{{euro, {{"*", "standard", 100}}, {}}};
  payments::Providers providers;
  access::Secrets secrets{access::Secrets::Key{1}};
  OrderSettings settings;
  Terms terms{pricing, providers, secrets, settings};
  Desk desk;
  std::set<NoticeKey> notices;
  std::vector<events::NewEvent> history;
};

/// A play as the property checker makes it.
struct Play {
  std::vector<std::int32_t> spare;
  std::vector<Model::Step> steps;
};

inline Play any_play() {
  Play play;
  play.spare = *rc::gen::container<std::vector<std::int32_t>>(Model::kSkus, rc::gen::inRange(0, 3));
  const auto numbers = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 14 * 3 * 12));
  for (const auto number : numbers) {
    play.steps.push_back({static_cast<std::size_t>(number) % Model::kKinds,
                          static_cast<std::size_t>(number) / Model::kKinds % Model::kCarts,
                          number / static_cast<int>(Model::kKinds * Model::kCarts)});
  }
  return play;
}

}  // namespace shopflow::orders
