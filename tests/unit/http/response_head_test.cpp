#include "http/response_head.hpp"

#include <gtest/gtest.h>

#include <string>

namespace shopflow::http {
namespace {

std::string head_of(const Response& response, HeadFacts facts = {}) {
  facts.date = "Sun, 06 Nov 1994 08:49:37 GMT";
  std::string out;
  append_head(out, response, facts);
  return out;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(ResponseHead, CantBeSplitByAHandlersFields) {
  Response response;
  response.headers.add("X-Evil", "a\r\nSet-Cookie: b");
  response.headers.add("X Evil", "a");
  response.headers.add("X-Evil\r\nY", "a");
  response.headers.add("", "a");
  response.headers.add("Content-Length", "999");
  response.headers.add("transfer-encoding", "chunked");
  response.headers.add("Location", "/v1/carts/1");
  const auto head = head_of(response);
  EXPECT_FALSE(has(head, "Evil"));
  EXPECT_FALSE(has(head, "Set-Cookie"));
  EXPECT_FALSE(has(head, "999"));
  EXPECT_FALSE(has(head, "chunked"));
  EXPECT_TRUE(has(head, "\r\nLocation: /v1/carts/1\r\n"));
}

TEST(ResponseHead, HasNoLengthWhereThereIsNoBody) {
  Response response;
  for (const int status : {204, 304}) {
    response.status = status;
    EXPECT_FALSE(has(head_of(response), "Content-Length"));
    EXPECT_FALSE(has(head_of(response), "\r\nContent-Type:"));
  }
}

TEST(ResponseHead, LetsAHandlerChooseCachingAndPolicy) {
  Response response;
  response.headers.add("Cache-Control", "public, max-age=5");
  response.headers.add("Content-Security-Policy", "default-src 'self'");
  const auto head = head_of(response);
  EXPECT_FALSE(has(head, "no-store"));
  EXPECT_FALSE(has(head, "'none'"));
}

TEST(ResponseHead, SaysHowTheConnectionGoesOn) {
  EXPECT_FALSE(has(head_of({}), "Connection"));
  EXPECT_TRUE(has(head_of({}, {.keep_alive = false}), "Connection: close\r\n"));
  EXPECT_TRUE(has(head_of({}, {.http10 = true}), "Connection: keep-alive\r\n"));
  EXPECT_TRUE(has(head_of({}, {.hsts = true}), "Strict-Transport-Security: max-age=31536000\r\n"));
}

}  // namespace
}  // namespace shopflow::http
