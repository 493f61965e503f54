#include "shopflow/http/problem.hpp"

#include <string>

#include "shopflow/core/json.hpp"

namespace shopflow::http {
namespace {

constexpr std::chrono::seconds kRetryAfter{1};

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out += ",\"";
  out += name;
  out += "\":";
  json::write_string(out, text);
}

void append_fields(std::string& out, const std::vector<FieldError>& fields) {
  out += ",\"errors\":[";
  for (const auto& field : fields) {
    if (&field != &fields.front()) out.push_back(',');
    out += "{\"pointer\":";
    json::write_string(out, field.pointer);
    append_member(out, "code", field.code);
    if (!field.detail.empty()) append_member(out, "detail", field.detail);
    out.push_back('}');
  }
  out.push_back(']');
}

}  // namespace

std::string_view reason_of(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 207:
      return "Multi-Status";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
}

Response problem_response(const Error& error, const Trace& trace) {
  Response response;
  response.status = static_cast<int>(error.kind);
  response.content_type = "application/problem+json";
  auto& out = response.body;
  out.reserve(256);
  out = R"({"type":"urn:shopflow:problem:)";
  out += error.code;
  out.push_back('"');
  append_member(out, "title", error.title);
  out += ",\"status\":";
  out += std::to_string(response.status);
  if (!error.detail.empty() && error.kind != ErrorKind::internal) append_member(out, "detail", error.detail);
  append_member(out, "code", error.code);
  append_member(out, "trace_id", trace.trace_id);
  if (!error.fields.empty()) append_fields(out, error.fields);
  out.push_back('}');

  if (error.kind == ErrorKind::unauthenticated) {
    response.headers.add("WWW-Authenticate", R"(Bearer realm="shopflow")");
  }
  if (error.retry_after || error.kind == ErrorKind::unavailable || error.kind == ErrorKind::too_many) {
    response.headers.add("Retry-After", std::to_string(error.retry_after.value_or(kRetryAfter).count()));
  }
  return response;
}

}  // namespace shopflow::http
