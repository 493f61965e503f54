#include <ctime>

#include "http/shop.hpp"
#include "shopflow/core/digits.hpp"
#include "shopflow/payments/signature.hpp"

namespace shopflow::testing {
namespace {

constexpr const char* kSecret = "key_of_the_carrier";

class Warehouse : public ::testing::Test {
 protected:
  ~Warehouse() override {
    EXPECT_TRUE(shop.settles());
    EXPECT_EQ(shop.audit(), "0 differences\n");
  }
  Answer notice(const std::string& body, const std::string& secret, std::time_t time = ::time(nullptr),
                const std::string& carrier = "dhl") {
    const auto text = std::to_string(time);
    return shop.shopper().send(
        "POST", "/v1/webhooks/carriers/" + carrier, body,
        {{"Content-Type", "application/json"},
         {"Carrier-Signature",
          "t=" + text + ",v1=" + to_hex(payments::hmac_sha256(secret, text, ".", body))}});
  }

  Shop shop{{{"SHOPFLOW_CARRIERS_SECRETS", std::string{"dhl="} + kSecret}}};
  Article cup = shop.article(50);
  Caller warehouse = shop.staff("warehouse");
};

TEST_F(Warehouse, APickListIsClaimedGivenBackAndPackedByTheOneWhoHasIt) {
  const auto order = shop.paid(cup, 1);
  const auto list = "/v1/admin/pick-lists/" + shop.pick_list(order);
  EXPECT_EQ(warehouse.get(list).json().at("state"), "ready");
  expect_code(warehouse.post(list + "/packed"), 409, "illegal_transition");
  EXPECT_EQ(warehouse.post(list + "/claim").status, 200);
  EXPECT_EQ(warehouse.post(list + "/claim").status, 200);
  expect_code(shop.staff().post(list + "/claim"), 409, "claimed_by_other");
  EXPECT_EQ(warehouse.post(list + "/release").json().at("state"), "ready");
  EXPECT_EQ(warehouse.post(list + "/claim").status, 200);
  EXPECT_EQ(warehouse.post(list + "/packed").status, 200);
  EXPECT_EQ(warehouse.post(list + "/packed").status, 200);
  expect_code(warehouse.post(list + "/claim"), 409, "illegal_transition");
  expect_code(warehouse.post(list + "/release"), 409, "illegal_transition");
  expect_code(shop.shopper().post(order.order("/cancel"), {}, order.with_key()), 409, "illegal_transition");
  expect_code(shop.staff().post(order.staff("/cancel"), Json{{"reason", "late"}}, {fresh_key()}), 409,
              "illegal_transition");
}

TEST_F(Warehouse, AParcelHoldsWhatTheOrderStillHasToGet) {
  const auto order = shop.paid(cup, 2);
  const auto make = [&](Json changes) {
    Json body{{"carrier", "dhl"}, {"tracking_number", unique_name("T")}};
    body.update(changes);
    return warehouse.post(order.staff("/shipments"), body);
  };
  expect_code(make(Json::object()), 409, "not_packed");
  const auto packed = shop.packed(cup, 2);
  const auto target = packed.staff("/shipments");
  const auto parcel = [&](const std::string& number, const std::string& sku, int quantity) {
    return warehouse.post(target, Json{{"carrier", "dhl"},
                                       {"tracking_number", number},
                                       {"lines", Json::array({{{"sku_id", sku}, {"quantity", quantity}}})}});
  };
  expect_code(parcel("A", nobody("sku"), 1), 422, "unknown_line");
  expect_code(parcel("A", cup.sku, 3), 422, "ships_too_much");
  EXPECT_EQ(parcel("A", cup.sku, 1).status, 201);
  expect_code(parcel("A", cup.sku, 1), 409, "tracking_taken");
  EXPECT_EQ(parcel("B", cup.sku, 1).status, 201);
  expect_code(warehouse.post(target, Json{{"carrier", "dhl"}, {"tracking_number", "C"}}), 409,
              "nothing_to_ship");
  EXPECT_EQ(warehouse.get(target).json().at("data").size(), 2U);
}

TEST_F(Warehouse, ACarrierTellsOfAParcelOnceAndOnlyWithItsKey) {
  const auto order = shop.packed(cup, 1);
  const auto made =
      warehouse.post(order.staff("/shipments"), Json{{"carrier", "dhl"}, {"tracking_number", "N1"}});
  const auto tell = [](const std::string& id, const std::string& status) {
    return Json{{"event_id", id}, {"tracking_number", "N1"}, {"status", status}}.dump();
  };
  const auto body = tell("1", "picked_up");
  expect_code(notice(body, "forged"), 401, "signature_invalid");
  expect_code(notice(body, kSecret, ::time(nullptr) - 3600), 401, "signature_stale");
  expect_code(notice("{\"event_id\":1}", kSecret), 400, "webhook_malformed");
  expect_code(notice(body, kSecret, ::time(nullptr), "pigeon"), 404, "unknown_carrier");
  expect_code(shop.shopper().send("POST", "/v1/webhooks/carriers/dhl", body, {}), 400, "signature_malformed");
  EXPECT_EQ(shop.state_of(order).at("state"), "fulfilled");
  EXPECT_EQ(notice(body, kSecret).json().at("outcome"), "recorded");
  EXPECT_EQ(notice(body, kSecret).json().at("outcome"), "repeated");
  EXPECT_EQ(shop.state_of(order).at("state"), "shipped");
  EXPECT_EQ(notice(tell("2", "delivered"), kSecret).json().at("outcome"), "recorded");
  EXPECT_EQ(notice(tell("3", "in_transit"), kSecret).json().at("outcome"), "ignored");
  EXPECT_EQ(shop.state_of(order).at("state"), "delivered");
  EXPECT_EQ(
      warehouse.get("/v1/admin/shipments/" + made.json().at("id").get<std::string>()).json().at("state"),
      "delivered");
  expect_code(shop.report(made.json().at("id"), "returned"), 409, "illegal_transition");
  expect_code(notice(tell("4", "returned"), kSecret), 409, "illegal_transition");
}

}  // namespace
}  // namespace shopflow::testing
