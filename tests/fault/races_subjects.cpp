#include "fault/races_subjects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <stdexcept>

#include "fault/races_proofs.hpp"
#include "shopflow/core/digits.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/payments/signature.hpp"
#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

using namespace proofs;
using testing::Answer;
using testing::Json;

Json cents(std::int64_t amount) { return {{"amount", amount}, {"currency", "EUR"}}; }

/// The provider says of the payment what it says now; in Stripe's form, and signed.
Answer hear(Errands& errands, const Thing& thing, std::string_view type, std::string_view status,
            const std::string& id) {
  const auto paid = status == "succeeded" ? thing.amount : 0;
  const Json object{{"id", "pi_" + thing.payment.substr(thing.payment.find('_') + 1)},
                    {"object", "payment_intent"},
                    {"amount", thing.amount},
                    {"amount_received", paid},
                    {"currency", "eur"},
                    {"status", status},
                    {"metadata", {{"order_id", thing.order.id}, {"payment_id", thing.payment}}}};
  const auto body =
      Json{{"id", id}, {"object", "event"}, {"type", type}, {"data", {{"object", object}}}}.dump();
  const std::vector<std::string> secrets{kProviderSecret};
  const auto signature = payments::sign(body, secrets, SystemClock{}.now() + thing.ahead);
  return errands.send("POST", "/v1/webhooks/sandbox", body,
                      {{"Stripe-Signature", signature}, {"Content-Type", "application/json"}});
}

std::string event_of(std::string_view what, const Thing& thing) {
  return testing::unique_name(fmt::format("evt_{}_{}", what, uuid_of<OrderId>(thing.order.id)).c_str());
}

/// The provider has come to an end with the payment, without the shop, unless it had come to another before.
bool decides(Errands& errands, const Thing& thing, std::string_view state) {
  return errands.database().sql(fmt::format(
             "WITH open AS (UPDATE sandbox_intents SET state = '{0}', settles_at = NULL WHERE payment_id = "
             "'{1}' AND state IN "
             "('requires_payment_method', 'requires_confirmation', 'requires_action') RETURNING state) "
             "SELECT coalesce((SELECT state FROM open), (SELECT state FROM sandbox_intents WHERE payment_id "
             "= '{1}'))",
             state, uuid_of<PaymentId>(thing.payment))) == state;
}

Answer hear_paid(Errands& errands, const Thing& thing, const std::string& id) {
  if (!decides(errands, thing, "succeeded")) return {.status = 409};
  return hear(errands, thing, "payment_intent.succeeded", "succeeded", id);
}

Answer hear_gone(Errands& errands, const Thing& thing) {
  if (!decides(errands, thing, "canceled")) return {.status = 409};
  return hear(errands, thing, "payment_intent.canceled", "canceled", event_of("gone", thing));
}

/// One event, at two servers and by three connections at once; gives the worst answer.
Answer hear_thrice(Errands& errands, const Thing& thing) {
  std::array<Answer, 3> answers;
  std::vector<std::function<void()>> works;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    works.emplace_back([&, i] {
      auto twin = errands.at(i % 2);
      answers.at(i) = hear_paid(twin, thing, "evt_thrice_" + uuid_of<OrderId>(thing.order.id));
    });
  }
  at_once(works);
  return *std::ranges::max_element(answers, {}, &Answer::status);
}

Answer notice(Errands& errands, const Thing& thing, std::string_view status) {
  const auto body = Json{
      {"event_id",
       testing::unique_name(fmt::format("n_{}_{}", status, uuid_of<ShipmentId>(thing.parcel)).c_str())},
      {"tracking_number", thing.tracking},
      {"status",
       status}}.dump();
  const auto time = std::to_string(::time(nullptr) + thing.ahead.count());
  const auto proof = to_hex(payments::hmac_sha256(kCarrierSecret, time, ".", body));
  return errands.send(
      "POST", "/v1/webhooks/carriers/dhl", body,
      {{"Carrier-Signature", "t=" + time + ",v1=" + proof}, {"Content-Type", "application/json"}});
}

Answer edit(Errands& errands, const std::string& target, const Json& body) {
  return errands.send("PATCH", target, body.dump(),
                      {{"Authorization", errands.authorization()},
                       {"If-Match", "\"1\""},
                       {"Content-Type", "application/json"}});
}

Answer prove(Errands& errands, const Thing& thing, const char* outcome) {
  return errands.ask("POST", "/v1/sandbox/payments/" + thing.payment + "/authenticate",
                     Json{{"outcome", outcome}});
}

