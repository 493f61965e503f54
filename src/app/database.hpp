#pragma once

#include "app/config.hpp"
#include "shopflow/db/connection.hpp"

namespace shopflow::app {

/// How this configuration reaches the database.
[[nodiscard]] db::ConnectionSettings connection_settings(const Config& config,
                                                         std::string application_name = "shopflow");

/// Brings the database up to date and says what was done; gives the exit code.
int migrate_database(const Config& config);

/// Whether the database has exactly the schema of this binary.
[[nodiscard]] Result<void> check_database(const Config& config);

}  // namespace shopflow::app
