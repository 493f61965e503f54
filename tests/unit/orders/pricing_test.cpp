#include "shopflow/orders/pricing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <stdexcept>

namespace shopflow::orders {
namespace {

const Currency kEuro = *Currency::parse("EUR");

PricingSettings settings() {
  return {kEuro,
          {{"DE", "standard", 490}, {"DE", "express", 1290}, {"DE", "pickup", 0}, {"*", "standard", 1500}},
          {{"DE", 1900}, {"AT", 2000}, {"FR", 550}}};
}

std::vector<LineToPrice> lines(std::int64_t price, std::int32_t quantity) {
  return {{{price, kEuro}, quantity}};
}

TEST(Pricing, TotalsFollowTheRateTable) {
  struct Case {
    std::string_view country, method;
    std::int64_t price;
    std::int32_t quantity;
    std::int64_t subtotal, shipping, tax, total;
  };
  const std::vector<Case> cases{
      {"DE", "standard", 1000, 2, 2000, 490, 473, 2963},  // 380.00 and 93.10
      {"DE", "express", 1999, 1, 1999, 1290, 625, 3914},  // 379.81 and 245.10
      {"DE", "pickup", 5, 1, 5, 0, 1, 6},                 // 0.95
      {"DE", "pickup", 2, 1, 2, 0, 0, 2},                 // 0.38
      {"AT", "standard", 1000, 1, 1000, 1500, 500, 3000},
      {"FR", "standard", 100, 1, 100, 1500, 89, 1689},  // 5.50 and 82.50, each half away from zero
      {"US", "standard", 1000, 3, 3000, 1500, 0, 4500},
  };
  const Pricing pricing{settings()};
  for (const auto& c : cases) {
    const auto totals = pricing.price(lines(c.price, c.quantity), c.country, c.method);
    ASSERT_TRUE(totals) << c.country << ' ' << c.method;
    EXPECT_EQ(totals->subtotal, c.subtotal) << c.country << ' ' << c.method;
    EXPECT_EQ(totals->shipping, c.shipping) << c.country << ' ' << c.method;
    EXPECT_EQ(totals->tax, c.tax) << c.country << ' ' << c.method;
    EXPECT_EQ(totals->total, c.total) << c.country << ' ' << c.method;
  }
}

TEST(Pricing, ACountryWithRatesOfItsOwnDoesNotUseThoseForElsewhere) {
  const Pricing pricing{{kEuro, {{"DE", "express", 1290}, {"*", "standard", 1500}}, {}}};
  const auto totals = pricing.price(lines(100, 1), "DE", "standard");
  ASSERT_FALSE(totals);
  EXPECT_EQ(totals.error().code, "shipping_not_available");
}

TEST(Pricing, WhatCanNotBeOrderedIsRefused) {
  const Pricing pricing{settings()};
  const auto code = [&](std::vector<LineToPrice> wanted, std::string_view country, std::string_view method) {
    const auto totals = pricing.price(wanted, country, method);
    return totals ? std::string{} : totals.error().code;
  };
  EXPECT_EQ(code(lines(100, 1), "DE", "drone"), "shipping_not_available");
  EXPECT_EQ(code(lines(100, 1), "US", "express"), "shipping_not_available");
  EXPECT_EQ(code({{{100, *Currency::parse("USD")}, 1}}, "DE", "standard"), "wrong_currency");
  EXPECT_EQ(code(lines(0, 7), "DE", "pickup"), "total_zero");
  EXPECT_EQ(code(lines(kAmountMax, 1), "DE", "standard"), "total_too_large");
  EXPECT_EQ(code(lines(kAmountMax, 10'000), "DE", "standard"), "total_too_large");
  const Pricing dear{{kEuro, {{"*", "standard", kAmountMax}}, {{"DE", 1900}}}};
  EXPECT_EQ(dear.price({}, "DE", "standard").error().code, "total_too_large");
}

TEST(Pricing, BadRateTablesAreRefusedAtTheStart) {
  const auto refused = [](auto change) {
    auto bad = settings();
    change(bad);
    EXPECT_THROW(Pricing{bad}, std::invalid_argument);
  };
  refused([](auto& s) { s.shipping.clear(); });
  refused([](auto& s) { s.shipping[0].country = "Germany"; });
  refused([](auto& s) { s.shipping[0].method = "Very Fast"; });
  refused([](auto& s) { s.shipping[0].price = -1; });
  refused([](auto& s) { s.shipping[1] = s.shipping[0]; });
  refused([](auto& s) { s.tax[0].basis_points = 10'001; });
  refused([](auto& s) { s.tax[0].basis_points = -1; });
  refused([](auto& s) { s.tax[1] = s.tax[0]; });
  refused([](auto& s) { s.tax[0].country = "de"; });
}

TEST(Pricing, RatesAreReadFromText) {
  const auto rate = parse_shipping_rate("*:standard=1500");
  ASSERT_TRUE(rate);
  EXPECT_EQ(rate->country, "*");
  EXPECT_EQ(rate->method, "standard");
  EXPECT_EQ(rate->price, 1500);
  const auto tax = parse_tax_rate("DE=1900");
  ASSERT_TRUE(tax);
  EXPECT_EQ(tax->country, "DE");
  EXPECT_EQ(tax->basis_points, 1900);
  for (const auto* text : {"", "DE", "DE:standard", "DE:standard=", "DE:standard=4.90", "DE=1:2x"}) {
    EXPECT_FALSE(parse_shipping_rate(text)) << text;
  }
  for (const auto* text : {"", "DE", "DE=", "DE=19%", "DE=99999999999"}) {
    EXPECT_FALSE(parse_tax_rate(text)) << text;
  }
}

RC_GTEST_PROP(Pricing, TheTotalIsTheSumOfItsPartsAndTaxIsWithinHalfAUnitALine, ()) {
  const auto rate = *rc::gen::inRange<std::int32_t>(0, 10'001);
  const auto shipping = *rc::gen::inRange<std::int64_t>(0, 100'000);
  const auto prices = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(1, 1'000'000)));
  std::vector<LineToPrice> wanted;
  for (const auto price : prices) {
    wanted.push_back({{price, kEuro}, *rc::gen::inRange<std::int32_t>(1, 1'000)});
  }
  const Pricing pricing{{kEuro, {{"DE", "standard", shipping}}, {{"DE", rate}}}};
  const auto totals = pricing.price(wanted, "DE", "standard");
  RC_ASSERT(totals.has_value());
  RC_ASSERT(totals->total == totals->subtotal + totals->shipping + totals->tax);
  std::int64_t subtotal = 0;
  std::int64_t tax = scale(shipping, rate, 10'000);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& line = totals->lines[i];
    RC_ASSERT(line.total == wanted[i].price.amount * wanted[i].quantity);
    const auto error = line.tax * 10'000 - line.total * rate;
    RC_ASSERT(error <= 5'000 && error >= -5'000);
    subtotal += line.total;
    tax += line.tax;
  }
  RC_ASSERT(totals->subtotal == subtotal);
  RC_ASSERT(totals->tax == tax);
}

}  // namespace
}  // namespace shopflow::orders
