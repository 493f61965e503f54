#include <algorithm>
#include <array>
#include <vector>

#include "http/router.hpp"
#include "shopflow/http/codes.hpp"
#include "shopflow/http/openapi.hpp"

namespace shopflow::http {
namespace {

using List = std::vector<const ErrorCode*>;

/// Names of path parameters that have the form of an identifier; others are free words.
constexpr std::array<std::string_view, 4> kIdentifiers{"id", "sku", "event", "position"};

constexpr std::array<const ErrorCode*, 15> kOfArrival{&codes::invalid_request_line,
                                                      &codes::invalid_header,
                                                      &codes::invalid_host,
                                                      &codes::invalid_framing,
                                                      &codes::invalid_chunk,
                                                      &codes::trailers_refused,
                                                      &codes::body_not_allowed,
                                                      &codes::request_timeout,
                                                      &codes::target_too_long,
                                                      &codes::expectation_failed,
                                                      &codes::header_too_large,
                                                      &codes::method_not_implemented,
                                                      &codes::transfer_encoding_not_supported,
                                                      &codes::version_not_supported,
                                                      &codes::too_many_connections};

void add_of_shapes(const Route& route, List& list) {
  const bool is_read = route.shapes.body != nullptr && route.shapes.signature.empty();
  if (is_read) {
    list.insert(list.end(), {&errors::invalid_json, &codes::unsupported_media_type});
  }
  if (is_read || route.shapes.query != nullptr) {
    list.insert(list.end(), {&errors::invalid_request, &errors::validation_failed});
  }
  if (route.writes()) list.push_back(&codes::body_too_large);
  for (const auto name : parameter_names(route.path)) {
    if (std::ranges::find(kIdentifiers, name) != kIdentifiers.end()) list.push_back(&errors::invalid_id);
  }
}

void add_of_repeat(const Route& route, List& list) {
  if (route.takes_key()) {
    list.insert(list.end(), {&codes::idempotency_key_invalid, &codes::idempotency_in_flight,
                             &codes::idempotency_key_reused});
  }
  if (route.repeat == Repeat::key_required) list.push_back(&codes::idempotency_key_required);
  if (route.repeat == Repeat::guarded) {
    list.insert(list.end(), {&codes::if_match_required, &codes::if_match_invalid, &codes::version_conflict});
  }
}

}  // namespace

std::vector<const ErrorCode*> documented_errors(const Route& route) {
  List list{route.errors().begin(), route.errors().end()};
  add_of_shapes(route, list);
  add_of_repeat(route, list);
  if (route.who.needs_key()) {
    list.insert(list.end(), {&codes::not_authenticated, &codes::key_unknown, &codes::role_not_allowed});
  }
  if (route.pace != Pace::none) list.push_back(&codes::too_many_requests);
  list.insert(list.end(), {&codes::invalid_target, &errors::internal, &errors::overloaded,
                           &errors::database_unavailable, &codes::handler_timeout});
  if (route.writes()) list.push_back(&errors::outcome_unknown);

  std::ranges::sort(list, [](const ErrorCode* a, const ErrorCode* b) {
    return a->kind != b->kind ? a->kind < b->kind : a->code < b->code;
  });
  const auto repeated =
      std::ranges::unique(list, [](const ErrorCode* a, const ErrorCode* b) { return a->code == b->code; });
  list.erase(repeated.begin(), repeated.end());
  return list;
}

std::span<const ErrorCode* const> errors_of_arrival() { return kOfArrival; }

std::string routes_markdown(std::span<const Route> routes) {
  std::string out = "| method | path | who | repeat | what it does |\n|---|---|---|---|---|\n";
  for (const auto& route : routes) {
    out += "| ";
    out += to_string(route.method);
    out += " | `";
    out += route.path;
    out += "` | " + to_string(route.who) + " | ";
    out += to_string(route.repeat);
    out += " | ";
    out += route.summary;
    out += " |\n";
  }
  return out;
}

}  // namespace shopflow::http
