#include "shopflow/http/server.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "raw_client.hpp"
#include "small_server.hpp"

namespace shopflow::http::testing {
namespace {

std::string get(std::string_view path, std::string_view fields = {}) {
  return "GET " + std::string{path} + " HTTP/1.1\r\nHost: shop\r\n" + std::string{fields} + "\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view fields = {}) {
  return "POST " + std::string{path} +
         " HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + std::string{fields} + "\r\n" + std::string{body};
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(Server, AnswersAndKeepsTheConnection) {
  SmallServer small;
  RawClient client{small.server.port()};
  for (int i = 0; i < 3; ++i) {
    client.send(get("/v1/hello"));
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"text":"hello"})");
    EXPECT_EQ(answer.field("Content-Type"), "application/json");
    EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer.field("Cache-Control"), "no-store");
    EXPECT_TRUE(answer.field("Content-Security-Policy").starts_with("default-src 'none'"));
    EXPECT_EQ(answer.field("Server"), "");
    EXPECT_EQ(answer.field("traceparent").size(), 55U);
  }
}

TEST(Server, ContinuesTheTraceOfTheCaller) {
  SmallServer small;
  RawClient client{small.server.port()};
  client.send(get("/v1/hello", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"));
  EXPECT_TRUE(client.receive().field("traceparent").starts_with("00-0af7651916cd43dd8448eb211c80319c-"));
}

TEST(Server, AnswersPipelinedRequestsInTheirOrder) {
  SmallServer small;
  RawClient client{small.server.port()};
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += get("/v1/notes/n" + std::to_string(i));
    all += post("/v1/notes", R"({"text":"canary )" + std::to_string(i) + "\"}");
  }
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(client.receive().body, R"({"text":"n)" + std::to_string(i) + "\"}");
    const auto second = client.receive();
    EXPECT_EQ(second.status, 201);
    EXPECT_EQ(second.body, R"({"text":"canary )" + std::to_string(i) + "\"}");
  }
}

TEST(Server, TakesARequestThatArrivesByteByByte) {
  SmallServer small;
  RawClient client{small.server.port()};
  for (const char c : post("/v1/notes", R"({"text":"drip"})")) client.send({&c, 1});
  EXPECT_EQ(client.receive().body, R"({"text":"drip"})");
}

TEST(Server, TakesChunkedBodies) {
  SmallServer small;
  RawClient client{small.server.port()};
  const std::string head = "PUT /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  client.send(head + "5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n" + get("/v1/hello"));
  EXPECT_EQ(client.receive().body, R"({"text":"15"})");
  EXPECT_EQ(client.receive().status, 200);
}

