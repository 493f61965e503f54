#include "bench/shoppers.hpp"

#include <algorithm>

#include "bench/requests.hpp"

namespace shopflow::bench {
namespace {

constexpr std::string_view kId = R"("id":")";
constexpr std::string_view kSecret = R"("secret":")";

std::string secret_field(const Cart& cart) { return "Shopflow-Secret: " + cart.secret + "\r\n"; }

void ask_for_cart(std::string& out) { append_request(out, "POST", "/v1/carts", "", "{}"); }

Cart made_cart(const Answer& answer) {
  Cart cart{std::string{text_after(answer.body, kId)}, std::string{text_after(answer.body, kSecret)}, {}};
  expect(answer.status == 201 && !cart.id.empty() && !cart.secret.empty(), answer, "a new cart");
  return cart;
}

std::string item(const Article& article) { return R"({"sku_id":")" + article.sku + R"(","quantity":1})"; }

void ask_for_items(std::string& out, const Cart& cart, const std::string& items) {
  append_request(out, "POST", "/v1/carts/" + cart.id + "/items", secret_field(cart),
                 R"({"items":[)" + items + "]}");
}

void ask_for_basket(std::string& out, const Cart& cart, const Catalogue& catalogue) {
  const auto& [first, second, third] = cart.articles;
  ask_for_items(out, cart,
                item(catalogue[first]) + "," + item(catalogue[second]) + "," + item(catalogue[third]));
}

std::string outcome(const Article& article) {
  return R"({"sku_id":")" + article.sku + R"(","quantity":1,"outcome":"reserved"})";
}

void expect_basket(const Answer& answer, const Cart& cart, const Catalogue& catalogue) {
  const auto& [first, second, third] = cart.articles;
  const auto outcomes = R"("outcomes":[)" + outcome(catalogue[first]) + "," + outcome(catalogue[second]) +
                        "," + outcome(catalogue[third]) + "]}";
  expect(answer.status == 200 && text_after(answer.body, kId) == cart.id && answer.body.ends_with(outcomes),
         answer, "a cart with three reserved lines");
}

void ask_for_order(std::string& out, const Cart& cart) {
  append_request(out, "POST", "/v1/carts/" + cart.id + "/checkout",
                 secret_field(cart) + "Idempotency-Key: order-" + cart.id + "\r\n",
                 R"({"email":"ada@example.com","shipping_method":"standard","payment_provider":"manual",)"
                 R"("shipping_address":{"name":"Ada","line1":"Unter den Linden 1","postal_code":"10117",)"
                 R"("city":"Berlin","country":"DE"}})");
}

void expect_lines(const Answer& answer, const Cart& cart, const Catalogue& catalogue) {
  auto rest = answer.body;
  for (const auto place : cart.articles) {
    const auto at = rest.find(R"("sku_id":")" + catalogue[place].sku + '"');
    expect(at != std::string_view::npos, answer, "an order with the cart's lines");
    rest.remove_prefix(at);
    expect(rest.substr(0, rest.find('}')).find(R"("quantity":1,)") != std::string_view::npos, answer,
           "an order with the cart's quantities");
  }
}

void expect_order(const Answer& answer, const Cart& cart, const Catalogue& catalogue) {
  expect(answer.status == 201 && text_after(answer.body, R"("cart_id":")") == cart.id &&
             text_after(answer.body, R"("state":")") == "pending_payment",
         answer, "an order of the cart " + cart.id);
  expect_lines(answer, cart, catalogue);
}

}  // namespace

bool Reader::ask(std::string& out) {
  next_ = (next_ + 1) % pages_.size();
  out += pages_[next_].request;
  return true;
}

Shopper::Step Reader::answered(const Answer& answer) {
  const auto& page = pages_[next_];
  expect(answer.status == 200 && answer.body.starts_with(page.body), answer, page.body);
  return Step::done;
}

bool StockReader::ask(std::string& out) {
  asked_ = dice_.below(catalogue_.size());
  append_request(out, "GET", "/v1/products/" + catalogue_[asked_].product + "/inventory", "", "");
  return true;
}

Shopper::Step StockReader::answered(const Answer& answer) {
  const auto& product = catalogue_[asked_].product;
  expect(answer.status == 200 && text_after(answer.body, R"({"product_id":")") == product &&
             answer.body.find(R"(","available":)") == product.size() + 15,
         answer, "the stock of " + product);
  return Step::done;
}

