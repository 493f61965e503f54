#include <fmt/format.h>

#include <atomic>
#include <string_view>

#include "fault/errands.hpp"
#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

using testing::Answer;
using testing::Json;

/// What two clients are about to change at once: one cart, one order or one SKU, and what belongs to it.
struct Thing {
  Owned cart;
  Owned order;
  Owned other;  // a cart that wants the same units
  std::string product;
  std::string sku;
  std::string list;
  std::string parcel;
};

struct Deed {
  std::string_view name;
  Answer (*act)(Errands&, const Thing&);
};

struct Subject {
  std::string_view name;
  Thing (*make)(Errands&, const std::string& sku);
  std::span<const Deed> deeds;
};

Json cents(std::int64_t amount) { return {{"amount", amount}, {"currency", "EUR"}}; }

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
    {"cancel by staff", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/cancel")); }},
    {"refund all", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "unhappy"}}); }},
    {"take back", [](Errands& e, const Thing& t) { return e.staff("POST", t.order.staff("/refunds"), Json{{"reason", "came back"}, {"amount", cents(100)}, {"restock", Json::array({{{"sku_id", t.sku}, {"quantity", 1}}})}}); }},
};

constexpr Deed kSkuDeeds[] = {
    {"receive", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/stock/" + t.sku + "/receive", Json{{"quantity", 2}}); }},
    {"adjust", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/stock/" + t.sku + "/adjust", Json{{"delta", -2}, {"reason", "lost"}}); }},
    {"count", [](Errands& e, const Thing& t) { return e.staff("POST", "/v1/admin/stock/" + t.sku + "/count", Json{{"on_hand", 3}}); }},
    {"set the level", [](Errands& e, const Thing& t) { return e.staff("PATCH", "/v1/admin/stock/" + t.sku, Json{{"low_stock_at", 2}}); }},
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
Thing an_open_order(Errands& errands, const std::string& sku) {
  return {.order = errands.order(sku, 1), .sku = sku};
}
Thing an_invoice(Errands& errands, const std::string& sku) {
  return {.order = errands.order(sku, 1, "manual"), .sku = sku};
}
Thing a_paid_order(Errands& errands, const std::string& sku) {
  return {.order = errands.paid(sku, 1), .sku = sku};
}
Thing a_claimed_order(Errands& errands, const std::string& sku) {
  Thing thing{.order = errands.paid(sku, 1), .sku = sku};
  thing.list = errands.claimed(thing.order);
  return thing;
}
Thing a_parcel(Errands& errands, const std::string& sku) {
  Thing thing{.order = errands.packed(sku, 2), .sku = sku};
  const auto made = errands.staff("POST", thing.order.staff("/shipments"), parcel());
  thing.parcel = made.json().at("id");
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

const Subject kSubjects[] = {{"a cart", a_cart, kCartDeeds},
                             {"an order that is open", an_open_order, kOrderDeeds},
                             {"an order by invoice", an_invoice, kOrderDeeds},
                             {"a paid order", a_paid_order, kOrderDeeds},
                             {"an order that is picked", a_claimed_order, kPickingDeeds},
                             {"an order with a parcel", a_parcel, kParcelDeeds},
                             {"a scarce SKU", a_scarce_sku, kSkuDeeds}};

struct Pair {
  const Subject* subject;
  const Deed* one;
  const Deed* other;
};

std::vector<Pair> all_pairs() {
  std::vector<Pair> pairs;
  for (const auto& subject : kSubjects) {
    for (std::size_t i = 0; i < subject.deeds.size(); ++i) {
      for (std::size_t j = i; j < subject.deeds.size(); ++j)
        pairs.push_back({&subject, &subject.deeds[i], &subject.deeds[j]});
    }
  }
  return pairs;
}

/// Every pair of changes of one thing, released at the same moment at one server or at two; whoever loses is
/// told so, and the books are right in the end.
class Races final : public Scenario {
 public:
  explicit Races(const Options& options) : options_{options} {}

  void play(Round& round) override {
    if (!stand_) {
      stand_ = std::make_unique<Stand>(options_, Stand::Place::of_tests());
      stand_->start(1);
    }
    const auto pairs = all_pairs();
    round.about(fmt::format("{} pairs", pairs.size()));
    std::atomic<std::size_t> next{0};
    const std::function<void()> work = [&] {
      Errands one{*stand_, 0};
      Errands other{*stand_, static_cast<std::size_t>(round.number()) % 2};
      for (auto i = next++; i < pairs.size(); i = next++) race(round, pairs[i], i, one, other);
    };
    at_once(std::vector<std::function<void()>>(kRacesAtOnce, work));
    stand_->rest(round);
    stand_->check(round);
  }

  void finish(Round& round) override {
    if (!stand_) return;
    stand_->stop(1);
    stand_->stop();
    stand_->check_to_the_end(round);
    stand_.reset();
  }

 private:
  static constexpr std::size_t kRacesAtOnce = 6;

  void race(Round& round, const Pair& pair, std::size_t number, Errands& one, Errands& other) {
    const auto& sku = stand_->articles().at(number % 20).sku;
    const auto thing = pair.subject->make(one, sku);
    Answer answers[2];
    at_once({[&] { answers[0] = pair.one->act(one, thing); },
             [&] { answers[1] = pair.other->act(other, thing); }});
    for (const auto& answer : answers) {
      if (answer.status < 500) {
        round.acknowledged(answer.status < 300 ? 1 : 0);
        continue;
      }
      round.violation(fmt::format("{}: {} against {} was answered {}: {}", pair.subject->name, pair.one->name,
                                  pair.other->name, answer.status, answer.body));
    }
  }

  const Options& options_;
  std::unique_ptr<Stand> stand_;
};

}  // namespace

std::unique_ptr<Scenario> make_races(const Options& options) { return std::make_unique<Races>(options); }

}  // namespace shopflow::fault
