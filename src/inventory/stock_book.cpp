#include "shopflow/inventory/stock_book.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace shopflow::inventory {
namespace {

void require(bool holds, const char* movement, const SkuId& sku, std::int32_t units) {
  if (holds) return;
  throw std::logic_error{std::string{"the books can't "} + movement + " " + std::to_string(units) +
                         " units of " + sku.str()};
}

bool fits(std::int32_t on_hand, std::int32_t units) {
  return units <= std::numeric_limits<std::int32_t>::max() - on_hand;
}

constexpr auto kSkuOf = [](const auto& slot) -> const SkuId& { return slot.now.sku_id; };

/// nullptr where there is none.
auto* find_row(auto& slots, const SkuId& sku) {
  const auto slot = std::ranges::lower_bound(slots, sku, {}, kSkuOf);
  return slot == slots.end() || slot->now.sku_id != sku ? nullptr : &slot->now;
}

bool same_counters(const StockRow& left, const StockRow& right) {
  return left.on_hand == right.on_hand && left.held == right.held && left.sold == right.sold;
}

}  // namespace

StockBook::StockBook(const std::vector<StockRow>& rows) {
  slots_.reserve(rows.size());
  for (const auto& row : rows) slots_.push_back({row, row});
  std::ranges::sort(slots_, {}, kSkuOf);
}

const StockRow* StockBook::find(const SkuId& sku) const { return find_row(slots_, sku); }

StockRow& StockBook::row(const SkuId& sku, const char* movement, std::int32_t units) {
  auto* row = find_row(slots_, sku);
  require(row != nullptr && units >= 0, movement, sku, units);
  return *row;
}

void StockBook::note(const StockRow& row, Movement movement, std::int32_t units, const Cause& cause) {
  if (units != 0) entries_.push_back({row.sku_id, row.location_id, movement, units, cause});
}

bool StockBook::hold(const SkuId& sku, std::int32_t units, const Cause& cause) {
  auto* now = find_row(slots_, sku);
  if (now == nullptr) return false;
  require(units >= 0, "hold", sku, units);
  if (!now->sellable || units > now->available()) return false;
  now->held += units;
  note(*now, Movement::hold, units, cause);
  return true;
}

void StockBook::free(const SkuId& sku, std::int32_t units, const Cause& cause) {
  auto& now = row(sku, "free", units);
  require(units <= now.held, "free", sku, units);
  now.held -= units;
  note(now, Movement::free, units, cause);
}

void StockBook::sell(const SkuId& sku, std::int32_t units, const Cause& cause) {
  auto& now = row(sku, "sell", units);
  require(units <= now.held, "sell", sku, units);
  now.held -= units;
  now.sold += units;
  note(now, Movement::sell, units, cause);
}

void StockBook::unsell(const SkuId& sku, std::int32_t units, const Cause& cause) {
  auto& now = row(sku, "unsell", units);
  require(units <= now.sold, "unsell", sku, units);
  now.sold -= units;
  note(now, Movement::unsell, units, cause);
}

void StockBook::ship(const SkuId& sku, std::int32_t units, const Cause& cause) {
  auto& now = row(sku, "ship", units);
  require(units <= now.sold, "ship", sku, units);
  now.sold -= units;
  now.on_hand -= units;
  note(now, Movement::ship, units, cause);
}

void StockBook::receive(const SkuId& sku, std::int32_t units, const Cause& cause) {
  auto& now = row(sku, "receive", units);
  require(fits(now.on_hand, units), "receive", sku, units);
  now.on_hand += units;
  note(now, Movement::receive, units, cause);
}

void StockBook::restock(const SkuId& sku, std::int32_t units, const Cause& cause) {
  auto& now = row(sku, "restock", units);
  require(fits(now.on_hand, units), "restock", sku, units);
  now.on_hand += units;
  note(now, Movement::restock, units, cause);
}

bool StockBook::adjust(const SkuId& sku, std::int32_t delta, const Cause& cause) {
  auto& now = row(sku, "adjust", 0);
  if (delta < -now.available() || (delta > 0 && !fits(now.on_hand, delta))) return false;
  now.on_hand += delta;
  note(now, Movement::adjust, delta, cause);
  return true;
}

std::vector<StockBook::Changed> StockBook::changed() const {
  std::vector<Changed> changed;
  for (const auto& [before, now] : slots_) {
    if (!same_counters(before, now)) changed.push_back({before, now});
  }
  return changed;
}

std::vector<StockRow> StockBook::rows() const {
  std::vector<StockRow> rows;
  rows.reserve(slots_.size());
  for (const auto& slot : slots_) rows.push_back(slot.now);
  return rows;
}

}  // namespace shopflow::inventory
