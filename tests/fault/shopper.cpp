#include "fault/shopper.hpp"

#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

using testing::Json;

// How many in a hundred do it.
constexpr int kMakesCartUnderKey = 50;
constexpr int kAddsUnderKey = 50;
constexpr int kGivesUp = 25;  // on a lost answer
constexpr int kChangesQuantity = 15;
constexpr int kRemovesLine = 8;
constexpr int kWantsScarce = 10;
constexpr int kLeaves = 10;  // with a full cart
constexpr int kPaysByInvoice = 10;
constexpr int kDoesNotPay = 5;
constexpr int kIsDeclined = 8;
constexpr int kProvesIdentity = 10;
constexpr int kPaysByDebit = 8;
constexpr int kCancels = 10;

Json checkout_body(bool by_invoice) {
  return {{"email", "ada@example.com"},
          {"shipping_method", "standard"},
          {"payment_provider", by_invoice ? "manual" : "sandbox"},
          {"shipping_address",
           {{"name", "Ada"},
            {"line1", "Unter den Linden 1"},
            {"postal_code", "10117"},
            {"city", "Berlin"},
            {"country", "DE"}}}};
}

}  // namespace

std::optional<testing::Answer> Shopper::insist(const std::string& method, const std::string& target,
                                               std::optional<Json> body) {
  testing::Fields headers;
  // Of a cart that is made without a key nothing is written before it is filled.
  if (method != "POST" || target != "/v1/carts" || dice_.chance(kMakesCartUnderKey))
    headers.push_back(testing::fresh_key());
  if (!secret_.empty()) headers.emplace_back("Shopflow-Secret", secret_);
  return wire_.insist({method, target, std::move(body), std::move(headers)}, dice_.chance(kGivesUp));
}

void Shopper::visit() {
  secret_.clear();
  const auto made = insist("POST", "/v1/carts", Json::object());
  if (!made || made->status != 201) return;
  cart_ = made->json().at("id");
  secret_ = made->json().at("secret");
  if (!fill() || closing_ || dice_.chance(kLeaves)) return;
  by_invoice_ = dice_.chance(kPaysByInvoice);
  if (!check_out() || closing_ || dice_.chance(kDoesNotPay)) return;
  if (!by_invoice_) pay();
  if (!closing_ && dice_.chance(kCancels)) cancel();
}

/// Without a key it is asked once, since a second time it would be added again.
std::optional<testing::Answer> Shopper::add(Json items) {
  const auto target = "/v1/carts/" + cart_ + "/items";
  if (dice_.chance(kAddsUnderKey)) return insist("POST", target, std::move(items));
  auto answer = wire_.ask({"POST", target, std::move(items), {{"Shopflow-Secret", secret_}}});
  if (answer && answer->status >= 500) return std::nullopt;
  return answer;
}

bool Shopper::fill() {
  const auto& articles = stand_.articles();
  const auto scarce = static_cast<int>(articles.size()) - 4;
  const auto last = static_cast<int>(articles.size()) - 1;
  const auto lines = dice_.between(1, 3);
  std::string sku;
  for (int i = 0; i < lines && !closing_; ++i) {
    const auto which =
        dice_.chance(kWantsScarce) ? dice_.between(scarce, last) : dice_.between(0, scarce - 1);
    sku = articles[static_cast<std::size_t>(which)].sku;
    const int units = dice_.between(1, 3);
    const Json item{{"sku_id", sku}, {"quantity", units}};
    const auto added = add(Json{{"items", Json::array({item})}});
    if (!added) book_.lines_in_doubt(cart_);
    if (!added || added->status != 200) return false;
    for (const auto& line : added->json().at("cart").at("lines"))
      book_.held(cart_, line.at("sku_id"), line.at("quantity"));
  }
  const auto line = "/v1/carts/" + cart_ + "/items/" + sku;
  if (!closing_ && dice_.chance(kChangesQuantity)) {
    const int units = dice_.between(1, 5);
    const auto changed = insist("PATCH", line, Json{{"quantity", units}});
    if (!changed) book_.lines_in_doubt(cart_);
    if (!changed) return false;
    if (changed->status == 200) book_.held(cart_, sku, units);
  }
  if (!closing_ && dice_.chance(kRemovesLine)) {
    book_.lines_in_doubt(cart_);
    if (!insist("DELETE", line, {})) return false;
  }
  return true;
}

bool Shopper::check_out() {
  book_.checkout_asked(cart_);
  const auto placed = insist("POST", "/v1/carts/" + cart_ + "/checkout", checkout_body(by_invoice_));
  if (!placed) return false;
  if (placed->status != 201) {
    book_.checkout_refused(cart_);
    return false;
  }
  const auto order = placed->json();
  book_.placed(order);
  order_ = order.at("id");
  secret_ = order.at("secret");
  payment_ = order.contains("payment") ? order.at("payment").at("id").get<std::string>() : std::string{};
  return true;
}

void Shopper::pay() {
  const auto attempt = [this](const char* method) -> std::string {
    const auto answer =
        insist("POST", "/v1/orders/" + order_ + "/payments", Json{{"payment_method", method}});
    if (!answer || answer->status != 200) return {};
    const auto body = answer->json();
    const auto state = body.contains("state") ? body.at("state").get<std::string>() : std::string{};
    if (body.contains("id")) payment_ = body.at("id");
    if (state == "succeeded") book_.paid(order_);
    return state;
  };
  if (dice_.chance(kIsDeclined)) {
    (void)attempt("pm_card_visa_chargeDeclined");
    if (closing_) return;
  }
  if (dice_.chance(kPaysByDebit)) {
    (void)attempt("pm_usBankAccount_success");
    return;
  }
  if (!dice_.chance(kProvesIdentity)) {
    (void)attempt("pm_card_visa");
    return;
  }
  if (attempt("pm_card_threeDSecure2Required") != "requires_action" || closing_) return;
  (void)insist("POST", "/v1/sandbox/payments/" + payment_ + "/authenticate", Json{{"outcome", "succeed"}});
}

void Shopper::cancel() {
  const auto answer = insist("POST", "/v1/orders/" + order_ + "/cancel", {});
  if (answer && answer->status == 200) book_.cancelled(order_);
}

}  // namespace shopflow::fault
