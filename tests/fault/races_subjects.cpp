#include "fault/races_subjects.hpp"

#include <ctime>
#include <stdexcept>

#include "shopflow/core/time.hpp"
#include "shopflow/payments/signature.hpp"
#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

using testing::Answer;
using testing::Json;

Json cents(std::int64_t amount) { return {{"amount", amount}, {"currency", "EUR"}}; }

/// The provider says of the payment what it says now; in Stripe's form, and signed.
Answer hear(Errands& errands, const Thing& thing, std::string_view type, std::string_view status) {
  const auto paid = status == "succeeded" ? thing.amount : 0;
  const Json object{{"id", "pi_" + thing.payment.substr(thing.payment.find('_') + 1)},
                    {"object", "payment_intent"},
                    {"amount", thing.amount},
                    {"amount_received", paid},
                    {"currency", "eur"},
                    {"status", status},
                    {"metadata", {{"order_id", thing.order.id}, {"payment_id", thing.payment}}}};
  const auto body = Json{{"id", testing::unique_name("evt")},
                         {"object", "event"},
                         {"type", type},
                         {"data", {{"object", object}}}}
                        .dump();
  const std::vector<std::string> secrets{kProviderSecret};
  const auto signature = payments::sign(body, secrets, SystemClock{}.now() + thing.ahead);
  return errands.send("POST", "/v1/webhooks/sandbox", body,
                      {{"Stripe-Signature", signature}, {"Content-Type", "application/json"}});
}

Answer notice(Errands& errands, const Thing& thing, std::string_view status) {
  const auto body =
      Json{{"event_id", testing::unique_name("n")}, {"tracking_number", thing.tracking}, {"status", status}}
          .dump();
  const auto time = std::to_string(::time(nullptr) + thing.ahead.count());
  const auto proof = payments::to_hex(payments::hmac_sha256(kCarrierSecret, time, ".", body));
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

Json parcel() { return {{"carrier", "dhl"}, {"tracking_number", testing::unique_name("T")}}; }

// clang-format off: one line a deed.
constexpr Deed kCartDeeds[] = {
    {"add", [](Errands& e, const Thing& t) { return e.ask("POST", t.cart.cart("/items"), items_of(t.sku, 2), t.cart.secret); }},
    {"change", [](Errands& e, const Thing& t) { return e.ask("PATCH", t.cart.cart("/items/" + t.sku), Json{{"quantity", 3}}, t.cart.secret); }},
    {"remove", [](Errands& e, const Thing& t) { return e.ask("DELETE", t.cart.cart("/items/" + t.sku), {}, t.cart.secret); }},
    {"renew", [](Errands& e, const Thing& t) { return e.ask("POST", t.cart.cart("/renew"), {}, t.cart.secret); }},
    {"checkout", [](Errands& e, const Thing& t) { return e.ask("POST", t.cart.cart("/checkout"), checkout_of(), t.cart.secret); }},
    {"checkout by invoice", [](Errands& e, const Thing& t) { return e.ask("POST", t.cart.cart("/checkout"), checkout_of("manual"), t.cart.secret); }},
};

constexpr Deed kInvoiceDeeds[] = {
    {"pay", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_card_visa"}}, t.order.secret); }},
    {"pay by debit", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_usBankAccount_success"}}, t.order.secret); }},
    {"be declined", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_card_visa_chargeDeclined"}}, t.order.secret); }},
    {"cancel", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/cancel"), {}, t.order.secret); }},
    {"cancel by staff", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/cancel")); }},
    {"mark as paid", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/mark-paid")); }},
    {"refund a part", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "a scratch"}, {"amount", cents(900)}}); }},
    {"refund all", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "unhappy"}}); }},
    {"note", [](Errands& e, const Thing& t) { return e.staff("PUT", t.order.staff("/note"), Json{{"note", "ring twice"}}); }},
};

constexpr Deed kOrderDeeds[] = {
    {"pay", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_card_visa"}}, t.order.secret); }},
    {"pay by debit", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_usBankAccount_success"}}, t.order.secret); }},
    {"be declined", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_card_visa_chargeDeclined"}}, t.order.secret); }},
    {"cancel", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/cancel"), {}, t.order.secret); }},
    {"cancel by staff", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/cancel")); }},
    {"mark as paid", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/mark-paid")); }},
    {"refund a part", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "a scratch"}, {"amount", cents(900)}}); }},
    {"refund all", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "unhappy"}}); }},
    {"note", [](Errands& e, const Thing& t) { return e.staff("PUT", t.order.staff("/note"), Json{{"note", "ring twice"}}); }},
    {"hear of the payment", [](Errands& e, const Thing& t) { return hear(e, t, "payment_intent.requires_action", "requires_action"); }},
};

