#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shopflow {

/// What went wrong, by the layer that noticed; each kind is one HTTP status (RFC 9110, RFC 6585).
enum class ErrorKind : std::uint16_t {
  malformed = 400,
  unauthenticated = 401,
  forbidden = 403,
  not_found = 404,
  method_not_allowed = 405,
  timeout = 408,
  conflict = 409,
  precondition_failed = 412,
  too_large = 413,
  target_too_long = 414,
  unsupported_media = 415,
  expectation_failed = 417,
  unprocessable = 422,
  precondition_required = 428,
  too_many = 429,
  header_too_large = 431,
  internal = 500,
  not_implemented = 501,
  unavailable = 503,
  version_not_supported = 505,
};

/// A documented failure: declared once as a constexpr object in the room that returns it. `code` is stable
/// for ever, `title` is the same sentence for every occurrence. Routes list the codes that they may answer
/// with.
struct ErrorCode {
  std::string_view code;
  ErrorKind kind;
  std::string_view title;
};

/// One offending field of a request body, named by an RFC 6901 pointer.
struct FieldError {
  std::string pointer;
  std::string code;
  std::string detail;
};

/// An expected failure as a value. Nothing in it may be secret: it is shown to the caller as problem+json.
struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string code;
  std::string title;
  std::string detail;
  std::vector<FieldError> fields;
  std::optional<std::chrono::seconds> retry_after;
};

template <class T>
using Result = std::expected<T, Error>;

/// Turns a documented code into the error of one occurrence; `detail` says what is particular about this one.
[[nodiscard]] inline Error make_error(const ErrorCode& code, std::string detail = {}) {
  return Error{code.kind, std::string{code.code}, std::string{code.title}, std::move(detail), {}, {}};
}

/// The same of what passes: whoever asks again in a second may find it gone.
[[nodiscard]] inline Error make_passing_error(const ErrorCode& code, std::string detail = {}) {
  auto error = make_error(code, std::move(detail));
  error.retry_after = std::chrono::seconds{1};
  return error;
}

[[nodiscard]] inline std::unexpected<Error> fail(const ErrorCode& code, std::string detail = {}) {
  return std::unexpected<Error>{make_error(code, std::move(detail))};
}

/// Codes that every room may answer with.
namespace errors {
inline constexpr ErrorCode invalid_json{"invalid_json", ErrorKind::malformed, "The body is not valid JSON."};
inline constexpr ErrorCode invalid_request{"invalid_request", ErrorKind::malformed,
                                           "The request does not have the declared shape."};
inline constexpr ErrorCode invalid_id{"invalid_id", ErrorKind::malformed, "The identifier is malformed."};
inline constexpr ErrorCode invalid_cursor{"invalid_cursor", ErrorKind::malformed, "The cursor is malformed."};
inline constexpr ErrorCode validation_failed{"validation_failed", ErrorKind::unprocessable,
                                             "A value is outside of what is allowed."};
inline constexpr ErrorCode internal{"internal", ErrorKind::internal, "Something went wrong on our side."};
inline constexpr ErrorCode overloaded{"overloaded", ErrorKind::unavailable,
                                      "The server has more work than it may queue."};
inline constexpr ErrorCode database_unavailable{"database_unavailable", ErrorKind::unavailable,
                                                "The database cannot be reached."};
inline constexpr ErrorCode outcome_unknown{"outcome_unknown", ErrorKind::unavailable,
                                           "The connection to the database broke while committing; repeat "
                                           "the request with the same key to learn the outcome."};
}  // namespace errors

}  // namespace shopflow
