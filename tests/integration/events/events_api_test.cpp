#include "shopflow/events/events_api.hpp"

#include <array>

#include "relay_fixture.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/http/bind.hpp"
#include "support/run.hpp"

namespace shopflow::events {
namespace {

using shopflow::testing::run;

struct Apis {
  EventsApi* events = nullptr;
  template <class Api>
  Api& get() {
    return *events;
  }
};

using http::Method;
using http::Repeat;
constexpr auto kAdmin = http::who::admin;
constexpr std::array kRoutes{
    http::route<Apis, &EventsApi::list>(Method::get, "/events", kAdmin, Repeat::safe, "List events"),
    http::route<Apis, &EventsApi::get>(Method::get, "/events/{position}", kAdmin, Repeat::safe,
                                       "Read an event"),
    http::route<Apis, &EventsApi::handlers>(Method::get, "/event-handlers", kAdmin, Repeat::safe,
                                            "List handlers"),
    http::route<Apis, &EventsApi::dead_letters>(Method::get, "/dead-letters", kAdmin, Repeat::safe, "List"),
    http::route<Apis, &EventsApi::dead_letter>(Method::get, "/dead-letters/{handler}/{position}", kAdmin,
                                               Repeat::safe, "Read a dead letter"),
    http::route<Apis, &EventsApi::retry>(Method::post, "/dead-letters/{handler}/{position}/retry", kAdmin,
                                         Repeat::idempotent, "Retry a dead letter"),
    http::route<Apis, &EventsApi::drop>(Method::del, "/dead-letters/{handler}/{position}", kAdmin,
                                        Repeat::idempotent, "Drop a dead letter"),
    http::route<Apis, &EventsApi::replay>(Method::post, "/events/replay", kAdmin, Repeat::unguarded,
                                          "Replay"),
};
static_assert(http::routes_are_sound(kRoutes));

class EventsApiTest : public RelayTest {
 protected:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  /// Status and body, or the code of the error.
  std::pair<int, std::string> call(std::size_t route, Pairs params, Pairs query = {}, std::string body = {}) {
    http::Request request;
    request.params = std::move(params);
    request.query = std::move(query);
    request.body = std::move(body);
    auto pending = kRoutes.at(route).invoke(&apis_, request);
    const auto response = run(std::move(pending));
    if (!response) return {static_cast<int>(response.error().kind), response.error().code};
    return {response->status, response->body};
  }
  static constexpr std::size_t kList = 0, kGet = 1, kHandlers = 2, kDeadLetters = 3, kDeadLetter = 4,
                               kRetry = 5, kDrop = 6, kReplay = 7;

  /// Two orders; the handler `bad` has called the first event of `stuck` dead.
  void play() {
    const Script good{.name = "good"};
    const Script bad{.name = "bad", .answer = [this](const Envelope& envelope) {
                       return envelope.aggregate_id == stuck && envelope.sequence == 1 ? Ack::dead("no use")
                                                                                       : Ack::done();
                     }};
    append({event(stuck), event(other), event(stuck)});
    auto running = relay({&good, &bad});
    ASSERT_TRUE(settle(*running));
  }

  Uuid stuck = order();
  Uuid other = order();
  db::Pool pool{{.connection = database.settings(), .connections = 1}};
  EventsApi api{pool, clock, doorbell};

