#include "integration/orders/fixture.hpp"
#include "shopflow/orders/orders_api.hpp"

namespace shopflow::orders {
namespace {

/// The endpoints as the router calls them.
class OrdersOverHttp : public OrdersTest {
 protected:
  http::Request request(const std::string& id, std::string_view secret = {}, const std::string& key = {}) {
    http::Request made;
    made.params = {{"id", id}};
    if (!secret.empty()) made.headers.add("Shopflow-Secret", std::string{secret});
    if (!key.empty()) made.receipt_key = db::ReceiptKey{"test", key, {1}};
    made.trace = {"4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"};
    return made;
  }
  http::Request of(const OrderView& order, const std::string& key = {}) {
    return request(order.id.str(), secrets_.for_order(order.id), key);
  }
  http::Request by_staff(const OrderView& order) { return request(order.id.str()); }
  static CheckoutBody body() {
    return {"ada@example.com",
            {.name = "Ada", .line1 = "Ring 1", .city = "Berlin", .postal_code = "10115", .country = "DE"},
            std::nullopt,
            "standard",
            "sandbox"};
  }
  template <class Reply>
  static auto value(const Result<Reply>& reply) {
    using Value = typename Reply::Value;
    if (!reply) throw std::runtime_error{reply.error().code};
    if (reply->body.index() == 0) return std::get<0>(reply->body);
    return json::read_trusted<Value>(std::get<1>(reply->body));
  }

