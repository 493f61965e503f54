#include "app/database.hpp"

#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/logging.hpp"
#include "shopflow/db/migrator.hpp"

namespace shopflow::app {

db::ConnectionSettings connection_settings(const Config& config, std::string application_name) {
  db::ConnectionSettings settings;
  settings.url = config.database.url;
  settings.application_name = std::move(application_name);
  settings.statement_timeout = std::chrono::milliseconds{config.database.statement_timeout_ms};
  settings.lock_timeout = std::chrono::milliseconds{config.database.lock_timeout_ms};
  return settings;
}

int migrate_database(const Config& config) {
  db::MigratorSettings settings;
  settings.connection = connection_settings(config, "shopflow migrate");
  if (!config.database.owner_url.empty()) settings.connection.url = config.database.owner_url;
  db::Migrator migrator{settings};
  const auto applied = migrator.migrate(SystemClock{}.now());
  if (!applied) {
    fmt::print(stderr, "shopflow: {} {}\n", applied.error().title, applied.error().detail);
    return exit_code::failed;
  }
  migrator.give_rights(config.database.app_role, config.database.read_role);
  return exit_code::ok;
}

Result<void> check_database(const Config& config) {
  db::MigratorSettings settings;
  settings.connection = connection_settings(config, "shopflow check");
  return db::Migrator{settings}.check();
}

int migrate(const Config& config) {
  (void)start_logging(config);
  const int code = migrate_database(config);
  stop_logging();
  return code;
}

}  // namespace shopflow::app
