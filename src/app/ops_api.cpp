#include "app/ops_api.hpp"

#include "app/room_metrics.hpp"
#include "shopflow/db/migrator.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::app {

namespace asio = boost::asio;

asio::awaitable<Result<http::Reply<http::Raw>>> OpsApi::livez(const http::Request&) {
  co_return http::Raw{"ok\n", "text/plain; charset=utf-8"};
}

asio::awaitable<Result<http::Reply<Readiness>>> OpsApi::readyz(const http::Request&) {
  if (draining_) co_return fail(not_ready, "The server is stopping.");
  auto looking = database_.get();
  const auto migrations = co_await std::move(looking);
  if (draining_) co_return fail(not_ready, "The server is stopping.");
  if (!migrations) co_return fail(not_ready, "The database cannot be reached.");
  if (!*migrations) co_return fail(not_ready, migrations->error().detail);
  const bool redis = redis_is_up_();
  co_return Readiness{redis ? "ready" : "degraded",
                      {{"database", "ok"}, {"migrations", "ok"}, {"redis", redis ? "ok" : "degraded"}}};
}

asio::awaitable<std::optional<Result<void>>> OpsApi::look_at_migrations() {
  const auto look = [](db::Transaction& tx) { return db::check_applied(tx); };
  auto looking = pool_.read(look);
  co_return co_await std::move(looking);
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
