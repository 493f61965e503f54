#include "shopflow/orders/pricing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>

#include "shopflow/core/json_constraints.hpp"

namespace shopflow::orders {
namespace {

constexpr std::int32_t kBasisPoints = 10'000;
constexpr std::string_view kElsewhere = "*";

template <class Integer>
std::optional<Integer> integer(std::string_view text) {
  Integer value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_place(std::string_view country) { return country == kElsewhere || json::is_country(country); }

void require(bool fine, const std::string& what) {
  if (!fine) throw std::invalid_argument{what};
}

}  // namespace

std::optional<ShippingRate> parse_shipping_rate(std::string_view text) {
  const auto colon = text.find(':');
  const auto equals = text.find('=');
  if (colon == std::string_view::npos || equals == std::string_view::npos || equals < colon) {
    return std::nullopt;
  }
  const auto price = integer<std::int64_t>(text.substr(equals + 1));
  if (!price) return std::nullopt;
  return ShippingRate{std::string{text.substr(0, colon)},
                      std::string{text.substr(colon + 1, equals - colon - 1)}, *price};
}

std::optional<TaxRate> parse_tax_rate(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const auto rate = integer<std::int32_t>(text.substr(equals + 1));
  if (!rate) return std::nullopt;
  return TaxRate{std::string{text.substr(0, equals)}, *rate};
}

Pricing::Pricing(PricingSettings settings) : settings_{std::move(settings)} {
  require(!settings_.shipping.empty(), "there is no shipping rate, so nothing could be ordered");
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& rate : settings_.shipping) {
    const auto name = fmt::format("shipping rate {}:{}", rate.country, rate.method);
    require(is_place(rate.country), name + ": the country is neither * nor two capital letters");
    require(json::is_slug(rate.method), name + ": the method is no lower-case word");
    require(rate.price >= 0 && rate.price <= kAmountMax, name + ": the price is out of range");
    require(seen.emplace(rate.country, rate.method).second, name + " stands twice");
  }
  for (const auto& rate : settings_.tax) {
    const auto name = fmt::format("tax rate {}", rate.country);
    require(is_place(rate.country), name + ": the country is neither * nor two capital letters");
    require(rate.basis_points >= 0 && rate.basis_points <= kBasisPoints,
            name + ": the rate is not within 0 to 10000 basis points");
    require(seen.emplace(rate.country, "").second, name + " stands twice");
  }
}

std::optional<std::int64_t> Pricing::shipping_to(std::string_view country, std::string_view method) const {
  const bool own =
      std::ranges::any_of(settings_.shipping, [&](const auto& r) { return r.country == country; });
  const auto place = own ? country : kElsewhere;
  const auto rate = std::ranges::find_if(
      settings_.shipping, [&](const auto& r) { return r.country == place && r.method == method; });
  if (rate == settings_.shipping.end()) return std::nullopt;
  return rate->price;
}

std::int32_t Pricing::tax_in(std::string_view country) const {
  const auto rate_of = [this](std::string_view place) {
    return std::ranges::find(settings_.tax, place, &TaxRate::country);
  };
  auto rate = rate_of(country);
  if (rate == settings_.tax.end()) rate = rate_of(kElsewhere);
  return rate == settings_.tax.end() ? 0 : rate->basis_points;
}

Result<Totals> Pricing::price(std::span<const LineToPrice> lines, std::string_view country,
                              std::string_view method) const {
  const auto shipping = shipping_to(country, method);
  if (!shipping) return fail(errors::shipping_not_available, fmt::format("'{}' to {}.", method, country));
  const auto rate = tax_in(country);
  Totals totals;
  totals.shipping = *shipping;
  totals.tax = scale(*shipping, rate, kBasisPoints);
  __int128 sum = totals.shipping + totals.tax;
  for (const auto& line : lines) {
    if (line.price.currency != settings_.currency) {
      return fail(errors::wrong_currency, fmt::format("A price is in {}, the shop sells in {}.",
                                                      line.price.currency.str(), settings_.currency.str()));
    }
    const auto net = static_cast<__int128>(line.price.amount) * line.quantity;
    if (net > kAmountMax) return fail(errors::total_too_large);
    const Totals::Line priced{static_cast<std::int64_t>(net),
                              scale(static_cast<std::int64_t>(net), rate, kBasisPoints)};
    sum += priced.total + priced.tax;
    totals.subtotal += priced.total;
    totals.tax += priced.tax;
    totals.lines.push_back(priced);
  }
  // Only now, since shipping alone may come to too much.
  if (sum > kAmountMax) return fail(errors::total_too_large);
  totals.total = static_cast<std::int64_t>(sum);
  if (totals.total == 0) return fail(errors::total_zero);
  return totals;
}

}  // namespace shopflow::orders
