#include "shopflow/inventory/handler.hpp"

#include <stdexcept>

#include "integration/inventory/fixture.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/events/handler.hpp"
#include "shopflow/inventory/audit.hpp"

namespace shopflow::inventory {
namespace {

const Cause kCart{"cart", Uuid{}, {}};

/// An order of two SKUs whose units its cart holds, as checkout leaves them. With true every batch is begun
/// ahead of its turn, and anew without that where it can't be: it must come to the same.
class InventoryHandlerTest : public InventoryTest, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    mug_ = add_sku(0);
    cup_ = add_sku(0);
    move({mug_, cup_}, [&](StockBook& book) {
      book.receive(mug_, 10, {"admin", {}, {}});
      book.receive(cup_, 10, {"admin", {}, {}});
      EXPECT_TRUE(book.hold(mug_, 3, kCart));
      EXPECT_TRUE(book.hold(cup_, 2, kCart));
    });
    created_.order_id = order_;
    created_.lines = {{mug_, 3, 300}, {cup_, 2, 200}};
    paid_.order_id = order_;
    paid_.payment_id = PaymentId::make(now_);
    cancelled_.order_id = order_;
    cancelled_.reason = "changed their mind";
    expired_.order_id = order_;
  }

  template <class... Event>
  void apply_in_one(bool ahead, const Event&... event) {
    connection_.transact([&](db::Transaction& tx) {
      auto batch = handler_.begin();
      (batch.on(events::Envelope{}, event), ...);
      if (ahead) batch.apply_ahead(tx);
      batch.apply(tx);
    });
  }
  template <class... Event>
  void apply(const Event&... event) {
    try {
      apply_in_one(GetParam(), event...);
    } catch (const db::SqlError&) {
      apply_in_one(false, event...);
    }
  }
  /// Applies the events in one batch, then each again in batches of their own, as a replay would.
  template <class... Event>
  void apply_and_replay(const Event&... event) {
    apply(event...);
    const auto before = all();
    (apply(event), ...);
    EXPECT_EQ(all(), before);
    apply(event...);
    EXPECT_EQ(all(), before);
  }
  std::string all() {
    return counters(mug_) + " | " + counters(cup_) + " | " + ledger(mug_) + " | " +
           database_.sql(
               "SELECT string_agg(state || quantities::text || shipped::text, ' ') FROM order_allocations");
  }
  std::string stock() { return counters(mug_) + " | " + counters(cup_); }
  std::string state() { return database_.sql("SELECT state FROM order_allocations"); }
  std::vector<Difference> audit() {
    std::vector<Difference> differences;
    connection_.read([&](db::Transaction& tx) { differences = audit_stock(tx); });
    return differences;
  }
  events::OrderShipped shipped(std::vector<events::Units> lines) {
    events::OrderShipped event;
    event.order_id = order_;
    event.shipment_id = ShipmentId::make(now_);
    event.lines = std::move(lines);
    return event;
  }
  events::RefundProcessed refunded(std::vector<events::Units> restock) {
    events::RefundProcessed event;
    event.order_id = order_;
    event.refund_id = RefundId::make(now_);
    event.restock = std::move(restock);
    return event;
  }

  void TearDown() override { EXPECT_TRUE(audit().empty()); }

  ManualClock clock_{now_};
  InventoryHandler handler_{store_, outbox_, clock_};
  OrderId order_ = OrderId::make(now_);
  SkuId mug_;
  SkuId cup_;
  events::OrderCreated created_;
  events::PaymentReceived paid_;
  events::OrderCancelled cancelled_;
  events::ReservationExpired expired_;
};

TEST_P(InventoryHandlerTest, ACreatedOrderBindsTheHoldsAndMovesNothing) {
  apply_and_replay(created_);
  EXPECT_EQ(state(), "held");
  EXPECT_EQ(stock(), "10 3 0 | 10 2 0");
}

TEST_P(InventoryHandlerTest, EqualSkusOfAnOrderAreOneLine) {
  created_.lines = {{mug_, 1, 0}, {cup_, 2, 0}, {mug_, 2, 0}};
  apply_and_replay(created_, paid_);
  EXPECT_EQ(stock(), "10 0 3 | 10 0 2");
}

TEST_P(InventoryHandlerTest, APaymentSellsWhatWasHeld) {
  apply_and_replay(created_, paid_);
  EXPECT_EQ(state(), "sold");
  EXPECT_EQ(stock(), "10 0 3 | 10 0 2");
}

