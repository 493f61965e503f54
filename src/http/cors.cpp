#include "http/cors.hpp"

namespace shopflow::http {

std::string_view allowed_origin(const std::vector<std::string>& list, const Headers& headers) {
  if (list.empty()) return {};
  const auto* origin = headers.find("Origin");
  if (origin == nullptr) return {};
  for (const auto& allowed : list) {
    if (allowed == *origin) return allowed;
  }
  return {};
}

std::optional<Response> preflight(const Request& request, std::string_view origin, std::string_view allow) {
  if (request.method != Method::options || origin.empty()) return std::nullopt;
  if (request.headers.find("Access-Control-Request-Method") == nullptr) return std::nullopt;
  Response response;
  response.status = 204;
  response.content_type = {};
  response.headers.add("Allow", std::string{allow});
  response.headers.add("Access-Control-Allow-Methods", std::string{allow});
  response.headers.add(
      "Access-Control-Allow-Headers",
      "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Shopflow-Secret, "
      "traceparent");
  response.headers.add("Access-Control-Max-Age", "600");
  return response;
}

}  // namespace shopflow::http