bool CartMaker::ask(std::string& out) {
  if (filling_) {
    ask_for_basket(out, cart_, *catalogue_);
    return true;
  }
  if (!budget_.take()) return false;
  ask_for_cart(out);
  return true;
}

Shopper::Step CartMaker::answered(const Answer& answer) {
  if (filling_) {
    expect_basket(answer, cart_, *catalogue_);
  } else {
    cart_ = made_cart(answer);
    if (catalogue_ != nullptr) {
      cart_.articles = dice_.three_below(catalogue_->size());
      filling_ = true;
      return Step::more;
    }
  }
  filling_ = false;
  pool_.put(std::move(cart_));
  return Step::done;
}

void Patience::asks() {
  if (refusals_ != nullptr) asked_at_ = std::chrono::steady_clock::now();
}

bool Patience::is_refused(const Answer& answer) {
  if (refusals_ == nullptr || answer.status != 503) return false;
  expect(answer.retry_after, answer, "a refusal with Retry-After");
  const auto took = std::chrono::steady_clock::now() - asked_at_;
  refusals_->latency.add(std::chrono::duration_cast<std::chrono::microseconds>(took));
  return true;
}

bool Holder::ask(std::string& out) {
  if (cart_ == nullptr || held_.size() == kHoldsPerCart) {
    cart_ = pool_.take();
    held_.clear();
    if (cart_ == nullptr) return false;
  }
  held_.push_back(dice_.below(catalogue_.size()));
  ask_for_items(out, *cart_, item(catalogue_[held_.back()]));
  return true;
}

Shopper::Step Holder::answered(const Answer& answer) {
  const auto& article = catalogue_[held_.back()];
  expect(answer.status == 200 && text_after(answer.body, kId) == cart_->id &&
             answer.body.ends_with(R"("outcomes":[)" + outcome(article) + "]}"),
         answer, "a reserved unit of " + article.sku);
  const auto units = std::ranges::count(held_, held_.back());
  const auto line = answer.body.substr(answer.body.find(R"({"sku_id":")" + article.sku));
  expect(line.substr(0, line.find('}')).find(R"("quantity":)" + std::to_string(units) + ",") !=
             std::string_view::npos,
         answer, std::to_string(units) + " units of " + article.sku);
  return Step::done;
}

bool Buyer::ask(std::string& out) {
  if (!refused_) cart_ = pool_.take();
  if (cart_ == nullptr) return false;
  ask_for_order(out, *cart_);
  patience_.asks();
  return true;
}

Shopper::Step Buyer::answered(const Answer& answer) {
  refused_ = patience_.is_refused(answer);
  if (refused_) return Step::uncounted;
  expect_order(answer, *cart_, catalogue_);
  return Step::done;
}

bool Traveller::ask(std::string& out) {
  switch (stop_) {
    case Stop::cart:
      if (budget_ != nullptr && !budget_->take()) return false;
      ask_for_cart(out);
      break;
    case Stop::items:
      ask_for_basket(out, cart_, catalogue_);
      break;
    case Stop::checkout:
      ask_for_order(out, cart_);
      break;
    case Stop::payment:
      append_request(out, "POST", "/v1/admin/orders/" + order_ + "/mark-paid",
                     "Authorization: Bearer " + admin_key_ + "\r\nIdempotency-Key: paid-" + order_ + "\r\n",
                     "");
      break;
  }
  return true;
}

Shopper::Step Traveller::answered(const Answer& answer) {
  switch (stop_) {
    case Stop::cart:
      cart_ = made_cart(answer);
      cart_.articles = dice_.three_below(catalogue_.size());
      stop_ = Stop::items;
      return Step::more;
    case Stop::items:
      expect_basket(answer, cart_, catalogue_);
      stop_ = Stop::checkout;
      return Step::more;
    case Stop::checkout:
      expect_order(answer, cart_, catalogue_);
      order_ = text_after(answer.body, kId);
      stop_ = Stop::payment;
      return Step::more;
    case Stop::payment:
      expect(answer.status == 200 && text_after(answer.body, kId) == order_ &&
                 text_after(answer.body, R"("state":")") == "paid",
             answer, "the paid order " + order_);
      stop_ = Stop::cart;
      return Step::done;
  }
  return Step::uncounted;
}

}  // namespace shopflow::bench
