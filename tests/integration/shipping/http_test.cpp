#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <thread>

#include "shopflow/db/pool.hpp"
#include "shopflow/events/outbox.hpp"
#include "shopflow/payments/signature.hpp"
#include "shopflow/shipping/shipping_api.hpp"
#include "support/run.hpp"
#include "support/shop_rows.hpp"

namespace shopflow::shipping {
namespace {

using enum ShipmentState;

const std::vector<std::string> kSecrets{"a-secret-of-the-carrier", "the-one-before"};

/// A packed order of two mugs and a tea, and a carrier who signs its notices.
class ShippingApiTest : public ::testing::Test {
 protected:
  static std::string code_or(const auto& result, const std::string& otherwise) {
    return result ? otherwise : result.error().code;
  }
  http::Request request(const std::string& id) const {
    http::Request request;
    request.params = {{"id", id}};
    request.trace = {"0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"};
    return request;
  }
  Result<Shipment> make(NewShipment body) {
    clock_.advance(std::chrono::milliseconds{5});
    const auto asked = request(order_.str());
    auto reply = testing::run(api_.create(asked, std::move(body)));
    if (!reply) return std::unexpected{reply.error()};
    return std::get<Shipment>(reply->body);
  }
  Shipment parcel(const std::string& number, std::optional<std::vector<ParcelLine>> lines = std::nullopt) {
    return make({"dhl", number, std::nullopt, std::move(lines)}).value();
  }
  std::string report(const Shipment& parcel, ShipmentState state) {
    clock_.advance(std::chrono::seconds{1});
    const auto asked = request(parcel.id.str());
    const auto reply = testing::run(api_.report(asked, {state}));
    return code_or(reply, reply ? std::string{json::name_of(std::get<Shipment>(reply->body).state)} : "");
  }
  static std::string body(const std::string& event, const std::string& number, const std::string& status) {
    return R"({"event_id":")" + event + R"(","tracking_number":")" + number + R"(","status":")" + status +
           R"("})";
  }
  std::string deliver(const std::string& text, const std::string& signature,
                      const std::string& carrier = "dhl") {
    auto asked = request("");
    asked.params = {{"carrier", carrier}};
    const auto reply = testing::run(api_.notice(asked, {signature, text}));
    return code_or(reply, reply ? std::get<CarrierAnswer>(reply->body).outcome : "");
  }
  std::string notice(const std::string& event, const std::string& number, const std::string& status) {
    const auto text = body(event, number, status);
    return deliver(text, payments::sign(text, kSecrets, clock_.now()));
  }
  std::string order() { return database_.sql("SELECT concat(state, ' ', line_shipped::text) FROM orders"); }
  std::string events() {
    return database_.sql("SELECT string_agg(type || sequence, ' ' ORDER BY position) FROM events");
  }
  std::string everything() {
    return order() + events() +
           database_.sql("SELECT string_agg(shipments::text, ' ' ORDER BY id) FROM shipments") +
           database_.sql("SELECT count(*) FROM webhook_events");
  }

  testing::TestDatabase database_;
  ManualClock clock_{SystemClock{}.now()};
  db::Pool pool_{{.connection = database_.settings(), .connections = 8}};
  events::Outbox outbox_{[] {}};
  ShippingApi api_{
      pool_, outbox_, clock_, {{{"dhl", kSecrets}, {"none", {}}}, {{"dhl", "https://dhl.example/?n={}&x"}}}};
  SkuId mug_ = testing::add_sku(database_, "MUG", "Mug");
  SkuId tea_ = testing::add_sku(database_, "TEA", "Tea");
  OrderId order_ =
      testing::add_order(database_, {.state = "fulfilled", .lines = {{mug_, 2}, {tea_, 1}}}, clock_.now());
};

