#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "support/contract.hpp"
#include "support/test_server.hpp"
#include "unit/http/raw_client.hpp"

namespace shopflow::testing {
namespace {

using http::testing::RawClient;

constexpr std::string_view kMakeCart = "POST /v1/carts HTTP/1.1\r\nHost: shop\r\n\r\n";
// If it were served, its answer would be kept, and the cart with it.
constexpr std::string_view kCanary =
    "POST /v1/carts HTTP/1.1\r\nHost: shop\r\nIdempotency-Key: the-canary-of-the-mine\r\n\r\n";

std::vector<std::pair<std::string, int>> attacks() {
  const std::string post = "POST /v1/carts HTTP/1.1\r\nHost: shop\r\n";
  return {{post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 501},
          {post + "Transfer-Encoding: xchunked\r\n\r\n", 501},
          {post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400},
          {"POST /v1/carts HTTP/1.0\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
          {post + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 400},
          {post + "Content-Length: 0, 0\r\n\r\n", 400},
          {post + "Content-Length: 0x0\r\n\r\n", 400},
          {"POST /v1/carts HTTP/1.1\r\n\r\n", 400},
          {"POST /v1/carts HTTP/1.1\r\nHost: shop\r\nHost: shop\r\n\r\n", 400},
          {post + "X: a\r\n folded\r\n\r\n", 400},
          {post + "X : a\r\n\r\n", 400},
          {"POST /v1/carts HTTP/1.1\nHost: shop\n\n", 400},
          {post + "Transfer-Encoding: chunked\r\n\r\n0;" + std::string(9'000, 'x') + "\r\n\r\n", 400},
          {post + "Transfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: Bearer x\r\n\r\n", 400},
          {post + "X: " + std::string(9'000, 'x') + "\r\n\r\n", 431},
          {"POST /" + std::string(5'000, 'x') + " HTTP/1.1\r\nHost: shop\r\n\r\n", 414},
          {post + "Content-Length: 999999999\r\n\r\n", 413},
          {post + "Expect: a miracle\r\n\r\n", 417},
          {"TRACE /v1/carts HTTP/1.1\r\nHost: shop\r\n\r\n", 501},
          {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505}};
}

TEST(Framing, EachAttackIsAnsweredAndClosedAndTheRequestBehindItNeverRuns) {
  TestServer server;
  const Contract contract{server.client().get("/openapi.json").json()};
  for (const auto& [bytes, status] : attacks()) {
    RawClient client{server.port()};
    client.send(bytes + std::string{kCanary});
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, status) << bytes.substr(0, 200);
    // Every refusal is described for every operation, whichever it was meant for.
    Answer told{answer.status, {{"content-type", answer.field("Content-Type")}}, answer.body};
    told.headers["traceparent"] = answer.field("traceparent");
    for (const auto& objection : contract.check("POST", "/v1/carts", told)) ADD_FAILURE() << objection;
    EXPECT_TRUE(client.is_closed()) << bytes.substr(0, 200);
  }
  EXPECT_EQ(server.database().number("SELECT count(*) FROM carts"), 0);
}

TEST(Framing, PipelinedRequestsAreAnsweredInTheirOrder) {
  TestServer server;
  RawClient client{server.port()};
  std::string all;
  for (int i = 0; i < 20; ++i) {
    all += "GET /livez HTTP/1.1\r\nHost: shop\r\n\r\n";
    all += kMakeCart;
    all += "GET /v1/nowhere HTTP/1.1\r\nHost: shop\r\n\r\n";
  }
  client.send(all);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(client.receive().status, 200);
    EXPECT_EQ(client.receive().status, 201);
    EXPECT_EQ(client.receive().status, 404);
  }
}

TEST(Framing, TheLogTellsOfRequestsButNotTheirSecrets) {
  TestServer server;
  RawClient client{server.port()};
  client.send(
      "GET /v1/products?category=query-canary HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer key-canary\r\n"
      "Shopflow-Secret: secret-canary\r\nConnection: close\r\n\r\n");
  const auto answer = client.receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(server.stop(SIGTERM), 0);
  const auto log = server.log();
  EXPECT_NE(log.find(answer.field("traceparent").substr(3, 32)), std::string::npos);
  EXPECT_NE(log.find(R"("route":"/v1/products")"), std::string::npos);
  EXPECT_EQ(log.find("canary"), std::string::npos);
}

}  // namespace
}  // namespace shopflow::testing
