#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shopflow::testing {

using Json = nlohmann::json;
using Fields = std::vector<std::pair<std::string, std::string>>;

/// One answer; header names are in lower case, the last of equal ones counts.
struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;
  std::string body;

  [[nodiscard]] Json json() const;
  /// The stable code of a problem, "" if it is none.
  [[nodiscard]] std::string code() const;
  [[nodiscard]] std::string header(const std::string& name) const;
};

/// A plain connection on this machine, for tests that send what no client library would. Each wait ends after
/// 60 s with an exception.
class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port);
  /// At a Unix socket.
  explicit RawConnection(const std::string& path);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  void send(const std::string& bytes);
  /// Reads one answer; `without_body` for answers to HEAD.
  [[nodiscard]] Answer receive(bool without_body = false);
  /// True once the other side has closed and nothing is left to read.
  [[nodiscard]] bool is_closed();

 private:
  explicit RawConnection(int socket);
  bool fill();
  int socket_;
  std::string buffer_;
};

/// A blocking HTTP client with one kept-alive connection; opens a new one when the server has closed it. One
/// thread.
class Client {
 public:
  explicit Client(std::uint16_t port) : port_{port} {}

  Answer request(const std::string& method, const std::string& target, const std::optional<Json>& body = {},
                 Fields headers = {});
  Answer get(const std::string& target, Fields headers = {}) {
    return request("GET", target, {}, std::move(headers));
  }
  Answer post(const std::string& target, const Json& body, Fields headers = {}) {
    return request("POST", target, body, std::move(headers));
  }
  Answer patch(const std::string& target, const Json& body, Fields headers = {}) {
    return request("PATCH", target, body, std::move(headers));
  }
  Answer del(const std::string& target, Fields headers = {}) {
    return request("DELETE", target, {}, std::move(headers));
  }

  /// Sends a body as it stands.
  Answer send(const std::string& method, const std::string& target, const std::string& body, Fields headers);

  /// A header that goes with every request, for example the admin key.
  void set(const std::string& name, const std::string& value) { standing_.emplace_back(name, value); }

 private:
  std::uint16_t port_;
  Fields standing_;
  std::unique_ptr<RawConnection> connection_;  // null until the first request
};

/// A new key for every call, as a client makes one per intention.
[[nodiscard]] std::pair<std::string, std::string> fresh_key();

}  // namespace shopflow::testing
