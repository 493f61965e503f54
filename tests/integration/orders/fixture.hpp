#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "integration/orders/fake_provider.hpp"
#include "shopflow/access/secrets.hpp"
#include "shopflow/carts/audit.hpp"
#include "shopflow/carts/memory.hpp"
#include "shopflow/carts/service.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/events/handler.hpp"
#include "shopflow/events/outbox.hpp"
#include "shopflow/inventory/audit.hpp"
#include "shopflow/inventory/handler.hpp"
#include "shopflow/inventory/stock_store.hpp"
#include "shopflow/orders/audit.hpp"
#include "shopflow/orders/service.hpp"
#include "shopflow/payments/manual_provider.hpp"
#include "support/kept_answer.hpp"
#include "support/run.hpp"
#include "support/shop_rows.hpp"
#include "support/test_database.hpp"

namespace shopflow::orders {

using shopflow::testing::kept_answer;
using shopflow::testing::run;
using shopflow::testing::run_all;

inline constexpr const char* kTrace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A shop with a product, SKUs as a test makes them, carts, and orders over a provider of the test's own. The
/// inventory follows the events when a test says so. Afterwards every audit has to say that nothing differs.
class OrdersTest : public ::testing::Test {
 protected:
  using Answer = Result<std::string>;

  void SetUp() override {
    providers_.add(provider_);
    providers_.add(std::make_shared<payments::ManualProvider>());
    orders_ = make_orders();
  }

  void TearDown() override {
    move_stock();
    connection_.transact([&](db::Transaction& tx) {
      for (const auto& d : inventory::audit_stock(tx)) ADD_FAILURE() << d.check << " " << d.subject;
      for (const auto& d : carts::audit_carts(tx, clock_.now()).problems) {
        ADD_FAILURE() << d.check << " " << d.subject;
      }
      for (const auto& d : audit_orders(tx, clock_.now())) {
        ADD_FAILURE() << d.check << " " << d.subject << " " << d.expected << " " << d.found;
      }
    });
  }

  SkuId add_sku(std::int32_t on_hand, std::int64_t price = 1000) {
    const auto id = testing::add_sku(database_, product_, {.price = price}, clock_.now());
    testing::add_stock(database_, id, on_hand);
    return id;
  }

  std::unique_ptr<OrderService> make_orders(std::size_t lanes = 2) {
    return make_orders(lanes, carts_->memory());
  }
  /// At another server, which remembers nothing of what this one does.
  std::unique_ptr<OrderService> make_others() { return make_orders(2, elsewhere_); }

  std::unique_ptr<OrderService> make_orders(std::size_t lanes, carts::CartMemory& memory,
                                            OrderSettings settings = {}) {
    return std::make_unique<OrderService>(
        OrderParts{pool_, stock_, outbox_, providers_, secrets_, clock_, memory},
        db::LaneSettings{.name = "orders",
                         .connection = database_.settings(),
                         .lanes = lanes,
                         .queue_max = 1000,
                         .crowd = 1},
        Pricing{{*Currency::parse("EUR"),
                 {{"DE", "standard", 490}, {"DE", "pickup", 0}, {"*", "standard", 1500}},
                 {{"DE", 1900}}}},
        settings);
  }

  CartId cart_with(SkuId sku, std::int32_t quantity) {
    const auto id = CartId::make(clock_.now());
    EXPECT_TRUE(run(carts_->submit({id, carts::CreateCart{}, kTrace, {}})));
    const auto added = run(carts_->submit({id, carts::AddLines{{{sku, quantity}}}, kTrace, {}}));
    EXPECT_TRUE(added);
    return id;
  }

  static CheckoutRequest request_for(CartId cart, std::string provider = "sandbox") {
    return {cart,
            "ada@example.com",
            {.name = "Ada", .line1 = "Ring 1", .city = "Berlin", .postal_code = "10115", .country = "DE"},
            std::nullopt,
            "standard",
            std::move(provider)};
  }

  static Asked asked(const std::string& key = {}) {
    Asked by{kTrace, std::nullopt};
    if (!key.empty()) by.receipt = db::ReceiptKey{"test", key, {1}};
    return by;
  }

