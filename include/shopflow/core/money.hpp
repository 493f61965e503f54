#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace shopflow {

/// An ISO 4217 code: three capital letters.
class Currency {
 public:
  Currency() = default;
  [[nodiscard]] static constexpr std::optional<Currency> parse(std::string_view text) {
    if (text.size() != 3) return std::nullopt;
    Currency currency;
    for (std::size_t i = 0; i < 3; ++i) {
      if (text[i] < 'A' || text[i] > 'Z') return std::nullopt;
      currency.code_[i] = text[i];
    }
    return currency;
  }
  [[nodiscard]] constexpr std::string_view str() const { return {code_.data(), code_.size()}; }
  auto operator<=>(const Currency&) const = default;

 private:
  std::array<char, 3> code_{'X', 'X', 'X'};
};

/// The largest amount of the shop, in minor units (cents), either way. A price is an amount, so that a sum of
/// 1,000 lines of 10,000 units fits 64 bits even before it is held to this limit itself.
inline constexpr std::int64_t kAmountMax = 100'000'000'000;  // a thousand million in a two-digit currency

/// The largest amount that is ever shown, either way: the largest integer that every reader of JSON keeps
/// exactly (RFC 8259, section 6). Sums that nobody has to pay yet, like those of a cart, may pass kAmountMax,
/// never this.
inline constexpr std::int64_t kMoneyMax = 9'007'199'254'740'991;

/// An amount in minor units of its currency.
struct Money {
  std::int64_t amount = 0;
  Currency currency;
  auto operator<=>(const Money&) const = default;
};

/// Twice the width of an amount; `__extension__` because ISO C++ has no such type.
__extension__ using Int128 = __int128;

/// `amount * numerator / denominator`, half away from zero, in 128 bits so that it can't overflow.
[[nodiscard]] constexpr std::int64_t scale(std::int64_t amount, std::int64_t numerator,
                                           std::int64_t denominator) {
  const auto product = static_cast<Int128>(amount) * numerator;
  const auto half = static_cast<Int128>(denominator) / 2;
  return static_cast<std::int64_t>((product >= 0 ? product + half : product - half) / denominator);
}

}  // namespace shopflow
