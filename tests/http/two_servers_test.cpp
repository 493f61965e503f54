#include <signal.h>

#include <array>
#include <filesystem>
#include <set>

#include "http/shop.hpp"

namespace shopflow::testing {
namespace {

TEST(TwoServers, ShareOneShopAndDoEverythingOnce) {
  Shop one;
  Shop other{{{"SHOPFLOW_MAIL_DIRECTORY", one.server.directory() + "/mail"}}, one.server.shared_database()};
  const auto cup = one.article(20);
  std::vector<std::function<void()>> shoppers;
  std::atomic<int> bought{0};
  for (auto* shop : {&one, &other, &one, &other}) {
    shoppers.emplace_back([&, shop] {
      auto* elsewhere = shop == &one ? &other : &one;
      for (int i = 0; i < 10; ++i) {
        const auto cart = shop->cart();
        const auto added = elsewhere->shopper().post(cart.cart("/items"), cup.items(1), cart.headers());
        if (added.status != 200) {
          expect_code(added, 409, "insufficient_stock");
          continue;
        }
        const auto made = shop->shopper().post(cart.cart("/checkout"), checkout_body(), cart.with_key());
        ASSERT_EQ(made.status, 201) << made.body;
        EXPECT_EQ(elsewhere->pay({made.json().at("id"), made.json().at("secret")}).status, 200);
        ++bought;
      }
    });
  }
  at_once(shoppers);
  EXPECT_EQ(bought, 20);
  ASSERT_TRUE(one.settles());
  EXPECT_EQ(other.stock_of(cup).at("sold"), 20);
  const auto sales =
      other.staff("analyst").get("/v1/admin/analytics/sales?interval=total").json().at("data").at(0);
  EXPECT_EQ(sales.at("paid_orders"), 20);
  EXPECT_EQ(sales.at("units"), 20);
  EXPECT_EQ(one.server.database().number("SELECT count(*) FROM pick_lists"), 20);
  const auto mails = [&] {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{one.server.directory() + "/mail"})
      // One that begins with a dot is still being written.
      count += entry.is_regular_file() && !entry.path().filename().string().starts_with('.') ? 1 : 0;
    return count;
  };
  EXPECT_TRUE(until([&] { return one.server.database().number("SELECT count(*) FROM mail_pages") == 0; }));
  const auto wanted = static_cast<std::size_t>(one.server.database().number("SELECT count(*) FROM mails"));
  EXPECT_GE(wanted, 40U);
  EXPECT_TRUE(until([&] { return mails() >= wanted; }));
  EXPECT_EQ(mails(), wanted);
  EXPECT_EQ(one.audit(), "0 differences\n");
}

TEST(TwoServers, TheSameRequestAtBothIsCarriedOutOnceAndAnsweredAlike) {
  Shop one;
  Shop other{{}, one.server.shared_database()};
  const auto cup = one.article(30);
  for (int i = 0; i < 30; ++i) {
    const auto cart = one.cart_with(cup, 1);
    const auto headers = cart.with_key();
    std::array<Answer, 2> answers;
    at_once({[&] { answers[0] = one.shopper().post(cart.cart("/checkout"), checkout_body(), headers); },
             [&] { answers[1] = other.shopper().post(cart.cart("/checkout"), checkout_body(), headers); }});
    EXPECT_EQ(answers[0].status, 201) << answers[0].body;
    EXPECT_EQ(answers[1].status, 201) << answers[1].body;
    EXPECT_EQ(answers[0].body, answers[1].body);
  }
  EXPECT_EQ(one.server.database().number("SELECT count(*) FROM orders"), 30);
}

TEST(TwoServers, WhatOneHasAnsweredTheOtherAnswersAlike) {
  Shop one;
  Shop other{{}, one.server.shared_database()};
  const auto cup = one.article(10);
  const auto cart = one.cart_with(cup, 1);
  const auto headers = cart.with_key();
  const auto first = one.shopper().post(cart.cart("/checkout"), checkout_body("manual"), headers);
  ASSERT_EQ(first.status, 201) << first.body;
  const auto again = other.shopper().post(cart.cart("/checkout"), checkout_body("manual"), headers);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("idempotent-replayed"), "true");
  expect_code(other.shopper().post(cart.cart("/checkout"), checkout_body(), headers), 422,
              "idempotency_key_reused");