  Answer check_out(CartId cart, std::string provider = "sandbox", const std::string& key = {}) {
    return run(orders_->check_out(request_for(cart, std::move(provider)), asked(key)));
  }
  /// An order that waits for its money.
  OrderView placed(SkuId sku, std::int32_t quantity, std::string provider = "sandbox") {
    const auto answer = check_out(cart_with(sku, quantity), std::move(provider));
    if (!answer) throw std::runtime_error{answer.error().code + ": " + answer.error().detail};
    return view(*answer);
  }
  OrderView paid(SkuId sku, std::int32_t quantity) {
    const auto order = placed(sku, quantity);
    EXPECT_EQ(payment(pay(order.id)).state, payments::PaymentState::succeeded);
    return read(order.id);
  }
  Answer pay(OrderId order, std::string method = "pm_card_visa") {
    return run(orders_->pay(order, std::move(method), asked()));
  }
  Answer cancel(OrderId order) { return run(orders_->cancel(order, "changed_mind", asked())); }
  Answer refund(OrderId order, std::optional<std::int64_t> amount = {},
                std::vector<events::Units> back = {}) {
    std::optional<Money> money;
    if (amount) money = Money{*amount, *Currency::parse("EUR")};
    return run(orders_->refund(order, {money, "broken", std::move(back)}, asked()));
  }
  OrderView read(OrderId order) { return run(orders_->read(order)).value(); }

  /// What the provider would tell of an order's payment by webhook.
  payments::PaymentNotice notice(const OrderView& order, payments::Snapshot snapshot,
                                 std::optional<std::string> id = {}) {
    return {order.payment->id, order.id, "sandbox", std::move(snapshot), std::move(id)};
  }
  static std::string ref_of(const OrderView& order) { return "pi_" + order.payment->id.str(); }

  static OrderView view(const std::string& answer) { return json::read_trusted<OrderView>(answer); }
  static PaymentView payment(const Answer& answer) {
    if (!answer) throw std::runtime_error{answer.error().code + ": " + answer.error().detail};
    return json::read_trusted<PaymentView>(*answer);
  }
  template <class T>
  static std::string code(const Result<T>& answer) {
    return answer ? std::string{} : answer.error().code;
  }

  /// The inventory follows the orders' events up to now.
  void move_stock() {
    auto subscription = events::subscribe(inventory_);
    auto batch = subscription.begin();
    const auto count = database_.number("SELECT count(*) FROM events");
    for (auto position = seen_ + 1; position <= count; ++position) {
      const auto at = " FROM events WHERE position = " + std::to_string(position);
      events::Envelope envelope;
      envelope.type = database_.sql("SELECT type" + at);
      batch->on(envelope, database_.sql("SELECT data" + at));
    }
    seen_ = count;
    connection_.transact([&](db::Transaction& tx) { batch->apply(tx); });
  }

  std::string stock(const SkuId& sku) {
    return database_.sql(
        "SELECT (on_hand - held - sold) || ' available, ' || held || ' held, ' || sold || ' sold' FROM stock "
        "WHERE sku_id = '" +
        to_hyphenated(sku.value) + "'");
  }
  std::string history(OrderId order) {
    return database_.sql(
        "SELECT coalesce(string_agg(type, ' ' ORDER BY sequence), '') FROM events WHERE aggregate = 'order' "
        "AND aggregate_id = '" +
        to_hyphenated(order.value) + "'");
  }
  std::string stage(CartId cart) {
    return database_.sql("SELECT stage FROM carts WHERE id = '" + to_hyphenated(cart.value) + "'");
  }

  testing::TestDatabase database_;
  ManualClock clock_{std::chrono::floor<std::chrono::milliseconds>(SystemClock{}.now())};
  ProductId product_ = testing::add_product(database_, "Mug", clock_.now());
  db::Connection connection_{database_.settings()};
  db::Pool pool_{{.connection = database_.settings(), .connections = 2}};
  events::Outbox outbox_{[] {}};
  inventory::StockStore stock_{[](const std::vector<SkuId>&) {}};
  inventory::InventoryHandler inventory_{stock_, outbox_, clock_};
  access::Secrets secrets_{access::Secrets::Key{7}};
  std::shared_ptr<FakeProvider> provider_ = std::make_shared<FakeProvider>();
  payments::Providers providers_;
  std::unique_ptr<carts::CartService> carts_ = std::make_unique<carts::CartService>(
      db::LaneSettings{.name = "carts", .connection = database_.settings(), .queue_max = 1000}, stock_,
      outbox_, clock_, carts::CartSettings{});
  carts::CartMemory elsewhere_;
  std::unique_ptr<OrderService> orders_;
  std::int64_t seen_ = 0;
};

}  // namespace shopflow::orders
