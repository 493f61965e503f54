#include "shopflow/carts/expiry.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "integration/carts/fixture.hpp"
#include "shopflow/db/pool.hpp"
#include "support/kept_context.hpp"
#include "support/until.hpp"

namespace shopflow::carts {
namespace {

class ExpiryTest : public CartsTest {
 protected:
  std::size_t sweep(CartService& service, ExpirySettings settings = {}) {
    testing::KeptContext context;
    ExpirySweeper sweeper{context->get_executor(), pool_, service, clock_, settings};
    std::size_t count = 0;
    boost::asio::co_spawn(*context, sweeper.sweep(), [&](std::exception_ptr failure, std::size_t swept) {
      if (failure) std::rethrow_exception(failure);
      count = swept;
    });
    context->run();
    return count;
  }

  db::Pool pool_{{.connection = database_.settings(), .connections = 2}};
};

TEST_F(ExpiryTest, HeldUnitsComeBackWhenTheHoldLapsesAndNotBefore) {
  const auto mug = add_sku(5);
  const auto cart = make_cart();
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 5}}}));
  clock_.advance(settings_.hold - std::chrono::milliseconds{1});
  EXPECT_EQ(sweep(*service_), 0U);
  EXPECT_EQ(held(mug), 5);
  clock_.advance(std::chrono::milliseconds{1});
  EXPECT_EQ(sweep(*service_), 1U);
  EXPECT_EQ(held(mug), 0);
  EXPECT_EQ(database_.sql("SELECT held::text || quantities::text FROM carts"), "{0}{5}");
  EXPECT_EQ(events(), "StockChanged LowStock ReservationExpired StockChanged");
  EXPECT_EQ(sweep(*service_), 0U);
}

TEST_F(ExpiryTest, ARenewedLineIsKeptAndTheSweepCorrectsTheBound) {
  const auto mug = add_sku(5);
  const auto cart = make_cart();
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 4}}}));
  clock_.advance(std::chrono::minutes{6});
  ASSERT_TRUE(submit(cart, RenewLines{}));
  clock_.advance(std::chrono::minutes{6});
  EXPECT_EQ(sweep(*service_), 1U);
  EXPECT_EQ(held(mug), 4);
  EXPECT_EQ(sweep(*service_), 0U);
  clock_.advance(std::chrono::minutes{4});
  EXPECT_EQ(sweep(*service_), 1U);
  EXPECT_EQ(held(mug), 0);
}

TEST_F(ExpiryTest, ACartThatIsNeverFilledIsLookedAtOnce) {
  const auto cart = make_cart();
  EXPECT_EQ(sweep(*service_), 0U);
  clock_.advance(settings_.hold);
  EXPECT_EQ(sweep(*service_), 1U);
  EXPECT_EQ(sweep(*service_), 0U);
  EXPECT_EQ(events(), "");
  const auto mug = add_sku(5);
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 1}}}));
  clock_.advance(settings_.hold);
  EXPECT_EQ(sweep(*service_), 1U);
  EXPECT_EQ(held(mug), 0);
}

TEST_F(ExpiryTest, AFirstHoldThatComesLateIsKeptForItsWholeTime) {
  const auto mug = add_sku(5);
  const auto cart = make_cart();
  clock_.advance(settings_.hold - std::chrono::minutes{1});
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 1}}}));
  clock_.advance(settings_.hold - std::chrono::milliseconds{1});
  EXPECT_EQ(sweep(*service_), 1U) << "the bound is that of the empty cart";
  EXPECT_EQ(sweep(*service_), 0U);
  EXPECT_EQ(held(mug), 1);
  clock_.advance(std::chrono::milliseconds{1});
  EXPECT_EQ(sweep(*service_), 1U);
  EXPECT_EQ(held(mug), 0);
}

