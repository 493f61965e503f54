#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/http/message.hpp"

namespace shopflow::http {

/// The request's Origin if it is on the list, which is compared exactly; else empty.
[[nodiscard]] std::string_view allowed_origin(const std::vector<std::string>& list, const Headers& headers);

/// The answer to a preflight from an allowed origin (Fetch standard, 3.2), nullopt if the request is none.
[[nodiscard]] std::optional<Response> preflight(const Request& request, std::string_view origin,
                                                std::string_view allow);

}  // namespace shopflow::http
