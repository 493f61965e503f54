#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace shopflow {

/// Crockford's base 32 in lower case without padding: 5 bits a character, the first bits first.
[[nodiscard]] std::string base32(std::span<const std::uint8_t> bytes);

}  // namespace shopflow
