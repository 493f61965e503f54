#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "shopflow/http/codes.hpp"
#include "shopflow/http/message.hpp"
#include "shopflow/http/settings.hpp"

namespace shopflow::http {

struct FieldView {
  std::string_view name;
  std::string_view value;  // without the blanks around it
};

/// A header block that passed the gate. All views point into the bytes that were given.
struct RequestHead {
  static constexpr std::size_t kFieldsCapacity = 128;

  Method method = Method::get;
  std::string_view path;   // as sent: percent-encoded, starting with /; "*" for OPTIONS *
  std::string_view query;  // as sent, without the question mark
  std::string_view host;
  bool http10 = false;
  bool keep_alive = true;
  bool chunked = false;
  bool expects_continue = false;
  std::optional<std::uint64_t> content_length;
  std::size_t bytes = 0;  // of the block with its blank line: where the body begins

  [[nodiscard]] std::span<const FieldView> fields() const { return {field_list.data(), field_count}; }
  /// The first field of that name, without regard to case; nullptr if there is none.
  [[nodiscard]] const FieldView* find(std::string_view name) const;
  [[nodiscard]] bool has_body() const { return chunked || content_length.value_or(0) > 0; }

  std::array<FieldView, kFieldsCapacity> field_list;
  std::size_t field_count = 0;
};

struct GateOutcome {
  enum class State : std::uint8_t { complete, incomplete, refused };
  State state = State::incomplete;
  const ErrorCode* error = nullptr;  // of a refusal
};

/// Reads the header block at the start of `bytes` and lets through only what has exactly one reading (RFC
/// 9112, stricter: no obs-fold, no bare CR or LF, no list or repetition where one value is meant). It refuses
/// as soon as the bytes so far can't become good. Pure; `head` is meaningful only when the state is complete.
[[nodiscard]] GateOutcome read_head(std::string_view bytes, const GateLimits& limits, RequestHead& head);

/// Whether two ASCII texts are the same without regard to case.
[[nodiscard]] bool equal_ignoring_case(std::string_view left, std::string_view right);

}  // namespace shopflow::http
