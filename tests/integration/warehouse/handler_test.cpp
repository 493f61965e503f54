#include <future>

#include "integration/warehouse/fixture.hpp"
#include "support/until.hpp"
#include "warehouse/repository.hpp"

namespace shopflow::warehouse {
namespace {

class WarehouseHandlerTest : public WarehouseTest {
 protected:
  OrderId order() { return OrderId::make(tick()); }
  /// Applies the whole log at once, and again as a replay would: at once, and one by one.
  void apply_and_replay() {
    apply(log_.all());
    const auto before = rows();
    apply(log_.all());
    EXPECT_EQ(rows(), before);
    for (const auto& event : log_.all()) apply({event});
    EXPECT_EQ(rows(), before);
  }
  /// Somebody moves the order's list; before that is committed the order's cancellation comes to it, and
  /// waits.
  void cancel_during(OrderId id, PickListState from, PickListState to,
                     const std::optional<std::string>& claimed_by) {
    const auto list = list_of(id);
    const auto event = cancelled(id);
    std::future<void> voided;
    connection_.transact([&](db::Transaction& tx) {
      ASSERT_TRUE(move_pick_list(tx, list, from, to, claimed_by, tick()));
      voided = std::async(std::launch::async, [&] {
        db::Connection own{database_.settings()};
        testing::apply(handler_, own, {event});
      });
      await_waiting();
    });
    voided.get();
  }
  /// Until a session waits for what another has locked.
  void await_waiting() const {
    EXPECT_TRUE(testing::until([&] {
      return database_.number(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "wait_event_type = 'Lock'") > 0;
    }));
  }
};

TEST_F(WarehouseHandlerTest, ACreatedOrderGetsAListThatWaits) {
  const auto id = order();
  created(id, {{mug_, 2, 200}, {tea_, 1, 100}});
  apply_and_replay();
  EXPECT_EQ(state_of(id), "waiting");
  EXPECT_EQ(database_.sql("SELECT quantities::text || coalesce(ready_number, 0) FROM pick_lists"), "{2,1}0");
}

TEST_F(WarehouseHandlerTest, APaidOrdersListIsReady) {
  const auto id = order();
  created(id, {{mug_, 2, 200}});
  paid(id);
  apply_and_replay();
  EXPECT_EQ(state_of(id), "ready");
}

TEST_F(WarehouseHandlerTest, APaymentOpensTheListOfAnEarlierBatchAlsoWhenItsOrderIsToldOfOnceMore) {
  const auto old = order();
  const auto fresh = order();
  apply({created(old, {{mug_, 2, 200}})});
  created(fresh, {{tea_, 1, 100}});
  paid(fresh);
  paid(old);
  apply_and_replay();
  EXPECT_EQ(state_of(old) + state_of(fresh), "readyready");
  const auto later = order();
  apply({created(later, {{mug_, 1, 100}})});
  apply({paid(later)});
  EXPECT_EQ(state_of(later), "ready");
}

TEST_F(WarehouseHandlerTest, ACancelledOrdersListIsVoidWhateverCameBefore) {
  const auto unpaid = order();
  const auto bought = order();
  created(unpaid, {{mug_, 1, 100}});
  created(bought, {{mug_, 1, 100}});
  paid(bought);
  cancelled(unpaid);
  cancelled(bought);
  apply_and_replay();
  EXPECT_EQ(state_of(unpaid), "void");
  EXPECT_EQ(state_of(bought), "void");
}

TEST_F(WarehouseHandlerTest, AListThatIsClaimedWhileItsOrderIsCancelledIsVoid) {
  const auto id = order();
  created(id, {{mug_, 1, 100}});
  paid(id);
  apply(log_.all());
  cancel_during(id, PickListState::ready, PickListState::picking, "ann");
  EXPECT_EQ(state_of(id), "void");
  EXPECT_EQ(pack(list_of(id)), "illegal_transition");
}

TEST_F(WarehouseHandlerTest, AListThatIsGivenBackWhileItsOrderIsCancelledIsVoid) {
  const auto id = order();
  created(id, {{mug_, 1, 100}});
  paid(id);
  apply(log_.all());
  ASSERT_EQ(claim(list_of(id)), "picking ann");
  cancel_during(id, PickListState::picking, PickListState::ready, std::nullopt);
  EXPECT_EQ(state_of(id), "void");
  EXPECT_EQ(claim(list_of(id)), "illegal_transition");
}

TEST_F(WarehouseHandlerTest, AListHasTheIdentifierOfItsOrder) {
  const auto waiting = order();
  const auto ready = order();
  created(waiting, {{mug_, 1, 100}});
  created(ready, {{mug_, 1, 100}});
  paid(ready);
  apply_and_replay();
  EXPECT_EQ(list_of(waiting).value, waiting.value);
  EXPECT_EQ(list_of(ready).value, ready.value);
}

TEST_F(WarehouseHandlerTest, AListOfAnEarlierVersionKeepsItsIdentifierAndStaysTheOnlyOne) {
  const auto id = order();
  created(id, {{mug_, 1, 100}});
  apply(log_.all());
  const auto known = PickListId::make(tick());
  database_.sql("UPDATE pick_lists SET id = " + testing::quoted(known.value));
  apply_and_replay();
  EXPECT_EQ(state_of(id), "waiting");
  paid(id);
  apply_and_replay();
  EXPECT_EQ(state_of(id), "ready");
  cancelled(id);
  apply_and_replay();
  EXPECT_EQ(state_of(id), "void");
  EXPECT_EQ(list_of(id), known);
  EXPECT_EQ(database_.number("SELECT count(*) FROM pick_lists"), 1);
}

TEST_F(WarehouseHandlerTest, SeveralOrdersOfOneBatchGoEachItsOwnWay) {
  const auto first = order();
  const auto second = order();
  const auto third = order();
  created(first, {{mug_, 1, 100}});
  created(second, {{tea_, 2, 200}, {mug_, 1, 100}});
  paid(second);
  created(third, {{mug_, 1, 100}});
  paid(first);
  paid(third);
  cancelled(first);
  apply_and_replay();
  EXPECT_EQ(state_of(first) + state_of(second) + state_of(third), "voidreadyready");
  EXPECT_EQ(database_.number("SELECT count(DISTINCT updated_at) FROM pick_lists"), 3);
  EXPECT_EQ(database_.sql("SELECT string_agg(order_id::text, ' ' ORDER BY ready_number) FROM pick_lists "
                          "WHERE state = 'ready'"),
            to_hyphenated(second.value) + " " + to_hyphenated(third.value));
  const auto mug = to_hyphenated(mug_.value);
  EXPECT_EQ(database_.sql("SELECT string_agg(sku_ids::text || quantities::text, ' ' ORDER BY created_at) "
                          "FROM pick_lists"),
            "{" + mug + "}{1} {" + to_hyphenated(tea_.value) + "," + mug + "}{2,1} {" + mug + "}{1}");
}

TEST_F(WarehouseHandlerTest, AFulfilledOrdersListIsHandedOverOnceItIsPacked) {
  const auto list = ready_list();
  ASSERT_EQ(claim(list), "picking ann");
  ASSERT_EQ(pack(list), "packed ann");
  const auto id = OrderId{parse_hyphenated(database_.sql("SELECT order_id FROM pick_lists")).value()};
  fulfilled(id);
  apply_and_replay();
  EXPECT_EQ(state_of(id), "handed_over");
}

TEST_F(WarehouseHandlerTest, AnEventThatComesWithoutItsListIsHarmless) {
  const auto id = order();
  paid(id);
  fulfilled(id);
  cancelled(id);
  apply_and_replay();
  EXPECT_EQ(rows(), "");
}

TEST_F(WarehouseHandlerTest, AReplayDoesNotTakeAListOutOfAPickersHands) {
  const auto list = ready_list();
  ASSERT_EQ(claim(list), "picking ann");
  const auto before = rows();
  apply(log_.all());
  EXPECT_EQ(rows(), before);
}

}  // namespace
}  // namespace shopflow::warehouse
