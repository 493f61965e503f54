#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>

#include "raw_client.hpp"
#include "shopflow/http/server.hpp"
#include "small_server.hpp"

namespace shopflow::http::testing {
namespace {

constexpr std::size_t kLargeBytes = 3UL * 1024 * 1024;

/// A shelf of answers: `kept` and `large` are on it, `broken` makes looking fail, the rest is for the
/// handler.
class ShelfApi {
 public:
  NoteApi::Answer get(const Request& request) { co_return Note{"the handler's " + *request.param("id")}; }
  AtHand look(const Request& request) {
    const auto& id = *request.param("id");
    if (id == "kept") return {std::make_shared<const std::string>(R"({"text":"kept"})"), "\"3\""};
    if (id == "large") return {std::make_shared<const std::string>(kLargeBytes, 'x'), {}};
    if (id == "broken") throw std::runtime_error{"the shelf fell"};
    return {};
  }
  NoteApi::Answer search(const Request&, Query<NoteQuery> query) {
    co_return Note{"the handler's " + std::to_string(query->count.value_or(-1))};
  }
  AtHand look_for(const Request&, const Query<NoteQuery>& query) {
    if (query->count != 7) return {};
    return {std::make_shared<const std::string>(R"({"text":"seven"})"), {}};
  }
  boost::asio::awaitable<Result<Created<Note>>> create(const Request& request, Note note) {
    if (request.receipt_key) receipts.put(*request.receipt_key, json::to_json(note));
    co_return note;
  }
  bool is_full() noexcept { return full; }

  std::atomic<bool> full = false;
  MapReceipts receipts;
};

struct ShelfApis {
  ShelfApi shelf;
  template <class Api>
  Api& get() {
    return shelf;
  }
};

constexpr std::array kShelfRoutes{
    route_at_hand<ShelfApis, &ShelfApi::get, &ShelfApi::look>(Method::get, "/v1/shelf/{id}", who::anyone,
                                                              Repeat::safe, "Show one"),
    route_at_hand<ShelfApis, &ShelfApi::search, &ShelfApi::look_for>(Method::get, "/v1/shelf", who::anyone,
                                                                     Repeat::safe, "Search"),
    route<ShelfApis, &ShelfApi::create>(Method::post, "/v1/shelf", who::anyone, Repeat::key_optional,
                                        "Create")
        .turned_away_if(&binding::turns_away<ShelfApis, &ShelfApi::is_full>),
    route_at_hand<ShelfApis, &ShelfApi::get, &ShelfApi::look>(
        Method::get, "/v1/admin/shelf/{id}", who::roles(Role::catalog), Repeat::safe, "Show one as admin"),
};
static_assert(routes_are_sound(kShelfRoutes));

struct Shelf {
  explicit Shelf(std::size_t threads = 2)
      : server{kShelfRoutes, apis, Ports{&key, &apis.shelf.receipts, nullptr, nullptr}, settings(threads)} {
    server.start();
  }
  static Settings settings(std::size_t threads) {
    auto settings = SmallServer::adjusted({});
    settings.threads = threads;
    return settings;
  }
  ShelfApis apis;
  OneKey key;
  Server server;
};

std::string post(std::string_view body, std::string_view fields = {}) {
  return "POST /v1/shelf HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n" + std::string{fields} +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

std::string get(std::string_view path, std::string_view fields = {}) {
  return "GET " + std::string{path} + " HTTP/1.1\r\nHost: shop\r\n" + std::string{fields} + "\r\n";
}

TEST(ServerAtHand, AnswersAsTheHandlerWould) {
  Shelf shelf;
  RawClient client{shelf.server.port()};
  client.send(get("/v1/shelf/kept"));
  const auto answer = client.receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"text":"kept"})");
  EXPECT_EQ(answer.field("Content-Type"), "application/json");
  EXPECT_EQ(answer.field("Content-Length"), "15");
  EXPECT_EQ(answer.field("ETag"), "\"3\"");
  EXPECT_EQ(answer.field("Cache-Control"), "no-cache");
  EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer.field("traceparent").size(), 55U);
  client.send(get("/v1/shelf/k%65pt", "If-None-Match: \"3\"\r\n"));
  const auto same = client.receive();
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.field("ETag"), "\"3\"");
  client.send("HEAD /v1/shelf/kept HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.receive(true).field("Content-Length"), "15");
}

