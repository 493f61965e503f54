#pragma once

#include <string>

#include "support/environment.hpp"
#include "support/test_database.hpp"

namespace shopflow::testing {

/// A role for the server and one for reports, as an operator makes them, with the rights that migrations
/// give. Roles belong to the whole cluster, so each test has its own and takes them away.
class TestRoles {
 public:
  explicit TestRoles(const TestDatabase& database)
      : database_{database}, app_{unique_name("app")}, reader_{unique_name("reader")} {
    for (const auto& role : {app_, reader_}) database_.sql("CREATE ROLE " + role + " LOGIN");
  }
  ~TestRoles() {
    (void)database_.terminate_sessions();
    for (const auto& role : {app_, reader_}) database_.sql("DROP OWNED BY " + role + "; DROP ROLE " + role);
  }
  TestRoles(const TestRoles&) = delete;
  TestRoles& operator=(const TestRoles&) = delete;

  [[nodiscard]] const std::string& app() const { return app_; }
  [[nodiscard]] const std::string& reader() const { return reader_; }

  /// The database as that role reaches it.
  [[nodiscard]] std::string url_as(const std::string& role) const {
    auto url = database_.url();
    const auto user = url.find("user=");
    return url.substr(0, user) + "user=" + role;
  }

 private:
  const TestDatabase& database_;
  std::string app_;
  std::string reader_;
};

}  // namespace shopflow::testing
