#include <gtest/gtest.h>

#include <string>

#include "raw_client.hpp"
#include "small_server.hpp"

namespace shopflow::http::testing {
namespace {

struct Attack {
  std::string bytes;
  int status;
};

constexpr std::string_view kCanary =
    "POST /v1/notes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
    "17\r\n\r\n{\"text\":\"canary\"}";

/// Each is followed by a smuggled request in the same bytes: the attack is answered once, the connection
/// closed, and the canary never runs.
TEST(Attacks, AreAnsweredOnceAndClosed) {
  const std::string put = "PUT /v1/echo HTTP/1.1\r\nHost: a\r\n";
  const std::vector<Attack> attacks{
      {put + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 501},
      {put + "Transfer-Encoding: xchunked\r\n\r\n", 501},
      {put + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
      {"PUT /v1/echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {put + "Content-Length: 0, 0\r\n\r\n", 400},
      {put + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 400},
      {put + "Content-Length: +0\r\n\r\n", 400},
      {"GET /v1/hello HTTP/1.1\r\n\r\n", 400},
      {"GET /v1/hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET /v1/hello HTTP/1.1\r\nHost: a\r\nX: y\r\n folded\r\n\r\n", 400},
      {"GET /v1/hello HTTP/1.1\nHost: a\n\n", 400},
      {"GET /v1/hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", 400},
      {put + "Transfer-Encoding: chunked\r\n\r\n5;" + std::string(9'000, 'x') + "\r\nhello\r\n0\r\n\r\n",
       400},
      {put + "Transfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: Bearer catalog-key\r\n\r\n", 400},
      {put + "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloo\r\n", 400},
      {"GET /v1/notes/%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400},
      {"GET /v1/notes/%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400},
      {"GET /" + std::string(5'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9'000, 'a') + "\r\n\r\n", 431},
      {put + "Expect: money\r\n\r\n", 417},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"GET /v1/hello\r\n", 400},
      {"\x16\x03\x01\x02\x01", 400},
  };
  SmallServer small;
  for (const auto& [bytes, status] : attacks) {
    RawClient client{small.server.port()};
    client.send(bytes + std::string{kCanary});
    EXPECT_EQ(client.receive().status, status) << bytes;
    EXPECT_TRUE(client.is_closed()) << bytes;
  }
  EXPECT_EQ(small.apis.notes.created, 0);
}

}  // namespace
}  // namespace shopflow::http::testing