  std::unique_ptr<OrderService> service_ = make_orders();
  OrdersApi api_{*service_, pool_, secrets_};
};

TEST_F(OrdersOverHttp, ACartIsCheckedOutByWhoeverHasItsSecret) {
  const auto cart = cart_with(add_sku(1), 1);
  const auto secret = secrets_.for_cart(cart);
  EXPECT_EQ(code(run(api_.check_out(request(cart.str()), body()))), "secret_required");
  EXPECT_EQ(code(run(api_.check_out(request(cart.str(), "guess"), body()))), "secret_mismatch");
  EXPECT_EQ(code(run(api_.check_out(request("crt_x", secret), body()))), "invalid_id");
  const auto order = value(run(api_.check_out(request(cart.str(), secret, "k"), body())));
  EXPECT_EQ(order.cart_id, cart);
  EXPECT_EQ(order.secret, secrets_.for_order(order.id));
  EXPECT_EQ(database_.number("SELECT count(*) FROM receipts WHERE status = 201"), 1);
  EXPECT_EQ(database_.sql("SELECT traceparent FROM events"), request("").trace.traceparent());
}

TEST_F(OrdersOverHttp, AnOrderIsShownAndPaidAndCancelledByWhoeverHasItsSecret) {
  const auto sku = add_sku(2);
  const auto order = placed(sku, 1);
  const auto other = placed(sku, 1);
  const auto wrong = request(order.id.str(), secrets_.for_order(other.id), "k0");
  EXPECT_EQ(code(run(api_.get(request(order.id.str())))), "secret_required");
  EXPECT_EQ(code(run(api_.get(wrong))), "secret_mismatch");
  EXPECT_EQ(code(run(api_.timeline(wrong))), "secret_mismatch");
  EXPECT_EQ(code(run(api_.pay(wrong, {"pm_card_visa"}))), "secret_mismatch");
  EXPECT_EQ(code(run(api_.cancel(wrong))), "secret_mismatch");
  const auto nobody = OrderId::make(clock_.now());
  const auto missing = request(nobody.str(), secrets_.for_order(nobody));
  EXPECT_EQ(code(run(api_.get(missing))), "order_not_found");
  EXPECT_EQ(code(run(api_.timeline(missing))), "order_not_found");

  const auto attempt = of(order, "k1");
  EXPECT_EQ(value(run(api_.pay(attempt, {"pm_card_visa"}))).state, payments::PaymentState::succeeded);
  const auto shown = value(run(api_.get(of(order))));
  EXPECT_EQ(shown.state, OrderState::paid);
  EXPECT_FALSE(shown.secret);
  const auto cancelled = value(run(api_.cancel(of(order, "k2"))));
  EXPECT_EQ(cancelled.state, OrderState::cancelled);
  EXPECT_EQ(cancelled.cancel_reason, "cancelled_by_shopper");
  EXPECT_EQ(database_.number("SELECT count(*) FROM receipts WHERE status = 200"), 2);

  const auto story = value(run(api_.timeline(of(order)))).data;
  ASSERT_EQ(story.size(), 4U);
  EXPECT_EQ(story[0].type, "OrderCreated");
  EXPECT_EQ(story[3].type, "RefundProcessed");
  EXPECT_EQ(story[3].sequence, 4);
  EXPECT_NE(story[1].data.text.find(order.payment->id.str()), std::string::npos);
}

TEST_F(OrdersOverHttp, TheStaffFindsOrdersByStateAndAddressNewestFirst) {
  const auto sku = add_sku(5);
  std::vector<OrderId> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(placed(sku, 1).id);
  ASSERT_TRUE(cancel(ids[2]));
  const auto page = [&](OrderPage wanted) { return value(run(api_.list(request(""), {std::move(wanted)}))); };
  const auto first = page({.limit = 2});
  ASSERT_EQ(first.data.size(), 2U);
  EXPECT_EQ(first.data[0].id, ids[4]);
  EXPECT_TRUE(first.has_more);
  const auto second = page({.cursor = OrderId::parse(*first.next_cursor), .limit = 2});
  EXPECT_EQ(second.data[0].id, ids[2]);
  const auto last = page({.cursor = OrderId::parse(*second.next_cursor), .limit = 2});
  ASSERT_EQ(last.data.size(), 1U);
  EXPECT_FALSE(last.has_more);
  EXPECT_FALSE(last.next_cursor);
  EXPECT_EQ(page({.state = OrderState::cancelled}).data.size(), 1U);
  EXPECT_EQ(page({.email = "ADA@example.com"}).data.size(), 5U);
  EXPECT_EQ(page({.email = "ada@example.co"}).data.size(), 0U);
}

TEST_F(OrdersOverHttp, TheStaffNotesRefundsAndCancels) {
  const auto order = paid(add_sku(1), 1);
  EXPECT_EQ(value(run(api_.note(by_staff(order), {"rings twice"}))).state, OrderState::paid);
  EXPECT_EQ(value(run(api_.get_as_staff(by_staff(order)))).note, "rings twice");
  EXPECT_FALSE(value(run(api_.get(of(order)))).note);
  const auto refund =
      value(run(api_.refund(by_staff(order), {Money{100, order.total.currency}, "late", {}})));
  EXPECT_EQ(refund.amount.amount, 100);
  EXPECT_EQ(value(run(api_.refunds(by_staff(order)))).data.at(0).state, RefundState::succeeded);
  EXPECT_EQ(value(run(api_.cancel_as_staff(by_staff(order), {"lost"}))).cancel_reason, "lost");
  EXPECT_EQ(value(run(api_.timeline_as_staff(by_staff(order)))).data.size(), 5U);
  const auto nobody = request(OrderId::make(clock_.now()).str());
  EXPECT_EQ(code(run(api_.get_as_staff(nobody))), "order_not_found");
  EXPECT_EQ(code(run(api_.refunds(nobody))), "order_not_found");
  EXPECT_EQ(code(run(api_.note(nobody, {"x"}))), "order_not_found");
}

TEST_F(OrdersOverHttp, TheStaffMarksAnInvoiceAsPaid) {
  const auto order = placed(add_sku(1), 1, "manual");
  EXPECT_EQ(value(run(api_.mark_paid(by_staff(order)))).state, OrderState::paid);
}

TEST_F(OrdersOverHttp, BodiesOfAnotherShapeAreRefused) {
  const auto problem = [](std::string_view text) {
    const auto read = json::read<CheckoutBody>(text);
    return read ? std::string{"fine"} : read.error().code + " " + read.error().fields.at(0).pointer;
  };
  const std::string address = R"({"name":"Ada","line1":"Ring 1","city":"Berlin","country":"DE"})";
  EXPECT_EQ(problem(R"({"email":"ada@example.com","shipping_address":)" + address +
                    R"(,"shipping_method":"standard"})"),
            "fine");
  EXPECT_EQ(problem(R"({"email":"ada","shipping_address":)" + address + R"(,"shipping_method":"standard"})"),
            "validation_failed /email");
  EXPECT_EQ(problem(R"({"email":"ada@example.com","shipping_address":{"name":"Ada","line1":"Ring 1",)"
                    R"("city":"Berlin","country":"Germany"},"shipping_method":"standard"})"),
            "validation_failed /shipping_address/country");
  EXPECT_EQ(problem(R"({"email":"ada@example.com","shipping_address":)" + address + "}"),
            "invalid_request /shipping_method");
  EXPECT_EQ(problem(R"({"email":"ada@example.com","shipping_address":)" + address +
                    R"(,"shipping_method":"standard","total":1})"),
            "invalid_request /total");
  EXPECT_FALSE(json::read<RefundBody>(R"({"reason":"x","amount":{"amount":0,"currency":"EUR"}})"));
  EXPECT_FALSE(json::read<RefundBody>(R"({"amount":{"amount":1,"currency":"EUR"}})"));
  EXPECT_TRUE(json::read<RefundBody>(R"({"reason":"x"})"));
  EXPECT_FALSE(json::read<AttemptBody>(R"({"payment_method":""})"));
}

}  // namespace
}  // namespace shopflow::orders
