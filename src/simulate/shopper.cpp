#include "simulate/shopper.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

namespace shopflow::simulate {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::json;

// How many in a hundred do it.
constexpr int kReadsStock = 50;
constexpr int kChangesQuantity = 20;
constexpr int kRemovesLine = 10;
constexpr int kAbandons = 15;
constexpr int kPaysByInvoice = 5;
constexpr int kIsDeclined = 8;
constexpr int kProvesIdentity = 10;
constexpr int kPaysByDebit = 3;
constexpr int kCancels = 5;

constexpr std::chrono::milliseconds kAfterError{50};

constexpr std::string_view kGoodCard = "pm_card_visa";
constexpr std::string_view kBadCard = "pm_card_visa_chargeDeclined";
constexpr std::string_view kCardWithProof = "pm_card_threeDSecure2Required";
constexpr std::string_view kDebit = "pm_usBankAccount_success";

}  // namespace

asio::awaitable<void> Shopper::shop() {
  while (std::chrono::steady_clock::now() < shop_.closes_at) {
    const auto errors = api_.tally()[Count::errors];
    co_await journey();
    api_.tally().count(Count::journeys);
    // A server that fails at once would else be asked thousands of times in a second.
    if (api_.tally()[Count::errors] > errors) co_await pause(kAfterError);
  }
}

asio::awaitable<void> Shopper::journey() {
  Call list;
  list.action = Action::list_products;
  list.target = "/v1/products?limit=20";
  const auto listed = co_await api_.send(list);
  if (!listed.ok()) co_return;
  const auto cart = co_await front_.make_cart();
  if (!cart) co_return;
  auto items = co_await fill(*cart);
  co_await change_mind(*cart, items);
  if (items.empty() || dice_.chance(kAbandons)) {
    api_.tally().count(Count::abandoned);
    co_return;
  }
  co_await buy(*cart);
}

asio::awaitable<std::vector<CartItem>> Shopper::fill(const Cart& cart) {
  std::vector<CartItem> items;
  const auto lines = dice_.between(1, 4);
  for (std::int64_t i = 0; i < lines; ++i) {
    const auto sku = co_await look();
    if (!sku) continue;
    const std::vector<CartItem> wanted{{*sku, dice_.between(1, 3)}};
    const auto held = co_await front_.add(cart, wanted);
    for (const auto& item : held) {
      if (std::ranges::find(items, item.sku_id, &CartItem::sku_id) == items.end()) items.push_back(item);
    }
  }
  co_return items;
}

asio::awaitable<std::optional<std::string>> Shopper::look() {
  const auto& product = shop_.products[shop_.choice.pick(dice_)];
  Call page;
  page.action = Action::read_product;
  page.target = "/v1/products/" + product;
  const auto answer = co_await api_.send(page);
  if (!answer.ok()) co_return std::nullopt;
  if (dice_.chance(kReadsStock)) {
    Call stock;
    stock.action = Action::read_inventory;
    stock.target = page.target + "/inventory";
    co_await api_.send(stock);
  }
  const auto json = Json::parse(answer.body);
  const auto& skus = json.at("skus");
  if (skus.empty()) co_return std::nullopt;
  const auto chosen = dice_.between(0, static_cast<std::int64_t>(skus.size()) - 1);
  co_return skus[static_cast<std::size_t>(chosen)].at("id").get<std::string>();
}

asio::awaitable<void> Shopper::change_mind(const Cart& cart, std::vector<CartItem>& items) {
  if (items.empty()) co_return;
  if (dice_.chance(kChangesQuantity)) {
    Call change;
    change.action = Action::change_item;
    change.method = http::Method::patch;
    change.target = fmt::format("/v1/carts/{}/items/{}", cart.id, items.front().sku_id);
    change.secret = cart.secret;
    change.body = Json{{"quantity", dice_.between(1, 5)}}.dump();
    change.refusals = {"insufficient_stock"};
    co_await api_.send(change);
  }
  if (dice_.chance(kRemovesLine)) {
    Call remove;
    remove.action = Action::remove_item;
    remove.method = http::Method::del;
    remove.target = fmt::format("/v1/carts/{}/items/{}", cart.id, items.back().sku_id);
    remove.secret = cart.secret;
    co_await api_.send(remove);
    items.pop_back();
  }
}

asio::awaitable<void> Shopper::buy(const Cart& cart) {
  const bool by_invoice = api_.may_administer() && dice_.chance(kPaysByInvoice);
  const auto number = dice_.between(1, 1'000'000);
  const Customer customer{fmt::format("Shopper {}", number), fmt::format("shopper{}@example.com", number),
                          dice_.chance(70) ? "DE" : "FR"};
  const auto order = co_await front_.check_out(cart, customer, by_invoice ? "manual" : "sandbox");
  if (!order) co_return;
  co_await pay(*order, by_invoice);
  const auto paid = co_await front_.wait_until_paid(*order);
  if (paid && dice_.chance(kCancels)) co_await cancel(*order);
}

asio::awaitable<void> Shopper::pay(const Order& order, bool by_invoice) {
  if (by_invoice) {
    Call mark;
    mark.action = Action::mark_paid;
    mark.method = http::Method::post;
    mark.target = "/v1/admin/orders/" + order.id + "/mark-paid";
    mark.as_admin = true;
    mark.keyed = true;
    co_await api_.send(mark);
    co_return;
  }
  if (dice_.chance(kIsDeclined)) {
    const auto state = co_await front_.pay(order, kBadCard);
    if (state == "requires_payment_method") api_.tally().count(Count::declined);
  }
  auto method = kGoodCard;
  if (dice_.chance(kProvesIdentity)) {
    method = kCardWithProof;
  } else if (dice_.chance(kPaysByDebit)) {
    method = kDebit;
  }
  const auto state = co_await front_.pay(order, method);
  if (state == "requires_action") co_await authenticate(order);
}

asio::awaitable<void> Shopper::authenticate(const Order& order) {
  // A declined attempt may have been replaced by another payment, so the current one is asked for.
  const auto seen = co_await front_.read(order);
  if (!seen) co_return;
  Call prove;
  prove.action = Action::authenticate;
  prove.method = http::Method::post;
  prove.target = "/v1/sandbox/payments/" + seen->payment_id + "/authenticate";
  prove.body = R"({"outcome":"succeed"})";
  co_await api_.send(prove);
}

asio::awaitable<void> Shopper::cancel(const Order& order) {
  Call cancel;
  cancel.action = Action::cancel;
  cancel.method = http::Method::post;
  cancel.target = "/v1/orders/" + order.id + "/cancel";
  cancel.secret = order.secret;
  cancel.keyed = true;
  // The warehouse may have been faster.
  cancel.refusals = {"illegal_transition"};
  const auto answer = co_await api_.send(cancel);
  if (answer.ok()) api_.tally().count(Count::cancelled);
}

}  // namespace shopflow::simulate
