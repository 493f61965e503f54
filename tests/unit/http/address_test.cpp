#include "shopflow/http/address.hpp"

#include <gtest/gtest.h>

namespace shopflow::http {
namespace {

bool is_in(std::string_view range, std::string_view address) {
  return AddressRange::parse(range).value().contains(parse_address(address).value());
}

TEST(AddressRange, HoldsTheAddressesWithItsPrefix) {
  EXPECT_TRUE(is_in("10.0.0.0/8", "10.255.1.2"));
  EXPECT_FALSE(is_in("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(is_in("192.0.2.128/25", "192.0.2.200"));
  EXPECT_FALSE(is_in("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(is_in("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(is_in("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(is_in("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(is_in("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(is_in("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(is_in("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(is_in("::/0", "2001:db8::1"));
}

TEST(AddressRange, TakesAMappedAddressForTheOneThatItMaps) {
  EXPECT_TRUE(is_in("10.0.0.0/8", "::ffff:10.1.2.3"));
  EXPECT_TRUE(is_in("::ffff:10.0.0.0/104", "10.1.2.3"));
}

TEST(AddressRange, RefusesWhatIsNone) {
  for (const auto* text : {"", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.0/-1",
                           "fd00::/129", "proxy.example", "10.0.0", "10.0.0.0/8/8", " 10.0.0.0/8"}) {
    EXPECT_FALSE(AddressRange::parse(text)) << text;
  }
}

}  // namespace
}  // namespace shopflow::http
