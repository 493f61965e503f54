#include "http/shop.hpp"

namespace shopflow::testing {
namespace {

TEST(Carts, AHoldThatLapsedFreesItsUnitsAndRenewalTakesThemAgainIfTheyAreThere) {
  Shop shop{{{"SHOPFLOW_RESERVATIONS_CART_S", "1"}}};
  const auto cup = shop.article(2);
  auto me = shop.shopper();
  const auto cart = shop.cart_with(cup, 2);
  const auto state = [&] {
    return me.get(cart.cart(), cart.headers()).json().at("lines").at(0).at("state").get<std::string>();
  };
  ASSERT_TRUE(until([&] { return shop.stock_of(cup).at("held") == 0; }));
  EXPECT_EQ(state(), "unreserved");
  EXPECT_EQ(me.post(cart.cart("/renew"), {}, cart.headers()).json().at("lines").at(0).at("state"),
            "reserved");
  ASSERT_TRUE(until([&] { return shop.stock_of(cup).at("held") == 0; }));
  EXPECT_EQ(shop.staff().post(cup.stock("/count"), Json{{"on_hand", 1}}).status, 200);
  EXPECT_EQ(me.post(cart.cart("/renew"), {}, cart.headers()).json().at("lines").at(0).at("state"),
            "unreserved");
  expect_code(me.post(cart.cart("/checkout"), checkout_body(), cart.with_key()), 409, "insufficient_stock");
  EXPECT_EQ(shop.stock_of(cup).at("held"), 0);
  ASSERT_TRUE(shop.settles());
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

TEST(Carts, EachLineOfARequestHasItsOwnOutcome) {
  Shop shop;
  const auto cup = shop.article(5);
  const auto rare = shop.article(1);
  const auto cart = shop.cart();
  const auto added = shop.shopper().post(
      cart.cart("/items"),
      Json{{"items", Json::array({cup.item(2), rare.item(2), {{"sku_id", nobody("sku")}, {"quantity", 1}}})}},
      cart.headers());
  ASSERT_EQ(added.status, 200) << added.body;
  std::vector<std::string> outcomes;
  for (const auto& line : added.json().at("outcomes")) outcomes.push_back(line.at("outcome"));
  EXPECT_EQ(outcomes, (std::vector<std::string>{"reserved", "insufficient_stock", "unknown_sku"}));
  const auto line = cart.cart("/items/" + cup.sku);
  EXPECT_EQ(shop.shopper().patch(line, Json{{"quantity", 4}}, cart.headers()).status, 200);
  EXPECT_EQ(shop.stock_of(cup).at("held"), 4);
  EXPECT_EQ(shop.shopper().del(line, cart.headers()).status, 200);
  EXPECT_EQ(shop.stock_of(cup).at("held"), 0);
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

}  // namespace
}  // namespace shopflow::testing
