#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shopflow::simulate {

/// A number as it was written, exactly: `digits` / 10^`places`.
struct Decimal {
  std::int64_t digits = 0;
  int places = 0;
  bool operator==(const Decimal&) const = default;
};

/// Reads `-12`, `2.55`, `.5` and `3.`, with up to 15 digits and no exponent; anything else is nullopt.
[[nodiscard]] std::optional<Decimal> parse_decimal(std::string_view text);

/// In pence; nullopt if that takes a fraction of a penny or does not fit.
[[nodiscard]] std::optional<std::int64_t> exact_pence(const Decimal& pounds);

/// `units` times the number in pence, half away from zero; for amounts that are only reported.
[[nodiscard]] std::int64_t rounded_pence(const Decimal& pounds, std::int64_t units);

/// 123456 -> "1234.56"
[[nodiscard]] std::string pence_text(std::int64_t pence);

}  // namespace shopflow::simulate
