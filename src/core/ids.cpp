#include "shopflow/core/ids.hpp"

#include <sys/random.h>

#include <algorithm>
#include <stdexcept>

namespace shopflow {
namespace {

__extension__ using Wide = unsigned __int128;  // ISO C++ has no such type

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";

constexpr std::array<std::int8_t, 256> make_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}
constexpr auto kValues = make_values();

/// Kernel randomness, drawn in blocks because a system call for each identifier would show in the profile.
void fill_random(std::uint8_t* out, std::size_t size) {
  thread_local std::array<std::uint8_t, 2048> block{};
  thread_local std::size_t used = block.size();
  if (used + size > block.size()) {
    if (getrandom(block.data(), block.size(), 0) != static_cast<ssize_t>(block.size())) {
      throw std::runtime_error{"the kernel gives no randomness"};
    }
    used = 0;
  }
  std::copy_n(block.data() + used, size, out);
  used += size;
}

/// What the 48 bits can hold; earlier and later moments count as the first and the last of them.
std::int64_t milliseconds(Timestamp at) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
  return std::clamp<std::int64_t>(ms, 0, (std::int64_t{1} << 48U) - 1);
}

void put_time(Uuid& id, std::int64_t ms) {
  for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
}

}  // namespace

Uuid make_uuid7(Timestamp now) {
  // Within one millisecond and thread the 12 bits after the version count up, which keeps keys of one batch
  // in the order in which they were made; 62 bits stay random. A batch that needs more than the 12 bits
  // borrows from the milliseconds to come (RFC 9562, 6.2), and the counter goes on from there until the clock
  // has passed them.
  thread_local std::int64_t asked_ms = -1;
  thread_local std::int64_t given_ms = -1;
  thread_local std::uint16_t count = 0;
  const auto ms = milliseconds(now);
  Uuid id;
  fill_random(id.bytes.data() + 6, 10);
  if (ms < asked_ms || ms > given_ms) {
    asked_ms = given_ms = ms;
    count = static_cast<std::uint16_t>((id.bytes[6] & 0x07U) << 8U | id.bytes[7]);
  } else if (count == 0xFFF) {
    ++given_ms;
    count = 0;
  } else {
    ++count;
  }
  put_time(id, given_ms);
  id.bytes[6] = static_cast<std::uint8_t>(0x70U | count >> 8U);
  id.bytes[7] = static_cast<std::uint8_t>(count);
  id.bytes[8] = static_cast<std::uint8_t>(0x80U | (id.bytes[8] & 0x3FU));
  return id;
}

Uuid uuid7_floor(Timestamp at) {
  Uuid id;
  put_time(id, milliseconds(at));
  id.bytes[6] = 0x70U;
  id.bytes[8] = 0x80U;
  return id;
}

Timestamp uuid7_time(const Uuid& id) {
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < 6; ++i) ms = ms << 8 | id.bytes[i];
  return Timestamp{std::chrono::milliseconds{ms}};
}

void append_uuid(std::string& out, const Uuid& id) {
  std::array<char, 26> text{};
  Wide value = 0;
  for (const auto byte : id.bytes) value = value << 8U | byte;
  for (std::size_t i = text.size(); i-- > 0;) {
    text[i] = kAlphabet[static_cast<std::size_t>(value & 31U)];
    value >>= 5U;
  }
  out.append(text.data(), text.size());
}

std::string encode_uuid(const Uuid& id) {
  std::string out;
  append_uuid(out, id);
  return out;
}

std::optional<Uuid> decode_uuid(std::string_view text) {
  // 26 characters carry 130 bits; the first may use only three of its five.
  if (text.size() != 26 || text.front() > '7') return std::nullopt;
  Wide value = 0;
  for (const char c : text) {
    const auto digit = kValues[static_cast<unsigned char>(c)];
    if (digit < 0) return std::nullopt;
    value = value << 5U | static_cast<Wide>(digit);
  }
  Uuid id;
  for (std::size_t i = id.bytes.size(); i-- > 0;) {
    id.bytes[i] = static_cast<std::uint8_t>(value);
    value >>= 8U;
  }
  return id;
}

std::string to_hyphenated(const Uuid& id) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    out.push_back(hex[id.bytes[i] >> 4U]);
    out.push_back(hex[id.bytes[i] & 15U]);
  }
  return out;
}

std::optional<Uuid> parse_hyphenated(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid id;
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const char c = text[i];
    int digit = -1;
    if (c >= '0' && c <= '9') digit = c - '0';
    if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
    if (c >= 'A' && c <= 'F') digit = c - 'A' + 10;
    if (digit < 0) return std::nullopt;
    auto& byte = id.bytes[nibble / 2];
    byte = static_cast<std::uint8_t>(byte << 4U | digit);
    ++nibble;
  }
  return id;
}

}  // namespace shopflow
