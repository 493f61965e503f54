#include <algorithm>
#include <cstring>
#include <vector>

#include "fuzz/target.hpp"
#include "shopflow/core/json.hpp"
#include "shopflow/orders/pricing.hpp"

namespace shopflow::fuzz {

struct Bill {
  Money price;
};

}  // namespace shopflow::fuzz

template <>
struct shopflow::json::Shape<shopflow::fuzz::Bill> {
  static constexpr std::string_view name = "Bill";
  static constexpr auto fields = std::tuple{field("price", &fuzz::Bill::price, "What it costs.")};
};

namespace shopflow::fuzz {
namespace {

const Currency kEuro = *Currency::parse("EUR");

/// Takes numbers from the bytes, zeros when they are used up.
class Source {
 public:
  explicit Source(std::string_view bytes) : bytes_{bytes} {}
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  std::int64_t number(std::int64_t limit) {
    std::uint64_t value = 0;
    const auto size = std::min(sizeof value, bytes_.size());
    if (size > 0) std::memcpy(&value, bytes_.data(), size);
    bytes_.remove_prefix(size);
    return static_cast<std::int64_t>(value % static_cast<std::uint64_t>(limit));
  }

 private:
  std::string_view bytes_;
};

void check_scale(std::int64_t amount, std::int64_t numerator, std::int64_t denominator) {
  const auto scaled = static_cast<Int128>(scale(amount, numerator, denominator));
  const auto exact = static_cast<Int128>(amount) * numerator;
  const auto off = scaled * denominator - exact;
  const auto distance = off < 0 ? -off : off;
  require(distance * 2 <= denominator, "a scaled amount is within half a unit");
  require(scale(-amount, numerator, denominator) == -scale(amount, numerator, denominator), "scaling is odd");
}

}  // namespace

void run_money(std::string_view bytes) {
  if (const auto bill = json::read<Bill>(bytes)) {
    const auto back = json::read<Bill>(json::to_json(*bill));
    require(back && back->price == bill->price, "money reads back");
  }
  Source source{bytes};
  const auto tax = static_cast<std::int32_t>(source.number(10'001));
  const auto shipping = source.number(kAmountMax + 1);
  const orders::Pricing pricing{{kEuro, {{"*", "standard", shipping}}, {{"DE", tax}}}};
  std::vector<orders::LineToPrice> lines;
  while (!source.empty() && lines.size() < 64) {
    const auto price = source.number(kAmountMax + 1);
    check_scale(price, tax, 10'000);
    lines.push_back({{price, kEuro}, static_cast<std::int32_t>(1 + source.number(10'000))});
  }
  const auto totals = pricing.price(lines, "DE", "standard");
  if (!totals) return;
  std::int64_t subtotal = 0;
  std::int64_t taxes = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    require(totals->lines.at(i).total == lines[i].price.amount * lines[i].quantity,
            "a line is price by quantity");
    subtotal += totals->lines[i].total;
    taxes += totals->lines[i].tax;
  }
  require(totals->subtotal == subtotal, "the subtotal is that of the lines");
  require(totals->tax >= taxes, "the tax is at least that of the lines");
  require(totals->total == totals->subtotal + totals->shipping + totals->tax, "the total is its parts");
  require(totals->total >= 1 && totals->total <= kAmountMax, "a total is something that can be paid");
}

}  // namespace shopflow::fuzz
