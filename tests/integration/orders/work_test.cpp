#include "orders/work.hpp"

#include "integration/orders/fixture.hpp"
#include "orders/memory.hpp"
#include "shopflow/db/receipts.hpp"

namespace shopflow::orders {
namespace {

class LostCommitOfOrders : public OrdersTest {
 protected:
  OrderWork work() {
    return {stock_, outbox_, clock_, Terms{pricing_, providers_, secrets_, settings_}, memory_};
  }
  /// Does the batch and keeps it, or not, as a server may that never hears of its commit.
  OrderOutcomes run_batch(OrderBatch batch, bool commit) {
    OrderOutcomes outcomes;
    const auto run = [&](db::Transaction& tx) {
      outcomes = work().run(tx, batch);
      if (!commit) throw std::runtime_error{"the session is gone"};
    };
    try {
      connection_.transact(run);
    } catch (const std::runtime_error&) {
      EXPECT_FALSE(commit);
    }
    return outcomes;
  }
  db::LaneRecovery recover(OrderBatch batch, const OrderOutcomes& outcomes) {
    std::vector<const Result<OrderOutcome>*> all;
    for (const auto& outcome : outcomes) all.push_back(&outcome);
    auto found = db::LaneRecovery::unknown;
    connection_.read([&](db::Transaction& tx) { found = work().recover(tx, batch, all); });
    return found;
  }

  Pricing pricing_{{*Currency::parse("EUR"), {{"*", "standard", 490}}, {}}};
  OrderSettings settings_;
  OrderMemory memory_{carts_->memory()};
};

TEST_F(LostCommitOfOrders, IsNotTakenForThatOfATwinWithTheSameKey) {
  const auto mug = add_sku(10);
  const auto order = placed(mug, 1);
  const auto noted = placed(mug, 1);
  const OrderCommand refusal{
      Cancel{order.id, "no more"}, {clock_.now(), kTrace}, orders::Answer::order, *asked("key").receipt};
  const OrderCommand note{
      SetNote{noted.id, "ring twice"}, {clock_.now(), kTrace}, orders::Answer::nothing, {}};
  const std::vector<const OrderCommand*> batch{&refusal, &note};
  const auto lost = run_batch(batch, false);
  EXPECT_EQ(recover(batch, lost), db::LaneRecovery::not_committed);

  // The same request, which was sent to another server too, is carried out there a moment later.
  clock_.advance(std::chrono::milliseconds{1});
  const std::vector<const OrderCommand*> twin{&refusal};
  const auto done = run_batch(twin, true);
  EXPECT_EQ(recover(twin, done), db::LaneRecovery::committed);
  EXPECT_EQ(recover(batch, lost), db::LaneRecovery::not_committed) << "the note would be lost";
}

}  // namespace
}  // namespace shopflow::orders
