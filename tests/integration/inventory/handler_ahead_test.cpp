#include "integration/inventory/fixture.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/inventory/handler.hpp"

namespace shopflow::inventory {
namespace {

const db::Statement kSeen{"handler_ahead_test.seen", R"(
SELECT coalesce((SELECT state::text FROM order_allocations WHERE order_id = $1), 'none') || ', '
    || coalesce((SELECT state::text FROM order_allocations WHERE order_id = $2), 'none') || ', '
    || (SELECT count(*) FROM stock_ledger WHERE movement = 'sell') || ' sales, ' || held || ' held'
FROM stock WHERE sku_id = $3
)"};

/// Two orders of two units each, the first of which was created in an earlier batch; a cart holds ten.
class InventoryAheadTest : public InventoryTest {
 protected:
  void SetUp() override {
    mug_ = add_sku(20, 10);
    connection_.transact([&](db::Transaction& tx) { batch(created(first_)).apply(tx); });
  }
  template <class... Event>
  InventoryHandler::Batch batch(const Event&... event) {
    auto made = handler_.begin();
    (made.on(events::Envelope{}, event), ...);
    return made;
  }
  events::OrderCreated created(const OrderId& order) const {
    events::OrderCreated event;
    event.order_id = order;
    event.lines = {{mug_, 2, 300}};
    return event;
  }
  events::PaymentReceived paid(const OrderId& order) const {
    events::PaymentReceived event;
    event.order_id = order;
    event.payment_id = PaymentId::make(now_);
    return event;
  }
  /// What a session sees of both orders, the ledger and the stock.
  std::string seen(db::Transaction& tx) const {
    return tx.exec(kSeen, first_, second_, mug_)[0].next<std::string>();
  }

  ManualClock clock_{now_};
  InventoryHandler handler_{store_, outbox_, clock_};
  OrderId first_ = OrderId::make(now_);
  OrderId second_ = OrderId::make(now_);
  SkuId mug_;
};

TEST_F(InventoryAheadTest, ABatchDoesNotWaitForTheOneBeforeIt) {
  db::Connection behind{database_.settings()};
  auto before = batch(paid(first_));
  auto after = batch(created(second_), paid(second_));
  behind.transact([&](db::Transaction& later) {
    connection_.transact([&](db::Transaction& tx) {
      before.apply(tx);
      after.apply_ahead(later);
      EXPECT_EQ(seen(tx), "sold, none, 1 sales, 8 held");
      EXPECT_EQ(seen(later), "held, sold, 1 sales, 10 held");
    });
    after.apply(later);
    EXPECT_EQ(seen(later), "sold, sold, 2 sales, 6 held");
  });
}

TEST_F(InventoryAheadTest, OrdersOfEarlierBatchesAreLeftToTheTurn) {
  auto mixed = batch(paid(first_), created(second_), paid(second_));
  connection_.transact([&](db::Transaction& tx) {
    mixed.apply_ahead(tx);
    EXPECT_EQ(seen(tx), "held, sold, 1 sales, 10 held");
    mixed.apply(tx);
    EXPECT_EQ(seen(tx), "sold, sold, 2 sales, 6 held");
  });
}

TEST_F(InventoryAheadTest, ABatchWithOtherNewsIsLeftToItsTurnAsAWhole) {
  events::OrderCancelled cancelled;
  cancelled.order_id = first_;
  auto mixed = batch(created(second_), paid(second_), cancelled);
  connection_.transact([&](db::Transaction& tx) {
    mixed.apply_ahead(tx);
    EXPECT_EQ(seen(tx), "held, none, 0 sales, 10 held");
    mixed.apply(tx);
    EXPECT_EQ(seen(tx), "freed, sold, 1 sales, 6 held");
  });
}

TEST_F(InventoryAheadTest, AnOrderThatComesAgainIsRefusedAheadOfItsTurn) {
  EXPECT_THROW(connection_.transact([&](db::Transaction& tx) { batch(created(first_)).apply_ahead(tx); }),
               db::SqlError);
}

}  // namespace
}  // namespace shopflow::inventory
