#include "support/test_database.hpp"

#include <fmt/format.h>

#include <pqxx/pqxx>
#include <stdexcept>

#include "shopflow/core/time.hpp"
#include "shopflow/db/migrator.hpp"
#include "support/environment.hpp"

namespace shopflow::testing {
namespace {

pqxx::result run(pqxx::connection& connection, const std::string& sql) {
  pqxx::nontransaction work{connection};
  return work.exec(sql);
}

/// Names the template by everything that was migrated, so that binaries of different sources never share one.
std::string template_name() {
  std::size_t hash = 0;
  for (const auto& migration : db::embedded_migrations()) {
    hash = hash * 31 + std::hash<std::string_view>{}(migration.checksum);
  }
  return fmt::format("shopflow_template_{:016x}", hash);
}

void make_template(const Cluster& cluster, pqxx::connection& admin, const std::string& name) {
  const auto unfinished = name + "_unfinished";
  run(admin, fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", unfinished));
  run(admin, fmt::format("CREATE DATABASE {}", unfinished));
  {
    db::Migrator migrator{{.connection = {.url = cluster.url(unfinished)}}};
    const auto applied = migrator.migrate(SystemClock{}.now());
    if (!applied) throw std::runtime_error{"the test database can't be migrated: " + applied.error().detail};
  }
  run(admin, fmt::format("ALTER DATABASE {} RENAME TO {}", unfinished, name));
}

/// Makes the template unless some process has; the lock keeps test binaries that start together apart.
std::string template_database(const Cluster& cluster, pqxx::connection& admin) {
  auto name = template_name();
  run(admin, "SELECT pg_advisory_lock(7466218031)");
  const auto found = run(admin, fmt::format("SELECT 1 FROM pg_database WHERE datname = '{}'", name));
  if (found.empty()) make_template(cluster, admin, name);
  run(admin, "SELECT pg_advisory_unlock(7466218031)");
  return name;
}

}  // namespace

Cluster Cluster::of_tests() {
  return {required_environment("SHOPFLOW_TEST_PGHOST"), required_environment("SHOPFLOW_TEST_PGUSER")};
}

std::string Cluster::url(const std::string& database) const {
  return fmt::format("postgresql:///{}?host={}&user={}", database, host, user);
}

TestDatabase::TestDatabase(Content content, const Cluster& cluster)
    : name_{unique_name("shopflow_test")}, url_{cluster.url(name_)}, admin_url_{cluster.url("postgres")} {
  pqxx::connection admin{admin_url_};
  if (content == Content::nothing) {
    run(admin, fmt::format("CREATE DATABASE {}", name_));
    return;
  }
  const auto from = template_database(cluster, admin);
  run(admin, fmt::format("CREATE DATABASE {} TEMPLATE {}", name_, from));
}

TestDatabase::TestDatabase(const Cluster& cluster, std::string name)
    : name_{std::move(name)}, url_{cluster.url(name_)}, admin_url_{cluster.url("postgres")} {}

TestDatabase::~TestDatabase() {
  try {
    pqxx::connection admin{admin_url_};
    run(admin, fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{} stays behind: {}\n", name_, error.what());
  }
}

db::ConnectionSettings TestDatabase::settings() const {
  // A machine that runs many tests at once is slow, which is not what they ask about.
  const std::chrono::seconds patience{60};
  return {.url = url_,
          .statement_timeout = patience,
          .idle_in_transaction = patience,
          .connect_timeout = patience};
}

std::string TestDatabase::sql(const std::string& text) const {
  pqxx::connection connection{url_};
  run(connection, "SET jit = off");  // a question with a hundred parts would be compiled for a minute
  const auto result = run(connection, text);
  if (result.empty() || result[0][0].is_null()) return {};
  return result[0][0].c_str();
}

int TestDatabase::terminate_sessions() const {
  // Waits until they are gone (10 s at most), so that what follows meets the broken connection.
  pqxx::connection admin{admin_url_};
  const auto result = run(admin, fmt::format("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                                             "WHERE datname = '{}' AND backend_type = 'client backend'",
                                             name_));
  return static_cast<int>(result.size());
}

void TestDatabase::refuse_sessions() const {
  pqxx::connection admin{admin_url_};
  run(admin, fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS false", name_));
  static_cast<void>(terminate_sessions());
}

void TestDatabase::admit_sessions() const {
  pqxx::connection admin{admin_url_};
  run(admin, fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS true", name_));
}

}  // namespace shopflow::testing
