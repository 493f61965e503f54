#include "http/response_head.hpp"

#include "http/characters.hpp"
#include "shopflow/core/digits.hpp"
#include "shopflow/http/gate.hpp"
#include "shopflow/http/problem.hpp"

namespace shopflow::http {
namespace {

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

bool is_ours(std::string_view name) {
  return equal_ignoring_case(name, "Content-Length") || equal_ignoring_case(name, "Transfer-Encoding") ||
         equal_ignoring_case(name, "Connection") || equal_ignoring_case(name, "Date") ||
         equal_ignoring_case(name, "Content-Type");
}

// The pieces that nearly every head is made of are as long as they can be, since each costs an append.
constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nDate: ";
constexpr std::string_view kAlways = "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n";
constexpr std::string_view kPolicy =
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n";
constexpr std::string_view kNoStore = "Cache-Control: no-store\r\n";
constexpr std::string_view kNoCache = "Cache-Control: no-cache\r\n";

/// Which defaults the handler's own fields have replaced.
struct Given {
  bool cache_control = false;
  bool policy = false;
  bool etag = false;
};

Given append_given(std::string& out, const Headers& headers) {
  Given given;
  for (const auto& [name, value] : headers.fields()) {
    const bool sound =
        !name.empty() && characters::all(name, characters::token) && characters::all(value, characters::text);
    if (!sound || is_ours(name)) continue;
    append_field(out, name, value);
    given.cache_control = given.cache_control || equal_ignoring_case(name, "Cache-Control");
    given.policy = given.policy || equal_ignoring_case(name, "Content-Security-Policy");
    given.etag = given.etag || equal_ignoring_case(name, "ETag");
  }
  return given;
}

}  // namespace

void append_head(std::string& out, const Response& response, const HeadFacts& facts) {
  if (response.status == 200) {
    out += kOk;
  } else {
    out += "HTTP/1.1 ";
    append_decimal(out, response.status);
    out.push_back(' ');
    out += reason_of(response.status);
    out += "\r\nDate: ";
  }
  out += facts.date;
  out += "\r\n";
  if (response.status != 204 && response.status != 304) {
    if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
    out += "Content-Length: ";
    append_decimal(out, response.bytes().size());
    out += "\r\n";
  }
  if (!facts.keep_alive) {
    out += "Connection: close\r\n";
  } else if (facts.http10) {
    out += "Connection: keep-alive\r\n";
  }
  const auto given = append_given(out, response.headers);
  // What has an entity tag is meant to be kept and asked about; everything else is not kept at all.
  if (!given.cache_control) out += given.etag ? kNoCache : kNoStore;
  out += given.policy ? kAlways : kPolicy;
  if (facts.hsts) out += "Strict-Transport-Security: max-age=31536000\r\n";
  if (facts.varies_by_origin) out += "Vary: Origin\r\n";
  if (!facts.allowed_origin.empty()) {
    append_field(out, "Access-Control-Allow-Origin", facts.allowed_origin);
    out +=
        "Access-Control-Expose-Headers: ETag, Idempotent-Replayed, Location, RateLimit, RateLimit-Policy, "
        "Retry-After, traceparent\r\n";
  }
  if (facts.trace != nullptr && !facts.trace->trace_id.empty()) {
    out += "traceparent: 00-";
    out += facts.trace->trace_id;
    out.push_back('-');
    out += facts.trace->span_id;
    out += "-01\r\n";
  }
  out += "\r\n";
}

}  // namespace shopflow::http
