#include "access/base32.hpp"

#include <string_view>

namespace shopflow::access {

std::string base32(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string out;
  out.reserve((bytes.size() * 8 + 4) / 5);
  unsigned pending = 0;
  unsigned bits = 0;
  for (const auto byte : bytes) {
    pending = (pending << 8U | byte) & 0xFFFU;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out.push_back(digits[pending >> bits & 31U]);
    }
  }
  if (bits > 0) out.push_back(digits[pending << (5 - bits) & 31U]);
  return out;
}

}  // namespace shopflow::access
