#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <set>

#include "integration/orders/fixture.hpp"
#include "shopflow/db/receipts.hpp"
#include "support/kept_answer.hpp"

namespace shopflow::orders {
namespace {

using payments::PaymentState;

class Checkout : public OrdersTest {};

TEST_F(Checkout, MakesAnOrderWithItsPaymentAndItsSecret) {
  const auto sku = add_sku(5);
  const auto cart = cart_with(sku, 2);
  const auto answer = check_out(cart);
  ASSERT_TRUE(answer) << answer.error().code;
  const auto order = view(*answer);
  EXPECT_EQ(order.cart_id, cart);
  EXPECT_EQ(order.state, OrderState::pending_payment);
  EXPECT_EQ(order.payment_status, PaymentStatus::unpaid);
  EXPECT_EQ(order.number, 1);
  EXPECT_EQ(order.subtotal.amount, 2000);
  EXPECT_EQ(order.shipping.amount, 490);
  EXPECT_EQ(order.tax.amount, 473);
  EXPECT_EQ(order.total.amount, 2963);
  EXPECT_EQ(order.shipping_address.city, "Berlin");
  ASSERT_EQ(order.lines.size(), 1U);
  EXPECT_EQ(order.lines[0].sku_id, sku);
  EXPECT_EQ(order.lines[0].quantity, 2);
  EXPECT_EQ(order.lines[0].price.amount, 1000);
  EXPECT_EQ(order.lines[0].tax.amount, 380);
  EXPECT_EQ(order.secret, secrets_.for_order(order.id));
  ASSERT_TRUE(order.payment);
  EXPECT_EQ(order.payment->state, PaymentState::requires_payment_method);
  EXPECT_EQ(order.payment->amount, order.total);
  EXPECT_EQ(order.payment->client_secret, "secret of " + order.payment->id.str());
  EXPECT_EQ(stage(cart), "checkout");
  EXPECT_EQ(history(order.id), "OrderCreated");
  move_stock();
  EXPECT_EQ(stock(sku), "3 available, 2 held, 0 sold");
}

TEST_F(Checkout, KeepsItsAnswerByteForByte) {
  const auto answer = check_out(cart_with(add_sku(1), 1), "sandbox", "a-key");
  ASSERT_TRUE(answer);
  std::optional<db::Receipt> kept;
  connection_.read(
      [&](db::Transaction& tx) { kept = testing::find_receipt(tx, *asked("a-key").receipt, clock_.now()); });
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->body, *answer);
  EXPECT_EQ(kept->status, 201);
}

TEST_F(Checkout, OfAnInvoiceWaitsForTheShop) {
  const auto order = placed(add_sku(1), 1, "manual");
  EXPECT_EQ(order.payment->provider, "manual");
  EXPECT_EQ(order.payment->state, PaymentState::requires_confirmation);
}

TEST_F(Checkout, IsRefusedForACartThatIsNoneOrEmptyOrDone) {
  const auto month = carts_->settings().idle_max;
  EXPECT_EQ(code(check_out(CartId::make(clock_.now() - month - std::chrono::seconds{1}))), "cart_not_found");
  EXPECT_EQ(code(check_out(CartId::make(clock_.now()))), "cart_empty") << "nothing is written of a new one";
  EXPECT_EQ(code(check_out(carts_->make().id)), "cart_empty");
  const auto empty = CartId::make(clock_.now());
  ASSERT_TRUE(run(carts_->submit({empty, carts::CreateCart{}, kTrace, {}})));
  EXPECT_EQ(code(check_out(empty)), "cart_empty");
  const auto cart = cart_with(add_sku(1), 1);
  ASSERT_TRUE(check_out(cart));
  EXPECT_EQ(code(check_out(cart)), "cart_checked_out");
  EXPECT_EQ(database_.number("SELECT count(*) FROM orders"), 1);
}

TEST_F(Checkout, IsRefusedForACartThatWasLeftAlone) {
  const auto cart = cart_with(add_sku(1), 1);
  clock_.advance(std::chrono::minutes{11});
  ASSERT_TRUE(run(carts_->submit({cart, carts::ExpireLines{}, kTrace, {}})));
  clock_.advance(std::chrono::hours{24 * 31});
  EXPECT_EQ(code(check_out(cart)), "cart_expired");
}

TEST_F(Checkout, IsRefusedForAProviderThatIsNotSetUp) {
  EXPECT_EQ(code(check_out(cart_with(add_sku(1), 1), "gold")), "unknown_provider");
}

TEST_F(Checkout, NamesTheLinesWhoseSkuIsNotSoldAnyMore) {
  const auto sku = add_sku(1);
  const auto cart = cart_with(sku, 1);
  database_.sql("UPDATE skus SET deleted_at = now()");
  const auto answer = check_out(cart);
  ASSERT_EQ(code(answer), "sku_not_for_sale");
  ASSERT_EQ(answer.error().fields.size(), 1U);
  EXPECT_EQ(answer.error().fields[0].pointer, "/items/0");
  EXPECT_EQ(stage(cart), "cart");
}

TEST_F(Checkout, IsRefusedWhereTheShopDoesNotShip) {
  const auto cart = cart_with(add_sku(1), 1);
  auto request = request_for(cart);
  request.shipping_method = "drone";
  EXPECT_EQ(code(run(orders_->check_out(request, asked()))), "shipping_not_available");
}

TEST_F(Checkout, IsRefusedForAPriceInAnotherCurrency) {
  const auto cart = cart_with(add_sku(1), 1);
  database_.sql("UPDATE skus SET currency = 'USD'");
  EXPECT_EQ(code(check_out(cart)), "wrong_currency");
}

TEST_F(Checkout, IsRefusedWhenThereIsNothingToPay) {
  const auto cart = cart_with(add_sku(1, 0), 1);
  auto request = request_for(cart);
  request.shipping_method = "pickup";
  EXPECT_EQ(code(run(orders_->check_out(request, asked()))), "total_zero");
}

TEST_F(Checkout, TakesLapsedLinesAgainIfTheyAreThere) {
  const auto sku = add_sku(2);
  const auto cart = cart_with(sku, 2);
  clock_.advance(std::chrono::minutes{11});
  ASSERT_TRUE(run(carts_->submit({cart, carts::ExpireLines{}, kTrace, {}})));
  EXPECT_EQ(stock(sku), "2 available, 0 held, 0 sold");
  ASSERT_TRUE(check_out(cart));
  EXPECT_EQ(stock(sku), "0 available, 2 held, 0 sold");
}

TEST_F(Checkout, NamesTheLapsedLinesThatAreGone) {
  const auto sku = add_sku(2);
  const auto cart = cart_with(sku, 2);
  clock_.advance(std::chrono::minutes{11});
  ASSERT_TRUE(run(carts_->submit({cart, carts::ExpireLines{}, kTrace, {}})));
  const auto other = cart_with(sku, 1);
  const auto answer = check_out(cart);
  ASSERT_EQ(code(answer), "insufficient_stock");
  ASSERT_EQ(answer.error().fields.size(), 1U);
  EXPECT_EQ(answer.error().fields[0].pointer, "/items/0");
  EXPECT_EQ(stage(cart), "cart");
  ASSERT_TRUE(check_out(other));
}

TEST_F(Checkout, OfOneCartManyTimesAtOnceMakesOneOrder) {
  const auto cart = cart_with(add_sku(1), 1);
  std::vector<boost::asio::awaitable<Answer>> works;
  for (int i = 0; i < 16; ++i) works.push_back(orders_->check_out(request_for(cart), asked()));
  int made = 0;
  for (const auto& answer : run_all(std::move(works))) {
    if (answer) {
      ++made;
    } else {
      EXPECT_EQ(answer.error().code, "cart_checked_out");
    }
  }
  EXPECT_EQ(made, 1);
  EXPECT_EQ(database_.number("SELECT count(*) FROM orders"), 1);
}

TEST_F(Checkout, OfManyCartsAtOnceGivesEachItsOwnNumber) {
  const auto sku = add_sku(100);
  std::vector<CartId> carts;
  for (int i = 0; i < 60; ++i) carts.push_back(cart_with(sku, 1));
  std::vector<boost::asio::awaitable<Answer>> works;
  for (const auto& cart : carts) works.push_back(orders_->check_out(request_for(cart), asked()));
  std::set<std::int64_t> numbers;
  for (const auto& answer : run_all(std::move(works))) {
    ASSERT_TRUE(answer);
    numbers.insert(view(*answer).number);
  }
  EXPECT_EQ(numbers.size(), 60U);
  move_stock();
  EXPECT_EQ(stock(sku), "40 available, 60 held, 0 sold");
}

TEST_F(Checkout, OfManyCartsAtOnceGivesEachItsOwnLinesAndCancellingThemLeavesThem) {
  const auto sku = add_sku(100);
  const auto other = add_sku(100);
  std::vector<boost::asio::awaitable<Answer>> checkouts;
  for (int i = 0; i < 20; ++i) {
    const auto cart = cart_with(sku, 1 + i % 4);
    if (i % 3 == 0) ASSERT_TRUE(run(carts_->submit({cart, carts::AddLines{{{other, 2}}}, kTrace, {}})));
    checkouts.push_back(orders_->check_out(request_for(cart), asked()));
  }
  std::vector<boost::asio::awaitable<Answer>> cancellations;
  for (const auto& answer : run_all(std::move(checkouts))) {
    ASSERT_TRUE(answer);
    cancellations.push_back(orders_->cancel(view(*answer).id, "changed_mind", asked()));
  }
  const auto as_in_their_carts = [&] {
    return database_.number(
        "SELECT count(*) FROM orders AS o JOIN carts AS c ON c.id = o.cart_id "
        "WHERE o.line_skus = c.sku_ids AND o.line_quantities = c.quantities "
        "AND o.line_shipped = array_fill(0, ARRAY[cardinality(c.sku_ids)]) "
        "AND o.subtotal = (SELECT sum(total) FROM unnest(o.line_totals) AS total) "
        "AND cardinality(o.line_taxes) = cardinality(c.sku_ids)");
  };
  EXPECT_EQ(as_in_their_carts(), 20);
  for (const auto& answer : run_all(std::move(cancellations))) EXPECT_TRUE(answer);
  EXPECT_EQ(as_in_their_carts(), 20);
}

TEST_F(Checkout, StandsEvenIfTheProviderCanNotBeReached) {
  provider_->down = true;
  const auto order = placed(add_sku(1), 1);
  EXPECT_EQ(code(pay(order.id)), "provider_unavailable");
  provider_->down = false;
  EXPECT_EQ(payment(pay(order.id)).state, PaymentState::succeeded);
  EXPECT_EQ(read(order.id).state, OrderState::paid);
}

TEST_F(Checkout, DoesNotWaitForASlowProvider) {
  std::optional<boost::asio::steady_timer> answers;
  bool is_placed = false;
  // Until the order is placed; whoever waits for it does so for a minute.
  provider_->before_create = [&]() -> boost::asio::awaitable<void> {
    if (is_placed) co_return;
    answers.emplace(co_await boost::asio::this_coro::executor, std::chrono::minutes{1});
    boost::system::error_code cancelled;
    co_await answers->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
  };
  const auto cart = cart_with(add_sku(1), 1);
  const auto work = [&]() -> boost::asio::awaitable<int> {
    auto placing = orders_->check_out(request_for(cart, "sandbox"), asked());
    const auto placed = co_await std::move(placing);
    EXPECT_TRUE(placed);
    const auto created = provider_->created;
    is_placed = true;
    if (answers) answers->cancel();
    co_return created;
  };
  EXPECT_EQ(run(work()), 0);
  EXPECT_EQ(provider_->created, 1);
}

TEST_F(Checkout, RemembersTheNameThatOnlyTheProviderKnew) {
  provider_->foretells = false;
  const auto order = placed(add_sku(1), 1);
  EXPECT_FALSE(order.payment->client_secret);
  EXPECT_EQ(database_.sql("SELECT provider_ref FROM payments"), ref_of(order));
  EXPECT_EQ(payment(pay(order.id)).state, PaymentState::succeeded);
}

TEST_F(Checkout, WhoseKeyATwinHasUsedBreaksAlone) {
  const auto sku = add_sku(2);
  ASSERT_TRUE(check_out(cart_with(sku, 1), "sandbox", "the-key"));
  const auto again = cart_with(sku, 1);
  EXPECT_EQ(code(check_out(again, "sandbox", "the-key")), "idempotency_conflict");
  EXPECT_EQ(stage(again), "cart");
  EXPECT_EQ(database_.number("SELECT count(*) FROM orders"), 1);
}

}  // namespace
}  // namespace shopflow::orders
