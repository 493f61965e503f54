#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "raw_client.hpp"
#include "small_server.hpp"
#include "support/until.hpp"

namespace shopflow::http::testing {
namespace {

using namespace std::chrono_literals;
using shopflow::testing::until;

constexpr std::string_view kHello = "GET /v1/hello HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(Limits, ARequestThatDawdlesIsAnswered408) {
  Settings settings;
  settings.header_ms_max = 50ms;
  settings.body_ms_max = 50ms;
  SmallServer small{settings};
  for (const std::string_view start :
       {"GET /v1/hel", "PUT /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nbo",
        "PUT /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n"}) {
    RawClient client{small.server.port()};
    client.send(start);
    EXPECT_EQ(client.receive().status, 408) << start;
    EXPECT_TRUE(client.is_closed());
  }
}

TEST(Limits, AnIdleConnectionIsClosedWithoutAWord) {
  Settings settings;
  settings.idle_ms_max = 50ms;
  SmallServer small{settings};
  RawClient fresh{small.server.port()};
  EXPECT_TRUE(fresh.is_closed());
  for (bool answered = false; !answered;) {
    RawClient used{small.server.port()};
    used.send(kHello);
    const auto answer = used.receive();
    // On a busy machine a connection may be idle for so long before it is used.
    answered = !answer.head.empty();
    if (!answered) continue;
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(used.is_closed());
  }
}

TEST(Limits, AHandlerThatTakesTooLongIsAnsweredForIt) {
  Settings settings;
  settings.handler_ms_max = 50ms;
  SmallServer small{settings};
  RawClient client{small.server.port()};
  client.send("GET /v1/slow HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto answer = client.receive();
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("handler_timeout"), std::string::npos);
  EXPECT_TRUE(client.is_closed());
}

TEST(Limits, AReaderThatDoesNotReadIsLetGo) {
  Settings settings;
  settings.write_ms_max = 100ms;
  SmallServer small{settings};
  RawClient client{small.server.port()};
  client.send("GET /v1/big HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(small.server.drain(10s));
}

TEST(Limits, ALargeAnswerArrivesWhole) {
  SmallServer small;
  RawClient client{small.server.port()};
  client.send("GET /v1/big HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.receive().body.size(), 64UL * 1024 * 1024);
}

TEST(Limits, AConnectionServesSoManyRequests) {
  Settings settings;
  settings.requests_per_connection_max = 3;
  SmallServer small{settings};
  RawClient client{small.server.port()};
  for (int i = 0; i < 5; ++i) client.send(kHello);
  EXPECT_EQ(client.receive().field("Connection"), "");
  EXPECT_EQ(client.receive().field("Connection"), "");
  EXPECT_EQ(client.receive().field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(Limits, AnAddressHasSoManyConnections) {
  Settings settings;
  settings.connections_per_address_max = 2;
  SmallServer small{settings};
  RawClient first{small.server.port()};
  RawClient second{small.server.port()};
  first.send(kHello);
  second.send(kHello);
  EXPECT_EQ(first.receive().status, 200);
  EXPECT_EQ(second.receive().status, 200);
  RawClient third{small.server.port()};
  const auto refused = third.receive();
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.body.find("too_many_connections"), std::string::npos);
}

TEST(Limits, LoopbackMayBeExempt) {
  Settings settings;
  settings.connections_per_address_max = 1;
  settings.limit_loopback = false;
  SmallServer small{settings};
  RawClient first{small.server.port()};
  first.send(kHello);
  EXPECT_EQ(first.receive().status, 200);
  RawClient second{small.server.port()};
  second.send(kHello);
  EXPECT_EQ(second.receive().status, 200);
}

TEST(Drain, FinishesWhatRunsAndClosesWhatIsIdle) {
  SmallServer small;
  RawClient idle{small.server.port()};
  idle.send(kHello);
  EXPECT_EQ(idle.receive().status, 200);
  RawClient busy{small.server.port()};
  busy.send("GET /v1/slow HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(until([&] { return small.apis.notes.waiting > 0; }));
  std::jthread draining{[&] { EXPECT_TRUE(small.server.drain(10s)); }};
  EXPECT_TRUE(idle.is_closed());
  const auto answer = busy.receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_TRUE(busy.is_closed());
  busy.finish_sending();
  draining.join();
  EXPECT_EQ(small.server.connections(), 0U);
  EXPECT_ANY_THROW(RawClient{small.server.port()});
}

TEST(Drain, EndsHoweverManyKeepConnecting) {
  constexpr int many = 24'000;  // more than two backlogs, before and after
  Settings settings;
  settings.connections_max = 1;
  SmallServer small{settings};
  std::atomic<int> connected = 0;
  std::vector<std::jthread> crowd;
  for (int i = 0; i < 4; ++i) {
    crowd.emplace_back([&] {
      try {
        while (connected < many) {
          const RawClient client{small.server.port()};
          ++connected;
        }
      } catch (const std::runtime_error&) {
        // Refused, which is what is waited for.
      }
    });
  }
  ASSERT_TRUE(until([&] { return connected >= 100; }));
  EXPECT_TRUE(small.server.drain(10s));
  crowd.clear();
  EXPECT_LT(connected, many);
}

TEST(Drain, IsBoundedByItsDeadline) {
  SmallServer small;
  RawClient busy{small.server.port()};
  busy.send("GET /v1/slow HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(until([&] { return small.apis.notes.waiting > 0; }));
  EXPECT_FALSE(small.server.drain(20ms));
  small.server.stop();
}

TEST(Settings, AreCheckedBeforeAnythingStarts) {
  Apis apis;
  Settings settings;
  settings.host = "localhost";
  EXPECT_THROW((Server{kRoutes, apis, Ports{}, settings}), std::invalid_argument);
  settings = {};
  settings.gate.fields_max = 1'000;
  EXPECT_TRUE(find_problem(settings)->starts_with("fields_max must be between"));
  settings = {};
  settings.socket = "http.sock";
  EXPECT_TRUE(find_problem(settings)->starts_with("socket must be an absolute path"));
  settings = {};
  EXPECT_TRUE(find_problem(settings)->starts_with("requests_per_connection_max must be between")) << "unsaid";
  settings = SmallServer::adjusted({});
  EXPECT_EQ(find_problem(settings), std::nullopt);
  settings.cors_origins = {"*"};
  EXPECT_TRUE(find_problem(settings)->starts_with("cors_origins"));
}

TEST(Settings, ASocketHasAnAbsolutePathThatFits) {
  EXPECT_TRUE(is_socket_path("/run/shopflow/http.sock"));
  EXPECT_TRUE(is_socket_path("/" + std::string(106, 'a')));
  EXPECT_FALSE(is_socket_path("/" + std::string(107, 'a')));
  for (const auto* text : {"", "http.sock", "run/http.sock", "unix:/run/http.sock", "/run/shopflow/"}) {
    EXPECT_FALSE(is_socket_path(text)) << text;
  }
}

TEST(Settings, OriginsAreThoseThatBrowsersSend) {
  for (const auto* origin : {"https://shop.example", "http://localhost:8080", "https://192.0.2.1:8443",
                             "http://[::1]:3000", "https://[2001:db8::1]", "https://xn--bcher-kva.example"}) {
    EXPECT_TRUE(is_origin(origin)) << origin;
  }
  for (const auto* text : {"",
                           "*",
                           "null",
                           "shop.example",
                           "ftp://shop.example",
                           "https://",
                           "https://shop.example/",
                           "https://Shop.example",
                           "https://shop.example:443",
                           "http://shop.example:80",
                           "https://shop..example",
                           "https://-shop.example",
                           "https://shop.example-",
                           "https://.",
                           "https://shop.example.:1",
                           "https://shop.example:",
                           "https://shop.example:0",
                           "https://shop.example:65536",
                           "https://shop.example:08",
                           "https://a:b:1",
                           "https://[::1",
                           "https://[nonsense]",
                           "https://[]",
                           "https://::1",
                           "https://u@shop.example"}) {
    EXPECT_FALSE(is_origin(text)) << text;
  }
}

TEST(Server, DoesNotShareItsPortWithAnother) {
  SmallServer small;
  Apis apis;
  auto settings = SmallServer::adjusted({});
  settings.port = small.server.port();
  Server second{kRoutes, apis, Ports{}, settings};
  EXPECT_THROW(second.start(), std::system_error);
}

TEST(Cors, AnswersAllowedOriginsOnly) {
  Settings settings;
  settings.cors_origins = {"https://shop.example"};
  SmallServer small{settings};
  RawClient client{small.server.port()};
  client.send(
      "OPTIONS /v1/notes HTTP/1.1\r\nHost: a\r\nOrigin: https://shop.example\r\n"
      "Access-Control-Request-Method: POST\r\n\r\n");
  const auto preflight = client.receive();
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.field("Access-Control-Allow-Origin"), "https://shop.example");
  EXPECT_EQ(preflight.field("Access-Control-Allow-Methods"), "GET, HEAD, POST, OPTIONS");
  client.send("GET /v1/hello HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.example\r\n\r\n");
  const auto other = client.receive();
  EXPECT_EQ(other.field("Access-Control-Allow-Origin"), "");
  EXPECT_EQ(other.field("Vary"), "Origin");
}

}  // namespace
}  // namespace shopflow::http::testing