TEST_F(ShippingApiTest, AParcelIsMadePickedUpAndDelivered) {
  const auto made = parcel("JD01");
  EXPECT_EQ(order(), "fulfilled {0,0}");
  EXPECT_EQ(report(made, picked_up), "picked_up");
  EXPECT_EQ(order(), "shipped {2,1}");
  EXPECT_EQ(report(made, in_transit), "in_transit");
  EXPECT_EQ(report(made, delivered), "delivered");
  EXPECT_EQ(order(), "delivered {2,1}");
  EXPECT_EQ(events(), "OrderShipped3 OrderDelivered4");
  const auto asked = request(made.id.str());
  const auto reply = testing::run(api_.get(asked)).value();
  const auto& now = std::get<Shipment>(reply.body);
  EXPECT_EQ(now.left_at, clock_.now() - std::chrono::seconds{2});
  EXPECT_EQ(now.delivered_at, clock_.now());
}

TEST_F(ShippingApiTest, ASplitOrderIsShippedAndDeliveredWithItsLastParcel) {
  const auto first = parcel("JD01", {{{mug_, 1}}});
  const auto second = parcel("JD02");
  EXPECT_EQ(report(first, delivered), "delivered");
  EXPECT_EQ(order(), "fulfilled {1,0}");
  EXPECT_EQ(report(second, in_transit), "in_transit");
  EXPECT_EQ(order(), "shipped {2,1}");
  EXPECT_EQ(report(second, delivered), "delivered");
  EXPECT_EQ(order(), "delivered {2,1}");
  EXPECT_EQ(events(), "OrderShipped3 OrderShipped4 OrderDelivered5");
  const auto asked = request(order_.str());
  const auto list = testing::run(api_.of_order(asked)).value();
  const auto& parcels = std::get<ShipmentList>(list.body).data;
  ASSERT_EQ(parcels.size(), 2U);
  EXPECT_EQ(parcels[0].id, first.id);
}

TEST_F(ShippingApiTest, AReturnedSecondParcelEndsTheOrdersWay) {
  const auto first = parcel("JD01", {{{mug_, 2}}});
  const auto second = parcel("JD02");
  report(second, picked_up);
  report(first, delivered);
  EXPECT_EQ(report(second, returned), "returned");
  EXPECT_EQ(order(), "delivered {2,1}");
  EXPECT_EQ(events(), "OrderShipped3 OrderShipped4 OrderDelivered5");
}

TEST_F(ShippingApiTest, TheTrackingAddressFollowsFromTheCarrierUnlessGiven) {
  EXPECT_EQ(parcel("JD 0/1&", {{{tea_, 1}}}).tracking_url, "https://dhl.example/?n=JD%200%2F1%26&x");
  EXPECT_EQ(make({"bike", "7", std::nullopt, {{{mug_, 1}}}}).value().tracking_url, std::nullopt);
  EXPECT_EQ(make({"bike", "8", "https://b.example/8", {{{mug_, 1}}}}).value().tracking_url,
            "https://b.example/8");
}

TEST_F(ShippingApiTest, OnlyAnAddressOfTheWebIsTakenForTracking) {
  const auto with = [](const std::string& url) {
    return json::read<NewShipment>(R"({"carrier":"dhl","tracking_number":"1","tracking_url":")" + url +
                                   R"("})");
  };
  EXPECT_TRUE(with("https://dhl.example/1"));
  EXPECT_TRUE(with("http://dhl.example/1"));
  const auto refused = with("javascript:alert(1)");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fields.at(0).pointer, "/tracking_url");
}

TEST_F(ShippingApiTest, WhatCanNotBeShippedIsRefusedWithItsCodeAndChangesNothing) {
  parcel("JD01", {{{mug_, 2}}});
  const auto before = everything();
  const auto refusal = [&](NewShipment body) { return code_or(make(std::move(body)), ""); };
  EXPECT_EQ(refusal({"dhl", "JD01", std::nullopt, std::nullopt}), "tracking_taken");
  EXPECT_EQ(refusal({"dhl", "JD02", std::nullopt, {{{mug_, 1}}}}), "ships_too_much");
  EXPECT_EQ(refusal({"dhl", "JD02", std::nullopt, {{{SkuId::make(clock_.now()), 1}}}}), "unknown_line");
  order_ = OrderId::make(clock_.now());
  EXPECT_EQ(refusal({"dhl", "JD02", std::nullopt, std::nullopt}), "order_not_found");
  order_ = testing::add_order(database_, {.state = "paid", .lines = {{mug_, 1}}}, clock_.now());
  EXPECT_EQ(refusal({"dhl", "JD02", std::nullopt, std::nullopt}), "not_packed");
  database_.sql("DELETE FROM orders WHERE id = " + testing::quoted(order_.value));
  EXPECT_EQ(everything(), before);
  const auto unknown = request(ShipmentId::make(clock_.now()).str());
  EXPECT_EQ(code_or(testing::run(api_.get(unknown)), ""), "shipment_not_found");
  EXPECT_EQ(code_or(testing::run(api_.report(unknown, {picked_up})), ""), "shipment_not_found");
}

