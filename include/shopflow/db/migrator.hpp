#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/db/connection.hpp"

namespace shopflow::db {

class Transaction;

/// One file of migrations/. Versions count 1, 2, 3… without gaps; a file that has been applied anywhere never
/// changes again.
struct Migration {
  int version;
  std::string_view name;      // what follows the number in the file's name
  std::string_view checksum;  // SHA-256 of the file in hex
  std::string_view sql;
};

/// The migrations that were in the source tree when this binary was built, in order.
[[nodiscard]] std::span<const Migration> embedded_migrations();

/// Why a database is not migrated any further. Each is for a person to look into, so the detail names the
/// versions.
namespace migration_errors {
inline constexpr ErrorCode changed{"migration_changed", ErrorKind::conflict,
                                   "A migration that was applied before is not the one in this binary."};
inline constexpr ErrorCode newer{"database_newer", ErrorKind::conflict,
                                 "The database has been migrated by a newer binary."};
inline constexpr ErrorCode gap{"migration_gap", ErrorKind::conflict, "A migration is missing in between."};
inline constexpr ErrorCode busy{"migration_busy", ErrorKind::unavailable,
                                "Another process has been migrating the database for too long."};
inline constexpr ErrorCode pending{"migration_pending", ErrorKind::unavailable,
                                   "The database has not been migrated to the version of this binary."};
}  // namespace migration_errors

struct MigratorSettings {
  ConnectionSettings connection;
  std::chrono::milliseconds lock_wait{10'000};  // for another process that migrates; tried three times
  std::chrono::milliseconds statement_timeout{600'000};  // one migration's longest statement
};

/// Brings a database to the schema of this binary, forward only. Its own table, schema_migrations, says what
/// has been applied; it makes nothing else by itself. Belongs to one thread.
class Migrator {
 public:
  /// `known` must outlive the migrator.
  explicit Migrator(MigratorSettings settings, std::span<const Migration> known = embedded_migrations());

  /// Applies what is pending, each migration in a transaction of its own under a lock that all processes
  /// share, and gives what it applied. Fails with one of migration_errors and leaves the database at the last
  /// migration that went through. Throws SqlError for a migration that the database refuses, Unavailable
  /// without a database.
  Result<std::vector<Migration>> migrate(Timestamp now);

  /// Gives these roles their rights to all that has been migrated (give_rights of the migrations); one that
  /// is not there, or that migrates itself, is left alone.
  void give_rights(std::string_view app_role, std::string_view read_role);

  /// What `migrate` would apply. Fails as `migrate` does, and changes nothing.
  Result<std::vector<Migration>> pending();

  /// For the start: success if the database has exactly the schema of this binary.
  Result<void> check();

 private:
  [[nodiscard]] Result<std::size_t> count_applied(Transaction& tx) const;
  Result<bool> apply_next(Transaction& tx, Timestamp now, std::vector<Migration>& applied) const;

  MigratorSettings settings_;
  std::span<const Migration> known_;
  Connection connection_;
};

/// For readiness: success while all of `known` have been applied, whatever a newer binary has applied behind
/// them. One statement, on the transaction's thread. Fails with migration_errors pending, gap or changed; its
/// detail names what is missing.
Result<void> check_applied(Transaction& tx, std::span<const Migration> known = embedded_migrations());

}  // namespace shopflow::db
