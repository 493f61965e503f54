#include "shopflow/carts/memory.hpp"

#include <algorithm>
#include <chrono>
#include <memory>

namespace shopflow::carts {
namespace {

// What is remembered does not age: it is right until it is overwritten, or the guard finds that it is not.
constexpr std::chrono::steady_clock::time_point kAlways{};
constexpr std::chrono::milliseconds kAnyAge = std::chrono::hours{1};

inventory::StockRow plenty(const SkuId& sku) {
  inventory::StockRow row;
  row.sku_id = sku;
  row.on_hand = 2'000'000'000;
  row.held = 1'000'000'000;
  return row;
}

}  // namespace

CartMemory::Cart CartMemory::find(const CartId& id) const { return carts_.find(id, kAlways, kAnyAge); }

void CartMemory::keep(CartState cart) {
  const auto id = cart.id;
  if (cart.lines.size() > kRememberedLinesMax || !may_hold(cart.stage)) return carts_.erase(id);
  carts_.store(id, std::make_shared<const CartState>(std::move(cart)), kAlways);
}

inventory::StockRow CartMemory::stock(const SkuId& sku) const {
  const auto known = stock_.find(sku, kAlways, kAnyAge);
  return known ? *known : plenty(sku);
}

void CartMemory::keep(std::span<const inventory::StockRow> rows) {
  const std::lock_guard lock{stock_mutex_};
  for (const auto& row : rows)
    stock_.store(row.sku_id, std::make_shared<const inventory::StockRow>(row), kAlways);
}

void CartMemory::follow(const inventory::StockBook& book) {
  const std::lock_guard lock{stock_mutex_};
  for (const auto& [before, after] : book.changed()) {
    const auto known = stock_.find(after.sku_id, kAlways, kAnyAge);
    if (!known) continue;
    auto row = *known;
    row.held += after.held - before.held;
    stock_.store(row.sku_id, std::make_shared<const inventory::StockRow>(row), kAlways);
  }
}

}  // namespace shopflow::carts
