#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/http/route.hpp"

namespace shopflow::http {

struct ApiInfo {
  std::string_view title;
  std::string_view version;
  std::string_view description;  // CommonMark
};

/// The OpenAPI 3.1 document of a routes table: every operation with its parameters, shapes, access, and all
/// the statuses and codes that it may answer with, those of framing, access and repeats included.
/// Undocumented routes are left out. Compact JSON.
[[nodiscard]] std::string openapi_json(std::span<const Route> routes, const ApiInfo& info);

/// All documented errors of a route, its own and those that follow from how it is declared, by status and
/// code.
[[nodiscard]] std::vector<const ErrorCode*> documented_errors(const Route& route);

/// The routes as a table in Markdown: method, path, who may, how it repeats, what it does.
[[nodiscard]] std::string routes_markdown(std::span<const Route> routes);

}  // namespace shopflow::http
