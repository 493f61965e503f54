#include "shopflow/carts/service.hpp"

#include <gtest/gtest.h>

#include "integration/carts/fixture.hpp"
#include "shopflow/carts/reservations.hpp"
#include "shopflow/db/receipts.hpp"
#include "support/postgres_proxy.hpp"

namespace shopflow::carts {
namespace {

class CartServiceTest : public CartsTest {};

TEST_F(CartServiceTest, ACartIsReadBackAsItWasLeft) {
  const auto mug = add_sku(10);
  const auto cup = add_sku(10);
  const auto cart = make_cart();
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 2}, {cup, 3}}}));
  ASSERT_TRUE(submit(cart, ChangeLine{mug, 5}));
  ASSERT_TRUE(submit(cart, RemoveLine{cup}));
  std::optional<CartState> read;
  connection_.read([&](db::Transaction& tx) { read = read_cart(tx, cart); });
  ASSERT_TRUE(read);
  EXPECT_EQ(read->lines, (std::vector<CartLine>{{mug, 5, 5, clock_.now() + settings_.hold}}));
  EXPECT_EQ(read->stage, Stage::cart);
  EXPECT_EQ(held(cup), 0);
}

TEST_F(CartServiceTest, ARefusedCommandWritesNothing) {
  const auto mug = add_sku(1);
  const auto cart = make_cart();
  EXPECT_EQ(submit(cart, AddLines{{{mug, 2}}}).error().code, "insufficient_stock");
  EXPECT_EQ(database_.sql("SELECT version FROM carts"), "1");
  EXPECT_EQ(database_.number("SELECT count(*) FROM stock_ledger WHERE movement = 'hold'"), 0);
}

TEST_F(CartServiceTest, FiveHundredShoppersOnAHundredUnitsHoldExactlyAHundred) {
  const auto mug = add_sku(100);
  const auto carts = make_carts(500);
  std::vector<boost::asio::awaitable<Result<CartOutcome>>> works;
  for (const auto& cart : carts) works.push_back(service_->submit(command(cart, AddLines{{{mug, 1}}})));
  std::size_t taken = 0;
  for (const auto& outcome : run_all(std::move(works))) {
    if (outcome) {
      ++taken;
    } else {
      EXPECT_EQ(outcome.error().code, "insufficient_stock");
    }
  }
  EXPECT_EQ(taken, 100U);
  EXPECT_EQ(held(mug), 100);
  EXPECT_EQ(events(), "StockChanged LowStock");
}

TEST_F(CartServiceTest, TwoServersShareTheStockWithoutADeadlockAndWithoutOverselling) {
  const auto other = make_service();
  std::vector<SkuId> skus;
  for (int i = 0; i < 5; ++i) skus.push_back(add_sku(40));
  const auto carts = make_carts(200);
  std::vector<boost::asio::awaitable<Result<CartOutcome>>> works;
  for (std::size_t i = 0; i < carts.size(); ++i) {
    auto& server = i % 2 == 0 ? *service_ : *other;
    AddLines add{{{skus[i % 5], 1}, {skus[(i + 3) % 5], 1}, {skus[(i + 1) % 5], 1}}};
    works.push_back(server.submit(command(carts[i], std::move(add))));
    works.push_back(other->submit(command(carts[i], RenewLines{})));
  }
  for (const auto& outcome : run_all(std::move(works))) {
    if (!outcome) EXPECT_EQ(outcome.error().code, "insufficient_stock") << outcome.error().detail;
  }
  for (const auto& sku : skus) EXPECT_EQ(held(sku), 40);
}

TEST_F(CartServiceTest, TwoSessionsOfOneShopperAddToOneCartAtOnce) {
  const auto other = make_service();
  const auto mug = add_sku(100);
  const auto cart = make_cart();
  std::vector<boost::asio::awaitable<Result<CartOutcome>>> works;
  for (int i = 0; i < 30; ++i) {
    works.push_back((i % 2 == 0 ? *service_ : *other).submit(command(cart, AddLines{{{mug, 2}}})));
  }
  for (const auto& outcome : run_all(std::move(works))) EXPECT_TRUE(outcome);
  EXPECT_EQ(held(mug), 60);
}

