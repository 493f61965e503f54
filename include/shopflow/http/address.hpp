#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace shopflow::http {

/// An IPv6 address, or an IPv4 one as its mapped form (RFC 4291, 2.5.5.2), so that a client has one address
/// whichever way it came.
using AddressBytes = std::array<std::uint8_t, 16>;

/// A range of addresses in CIDR notation.
class AddressRange {
 public:
  /// "10.0.0.0/8", "fd00::/8" or a single address; nullopt if it is none, or names bits beyond its prefix.
  [[nodiscard]] static std::optional<AddressRange> parse(std::string_view text);

  [[nodiscard]] bool contains(const AddressBytes& address) const;

 private:
  AddressBytes first_{};
  std::size_t bits_ = 128;
};

/// Without a port; nullopt if it is none.
[[nodiscard]] std::optional<AddressBytes> parse_address(std::string_view text);

}  // namespace shopflow::http
