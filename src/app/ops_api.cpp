#include "app/ops_api.hpp"

#include "app/room_metrics.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::app {
namespace {

namespace asio = boost::asio;

/// Answers only if the database is there and has a schema; that it is the right one was checked at start.
const db::Statement kPing{"app.ping", "SELECT position FROM event_log_head"};

}  // namespace

asio::awaitable<Result<http::Reply<http::Raw>>> OpsApi::livez(const http::Request&) {
  co_return http::Raw{"ok\n", "text/plain; charset=utf-8"};
}

asio::awaitable<Result<http::Reply<Readiness>>> OpsApi::readyz(const http::Request&) {
  if (draining_) co_return fail(not_ready, "The server is stopping.");
  auto looking = database_.get();
  const bool database = co_await std::move(looking);
  if (draining_) co_return fail(not_ready, "The server is stopping.");
  if (!database) co_return fail(not_ready, "The database cannot be reached.");
  const bool redis = redis_is_up_();
  co_return Readiness{redis ? "ready" : "degraded",
                      {{"database", "ok"}, {"redis", redis ? "ok" : "degraded"}}};
}

asio::awaitable<bool> OpsApi::ping() {
  const auto ask = [](db::Transaction& tx) { return tx.exec(kPing).size(); };
  auto asking = pool_.read(ask);
  co_return co_await std::move(asking) == 1;
}

asio::awaitable<std::string> OpsApi::read_figures() {
  const auto read = [now = clock_.now()](db::Transaction& tx) {
    Exposition figures;
    expose_progress(figures, events::read_progress(tx), now);
    expose_stock(figures, read_stock_totals(tx));
    return figures.text();
  };
  auto reading = pool_.read(read);
  co_return co_await std::move(reading);
}

asio::awaitable<Result<http::Reply<http::Raw>>> OpsApi::metrics(const http::Request&) {
  // What this process has counted is worth most when the database is away.
  auto looking = figures_.get();
  const auto figures = co_await std::move(looking);
  Exposition out;
  metrics_.expose(out);
  out.gauge("shopflow_database_up", "Whether the database answered.", {}, figures.empty() ? 0 : 1);
  out.gauge("shopflow_redis_up", "Whether Redis can be used.", {}, redis_is_up_() ? 1 : 0);
  co_return http::Raw{out.text() + figures, "text/plain; version=0.0.4; charset=utf-8"};
}

}  // namespace shopflow::app
