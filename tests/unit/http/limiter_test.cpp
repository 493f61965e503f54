#include "http/limiter.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <string>

namespace shopflow::http {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::steady_clock::time_point kBegin{1000s};

Route route_of(Pace pace, Who who = who::anyone) {
  Route route;
  route.pace = pace;
  route.who = who;
  return route;
}

Settings limited() {
  Settings settings;
  settings.rates = {.reads_per_min = 3,
                    .changes_per_min = 2,
                    .checkouts_per_min = 1,
                    .notices_per_min = 1,
                    .failed_keys_per_min = 2,
                    .cart_changes_per_min = 2,
                    .cart_checkouts_per_min = 1};
  settings.proxies = {"10.0.0.0/8", "fd00::1"};
  return settings;
}

class LimiterTest : public ::testing::Test {
 protected:
  [[nodiscard]] Request from(const std::string& address, const std::string& forwarded = {}) {
    Request request;
    request.arrived = kBegin;
    request.remote_address = address;
    if (!forwarded.empty()) request.headers.add("x-forwarded-for", forwarded);
    limiter.tell_client(limiter.peer_of(boost::asio::ip::make_address(address)), request);
    return request;
  }
  [[nodiscard]] int reads_left(const Request& request) {
    int count = 0;
    while (count < 100 && !limiter.take_of_address(route_of(Pace::reads), request)) ++count;
    return count;
  }
  Limiter limiter{limited()};
};

TEST_F(LimiterTest, SaysOnceThatSomebodyUnknownSpeaksForOthers) {
  std::ostringstream log;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_st>(log)));
  (void)from("192.0.2.1");
  (void)from("10.1.2.3", "198.51.100.7");
  EXPECT_EQ(log.str(), "");
  (void)from("192.0.2.1", "198.51.100.7");
  const auto told = log.str();
  EXPECT_TRUE(told.contains("192.0.2.1")) << told;
  EXPECT_TRUE(told.contains("http.proxies")) << told;
  (void)from("192.0.2.2", "198.51.100.7");
  EXPECT_EQ(log.str(), told);
  spdlog::set_default_logger(before);
}

TEST_F(LimiterTest, CountsEachAddressAndEachKindOfWorkForItself) {
  EXPECT_EQ(reads_left(from("192.0.2.1")), 3);
  EXPECT_EQ(reads_left(from("192.0.2.1")), 0);
  EXPECT_EQ(reads_left(from("192.0.2.2")), 3);
  EXPECT_FALSE(limiter.take_of_address(route_of(Pace::changes), from("192.0.2.1")));
  EXPECT_FALSE(limiter.take_of_address(route_of(Pace::checkouts), from("192.0.2.1")));
  EXPECT_TRUE(limiter.take_of_address(route_of(Pace::checkouts), from("192.0.2.1")));
}

TEST_F(LimiterTest, CountsAnIpv6NetworkAsOneClient) {
  EXPECT_EQ(reads_left(from("2001:db8::1")), 3);
  EXPECT_EQ(reads_left(from("2001:db8::ffff:2")), 0);
  EXPECT_EQ(reads_left(from("2001:db8:0:1::1")), 3);
}

TEST_F(LimiterTest, CountsAMappedAddressAsTheOneThatItMaps) {
  EXPECT_EQ(reads_left(from("192.0.2.1")), 3);
  EXPECT_EQ(reads_left(from("::ffff:192.0.2.1")), 0);
}

TEST_F(LimiterTest, BelievesNobodyButTheProxies) {
  EXPECT_EQ(reads_left(from("192.0.2.1", "198.51.100.7")), 3);
  EXPECT_EQ(reads_left(from("192.0.2.1", "198.51.100.8")), 0);
  EXPECT_EQ(from("192.0.2.1", "198.51.100.7").remote_address, "192.0.2.1");
}

TEST_F(LimiterTest, TakesTheLastAddressThatIsNoProxyOfOurs) {
  EXPECT_EQ(from("10.0.0.1", "198.51.100.7").remote_address, "198.51.100.7");
  EXPECT_EQ(from("10.0.0.1", "1.1.1.1, 198.51.100.7").remote_address, "198.51.100.7");
  EXPECT_EQ(from("10.0.0.1", "198.51.100.7, 10.2.3.4").remote_address, "198.51.100.7");
  EXPECT_EQ(from("fd00::1", "2001:db8::7").remote_address, "2001:db8::7");
  EXPECT_EQ(from("10.0.0.1", "198.51.100.7:4711").remote_address, "198.51.100.7");
  EXPECT_EQ(from("10.0.0.1", "[2001:db8::7]:4711").remote_address, "2001:db8::7");
}

TEST_F(LimiterTest, ReadsTheFieldsOfXForwardedForAsOneList) {
  Request request;
  request.headers.add("X-Forwarded-For", "203.0.113.5");
  request.headers.add("X-Forwarded-For", "198.51.100.7, 10.9.9.9");
  request.headers.add("X-Forwarded-For", "10.8.8.8");
  limiter.tell_client(limiter.peer_of(boost::asio::ip::make_address("10.0.0.1")), request);
  EXPECT_EQ(request.remote_address, "198.51.100.7");
}

TEST_F(LimiterTest, FallsBackToTheProxyWhereItNamesNobody) {
  for (const auto* text : {"", "unknown", "_hidden", ",", "198.51.100.7, nonsense", "[", "[]", "10.0.0.2"}) {
    const auto address = from("10.0.0.1", text).remote_address;
    EXPECT_TRUE(address == "10.0.0.1" || address == "10.0.0.2") << text << " " << address;
  }
}

