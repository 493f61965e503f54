#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "http/operations.hpp"

namespace shopflow::testing {
namespace {

constexpr const char* kMark = "do_not_tell_anyone_of_this_1a2b3c";

std::string read_all(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void expect_silent(const std::string& where, const std::string& text, const std::string& mark) {
  EXPECT_EQ(text.find(mark), std::string::npos) << where << " tells " << mark;
}

/// A server that has nothing but a configuration file and the files that this one names.
class FileServer {
 public:
  FileServer(const TestDatabase& database, std::filesystem::path directory)
      : directory_{std::move(directory)} {
    std::filesystem::create_directories(directory_);
    write("url", database.url() + "&application_name=" + kMark);
    write("sandbox", std::string{"whsec_"} + kMark);
    write("smtp", std::string{"smtp_"} + kMark);
    write("audit", std::string{"audit_"} + kMark);
    write("config.toml",
          "[http]\nport = 0\n[log]\nlevel = \"trace\"\n[database]\nurl_file = \"" + path("url") +
              "\"\n[redis]\nurl = \"" + required_environment("SHOPFLOW_TEST_REDIS") +
              "\"\n[payments]\nsandbox_secret_file = \"" + path("sandbox") +
              "\"\n[mail]\nsmtp_url = \"smtp://127.0.0.1:9\"\nsmtp_user = \"shop\"\nsmtp_password_file = \"" +
              path("smtp") + "\"\n[audit]\nkey_file = \"" + path("audit") + "\"\n");
    start();
  }
  ~FileServer() {
    if (pid_ > 0) stop();
    std::filesystem::remove_all(directory_);
  }
  FileServer(const FileServer&) = delete;
  FileServer& operator=(const FileServer&) = delete;

  void stop() {
    ::kill(pid_, SIGTERM);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    EXPECT_EQ(status, 0) << log();
    pid_ = -1;
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string of_process(const std::string& file) const {
    return read_all("/proc/" + std::to_string(pid_) + "/" + file);
  }
  [[nodiscard]] std::string log() const { return read_all(path("log")); }

 private:
  [[nodiscard]] std::string path(const std::string& name) const { return (directory_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream{directory_ / name} << text;
  }
  void start() {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, path("log").c_str(), O_WRONLY | O_CREAT, 0600);
    std::string words[] = {required_environment("SHOPFLOW_TEST_BINARY"), "serve", "--migrate", "--config",
                           path("config.toml")};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(),
                         words[3].data(), words[4].data(), nullptr};
    char* environment[] = {nullptr};
    ASSERT_EQ(::posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments, environment), 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string line;
    for (char c = 0; ::read(ends[0], &c, 1) == 1 && c != '\n';) line.push_back(c);
    ::close(ends[0]);
    ASSERT_NE(line.find("listens on"), std::string::npos) << log();
    port_ = static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
  }

  std::filesystem::path directory_;
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

TEST(SecretsInFiles, AreEnoughToStartWithAndAreSeenNowhereElse) {
  const TestDatabase database;
  FileServer server{database, std::filesystem::temp_directory_path() / unique_name("secrets")};
  Client client{server.port()};
  EXPECT_EQ(client.get("/readyz").status, 200);
  expect_silent("the command line", server.of_process("cmdline"), kMark);
  EXPECT_EQ(server.of_process("environ"), "");
  for (const auto* path : {"/metrics", "/v1/products", "/readyz", "/openapi.json"}) {
    expect_silent(path, client.get(path).body, kMark);
  }
  server.stop();
  expect_silent("the log", server.log(), kMark);
}

TEST(SecretsInFiles, AreNotToldWhenTheyAreWrong) {
  const TestServer server;
  const std::string bad = std::string{"postgresql://shop:"} + kMark + "@127.0.0.1:1/nowhere";
  const auto file = server.directory() + "/bad_url";
  std::ofstream{file} << bad;
  const auto with = [&](const std::string& setting) {
    return server.run("config check; env " + setting + " \"$SHOPFLOW_TEST_BINARY\" audit");
  };
  for (const auto& setting :
       {"SHOPFLOW_DATABASE_URL='" + bad + "'", std::string{"SHOPFLOW_AUDIT_KEY="} + "short_" + kMark,
        std::string{"SHOPFLOW_CARRIERS_SECRETS="} + kMark,
        std::string{"SHOPFLOW_REDIS_URL=nonsense_"} + kMark}) {
    expect_silent("a complaint", with(setting).output, kMark);
  }
}

TEST(RequestBodies, AreNeverLoggedNorAreKeysAndSecrets) {
  Shop shop{{{"SHOPFLOW_LOG_LEVEL", "trace"}}};
  const auto cup = shop.article(3);
  const auto cart = shop.cart_with(cup, 1);
  auto client = shop.server.client();
  auto staff = shop.server.admin();
  // Right ones, wrong ones and ones that the database refuses, to every operation.
  for (const auto& operation : operations(shop.contract)) {
    auto body = operation.has_body() ? good_body(operation) : Json::object();
    for (auto& value : body) {
      if (value.is_string()) value = std::string{kMark};
    }
    body["note"] = kMark;
    for (const auto& text : {body.dump(), "{\"note\":\"" + std::string{kMark}, std::string{kMark}}) {
      (void)staff.send(operation.method, operation.target() + "?q=" + kMark, text,
                       {{"Content-Type", "application/json"}, fresh_key(), {"Shopflow-Secret", kMark}});
    }
    (void)client.send(operation.method, operation.target(), body.dump(),
                      {{"Content-Type", "application/json"},
                       fresh_key(),
                       {"Authorization", std::string{"Bearer sfk_"} + kMark}});
  }
  (void)client.send("PATCH", cart.cart("/items/" + cup.sku), "{\"quantity\":\"" + std::string{kMark} + "\"}",
                    {{"Content-Type", "application/json"}, {"Shopflow-Secret", cart.secret}});
  auto checkout = checkout_body();
  checkout["email"] = std::string{kMark} + "@example.com";
  const auto bought = client.post(cart.cart("/checkout"), checkout, cart.with_key());
  EXPECT_EQ(bought.status, 201) << bought.body;
  EXPECT_TRUE(shop.settles());
  shop.server.database().terminate_sessions();
  (void)client.post(cart.cart("/items"), Json{{"items", kMark}}, cart.headers());
  ASSERT_EQ(shop.server.stop(SIGTERM), 0);
  const auto log = shop.server.log();
  EXPECT_GT(log.size(), 1000U);
  expect_silent("the log", log, kMark);
  expect_silent("the log", log, cart.secret);
  expect_silent("the log", log, "Bearer");
  expect_silent("the log", log, "sfk_");
}

}  // namespace
}  // namespace shopflow::testing
