#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "shopflow/core/error.hpp"
#include "shopflow/http/message.hpp"

namespace shopflow::http {

struct ClientSettings {
  std::string host = "127.0.0.1";  // a name or an address; the Host field's value
  std::uint16_t port = 8080;
  std::chrono::milliseconds connect_ms_max{5'000};
  std::chrono::milliseconds exchange_ms_max{
      5'000};  // from the first byte of the request to the last of the answer
  std::size_t body_bytes_max = 1024UL * 1024;
};

struct ClientRequest {
  Method method = Method::get;
  std::string target;  // path and query, percent-encoded
  Headers headers;     // Host, Content-Length and Connection are added
  std::string body;
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;
};

/// Nobody answered: no connection, broken before the answer, too late, too large or not HTTP.
inline constexpr ErrorCode no_answer{"no_answer", ErrorKind::unavailable, "The other side gave no answer."};

/// A plain HTTP/1.1 client with one connection that is kept between requests. Follows no redirects. One
/// request at a time, on the executor's thread; every status is an answer, only the lack of one is an error.
class Client {
 public:
  Client(boost::asio::any_io_executor executor, ClientSettings settings);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// A kept connection that turns out to be closed is replaced and the request sent again, once, unless it is
  /// a write without Idempotency-Key, which might then happen twice.
  [[nodiscard]] boost::asio::awaitable<Result<ClientResponse>> send(ClientRequest request);

  [[nodiscard]] boost::asio::awaitable<Result<ClientResponse>> get(std::string target);
  /// `body` is JSON.
  [[nodiscard]] boost::asio::awaitable<Result<ClientResponse>> post(std::string target, std::string body,
                                                                    Headers headers = {});

  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace shopflow::http
