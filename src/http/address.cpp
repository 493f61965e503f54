#include "shopflow/http/address.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "http/peer.hpp"

namespace shopflow::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMappedBits = 96;

std::optional<asio::ip::address> parse_any(std::string_view text) {
  boost::system::error_code error;
  auto address = asio::ip::make_address(text, error);
  if (error) return std::nullopt;
  return address;
}

/// Whether all bits from `from` on are zero.
bool is_clear_from(const AddressBytes& bytes, std::size_t from) {
  for (std::size_t bit = from; bit < 128; ++bit) {
    if ((bytes[bit / 8] >> (7 - bit % 8) & 1U) != 0) return false;
  }
  return true;
}

}  // namespace

AddressBytes bytes_of(const asio::ip::address& address) {
  if (address.is_v6()) return address.to_v6().to_bytes();
  return asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes();
}

std::optional<AddressBytes> parse_address(std::string_view text) {
  const auto address = parse_any(text);
  if (!address) return std::nullopt;
  return bytes_of(*address);
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_any(text.substr(0, slash));
  if (!address) return std::nullopt;
  AddressRange range;
  range.first_ = bytes_of(*address);
  if (slash == std::string_view::npos) return range;
  const auto digits = text.substr(slash + 1);
  std::size_t bits = 0;
  const auto* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, bits);
  if (read.ec != std::errc{} || read.ptr != end || bits > (address->is_v4() ? 32U : 128U))
    return std::nullopt;
  range.bits_ = bits + (address->is_v4() ? kMappedBits : 0);
  if (!is_clear_from(range.first_, range.bits_)) return std::nullopt;
  return range;
}

bool AddressRange::contains(const AddressBytes& address) const {
  const auto whole = bits_ / 8;
  if (!std::equal(first_.begin(), first_.begin() + static_cast<std::ptrdiff_t>(whole), address.begin()))
    return false;
  const auto rest = bits_ % 8;
  return rest == 0 || ((first_[whole] ^ address[whole]) >> (8 - rest)) == 0;
}

}  // namespace shopflow::http
