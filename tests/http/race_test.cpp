#include <set>

#include "http/shop.hpp"

namespace shopflow::testing {
namespace {

using Act = std::function<Answer()>;

constexpr int kRounds = 3;

/// Pairs of changes that meet on one cart, one order or one SKU. Each is released at the same moment as its
/// rival, some rounds long; whoever loses is told so, and in the end every counter still adds up.
class Race : public ::testing::Test {
 protected:
  ~Race() override {
    EXPECT_TRUE(shop.settles());
    EXPECT_EQ(shop.audit(), "0 differences\n");
    EXPECT_EQ(shop.server.log().find("[error]"), std::string::npos) << shop.server.log();
  }

  /// Gives the two answers; each is a success or a refusal, and at most `winners_max` are successes.
  std::vector<Answer> race(const std::string& name, const Act& one, const Act& other, int winners_max = 2) {
    std::vector<Answer> answers(2);
    at_once({[&] { answers[0] = one(); }, [&] { answers[1] = other(); }});
    int winners = 0;
    for (const auto& answer : answers) {
      EXPECT_LT(answer.status, 500) << name << ": " << answer.body;
      winners += answer.status < 300 ? 1 : 0;
    }
    EXPECT_GE(winners, 1) << name << ": " << answers[0].body << answers[1].body;
    EXPECT_LE(winners, winners_max) << name << ": " << answers[0].body << answers[1].body;
    return answers;
  }

  Act post(const std::string& target, const std::optional<Json>& body, const Owned& whose) {
    return [this, target, body, whose] { return shop.shopper().post(target, body, whose.with_key()); };
  }
  Act admin(const std::string& method, const std::string& target, const std::optional<Json>& body = {}) {
    return [this, method, target, body] {
      return shop.staff().request(method, target, body, method == "POST" ? Fields{fresh_key()} : Fields{});
    };
  }
  Act add(const Owned& cart, int quantity) { return post(cart.cart("/items"), cup.items(quantity), cart); }
  Act remove(const Owned& cart) {
    return [this, cart] { return shop.shopper().del(cart.cart("/items/" + cup.sku), cart.headers()); };
  }
  Act check_out(const Owned& cart) { return post(cart.cart("/checkout"), checkout_body(), cart); }
  Act pay(const Owned& order) {
    return post(order.order("/payments"), Json{{"payment_method", "pm_card_visa"}}, order);
  }
  Act cancel(const Owned& order) { return post(order.order("/cancel"), {}, order); }
  Act refund(const Owned& order, std::int64_t cents) {
    return admin("POST", order.staff("/refunds"), Json{{"amount", euros(cents)}, {"reason", "a scratch"}});
  }
  Act pack(const std::string& list) { return admin("POST", "/v1/admin/pick-lists/" + list + "/packed"); }
  Act ship(const Owned& order) {
    return admin("POST", order.staff("/shipments"),
                 Json{{"carrier", "dhl"}, {"tracking_number", unique_name("T")}});
  }
  Act report(const std::string& parcel, const std::string& status) {
    return admin("POST", "/v1/admin/shipments/" + parcel + "/status", Json{{"status", status}});
  }
  std::string claimed(const Owned& order) {
    auto list = shop.pick_list(order);
    EXPECT_EQ(shop.staff().post("/v1/admin/pick-lists/" + list + "/claim").status, 200);
    return list;
  }

