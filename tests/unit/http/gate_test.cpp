#include "shopflow/http/gate.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "http/characters.hpp"
#include "http/target.hpp"

namespace shopflow::http {
namespace {

GateOutcome read(std::string_view bytes) {
  static RequestHead head;
  return read_head(bytes, GateLimits{}, head);
}

std::string refusal(std::string_view bytes) {
  const auto outcome = read(bytes);
  if (outcome.state == GateOutcome::State::complete) return "let through";
  return outcome.error == nullptr ? "incomplete" : std::string{outcome.error->code};
}

std::string with(std::string_view fields) {
  return "POST /v1/x HTTP/1.1\r\nHost: a\r\n" + std::string{fields} + "\r\n";
}

struct Attack {
  std::string bytes;
  std::string_view code;
};

std::string nul_in_value() {
  std::string text = with("X: a?b\r\n");
  text[text.find('?')] = '\0';
  return text;
}

std::vector<Attack> attacks_on_lengths() {
  return {{with("Transfer-Encoding: chunked, identity\r\n"), "transfer_encoding_not_supported"},
          {with("Transfer-Encoding: xchunked\r\n"), "transfer_encoding_not_supported"},
          {with("Transfer-Encoding: gzip, chunked\r\n"), "transfer_encoding_not_supported"},
          {with("Transfer-Encoding: identity\r\n"), "transfer_encoding_not_supported"},
          {with("Transfer-Encoding:\r\n"), "transfer_encoding_not_supported"},
          {with("Transfer-Encoding: \"chunked\"\r\n"), "transfer_encoding_not_supported"},
          {with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
           "transfer_encoding_not_supported"},
          {with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), "invalid_framing"},
          {with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), "invalid_framing"},
          {"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "invalid_framing"},
          {with("Transfer-Encoding : chunked\r\n"), "invalid_header"},
          {with("Transfer-Encoding\t: chunked\r\n"), "invalid_header"},
          {with("Content-Length: 5\r\nContent-Length: 5\r\n"), "invalid_framing"},
          {with("Content-Length: 5\r\ncontent-length: 6\r\n"), "invalid_framing"},
          {with("Content-Length: 5, 5\r\n"), "invalid_framing"},
          {with("Content-Length: +5\r\n"), "invalid_framing"},
          {with("Content-Length: -5\r\n"), "invalid_framing"},
          {with("Content-Length: 5 5\r\n"), "invalid_framing"},
          {with("Content-Length: 0x5\r\n"), "invalid_framing"},
          {with("Content-Length: 5a\r\n"), "invalid_framing"},
          {with("Content-Length: 5.0\r\n"), "invalid_framing"},
          {with("Content-Length:\r\n"), "invalid_framing"},
          {with("Content-Length: 99999999999999999999\r\n"), "invalid_framing"},
          {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", "body_not_allowed"},
          {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "body_not_allowed"}};
}

std::vector<Attack> attacks_on_fields() {
  return {{"GET / HTTP/1.1\r\n\r\n", "invalid_host"},
          {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "invalid_host"},
          {"GET / HTTP/1.1\r\nHost:\r\n\r\n", "invalid_host"},
          {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "invalid_host"},
          {"GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", "invalid_host"},
          {"GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", "invalid_host"},
          {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "invalid_host"},
          {"GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", "invalid_host"},
          {"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", "invalid_host"},
          {with(" folded: x\r\n"), "invalid_header"},
          {with("A: x\r\n folded\r\n"), "invalid_header"},
          {with("A: x\r\n\tfolded\r\n"), "invalid_header"},
          {with("A : x\r\n"), "invalid_header"},
          {with("A\r\n"), "invalid_header"},
          {with(": x\r\n"), "invalid_header"},
          {with("A(b): x\r\n"), "invalid_header"},
          {with("A: x\ry\r\n"), "invalid_header"},
          {with("A: x\nB: y\r\n"), "invalid_header"},
          {with("Authorization: Bearer x\r\nauthorization: Bearer y\r\n"), "invalid_header"},
          {with("A: x\x01\r\n"), "invalid_header"},
          {with("A: x\x7F\r\n"), "invalid_header"},
          {nul_in_value(), "invalid_header"},
          {"GET / HTTP/1.1\r\nHost: a\r\n\n", "invalid_header"},
          {with("Expect: 200-ok\r\n"), "expectation_failed"},
          {with("Expect: 100-continue\r\nExpect: 100-continue\r\n"), "expectation_failed"},
          {with("A: " + std::string(8'200, 'x') + "\r\n"), "header_too_large"},
          {with("A: " + std::string(8'200, 'x')), "header_too_large"}};
}

std::vector<Attack> attacks_on_request_lines() {
  const auto line = [](std::string_view text) { return std::string{text} + "\r\nHost: a\r\n\r\n"; };
  return {{"GET / HTTP/1.1\nHost: a\n\n", "invalid_request_line"},
          {"GET /\r\n", "invalid_request_line"},
          {"\r\n\r\nGET / HTTP/1.1\r\n", "invalid_request_line"},
          {line("GET  / HTTP/1.1"), "invalid_target"},
          {line(" GET / HTTP/1.1"), "invalid_request_line"},
          {line("GET\t/\tHTTP/1.1"), "invalid_request_line"},
          {line("GET / HTTP/1.1 "), "invalid_request_line"},
          {line("GET / http/1.1"), "invalid_request_line"},
          {line("GET / HTTP/1.10"), "invalid_request_line"},
          {line("GET / HTTP/1.2"), "version_not_supported"},
          {line("GET / HTTP/2.0"), "version_not_supported"},
          {line("GET / HTTP/0.9"), "version_not_supported"},
          {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "version_not_supported"},
          {line("get / HTTP/1.1"), "method_not_implemented"},
          {line("TRACE / HTTP/1.1"), "method_not_implemented"},
          {line("CONNECT a:80 HTTP/1.1"), "method_not_implemented"},
          {line("G(T / HTTP/1.1"), "invalid_request_line"},
          {line("GET * HTTP/1.1"), "invalid_target"},
          {line("GET a:80 HTTP/1.1"), "invalid_target"},
          {line("GET http://other/ HTTP/1.1"), "invalid_target"},
          {line("GET https://a/ HTTP/1.1"), "invalid_target"},
          {line("GET http:/// HTTP/1.1"), "invalid_target"},
          {line("GET ftp://a/ HTTP/1.1"), "invalid_target"},
          {line("GET /a b HTTP/1.1"), "invalid_target"},
          {line("GET /a#b HTTP/1.1"), "invalid_target"},
          {line("GET /a\\b HTTP/1.1"), "invalid_target"},
          {line("GET /a\"b HTTP/1.1"), "invalid_target"},
          {line("GET /\xC3\xA4 HTTP/1.1"), "invalid_target"},
          {line("GET /a\x01 HTTP/1.1"), "invalid_target"},
          {line("GET /" + std::string(4'100, 'a') + " HTTP/1.1"), "target_too_long"},
          {"GET /" + std::string(5'000, 'a'), "target_too_long"},
          {"\x16\x03\x01\x02", "invalid_request_line"},
          {std::string(40, 'A'), "invalid_request_line"}};
}

TEST(Gate, RefusesEveryAmbiguousLength) {
  for (const auto& [bytes, code] : attacks_on_lengths()) EXPECT_EQ(refusal(bytes), code) << bytes;
}

TEST(Gate, RefusesMalformedFields) {
  for (const auto& [bytes, code] : attacks_on_fields()) EXPECT_EQ(refusal(bytes), code) << bytes;
}

TEST(Gate, RefusesMalformedRequestLines) {
  for (const auto& [bytes, code] : attacks_on_request_lines()) EXPECT_EQ(refusal(bytes), code) << bytes;
}

TEST(Gate, CountsFields) {
  std::string fields;
  for (int i = 0; i < 63; ++i) fields += "A: b\r\n";
  EXPECT_EQ(refusal(with(fields)), "let through");
  EXPECT_EQ(refusal(with(fields + "A: b\r\n")), "header_too_large");
}

TEST(Gate, LetsThroughWhatHasOneReading) {
  RequestHead head;
  const std::string bytes =
      "PATCH /v1/a%20b?c=d&e HTTP/1.1\r\nhOST: shop.example:8080\r\nContent-Length: 12\r\nX:  padded \t\r\n"
      "Connection: foo, Close\r\nExpect: 100-Continue\r\n\r\nbody";
  ASSERT_EQ(read_head(bytes, {}, head).state, GateOutcome::State::complete);
  EXPECT_EQ(head.method, Method::patch);
  EXPECT_EQ(head.path, "/v1/a%20b");
  EXPECT_EQ(head.query, "c=d&e");
  EXPECT_EQ(head.host, "shop.example:8080");
  EXPECT_EQ(head.content_length, 12U);
  EXPECT_EQ(head.find("x")->value, "padded");
  EXPECT_FALSE(head.keep_alive);
  EXPECT_TRUE(head.expects_continue);
  EXPECT_EQ(head.bytes, bytes.size() - 4);
}

TEST(Gate, TakesTheOtherFormsOfATarget) {
  RequestHead head;
  ASSERT_EQ(read_head("GET http://Shop/v1?x HTTP/1.1\r\nHost: shop\r\n\r\n", {}, head).state,
            GateOutcome::State::complete);
  EXPECT_EQ(head.path, "/v1");
  EXPECT_EQ(head.query, "x");
  EXPECT_EQ(refusal("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), "let through");
  EXPECT_EQ(refusal("\r\nGET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), "let through");
  ASSERT_EQ(read_head("GET / HTTP/1.0\r\n\r\n", {}, head).state, GateOutcome::State::complete);
  EXPECT_FALSE(head.keep_alive);
}

TEST(Gate, GivesTheSameAnswerHoweverTheBytesArrive) {
  for (const auto& attacks : {attacks_on_lengths(), attacks_on_fields(), attacks_on_request_lines()}) {
    for (const auto& attack : attacks) {
      for (std::size_t size = 1; size <= attack.bytes.size(); ++size) {
        const auto outcome = refusal(std::string_view{attack.bytes}.substr(0, size));
        ASSERT_NE(outcome, "let through") << attack.bytes;
        if (outcome == "incomplete") continue;
        EXPECT_EQ(outcome, attack.code) << attack.bytes;
        break;
      }
    }
  }
}

TEST(Gate, ChecksEveryByteOfAValueWhereverItStands) {
  for (int code = 0; code < 256; ++code) {
    for (const std::size_t place : {0U, 1U, 31U, 32U, 77U, 99U}) {
      std::string value(100, 'v');
      value[place] = static_cast<char>(code);
      const bool good = characters::all(value, characters::text);
      EXPECT_EQ(characters::all_text(value), good) << code;
      EXPECT_EQ(refusal(with("X: " + value + "\r\n")) == "let through", good) << code << " at " << place;
    }
  }
}

TEST(Gate, SurvivesArbitraryBytes) {
  rc::check([](const std::string& noise, bool with_line) {
    const std::string text = with_line ? "GET / HTTP/1.1\r\nHost: a\r\n" + noise : noise;
    RequestHead head;
    const auto outcome = read_head(text, {}, head);
    if (outcome.state == GateOutcome::State::complete) RC_ASSERT(head.bytes <= text.size());
    if (outcome.state == GateOutcome::State::refused) RC_ASSERT(outcome.error != nullptr);
  });
}

TEST(Target, DecodesOnceAndRefusesWhatIsNoText) {
  std::string out;
  EXPECT_TRUE(append_decoded(out, "a%20b+c%2f", false));
  EXPECT_EQ(out, "a b+c/");
  for (const std::string_view broken : {"%", "%2", "%zz", "a%"})
    EXPECT_FALSE(append_decoded(out, broken, false));
  std::vector<std::pair<std::string, std::string>> pairs;
  ASSERT_TRUE(read_query("q=a+b%26&empty=&flag&&x=%C3%A4", pairs));
  ASSERT_EQ(pairs.size(), 4U);
  EXPECT_EQ(pairs[0].second, "a b&");
  EXPECT_EQ(pairs[3].second, "ä");
  for (const std::string_view unclean :
       {"a=%00", "a=%0A", "%ff=1", "a=%C0%80", "a=%ED%A0%80", "a=%F5%80%80%80"}) {
    EXPECT_FALSE(read_query(unclean, pairs)) << unclean;
  }
}

}  // namespace
}  // namespace shopflow::http
