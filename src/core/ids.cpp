#include "shopflow/core/ids.hpp"

#include <sys/random.h>

#include <algorithm>
#include <stdexcept>

#include "core/base32_digits.hpp"
#include "shopflow/core/digits.hpp"

namespace shopflow {
namespace {

constexpr auto kBase32Values = digit_values(base32_digits::kAll);

/// The halves of an identifier as numbers, the first byte being the highest.
std::uint64_t half_of(const Uuid& id, std::size_t first) {
  std::uint64_t half = 0;
  for (std::size_t i = 0; i < 8; ++i) half = half << 8U | id.bytes[first + i];
  return half;
}

void put_half(Uuid& id, std::size_t first, std::uint64_t half) {
  for (std::size_t i = 0; i < 8; ++i) id.bytes[first + i] = static_cast<std::uint8_t>(half >> (56 - 8 * i));
}

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
  // Of the 130 bits of 26 digits the first two are zero; they go in parts of 10, 60 and 60.
  const auto high = half_of(id, 0);
  const auto low = half_of(id, 8);
  std::array<char, 26> text;
  base32_digits::write_pairs<1>(text.data(), high >> 56U);
  base32_digits::write_pairs<6>(text.data() + 2, high << 4U | low >> 60U);
  base32_digits::write_pairs<6>(text.data() + 14, low);
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
  int signs = 0;
  const auto digits = [&](std::size_t at, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
      const auto digit = int{kBase32Values[static_cast<unsigned char>(text[i])]};
      signs |= digit;
      value = value << 5U | static_cast<std::uint64_t>(digit);
    }
    return value;
  };
  const auto first = digits(0, 2);
  const auto middle = digits(2, 12);
  const auto last = digits(14, 12);
  if (signs < 0) return std::nullopt;
  Uuid id;
  put_half(id, 0, first << 56U | middle >> 4U);
  put_half(id, 8, middle << 60U | last);
  return id;
}

std::string to_hyphenated(const Uuid& id) {
  std::string out;
  out.reserve(36);
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    append_hex(out, id.bytes[i]);
  }
  return out;
}

std::optional<Uuid> parse_hyphenated(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return std::nullopt;
  Uuid id;
  int signs = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
    const auto high = hex_value(text[at]);
    const auto low = hex_value(text[at + 1]);
    signs |= high | low;
    id.bytes[i] = static_cast<std::uint8_t>(high << 4U | low);
    at += 2;
  }
  if (signs < 0) return std::nullopt;
  return id;
}

}  // namespace shopflow
