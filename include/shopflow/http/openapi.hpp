#pragma once

#include <cstdint>
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

/// What a member of a request may be at most where a setting says so: it stands in the document instead of
/// the `maximum` or `maxItems` that the shape declares.
struct SchemaLimit {
  std::string_view schema;  // as it is published
  std::string_view member;
  std::int64_t max;
};

/// The OpenAPI 3.1 document of a routes table: every operation with its parameters, shapes, access, and all
/// the statuses and codes that it may answer with, those of framing, access and repeats included.
/// Undocumented routes are left out. Compact JSON. Throws if a limit is of nothing that has one.
[[nodiscard]] std::string openapi_json(std::span<const Route> routes, const ApiInfo& info,
                                       std::span<const SchemaLimit> limits = {});

/// All documented errors of a route, its own and those that follow from how it is declared, by status and
/// code.
[[nodiscard]] std::vector<const ErrorCode*> documented_errors(const Route& route);

/// What any request may be refused with because of how it arrives, whatever operation it is for: the
/// document's `default` answer. The connection ends with each of them.
[[nodiscard]] std::span<const ErrorCode* const> errors_of_arrival();

/// The routes as a table in Markdown: method, path, who may, how it repeats, what it does.
[[nodiscard]] std::string routes_markdown(std::span<const Route> routes);

}  // namespace shopflow::http
