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
  try {
    const auto ping = [](db::Transaction& tx) { return tx.exec(kPing).size(); };
    (void)co_await pool_.read(ping);
  } catch (const std::exception&) {
    co_return fail(not_ready, "The database cannot be reached.");
  }
  const bool redis = redis_is_up_();
  co_return Readiness{redis ? "ready" : "degraded",
                      {{"database", "ok"}, {"redis", redis ? "ok" : "degraded"}}};
}

asio::awaitable<Result<http::Reply<http::Raw>>> OpsApi::metrics(const http::Request&) {
  Exposition out;
  metrics_.expose(out);
  bool database = true;
  try {
    const auto read = [&out, now = clock_.now()](db::Transaction& tx) {
      expose_progress(out, events::read_progress(tx), now);
      expose_stock(out, read_stock_totals(tx));
    };
    co_await pool_.read(read);
  } catch (const std::exception&) {
    database = false;  // What this process has counted is worth most when the database is away.
  }
  out.gauge("shopflow_database_up", "Whether the database answered.", {}, database ? 1 : 0);
  out.gauge("shopflow_redis_up", "Whether Redis can be used.", {}, redis_is_up_() ? 1 : 0);
  co_return http::Raw{out.text(), "text/plain; version=0.0.4; charset=utf-8"};
}

}  // namespace shopflow::app
