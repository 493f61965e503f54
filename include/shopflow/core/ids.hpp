#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "shopflow/core/time.hpp"

namespace shopflow {

/// 128 bits in network order (RFC 9562).
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Uuid&) const = default;
  [[nodiscard]] bool is_nil() const { return *this == Uuid{}; }
  /// The Max UUID (RFC 9562, 5.10), which is greater than all that are made.
  [[nodiscard]] static Uuid max() {
    Uuid all;
    all.bytes.fill(0xff);
    return all;
  }
};

/// A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then 74 bits of which the first count upwards within a
/// millisecond and thread, the rest are random. Time-ordered keys insert as fast as a bigint. Thread-safe.
/// Past about 2,000 in one millisecond and thread they carry the milliseconds that follow, which keeps their
/// order.
[[nodiscard]] Uuid make_uuid7(Timestamp now);

/// The smallest UUIDv7 of a moment: `id >= floor` finds everything made since, without an index on the time.
[[nodiscard]] Uuid uuid7_floor(Timestamp at);

/// The moment that a UUIDv7 carries, to the millisecond.
[[nodiscard]] Timestamp uuid7_time(const Uuid& id);

/// Crockford base 32, lower case, 26 characters, as in the TypeID specification.
[[nodiscard]] std::string encode_uuid(const Uuid& id);
void append_uuid(std::string& out, const Uuid& id);
[[nodiscard]] std::optional<Uuid> decode_uuid(std::string_view text);

/// The hyphenated form that PostgreSQL prints and reads.
[[nodiscard]] std::string to_hyphenated(const Uuid& id);
[[nodiscard]] std::optional<Uuid> parse_hyphenated(std::string_view text);

template <std::size_t N>
struct FixedString {
  char text[N]{};
  consteval FixedString(const char (&from)[N]) {  // NOLINT(google-explicit-constructor): it is for literals.
    std::copy_n(from, N, text);
  }
  [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
};

/// An identifier whose prefix tells what it names (`ord_01h455vb4pex5vsknk084sn02q`), opaque to callers and a
/// type of its own in code, so that an order can't be looked up by a product's id.
template <FixedString Prefix>
struct Id {
  Uuid value;

  static constexpr std::string_view prefix = Prefix.view();
  auto operator<=>(const Id&) const = default;

  [[nodiscard]] static Id make(Timestamp now) { return Id{make_uuid7(now)}; }
  [[nodiscard]] static std::optional<Id> parse(std::string_view text) {
    if (!text.starts_with(prefix) || text.size() <= prefix.size() || text[prefix.size()] != '_')
      return std::nullopt;
    const auto value = decode_uuid(text.substr(prefix.size() + 1));
    if (!value) return std::nullopt;
    return Id{*value};
  }
  void append(std::string& out) const {
    out.append(prefix);
    out.push_back('_');
    append_uuid(out, value);
  }
  [[nodiscard]] std::string str() const {
    std::string out;
    append(out);
    return out;
  }
};

using ProductId = Id<"prd">;
using SkuId = Id<"sku">;
using CartId = Id<"crt">;
using OrderId = Id<"ord">;
using PaymentId = Id<"pay">;
using RefundId = Id<"rfd">;
using PickListId = Id<"pck">;
using ShipmentId = Id<"shp">;
using EventId = Id<"evt">;
using MailId = Id<"msg">;
using KeyId = Id<"key">;

}  // namespace shopflow

template <>
struct std::hash<shopflow::Uuid> {
  std::size_t operator()(const shopflow::Uuid& id) const noexcept {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      high = high << 8U | id.bytes[i];
      low = low << 8U | id.bytes[i + 8];
    }
    return static_cast<std::size_t>((high ^ (low * 0x9E3779B97F4A7C15ULL)) * 0xFF51AFD7ED558CCDULL);
  }
};

template <shopflow::FixedString Prefix>
struct std::hash<shopflow::Id<Prefix>> {
  std::size_t operator()(const shopflow::Id<Prefix>& id) const noexcept {
    return std::hash<shopflow::Uuid>{}(id.value);
  }
};
