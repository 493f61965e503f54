#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "app/metrics.hpp"
#include "app/shared_look.hpp"
#include "shopflow/core/json.hpp"
#include "shopflow/http/reply.hpp"

namespace shopflow::db {
class Pool;
}

namespace shopflow::app {

struct ReadinessCheck {
  std::string name;
  std::string state;  // ok, degraded, failed
};

struct Readiness {
  std::string state;  // ready, or degraded: everything works, slower
  std::vector<ReadinessCheck> checks;
};

inline constexpr ErrorCode not_ready{"not_ready", ErrorKind::unavailable,
                                     "The server does not take requests now."};

/// What operators and their machines look at.
class OpsApi {
 public:
  /// `redis_is_up` must be cheap and thread-safe.
  OpsApi(db::Pool& pool, const Clock& clock, const Metrics& metrics, std::function<bool()> redis_is_up)
      : pool_{pool}, clock_{clock}, metrics_{metrics}, redis_is_up_{std::move(redis_is_up)} {}

  /// From now on, at once, `/readyz` refuses, so that nothing new is sent here.
  void drain() { draining_ = true; }

  boost::asio::awaitable<Result<http::Reply<http::Raw>>> livez(const http::Request& request);
  boost::asio::awaitable<Result<http::Reply<Readiness>>> readyz(const http::Request& request);
  boost::asio::awaitable<Result<http::Reply<http::Raw>>> metrics(const http::Request& request);

 private:
  /// Whether the database has all that this binary needs; throws if it does not answer.
  [[nodiscard]] boost::asio::awaitable<std::optional<Result<void>>> look_at_migrations();
  /// The figures that the database has, as text.
  [[nodiscard]] boost::asio::awaitable<std::string> read_figures();

  db::Pool& pool_;
  const Clock& clock_;
  const Metrics& metrics_;
  std::function<bool()> redis_is_up_;
  std::atomic<bool> draining_ = false;
  // Whoever asks needs no key, and so must not be able to keep the database busy.
  // Nothing is seen of a database that does not answer.
  SharedLook<std::optional<Result<void>>> database_{[this] { return look_at_migrations(); },
                                                    std::chrono::milliseconds{250}};
  SharedLook<std::string> figures_{[this] { return read_figures(); }, std::chrono::milliseconds{1000}};
};

}  // namespace shopflow::app

template <>
struct shopflow::json::Shape<shopflow::app::ReadinessCheck> {
  using T = shopflow::app::ReadinessCheck;
  static constexpr std::string_view name = "ReadinessCheck";
  static constexpr auto fields = std::tuple{field("name", &T::name, "database, migrations or redis."),
                                            field("state", &T::state, "ok or degraded.")};
};

template <>
struct shopflow::json::Shape<shopflow::app::Readiness> {
  using T = shopflow::app::Readiness;
  static constexpr std::string_view name = "Readiness";
  static constexpr auto fields =
      std::tuple{field("state", &T::state, "ready, or degraded: everything works, but slower."),
                 field("checks", &T::checks, "What was looked at.")};
};