TEST_F(ShippingApiTest, WhenEverythingIsInParcelsThereIsNothingToShip) {
  parcel("JD01");
  EXPECT_EQ(code_or(make({"dhl", "JD02", std::nullopt, std::nullopt}), ""), "nothing_to_ship");
}

TEST_F(ShippingApiTest, TheSameUnitIsInOneParcelThoughManyPackIt) {
  std::vector<std::string> outcomes(8);
  {
    std::barrier start{8};
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        const auto asked = request(order_.str());
        NewShipment body{"dhl", "JD0" + std::to_string(i), std::nullopt, {{{tea_, 1}}}};
        outcomes[i] = code_or(testing::run(api_.create(asked, std::move(body))), "made");
      });
    }
  }
  EXPECT_EQ(std::ranges::count(outcomes, "made"), 1);
  EXPECT_EQ(std::ranges::count(outcomes, "ships_too_much"), 7);
}

TEST_F(ShippingApiTest, AGenuineNoticeMovesTheParcelOnce) {
  parcel("JD01");
  EXPECT_EQ(notice("n1", "JD01", "in_transit"), "recorded");
  EXPECT_EQ(order(), "shipped {2,1}");
  const auto before = everything();
  EXPECT_EQ(notice("n1", "JD01", "in_transit"), "repeated");
  EXPECT_EQ(notice("n1", "JD01", "delivered"), "repeated");
  EXPECT_EQ(everything(), before);
  const auto text = body("n2", "JD01", "delivered");
  EXPECT_EQ(deliver(text, payments::sign(text, std::vector{kSecrets[1]}, clock_.now())), "recorded");
  EXPECT_EQ(order(), "delivered {2,1}");
}

TEST_F(ShippingApiTest, NoticesThatOvertakeEachOtherAreIgnored) {
  parcel("JD01");
  EXPECT_EQ(notice("n3", "JD01", "out_for_delivery"), "recorded");
  EXPECT_EQ(notice("n1", "JD01", "picked_up"), "ignored");
  EXPECT_EQ(notice("n0", "JD01", "out_for_delivery"), "ignored");
  EXPECT_EQ(notice("n4", "JD01", "delivered"), "recorded");
  EXPECT_EQ(notice("n2", "JD01", "in_transit"), "ignored");
  EXPECT_EQ(events(), "OrderShipped3 OrderDelivered4");
  EXPECT_EQ(notice("n5", "JD01", "returned"), "illegal_transition");
  EXPECT_EQ(database_.sql("SELECT count(*) FROM webhook_events WHERE event_id = 'n5'"), "0");
}

TEST_F(ShippingApiTest, NoticesThatAreQuickerThanTheStaffAreKeptForTheParcel) {
  EXPECT_EQ(notice("n2", "JD01", "in_transit"), "kept");
  EXPECT_EQ(notice("n1", "JD01", "picked_up"), "kept");
  EXPECT_EQ(notice("n1", "JD01", "picked_up"), "repeated");
  EXPECT_EQ(notice("x1", "JD02", "delivered"), "kept");
  EXPECT_EQ(parcel("JD01").state, in_transit);
  EXPECT_EQ(order(), "shipped {2,1}");
  EXPECT_EQ(events(), "OrderShipped3");
  EXPECT_EQ(notice("n2", "JD01", "in_transit"), "repeated");
  EXPECT_EQ(notice("n3", "JD01", "delivered"), "recorded");
  EXPECT_EQ(events(), "OrderShipped3 OrderDelivered4");
}

