#include "fault/staff.hpp"

#include <fmt/format.h>

#include <ctime>

#include "shopflow/core/digits.hpp"
#include "shopflow/payments/signature.hpp"
#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

using testing::Json;

}  // namespace

std::optional<testing::Answer> Staff::insist(const std::string& method, const std::string& target,
                                             std::optional<Json> body, testing::Fields headers) {
  headers.emplace_back("Authorization", "Bearer " + stand_.admin_key());
  if (method != "GET") headers.push_back(testing::fresh_key());
  return wire_.insist({method, target, std::move(body), std::move(headers)});
}

Json Staff::pick(const std::string& list) {
  const auto answer = insist("GET", list);
  if (!answer || answer->status != 200) return nullptr;
  const auto all = answer->json().at("data");
  if (all.empty()) return nullptr;
  return all.at(static_cast<std::size_t>(dice_.between(0, static_cast<int>(all.size()) - 1)));
}

void Staff::work() {
  const int what = dice_.between(1, 100);
  if (what <= 40) return pack();
  if (what <= 55) return mark_paid();
  if (what <= 70) return give_back();
  if (what <= 80) return fill_shelf();
  if (what <= 88) return edit_catalogue();
  if (what <= 92) return change_keys();
  if (what <= 96) return look_after_events();
  note();
}

void Staff::fill_shelf() {
  const auto& articles = stand_.articles();
  const auto& sku = articles[articles.size() - static_cast<std::size_t>(dice_.between(1, 4))].sku;
  const auto stock = "/v1/admin/stock/" + sku;
  const int what = dice_.between(1, 6);
  if (what == 1) {
    (void)insist("POST", stock + "/adjust", Json{{"delta", dice_.between(-2, 2)}, {"reason", "found"}});
  } else if (what == 2) {
    (void)insist("PATCH", stock, Json{{"low_stock_at", dice_.between(1, 20)}});
  } else if (what == 3) {
    (void)insist("POST", stock + "/count", Json{{"on_hand", 200}, {"reason", "counted"}});
  } else {
    const int units = dice_.between(5, 20);
    book_.received(sku, units, false);
    const auto answer = insist("POST", stock + "/receive", Json{{"quantity", units}, {"reason", "fault"}});
    if (answer && answer->status / 100 == 2) book_.received(sku, units, true);
  }
}

void Staff::mark_paid() {
  const auto order = pick("/v1/admin/orders?state=pending_payment&limit=20");
  if (order.is_null() || closing_) return;
  const std::string id = order.at("id");
  const auto marked = insist("POST", "/v1/admin/orders/" + id + "/mark-paid");
  if (marked && marked->status == 200) book_.done(Done::invoice_paid, id);
}

void Staff::give_back() {
  const auto order = pick("/v1/admin/orders?state=paid&limit=20");
  if (order.is_null() || closing_) return;
  const std::string id = order.at("id");
  const Json some{{"reason", "a scratch"}, {"amount", {{"amount", 100}, {"currency", "EUR"}}}};
  const Json all{{"reason", "unhappy"}};
  const auto answer = insist("POST", "/v1/admin/orders/" + id + "/refunds", dice_.chance(70) ? some : all);
  if (answer && answer->status == 201) book_.refunded(answer->json());
}

void Staff::pack() {
  const auto list = pick("/v1/admin/pick-lists?state=ready&limit=20");
  if (list.is_null() || closing_) return;
  const std::string path = "/v1/admin/pick-lists/" + list.at("id").get<std::string>();
  const auto claimed = insist("POST", path + "/claim");
  if (!claimed || claimed->status != 200 || closing_) return;
  if (dice_.chance(10)) {
    (void)insist("POST", path + "/release");
    return;
  }
  const auto packed = insist("POST", path + "/packed");
  if (!packed || packed->status != 200) return;
  book_.packed(list.at("id"));
  if (!closing_) ship(list);
}