/// Without a key, hence in one statement with others.
Answer put_in(Errands& errands, const Thing& thing) {
  return errands.send("POST", thing.cart.cart("/items"), items_of(thing.sku, 2).dump(),
                      {{"Shopflow-Secret", thing.cart.secret}, {"Content-Type", "application/json"}});
}

Json parcel() { return {{"carrier", "dhl"}, {"tracking_number", testing::unique_name("T")}}; }

template <std::size_t N, std::size_t M>
constexpr std::array<Deed, N + M> joined(const Deed (&some)[N], const Deed (&more)[M]) {
  std::array<Deed, N + M> all{};
  std::ranges::copy(more, std::ranges::copy(some, all.begin()).out);
  return all;
}

// clang-format off: one line a deed.
constexpr Deed kCartDeeds[] = {
    {"add", [](Errands& e, const Thing& t) { return e.ask("POST", t.cart.cart("/items"), items_of(t.sku, 2), t.cart.secret); }, kLines, [](int units) { return units + 2; }},
    {"change", [](Errands& e, const Thing& t) { return e.ask("PATCH", t.cart.cart("/items/" + t.sku), Json{{"quantity", 3}}, t.cart.secret); }, kLines, [](int) { return 3; }},
    {"remove", [](Errands& e, const Thing& t) { return e.ask("DELETE", t.cart.cart("/items/" + t.sku), {}, t.cart.secret); }, kLines, [](int) { return 0; }},
    {"renew", [](Errands& e, const Thing& t) { return e.ask("POST", t.cart.cart("/renew"), {}, t.cart.secret); }, kLines},
    {"checkout", [](Errands& e, const Thing& t) { return e.ask("POST", t.cart.cart("/checkout"), checkout_of(), t.cart.secret); }, kCheckedOut},
    {"checkout by invoice", [](Errands& e, const Thing& t) { return e.ask("POST", t.cart.cart("/checkout"), checkout_of("manual"), t.cart.secret); }, kCheckedOut},
};

constexpr Deed kNewCartDeeds[] = {
    {"put in", put_in, kLines, [](int units) { return units + 2; }},
    {"put in under a key", [](Errands& e, const Thing& t) { return e.ask("POST", t.cart.cart("/items"), items_of(t.sku, 3), t.cart.secret); }, kLines, [](int units) { return units + 3; }},
    {"renew", [](Errands& e, const Thing& t) { return e.ask("POST", t.cart.cart("/renew"), {}, t.cart.secret); }, kLines},
    {"checkout", [](Errands& e, const Thing& t) { return e.ask("POST", t.cart.cart("/checkout"), checkout_of(), t.cart.secret); }, kCheckedOut},
};

constexpr Deed kInvoiceDeeds[] = {
    {"pay", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_card_visa"}}, t.order.secret); }, kPaid},
    {"pay by debit", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_usBankAccount_success"}}, t.order.secret); }, kWillBePaid},
    {"be declined", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_card_visa_chargeDeclined"}}, t.order.secret); }},
    {"cancel", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/cancel"), {}, t.order.secret); }, kCancelled},
    {"cancel by staff", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/cancel")); }, kCancelled},
    {"mark as paid", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/mark-paid")); }, kPaid},
    {"refund a part", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "a scratch"}, {"amount", cents(900)}}); }, kPartBack},
    {"refund all", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "unhappy"}}); }, kAllBack},
    {"note", [](Errands& e, const Thing& t) { return e.staff("PUT", t.order.staff("/note"), Json{{"note", "ring twice"}}); }, kNoted},
};

constexpr Deed kOrderNews[] = {
    {"hear of the payment", [](Errands& e, const Thing& t) { return hear(e, t, "payment_intent.requires_action", "requires_action", event_of("it", t)); }, kHeardOfIt},
    {"hear that it was paid", [](Errands& e, const Thing& t) { return hear_paid(e, t, event_of("paid", t)); }, kHeardPaid},
    {"hear three times that it was paid", hear_thrice, kHeardThrice},
    {"hear that it is given up", hear_gone, kHeardGone},
};
constexpr auto kOrderDeeds = joined(kInvoiceDeeds, kOrderNews);