TEST_F(CartServiceTest, ACommandThatBreaksItsBatchFailsAloneAndTheOthersGoThrough) {
  service_ = make_service(1);
  const auto mug = add_sku(100);
  const auto carts = make_carts(20);
  const db::ReceiptKey key{"anyone POST /v1/carts/{id}/items", "the same key twice", {}};
  std::vector<boost::asio::awaitable<Result<CartOutcome>>> works;
  for (std::size_t i = 0; i < carts.size(); ++i) {
    auto one = command(carts[i], AddLines{{{mug, 1}}});
    // A key that two commands share violates the primary key of the receipts, whatever batch they are in.
    if (i == 7 || i == 13)
      one.keep = KeptAnswer{key, 200, [](const CartOutcome&) { return std::string{"{}"}; }};
    works.push_back(service_->submit(std::move(one)));
  }
  const auto outcomes = run_all(std::move(works));
  for (std::size_t i = 0; i < outcomes.size(); ++i) EXPECT_EQ(outcomes[i].has_value(), i != 13) << i;
  EXPECT_EQ(outcomes[13].error().code, "idempotency_conflict");
  EXPECT_EQ(held(mug), 19);
}

TEST_F(CartServiceTest, TheAnswerIsKeptWithItsEffectAndNotAtAllWhenThereIsNone) {
  const auto mug = add_sku(1);
  const auto cart = make_cart();
  const auto add = [&](std::string key) {
    auto one = command(cart, AddLines{{{mug, 1}}});
    one.keep = KeptAnswer{{"scope", std::move(key), {}}, 200, [](const CartOutcome& outcome) {
                            return outcome.skus->begin()->second->code;
                          }};
    return run(service_->submit(std::move(one)));
  };
  const auto first = add("one");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->rendered, to_hyphenated(mug.value));
  EXPECT_EQ(add("two").error().code, "insufficient_stock");
  EXPECT_EQ(kept_answer(database_, {"scope", "one", {}}), to_hyphenated(mug.value));
  EXPECT_EQ(database_.number("SELECT count(*) FROM receipts"), 1);
}

TEST_F(CartServiceTest, ACommitWhoseAnswerIsLostIsFoundByWhatItWrote) {
  shopflow::testing::PostgresProxy proxy{database_.url()};
  CartService through{{.name = "carts", .connection = {.url = proxy.url()}, .lanes = 1, .queue_max = 1000},
                      stock_,
                      outbox_,
                      clock_,
                      settings_};
  const auto sku = add_sku(8);
  const auto cart = CartId::make(clock_.now());
  proxy.lose_next_answer_to_commit();
  ASSERT_TRUE(run(through.submit(command(cart, CreateCart{}))));
  proxy.lose_next_answer_to_commit();
  const auto added = run(through.submit(command(cart, AddLines{{{sku, 2}}})));
  ASSERT_TRUE(added) << added.error().code;
  EXPECT_EQ(added->lines.at(0).outcome, LineResult::reserved);
  const auto first = through.make().id;
  proxy.lose_next_answer_to_commit();
  const auto filled = run(through.submit(command(first, AddLines{{{sku, 1}}})));
  ASSERT_TRUE(filled) << filled.error().code;
  EXPECT_EQ(database_.number("SELECT held FROM stock"), 3);
  ASSERT_TRUE(run(through.submit(command(first, RemoveLine{sku}))));
  ASSERT_TRUE(run(through.submit(command(cart, AddLines{{{sku, 1}}}))));
  const auto quick = through.stats().quick;
  proxy.lose_next_answer_to_commit();
  ASSERT_TRUE(run(through.submit(command(cart, AddLines{{{sku, 1}}}))));
  EXPECT_EQ(proxy.lost(), 4) << "by a statement of its own";
  EXPECT_EQ(through.stats().quick, quick);
  proxy.lose_next_answer_to_commit();
  const auto refused = run(through.submit(command(cart, AddLines{{{sku, 5}}})));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "insufficient_stock");
  EXPECT_EQ(database_.number("SELECT held FROM stock"), 4);
  clock_.advance(std::chrono::hours{1});
  proxy.lose_next_answer_to_commit();
  ASSERT_TRUE(run(through.submit(command(cart, ExpireLines{}))));
  EXPECT_EQ(proxy.lost(), 6);
  EXPECT_EQ(database_.number("SELECT held FROM stock"), 0);
}

