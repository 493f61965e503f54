#include "support/test_server.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

#include "support/environment.hpp"
#include "support/test_redis.hpp"

namespace shopflow::testing {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// A sanitizer's report fails the test whatever became of the process: one that is killed has no exit code of
/// its own.
void expect_no_report(const std::string& text) {
  if (text.find("Sanitizer: ") != std::string::npos) ADD_FAILURE() << text;
}

std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return out + "'";
}

}  // namespace

TestServer::TestServer(Settings settings, std::shared_ptr<TestDatabase> database)
    : settings_{std::move(settings)}, database_{std::move(database)} {
  directory_ = std::filesystem::temp_directory_path() / unique_name("shopflow_test_server");
  std::filesystem::create_directory(directory_);
  start();
}

TestServer::~TestServer() {
  if (pid_ > 0) {
    const int code = stop(SIGTERM);
    if (code != 0) ADD_FAILURE() << "the server ended with " << code << "\n" << log();
  }
  std::filesystem::remove_all(directory_);
  std::filesystem::remove(socket());
}

std::string TestServer::socket() const {
  // Not in the directory for temporary files, whose path may be too long for a socket.
  return "/tmp/" + std::filesystem::path{directory_}.filename().string() + ".sock";
}

std::map<std::string, std::string> TestServer::environment() const {
  std::map<std::string, std::string> variables{
      // A machine that runs many tests at once is slow, which is not what they ask about.
      {"SHOPFLOW_DATABASE_URL", database_->url() + "&connect_timeout=60"},
      {"SHOPFLOW_DATABASE_STATEMENT_TIMEOUT_MS", "60000"},
      {"SHOPFLOW_REDIS_URL", required_environment("SHOPFLOW_TEST_REDIS")},
      {"SHOPFLOW_REDIS_PREFIX", database_->name() + ":"},
      {"SHOPFLOW_HTTP_PORT", "0"},
      {"SHOPFLOW_HTTP_SOCKET", socket()},
      {"SHOPFLOW_HTTP_THREADS", "2"},
      {"SHOPFLOW_LIMITS_EXEMPT_LOOPBACK", "true"},
      {"SHOPFLOW_MAIL_DIRECTORY", directory_ + "/mail"}};
  for (const auto& [name, value] : settings_) variables[name] = value;
  return variables;
}

void TestServer::start() {
  const auto heard = spawn_heard({required_environment("SHOPFLOW_TEST_BINARY"), "serve", "--migrate"},
                                 environment(), directory_ + "/log");
  pid_ = heard.pid;
  // "ShopFlow listens on http://127.0.0.1:PORT" comes once it serves; the end of the pipe means that it gave
  // up.
  const auto line = read_line(heard.output);
  ::close(heard.output);
  const auto colon = line.rfind(':');
  if (line.find("listens on") == std::string::npos || colon == std::string::npos) {
    throw std::runtime_error{"the server did not start: " + line + "\n" + log()};
  }
  port_ = static_cast<std::uint16_t>(std::stoi(line.substr(colon + 1)));
}

int TestServer::stop(int signal) {
  ::kill(pid_, signal);
  int status = 0;
  const auto limit = ::time(nullptr) + 60;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (::time(nullptr) > limit) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, &status, 0);
      break;
    }
    const timespec pause{0, 2'000'000};
    // sleep: there is no signal to wait for that would not disturb the test's own children.
    ::nanosleep(&pause, nullptr);
  }
  pid_ = -1;
  expect_no_report(log());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TestServer::Run TestServer::run(const std::string& arguments) const {
  std::string line = "env";
  for (const auto& [name, value] : environment()) line += " " + name + "=" + shell_quoted(value);
  line += " " + shell_quoted(required_environment("SHOPFLOW_TEST_BINARY")) + " " + arguments + " 2>&1";
  auto* pipe = ::popen(line.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error{"cannot run shopflow " + arguments};
  Run result;
  std::array<char, 4096> bytes{};
  for (std::size_t n = 0; (n = std::fread(bytes.data(), 1, bytes.size(), pipe)) > 0;)
    result.output.append(bytes.data(), n);
  const int status = ::pclose(pipe);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  expect_no_report(result.output);
  return result;
}

const std::string& TestServer::key(const std::string& role) {
  auto& kept = keys_[role];
  if (kept.empty()) {
    const auto made = run("admin create-key --role " + role + " --name " + unique_name("test"));
    if (made.code != 0) throw std::runtime_error{"no key of role " + role + ": " + made.output};
    kept = last_line(made.output);
  }
  return kept;
}

Client TestServer::admin(const std::string& role) {
  Client client{port_};
  client.set("Authorization", "Bearer " + key(role));
  return client;
}

std::string TestServer::key_file() {
  const auto path = directory_ + "/admin.key";
  std::ofstream{path} << key("admin") << '\n';
  return path;
}

std::string TestServer::log() const { return read_file(directory_ + "/log"); }

}  // namespace shopflow::testing