constexpr Deed kPaidDeeds[] = {
    {"pay", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_card_visa"}}, t.order.secret); }, kPaid},
    {"cancel", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/cancel"), {}, t.order.secret); }, kCancelled},
    {"cancel by staff", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/cancel")); }, kCancelled},
    {"mark as paid", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/mark-paid")); }, kPaid},
    {"refund a part", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "a scratch"}, {"amount", cents(900)}}); }, kPartBack},
    {"refund all", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "unhappy"}}); }, kAllBack},
    {"note", [](Errands& e, const Thing& t) { return e.staff("PUT", t.order.staff("/note"), Json{{"note", "ring twice"}}); }, kNoted},
    {"hear of the payment", [](Errands& e, const Thing& t) { return hear(e, t, "payment_intent.requires_action", "requires_action", event_of("it", t)); }, kHeardOfIt},
    {"hear that it was paid", [](Errands& e, const Thing& t) { return hear_paid(e, t, event_of("paid", t)); }, kHeardPaid},
    {"hear three times that it was paid", hear_thrice, kHeardThrice},
};

constexpr Deed kProofDeeds[] = {
    {"prove who one is", [](Errands& e, const Thing& t) { return prove(e, t, "succeed"); }, kWillBePaid},
    {"fail to prove it", [](Errands& e, const Thing& t) { return prove(e, t, "fail"); }},
    {"pay", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_card_visa"}}, t.order.secret); }, kPaid},
    {"be declined", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_card_visa_chargeDeclined"}}, t.order.secret); }},
    {"cancel", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/cancel"), {}, t.order.secret); }, kCancelled},
    {"cancel by staff", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/cancel")); }, kCancelled},
    {"refund all", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "unhappy"}}); }, kAllBack},
    {"hear of the payment", [](Errands& e, const Thing& t) { return hear(e, t, "payment_intent.requires_action", "requires_action", event_of("it", t)); }, kHeardOfIt},
};

constexpr Deed kPickingDeeds[] = {
    {"claim", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/pick-lists/" + t.list + "/claim"); }},
    {"release", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/pick-lists/" + t.list + "/release"); }},
    {"pack", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/pick-lists/" + t.list + "/packed"); }, kPacked},
    {"cancel by staff", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/cancel")); }, kCancelled},
    {"cancel", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/cancel"), {}, t.order.secret); }, kCancelled},
    {"refund a part", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "a scratch"}, {"amount", cents(900)}}); }, kPartBack},
    {"refund all", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "unhappy"}}); }, kAllBack},
    {"ship", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/shipments"), parcel()); }, kShipped},
};

constexpr Deed kParcelDeeds[] = {
    {"ship", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/shipments"), parcel()); }, kShipped},
    {"leave", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/shipments/" + t.parcel + "/status", Json{{"status", "picked_up"}}); }, kLeft},
    {"deliver", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/shipments/" + t.parcel + "/status", Json{{"status", "delivered"}}); }, kArrived},
    {"hear that it left", [](Errands& e, const Thing& t) { return notice(e, t, "picked_up"); }, kHeardLeft},
    {"hear that it arrived", [](Errands& e, const Thing& t) { return notice(e, t, "delivered"); }, kHeardArrived},
    {"hear that it comes back", [](Errands& e, const Thing& t) { return notice(e, t, "returned"); }, kHeardReturned},
    {"cancel by staff", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/cancel")); }, kCancelled},
    {"refund all", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "unhappy"}}); }, kAllBack},
    {"take back", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "came back"}, {"amount", cents(100)}, {"restock", Json::array({{{"sku_id", t.sku}, {"quantity", 1}}})}}); }, kTakenBack},
};

