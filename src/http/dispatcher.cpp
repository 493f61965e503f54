#include "http/dispatcher.hpp"

#include <exception>
#include <string>
#include <utility>

#include "http/characters.hpp"
#include "http/cors.hpp"
#include "http/target.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/http/codes.hpp"
#include "shopflow/http/etag.hpp"
#include "shopflow/http/problem.hpp"
#include "shopflow/http/trace.hpp"

namespace shopflow::http {
namespace {

/// application/json, with or without a charset, and no content coding (RFC 9110, 8.4).
bool takes_media_type(const Headers& headers) {
  const auto* type = headers.find("Content-Type");
  if (type == nullptr) return false;
  const auto essence = characters::trimmed(std::string_view{*type}.substr(0, type->find(';')));
  if (!equal_ignoring_case(essence, "application/json")) return false;
  const auto* coding = headers.find("Content-Encoding");
  return coding == nullptr || equal_ignoring_case(*coding, "identity");
}

Response options_answer(std::string_view allow) {
  Response response;
  response.status = 204;
  response.content_type = {};
  response.headers.add("Allow", std::string{allow});
  return response;
}

/// What the route asks of the fields of every request.
std::optional<Error> check_media_and_key(const Route& route, const Request& request) {
  const bool is_read = route.shapes.body != nullptr && route.shapes.signature.empty();
  if (is_read && !takes_media_type(request.headers)) {
    return make_error(codes::unsupported_media_type);
  }
  if (auto key = read_key(route, request.headers); !key) return std::move(key).error();
  return std::nullopt;
}

void clear(Request& request) {
  request.path.clear();
  request.query.clear();
  request.headers.clear();  // The parameters follow with the route, into the same strings.
  request.body.clear();
  request.caller = Caller{};
  request.receipt_key.reset();
}

}  // namespace

Dispatcher::Dispatcher(std::span<const Route> routes, void* apis, const Ports& ports,
                       const Settings& settings)
    : router_{routes},
      routes_{routes},
      apis_{apis},
      ports_{ports},
      settings_{settings},
      log_{ports.log, settings.access_log},
      limiter_{settings} {
  for (const auto& route : routes) parameter_names_.push_back(parameter_names(route.path));
}

bool Dispatcher::fill(const RequestHead& head, Request& request) const {
  clear(request);
  request.method = head.method;
  for (const auto& field : head.fields()) request.headers.add_copy(field.name, field.value);
  const auto* parent = head.find("traceparent");
  continue_trace(parent == nullptr ? std::string_view{} : parent->value, request.trace);
  if (!is_escaped(head.path)) {
    request.path = head.path;  // The gate lets visible ASCII through, which is clean.
  } else if (!append_decoded(request.path, head.path, false) || !is_clean_text(request.path)) {
    return false;
  }
  return read_query(head.query, request.query);
}

Admission Dispatcher::admit(const RequestHead& head, const Peer& peer, Request& request) {
  Admission admission;
  const auto refuse = [&](const Error& error) { admission.answer = problem_response(error, request.trace); };
  const bool sound = fill(head, request);
  limiter_.tell_client(peer, request);
  if (!sound) {
    refuse(make_error(codes::invalid_target));
    return admission;
  }
  admission.origin = allowed_origin(settings_.cors_origins, request.headers);
  if (head.path == "*") {
    admission.answer = options_answer("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    return admission;
  }
  const auto match = router_.find(head.method, head.path);
  if (!match.path_known) {
    refuse(make_error(codes::route_not_found));
    return admission;
  }
  if (head.method == Method::options) {
    admission.answer = preflight(request, admission.origin, match.allow);
    if (!admission.answer) admission.answer = options_answer(match.allow);
    return admission;
  }
  if (match.route == nullptr) {
    refuse(make_error(codes::method_not_allowed));
    admission.answer->headers.add("Allow", std::string{match.allow});
    return admission;
  }
  admission.route = match.route;
  fill_parameters(match, request);
  if (admission.answer = limiter_.take_of_address(*match.route, request); admission.answer) return admission;
  if (const auto most = body_bytes_max(*match.route); head.content_length.value_or(0) > most) {
    refuse(make_error(codes::body_too_large, "The limit is " + std::to_string(most) + " bytes."));
  }
  return admission;
}

void Dispatcher::fill_parameters(const Router::Match& match, Request& request) const {
  const auto& names = parameter_names_[static_cast<std::size_t>(match.route - routes_.data())];
  request.params.resize(match.values);
  for (std::size_t i = 0; i < match.values; ++i) {
    auto& [name, value] = request.params[i];
    name = names[i];
    value.clear();
    // The whole path has been decoded once, so that its escapes are known to be sound.
    static_cast<void>(append_decoded(value, match.value_list[i], false));
  }
}

boost::asio::awaitable<std::optional<Response>> Dispatcher::authenticate(const Route& route,
                                                                         Request& request) {
  constexpr std::string_view scheme = "Bearer ";
  const auto* field = request.headers.find("Authorization");
  std::string_view token;
  if (field != nullptr && equal_ignoring_case(std::string_view{*field}.substr(0, scheme.size()), scheme)) {
    token = std::string_view{*field}.substr(scheme.size());
  }
  if (token.empty() || ports_.authenticator == nullptr) {
    co_return problem_response(make_error(codes::not_authenticated), request.trace);
  }
  Error refusal;
  try {
    auto pending = ports_.authenticator->authenticate(token, limiter_.is_suspect(request));
    auto caller = co_await std::move(pending);
    if (caller && caller->role && route.who.allows(*caller->role)) {
      request.caller = std::move(*caller);
      co_return std::nullopt;
    }
    refusal = caller ? make_error(codes::role_not_allowed) : caller.error();
    if (caller && route.writes() && ports_.actions != nullptr) {
      auto refusing = ports_.actions->refuse(request, *caller);
      const auto refused = co_await std::move(refusing);
      if (!refused)
        log_.failure(request.trace, "a refusal is not in the audit log: " + refused.error().title);
    }
    // Only now, so that nobody with a key is kept out by what others show from the same address.
    if (refusal.kind == ErrorKind::unauthenticated || refusal.kind == ErrorKind::too_many) {
      if (auto too_many = limiter_.take_of_unknown_keys(request)) co_return too_many;
    }
  } catch (...) {
    refusal = error_of(std::current_exception(), request.trace);
  }
  co_return problem_response(refusal, request.trace);
}

std::optional<Response> Dispatcher::check(const Route& route, const Request& request) {
  if (ports_.secrets != nullptr) {
    const auto* id = request.param("id");
    const auto theirs =
        ports_.secrets->check(route.who, id == nullptr ? std::string_view{} : *id, request.secret());
    if (!theirs) return problem_response(theirs.error(), request.trace);
  }
  if (auto refusal = limiter_.take_of_cart(route, request)) return refusal;
  if (const auto error = check_media_and_key(route, request)) return problem_response(*error, request.trace);
  return std::nullopt;
}

std::optional<Response> Dispatcher::look(const Route& route, const Request& request) const {
  if (route.look == nullptr) return std::nullopt;
  std::optional<Response> response{std::in_place};
  try {
    if (!route.look(apis_, request, *response)) return std::nullopt;
  } catch (const std::exception&) {
    return std::nullopt;  // The handler meets it too, and tells of it.
  }
  apply_if_none_match(request, *response);
  return response;
}

boost::asio::awaitable<Response> Dispatcher::handle(const Route& route, Request& request) {
  // Reads are in the log of requests; what is kept for good is what changes something.
  const bool kept = ports_.actions != nullptr && route.who.needs_key() && route.writes();
  return kept ? handle_written_down(route, request) : run(route, request);
}

boost::asio::awaitable<Response> Dispatcher::handle_written_down(const Route& route, Request& request) {
  auto beginning = ports_.actions->begin(request);
  const auto begun = co_await std::move(beginning);
  if (!begun) co_return problem_response(begun.error(), request.trace);
  auto running = run(route, request);
  auto response = co_await std::move(running);
  auto ending = ports_.actions->end(request, response);
  const auto ended = co_await std::move(ending);
  // It has happened, whether or not that could be written down; that it began has been.
  if (!ended) log_.failure(request.trace, "the outcome is not in the audit log: " + ended.error().title);
  co_return response;
}

boost::asio::awaitable<Response> Dispatcher::run(const Route& route, Request& request) {
  Error failure;
  try {
    const auto key = read_key(route, request.headers);
    if (key && *key) request.receipt_key = make_receipt_key(route, request, **key);
    auto pending = request.receipt_key ? handle_once(route, request) : route.invoke(apis_, request);
    auto result = co_await std::move(pending);
    if (result) {
      apply_if_none_match(request, *result);
      co_return std::move(*result);
    }
    failure = std::move(result).error();
    if (failure.kind == ErrorKind::internal) log_.failure(request.trace, failure.detail);
  } catch (...) {
    failure = error_of(std::current_exception(), request.trace);
  }
  co_return problem_response(failure, request.trace);
}

Error Dispatcher::error_of(std::exception_ptr thrown, const Trace& trace) const {
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const db::InDoubt& problem) {
    log_.failure(trace, problem.what());
    return make_error(errors::outcome_unknown);
  } catch (const db::Overloaded&) {
    return make_error(errors::overloaded);
  } catch (const db::Unavailable& problem) {
    log_.failure(trace, problem.what());
    return make_error(errors::database_unavailable);
  } catch (const db::SqlError& problem) {
    log_.failure(trace, problem.what());
    return make_error(problem.is_passing() ? errors::overloaded : errors::internal);
  } catch (const std::exception& problem) {
    log_.failure(trace, problem.what());
    return make_error(errors::internal);
  } catch (...) {
    log_.failure(trace, "an exception of an unknown type");
    return make_error(errors::internal);
  }
}

void apply_if_none_match(const Request& request, Response& response) {
  if (response.status != 200 || (request.method != Method::get && request.method != Method::head)) return;
  const auto* etag = response.headers.find("ETag");
  if (etag == nullptr) return;
  const auto* none_match = request.headers.find("If-None-Match");
  if (none_match == nullptr || !none_match_has(*none_match, *etag)) return;
  response.status = 304;
  response.body.clear();
  response.kept.reset();
}

}  // namespace shopflow::http