 private:
  Apis apis_{&api};
};

TEST_F(EventsApiTest, ListsEventsNewestFirstPageByPage) {
  play();
  const auto [status, first] = call(kList, {}, {{"limit", "2"}});
  EXPECT_EQ(status, 200);
  EXPECT_LT(first.find("\"position\":3"), first.find("\"position\":2"));
  EXPECT_TRUE(first.ends_with("\"has_more\":true,\"next_cursor\":\"2\"}")) << first;
  const auto second = call(kList, {}, {{"limit", "2"}, {"cursor", "2"}}).second;
  EXPECT_NE(second.find("\"position\":1"), std::string::npos);
  EXPECT_TRUE(second.ends_with("\"has_more\":false}")) << second;
}

TEST_F(EventsApiTest, ListsTheEventsOfOneOrderOrOneType) {
  play();
  const auto of_order = call(kList, {}, {{"aggregate_id", OrderId{other}.str()}}).second;
  EXPECT_NE(of_order.find("\"position\":2"), std::string::npos);
  EXPECT_EQ(of_order.find("\"position\":1"), std::string::npos);
  EXPECT_NE(call(kList, {}, {{"type", "OrderCancelled"}}).second.find("\"position\":1"), std::string::npos);
  EXPECT_EQ(call(kList, {}, {{"type", "OrderShipped"}}).second, "{\"data\":[],\"has_more\":false}");
  EXPECT_EQ(call(kList, {}, {{"aggregate_id", "ord_nonsense"}}).second, "invalid_id");
  EXPECT_EQ(call(kList, {}, {{"limit", "101"}}).first, 422);
}

TEST_F(EventsApiTest, AnEventTellsWhatBecameOfItAtEachHandler) {
  play();
  const auto [status, body] = call(kGet, {{"position", "1"}});
  EXPECT_EQ(status, 200);
  EXPECT_NE(body.find(OrderId{stuck}.str()), std::string::npos);
  EXPECT_NE(body.find("{\"handler\":\"bad\",\"state\":\"dead\",\"attempts\":1,\"last_error\":\"no use\"}"),
            std::string::npos)
      << body;
  EXPECT_NE(body.find("{\"handler\":\"good\",\"state\":\"done\""), std::string::npos) << body;
  EXPECT_EQ(call(kGet, {{"position", "99"}}).second, "event_not_found");
  EXPECT_EQ(call(kGet, {{"position", "one"}}).second, "invalid_id");
}

TEST_F(EventsApiTest, HandlersTellHowFarTheyHaveCome) {
  play();
  append_orders(2);
  const auto body = call(kHandlers, {}).second;
  EXPECT_NE(body.find("\"handler\":\"bad\",\"position\":3,\"lag\":2,"), std::string::npos) << body;
  EXPECT_NE(body.find("\"waiting\":1,\"dead\":1,"), std::string::npos) << body;
}

TEST_F(EventsApiTest, DeadLettersAreListedAndRead) {
  play();
  const auto dead = call(kDeadLetters, {}).second;
  EXPECT_NE(dead.find("\"handler\":\"bad\",\"state\":\"dead\",\"attempts\":1,"), std::string::npos) << dead;
  EXPECT_EQ(dead.find("\"position\":3"), std::string::npos);
  const auto waiting = call(kDeadLetters, {}, {{"state", "waiting"}, {"handler", "bad"}}).second;
  EXPECT_NE(waiting.find("\"position\":3"), std::string::npos) << waiting;
  EXPECT_EQ(call(kDeadLetters, {}, {{"handler", "good"}}).second, "{\"data\":[],\"has_more\":false}");
  EXPECT_EQ(call(kDeadLetters, {}, {{"cursor", "1.bad"}}).second, "{\"data\":[],\"has_more\":false}");
  EXPECT_EQ(call(kDeadLetters, {}, {{"cursor", "x"}}).second, "invalid_cursor");
  EXPECT_EQ(call(kDeadLetter, {{"handler", "bad"}, {"position", "1"}}).first, 200);
  EXPECT_EQ(call(kDeadLetter, {{"handler", "good"}, {"position", "1"}}).second, "delivery_not_found");
}

TEST_F(EventsApiTest, ADeadLetterIsRetriedOrDropped) {
  play();
  EXPECT_EQ(call(kRetry, {{"handler", "bad"}, {"position", "1"}}).first, 204);
  EXPECT_EQ(number("SELECT count(*) FROM deliveries WHERE state = 'waiting' AND attempts = 0"), 2);
  EXPECT_EQ(call(kDrop, {{"handler", "bad"}, {"position", "1"}}).first, 204);
  EXPECT_EQ(number("SELECT count(*) FROM deliveries"), 1);
  EXPECT_EQ(call(kDrop, {{"handler", "bad"}, {"position", "1"}}).second, "delivery_not_found");
  EXPECT_EQ(call(kRetry, {{"handler", "bad"}, {"position", "1"}}).second, "delivery_not_found");
  EXPECT_EQ(call(kRetry, {{"handler", "none"}, {"position", "1"}}).second, "handler_not_found");
}

TEST_F(EventsApiTest, ARangeOfHistoryIsReplayedToOneHandler) {
  play();
  const auto replayed = call(kReplay, {}, {}, R"({"handler": "good", "first": 1, "last": 99})");
  EXPECT_EQ(replayed.second, "{\"handler\":\"good\",\"events\":3}");
  EXPECT_EQ(call(kReplay, {}, {}, R"({"handler": "none", "first": 1, "last": 2})").second,
            "handler_not_found");
  EXPECT_EQ(call(kReplay, {}, {}, R"({"handler": "good", "first": 2, "last": 1})").second, "replay_range");
  EXPECT_EQ(call(kReplay, {}, {}, R"({"handler": "good", "first": 1, "last": 100001})").second,
            "replay_range");
}

}  // namespace
}  // namespace shopflow::events
