#include <gtest/gtest.h>

#include "shopflow/analytics/analytics_api.hpp"
#include "shopflow/analytics/analytics_handler.hpp"
#include "shopflow/db/pool.hpp"
#include "support/logged_events.hpp"
#include "support/run.hpp"
#include "support/shop_rows.hpp"

namespace shopflow::analytics {
namespace {

const Currency kEuro = Currency::parse("EUR").value();
Timestamp at(const std::string& time) { return parse_rfc3339("2026-11-" + time + "Z").value(); }

/// Three orders over two days, one of them partly returned and one cancelled, with every other event.
class AnalyticsTest : public ::testing::Test {
 protected:
  AnalyticsTest() {
    // 2 mugs and 1 tea: 500 net, shipping 100, tax 120.
    order(first_, "20T10:15:00", {{mug_, 2, 400}, {tea_, 1, 100}}, 720);
    pay(first_, "20T10:45:00", 720);
    // 5 teas: 500 net, shipping 100, tax 120; ordered just before midnight, paid just after.
    order(second_, "20T23:59:59", {{tea_, 5, 500}}, 720);
    pay(second_, "21T00:00:00", 720);
    order(third_, "21T09:00:00", {{mug_, 1, 200}}, 420);
    log_.add(events::OrderCancelled{third_, "why not"}, third_.value, at("21T09:30:00"));
    log_.add(events::OrderFulfilled{first_, PickListId{}}, first_.value, at("21T10:00:00"));
    events::OrderShipped shipped;
    shipped.order_id = first_;
    shipped.lines = {{mug_, 2}, {tea_, 1}};
    log_.add(shipped, first_.value, at("21T11:00:00"));
    log_.add(events::OrderDelivered{first_, ShipmentId{}}, first_.value, at("21T12:00:00"));
    events::RefundProcessed refund;
    refund.order_id = first_;
    refund.amount = {240, kEuro};
    refund.restock = {{mug_, 1}};
    log_.add(refund, first_.value, at("21T12:30:00"));
    refund.amount = {60, kEuro};
    refund.restock = {};
    log_.add(refund, first_.value, at("21T12:45:00"));
    events::ReservationExpired expired;
    expired.lines = {{tea_, 9}};
    log_.add(expired, CartId::make(at("21T13:00:00")).value, at("21T13:00:00"));
    log_.add(events::StockChanged{mug_, 10, 7}, mug_.value, at("21T13:00:00"));
    log_.add(events::LowStock{mug_, 1, 2}, mug_.value, at("21T13:00:00"));
    apply();
  }
  void order(OrderId id, const std::string& when, std::vector<events::SoldLine> lines, std::int64_t total) {
    events::OrderCreated event;
    event.order_id = id;
    event.total = {total, kEuro};
    event.shipping = 100;
    event.tax = 120;
    event.lines = std::move(lines);
    log_.add(event, id.value, at(when));
  }
  void pay(OrderId id, const std::string& when, std::int64_t amount) {
    events::PaymentReceived event;
    event.order_id = id;
    event.amount = {amount, kEuro};
    log_.add(event, id.value, at(when));
  }
  void apply() { testing::apply(handler_, connection_, log_.all()); }
  std::string rows() {
    return database_.sql(
               "SELECT string_agg(f::text, E'\\n' ORDER BY f.position) FROM fact_pages AS p, "
               "unnest(p.positions, "
               "p.kinds, p.times, p.amounts, p.merchandise, p.units) AS f (position)") +
           database_.sql(
               "SELECT string_agg(l::text, E'\\n' ORDER BY l.at, l::text) FROM fact_pages AS p, "
               "unnest(p.line_kinds, p.line_times, p.line_skus, p.line_quantities, p.line_amounts) AS l "
               "(kind, "
               "at)");
  }

  std::vector<SalesFigures> sales(const std::string& from, const std::string& to, Interval interval) {
    const http::Request request;
    http::Query<SalesQuery> query{{at(from), at(to), interval}};
    const auto reply = testing::run(api_.sales(request, query)).value();
    return std::get<SalesReport>(reply.body).data;
  }
  static std::vector<std::int64_t> numbers(const SalesFigures& f) {
    return {f.orders,  f.ordered,  f.paid_orders,    f.revenue,          f.merchandise,     f.units,
            f.refunds, f.refunded, f.units_returned, f.cancelled_orders, f.delivered_orders};
  }