TEST_F(ExpiryTest, ALapsedLineIsTakenAgainOnlyWhileTheUnitsAreThere) {
  const auto mug = add_sku(5);
  const auto slow = make_cart();
  ASSERT_TRUE(submit(slow, AddLines{{{mug, 4}}}));
  clock_.advance(settings_.hold);
  sweep(*service_);
  const auto quick = make_cart();
  ASSERT_TRUE(submit(quick, AddLines{{{mug, 3}}}));
  const auto renewed = submit(slow, RenewLines{});
  ASSERT_TRUE(renewed);
  EXPECT_FALSE(renewed->cart.lines[0].reserved());
  EXPECT_EQ(held(mug), 3);
  ASSERT_TRUE(submit(quick, RemoveLine{mug}));
  EXPECT_TRUE(submit(slow, RenewLines{})->cart.lines[0].reserved());
  EXPECT_EQ(held(mug), 4);
}

TEST_F(ExpiryTest, MoreCartsThanAPageAreAllSwept) {
  const auto mug = add_sku(100);
  const auto carts = make_carts(23);
  for (const auto& cart : carts) ASSERT_TRUE(submit(cart, AddLines{{{mug, 2}}}));
  clock_.advance(settings_.hold);
  EXPECT_EQ(sweep(*service_, {.page_max = 5}), 23U);
  EXPECT_EQ(held(mug), 0);
}

TEST_F(ExpiryTest, TwoServersThatSweepAtOnceFreeEachHoldOnce) {
  const auto mug = add_sku(100);
  const auto carts = make_carts(30);
  for (const auto& cart : carts) ASSERT_TRUE(submit(cart, AddLines{{{mug, 3}}}));
  clock_.advance(settings_.hold);
  const auto other = make_service();
  {
    std::jthread second{[&] { sweep(*other, {.page_max = 7}); }};
    sweep(*service_, {.page_max = 11});
  }
  EXPECT_EQ(held(mug), 0);
  EXPECT_EQ(database_.number("SELECT count(*) FROM events WHERE type = 'ReservationExpired'"), 30);
  EXPECT_EQ(database_.number("SELECT sum(quantity) FROM stock_ledger WHERE movement = 'free'"), 90);
}

TEST_F(ExpiryTest, ACartThatCannotBeFreedHoldsNobodyUp) {
  const auto mug = add_sku(100);
  const auto broken = make_cart();
  const auto sound = make_cart();
  ASSERT_TRUE(submit(broken, AddLines{{{mug, 1}}}));
  clock_.advance(std::chrono::seconds{1});
  ASSERT_TRUE(submit(sound, AddLines{{{mug, 1}}}));
  database_.sql("UPDATE carts SET held = '{2}', quantities = '{2}' WHERE id = '" +
                to_hyphenated(broken.value) + "'");
  database_.sql("UPDATE carts SET deadlines = '{}' WHERE id = '" + to_hyphenated(broken.value) + "'");
  clock_.advance(settings_.hold);
  EXPECT_EQ(sweep(*service_, {.page_max = 1}), 2U);
  EXPECT_EQ(held(mug), 1);
  database_.sql(
      "UPDATE carts SET held = '{1}', quantities = '{1}', deadlines = ARRAY[next_deadline] WHERE id = '" +
      to_hyphenated(broken.value) + "'");
  EXPECT_EQ(sweep(*service_), 1U);
}

TEST_F(ExpiryTest, TheSweeperRunsUntilItIsStopped) {
  const auto mug = add_sku(5);
  const auto cart = make_cart();
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 5}}}));
  testing::KeptContext context;
  ExpirySweeper sweeper{
      context->get_executor(), pool_, *service_, clock_, {.every = std::chrono::milliseconds{5}}};
  boost::asio::co_spawn(*context, sweeper.run(), boost::asio::detached);
  std::jthread thread{[&] { context->run(); }};
  clock_.advance(settings_.hold);
  EXPECT_TRUE(testing::until([&] { return held(mug) == 0; }));
  sweeper.stop();
}

}  // namespace
}  // namespace shopflow::carts
