#pragma once

#include "shopflow/http/gate.hpp"

namespace shopflow::http {

/// Reads the fields that decide where a request ends and for whom it is (Host, Content-Length,
/// Transfer-Encoding, Connection, Expect); gives the reason for a refusal, or nullptr.
[[nodiscard]] const ErrorCode* check_fields(RequestHead& head);

}  // namespace shopflow::http
