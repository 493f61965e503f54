#include "shopflow/core/base32.hpp"

#include <algorithm>
#include <cstdint>

#include "core/base32_digits.hpp"

namespace shopflow {
namespace {

constexpr std::size_t kGroupBytes = 5;
constexpr std::size_t kGroupDigits = 8;

}  // namespace

std::string base32(std::span<const std::uint8_t> bytes) {
  const auto digits = (bytes.size() * 8 + 4) / 5;
  std::string out((digits + kGroupDigits - 1) / kGroupDigits * kGroupDigits, '\0');
  // Five bytes are eight digits; what the last group lacks counts as zero, and makes no digits.
  for (auto* at = out.data(); !bytes.empty(); at += kGroupDigits) {
    const auto size = std::min(bytes.size(), kGroupBytes);
    std::uint64_t group = 0;
    for (std::size_t i = 0; i < kGroupBytes; ++i) group = group << 8U | (i < size ? bytes[i] : 0U);
    base32_digits::write_pairs<kGroupDigits / 2>(at, group);
    bytes = bytes.subspan(size);
  }
  out.resize(digits);
  return out;
}

}  // namespace shopflow