constexpr Deed kSkuDeeds[] = {
    {"receive", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/stock/" + t.sku + "/receive", Json{{"quantity", 2}}); }, kReceived},
    {"adjust", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/stock/" + t.sku + "/adjust", Json{{"delta", -2}, {"reason", "lost"}}); }, kAdjusted},
    {"count", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/stock/" + t.sku + "/count", Json{{"on_hand", 3}}); }},
    {"set the level", [](Errands& e, const Thing& t) { return e.staff("PATCH", "/v1/admin/stock/" + t.sku, Json{{"low_stock_at", 2}}); }, kLevelled},
    {"rename the product", [](Errands& e, const Thing& t) { return edit(e, "/v1/admin/products/" + t.product, Json{{"name", testing::unique_name("A cup")}}); }, kRenamed},
    {"change the price", [](Errands& e, const Thing& t) { return edit(e, "/v1/admin/skus/" + t.sku, Json{{"price", cents(1100)}}); }, kRepriced},
    {"add a SKU", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/products/" + t.product + "/skus", Json{{"code", testing::unique_name("R")}, {"price", cents(900)}, {"initial_stock", 1}}); }, kSkuAdded},
    {"take it off sale", [](Errands& e, const Thing& t) { return e.staff("DELETE", "/v1/admin/skus/" + t.sku); }, kSkuOff},
    {"take the product off sale", [](Errands& e, const Thing& t) { return e.staff("DELETE", "/v1/admin/products/" + t.product); }, kProductOff},
    {"add to a cart", [](Errands& e, const Thing& t) { return e.ask("POST", t.cart.cart("/items"), items_of(t.sku, 2), t.cart.secret); }, kTwoInCart},
    {"add to another cart", [](Errands& e, const Thing& t) { return e.ask("POST", t.other.cart("/items"), items_of(t.sku, 3), t.other.secret); }, kThreeInCart},
    {"check out", [](Errands& e, const Thing& t) { return e.ask("POST", t.full.cart("/checkout"), checkout_of(), t.full.secret); }, kFullCheckedOut},
    {"pay an order", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_card_visa"}}, t.order.secret); }, kPaid},
};
// clang-format on

Thing a_cart(Errands& errands, const std::string& sku) {
  return {.cart = errands.cart_with(sku, 1), .sku = sku};
}
Thing a_new_cart(Errands& errands, const std::string& sku) {
  return {.cart = errands.new_cart(), .sku = sku};
}
/// With what the shopper is shown of the order's payment.
Thing with_payment(Errands& errands, Thing thing) {
  const auto shown = errands.ask("GET", thing.order.order(), {}, thing.order.secret).json();
  thing.payment = shown.at("payment").at("id");
  thing.amount = shown.at("total").at("amount");
  return thing;
}
Thing an_open_order(Errands& errands, const std::string& sku) {
  return with_payment(errands, {.order = errands.order(sku, 1), .sku = sku});
}
Thing an_invoice(Errands& errands, const std::string& sku) {
  return with_payment(errands, {.order = errands.order(sku, 1, "manual"), .sku = sku});
}
Thing a_paid_order(Errands& errands, const std::string& sku) {
  return with_payment(errands, {.order = errands.paid(sku, 1), .sku = sku});
}
Thing an_order_to_prove(Errands& errands, const std::string& sku) {
  auto thing = an_open_order(errands, sku);
  const auto asked =
      errands.ask("POST", thing.order.order("/payments"),
                  Json{{"payment_method", "pm_card_threeDSecure2Required"}}, thing.order.secret);
  if (asked.status != 200) throw std::runtime_error{"no 3-D Secure: " + asked.body};
  return thing;
}
Thing a_claimed_order(Errands& errands, const std::string& sku) {
  Thing thing{.order = errands.paid(sku, 1), .sku = sku};
  thing.list = errands.claimed(thing.order);
  return thing;
}
Thing a_parcel(Errands& errands, const std::string& sku) {
  Thing thing{.order = errands.packed(sku, 2), .sku = sku};
  const auto made = errands.staff("POST", thing.order.staff("/shipments"), parcel()).json();
  thing.parcel = made.at("id");
  thing.tracking = made.at("tracking_number");
  return thing;
}
Thing a_scarce_sku(Errands& errands, const std::string&) {
  const Json sku{{"code", testing::unique_name("R")}, {"price", cents(1000)}, {"initial_stock", 5}};
  const auto made = errands
                        .staff("POST", "/v1/admin/products",
                               Json{{"name", "A cup"}, {"category", "cups"}, {"skus", Json::array({sku})}})
                        .json();
  Thing thing{.product = made.at("id"), .sku = made.at("skus").at(0).at("id")};
  thing.cart = errands.cart();
  thing.other = errands.cart();
  thing.full = errands.cart_with(thing.sku, 1);
  thing.order = errands.order(thing.sku, 1);
  return thing;
}

const Subject kSubjects[] = {{"a cart", a_cart, kCartDeeds, true},
                             {"a new cart", a_new_cart, kNewCartDeeds, false, 0},
                             {"an order that is open", an_open_order, kOrderDeeds, true},
                             {"an order by invoice", an_invoice, kInvoiceDeeds, true},
                             {"an order that waits for 3-D Secure", an_order_to_prove, kProofDeeds, true},
                             {"a paid order", a_paid_order, kPaidDeeds},
                             {"an order that is picked", a_claimed_order, kPickingDeeds},
                             {"an order with a parcel", a_parcel, kParcelDeeds},
                             {"a scarce SKU", a_scarce_sku, kSkuDeeds, true}};

}  // namespace

std::span<const Subject> race_subjects() { return kSubjects; }

}  // namespace shopflow::fault
