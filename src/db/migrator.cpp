#include "shopflow/db/migrator.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "shopflow/db/error.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::db {
namespace {

// Any number will do, as long as nothing else in the database uses it.
constexpr const char* kLock = "SELECT pg_advisory_xact_lock(7466218030)";

constexpr const char* kFindTable = "SELECT to_regclass('schema_migrations') IS NOT NULL";

// ddl: the book of the migrations has to be there before the first of them.
constexpr const char* kCreateTable = R"(
CREATE TABLE schema_migrations (
  version integer PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL
))";

const Statement kApplied{"db.migrations",
                         "SELECT version, name, checksum FROM schema_migrations ORDER BY version"};

const Statement kGiveRights{"db.give_rights", "SELECT give_rights($1::text, $2::text)"};

/// How many of `known` have been applied, which must be the first of them; rows behind those are another
/// binary's.
Result<std::size_t> count_known(const Rows& rows, std::span<const Migration> known) {
  const auto count = std::min(rows.size(), known.size());
  for (std::size_t i = 0; i < count; ++i) {
    auto row = rows[i];
    const auto version = row.next<int>();
    const auto name = row.next<std::string>();
    if (version != known[i].version) {
      return fail(migration_errors::gap,
                  fmt::format("Migration {} has not been applied, but {} has.", known[i].version, version));
    }
    const auto checksum = row.next<std::string>();
    if (checksum != known[i].checksum) {
      return fail(
          migration_errors::changed,
          fmt::format("Migration {} ('{}') was applied with checksum {}, this binary has '{}' with {}.",
                      version, name, checksum, known[i].name, known[i].checksum));
    }
  }
  return count;
}

/// What has been applied before must be the beginning of what this binary knows.
Result<std::size_t> compare(const Rows& rows, std::span<const Migration> known) {
  if (!rows.empty()) {
    auto last = rows[rows.size() - 1];
    const auto found = last.next<int>();
    const int newest = known.empty() ? 0 : known.back().version;
    if (found > newest) {
      return fail(migration_errors::newer,
                  fmt::format("The database is at migration {} ('{}'), this binary knows up to {}.", found,
                              last.next<std::string>(), newest));
    }
  }
  return count_known(rows, known);
}

Result<void> all_applied(std::size_t count, std::span<const Migration> known) {
  if (count >= known.size()) return {};
  const auto& first = known[count];
  return fail(migration_errors::pending,
              fmt::format("Not applied: {} of {} migrations, the first is {} ('{}').", known.size() - count,
                          known.size(), first.version, first.name));
}

ConnectionSettings for_migrations(const MigratorSettings& settings) {
  auto connection = settings.connection;
  connection.work = "migration";
  connection.statement_timeout = settings.statement_timeout;
  return connection;
}

Result<void> check_order(std::span<const Migration> known) {
  for (std::size_t i = 0; i < known.size(); ++i) {
    const int expected = static_cast<int>(i) + 1;
    if (known[i].version != expected) {
      return fail(migration_errors::gap, fmt::format("This binary has no migration {}, but {} ('{}').",
                                                     expected, known[i].version, known[i].name));
    }
  }
  return {};
}

}  // namespace

Migrator::Migrator(MigratorSettings settings, std::span<const Migration> known)
    : settings_{std::move(settings)}, known_{known}, connection_{for_migrations(settings_)} {}

Result<std::size_t> Migrator::count_applied(Transaction& tx) const {
  if (const auto order = check_order(known_); !order) return std::unexpected{order.error()};
  const auto found = tx.exec_text(kFindTable);
  if (!found[0].next<bool>()) return 0;
  return compare(tx.exec(kApplied), known_);
}

Result<bool> Migrator::apply_next(Transaction& tx, Timestamp now, std::vector<Migration>& applied) const {
  tx.exec_text(fmt::format("SET LOCAL lock_timeout = {}", settings_.lock_wait.count()));
  tx.exec_text(kLock);
  const auto count = count_applied(tx);
  if (!count) return std::unexpected{count.error()};
  if (*count == known_.size()) return false;
  if (*count == 0 && !tx.exec_text(kFindTable)[0].next<bool>()) tx.exec_text(kCreateTable);
  const auto& next = known_[*count];
  tx.exec_text(std::string{next.sql});
  // The name and the checksum come from the build and hold no quotes.
  tx.exec_text(
      fmt::format("INSERT INTO schema_migrations (version, name, checksum, applied_at) "
                  "VALUES ({}, '{}', '{}', '{}')",
                  next.version, next.name, next.checksum, to_rfc3339(now)));
  applied.push_back(next);
  return true;
}

Result<std::vector<Migration>> Migrator::migrate(Timestamp now) {
  std::vector<Migration> applied;
  for (;;) {
    Result<bool> more = false;
    const auto before = applied.size();
    try {
      connection_.transact([&](Transaction& tx) {
        applied.resize(before);
        more = apply_next(tx, now, applied);
      });
    } catch (const SqlError& error) {
      if (error.sqlstate() != "55P03") throw;
      return fail(migration_errors::busy, error.what());
    }
    if (!more) return std::unexpected{more.error()};
    if (!*more) return applied;
    spdlog::info("migration {} ('{}') applied", applied.back().version, applied.back().name);
  }
}

void Migrator::give_rights(std::string_view app_role, std::string_view read_role) {
  connection_.transact([&](Transaction& tx) {
    // Two that grant at once would meet in the catalogue.
    tx.exec_text(kLock);
    tx.exec(kGiveRights, app_role, read_role);
  });
}

Result<std::vector<Migration>> Migrator::pending() {
  Result<std::size_t> count = 0;
  connection_.read([&](Transaction& tx) { count = count_applied(tx); });
  if (!count) return std::unexpected{count.error()};
  const auto rest = known_.subspan(*count);
  return std::vector<Migration>{rest.begin(), rest.end()};
}

Result<void> Migrator::check() {
  const auto rest = pending();
  if (!rest) return std::unexpected{rest.error()};
  return all_applied(known_.size() - rest->size(), known_);
}

Result<void> check_applied(Transaction& tx, std::span<const Migration> known) {
  try {
    const auto count = count_known(tx.exec(kApplied), known);
    if (!count) return std::unexpected{count.error()};
    return all_applied(*count, known);
  } catch (const SqlError& error) {
    // undefined_table: nothing was ever applied.
    if (error.sqlstate() != "42P01") throw;
    return all_applied(0, known);
  }
}

}  // namespace shopflow::db