TEST(Server, TakesBodiesUpToTheLimitOfTheRoute) {
  SmallServer small;
  RawClient client{small.server.port()};
  const std::string body(1'000'000, 'x');
  client.send("PUT /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + body);
  EXPECT_EQ(client.receive().body, R"({"text":"1000000"})");
  client.send("PUT /v1/small HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n");
  const auto refused = client.receive();
  EXPECT_EQ(refused.status, 413);
  EXPECT_TRUE(has(refused.body, "body_too_large"));
  EXPECT_TRUE(client.is_closed());

  RawClient chunked{small.server.port()};
  chunked.send("PUT /v1/small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n");
  EXPECT_EQ(chunked.receive().status, 413);
  EXPECT_TRUE(chunked.is_closed());
}

TEST(Server, SaysContinueOnlyWhenTheBodyIsWanted) {
  SmallServer small;
  RawClient client{small.server.port()};
  client.send("PUT /v1/small HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  client.send("ok");
  EXPECT_EQ(client.receive().body, R"({"text":"2"})");
  client.send("PUT /v1/nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 404);
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, ServesHeadAndOptionsAndNamesTheMethodsItTakes) {
  SmallServer small;
  RawClient client{small.server.port()};
  client.send("HEAD /v1/hello HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto head = client.receive(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.field("Content-Length"), "16");
  client.send("OPTIONS /v1/notes HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto options = client.receive();
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.field("Allow"), "GET, HEAD, POST, OPTIONS");
  client.send("PUT /v1/hello HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto refused = client.receive();
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.field("Allow"), "GET, HEAD, OPTIONS");
  client.send(get("/v1/nowhere"));
  EXPECT_TRUE(has(client.receive().body, R"("code":"route_not_found")"));
  client.send("TRACE /v1/hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.receive().status, 501);
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, GivesErrorsAsProblems) {
  SmallServer small;
  RawClient client{small.server.port()};
  client.send(get("/v1/missing"));
  const auto missing = client.receive();
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.field("Content-Type"), "application/problem+json");
  EXPECT_TRUE(has(missing.body, R"("type":"urn:shopflow:problem:note_missing")"));
  EXPECT_TRUE(has(missing.body, R"("detail":"Look elsewhere.")"));
  EXPECT_TRUE(has(missing.body, R"("trace_id":")" + missing.field("traceparent").substr(3, 32)));

  client.send(get("/v1/broken"));
  const auto broken = client.receive();
  EXPECT_EQ(broken.status, 500);
  EXPECT_TRUE(has(broken.body, R"("code":"internal")"));
  EXPECT_FALSE(has(broken.body, "secret"));

  client.send(get("/v1/no-database"));
  const auto unavailable = client.receive();
  EXPECT_EQ(unavailable.status, 503);
  EXPECT_EQ(unavailable.field("Retry-After"), "1");
  EXPECT_TRUE(has(unavailable.body, R"("code":"database_unavailable")"));

  client.send(post("/v1/notes", R"({"text":"","more":1})"));
  const auto malformed = client.receive();
  EXPECT_EQ(malformed.status, 400);
  EXPECT_TRUE(has(malformed.body, R"("pointer":"/more")"));
}

TEST(Server, TakesOnlyJsonWhereAShapeIsDeclared) {
  SmallServer small;
  for (const std::string type :
       {"Content-Type: text/plain\r\n", "", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"}) {
    RawClient client{small.server.port()};
    client.send("POST /v1/notes HTTP/1.1\r\nHost: a\r\n" + type + "Content-Length: 2\r\n\r\n{}");
    EXPECT_EQ(client.receive().status, 415);
  }
  for (const std::string parameter : {";charset=utf-8", " ; charset=utf-8", "\t; charset=utf-8", " \t"}) {
    RawClient client{small.server.port()};
    client.send("POST /v1/notes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json" + parameter +
                "\r\nContent-Length: 12\r\n\r\n{\"text\":\"a\"}");
    EXPECT_EQ(client.receive().status, 201) << parameter;
  }
}

TEST(Server, ChecksKeyAndRoleBeforeItReadsTheBody) {
  SmallServer small;
  const auto attempt = [&](const std::string& key) {
    RawClient client{small.server.port()};
    client.send(
        "POST /v1/admin/notes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
        "9\r\n" +
        key + "\r\n");
    return client.receive();
  };
  const auto none = attempt("");
  EXPECT_EQ(none.status, 401);
  EXPECT_TRUE(none.field("WWW-Authenticate").starts_with("Bearer"));
  EXPECT_TRUE(has(attempt("Authorization: Bearer nobody\r\n").body, "key_unknown"));
  const auto support = attempt("Authorization: Bearer support-key\r\n");
  EXPECT_EQ(support.status, 403);
  EXPECT_TRUE(has(support.body, "role_not_allowed"));
  RawClient client{small.server.port()};
  client.send(post("/v1/admin/notes", R"({"text":"a"})", "Authorization: bearer catalog-key\r\n"));
  EXPECT_EQ(client.receive().status, 201);
}

TEST(Server, AnswersNotModifiedAndAsksForIfMatch) {
  SmallServer small;
  RawClient client{small.server.port()};
  client.send(get("/v1/tagged"));
  const auto first = client.receive();
  EXPECT_EQ(first.field("ETag"), "\"7\"");
  EXPECT_EQ(first.field("Cache-Control"), "no-cache");
  client.send(get("/v1/tagged", "If-None-Match: \"6\", W/\"7\"\r\n"));
  const auto second = client.receive();
  EXPECT_EQ(second.status, 304);
  EXPECT_EQ(second.field("ETag"), "\"7\"");
  const auto remove = [&](const std::string& fields) {
    client.send("DELETE /v1/tagged HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer catalog-key\r\n" + fields +
                "\r\n");
    return client.receive().status;
  };
  EXPECT_EQ(remove(""), 428);
  EXPECT_EQ(remove("If-Match: 7\r\n"), 400);
  EXPECT_EQ(remove("If-Match: \"6\"\r\n"), 412);
  EXPECT_EQ(remove("If-Match: W/\"7\"\r\n"), 412);
  EXPECT_EQ(remove("If-Match: \"7\"\r\n"), 204);
}

}  // namespace
}  // namespace shopflow::http::testing
