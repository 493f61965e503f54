#include "bench/history.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace shopflow::bench {
namespace {

constexpr std::chrono::hours kTwoYears = 2 * std::chrono::hours{24 * 365};

class HistoryTest : public ::testing::Test {
 protected:
  /// Copies so many orders while the server is away, and lets the handlers have their events.
  void add(std::size_t orders, std::chrono::hours span) {
    stand_.stop();
    first_position_ = database().number("SELECT position FROM event_log_head");
    const auto events = history_.add_orders(orders, span);
    EXPECT_GE(events, 2 * orders);
    EXPECT_EQ(database().number("SELECT position FROM event_log_head"),
              first_position_ + static_cast<std::int64_t>(events));
    stand_.start();
    stand_.audit();
  }
  testing::TestDatabase& database() { return stand_.database(); }
  /// Rows of `from` for which the condition holds.
  std::int64_t count(const std::string& from, const std::string& condition) {
    return database().number("SELECT count(*) FROM " + from + " WHERE " + condition);
  }
  /// The seconds between a column and the time that an identifier carries.
  static std::string apart(const std::string& column, const std::string& id) {
    return "abs(extract(epoch FROM " + column + ") - ('x' || left(replace(" + id +
           "::text, '-', ''), 12))::bit(48)::bigint / 1000.0)";
  }

  static Options quick() {
    Options options;
    options.make_quick();
    return options;
  }
  Options options_ = quick();
  Stand stand_{options_, 20};
  History history_{stand_};
  std::int64_t first_position_ = 0;
};

TEST_F(HistoryTest, OrdersLieEvenlyOverTheTimeAndTheBooksAreRight) {
  const auto played = count("orders", "true");
  add(1'000, kTwoYears);
  const auto made = count("orders", "true") - played;
  EXPECT_GE(made, 1'000);
  const auto first_month = count("orders", "created_at < now() - interval '700 days'");
  const auto last_month =
      count("orders", "created_at BETWEEN now() - interval '30 days' AND now() - interval '1 hour'");
  EXPECT_GT(first_month, 0);
  EXPECT_LE(std::abs(first_month - last_month), 1) << first_month << " and " << last_month;
  EXPECT_EQ(count("orders", "created_at > now()"), 0);
  EXPECT_GT(database().number("SELECT count(DISTINCT email) FROM orders"), made / 2);
}

TEST_F(HistoryTest, IdentifiersCarryTheTimeOfTheirRows) {
  add(1'000, kTwoYears);
  EXPECT_EQ(count("orders", apart("created_at", "id") + " > 60"), 0);
  EXPECT_EQ(count("orders", apart("created_at", "cart_id") + " > 60"), 0);
  EXPECT_EQ(count("payments", apart("created_at", "id") + " > 60"), 0);
  EXPECT_EQ(count("carts", apart("updated_at", "id") + " > 60"), 0);
  EXPECT_EQ(count("stock_ledger", "movement = 'hold' AND " + apart("occurred_at", "id") + " > 60"), 0);
  EXPECT_EQ(count("events", apart("occurred_at", "id") + " > 60"), 0);
}

TEST_F(HistoryTest, EventsStandInTheLogInTheOrderOfTheirTimes) {
  add(1'000, kTwoYears);
  EXPECT_EQ(count("(SELECT occurred_at - lag(occurred_at) OVER (ORDER BY position) AS step FROM events"
                  " WHERE position > " +
                      std::to_string(first_position_) + ") AS steps",
                  "step < interval '0'"),
            0);
  EXPECT_EQ(count("events AS e JOIN orders AS o ON o.id = e.aggregate_id",
                  "e.occurred_at NOT BETWEEN o.created_at AND o.updated_at"),
            0);
}

TEST_F(HistoryTest, ARushIsOfNowAndIsPaidWhenAllOfItIsThere) {
  add(1'000, {});
  EXPECT_EQ(count("orders", "created_at < now() - interval '10 minutes'"), 0);
  EXPECT_EQ(
      database().sql("SELECT string_agg(DISTINCT type, ' ') FROM (SELECT type FROM events WHERE position > " +
                     std::to_string(first_position_) + " ORDER BY position LIMIT 256) AS first"),
      "OrderCreated");
  EXPECT_EQ(count("pg_class", "relname = 'bench_copies' AND pg_relation_size(oid) > 0"), 0)
      << "what was needed for it takes no room any more";
}

}  // namespace
}  // namespace shopflow::bench
