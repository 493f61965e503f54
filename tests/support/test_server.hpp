#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "support/http_client.hpp"
#include "support/process.hpp"
#include "support/test_database.hpp"

namespace shopflow::testing {

/// The real server as a process of its own, on a free port, with a database of its own and the Redis of the
/// tests. Needs SHOPFLOW_TEST_BINARY (`./dev test` sets it). Ends the server by SIGTERM, or SIGKILL after 60
/// s; anything but its exit code 0, and any sanitizer's report, fails the test.
class TestServer {
 public:
  /// `settings` are SHOPFLOW_… variables on top of the tests' own. With `database`, several servers share
  /// one.
  explicit TestServer(Settings settings = {},
                      std::shared_ptr<TestDatabase> database = std::make_shared<TestDatabase>());
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// The Unix socket at which it listens as well.
  [[nodiscard]] std::string socket() const;
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] TestDatabase& database() const { return *database_; }
  [[nodiscard]] std::shared_ptr<TestDatabase> shared_database() const { return database_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

  [[nodiscard]] Client client() const { return Client{port_}; }
  /// A client with a key of that role.
  [[nodiscard]] Client admin(const std::string& role = "admin");
  /// A file with an admin key, for programs: their arguments can be read by everybody.
  [[nodiscard]] std::string key_file();

  /// Sends the signal and waits for the end; gives the exit code, or minus the signal that ended it.
  int stop(int signal);

  /// Runs `shopflow ARGS…` with the server's settings, as a line of the shell.
  using Run = testing::Run;
  [[nodiscard]] Run run(const std::string& arguments) const;

  /// What the server has written to its log so far.
  [[nodiscard]] std::string log() const;
  [[nodiscard]] const std::string& directory() const { return directory_; }

 private:
  [[nodiscard]] std::map<std::string, std::string> environment() const;
  void start();
  const std::string& key(const std::string& role);

  Settings settings_;
  std::shared_ptr<TestDatabase> database_;
  std::string directory_;
  std::map<std::string, std::string> keys_;
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace shopflow::testing