TEST_F(CartServiceTest, ACheckoutBindsTheCartInTheTransactionOfItsOrder) {
  orders_hold_nothing_ = false;
  const auto mug = add_sku(5);
  const auto cart = make_cart();
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 2}}}));
  const auto order = OrderId::make(clock_.now());
  const auto deadline = clock_.now() + std::chrono::minutes{15};
  connection_.transact([&](db::Transaction& tx) {
    auto carts = load_carts(tx, {cart, cart, CartId::make(clock_.now())});
    ASSERT_EQ(carts.size(), 1U);
    ASSERT_TRUE(start_checkout(carts[0], order, deadline));
    save_carts(tx, carts, clock_.now());
  });
  EXPECT_EQ(submit(cart, AddLines{{{mug, 1}}}).error().code, "cart_checked_out");
  connection_.read([&](db::Transaction& tx) {
    EXPECT_TRUE(find_due_orders(tx, clock_.now(), {}, 10).empty());
    const auto due = find_due_orders(tx, clock_.now() + settings_.hold, {}, 10);
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].order_id, order);
    EXPECT_EQ(due[0].stage, Stage::checkout);
    EXPECT_EQ(due[0].bound, clock_.now() + settings_.hold);
    EXPECT_EQ(due[0].deadline, deadline);
    EXPECT_TRUE(find_due_orders(tx, deadline, due[0], 10).empty());
  });
}

TEST_F(CartServiceTest, CartsSavedTogetherKeepEachItsOwnLines) {
  const auto mug = add_sku(10);
  const auto cup = add_sku(10);
  const auto ids = make_carts(5);
  ASSERT_TRUE(submit(ids[1], AddLines{{{mug, 1}}}));
  clock_.advance(std::chrono::seconds{1});
  ASSERT_TRUE(submit(ids[3], AddLines{{{mug, 2}, {cup, 3}}}));
  connection_.transact([&](db::Transaction& tx) {
    auto carts = load_carts(tx, ids);
    ASSERT_EQ(carts.size(), 5U);
    for (auto& cart : carts) cart.changed = true;
    save_carts(tx, carts, clock_.now());
    EXPECT_EQ(load_carts(tx, ids), carts);
  });
}

TEST_F(CartServiceTest, ACartSavedWithAnOldVersionIsRefused) {
  const auto cart = make_cart();
  connection_.transact([&](db::Transaction& tx) {
    auto carts = load_carts(tx, {cart});
    carts[0].version = 7;
    carts[0].changed = true;
    EXPECT_THROW(save_carts(tx, carts, clock_.now()), std::logic_error);
  });
}

TEST_F(CartServiceTest, LoadedCartsStayLockedUntilTheCommit) {
  const auto cart = make_cart();
  auto impatient = database_.settings();
  impatient.lock_timeout = std::chrono::milliseconds{20};
  db::Connection other{impatient};
  connection_.transact([&](db::Transaction& tx) {
    (void)load_carts(tx, {cart});
    EXPECT_THROW(other.transact([&](db::Transaction& second) { (void)load_carts(second, {cart}); }),
                 db::SqlError);
  });
}

TEST_F(CartServiceTest, TheAuditNamesWhatIsWrong) {
  const auto cart = make_cart();
  database_.sql(
      "UPDATE carts SET sku_ids = ARRAY[gen_random_uuid()], quantities = '{2}', held = '{1}', "
      "deadlines = ARRAY[now()]");
  connection_.read([&](db::Transaction& tx) {
    const auto audit = audit_carts(tx, clock_.now());
    ASSERT_EQ(audit.problems.size(), 2U);
    EXPECT_EQ(audit.problems[0].subject, cart.str());
    EXPECT_EQ(audit.held.size(), 1U);
  });
  database_.sql("DELETE FROM carts");
}

}  // namespace
}  // namespace shopflow::carts
