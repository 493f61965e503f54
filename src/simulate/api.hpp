#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/core/time.hpp"
#include "shopflow/http/client.hpp"
#include "simulate/tally.hpp"

namespace shopflow::simulate {

/// Where the server is and what it is told of us.
struct Target {
  http::ClientSettings connection;
  std::string admin_key;  // empty: shoppers only
};

/// Reads `http://host:port`; nullopt for anything else, since the client speaks no TLS.
[[nodiscard]] std::optional<Target> parse_target(std::string_view url);

struct Call {
  Action action = Action::read_order;
  http::Method method = http::Method::get;
  std::string target;
  std::string body;    // JSON
  std::string secret;  // of the cart or order
  bool as_admin = false;
  bool keyed = false;                      // with a fresh Idempotency-Key
  std::vector<std::string_view> refusals;  // codes that are no error here, only bad luck
};

struct Answer {
  int status = 0;    // 0: none came
  std::string body;  // of a success
  std::string code;  // of a problem

  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
};

/// One connection to the server, whose every answer is timed and judged: a success, a refusal that the caller
/// had foreseen, or an error. One call at a time.
class Api {
 public:
  Api(boost::asio::any_io_executor executor, const Target& target, Tally& tally);

  [[nodiscard]] boost::asio::awaitable<Answer> send(Call call);
  [[nodiscard]] bool may_administer() const { return !admin_key_.empty(); }
  [[nodiscard]] Tally& tally() { return tally_; }

 private:
  void judge(const Call& call, const http::ClientResponse& response, Answer& answer);

  http::Client client_;
  std::string admin_key_;
  Tally& tally_;
  SystemClock clock_;
};

/// Lets other work of the thread go on for so long.
[[nodiscard]] boost::asio::awaitable<void> pause(std::chrono::milliseconds time);

}  // namespace shopflow::simulate
