#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/json.hpp"
#include "shopflow/http/message.hpp"
#include "shopflow/http/who.hpp"

namespace shopflow::http {

/// What a route reads and answers, for /openapi.json. A null pointer means that there is none.
struct RouteShapes {
  using Describe = void (*)(json::Components&, json::Use);
  using Parameters = std::vector<json::ParameterDescription> (*)();

  Describe body = nullptr;
  std::string_view body_name;
  std::string_view signature;       // the header with which the body is signed; empty: it is not
  std::string_view signature_form;  // of that header, a sentence
  Parameters query = nullptr;
  Describe answer = nullptr;
  std::string_view answer_name;
  std::string_view content_type = "application/json";  // of the answer; empty: no content
};

/// How often one client may ask: by which of the limits of Settings::rates a route is counted.
enum class Pace : std::uint8_t {
  none,       // not at all: for what watches the server
  reads,      // by address
  changes,    // by address, and by cart or order
  checkouts,  // by address, and by cart or order, more narrowly
  notices,    // by address: what is proven by a signature
  keys,       // only wrong keys, by address
};

/// The pace that follows from who may call.
[[nodiscard]] constexpr Pace usual_pace(Who who, Method method) {
  if (who.needs_key()) return Pace::keys;
  if (who.kind == Who::Kind::signature) return Pace::notices;
  return method == Method::get ? Pace::reads : Pace::changes;
}

/// One endpoint: how it is reached, who may, how it repeats, what it answers. Made by `route<Apis,
/// &Api::handler>` (bind.hpp) and kept in one constexpr table, from which requests are routed and
/// /openapi.json is generated.
struct Route {
  using Invoke = boost::asio::awaitable<Result<Response>> (*)(void* apis, Request& request);
  using Look = bool (*)(void* apis, const Request& request, Response& response);
  using TurnsAway = bool (*)(void* apis) noexcept;
  static constexpr std::size_t kErrorsMax = 24;

  Method method = Method::get;
  std::string_view path;  // template, for example /v1/carts/{id}/items/{sku}
  Who who;
  Repeat repeat = Repeat::safe;
  Pace pace = Pace::none;
  std::string_view summary;
  std::string_view
      tag;  // the group in the documentation; empty: the first word of the path after /v1 and /admin
  std::size_t body_bytes_max = 0;  // 0: Settings::body_bytes_max
  int status = 200;             // of success
  bool has_etag = false;        // the answer names its version: the handler's is a Versioned
  bool told_by_effect = false;  // whether a request is a repeat shows in that its effect is refused
  RouteShapes shapes;
  Invoke invoke = nullptr;
  Look look = nullptr;  // for an answer that is at hand, before anything is waited for; null: it never is
  TurnsAway turns_away = nullptr;  // whether the handler has no room for anything new; null: it is asked
  std::array<const ErrorCode*, kErrorsMax> error_list{};
  std::size_t error_count = 0;

  [[nodiscard]] constexpr std::span<const ErrorCode* const> errors() const {
    return {error_list.data(), error_count};
  }
  [[nodiscard]] constexpr bool writes() const {
    return method != Method::get && method != Method::head && method != Method::options;
  }
  [[nodiscard]] constexpr bool takes_key() const {
    return repeat == Repeat::key_required || repeat == Repeat::key_optional;
  }