TEST_P(InventoryHandlerTest, APaymentSellsWhatAnEarlierBatchHolds) {
  apply(created_);
  apply_and_replay(paid_);
  EXPECT_EQ(state(), "sold");
  EXPECT_EQ(stock(), "10 0 3 | 10 0 2");
  EXPECT_EQ(ledger(mug_), "receive 10, hold 3, sell 3");
}

TEST_P(InventoryHandlerTest, APaymentAndWhatFollowsItMayComeTogether) {
  apply(created_);
  auto again = paid_;
  again.payment_id = PaymentId::make(now_);
  apply_and_replay(paid_, again, shipped({{mug_, 1}}), refunded({{cup_, 1}}));
  EXPECT_EQ(stock(), "9 0 2 | 10 0 1");
}

TEST_P(InventoryHandlerTest, APaymentThatComesTogetherWithAnEarlierCancellationSellsNothing) {
  apply(created_);
  apply_and_replay(cancelled_, paid_);
  EXPECT_EQ(state(), "freed");
  EXPECT_EQ(ledger(mug_), "receive 10, hold 3, free 3");
}

TEST_P(InventoryHandlerTest, OneBatchSellsSomeOrdersAndRefusesWhatIsUnknown) {
  apply(created_);
  auto unknown = paid_;
  unknown.order_id = OrderId::make(now_);
  EXPECT_THROW(apply(paid_, unknown), std::runtime_error);
  EXPECT_EQ(state(), "held");
  EXPECT_EQ(stock(), "10 3 0 | 10 2 0");
}

TEST_P(InventoryHandlerTest, ACancelledOrderFreesWhatWasHeld) {
  apply_and_replay(created_, cancelled_);
  EXPECT_EQ(state(), "freed");
  EXPECT_EQ(stock(), "10 0 0 | 10 0 0");
}

TEST_P(InventoryHandlerTest, ACancelledPaidOrderUnsellsWhatHasNotLeft) {
  apply_and_replay(created_, paid_, shipped({{mug_, 1}}), cancelled_);
  EXPECT_EQ(state(), "freed");
  EXPECT_EQ(stock(), "9 0 0 | 10 0 0");
}

TEST_P(InventoryHandlerTest, ALapsedHoldOfAnOrderIsFreed) {
  apply_and_replay(created_, expired_);
  EXPECT_EQ(state(), "freed");
  EXPECT_EQ(stock(), "10 0 0 | 10 0 0");
}

TEST_P(InventoryHandlerTest, ALapsedHoldOfACartIsNoneOfItsBusiness) {
  events::ReservationExpired of_cart;
  of_cart.lines = {{mug_, 3}};
  apply_and_replay(of_cart);
  EXPECT_EQ(stock(), "10 3 0 | 10 2 0");
}

TEST_P(InventoryHandlerTest, ALatePaymentThatTookTheUnitsAgainSellsThem) {
  apply(created_, expired_);
  move({mug_, cup_}, [&](StockBook& book) {
    EXPECT_TRUE(book.hold(mug_, 3, {"order", order_.value, {}}));
    EXPECT_TRUE(book.hold(cup_, 2, {"order", order_.value, {}}));
  });
  paid_.taken_again = true;
  apply_and_replay(paid_, expired_);
  EXPECT_EQ(state(), "sold");
  EXPECT_EQ(stock(), "10 0 3 | 10 0 2");
}

TEST_P(InventoryHandlerTest, ALatePaymentThatOvertakesTheNewsOfTheLapseLeavesNoHoldBehind) {
  apply(created_);
  move({mug_, cup_}, [&](StockBook& book) {
    EXPECT_TRUE(book.hold(mug_, 3, {"order", order_.value, {}}));
    EXPECT_TRUE(book.hold(cup_, 2, {"order", order_.value, {}}));
  });
  paid_.taken_again = true;
  apply_and_replay(paid_, expired_);
  EXPECT_EQ(stock(), "10 0 3 | 10 0 2");
}

TEST_P(InventoryHandlerTest, ALatePaymentThatFoundNoUnitsSellsNothing) {
  apply_and_replay(created_, expired_, paid_);
  EXPECT_EQ(state(), "freed");
  EXPECT_EQ(stock(), "10 0 0 | 10 0 0");
}

