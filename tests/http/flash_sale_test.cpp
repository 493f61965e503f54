#include "http/shop.hpp"

namespace shopflow::testing {
namespace {

constexpr int kShoppers = 500;
constexpr int kUnits = 100;
constexpr int kThreads = 32;

TEST(FlashSale, FiveHundredShoppersBuyExactlyTheHundredUnitsThatThereAre) {
  Shop shop;
  const auto cup = shop.article(kUnits);
  std::atomic<int> next{0};
  std::atomic<int> bought{0};
  std::atomic<int> turned_away{0};
  const auto crowd = [&] {
    auto me = shop.shopper();
    while (next++ < kShoppers) {
      const auto made = me.post("/v1/carts").json();
      const Owned cart{made.at("id"), made.at("secret")};
      const auto added = me.post(cart.cart("/items"), cup.items(1), cart.headers());
      if (added.status != 200) {
        expect_code(added, 409, "insufficient_stock");
        ++turned_away;
        continue;
      }
      const auto ordered = me.post(cart.cart("/checkout"), checkout_body(), cart.with_key());
      ASSERT_EQ(ordered.status, 201) << ordered.body;
      const Owned order{ordered.json().at("id"), ordered.json().at("secret")};
      const auto paid =
          me.post(order.order("/payments"), Json{{"payment_method", "pm_card_visa"}}, order.with_key());
      ASSERT_EQ(paid.status, 200) << paid.body;
      ++bought;
    }
  };
  at_once(std::vector<std::function<void()>>(kThreads, crowd));
  EXPECT_EQ(bought, kUnits);
  EXPECT_EQ(turned_away, kShoppers - kUnits);
  ASSERT_TRUE(shop.settles());
  const auto stock = shop.stock_of(cup);
  EXPECT_EQ(stock.at("sold"), kUnits);
  EXPECT_EQ(stock.at("held"), 0);
  EXPECT_EQ(stock.at("available"), 0);
  EXPECT_EQ(shop.server.database().number("SELECT count(*) FROM orders WHERE state = 'paid'"), kUnits);
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

}  // namespace
}  // namespace shopflow::testing