constexpr Deed kPaidDeeds[] = {
    {"pay", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_card_visa"}}, t.order.secret); }},
    {"cancel", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/cancel"), {}, t.order.secret); }},
    {"cancel by staff", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/cancel")); }},
    {"mark as paid", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/mark-paid")); }},
    {"refund a part", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "a scratch"}, {"amount", cents(900)}}); }},
    {"refund all", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "unhappy"}}); }},
    {"note", [](Errands& e, const Thing& t) { return e.staff("PUT", t.order.staff("/note"), Json{{"note", "ring twice"}}); }},
    {"hear of the payment", [](Errands& e, const Thing& t) { return hear(e, t, "payment_intent.requires_action", "requires_action"); }},
    {"hear that it was paid", [](Errands& e, const Thing& t) { return hear(e, t, "payment_intent.succeeded", "succeeded"); }},
};

constexpr Deed kProofDeeds[] = {
    {"prove who one is", [](Errands& e, const Thing& t) { return prove(e, t, "succeed"); }},
    {"fail to prove it", [](Errands& e, const Thing& t) { return prove(e, t, "fail"); }},
    {"pay", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_card_visa"}}, t.order.secret); }},
    {"be declined", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_card_visa_chargeDeclined"}}, t.order.secret); }},
    {"cancel", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/cancel"), {}, t.order.secret); }},
    {"cancel by staff", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/cancel")); }},
    {"refund all", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "unhappy"}}); }},
    {"hear of the payment", [](Errands& e, const Thing& t) { return hear(e, t, "payment_intent.requires_action", "requires_action"); }},
};

constexpr Deed kPickingDeeds[] = {
    {"claim", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/pick-lists/" + t.list + "/claim"); }},
    {"release", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/pick-lists/" + t.list + "/release"); }},
    {"pack", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/pick-lists/" + t.list + "/packed"); }},
    {"cancel", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/cancel"), {}, t.order.secret); }},
    {"refund a part", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "a scratch"}, {"amount", cents(900)}}); }},
    {"refund all", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "unhappy"}}); }},
    {"ship", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/shipments"), parcel()); }},
};

constexpr Deed kParcelDeeds[] = {
    {"ship", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/shipments"), parcel()); }},
    {"leave", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/shipments/" + t.parcel + "/status", Json{{"status", "picked_up"}}); }},
    {"deliver", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/shipments/" + t.parcel + "/status", Json{{"status", "delivered"}}); }},
    {"hear that it left", [](Errands& e, const Thing& t) { return notice(e, t, "picked_up"); }},
    {"hear that it arrived", [](Errands& e, const Thing& t) { return notice(e, t, "delivered"); }},
    {"hear that it comes back", [](Errands& e, const Thing& t) { return notice(e, t, "returned"); }},
    {"cancel by staff", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/cancel")); }},
    {"refund all", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "unhappy"}}); }},
    {"take back", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "came back"}, {"amount", cents(100)}, {"restock", Json::array({{{"sku_id", t.sku}, {"quantity", 1}}})}}); }},
};

constexpr Deed kSkuDeeds[] = {
    {"receive", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/stock/" + t.sku + "/receive", Json{{"quantity", 2}}); }},
    {"adjust", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/stock/" + t.sku + "/adjust", Json{{"delta", -2}, {"reason", "lost"}}); }},
    {"count", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/stock/" + t.sku + "/count", Json{{"on_hand", 3}}); }},
    {"set the level", [](Errands& e, const Thing& t) { return e.staff("PATCH", "/v1/admin/stock/" + t.sku, Json{{"low_stock_at", 2}}); }},
    {"rename the product", [](Errands& e, const Thing& t) { return edit(e, "/v1/admin/products/" + t.product, Json{{"name", testing::unique_name("A cup")}}); }},
    {"change the price", [](Errands& e, const Thing& t) { return edit(e, "/v1/admin/skus/" + t.sku, Json{{"price", cents(1100)}}); }},
    {"add a SKU", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/products/" + t.product + "/skus", Json{{"code", testing::unique_name("R")}, {"price", cents(900)}, {"initial_stock", 1}}); }},
    {"take it off sale", [](Errands& e, const Thing& t) { return e.staff("DELETE", "/v1/admin/skus/" + t.sku); }},
    {"take the product off sale", [](Errands& e, const Thing& t) { return e.staff("DELETE", "/v1/admin/products/" + t.product); }},
    {"add to a cart", [](Errands& e, const Thing& t) { return e.ask("POST", t.cart.cart("/items"), items_of(t.sku, 2), t.cart.secret); }},
    {"add to another cart", [](Errands& e, const Thing& t) { return e.ask("POST", t.other.cart("/items"), items_of(t.sku, 3), t.other.secret); }},
    {"check out", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.cart("/checkout"), checkout_of(), t.order.secret); }},
    {"pay an order", [](Errands& e, const Thing& t) { return e.ask("POST", t.order.order("/payments"), Json{{"payment_method", "pm_card_visa"}}, t.order.secret); }},
};
// clang-format on

Thing a_cart(Errands& errands, const std::string& sku) {
  return {.cart = errands.cart_with(sku, 1), .sku = sku};
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
  thing.order = errands.cart_with(thing.sku, 1);
  return thing;
}

const Subject kSubjects[] = {{"a cart", a_cart, kCartDeeds, true},
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
