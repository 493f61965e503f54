#pragma once

#include <boost/asio/awaitable.hpp>

#include "shopflow/analytics/figures.hpp"
#include "shopflow/core/money.hpp"
#include "shopflow/http/reply.hpp"

namespace shopflow::db {
class Pool;
}

namespace shopflow::analytics {

/// The figures for people who run the shop.
class AnalyticsApi {
 public:
  AnalyticsApi(db::Pool& pool, const Clock& clock, Currency currency)
      : pool_{pool}, clock_{clock}, currency_{currency} {}

  boost::asio::awaitable<Result<http::Reply<SalesReport>>> sales(const http::Request& request,
                                                                 http::Query<SalesQuery> query);
  boost::asio::awaitable<Result<http::Reply<ProductReport>>> products(const http::Request& request,
                                                                      http::Query<ProductsQuery> query);
  boost::asio::awaitable<Result<http::Reply<Funnel>>> funnel(const http::Request& request,
                                                             http::Query<RangeQuery> query);

 private:
  [[nodiscard]] Result<Range> range(std::optional<Timestamp> from, std::optional<Timestamp> to) const;

  db::Pool& pool_;
  const Clock& clock_;
  Currency currency_;
};

}  // namespace shopflow::analytics