TEST(ServerAtHand, AsksTheHandlerForTheRest) {
  Shelf shelf;
  RawClient client{shelf.server.port()};
  for (const std::string id : {"other", "broken"}) {
    client.send(get("/v1/shelf/" + id));
    EXPECT_EQ(client.receive().body, R"({"text":"the handler's )" + id + "\"}");
  }
  client.send(get("/v1/shelf?count=7"));
  EXPECT_EQ(client.receive().body, R"({"text":"seven"})");
  client.send(get("/v1/shelf?count=8"));
  EXPECT_EQ(client.receive().body, R"({"text":"the handler's 8"})");
  client.send(get("/v1/shelf?count=many"));
  EXPECT_EQ(client.receive().status, 400);
}

TEST(ServerAtHand, KeepsTheOrderOfPipelinedRequestsWhicheverWayTheyAreAnswered) {
  Shelf shelf;
  RawClient client{shelf.server.port()};
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += get("/v1/shelf/kept") + get("/v1/shelf/" + std::to_string(i)) + get("/v1/nowhere");
    if (i % 10 == 0) all += get("/v1/shelf/large");
    all +=
        "POST /v1/shelf HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n"
        R"({"text":"a"})";
  }
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(client.receive().body, R"({"text":"kept"})");
    EXPECT_EQ(client.receive().body, R"({"text":"the handler's )" + std::to_string(i) + "\"}");
    EXPECT_EQ(client.receive().status, 404);
    if (i % 10 == 0) EXPECT_EQ(client.receive().body.size(), kLargeBytes);
    EXPECT_EQ(client.receive().status, 201);
  }
}

TEST(ServerAtHand, ManyPipelinedAnswersArriveWhole) {
  constexpr int many = 5'000;
  Settings settings;
  settings.requests_per_connection_max = many;
  ShelfApis apis;
  Server server{kShelfRoutes, apis, Ports{}, SmallServer::adjusted(settings)};
  server.start();
  RawClient client{server.port()};
  std::string all;
  for (int i = 0; i < many; ++i) all += get("/v1/shelf/kept");
  // Nobody may wait for the other when both directions are full.
  const std::jthread sending{[&] { client.send(all); }};
  for (int i = 1; i < many; ++i) ASSERT_EQ(client.receive().body, R"({"text":"kept"})") << i;
  EXPECT_EQ(client.receive().field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(ServerAtHand, NeedsAKeyWhereTheRouteAsksForOne) {
  Shelf shelf;
  RawClient client{shelf.server.port()};
  client.send(get("/v1/admin/shelf/kept"));
  EXPECT_EQ(client.receive().status, 401);
  client.send(get("/v1/admin/shelf/other", "Authorization: Bearer catalog-key\r\n"));
  EXPECT_EQ(client.receive().status, 200);
}

TEST(ServerAtHand, ABodyWhereNoneMayBeIsStillRefused) {
  Shelf shelf;
  RawClient client{shelf.server.port()};
  client.send("GET /v1/shelf/kept HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nGET ");
  EXPECT_EQ(client.receive().status, 400);
  EXPECT_TRUE(client.is_closed());
}

TEST(ServerTurnsAway, WhatComesWhileTheShelfIsFull) {
  Shelf shelf;
  RawClient client{shelf.server.port()};
  shelf.apis.shelf.full = true;
  client.send(post(R"({"text":"new"})") + get("/v1/shelf/kept"));
  const auto refused = client.receive();
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.body.find(R"("code":"overloaded")"), std::string::npos) << refused.body;
  EXPECT_EQ(refused.field("Retry-After"), "1");
  EXPECT_EQ(refused.field("Connection"), "");
  EXPECT_EQ(client.receive().body, R"({"text":"kept"})") << "the refused body was taken for a request";
  client.send(post(R"({"text":"not JSON"))"));
  EXPECT_EQ(client.receive().status, 503);
  shelf.apis.shelf.full = false;
  client.send(post(R"({"text":"new"})"));
  EXPECT_EQ(client.receive().status, 201);
}

TEST(ServerTurnsAway, WhatComesInPiecesToo) {
  Shelf shelf{1};
  RawClient other{shelf.server.port()};
  RawClient client{shelf.server.port()};
  for (auto* one : {&other, &client}) {
    one->send(get("/v1/shelf/kept"));
    EXPECT_EQ(one->receive().status, 200);
  }
  shelf.apis.shelf.full = true;
  const auto whole = post(R"({"text":"new"})");
  client.send(whole.substr(0, whole.size() - 1));
  // The one thread has seen the head once it has answered somebody who came later.
  other.send(get("/v1/shelf/kept"));
  EXPECT_EQ(other.receive().status, 200);
  client.send(whole.substr(whole.size() - 1));
  EXPECT_EQ(client.receive().status, 503);
  client.send(
      "POST /v1/shelf HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: "
      "chunked\r\n\r\n"
      "c\r\n{\"text\":\"a\"}\r\n0\r\n\r\n");
  EXPECT_EQ(client.receive().status, 503);
  client.send(get("/v1/shelf/kept"));
  EXPECT_EQ(client.receive().status, 200);
}

TEST(ServerTurnsAway, NoRepeatOfWhatWasAnswered) {
  Shelf shelf;
  RawClient client{shelf.server.port()};
  client.send(post(R"({"text":"new"})", "Idempotency-Key: one\r\n"));
  EXPECT_EQ(client.receive().status, 201);
  shelf.apis.shelf.full = true;
  client.send(post(R"({"text":"new"})", "Idempotency-Key: one\r\n"));
  const auto again = client.receive();
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.field("Idempotent-Replayed"), "true");
  client.send(post(R"({"text":"new"})", "Idempotency-Key: two\r\n"));
  EXPECT_EQ(client.receive().status, 503);
}

TEST(ServerTurnsAway, OnTheLastRequestOfAConnectionToo) {
  Shelf shelf;
  RawClient client{shelf.server.port()};
  shelf.apis.shelf.full = true;
  client.send(post(R"({"text":"new"})", "Connection: close\r\n"));
  const auto refused = client.receive();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

}  // namespace
}  // namespace shopflow::http::testing
