#include "shopflow/carts/audit.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "shopflow/db/connection.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_database.hpp"

namespace shopflow::carts {
namespace {

/// A cart with two lines, of which the first is held for ten minutes.
class CartsAuditTest : public ::testing::Test {
 protected:
  void SetUp() override {
    database.sql("INSERT INTO carts VALUES ('" + to_hyphenated(cart.value) +
                 "', 'cart', 1, NULL, ARRAY[gen_random_uuid(), gen_random_uuid()], '{2,3}', '{2,0}', "
                 "ARRAY[now() + interval '10 minutes', now()], now() + interval '10 minutes', 0, now())");
  }

  std::vector<std::string> after(const std::string& change) {
    database.sql("UPDATE carts SET " + change);
    std::vector<std::string> found;
    connection.read([&](db::Transaction& tx) {
      for (const auto& problem : audit_carts(tx, SystemClock{}.now()).problems) {
        EXPECT_EQ(problem.subject, cart.str());
        found.push_back(problem.check);
      }
    });
    return found;
  }
  using Lines = std::vector<std::string>;

  testing::TestDatabase database;
  db::Connection connection{database.settings()};
  CartId cart = CartId::make(SystemClock{}.now());
};

TEST_F(CartsAuditTest, ACartThatIsRightShowsNothing) { EXPECT_EQ(after("version = 2"), Lines{}); }

TEST_F(CartsAuditTest, LinesThatLackSomethingAreFound) {
  EXPECT_EQ(after("quantities = '{2}'"), Lines{"cart lines have a quantity each"});
  EXPECT_EQ(after("quantities = '{2,3}', deadlines = deadlines[1:1]"),
            Lines{"cart lines have a quantity each"});
}

TEST_F(CartsAuditTest, LinesThatAreHeldInPartOrHaveAnImpossibleQuantityAreFound) {
  EXPECT_EQ(after("held = '{1,0}'"), Lines{"cart line is held as a whole or not at all"});
  EXPECT_EQ(after("held = '{2,0}', quantities = '{2,10001}'"),
            Lines{"cart line is held as a whole or not at all"});
  EXPECT_EQ(after("quantities = '{2,0}'"), Lines{"cart line is held as a whole or not at all"});
}

TEST_F(CartsAuditTest, ASkuInTwoLinesIsFound) {
  EXPECT_EQ(after("sku_ids = ARRAY[sku_ids[1], sku_ids[1]]"), Lines{"SKU stands in one line of a cart"});
}

TEST_F(CartsAuditTest, HoldsThatNothingWouldFreeAreFound) {
  EXPECT_EQ(after("next_deadline = now() + interval '11 minutes'"),
            Lines{"lines that lapse before the next deadline of their cart"});
  EXPECT_EQ(after("next_deadline = NULL"), Lines{"lines that lapse before the next deadline of their cart"});
  EXPECT_EQ(after("next_deadline = now() - interval '2 minutes'"),
            Lines{"minutes that a lapsed hold is not freed"});
  EXPECT_EQ(after("next_deadline = now() - interval '30 seconds'"), Lines{});
}

TEST_F(CartsAuditTest, ABoundThatHasPassedIsNoMatterWhereNothingIsHeld) {
  EXPECT_EQ(after("held = '{0,0}', next_deadline = now() - interval '2 minutes'"), Lines{});
}

TEST_F(CartsAuditTest, LinesOfAnOrderThatLapseApartOrBeforeTheirBoundAreFound) {
  const std::string ordered = "stage = 'checkout', order_id = gen_random_uuid(), held = quantities, ";
  EXPECT_EQ(after(ordered + "deadlines = ARRAY[deadlines[1], deadlines[1]]"), Lines{});
  EXPECT_EQ(after("next_deadline = now()"), Lines{}) << "a lower bound";
  EXPECT_EQ(after("next_deadline = now() + interval '11 minutes'"),
            Lines{"lines that lapse before the next deadline of their cart"});
  EXPECT_EQ(after("next_deadline = now(), deadlines[2] = deadlines[1] + interval '1 second'"),
            Lines{"lines of an order lapse together"});
}

TEST_F(CartsAuditTest, AStageThatDoesNotGoWithItsOrderOrItsDeadlineIsFound) {
  const auto wrong = [](const std::string& stage) {
    return Lines{"stage " + stage + " goes with its order and its deadline"};
  };
  EXPECT_EQ(after("order_id = gen_random_uuid()"), wrong("cart"));
  EXPECT_EQ(after("stage = 'checkout'"), Lines{});
  EXPECT_EQ(after("order_id = NULL"), wrong("checkout"));
  EXPECT_EQ(after("order_id = gen_random_uuid(), next_deadline = NULL"), wrong("checkout"));
  EXPECT_EQ(after("stage = 'sold'"), Lines{});
  EXPECT_EQ(after("next_deadline = now()"), wrong("sold"));
}

}  // namespace
}  // namespace shopflow::carts