void Staff::ship(const Json& pick_list) {
  const std::string order = pick_list.at("order_id");
  const auto tracking = testing::unique_name("T");
  // A carrier may be quicker than those who enter the parcel.
  const bool early = dice_.chance(10) && hear_of(tracking, "picked_up");
  const auto made = insist("POST", "/v1/admin/orders/" + order + "/shipments",
                           Json{{"carrier", "dhl"}, {"tracking_number", tracking}});
  if (!made || made->status != 201) return;
  const std::string id = made->json().at("id");
  if (early) book_.shipped(id);
  if (closing_) return;
  if (dice_.chance(50)) {
    if (!hear_of(tracking, "picked_up")) return;
    book_.shipped(id);
    if (!closing_ && dice_.chance(50) && hear_of(tracking, "delivered"))
      book_.done(Done::parcel_delivered, id);
    return;
  }
  const auto left = insist("POST", "/v1/admin/shipments/" + id + "/status", Json{{"status", "picked_up"}});
  if (!left || left->status != 200) return;
  book_.shipped(id);
  if (closing_ || !dice_.chance(50)) return;
  const auto arrived = insist("POST", "/v1/admin/shipments/" + id + "/status", Json{{"status", "delivered"}});
  if (arrived && arrived->status == 200) book_.done(Done::parcel_delivered, id);
}

bool Staff::hear_of(const std::string& tracking, const char* status) {
  const Json body{{"event_id", testing::unique_name("n")}, {"tracking_number", tracking}, {"status", status}};
  const auto time = std::to_string(::time(nullptr));
  const auto proof = to_hex(payments::hmac_sha256(kCarrierSecret, time, ".", body.dump()));
  const auto heard = wire_.insist(
      {"POST", "/v1/webhooks/carriers/dhl", body, {{"Carrier-Signature", "t=" + time + ",v1=" + proof}}});
  return heard && heard->status == 200;
}

void Staff::edit_catalogue() {
  const Json sku{{"code", testing::unique_name("S")},
                 {"price", {{"amount", 500}, {"currency", "EUR"}}},
                 {"initial_stock", 5}};
  const auto made = insist("POST", "/v1/admin/products",
                           Json{{"name", "A plate"}, {"category", "plates"}, {"skus", Json::array({sku})}});
  if (!made || made->status != 201) return;
  const std::string id = made->json().at("id");
  book_.done(Done::product_made, id);
  if (closing_) return;
  const auto product = "/v1/admin/products/" + id;
  const auto renamed = insist("PATCH", product, Json{{"name", "A dish"}}, {{"If-Match", "\"1\""}});
  if (renamed && renamed->status == 200) book_.done(Done::product_renamed, id);
  if (closing_) return;
  auto other = sku;
  other["code"] = testing::unique_name("S");
  const auto added = insist("POST", product + "/skus", other);
  if (closing_) return;
  if (added && added->status == 201) {
    const auto path = "/v1/admin/skus/" + added->json().at("id").get<std::string>();
    (void)insist("PATCH", path, Json{{"name", "large"}}, {{"If-Match", "\"1\""}});
    if (!closing_) (void)insist("DELETE", path);
  }
  if (closing_) return;
  const auto deleted = insist("DELETE", product);
  if (deleted && deleted->status == 204) book_.done(Done::product_deleted, id);
}

void Staff::change_keys() {
  const auto made =
      insist("POST", "/v1/admin/keys", Json{{"role", "support"}, {"name", testing::unique_name("helper")}});
  if (!made || made->status != 201) return;
  const std::string id = made->json().at("id");
  book_.done(Done::key_made, id);
  if (closing_) return;
  const auto revoked = insist("DELETE", "/v1/admin/keys/" + id);
  if (revoked && revoked->status == 204) book_.done(Done::key_revoked, id);
}

void Staff::look_after_events() {
  const auto event = pick("/v1/admin/events?limit=20");
  if (event.is_null() || closing_) return;
  const auto position = event.at("position").get<std::int64_t>();
  constexpr std::array kHandlers{"email", "inventory", "analytics", "warehouse", "notification"};
  const auto* handler = kHandlers[static_cast<std::size_t>(dice_.between(0, 4))];
  (void)insist("POST", "/v1/admin/events/replay",
               Json{{"handler", handler}, {"first", position}, {"last", position}});
}

void Staff::note() {
  const auto order = pick("/v1/admin/orders?limit=20");
  if (order.is_null() || closing_) return;
  const std::string id = order.at("id");
  const auto noted = insist("PUT", "/v1/admin/orders/" + id + "/note", Json{{"note", "a regular"}});
  if (noted && noted->status == 200) book_.done(Done::order_noted, id);
}

}  // namespace shopflow::fault
