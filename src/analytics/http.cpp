#include <algorithm>

#include "analytics/repository.hpp"
#include "shopflow/analytics/analytics_api.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::analytics {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::days kRangeDefault{30};
constexpr std::int64_t kIntervalsMax = 2000;

bool has_too_many(const Range& range, Interval interval) {
  const auto length = range.to - range.from;
  if (interval == Interval::hour) return length > std::chrono::hours{kIntervalsMax};
  return interval == Interval::day && length > std::chrono::days{kIntervalsMax};
}

}  // namespace

Result<Range> AnalyticsApi::range(std::optional<Timestamp> from, std::optional<Timestamp> to) const {
  Range range;
  range.to = to.value_or(clock_.now());
  // Nothing of the shop is older, and neither PostgreSQL nor a UUIDv7 goes back as far as a year may be
  // asked.
  range.from = std::max(from.value_or(range.to - kRangeDefault), Timestamp{});
  if (range.from >= range.to) return fail(errors::invalid_range);
  return range;
}

asio::awaitable<Result<http::Reply<SalesReport>>> AnalyticsApi::sales(const http::Request&,
                                                                      http::Query<SalesQuery> query) {
  const auto asked = range(query->from, query->to);
  if (!asked) co_return std::unexpected{asked.error()};
  const auto interval = query->interval;
  if (has_too_many(*asked, interval)) co_return fail(errors::invalid_range);
  const auto work = [&](db::Transaction& tx) { return read_sales(tx, *asked, interval); };
  auto figures = co_await pool_.read(work);
  co_return SalesReport{std::string{currency_.str()}, std::move(figures)};
}

asio::awaitable<Result<http::Reply<ProductReport>>> AnalyticsApi::products(const http::Request&,
                                                                           http::Query<ProductsQuery> query) {
  const auto asked = range(query->from, query->to);
  if (!asked) co_return std::unexpected{asked.error()};
  const auto limit = query->limit;
  const auto work = [&](db::Transaction& tx) { return read_products(tx, *asked, limit); };
  auto figures = co_await pool_.read(work);
  co_return ProductReport{std::move(figures)};
}

asio::awaitable<Result<http::Reply<Funnel>>> AnalyticsApi::funnel(const http::Request&,
                                                                  http::Query<RangeQuery> query) {
  const auto asked = range(query->from, query->to);
  if (!asked) co_return std::unexpected{asked.error()};
  const auto work = [&](db::Transaction& tx) { return read_funnel(tx, *asked); };
  auto funnel = co_await pool_.read(work);
  co_return funnel;
}

}  // namespace shopflow::analytics