  Shop shop;
  Article cup = shop.article(1000);
};

TEST_F(Race, ChangesOfOneCart) {
  for (int round = 0; round < kRounds; ++round) {
    const auto first = shop.cart_with(cup, 1);
    race("add/add", add(first, 1), add(first, 2));
    EXPECT_EQ(shop.shopper().get(first.cart(), first.headers()).json().at("lines").at(0).at("quantity"), 4);
    const auto second = shop.cart_with(cup, 1);
    race("add/remove", add(second, 1), remove(second));
    const auto third = shop.cart_with(cup, 1);
    race("remove/remove", remove(third), remove(third), 1);
    const auto fourth = shop.cart_with(cup, 1);
    race("renew/add", post(fourth.cart("/renew"), {}, fourth), add(fourth, 1));
    const auto fifth = shop.cart_with(cup, 1);
    race("add/checkout", add(fifth, 1), check_out(fifth));
    const auto sixth = shop.cart_with(cup, 1);
    race("remove/checkout", remove(sixth), check_out(sixth), 1);
    const auto seventh = shop.cart_with(cup, 1);
    race("checkout/checkout", check_out(seventh), check_out(seventh), 1);
  }
}

TEST_F(Race, ChangesOfOneOrderBeforeItIsPacked) {
  for (int round = 0; round < kRounds; ++round) {
    const auto twice = shop.order(cup, 1);
    race("pay/pay", pay(twice), pay(twice));
    ASSERT_TRUE(shop.settles());
    EXPECT_EQ(shop.state_of(twice).at("state"), "paid");
    EXPECT_EQ(shop.state_of(twice).at("captured").at("amount").get<int>() -
                  shop.state_of(twice).at("refunded").at("amount").get<int>(),
              shop.state_of(twice).at("total").at("amount"));
    const auto given_up = shop.order(cup, 1);
    race("pay/cancel", pay(given_up), cancel(given_up));
    EXPECT_TRUE(shop.reaches(given_up, "cancelled"));
    const auto gone = shop.order(cup, 1);
    race("cancel/cancel", cancel(gone), cancel(gone));
    EXPECT_EQ(shop.state_of(gone).at("state"), "cancelled");
    const auto invoice = shop.order(cup, 1, "manual");
    race("mark-paid/mark-paid", admin("POST", invoice.staff("/mark-paid")),
         admin("POST", invoice.staff("/mark-paid")));
    const auto unsure = shop.order(cup, 1, "manual");
    race("mark-paid/cancel", admin("POST", unsure.staff("/mark-paid")), cancel(unsure));
    const auto back = shop.paid(cup, 1);
    race("refund/cancel", refund(back, 500), cancel(back));
  }
}

TEST_F(Race, PackingAgainstCancelling) {
  for (int round = 0; round < kRounds; ++round) {
    const auto order = shop.paid(cup, 1);
    const auto list = claimed(order);
    race("cancel/pack", cancel(order), pack(list), 1);
    const auto state = shop.state_of(order).at("state");
    EXPECT_TRUE(state == "fulfilled" || state == "cancelled") << state;
    const auto second = shop.paid(cup, 1);
    const auto both = claimed(second);
    race("pack/pack", pack(both), pack(both));
    EXPECT_EQ(shop.state_of(second).at("state"), "fulfilled");
    const auto third = shop.paid(cup, 1);
    const auto wanted = shop.pick_list(third);
    race(
        "claim/claim", admin("POST", "/v1/admin/pick-lists/" + wanted + "/claim"),
        [&] { return shop.staff("warehouse").post("/v1/admin/pick-lists/" + wanted + "/claim"); }, 1);
    const auto fourth = shop.paid(cup, 1);
    race("pack/refund", pack(claimed(fourth)), refund(fourth, 500), 2);
  }
}

TEST_F(Race, ShippingAgainstItselfAndRefunds) {
  for (int round = 0; round < kRounds; ++round) {
    const auto order = shop.packed(cup, 2);
    race("ship/ship", ship(order), ship(order), 1);
    const auto second = shop.packed(cup, 1);
    race("ship/refund", ship(second), refund(second, 100));
    const auto third = shop.packed(cup, 1);
    const auto parcel = shop.parcel(third);
    race("leave/leave", report(parcel, "picked_up"), report(parcel, "picked_up"));
    EXPECT_EQ(shop.state_of(third).at("state"), "shipped");
    race("transit/deliver", report(parcel, "in_transit"), report(parcel, "delivered"));
    EXPECT_EQ(shop.state_of(third).at("state"), "delivered");
    const auto total = shop.state_of(third).at("total").at("amount").get<std::int64_t>();
    race("refund/refund", refund(third, total), refund(third, total), 1);
    ASSERT_TRUE(shop.settles());
    EXPECT_EQ(shop.state_of(third).at("refunded").at("amount"), total);
  }
}

TEST_F(Race, ChangesOfOneSku) {
  for (int round = 0; round < kRounds; ++round) {
    const auto scarce = shop.article(1);
    const auto one = shop.cart();
    const auto other = shop.cart();
    race("the last unit", post(one.cart("/items"), scarce.items(1), one),
         post(other.cart("/items"), scarce.items(1), other), 1);
    const auto counted = shop.article(5);
    const auto cart = shop.cart();
    race("adjust/add", admin("POST", counted.stock("/adjust"), Json{{"delta", -5}, {"reason", "lost"}}),
         post(cart.cart("/items"), counted.items(3), cart), 1);
    const auto receiving = shop.article(1);
    race("receive/adjust", admin("POST", receiving.stock("/receive"), Json{{"quantity", 4}}),
         admin("POST", receiving.stock("/adjust"), Json{{"delta", -1}, {"reason", "lost"}}));
    EXPECT_EQ(shop.stock_of(receiving).at("on_hand"), 4);
    const auto going = shop.article(5);
    const auto late = shop.cart();
    race("delete SKU/add", admin("DELETE", "/v1/admin/skus/" + going.sku),
         post(late.cart("/items"), going.items(1), late));
    const auto sold_off = shop.article(5);
    const auto filled = shop.cart_with(sold_off, 2);
    race("delete SKU/checkout", admin("DELETE", "/v1/admin/skus/" + sold_off.sku), check_out(filled));
    const auto edited = shop.article(5);
    const Fields version{
        {"If-Match", shop.staff().get("/v1/admin/products/" + edited.product).header("etag")}};
    const auto rename = [&] {
      return shop.staff().patch("/v1/admin/products/" + edited.product, Json{{"name", unique_name("N")}},
                                version);
    };
    race("edit/edit", rename, rename, 1);
  }
}

/// The hold lapses while the shopper acts, and again and again.
TEST(RaceWithTheClock, LapsingHoldsAgainstAddsCheckoutsAndPayments) {
  Shop shop{{{"SHOPFLOW_RESERVATIONS_CART_S", "1"},
             {"SHOPFLOW_RESERVATIONS_CHECKOUT_S", "1"},
             {"SHOPFLOW_RESERVATIONS_PAYMENT_S", "1"}}};
  const auto cup = shop.article(3);
  std::vector<std::function<void()>> shoppers;
  for (int i = 0; i < 6; ++i) {
    shoppers.emplace_back([&] {
      auto me = shop.shopper();
      for (int round = 0; round < 2; ++round) {
        const auto cart = shop.cart();
        Answer added;
        EXPECT_TRUE(until([&] {
          added = me.post(cart.cart("/items"), cup.items(1), cart.headers());
          return added.status == 200 || shop.stock_of(cup).at("sold") == 3;
        }));
        if (added.status != 200) return;
        // Until the hold is just about to lapse, or has lapsed.
        if (round % 2 == 0) {
          EXPECT_TRUE(until([&] {
            return me.get(cart.cart(), cart.headers()).json().at("lines").at(0).at("state") != "reserved";
          }));
        }
        const auto made = me.post(cart.cart("/checkout"), checkout_body(), cart.with_key());
        EXPECT_TRUE(made.status == 201 || made.code() == "insufficient_stock") << made.body;
        if (made.status != 201) continue;
        const Owned order{made.json().at("id"), made.json().at("secret")};
        if (round % 2 == 1) {
          EXPECT_TRUE(
              until([&] { return me.get(cart.cart(), cart.headers()).json().at("stage") != "checkout"; }));
        }
        // While its own units are on their way back to the shelf it is told to come again, by when its money
        // may have been taken: the same request is then told of that. A hold that lapses between the attempt
        // and the provider has closed the payment there: another request opens another.
        auto request = order.with_key();
        Answer answer;
        EXPECT_TRUE(until([&] {
          answer = me.post(order.order("/payments"), Json{{"payment_method", "pm_card_visa"}}, request);
          if (answer.code() == "illegal_transition") request = order.with_key();
          return answer.code() != "overloaded" && answer.code() != "illegal_transition";
        }));
        EXPECT_TRUE(answer.status == 200 || answer.code() == "insufficient_stock") << answer.body;
      }
    });
  }
  at_once(shoppers);
  ASSERT_TRUE(shop.settles());
  EXPECT_LE(shop.stock_of(cup).at("sold"), 3);
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

}  // namespace
}  // namespace shopflow::testing