TEST_F(LimiterTest, BelievesWhoeverMayUseTheUnixSocket) {
  const auto through = [&](const std::string& forwarded) {
    Request request;
    request.arrived = kBegin;
    if (!forwarded.empty()) request.headers.add("X-Forwarded-For", forwarded);
    limiter.tell_client(limiter.local_peer(), request);
    return request;
  };
  EXPECT_EQ(through("198.51.100.7").remote_address, "198.51.100.7");
  EXPECT_EQ(through("1.1.1.1, 198.51.100.7, 10.2.3.4").remote_address, "198.51.100.7");
  EXPECT_EQ(reads_left(through("198.51.100.7")), 3);
  EXPECT_EQ(reads_left(from("198.51.100.7")), 0);
  EXPECT_EQ(through("").remote_address, "unix");
  EXPECT_EQ(through("nonsense").remote_address, "unix");
  EXPECT_EQ(reads_left(through("")), 3);
  EXPECT_EQ(reads_left(from("127.0.0.1")), 3);
}

TEST_F(LimiterTest, CountsACartOnlyOnRoutesThatItsSecretOpens) {
  const auto change = route_of(Pace::changes, who::cart_secret);
  auto request = from("192.0.2.1");
  request.params.emplace_back("id", "crt_1");
  EXPECT_FALSE(limiter.take_of_cart(change, request));
  EXPECT_FALSE(limiter.take_of_cart(change, from("192.0.2.2")));
  auto elsewhere = from("192.0.2.2");
  elsewhere.params.emplace_back("id", "crt_1");
  EXPECT_FALSE(limiter.take_of_cart(change, elsewhere));
  EXPECT_TRUE(limiter.take_of_cart(change, request));
  EXPECT_FALSE(limiter.take_of_cart(route_of(Pace::reads, who::cart_secret), request));
  EXPECT_FALSE(limiter.take_of_cart(route_of(Pace::changes), request));
  EXPECT_FALSE(limiter.take_of_cart(route_of(Pace::checkouts, who::order_secret), request));
  EXPECT_TRUE(limiter.take_of_cart(route_of(Pace::checkouts, who::order_secret), request));
}

TEST_F(LimiterTest, SaysWhichLimitItWasAndWhenToComeBack) {
  const auto request = from("192.0.2.1");
  (void)limiter.take_of_address(route_of(Pace::changes), request);
  (void)limiter.take_of_address(route_of(Pace::changes), request);
  const auto refusal = limiter.take_of_address(route_of(Pace::changes), request);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->status, 429);
  EXPECT_NE(refusal->body.find("\"too_many_requests\""), std::string::npos);
  EXPECT_EQ(*refusal->headers.find("Retry-After"), "30");
  EXPECT_EQ(*refusal->headers.find("RateLimit"), R"("changes-per-address";r=0;t=30)");
  EXPECT_EQ(*refusal->headers.find("RateLimit-Policy"), R"("changes-per-address";q=2;w=60)");
}

TEST_F(LimiterTest, TellsWhoShowsManyUnknownKeysToWait) {
  auto request = from("192.0.2.1");
  EXPECT_FALSE(limiter.take_of_unknown_keys(request));
  EXPECT_FALSE(limiter.take_of_unknown_keys(request));
  EXPECT_TRUE(limiter.take_of_unknown_keys(request));
  EXPECT_FALSE(limiter.take_of_unknown_keys(from("192.0.2.2")));
  request.arrived += 30s;
  EXPECT_FALSE(limiter.take_of_unknown_keys(request));
}

TEST(Limiter, LimitsNothingWithoutARate) {
  Limiter limiter{Settings{}};
  Request request;
  limiter.tell_client(limiter.peer_of(boost::asio::ip::make_address("192.0.2.1")), request);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_FALSE(limiter.take_of_address(route_of(Pace::checkouts), request));
    ASSERT_FALSE(limiter.take_of_unknown_keys(request));
  }
}

TEST(Limiter, ExemptsThisMachineWhereAskedForButNotWhatIsPassedOnByIt) {
  auto settings = limited();
  settings.limit_loopback = false;
  Limiter limiter{settings};
  for (const auto* address : {"127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"}) {
    Request request;
    limiter.tell_client(limiter.peer_of(boost::asio::ip::make_address(address)), request);
    EXPECT_TRUE(request.client.exempt) << address;
    request.headers.add("X-Forwarded-For", "198.51.100.7");
    limiter.tell_client(limiter.peer_of(boost::asio::ip::make_address(address)), request);
    EXPECT_FALSE(request.client.exempt) << address;
  }
  Request request;
  limiter.tell_client(limiter.peer_of(boost::asio::ip::make_address("192.0.2.1")), request);
  EXPECT_FALSE(request.client.exempt);
  limiter.tell_client(limiter.local_peer(), request);
  EXPECT_TRUE(request.client.exempt);
  for (const auto* text : {"198.51.100.7", "unknown", ""}) {
    Request passed_on;
    passed_on.headers.add("X-Forwarded-For", text);
    limiter.tell_client(limiter.local_peer(), passed_on);
    EXPECT_FALSE(passed_on.client.exempt) << text;
  }
}

}  // namespace
}  // namespace shopflow::http
