#pragma once

#include <memory>
#include <string>

#include "shopflow/db/connection.hpp"

namespace shopflow::testing {

/// A PostgreSQL by the directory of its socket.
struct Cluster {
  std::string host;
  std::string user;
  /// That of the tests: SHOPFLOW_TEST_PGHOST and SHOPFLOW_TEST_PGUSER (`./dev test` sets them). Throws
  /// without them, so that no test passes by not running.
  [[nodiscard]] static Cluster of_tests();
  [[nodiscard]] std::string url(const std::string& database) const;
};

/// A database of one test's own, migrated, empty, and dropped in the end. It is a copy of a template that is
/// made once per set of migrations, so that it costs some milliseconds.
class TestDatabase {
 public:
  enum class Content { migrated, nothing };
  explicit TestDatabase(Content content = Content::migrated) : TestDatabase{content, Cluster::of_tests()} {}
  TestDatabase(Content content, const Cluster& cluster);
  /// One that is there already; dropped in the end, too.
  TestDatabase(const Cluster& cluster, std::string name);
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] db::ConnectionSettings settings() const;

  /// Runs any SQL on a session of the test's own, and gives the first field of the first row ("" if there is
  /// none).
  std::string sql(const std::string& text) const;
  [[nodiscard]] std::int64_t number(const std::string& text) const { return std::stoll(sql(text)); }

  /// Ends every other session with this database, as a restart of the server would; gives how many.
  int terminate_sessions() const;

  /// Lets nobody in any more, and ends every session, as if PostgreSQL were gone; or lets everybody in again.
  void refuse_sessions() const;
  void admit_sessions() const;

 private:
  std::string name_;
  std::string url_;
  std::string admin_url_;
};

}  // namespace shopflow::testing