  /// The same route under another heading of the documentation.
  [[nodiscard]] constexpr Route tagged(std::string_view name) const {
    Route copy = *this;
    copy.tag = name;
    return copy;
  }
  /// The same route, limited in another way than follows from who may call.
  [[nodiscard]] constexpr Route paced(Pace wanted) const {
    Route copy = *this;
    copy.pace = wanted;
    return copy;
  }
  /// The same route with a limit of its body of its own (bytes), whatever the settings say.
  [[nodiscard]] constexpr Route with_body_max(std::size_t bytes) const {
    Route copy = *this;
    copy.body_bytes_max = bytes;
    return copy;
  }
  /// The same route, whose kept answers are looked for when the handler has failed, not before: for what
  /// happens once anyway and fails the second time, and keeps its answer in the transaction of its effect.
  [[nodiscard]] constexpr Route told_by_its_effect() const {
    Route copy = *this;
    copy.told_by_effect = true;
    return copy;
  }
  /// The same route, refused as `overloaded` while there is no room, without a look at what is asked for,
  /// and, if it has come as a whole, at who asks: a request whose key has been answered here is the only one
  /// that goes on to the handler.
  [[nodiscard]] constexpr Route turned_away_if(TurnsAway is_full) const {
    Route copy = *this;
    copy.turns_away = is_full;
    return copy;
  }
};

/// The heading under which a route is documented.
[[nodiscard]] std::string tag_of(const Route& route);

namespace route_check {

/// Cuts the first segment, without its slash, off a template.
constexpr std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto end = path.find('/');
  const auto segment = path.substr(0, end);
  path.remove_prefix(segment.size());
  return segment;
}

constexpr bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

constexpr bool template_is_sound(std::string_view path) {
  if (!path.starts_with('/')) return false;
  if (path == "/") return true;
  while (!path.empty()) {
    const auto segment = next_segment(path);
    if (segment.empty()) return false;
    for (std::size_t i = 0; i < segment.size(); ++i) {
      const char c = segment[i];
      const bool brace = (c == '{' && i == 0 && segment.ends_with('}')) ||
                         (c == '}' && i + 1 == segment.size() && is_parameter(segment));
      const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
      if (!brace && !plain) return false;
    }
    if (segment == "{}") return false;
  }
  return true;
}

enum class Relation : std::uint8_t { apart, same, nested, ambiguous };

/// How two templates relate: the router prefers a word over a parameter, so one may be a special case of the
/// other, but neither may be the special one in one place and the general one in another.
constexpr Relation relate(std::string_view left, std::string_view right) {
  bool left_special = false;
  bool right_special = false;
  while (!left.empty() && !right.empty()) {
    const auto a = next_segment(left);
    const auto b = next_segment(right);
    if (is_parameter(a) && is_parameter(b)) continue;
    if (!is_parameter(a) && !is_parameter(b)) {
      if (a != b) return Relation::apart;
      continue;
    }
    (is_parameter(a) ? right_special : left_special) = true;
  }
  if (!left.empty() || !right.empty()) return Relation::apart;
  if (left_special && right_special) return Relation::ambiguous;
  return left_special || right_special ? Relation::nested : Relation::same;
}

constexpr bool repeat_is_sound(const Route& route) {
  if (!route.writes()) return route.repeat == Repeat::safe && route.method == Method::get;
  if (route.repeat == Repeat::safe) return false;
  if (route.repeat == Repeat::unguarded && route.method == Method::post && route.status == 201) return false;
  return true;
}

}  // namespace route_check

/// For static_assert: every template is well-formed, no two routes take the same method and path, no path is
/// ambiguous, every write says how it repeats, what is guarded by a version tells it, the body of
/// what a signature opens is signed, every route has a summary and a handler, only reads are answered from
/// what is at hand, only shoppers' writes are turned away unseen.
[[nodiscard]] constexpr bool routes_are_sound(std::span<const Route> routes) {
  for (std::size_t i = 0; i < routes.size(); ++i) {
    const auto& route = routes[i];
    if (!route_check::template_is_sound(route.path) || !route_check::repeat_is_sound(route)) return false;
    if (route.summary.empty() || route.invoke == nullptr) return false;
    // Who changes one version is told of the next.
    const bool tells_version = route.has_etag || route.shapes.content_type.empty();
    if (route.repeat == Repeat::guarded && !tells_version) return false;
    if ((route.who.kind == Who::Kind::signature) != !route.shapes.signature.empty()) return false;
    if (route.look != nullptr && (route.writes() || route.status != 200)) return false;
    if (route.told_by_effect && !route.takes_key()) return false;
    if (route.turns_away != nullptr && (!route.writes() || route.who.needs_key())) return false;
    for (std::size_t j = i + 1; j < routes.size(); ++j) {
      const auto relation = route_check::relate(route.path, routes[j].path);
      if (relation == route_check::Relation::ambiguous) return false;
      if (relation == route_check::Relation::same && route.method == routes[j].method) return false;
    }
  }
  return true;
}

}  // namespace shopflow::http
