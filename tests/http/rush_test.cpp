#include <future>

#include "http/shop.hpp"
#include "http/table_lock.hpp"

namespace shopflow::testing {
namespace {

/// One lane that is kept at its work, with two places: one for an order that is new, one for what is there.
TEST(Rush, NewOrdersAreTurnedAwayAtTheDoorWhileThoseThatAreThereCanBePaid) {
  auto settings = patient();
  settings["SHOPFLOW_DATABASE_STATEMENT_TIMEOUT_MS"] = "60000";
  settings["SHOPFLOW_LANES_ORDERS"] = "1";
  settings["SHOPFLOW_LANES_QUEUE_MAX"] = "2";
  Shop shop{settings};
  const auto cup = shop.article(10);
  const auto unpaid = shop.order(cup, 1, "manual");
  const std::vector carts{shop.cart_with(cup, 1), shop.cart_with(cup, 1), shop.cart_with(cup, 1)};
  const auto check_out = [&shop](const Owned& cart, const Fields& fields) {
    return shop.shopper().post(cart.cart("/checkout"), checkout_body("manual"), fields);
  };
  const auto begin = [&](const Owned& cart) {
    return std::async(std::launch::async, check_out, cart, cart.with_key());
  };
  const auto is_at_work = [&] {
    return shop.server.database().number(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type "
               "= "
               "'Lock' AND application_name = 'shopflow lane orders'") == 1;
  };
  std::vector<std::future<Answer>> taken;
  std::future<Answer> paid;
  const auto late = carts[2].with_key();
  {
    const TableLock lock{shop.server.database(), "orders"};
    taken.push_back(begin(carts[0]));
    ASSERT_TRUE(until(is_at_work));
    taken.push_back(begin(carts[1]));
    // Who shows no secret is refused as that, unless nobody is looked at.
    ASSERT_TRUE(until([&] { return check_out(carts[2], {fresh_key()}).code() == "overloaded"; }));
    const auto refused = check_out(carts[2], late);
    expect_code(refused, 503, "overloaded");
    EXPECT_EQ(refused.header("retry-after"), "1");
    paid = std::async(std::launch::async,
                      [&] { return shop.staff().post(unpaid.staff("/mark-paid"), {}, {fresh_key()}); });
    ASSERT_TRUE(until([&] {
      return shop.staff().get("/metrics").body.find("shopflow_lane_waiting{lane=\"orders\"} 2") !=
             std::string::npos;
    }));
  }
  for (auto& one : taken) EXPECT_EQ(one.get().status, 201);
  EXPECT_EQ(paid.get().status, 200);
  EXPECT_EQ(check_out(carts[2], late).status, 201) << "the same request, later";
  ASSERT_TRUE(shop.settles());
  EXPECT_EQ(shop.stock_of(cup).at("sold"), 1);
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

}  // namespace
}  // namespace shopflow::testing
