#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shopflow/core/error.hpp"
#include "shopflow/db/receipt.hpp"
#include "shopflow/http/message.hpp"
#include "shopflow/http/who.hpp"

namespace shopflow::http {

struct Route;

/// Takes lines of the log. Thread-safe; must not block.
class LineLog {
 public:
  enum class Level : std::uint8_t { debug, info, warning, error, off };
  virtual ~LineLog() = default;
  /// Whether lines of that level are kept at all.
  [[nodiscard]] virtual bool takes(Level level) const = 0;
  /// `line` is one JSON object, without an end of line.
  virtual void write(Level level, std::string_view line) = 0;
};

/// Knows who holds a bearer key. Called on the connection's thread.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  /// key_unknown if nobody holds it. `token` is valid until the answer is there. `suspect`: it comes from
  /// where too many unknown ones have come from, so that it may be refused with too_many_requests instead of
  /// being looked up; one that is known must not be.
  [[nodiscard]] virtual boost::asio::awaitable<Result<Caller>> authenticate(std::string_view token,
                                                                            bool suspect) = 0;
};

/// Knows what opens a cart or an order. Called on the connection's thread; must not block.
class SecretKeeper {
 public:
  virtual ~SecretKeeper() = default;
  /// Fails when `given` is not what opens that which the route's `id` names. Routes that ask for no secret
  /// pass.
  [[nodiscard]] virtual Result<void> check(Who who, std::string_view id, std::string_view given) const = 0;
};

/// Writes down what is done with keys. Called on the connection's thread; `request` is valid until the answer
/// is there.
class ActionLog {
 public:
  virtual ~ActionLog() = default;
  /// Before anything is done: if this fails, nothing is.
  [[nodiscard]] virtual boost::asio::awaitable<Result<void>> begin(const Request& request) = 0;
  /// What came of it; `response` is valid until the answer is there.
  [[nodiscard]] virtual boost::asio::awaitable<Result<void>> end(const Request& request,
                                                                 const Response& response) = 0;
  /// That a key's role did not allow it.
  [[nodiscard]] virtual boost::asio::awaitable<Result<void>> refuse(const Request& request,
                                                                    const Caller& caller) = 0;
};

/// An answer that was kept for its Idempotency-Key.
struct StoredAnswer {
  std::array<std::uint8_t, 32> fingerprint{};
  int status = 201;
  std::string body;
};

/// Finds kept answers; they are written by the operations themselves, in the transaction of their effect.
class ReceiptStore {
 public:
  virtual ~ReceiptStore() = default;
  [[nodiscard]] virtual boost::asio::awaitable<std::optional<StoredAnswer>> find(
      const db::ReceiptKey& key) = 0;
};

/// Is told of every answer. Called on the connection's thread; must not block.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;
  /// `route` is null when the request reached none; `bytes` counts the body of the answer.
  virtual void finished(const Route* route, int status, std::chrono::nanoseconds duration,
                        std::size_t bytes) = 0;
};

}  // namespace shopflow::http
