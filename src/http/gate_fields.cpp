#include "http/gate_fields.hpp"

#include <charconv>

#include "http/characters.hpp"

namespace shopflow::http {
namespace {

namespace ch = characters;

constexpr std::size_t kLengthDigitsMax = 18;  // fits 64 bits whatever the digits

/// host [":" port] with a registered name, an IPv4 or a bracketed IPv6 address.
bool is_host(std::string_view text) {
  if (text.empty()) return false;
  std::size_t end = 0;
  if (text.front() == '[') {
    end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    for (const char c : text.substr(1, end - 1)) {
      if (!ch::is(c, ch::hex) && c != ':' && c != '.') return false;
    }
    ++end;
  } else {
    while (end < text.size() && ch::is(text[end], ch::host)) ++end;
    if (end == 0) return false;
  }
  if (end == text.size()) return true;
  const auto port = text.substr(end + 1);
  return text[end] == ':' && !port.empty() && port.size() <= 5 && ch::all(port, ch::digit);
}

/// What the fields say, before it is put together.
struct Found {
  const FieldView* host = nullptr;
  const FieldView* length = nullptr;
  const FieldView* encoding = nullptr;
  const FieldView* expect = nullptr;
  const FieldView* authorization = nullptr;
  bool close = false;
  bool keep_alive = false;
};

const ErrorCode* take_once(const FieldView*& slot, const FieldView& field, const ErrorCode& repeated) {
  if (slot != nullptr) return &repeated;
  slot = &field;
  return nullptr;
}

const ErrorCode* read_connection(std::string_view list, Found& found) {
  while (true) {
    const auto comma = list.find(',');
    const auto option = ch::trimmed(list.substr(0, comma));
    if (!ch::all(option, ch::token)) return &codes::invalid_header;
    if (equal_ignoring_case(option, "close")) found.close = true;
    if (equal_ignoring_case(option, "keep-alive")) found.keep_alive = true;
    if (comma == std::string_view::npos) return nullptr;
    list.remove_prefix(comma + 1);
  }
}

const ErrorCode* collect(const RequestHead& head, Found& found) {
  for (const auto& field : head.fields()) {
    const ErrorCode* error = nullptr;
    switch (field.name.size()) {
      case 4:
        if (equal_ignoring_case(field.name, "host"))
          error = take_once(found.host, field, codes::invalid_host);
        break;
      case 6:
        if (equal_ignoring_case(field.name, "expect")) {
          error = take_once(found.expect, field, codes::expectation_failed);
        }
        break;
      case 10:
        if (equal_ignoring_case(field.name, "connection")) error = read_connection(field.value, found);
        break;
      case 13:
        // A proxy may have looked at the other one.
        if (equal_ignoring_case(field.name, "authorization")) {
          error = take_once(found.authorization, field, codes::invalid_header);
        }
        break;
      case 14:
        if (equal_ignoring_case(field.name, "content-length")) {
          error = take_once(found.length, field, codes::invalid_framing);
        }
        break;
      case 17:
        if (equal_ignoring_case(field.name, "transfer-encoding")) {
          error = take_once(found.encoding, field, codes::transfer_encoding_not_supported);
        }
        break;
      default:
        break;
    }
    if (error != nullptr) return error;
  }
  return nullptr;
}

/// One reading of the body's length only: a length and an encoding together, or an encoding on HTTP/1.0, is
/// how requests are smuggled past a proxy that reads them the other way.
const ErrorCode* read_framing(const Found& found, RequestHead& head) {
  head.content_length.reset();
  head.chunked = false;
  if (found.encoding != nullptr) {
    if (found.length != nullptr || head.http10) return &codes::invalid_framing;
    if (!equal_ignoring_case(found.encoding->value, "chunked"))
      return &codes::transfer_encoding_not_supported;
    head.chunked = true;
  } else if (found.length != nullptr) {
    const auto text = found.length->value;
    if (text.empty() || text.size() > kLengthDigitsMax || !ch::all(text, ch::digit))
      return &codes::invalid_framing;
    std::uint64_t length = 0;
    std::from_chars(text.data(), text.data() + text.size(), length);
    head.content_length = length;
  }
  const bool bodyless =
      head.method == Method::get || head.method == Method::head || head.method == Method::options;
  return bodyless && head.has_body() ? &codes::body_not_allowed : nullptr;
}

const ErrorCode* read_host(const Found& found, RequestHead& head) {
  if (found.host == nullptr) return head.http10 && head.host.empty() ? nullptr : &codes::invalid_host;
  if (!is_host(found.host->value)) return &codes::invalid_host;
  if (!head.host.empty() && !equal_ignoring_case(head.host, found.host->value)) return &codes::invalid_target;
  head.host = found.host->value;
  return nullptr;
}

}  // namespace

const ErrorCode* check_fields(RequestHead& head) {
  Found found;
  if (const auto* error = collect(head, found)) return error;
  if (const auto* error = read_host(found, head)) return error;
  if (const auto* error = read_framing(found, head)) return error;
  head.expects_continue = false;
  if (found.expect != nullptr && !head.http10) {
    if (!equal_ignoring_case(found.expect->value, "100-continue")) return &codes::expectation_failed;
    head.expects_continue = head.has_body();
  }
  head.keep_alive = !found.close && (!head.http10 || found.keep_alive);
  return nullptr;
}

}  // namespace shopflow::http
