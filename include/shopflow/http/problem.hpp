#pragma once

#include <string_view>

#include "shopflow/core/error.hpp"
#include "shopflow/http/message.hpp"

namespace shopflow::http {

/// What a status is called (RFC 9110, 15), as it stands in the status line.
[[nodiscard]] std::string_view reason_of(int status);

/// The answer for an error: application/problem+json (RFC 9457) with `code`, `trace_id` and `errors`,
/// Retry-After for 429 and 503, WWW-Authenticate for 401. A 500 tells no detail.
[[nodiscard]] Response problem_response(const Error& error, const Trace& trace);

}  // namespace shopflow::http
