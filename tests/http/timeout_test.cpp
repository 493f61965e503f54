#include <future>

#include "http/shop.hpp"
#include "http/table_lock.hpp"

namespace shopflow::testing {
namespace {

/// The limit of any request is beyond those of what it waits for, which are longer here.
TEST(Timeout, WhoeverWaitsForTooLongIsToldSoAndLearnsByTheSameKeyWhatBecameOfIt) {
  Shop shop{patient()};
  const auto cup = shop.article(10);
  const auto cart = shop.cart_with(cup, 2);
  const auto order = shop.order(cup, 1);
  ASSERT_TRUE(shop.settles());
  const auto key = cart.with_key();
  const auto check_out = [&] { return shop.shopper().post(cart.cart("/checkout"), checkout_body(), key); };
  const auto began = std::chrono::steady_clock::now();
  {
    const TableLock lock{shop.server.database(), "orders"};
    auto reading =
        std::async(std::launch::async, [&] { return shop.shopper().get(order.order(), order.headers()); });
    const auto checked_out = check_out();
    for (const auto& late : {checked_out, reading.get()}) {
      expect_code(late, 503, "handler_timeout");
      EXPECT_EQ(late.header("retry-after"), "1");
      EXPECT_EQ(late.header("connection"), "close");
    }
    EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::seconds{29});
    expect_code(check_out(), 409, "idempotency_in_flight");
  }
  // What nobody waits for any more goes on, and is done.
  Answer told;
  EXPECT_TRUE(until([&] {
    told = check_out();
    return told.status != 409;
  }));
  EXPECT_EQ(told.status, 201) << told.body;
  EXPECT_EQ(told.header("idempotent-replayed"), "true");
  EXPECT_EQ(shop.shopper().get(order.order(), order.headers()).status, 200);
  EXPECT_EQ(shop.server.database().number("SELECT count(*) FROM orders"), 2);
  ASSERT_TRUE(shop.settles());
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

}  // namespace
}  // namespace shopflow::testing
