#include "shopflow/http/openapi.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "http/router.hpp"
#include "shopflow/http/codes.hpp"
#include "shopflow/http/problem.hpp"

namespace shopflow::http {
namespace {

using Json = nlohmann::ordered_json;

Json text_schema() { return {{"type", "string"}}; }

Json problem_schema() {
  const auto text = [](std::string_view description) {
    return Json{{"type", "string"}, {"description", description}};
  };
  return {
      {"type", "object"},
      {"description", "What went wrong (RFC 9457)."},
      {"properties",
       {{"type", text("A URN that ends with the code.")},
        {"title", text("The same sentence for every occurrence.")},
        {"status", {{"type", "integer"}, {"description", "The status of the answer."}}},
        {"detail", text("What is particular about this occurrence.")},
        {"code", text("Stable; meant for programs.")},
        {"trace_id", text("Names the request in the server's log.")},
        {"errors",
         {{"type", "array"},
          {"description", "The offending fields."},
          {"items",
           {{"type", "object"},
            {"properties",
             {{"pointer", text("Where, as a JSON pointer (RFC 6901).")},
              {"code", text("Stable; meant for programs.")},
              {"detail", text("What is allowed there.")}}},
            {"required", {"pointer", "code"}}}}}}}},
      {"required", {"type", "title", "status", "code", "trace_id"}},
  };
}

Json parameter(std::string_view name, std::string_view in, bool required, std::string_view description,
               Json schema) {
  return {{"name", name},
          {"in", in},
          {"required", required},
          {"description", description},
          {"schema", std::move(schema)}};
}

Json parameters_of(const Route& route) {
  Json list = Json::array();
  for (const auto name : parameter_names(route.path)) {
    list.push_back(parameter(name, "path", true, "Part of the path.", text_schema()));
  }
  if (route.shapes.query != nullptr) {
    for (const auto& query : route.shapes.query()) {
      auto made =
          parameter(query.name, "query", query.required, query.description, Json::parse(query.schema));
      if (made["schema"].value("type", "") == "array") {
        made["style"] = "form";
        made["explode"] = false;
      }
      list.push_back(std::move(made));
    }
  }
  if (route.takes_key()) {
    list.push_back(
        parameter("Idempotency-Key", "header", route.repeat == Repeat::key_required,
                  "The same key and body get the first answer again, for 24 hours.",
                  {{"type", "string"}, {"minLength", 1}, {"maxLength", 255}, {"pattern", "^[!-~]+$"}}));
  }
  if (route.repeat == Repeat::guarded) {
    list.push_back(parameter("If-Match", "header", true, "The ETag of the version that is to be changed.",
                             text_schema()));
  }
  if (!route.shapes.signature.empty()) {
    list.push_back(
        parameter(route.shapes.signature, "header", true, route.shapes.signature_form, text_schema()));
  }
  if (route.has_etag && !route.writes()) {
    list.push_back(parameter("If-None-Match", "header", false,
                             "The ETag of the version that is there already; 304 if it is the current one.",
                             text_schema()));
  }
  return list;
}

Json security_of(Who who) {
  Json none = Json::array();
  switch (who.kind) {
    case Who::Kind::roles:
      return Json::array({{{"key", none}}});
    case Who::Kind::cart_secret:
      return Json::array({{{"cartSecret", none}}});
    case Who::Kind::order_secret:
      return Json::array({{{"orderSecret", none}}});
    case Who::Kind::anyone:
    case Who::Kind::signature:
      break;
  }
  return none;
}

Json header_field(std::string_view description, Json schema) {
  return {{"description", description}, {"schema", std::move(schema)}};
}

/// A field that is there whenever the answer is.
Json sure_header_field(std::string_view description, Json schema) {
  return {{"description", description}, {"required", true}, {"schema", std::move(schema)}};
}

Json trace_field() { return sure_header_field("The trace and span of this request.", text_schema()); }

/// The answer's version. What is kept for a repeat is the answer's body, which has the version too.
Json etag_field(const Route& route) {
  if (route.takes_key()) return header_field("Names this version; not with a kept answer.", text_schema());
  return sure_header_field("Names this version.", text_schema());
}

Json success_of(const Route& route, const json::Components& components) {
  Json answer{{"description", reason_of(route.status)}};
  auto& fields = answer["headers"];
  fields["traceparent"] = trace_field();
  if (route.takes_key()) {
    fields["Idempotent-Replayed"] = header_field("true when this is the kept answer.", text_schema());
  }
  if (route.has_etag) fields["ETag"] = etag_field(route);
  if (route.shapes.content_type.empty()) return answer;
  auto& content = answer["content"][std::string{route.shapes.content_type}];
  content["schema"] = route.shapes.answer == nullptr
                          ? Json::object()
                          : Json::parse(components.ref(route.shapes.answer_name, json::Use::response));
  return answer;
}

/// The answer to whoever has the current version.
Json not_modified(const Route& route) {
  return {{"description", "If-None-Match names the current version."},
          {"headers", {{"traceparent", trace_field()}, {"ETag", etag_field(route)}}}};
}

/// Problems of these codes, which `description` gets a line for each of.
Json problems(std::span<const ErrorCode* const> errors, std::string description) {
  Json allowed = Json::array();
  for (const auto* error : errors) {
    description += "\n\n`" + std::string{error->code} + "`: " + std::string{error->title};
    allowed.push_back(error->code);
  }
  Json answer{{"description", description}};
  answer["content"]["application/problem+json"]["schema"] = {
      {"allOf",
       {{{"$ref", "#/components/schemas/Problem"}},
        {{"type", "object"}, {"properties", {{"code", {{"enum", allowed}}}}}}}}};
  return answer;
}

/// One answer for each status, whose schema narrows the code to those that the operation knows.
void add_errors(const Route& route, Json& responses) {
  std::map<int, std::vector<const ErrorCode*>> by_status;
  for (const auto* error : documented_errors(route))
    by_status[static_cast<int>(error->kind)].push_back(error);
  for (const auto& [status, list] : by_status) {
    auto answer = problems(list, std::string{reason_of(status)});
    answer["headers"]["traceparent"] = trace_field();
    if (status == 503 || status == 429) {
      answer["headers"]["Retry-After"] = sure_header_field("Seconds to wait.", {{"type", "integer"}});
    }
    if (status == 429) {
      answer["headers"]["RateLimit-Policy"] =
          sure_header_field("The limit that was met: its name, q requests in w seconds.", text_schema());
      answer["headers"]["RateLimit"] = sure_header_field(
          "What is left of it (r), and after how many seconds there is more (t).", text_schema());
    }
    if (status == 401)
      answer["headers"]["WWW-Authenticate"] = sure_header_field("How to authenticate.", text_schema());
    responses[std::to_string(status)] = std::move(answer);
  }
}

std::string operation_id(const Route& route) {
  std::string id{to_string(route.method)};
  for (auto& c : id) c = static_cast<char>(c - 'A' + 'a');
  for (const char c : route.path) {
    if (c == '}') continue;
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) {
      id.push_back(c);
    } else if (id.back() != '_') {
      id.push_back('_');
    }
  }
  return id;
}

Json operation_of(const Route& route, const json::Components& components) {
  Json operation{{"operationId", operation_id(route)},
                 {"summary", route.summary},
                 {"tags", {tag_of(route)}},
                 {"description", "Who may: " + to_string(route.who) +
                                     ". Repeats: " + std::string{to_string(route.repeat)} + "."},
                 {"security", security_of(route.who)}};
  if (auto parameters = parameters_of(route); !parameters.empty())
    operation["parameters"] = std::move(parameters);
  if (route.shapes.body != nullptr) {
    operation["requestBody"] = {
        {"required", true},
        {"content",
         {{"application/json",
           {{"schema", Json::parse(components.ref(route.shapes.body_name, json::Use::request))}}}}}};
  }
  auto& responses = operation["responses"];
  responses[std::to_string(route.status)] = success_of(route, components);
  if (route.has_etag && !route.writes()) responses["304"] = not_modified(route);
  add_errors(route, responses);
  responses["default"] = {{"$ref", "#/components/responses/NotArrived"}};
  return operation;
}

Json security_schemes() {
  const auto secret = [](std::string_view of) {
    return Json{{"type", "apiKey"},
                {"in", "header"},
                {"name", "Shopflow-Secret"},
                {"description", "The secret that came with the " + std::string{of} + "."}};
  };
  return {{"key", {{"type", "http"}, {"scheme", "bearer"}, {"description", "An admin key with a role."}}},
          {"cartSecret", secret("cart")},
          {"orderSecret", secret("order")}};
}

Json schemas_of(const json::Components& components, std::span<const SchemaLimit> limits) {
  Json schemas{{"Problem", problem_schema()}};
  for (const auto& [name, schema] : components.schemas()) schemas[name] = Json::parse(schema);
  for (const auto& [schema, member, max] : limits) {
    auto& property = schemas.at(std::string{schema}).at("properties").at(std::string{member});
    property.at(property.contains("maxItems") ? "maxItems" : "maximum") = max;
  }
  return schemas;
}

/// Retry-After comes with that there are too many connections.
Json not_arrived() {
  auto answer = problems(errors_of_arrival(), "The request did not arrive as one. The connection ends.");
  answer["headers"]["Retry-After"] = header_field("Seconds to wait.", {{"type", "integer"}});
  return answer;
}

}  // namespace

std::string openapi_json(std::span<const Route> routes, const ApiInfo& info,
                         std::span<const SchemaLimit> limits) {
  json::Components components;
  Json tags = Json::array();
  for (const auto& route : routes) {
    if (route.shapes.body != nullptr) route.shapes.body(components, json::Use::request);
    if (route.shapes.answer != nullptr) route.shapes.answer(components, json::Use::response);
    const Json tag{{"name", tag_of(route)}};
    if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(tag);
  }
  Json paths = Json::object();
  for (const auto& route : routes) {
    std::string method{to_string(route.method)};
    for (auto& c : method) c = static_cast<char>(c - 'A' + 'a');
    paths[std::string{route.path}][method] = operation_of(route, components);
  }
  const Json document{{"openapi", "3.1.0"},
                      {"info",
                       {{"title", info.title},
                        {"version", info.version},
                        {"description", info.description},
                        {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
                      {"servers", {{{"url", "/"}}}},
                      {"tags", tags},
                      {"paths", paths},
                      {"components",
                       {{"schemas", schemas_of(components, limits)},
                        {"responses", {{"NotArrived", not_arrived()}}},
                        {"securitySchemes", security_schemes()}}}};
  return document.dump();
}

}  // namespace shopflow::http