  testing::TestDatabase database_;
  db::Connection connection_{database_.settings()};
  db::Pool pool_{{.connection = database_.settings(), .connections = 2}};
  ManualClock clock_{at("21T20:00:00")};
  AnalyticsHandler handler_;
  AnalyticsApi api_{pool_, clock_, kEuro};
  testing::EventLog log_;
  SkuId mug_ = SkuId::make(at("01T00:00:00"));
  SkuId tea_ = SkuId::make(at("01T00:00:00"));
  OrderId first_ = OrderId::make(at("20T10:15:00"));
  OrderId second_ = OrderId::make(at("20T23:59:59"));
  OrderId third_ = OrderId::make(at("21T09:00:00"));
};

using Numbers = std::vector<std::int64_t>;

TEST_F(AnalyticsTest, EveryEventIsOneFactHoweverOftenItIsReplayed) {
  EXPECT_EQ(database_.number("SELECT sum(cardinality(positions)) FROM fact_pages"),
            static_cast<std::int64_t>(log_.all().size()));
  EXPECT_EQ(
      database_.sql("SELECT string_agg(kind::text, ' ') FROM fact_pages, unnest(kinds) AS kind"),
      "ordered paid ordered paid ordered cancelled fulfilled shipped delivered refunded refunded expired "
      "stock_changed low_stock");
  const auto before = rows();
  apply();
  for (const auto& event : log_.all()) testing::apply(handler_, connection_, {event});
  EXPECT_EQ(rows(), before);
}

TEST_F(AnalyticsTest, APaymentTakesTheLinesOfItsOrderWhetherThatIsOfItsBatchOrNot) {
  const auto together = rows();
  database_.sql("DELETE FROM fact_pages");
  testing::store(connection_, log_.all());
  for (const auto& event : log_.all()) {
    AnalyticsHandler of_another_process;
    testing::apply(of_another_process, connection_, {event});
  }
  EXPECT_EQ(rows(), together);
}

TEST_F(AnalyticsTest, AFactThatWasHeldBackIsAddedToWhatThePagesHaveAround) {
  const auto whole = rows();
  database_.sql("DELETE FROM fact_pages");
  auto log = log_.all();
  const auto late = log[3];
  log.erase(log.begin() + 3);
  testing::apply(handler_, connection_, log);
  EXPECT_NE(rows(), whole);
  testing::apply(handler_, connection_, {late});
  EXPECT_EQ(rows(), whole);
  apply();
  EXPECT_EQ(rows(), whole);
}

TEST_F(AnalyticsTest, SalesByDayAreThoseComputedByHand) {
  const auto days = sales("20T00:00:00", "22T00:00:00", Interval::day);
  ASSERT_EQ(days.size(), 2U);
  EXPECT_EQ(days[0].from, at("20T00:00:00"));
  EXPECT_EQ(numbers(days[0]), (Numbers{2, 1440, 1, 720, 500, 3, 0, 0, 0, 0, 0}));
  EXPECT_EQ(days[1].from, at("21T00:00:00"));
  EXPECT_EQ(numbers(days[1]), (Numbers{1, 420, 1, 720, 500, 5, 2, 300, 1, 1, 1}));
}

TEST_F(AnalyticsTest, SalesByHourHoldTheHoursInWhichSomethingHappened) {
  const auto hours = sales("20T10:00:00", "21T00:00:00", Interval::hour);
  ASSERT_EQ(hours.size(), 2U);
  EXPECT_EQ(hours[0].from, at("20T10:00:00"));
  EXPECT_EQ(numbers(hours[0]), (Numbers{1, 720, 1, 720, 500, 3, 0, 0, 0, 0, 0}));
  EXPECT_EQ(hours[1].from, at("20T23:00:00"));
  EXPECT_EQ(numbers(hours[1]), (Numbers{1, 720, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST_F(AnalyticsTest, TheTotalIsOneLineFromTheBeginOfTheRange) {
  const auto total = sales("19T12:34:56", "22T00:00:00", Interval::total);
  ASSERT_EQ(total.size(), 1U);
  EXPECT_EQ(total[0].from, at("19T12:34:56"));
  EXPECT_EQ(numbers(total[0]), (Numbers{3, 1860, 2, 1440, 1000, 8, 2, 300, 1, 1, 1}));
}

TEST_F(AnalyticsTest, TheEndOfARangeIsNotInIt) {
  EXPECT_TRUE(sales("20T00:00:00", "20T10:15:00", Interval::total).empty());
  EXPECT_EQ(sales("20T10:15:00", "20T10:15:01", Interval::total).size(), 1U);
}

TEST_F(AnalyticsTest, ProductsComeByUnitsWithWhatCameBack) {
  const http::Request request;
  http::Query<ProductsQuery> query{{at("20T00:00:00"), at("22T00:00:00"), 20}};
  auto reply = testing::run(api_.products(request, query)).value();
  const auto all = std::get<ProductReport>(reply.body).data;
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].sku_id, tea_);
  EXPECT_EQ((Numbers{all[0].units, all[0].merchandise, all[0].units_returned}), (Numbers{6, 600, 0}));
  EXPECT_EQ(all[1].sku_id, mug_);
  EXPECT_EQ((Numbers{all[1].units, all[1].merchandise, all[1].units_returned}), (Numbers{2, 400, 1}));
  query.value.limit = 1;
  reply = testing::run(api_.products(request, query)).value();
  EXPECT_EQ(std::get<ProductReport>(reply.body).data.size(), 1U);
}

TEST_F(AnalyticsTest, TheFunnelFollowsTheCartsOfTheRange) {
  const auto cart = [&](const std::string& when, const std::string& content) {
    const auto id = CartId::make(at(when));
    database_.sql(
        "INSERT INTO carts (id, stage, version, sku_ids, quantities, held, deadlines, updated_at) VALUES (" +
        testing::quoted(id.value) + ", 'cart', 1, " + content + ", '{}', now())");
    return id;
  };
  const auto full = "'{" + to_hyphenated(mug_.value) + "}', '{1}', '{1}'";
  cart("20T09:00:00", "'{}', '{}', '{}'");
  cart("20T09:10:00", full);
  const auto order = [&](const std::string& state, std::int64_t captured, const CartId& of,
                         const std::string& when) {
    const auto id = testing::add_order(
        database_, {.state = state, .lines = {{mug_, 1}}, .captured = captured, .cart_id = of}, at(when));
    database_.sql("UPDATE carts SET stage = 'sold', order_id = " + testing::quoted(id.value) +
                  " WHERE id = " + testing::quoted(of.value));
  };
  order("paid", 100, cart("19T23:59:00", full), "20T00:01:00");
  for (const std::string state : {"pending_payment", "paid", "shipped", "delivered", "cancelled"}) {
    const std::int64_t captured = state == "pending_payment" || state == "cancelled" ? 0 : 100;
    order(state, captured, cart("20T10:00:00", full), "21T11:00:00");
  }
  const auto numbers = [&] {
    const http::Request request;
    http::Query<RangeQuery> query{{at("20T00:00:00"), at("21T00:00:00")}};
    const auto reply = testing::run(api_.funnel(request, query)).value();
    const auto& f = std::get<Funnel>(reply.body);
    return Numbers{f.carts, f.filled_carts, f.orders, f.paid, f.shipped, f.delivered};
  };
  EXPECT_EQ(numbers(), (Numbers{7, 6, 5, 3, 2, 1}));
  database_.sql("DELETE FROM carts WHERE order_id IS NOT NULL");
  EXPECT_EQ(numbers(), (Numbers{7, 6, 5, 3, 2, 1})) << "carts of orders are not kept for as long as these";
}

TEST_F(AnalyticsTest, RangesThatAreEmptyOrTooLongAreRefused) {
  const http::Request request;
  const auto code = [&](std::optional<Timestamp> from, std::optional<Timestamp> to, Interval interval) {
    http::Query<SalesQuery> query{{from, to, interval}};
    const auto reply = testing::run(api_.sales(request, query));
    return reply ? "" : reply.error().code;
  };
  EXPECT_EQ(code(at("21T00:00:00"), at("21T00:00:00"), Interval::day), "invalid_range");
  EXPECT_EQ(code(at("22T00:00:00"), std::nullopt, Interval::day), "invalid_range");
  EXPECT_EQ(code(std::nullopt, std::nullopt, Interval::day), "");
  const auto now = clock_.now();
  EXPECT_EQ(code(now - std::chrono::days{2000}, now, Interval::day), "");
  EXPECT_EQ(code(now - std::chrono::days{2001}, now, Interval::day), "invalid_range");
  EXPECT_EQ(code(now - std::chrono::hours{2000}, now, Interval::hour), "");
  EXPECT_EQ(code(now - std::chrono::hours{2001}, now, Interval::hour), "invalid_range");
  EXPECT_EQ(code(parse_rfc3339("0000-01-01T00:00:00Z"), now, Interval::total), "");
  EXPECT_EQ(
      code(parse_rfc3339("0000-01-01T00:00:00Z"), parse_rfc3339("0001-01-01T00:00:00Z"), Interval::total),
      "invalid_range");
  EXPECT_EQ(code(now, parse_rfc3339("9999-12-31T23:59:59Z"), Interval::total), "");
  http::Query<RangeQuery> ages{
      {parse_rfc3339("0000-01-01T00:00:00Z"), parse_rfc3339("9999-12-31T23:59:59Z")}};
  EXPECT_TRUE(testing::run(api_.funnel(request, ages)));
}

}  // namespace
}  // namespace shopflow::analytics
