#include "shopflow/http/gate.hpp"

#include <algorithm>
#include <cstring>

#include "http/characters.hpp"
#include "http/gate_fields.hpp"

namespace shopflow::http {
namespace {

namespace ch = characters;

constexpr std::size_t kMethodBytesMax = 32;
constexpr std::size_t kVersionBytes = 8;

struct Line {
  std::string_view text;  // without its CRLF
  bool complete = false;
  bool bare = false;  // ended by LF alone
};

Line next_line(std::string_view bytes, std::size_t at) {
  const auto* const begin = bytes.data() + at;
  const auto* const end = static_cast<const char*>(std::memchr(begin, '\n', bytes.size() - at));
  if (end == nullptr) return {.text = bytes.substr(at)};
  const auto size = static_cast<std::size_t>(end - begin);
  if (size == 0 || begin[size - 1] != '\r') return {.text = {}, .complete = true, .bare = true};
  return {.text = {begin, size - 1}, .complete = true};
}

const ErrorCode* check_method(std::string_view text, Method& method) {
  using Pair = std::pair<std::string_view, Method>;
  static constexpr std::array<Pair, 7> kMethods{{{"GET", Method::get},
                                                 {"POST", Method::post},
                                                 {"PUT", Method::put},
                                                 {"PATCH", Method::patch},
                                                 {"DELETE", Method::del},
                                                 {"HEAD", Method::head},
                                                 {"OPTIONS", Method::options}}};
  for (const auto& [name, value] : kMethods) {
    if (name == text) {
      method = value;
      return nullptr;
    }
  }
  return &codes::method_not_implemented;
}

const ErrorCode* check_version(std::string_view text, RequestHead& head) {
  if (text == "HTTP/1.1") {
    head.http10 = false;
    return nullptr;
  }
  if (text == "HTTP/1.0") {
    head.http10 = true;
    return nullptr;
  }
  const bool shaped = text.size() == kVersionBytes && text.starts_with("HTTP/") &&
                      ch::is(text[5], ch::digit) && text[6] == '.' && ch::is(text[7], ch::digit);
  return shaped ? &codes::version_not_supported : &codes::invalid_request_line;
}

/// Splits the target; of the absolute form it keeps the authority in `head.host`, to be compared with Host.
const ErrorCode* check_target(std::string_view target, RequestHead& head) {
  head.host = {};
  if (target.empty() || !ch::all(target, ch::target)) return &codes::invalid_target;
  if (target == "*") {
    if (head.method != Method::options) return &codes::invalid_target;
    head.path = target;
    head.query = {};
    return nullptr;
  }
  if (target.front() != '/') {
    constexpr std::string_view scheme = "http://";
    if (target.size() <= scheme.size() || !equal_ignoring_case(target.substr(0, scheme.size()), scheme)) {
      return &codes::invalid_target;
    }
    target.remove_prefix(scheme.size());
    const auto end = std::min(target.find_first_of("/?"), target.size());
    head.host = target.substr(0, end);
    target.remove_prefix(end);
    if (head.host.empty()) return &codes::invalid_target;
    if (target.empty() || target.front() == '?') {
      head.path = "/";
      head.query = target.empty() ? target : target.substr(1);
      return nullptr;
    }
  }
  const auto question = target.find('?');
  head.path = target.substr(0, question);
  head.query = question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
  return nullptr;
}

/// Tells garbage (a TLS hello, a binary protocol) from a request line that is merely not all there yet.
const ErrorCode* check_unfinished_request_line(std::string_view text, const GateLimits& limits) {
  const auto space = text.find(' ');
  const auto method = text.substr(0, space);
  if (method.size() > kMethodBytesMax || !ch::all(method, ch::token)) return &codes::invalid_request_line;
  if (space == std::string_view::npos) return nullptr;
  const auto rest = text.substr(space + 1);
  if (rest.size() > limits.target_bytes_max + kVersionBytes + 2) return &codes::target_too_long;
  return nullptr;
}

const ErrorCode* read_request_line(std::string_view line, const GateLimits& limits, RequestHead& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  const auto method = line.substr(0, first);
  if (method.empty() || method.size() > kMethodBytesMax || !ch::all(method, ch::token)) {
    return &codes::invalid_request_line;
  }
  if (first == std::string_view::npos || first == last) return &codes::invalid_request_line;
  if (const auto* error = check_version(line.substr(last + 1), head)) return error;
  const auto target = line.substr(first + 1, last - first - 1);
  if (target.size() > limits.target_bytes_max) return &codes::target_too_long;
  if (const auto* error = check_method(method, head.method)) return error;
  return check_target(target, head);
}

const ErrorCode* read_field(std::string_view line, const GateLimits& limits, RequestHead& head) {
  const auto colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos || !ch::all(line.substr(0, colon), ch::token)) {
    return &codes::invalid_header;
  }
  const auto value = line.substr(colon + 1);
  if (!ch::all_text(value)) return &codes::invalid_header;
  if (head.field_count >= std::min(limits.fields_max, RequestHead::kFieldsCapacity))
    return &codes::header_too_large;
  head.field_list[head.field_count++] = {line.substr(0, colon), ch::trimmed(value)};
  return nullptr;
}

GateOutcome refuse(const ErrorCode& error) { return {GateOutcome::State::refused, &error}; }

}  // namespace

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [](char a, char b) { return ch::lower(a) == ch::lower(b); });
}

const FieldView* RequestHead::find(std::string_view name) const {
  for (const auto& field : fields()) {
    if (equal_ignoring_case(field.name, name)) return &field;
  }
  return nullptr;
}

GateOutcome read_head(std::string_view bytes, const GateLimits& limits, RequestHead& head) {
  head.field_count = 0;
  // RFC 9112, 2.2: one empty line before a request is forgiven.
  std::size_t at = bytes.starts_with("\r\n") ? 2 : 0;
  if (bytes == "\r" || at == bytes.size()) return {};
  const auto limit = limits.header_bytes_max + at;
  const auto unfinished = [&] {
    return bytes.size() >= limit ? refuse(codes::header_too_large) : GateOutcome{};
  };

  const auto first = next_line(bytes, at);
  if (first.bare) return refuse(codes::invalid_request_line);
  if (!first.complete) {
    const auto* error = check_unfinished_request_line(first.text, limits);
    return error != nullptr ? refuse(*error) : unfinished();
  }
  if (const auto* error = read_request_line(first.text, limits, head)) return refuse(*error);
  at += first.text.size() + 2;

  while (true) {
    const auto line = next_line(bytes, at);
    if (line.bare) return refuse(codes::invalid_header);
    if (!line.complete) return unfinished();
    at += line.text.size() + 2;
    if (at > limit) return refuse(codes::header_too_large);
    if (line.text.empty()) break;
    if (const auto* error = read_field(line.text, limits, head)) return refuse(*error);
  }
  head.bytes = at;
  if (const auto* error = check_fields(head)) return refuse(*error);
  return {GateOutcome::State::complete, nullptr};
}

}  // namespace shopflow::http