TEST_P(InventoryHandlerTest, AReplayedLatePaymentOfACancelledOrderTakesNobodysHold) {
  apply(created_, expired_);
  move({mug_, cup_}, [&](StockBook& book) {
    EXPECT_TRUE(book.hold(mug_, 3, {"order", order_.value, {}}));
    EXPECT_TRUE(book.hold(cup_, 2, {"order", order_.value, {}}));
  });
  paid_.taken_again = true;
  apply(paid_, cancelled_);
  move({mug_, cup_}, [&](StockBook& book) {
    EXPECT_TRUE(book.hold(mug_, 9, kCart));
    EXPECT_TRUE(book.hold(cup_, 9, kCart));
  });
  apply(paid_);
  EXPECT_EQ(stock(), "10 9 0 | 10 9 0");
}

TEST_P(InventoryHandlerTest, ParcelsTakeTheirLinesOutOfTheHouse) {
  apply_and_replay(created_, paid_, shipped({{mug_, 1}, {cup_, 2}}), shipped({{mug_, 2}}));
  EXPECT_EQ(stock(), "7 0 0 | 8 0 0");
}

TEST_P(InventoryHandlerTest, ReturnedUnitsComeBackForSale) {
  apply_and_replay(created_, paid_, shipped({{mug_, 3}, {cup_, 2}}), refunded({{mug_, 1}}),
                   refunded({{mug_, 1}}));
  EXPECT_EQ(stock(), "9 0 0 | 8 0 0");
  EXPECT_EQ(ledger(mug_), "receive 10, hold 3, sell 3, ship 3, restock 1, restock 1");
}

TEST_P(InventoryHandlerTest, RefundedUnitsThatNeverLeftAreUnsold) {
  apply_and_replay(created_, paid_, refunded({{mug_, 2}}));
  EXPECT_EQ(stock(), "10 0 1 | 10 0 2");
  apply_and_replay(shipped({{mug_, 1}, {cup_, 2}}));
  EXPECT_EQ(stock(), "9 0 0 | 8 0 0");
}

TEST_P(InventoryHandlerTest, ARefundWithoutGoodsMovesNothing) {
  apply_and_replay(created_, paid_, refunded({}));
  EXPECT_EQ(stock(), "10 0 3 | 10 0 2");
}

TEST_P(InventoryHandlerTest, AnEventBeforeItsOrderIsRefusedAndChangesNothing) {
  EXPECT_THROW(apply(paid_), std::runtime_error);
  EXPECT_THROW(apply(expired_), std::runtime_error);
  EXPECT_THROW(apply(created_, shipped({{mug_, 1}})), std::runtime_error);
  EXPECT_THROW(apply(created_, paid_, shipped({{mug_, 4}})), std::runtime_error);
  EXPECT_EQ(state(), "");
  EXPECT_EQ(stock(), "10 3 0 | 10 2 0");
}

TEST_P(InventoryHandlerTest, APaymentThatTheBooksCannotCarryIsRefusedAndChangesNothing) {
  apply(created_);
  const auto before = all();
  database_.sql("UPDATE stock SET held = 1 WHERE sku_id = '" + to_hyphenated(mug_.value) + "'");
  EXPECT_THROW(apply(paid_), db::SqlError);
  database_.sql("UPDATE stock SET held = 3 WHERE sku_id = '" + to_hyphenated(mug_.value) + "'");
  EXPECT_EQ(all(), before);
  const auto where = " WHERE sku_id = '" + to_hyphenated(cup_.value) + "'";
  database_.sql("UPDATE stock SET location_id = 2" + where);
  EXPECT_THROW(apply(paid_), std::logic_error);
  database_.sql("UPDATE stock SET location_id = 1" + where);
  EXPECT_EQ(all(), before);
}

TEST_P(InventoryHandlerTest, TheMatrixSeesTheEventsThatItTakes) {
  const auto subscription = events::subscribe(handler_);
  EXPECT_EQ(subscription.types,
            (std::vector<std::string>{"OrderCreated", "PaymentReceived", "OrderShipped", "OrderCancelled",
                                      "RefundProcessed", "ReservationExpired"}));
}

INSTANTIATE_TEST_SUITE_P(InItsTurn, InventoryHandlerTest, ::testing::Values(false));
INSTANTIATE_TEST_SUITE_P(AheadOfItsTurn, InventoryHandlerTest, ::testing::Values(true));

}  // namespace
}  // namespace shopflow::inventory
