#include "http/socket_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <fstream>
#include <latch>
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

void expect_hello(RawClient& client) {
  client.send(kHello);
  EXPECT_EQ(client.receive().status, 200);
}

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

  fs::path directory = "/tmp/shopflow_socket_" + std::to_string(::getpid());
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
    expect_hello(*client);
  }
  RawClient over_tcp{small.server.port()};
  expect_hello(over_tcp);
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
    expect_hello(*client);
  }
  RawClient third{path};
  const auto refused = third.receive();
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.body.find("too_many_connections"), std::string::npos);
}

TEST_F(SocketFileTest, OfAServerThatDrainsGoesAndWhoHasConnectedIsAnswered) {
  SmallServer small{settings()};
  RawClient idle{path};
  expect_hello(idle);
  RawClient busy{path};
  busy.send("GET /v1/slow HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(shopflow::testing::until([&] { return small.apis.notes.waiting > 0; }));
  std::jthread draining{[&] { EXPECT_TRUE(small.server.drain(std::chrono::seconds{10})); }};
  EXPECT_TRUE(idle.is_closed());
  EXPECT_EQ(busy.receive().status, 200);
  EXPECT_TRUE(busy.is_closed());
  draining.join();
  EXPECT_FALSE(fs::exists(path));
  EXPECT_EQ(small.server.connections(), 0U);
}

/// Keeps a thread of a server busy until it is let go.
class Busy {
 public:
  Busy(const Server& server, std::size_t thread) {
    asio::post(server.executors().at(thread), [this] {
      begun_.count_down();
      over_.wait();
    });
  }
  ~Busy() { let_go(); }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  void has_begun() { begun_.wait(); }
  void let_go() {
    if (!over_.try_wait()) over_.count_down();
  }

 private:
  std::latch begun_{1};
  std::latch over_{1};
};

TEST_F(SocketFileTest, OfAServerThatDrainsIsLookedAtFirst) {
  SmallServer small{settings()};
  Busy accepting{small.server, 0};
  accepting.has_begun();
  RawClient waiting{path};
  waiting.send(kHello);
  std::jthread ending{[&] {
    EXPECT_TRUE(small.server.drain(std::chrono::seconds{10}));
    small.server.stop();
  }};
  EXPECT_FALSE(waiting.answers_within(50));
  accepting.let_go();
  EXPECT_EQ(waiting.receive().status, 200);
  ending.join();
}

TEST_F(SocketFileTest, OfAServerThatDrainsIsNotLeftBeforeWhoWasJustAcceptedIsTaken) {
  SmallServer small{settings()};
  const auto came_and_went = [&] {
    RawClient client{path};
    expect_hello(client);
  };
  came_and_went();
  RawClient idle{path};  // the threads take turns: of thread 1
  expect_hello(idle);
  came_and_went();
  ASSERT_TRUE(shopflow::testing::until([&] { return small.server.connections() == 1; }));
  Busy looking{small.server, 0};
  looking.has_begun();
  RawClient first{path};  // for thread 1
  RawClient second{path};
  for (auto* client : {&first, &second})
    client->send("GET /v1/hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  // The thread looks at its sockets, finds the two, and is held up before it accepts the first and, with
  // that, the second.
  Busy accepting{small.server, 0};
  looking.let_go();
  accepting.has_begun();
  std::atomic<bool> drained = false;
  const std::jthread ending{[&] {
    EXPECT_TRUE(small.server.drain(std::chrono::seconds{10}));
    drained = true;
    small.server.stop();
  }};
  EXPECT_TRUE(idle.is_closed());  // so the drain is in both queues
  Busy taking{small.server, 0};
  accepting.let_go();
  taking.has_begun();
  EXPECT_EQ(first.receive().status, 200);
  first.finish_sending();
  EXPECT_FALSE(second.answers_within(100));
  EXPECT_FALSE(drained);
  taking.let_go();
  EXPECT_EQ(second.receive().status, 200);
  second.finish_sending();
}

TEST_F(SocketFileTest, OfAServerCountsWhoIsOnTheWayToItsThread) {
  SmallServer small{settings()};
  RawClient first{path};
  expect_hello(first);
  Busy taking{small.server, 1};
  taking.has_begun();
  RawClient second{path};
  second.send(kHello);
  EXPECT_TRUE(shopflow::testing::until([&] { return small.server.connections() == 2; }));
  taking.let_go();
  EXPECT_EQ(second.receive().status, 200);
}

TEST_F(SocketFileTest, OfAServerThatStopsTakesWhoIsOnTheWayWithIt) {
  SmallServer small{settings()};
  RawClient first{path};
  expect_hello(first);
  Busy taking{small.server, 1};
  taking.has_begun();
  const RawClient second{path};
  EXPECT_TRUE(shopflow::testing::until([&] { return small.server.connections() == 2; }));
  std::jthread stopping{[&] { small.server.stop(); }};
  taking.let_go();
  stopping.join();
}

TEST_F(SocketFileTest, OfAServerIsNotHeldUpByWhoReadsNothing) {
  auto patient = settings();
  patient.requests_per_connection_max = 1'000'000;
  patient.write_ms_max = std::chrono::milliseconds{100};
  patient.gate.header_bytes_max = patient.gate.target_bytes_max = 1024;
  SmallServer small{patient};
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 2; ++i) {
    silent.push_back(std::make_unique<RawClient>(path));
    EXPECT_TRUE(silent.back()->send_until_nothing_is_taken(kHello));
  }
  for (int i = 0; i < 2; ++i) {
    RawClient other{path};
    expect_hello(other);
  }
  EXPECT_TRUE(small.server.drain(std::chrono::seconds{10}));
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
  expect_hello(client);
}

}  // namespace
}  // namespace shopflow::http::testing
