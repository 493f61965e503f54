#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "integration/orders/closed_door.hpp"
#include "integration/orders/fixture.hpp"
#include "orders/chores.hpp"
#include "support/until.hpp"

namespace shopflow::orders {
namespace {

using shopflow::testing::until;
using std::chrono::minutes;

/// The keeper at work, as in the server: on a thread of its own, for as long as the test runs.
class Keeper : public OrdersTest {
 protected:
  void keep() {
    thread_ = std::jthread{[this] { run(orders_->keep()); }};
  }
  void TearDown() override {
    door_.open();
    if (thread_.joinable()) {
      orders_->stop_keeping();
      thread_.join();
    }
    OrdersTest::TearDown();
  }

  /// The sandbox does not answer when it is asked to cancel one of these.
  void stall(const std::vector<OrderView>& orders) {
    for (const auto& order : orders) stalled_.push_back(ref_of(order));
    provider_->before_cancel = [this](const std::string& ref) -> boost::asio::awaitable<void> {
      if (std::ranges::find(stalled_, ref) != stalled_.end()) co_await door_.pass();
    };
  }
  bool lapses(const OrderView& order) {
    return static_cast<bool>(until([&] { return stage(order.cart_id) == "expired"; }));
  }

  ClosedDoor door_;
  std::vector<std::string> stalled_;
  std::jthread thread_;
};

TEST_F(Keeper, LetsHoldsLapseWhileARefundIsSlow) {
  const auto sku = add_sku(2);
  const auto sold = paid(sku, 1);
  const auto order = placed(sku, 1);
  provider_->down = true;
  ASSERT_TRUE(cancel(sold.id)) << "its money goes back later";
  provider_->down = false;
  provider_->before_refund = [this] { return door_.pass(); };
  clock_.advance(minutes{10});
  keep();
  ASSERT_TRUE(until([&] { return door_.waiting() == 1; })) << "the refund is under way";
  clock_.advance(minutes{6});
  EXPECT_TRUE(lapses(order));
  EXPECT_EQ(read(sold.id).refunded.amount, 0);
  door_.open();
  EXPECT_TRUE(until([&] { return read(sold.id).refunded == sold.total; }));
}

TEST_F(Keeper, LetsOtherHoldsLapseWhileAPaymentIsSlowToBeCancelled) {
  const auto other = std::make_shared<FakeProvider>("other");
  providers_.add(other);
  const auto sku = add_sku(5);
  const auto slow = placed(sku, 1);
  clock_.advance(minutes{1});
  const auto next = placed(sku, 1);
  const auto elsewhere = placed(sku, 1, "other");
  const auto invoice = placed(sku, 1, "manual");
  stall({slow});
  clock_.advance(minutes{14});
  keep();
  ASSERT_TRUE(until([&] { return door_.waiting() == 1; }));
  clock_.advance(minutes{1});
  EXPECT_TRUE(lapses(next));
  EXPECT_TRUE(lapses(elsewhere));
  EXPECT_TRUE(lapses(invoice));
  EXPECT_EQ(stage(slow.cart_id), "checkout") << "its payment is not cancelled yet";
  EXPECT_EQ(door_.waiting(), 1U) << "nobody asks a second time meanwhile";
  door_.open();
  EXPECT_TRUE(lapses(slow));
}

TEST_F(Keeper, AsksASlowProviderForSoManyAtOnceAndLetsTheHoldsOfOthersLapse) {
  constexpr int more = 3;
  constexpr int count = static_cast<int>(Chores::kWorkersMax) + more;
  const auto sku = add_sku(count + 1);
  std::vector<OrderView> slow;
  for (int i = 0; i < count; ++i) slow.push_back(placed(sku, 1));
  clock_.advance(minutes{1});
  const auto invoice = placed(sku, 1, "manual");
  stall(slow);
  clock_.advance(minutes{14});
  keep();
  ASSERT_TRUE(until([&] { return door_.waiting() == Chores::kWorkersMax; }));
  clock_.advance(minutes{1});
  EXPECT_TRUE(lapses(invoice));
  EXPECT_EQ(door_.waiting(), Chores::kWorkersMax) << "the others wait for their turn";
  EXPECT_EQ(database_.number("SELECT count(*) FROM carts WHERE stage = 'checkout'"), count);
  door_.open();
  EXPECT_TRUE(
      until([&] { return database_.number("SELECT count(*) FROM carts WHERE stage = 'checkout'") == 0; }));
}

TEST_F(Keeper, LeavesAnOrderAloneThatIsGivenTimeWhileItWaitsForItsTurn) {
  constexpr int count = static_cast<int>(Chores::kWorkersMax);
  const auto sku = add_sku(count + 1);
  std::vector<OrderView> slow;
  for (int i = 0; i < count; ++i) slow.push_back(placed(sku, 1));
  clock_.advance(std::chrono::seconds{1});
  const auto last = placed(sku, 1);
  stall(slow);
  clock_.advance(minutes{15});
  keep();
  ASSERT_TRUE(until([&] { return door_.waiting() == Chores::kWorkersMax; }));
  ASSERT_EQ(payment(pay(last.id, "pm_bank")).state, payments::PaymentState::processing);
  door_.open();
  EXPECT_TRUE(
      until([&] { return database_.number("SELECT count(*) FROM carts WHERE stage = 'expired'") == count; }));
  EXPECT_EQ(stage(last.cart_id), "payment");
  EXPECT_EQ(database_.sql("SELECT string_agg(state::text, ' ') FROM payments WHERE order_id = " +
                          testing::quoted(last.id.value)),
            "processing")
      << "what the bank does is not cancelled";
}

TEST_F(Keeper, GivesUnpaidOrdersUpWhileAPaymentIsSlowToBeCancelled) {
  const auto sku = add_sku(2);
  const auto unpaid = placed(sku, 1, "manual");
  clock_.advance(std::chrono::hours{24} - minutes{15});
  const auto slow = placed(sku, 1);
  stall({slow});
  clock_.advance(minutes{15} - std::chrono::milliseconds{1});
  keep();
  EXPECT_TRUE(lapses(unpaid));
  clock_.advance(std::chrono::milliseconds{1});
  ASSERT_TRUE(until([&] { return door_.waiting() == 1; }));
  EXPECT_TRUE(until([&] { return read(unpaid.id).state == OrderState::cancelled; }));
  EXPECT_EQ(stage(slow.cart_id), "checkout");
}

}  // namespace
}  // namespace shopflow::orders