  const auto made = one.server.run("admin create-key --role support --name two");
  const auto key = made.output.substr(made.output.find_last_of('\n', made.output.size() - 2) + 1);
  const Fields support{{"Authorization", "Bearer " + key.substr(0, key.find('\n'))}, fresh_key()};
  const auto target = "/v1/admin/orders/" + first.json().at("id").get<std::string>() + "/mark-paid";
  const auto paid = one.shopper().post(target, {}, support);
  ASSERT_EQ(paid.status, 200) << paid.body;
  const auto paid_again = other.shopper().post(target, {}, support);
  EXPECT_EQ(paid_again.status, 200);
  EXPECT_EQ(paid_again.body, paid.body);
  EXPECT_EQ(paid_again.header("idempotent-replayed"), "true");
  EXPECT_EQ(one.audit(), "0 differences\n");
}

TEST(TwoServers, WhatOneChangesTheOtherShows) {
  Shop one;
  Shop other{{}, one.server.shared_database()};
  const auto cup = one.article(5);
  const auto page = "/v1/products/" + cup.product;
  auto mine = one.shopper();
  auto theirs = other.shopper();
  EXPECT_EQ(theirs.get(page).json().at("name"), "A cup");
  EXPECT_EQ(theirs.get(page + "/inventory").json().at("available"), 5);
  auto staff = one.staff();
  const auto version = staff.get("/v1/admin/products/" + cup.product).header("etag");
  EXPECT_EQ(staff.patch("/v1/admin/products/" + cup.product, Json{{"name", "A mug"}}, {{"If-Match", version}})
                .status,
            200);
  (void)one.cart_with(cup, 2);
  EXPECT_EQ(mine.get(page).json().at("name"), "A mug");
  EXPECT_TRUE(until([&] { return theirs.get(page).json().at("name") == "A mug"; }));
  EXPECT_TRUE(until([&] { return theirs.get(page + "/inventory").json().at("available") == 3; }));
}

TEST(TwoServers, OneIsStoppedUnderLoadAndNothingThatWasAcceptedIsLost) {
  Shop one;
  Shop other{{}, one.server.shared_database()};
  const auto cup = one.article(100'000);
  std::atomic<int> placed{0};
  std::atomic<bool> stopped{false};
  std::vector<std::function<void()>> works;
  for (int i = 0; i < 8; ++i) {
    works.emplace_back([&] {
      try {
        auto me = one.shopper();
        while (!stopped) {
          const auto made = me.post("/v1/carts");
          if (made.status != 201) return;
          const Owned cart{made.json().at("id"), made.json().at("secret")};
          if (me.post(cart.cart("/items"), cup.items(1), cart.headers()).status != 200) return;
          if (me.post(cart.cart("/checkout"), checkout_body(), cart.with_key()).status == 201) ++placed;
        }
      } catch (const std::runtime_error&) {
        // The server is gone.
      }
    });
  }
  works.emplace_back([&] {
    EXPECT_TRUE(until([&] { return placed >= 40; }));
    EXPECT_EQ(one.server.stop(SIGTERM), 0);
    stopped = true;
  });
  at_once(works);
  EXPECT_GE(placed, 40);
  ASSERT_TRUE(other.settles());
  // An answer may be lost on its way when its connection ends; what was answered is there.
  EXPECT_GE(other.server.database().number("SELECT count(*) FROM orders"), placed.load());
  EXPECT_EQ(other.audit(), "0 differences\n");
}

TEST(WithoutRedis, EverythingWorksAndReadinessSaysSo) {
  Shop shop{{{"SHOPFLOW_REDIS_URL", "unix:/nonexistent/redis.sock"}}};
  const auto cup = shop.article(5);
  auto me = shop.shopper();
  EXPECT_EQ(me.get("/readyz").json().at("state"), "degraded");
  EXPECT_EQ(me.get("/v1/products/" + cup.product).status, 200);
  EXPECT_EQ(me.get("/v1/products/" + cup.product + "/inventory").json().at("available"), 5);
  const auto order = shop.shipped(cup, 2);
  EXPECT_EQ(me.get("/v1/products/" + cup.product + "/inventory").json().at("available"), 3);
  EXPECT_EQ(shop.state_of(order).at("state"), "shipped");
  ASSERT_TRUE(shop.settles());
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

}  // namespace
}  // namespace shopflow::testing