TEST_F(ShippingApiTest, AParcelThatArrivedBeforeItWasEnteredHasArrivedThoughItsCarrierSaidMore) {
  EXPECT_EQ(notice("n1", "JD01", "delivered"), "kept");
  EXPECT_EQ(notice("n2", "JD01", "returned"), "kept");
  EXPECT_EQ(parcel("JD01").state, delivered);
  EXPECT_EQ(order(), "delivered {2,1}");
  EXPECT_EQ(events(), "OrderShipped3 OrderDelivered4");
}

TEST_F(ShippingApiTest, ANoticeAndTheEntryOfItsParcelMissEachOtherNever) {
  constexpr int kRounds = 20;
  order_ = testing::add_order(database_, {.state = "fulfilled", .lines = {{mug_, kRounds}}}, clock_.now());
  for (int round = 0; round < kRounds; ++round) {
    const auto number = "R" + std::to_string(round);
    const auto text = body("n" + number, number, "picked_up");
    const auto signature = payments::sign(text, kSecrets, clock_.now());
    std::barrier start{2};
    std::jthread carrier{[&] {
      start.arrive_and_wait();
      EXPECT_NE(deliver(text, signature), "repeated");
    }};
    const auto asked = request(order_.str());
    start.arrive_and_wait();
    EXPECT_TRUE(testing::run(api_.create(asked, {"dhl", number, std::nullopt, {{{mug_, 1}}}})));
  }
  EXPECT_EQ(database_.number("SELECT count(*) FROM shipments WHERE state = 'picked_up'"), kRounds);
}

TEST_F(ShippingApiTest, ForgedStaleAndMalformedNoticesAreRefusedAndChangeNothing) {
  parcel("JD01");
  const auto before = everything();
  const auto text = body("n1", "JD01", "picked_up");
  const auto genuine = payments::sign(text, kSecrets, clock_.now());
  EXPECT_EQ(deliver(text, ""), "signature_malformed");
  EXPECT_EQ(deliver(text, "t=1,v1=zz"), "signature_malformed");
  EXPECT_EQ(deliver(text, payments::sign(text, std::vector<std::string>{"guess"}, clock_.now())),
            "signature_invalid");
  EXPECT_EQ(deliver(text + " ", genuine), "signature_invalid");
  EXPECT_EQ(deliver(text, genuine, "ups"), "unknown_carrier");
  EXPECT_EQ(deliver(text, genuine, "none"), "signature_invalid");
  for (const auto away : {std::chrono::seconds{301}, std::chrono::seconds{-301}}) {
    EXPECT_EQ(deliver(text, payments::sign(text, kSecrets, clock_.now() + away)), "signature_stale");
  }
  for (const std::string bad : {"", "{", "[]", R"({"event_id":"n1"})",
                                R"({"event_id":"n1","tracking_number":"JD01","status":"lost"})",
                                R"({"event_id":"","tracking_number":"JD01","status":"picked_up"})"}) {
    EXPECT_EQ(deliver(bad, payments::sign(bad, kSecrets, clock_.now())), "webhook_malformed") << bad;
  }
  EXPECT_EQ(everything(), before);
}

TEST_F(ShippingApiTest, ANoticeThatComesEightTimesAtOnceCountsOnce) {
  parcel("JD01");
  const auto text = body("n1", "JD01", "picked_up");
  const auto signature = payments::sign(text, kSecrets, clock_.now());
  std::vector<std::string> outcomes(8);
  {
    std::barrier start{8};
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        outcomes[i] = deliver(text, signature);
      });
    }
  }
  EXPECT_EQ(std::ranges::count(outcomes, "recorded"), 1);
  EXPECT_EQ(std::ranges::count(outcomes, "repeated"), 7);
  EXPECT_EQ(events(), "OrderShipped3");
}

}  // namespace
}  // namespace shopflow::shipping
