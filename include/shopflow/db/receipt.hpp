#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace shopflow::db {

/// What names an answer that may be asked for again: the Idempotency-Key within its scope (caller and route),
/// and a fingerprint of the request, by which another request under the same key is told apart.
struct ReceiptKey {
  std::string scope;  // caller + " " + method + " " + route template, at most 400 bytes
  std::string key;    // as sent, 1 to 255 visible characters
  std::array<std::uint8_t, 32> fingerprint{};  // BLAKE2b-256 of path and body
};

}  // namespace shopflow::db
