#include "simulate/decimal.hpp"

#include <fmt/format.h>

#include "shopflow/core/money.hpp"

namespace shopflow::simulate {
namespace {

constexpr int kDigitsMax = 15;
constexpr int kPencePlaces = 2;

std::int64_t power_of_ten(int exponent) {
  std::int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  Decimal number;
  bool point = false;
  int digits = 0;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9' || ++digits > kDigitsMax) return std::nullopt;
    number.digits = number.digits * 10 + (c - '0');
    if (point) ++number.places;
  }
  if (digits == 0) return std::nullopt;
  if (negative) number.digits = -number.digits;
  return number;
}

std::optional<std::int64_t> exact_pence(const Decimal& pounds) {
  if (pounds.places <= kPencePlaces) {
    const auto pence = static_cast<Int128>(pounds.digits) * power_of_ten(kPencePlaces - pounds.places);
    if (pence > kAmountMax || pence < -kAmountMax) return std::nullopt;
    return static_cast<std::int64_t>(pence);
  }
  const auto divisor = power_of_ten(pounds.places - kPencePlaces);
  if (pounds.digits % divisor != 0) return std::nullopt;
  return pounds.digits / divisor;
}

std::int64_t rounded_pence(const Decimal& pounds, std::int64_t units) {
  const auto product = static_cast<Int128>(pounds.digits) * units * power_of_ten(kPencePlaces);
  const auto divisor = static_cast<Int128>(power_of_ten(pounds.places));
  const auto half = divisor / 2;
  return static_cast<std::int64_t>((product >= 0 ? product + half : product - half) / divisor);
}

std::string pence_text(std::int64_t pence) {
  const auto size = pence < 0 ? -pence : pence;
  return fmt::format("{}{}.{:02}", pence < 0 ? "-" : "", size / 100, size % 100);
}

}  // namespace shopflow::simulate
