#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/money.hpp"

namespace shopflow::orders {

/// What a way of shipping costs, net, in minor units of the shop's currency. `country` is an ISO 3166-1
/// alpha-2 code, or `*` for every country that has no rates of its own.
struct ShippingRate {
  std::string country;
  std::string method;  // a slug: standard, express, pickup
  std::int64_t price = 0;
};

/// Tax on net prices and on shipping, in basis points (1,900 is 19 %); `*` as above. A country without a rate
/// is not taxed.
struct TaxRate {
  std::string country;
  std::int32_t basis_points = 0;
};

struct PricingSettings {
  Currency currency;
  std::vector<ShippingRate> shipping;
  std::vector<TaxRate> tax;
};

/// `DE:standard=490`; nothing for text of another form.
[[nodiscard]] std::optional<ShippingRate> parse_shipping_rate(std::string_view text);
/// `DE=1900`; nothing for text of another form.
[[nodiscard]] std::optional<TaxRate> parse_tax_rate(std::string_view text);

namespace errors {
inline constexpr ErrorCode shipping_not_available{"shipping_not_available", ErrorKind::unprocessable,
                                                  "The shop does not ship to this country in this way."};
inline constexpr ErrorCode wrong_currency{"wrong_currency", ErrorKind::unprocessable,
                                          "The amount is in another currency than the order."};
inline constexpr ErrorCode total_zero{"total_zero", ErrorKind::unprocessable,
                                      "There is nothing to pay, so there is no order."};
inline constexpr ErrorCode total_too_large{"total_too_large", ErrorKind::unprocessable,
                                           "The order comes to more than the shop can take."};
}  // namespace errors

/// One line as it is to be priced.
struct LineToPrice {
  Money price;  // of one unit, net
  std::int32_t quantity = 0;
};

/// What an order comes to. Amounts in minor units; total = subtotal + shipping + tax.
struct Totals {
  struct Line {
    std::int64_t total = 0;  // net
    std::int64_t tax = 0;
  };
  std::vector<Line> lines;
  std::int64_t subtotal = 0;
  std::int64_t shipping = 0;
  std::int64_t tax = 0;  // of the lines and of shipping
  std::int64_t total = 0;
};

/// Works out totals from the rate tables. Tax is rounded half away from zero, line by line. Immutable, hence
/// thread-safe.
class Pricing {
 public:
  /// Throws std::invalid_argument naming what is wrong: a country that is neither `*` nor two capital
  /// letters, a method that is no slug, a price below 0 or beyond kAmountMax, a rate beyond 0 to 10,000, a
  /// repeated rate, no shipping rate at all.
  explicit Pricing(PricingSettings settings);

  /// Fails with shipping_not_available, wrong_currency, total_zero or total_too_large.
  [[nodiscard]] Result<Totals> price(std::span<const LineToPrice> lines, std::string_view country,
                                     std::string_view method) const;

  [[nodiscard]] Currency currency() const { return settings_.currency; }

 private:
  [[nodiscard]] std::optional<std::int64_t> shipping_to(std::string_view country,
                                                        std::string_view method) const;
  [[nodiscard]] std::int32_t tax_in(std::string_view country) const;

  PricingSettings settings_;
};

}  // namespace shopflow::orders
