#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "http/access_log.hpp"
#include "http/idempotency.hpp"
#include "http/limiter.hpp"
#include "http/router.hpp"
#include "shopflow/http/gate.hpp"
#include "shopflow/http/ports.hpp"
#include "shopflow/http/route.hpp"
#include "shopflow/http/server.hpp"
#include "shopflow/http/settings.hpp"

namespace shopflow::http {

/// What the head alone decides about a request.
struct Admission {
  const Route* route = nullptr;
  std::optional<Response> answer;  // it is answered already: nothing else runs, the body is not read
  std::string_view origin;         // allowed to read the answer (CORS)
};

/// From a head that passed the gate to an answer: routing, access, media type, Idempotency-Key, the handler,
/// and errors as problem+json. Knows no socket. One for all threads.
class Dispatcher {
 public:
  Dispatcher(std::span<const Route> routes, void* apis, const Ports& ports, const Settings& settings);

  /// Fills the request from the head and finds its route. Answers what needs no handler, or comes too often
  /// from one address.
  [[nodiscard]] Admission admit(const RequestHead& head, const Peer& peer, Request& request);

  /// Proves the caller's role, on routes that ask for one. An answer is a refusal.
  [[nodiscard]] boost::asio::awaitable<std::optional<Response>> authenticate(const Route& route,
                                                                             Request& request);

  /// What is asked of the rest of the head: the secret on routes that ask for one, that it does not come too
  /// often for one cart, media type, Idempotency-Key. An answer is a refusal. After `authenticate`, so that
  /// whoever may not call is told nothing but that.
  [[nodiscard]] std::optional<Response> check(const Route& route, const Request& request);

  /// The answer if the handler's shortcut has it at hand. After `check`.
  [[nodiscard]] std::optional<Response> look(const Route& route, const Request& request) const;

  /// The refusal if the handler has no room for anything new, and this is no repeat of what was answered
  /// here. Asks nothing of the caller.
  [[nodiscard]] std::optional<Response> turn_away(const Route& route, const Request& request) const;

  /// Runs the handler, or replays its kept answer. Never throws.
  [[nodiscard]] boost::asio::awaitable<Response> handle(const Route& route, Request& request);

  [[nodiscard]] const Limiter& limiter() const { return limiter_; }
  [[nodiscard]] const AccessLog& log() const { return log_; }
  [[nodiscard]] RequestObserver* observer() const { return ports_.observer; }
  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] std::size_t body_bytes_max(const Route& route) const {
    return route.body_bytes_max != 0 ? route.body_bytes_max : settings_.body_bytes_max;
  }

 private:
  [[nodiscard]] bool fill(const RequestHead& head, Request& request) const;
  void fill_parameters(const Router::Match& match, Request& request) const;
  /// The same for what is done with a key, with what is written down about it before and after.
  [[nodiscard]] boost::asio::awaitable<Response> handle_written_down(const Route& route, Request& request);
  [[nodiscard]] boost::asio::awaitable<Response> run(const Route& route, Request& request);
  [[nodiscard]] boost::asio::awaitable<Result<Response>> handle_once(const Route& route, Request& request);
  /// The answer kept for the key; nullopt if there is none.
  [[nodiscard]] boost::asio::awaitable<std::optional<Result<Response>>> find_kept(
      const db::ReceiptKey& key) const;
  [[nodiscard]] Error error_of(std::exception_ptr thrown, const Trace& trace) const;

  Router router_;
  std::span<const Route> routes_;
  std::vector<std::vector<std::string_view>> parameter_names_;  // of each route
  void* apis_;
  Ports ports_;
  Settings settings_;
  AccessLog log_;
  Limiter limiter_;
  InFlight in_flight_;
  AnsweredKeys answered_;
};

/// Turns a 200 into a 304 if the caller has the very version that the answer's ETag names.
void apply_if_none_match(const Request& request, Response& response);

}  // namespace shopflow::http
