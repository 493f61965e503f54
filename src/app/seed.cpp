#include "app/seed.hpp"

#include <spdlog/spdlog.h>

#include "app/application.hpp"
#include "app/commands.hpp"
#include "app/database.hpp"
#include "app/demo_shop.hpp"
#include "app/logging.hpp"
#include "app/parts.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::app {
namespace {

const db::Statement kIsEmpty{"app.catalogue_is_empty", "SELECT NOT EXISTS (SELECT FROM products)"};

}  // namespace

void seed_demo_shop(Application::Parts& parts) {
  db::Connection connection{connection_settings(parts.config, "shopflow seed")};
  const auto now = parts.clock.now();
  connection.transact([&](db::Transaction& tx) {
    auto row = tx.exec(kIsEmpty)[0];
    if (!row.next<bool>()) return;
    auto made = parts.catalog.create(tx, demo_products(parts.currency), {now, ""},
                                     [](db::Transaction&, const auto&) {});
    if (!made) throw std::runtime_error{"the demo shop can't be loaded: " + made.error().title};
    spdlog::info("the demo shop is loaded: {} products", made->size());
  });
}

int seed_demo(const Config& config) {
  Application application{config, start_logging(config)};
  application.seed_demo();
  application.stop(std::chrono::milliseconds{0});
  stop_logging();
  return exit_code::ok;
}

}  // namespace shopflow::app
