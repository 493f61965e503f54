#pragma once

#include <string_view>

#include "shopflow/http/message.hpp"

namespace shopflow::http {

/// Fills `trace` with a span of our own in the trace that `traceparent` names (W3C Trace Context, level 1),
/// or in a new trace if that is empty or invalid. Identifiers are unique, not secret.
void continue_trace(std::string_view traceparent, Trace& trace);

}  // namespace shopflow::http
