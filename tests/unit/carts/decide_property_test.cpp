#include <gtest/gtest.h>
// The property checker's adapter needs GoogleTest before it.
#include <rapidcheck/gtest.h>

#include "carts/decide.hpp"

namespace shopflow::carts {
namespace {

const Timestamp kStart = parse_rfc3339("2026-11-21T08:00:00Z").value();
constexpr std::size_t kCarts = 4;
constexpr std::size_t kSkus = 3;

/// A small shop: some carts, some stock, and commands that may be decided in one batch or in several.
struct Shop {
  CartSettings settings;
  std::vector<CartState> carts;
  std::vector<inventory::StockRow> stock;
  std::vector<events::NewEvent> events;

  explicit Shop(const std::vector<std::int32_t>& units) {
    for (std::size_t i = 0; i < kCarts; ++i) {
      Uuid id;
      id.bytes[15] = static_cast<std::uint8_t>(i);
      carts.push_back({.id = CartId{id}, .lines = {}, .updated_at = kStart});
    }
    for (std::size_t i = 0; i < kSkus; ++i) {
      Uuid id;
      id.bytes[0] = static_cast<std::uint8_t>(i + 1);
      stock.push_back({.sku_id = SkuId{id}, .on_hand = units.at(i)});
    }
  }

  [[nodiscard]] std::int64_t held_in_carts(const SkuId& sku) const {
    std::int64_t held = 0;
    for (const auto& cart : carts) {
      if (const auto* line = cart.find(sku)) held += line->held;
    }
    return held;
  }
};

struct Step {
  std::size_t cart;
  CartAction action;
};

Step make_step(const Shop& shop, std::uint32_t choice, std::int32_t quantity) {
  const auto& sku = shop.stock.at(choice / 8 % kSkus).sku_id;
  const auto& other = shop.stock.at(choice / 32 % kSkus).sku_id;
  const auto cart = choice / 128 % kCarts;
  switch (choice % 8) {
    case 0:
    case 1:
      return {cart, AddLines{{{sku, quantity}}}};
    case 2:
      return {cart, AddLines{{{sku, quantity}, {other, 2}}}};
    case 3:
      return {cart, ChangeLine{sku, quantity}};
    case 4:
      return {cart, RemoveLine{sku}};
    case 5:
      return {cart, RenewLines{}};
    default:
      return {cart, ExpireLines{}};
  }
}

/// Decides the steps over one book, as a lane's batch does, and keeps the outcomes as text.
void run_batch(Shop& shop, std::span<const Step> steps, Timestamp now, std::vector<std::string>& outcomes) {
  inventory::StockBook book{shop.stock};
  Desk desk{book, now, shop.settings, shop.events};
  for (const auto& step : steps) {
    auto& cart = shop.carts.at(step.cart);
    const auto outcome = decide(cart, {cart.id, step.action, "", {}}, desk);
    std::string text = outcome ? "ok" : outcome.error().code;
    if (outcome) {
      for (const auto& line : *outcome) text += " " + std::string{json::name_of(line.outcome)};
    }
    outcomes.push_back(text);
  }
  for (const auto& [before, after] : book.changed()) {
    for (auto& row : shop.stock) {
      if (row.sku_id == after.sku_id) row = after;
    }
  }
}

struct Play {
  std::vector<std::int32_t> units;
  std::vector<std::uint32_t> choices;
  std::vector<std::int32_t> quantities;
};

Play any_play() {
  Play play;
  play.units = *rc::gen::container<std::vector<std::int32_t>>(kSkus, rc::gen::inRange(0, 12));
  play.choices = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, 512));
  play.quantities =
      *rc::gen::container<std::vector<std::int32_t>>(play.choices.size(), rc::gen::inRange(1, 8));
  return play;
}

std::vector<Step> steps_of(const Shop& shop, const Play& play) {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < play.choices.size(); ++i)
    steps.push_back(make_step(shop, play.choices[i], play.quantities[i]));
  return steps;
}

RC_GTEST_PROP(DecideProperty, ABatchDoesWhatItsCommandsDoOneByOne, ()) {
  const auto play = any_play();
  Shop together{play.units};
  Shop apart{play.units};
  const auto steps = steps_of(together, play);
  std::vector<std::string> outcomes_together;
  std::vector<std::string> outcomes_apart;
  run_batch(together, steps, kStart, outcomes_together);
  for (const auto& step : steps) run_batch(apart, {&step, 1}, kStart, outcomes_apart);
  RC_ASSERT(outcomes_together == outcomes_apart);
  RC_ASSERT(together.carts == apart.carts);
  for (std::size_t i = 0; i < kSkus; ++i) RC_ASSERT(together.stock[i].held == apart.stock[i].held);
}

RC_GTEST_PROP(DecideProperty, WhatIsHeldIsWhatTheCartsHoldAndNeverMoreThanThereIs, ()) {
  const auto play = any_play();
  Shop shop{play.units};
  std::vector<std::string> outcomes;
  auto now = kStart;
  for (const auto& step : steps_of(shop, play)) {
    now += std::chrono::minutes{3};
    run_batch(shop, {&step, 1}, now, outcomes);
    for (const auto& row : shop.stock) {
      RC_ASSERT(row.available() >= 0);
      RC_ASSERT(row.held == shop.held_in_carts(row.sku_id));
    }
    for (const auto& cart : shop.carts) {
      for (const auto& line : cart.lines) {
        RC_ASSERT(line.held == 0 || line.held == line.quantity);
        RC_ASSERT(!line.reserved() || (cart.next_deadline && *cart.next_deadline <= line.deadline));
      }
    }
  }
}

RC_GTEST_PROP(DecideProperty, ACommandThatFailsChangesNothing, ()) {
  const auto play = any_play();
  Shop shop{play.units};
  std::vector<std::string> outcomes;
  auto now = kStart;
  for (const auto& step : steps_of(shop, play)) {
    now += std::chrono::minutes{3};
    const auto carts = shop.carts;
    const auto events = shop.events.size();
    std::vector<std::int32_t> held;
    for (const auto& row : shop.stock) held.push_back(row.held);
    run_batch(shop, {&step, 1}, now, outcomes);
    if (outcomes.back().starts_with("ok")) continue;
    RC_ASSERT(shop.carts == carts);
    RC_ASSERT(shop.events.size() == events);
    for (std::size_t i = 0; i < kSkus; ++i) RC_ASSERT(shop.stock[i].held == held[i]);
  }
}

}  // namespace
}  // namespace shopflow::carts
