#include "http/socket_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include "raw_client.hpp"
#include "small_server.hpp"
#include "support/socket.hpp"
#include "support/until.hpp"

namespace shopflow::http::testing {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr std::string_view kHello = "GET /v1/hello HTTP/1.1\r\nHost: a\r\n\r\n";

class SocketFileTest : public ::testing::Test {
 protected:
  SocketFileTest() { fs::create_directory(directory); }
  ~SocketFileTest() override { fs::remove_all(directory); }
  [[nodiscard]] boost::system::error_code refusal() {
    try {
      (void)bind_socket_file(context, path);
    } catch (const boost::system::system_error& error) {
      return error.code();
    }
    return {};
  }
  [[nodiscard]] Settings settings() const {
    Settings settings;
    settings.socket = path;
    return settings;
  }

  fs::path directory = fs::temp_directory_path() / ("shopflow_socket_" + std::to_string(::getpid()));
  std::string path = directory / "http.sock";
  asio::io_context context;
};

TEST_F(SocketFileTest, IsForTheUserAndTheGroupAlone) {
  const auto acceptor = bind_socket_file(context, path);
  EXPECT_EQ(fs::status(path).type(), fs::file_type::socket);
  EXPECT_EQ(fs::status(path).permissions(), fs::perms{0660});
}

TEST_F(SocketFileTest, ThatADeadProcessHasLeftGivesWay) {
  {
    const auto left = bind_socket_file(context, path);
  }
  ASSERT_TRUE(fs::exists(path));
  auto acceptor = bind_socket_file(context, path);
  acceptor.listen();
  EXPECT_NO_THROW(RawClient{path});
}

TEST_F(SocketFileTest, AtWhichSomebodyListensIsLeftAlone) {
  auto first = bind_socket_file(context, path);
  first.listen(1);
  // Whether its backlog has room or not.
  for (int i = 0; i < 4; ++i) EXPECT_EQ(refusal(), asio::error::address_in_use);
  const auto address = shopflow::testing::socket_file(path);
  std::vector<int> waiting;
  do waiting.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
  while (::connect(waiting.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(refusal(), asio::error::address_in_use);
  EXPECT_TRUE(fs::exists(path));
  for (const int socket : waiting) ::close(socket);
}

TEST_F(SocketFileTest, WhereSomethingElseLiesIsRefusedAndTheThingKept) {
  std::ofstream{path} << "precious";
  EXPECT_EQ(refusal(), asio::error::address_in_use);
  EXPECT_EQ(fs::file_size(path), 8U);
}

TEST_F(SocketFileTest, WithoutItsDirectoryIsRefused) {
  fs::remove(directory);
  EXPECT_EQ(refusal(), boost::system::errc::no_such_file_or_directory);
}

TEST_F(SocketFileTest, GoesWithItsOwnerUnlessItIsAnothersByThen) {
  auto acceptor = bind_socket_file(context, path);
  auto file = std::make_unique<SocketFile>(path);
  file.reset();
  EXPECT_FALSE(fs::exists(path));
  auto mine = bind_socket_file(context, path);
  file = std::make_unique<SocketFile>(path);
  fs::rename(path, path + ".old");
  const auto others = bind_socket_file(context, path);
  file.reset();
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(SocketFileTest, OfAServerGivesEachThreadItsTurn) {
  SmallServer small{settings()};
  RawClient first{path};
  RawClient second{path};
  for (auto* client : {&first, &second}) {
    client->send(kHello);
    EXPECT_EQ(client->receive().status, 200);
  }
  RawClient over_tcp{small.server.port()};
  over_tcp.send(kHello);
  EXPECT_EQ(over_tcp.receive().status, 200);
  EXPECT_EQ(small.server.connections(), 3U);
  EXPECT_EQ(small.apis.notes.threads.size(), 2U);
}

TEST_F(SocketFileTest, OfAServerHasAsManyConnectionsAsThereMayBeInAll) {
  auto bounded = settings();
  bounded.connections_max = 2;
  bounded.connections_per_address_max = 1;
  SmallServer small{bounded};
  RawClient first{path};
  RawClient second{path};
  for (auto* client : {&first, &second}) {
    client->send(kHello);
    EXPECT_EQ(client->receive().status, 200);
  }
  RawClient third{path};
  const auto refused = third.receive();
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.body.find("too_many_connections"), std::string::npos);
}

TEST_F(SocketFileTest, OfAServerThatDrainsGoesAndWhoHasConnectedIsAnswered) {
  SmallServer small{settings()};
  RawClient idle{path};
  idle.send(kHello);
  EXPECT_EQ(idle.receive().status, 200);
  RawClient busy{path};
  busy.send("GET /v1/slow HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(shopflow::testing::until([&] { return small.apis.notes.waiting > 0; }));
  std::thread draining{[&] { EXPECT_TRUE(small.server.drain(std::chrono::seconds{10})); }};
  EXPECT_TRUE(idle.is_closed());
  EXPECT_EQ(busy.receive().status, 200);
  EXPECT_TRUE(busy.is_closed());
  draining.join();
  EXPECT_FALSE(fs::exists(path));
  EXPECT_EQ(small.server.connections(), 0U);
}

TEST_F(SocketFileTest, OfAnotherServerIsRefusedByName) {
  SmallServer small{settings()};
  Apis apis;
  auto same = SmallServer::adjusted(settings());
  Server second{kRoutes, apis, Ports{}, same};
  try {
    second.start();
    FAIL() << "two servers at one socket";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), EADDRINUSE);
    EXPECT_NE(std::string{error.what()}.find(path), std::string::npos) << error.what();
  }
  EXPECT_TRUE(second.drain(std::chrono::milliseconds{1}));
  RawClient client{path};
  client.send(kHello);
  EXPECT_EQ(client.receive().status, 200);
}

}  // namespace
}  // namespace shopflow::http::testing
