#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "shopflow/http/ports.hpp"
#include "shopflow/http/route.hpp"
#include "shopflow/http/settings.hpp"

namespace shopflow::http {

/// What the server is given from outside; each may be null. All must outlive the server.
struct Ports {
  Authenticator* authenticator = nullptr;  // without it every route with roles answers 401
  ReceiptStore* receipts = nullptr;        // without it kept answers are not replayed
  RequestObserver* observer = nullptr;
  std::shared_ptr<LineLog> log;
  const SecretKeeper* secrets = nullptr;  // without it secrets are left to the rooms
  ActionLog* actions = nullptr;           // without it nobody writes down what is done with keys
};

/// The HTTP/1.1 server: one io_context, thread and listening socket for each core, and a Unix socket for all
/// of them where the settings name one. Handlers run on the thread of their connection and must not block it.
///
/// Whatever resumes handlers from other threads (pool, lanes) must be stopped after `stop()` and before the
/// server is destroyed, because it posts to the server's io_contexts.
class Server {
 public:
  /// Throws std::invalid_argument, naming the setting, if one can't be. `routes` and `apis` must outlive the
  /// server.
  template <class Apis>
  Server(std::span<const Route> routes, Apis& apis, Ports ports, Settings settings)
      : Server{routes, static_cast<void*>(&apis), std::move(ports), std::move(settings)} {}
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// One for each of the server's threads, for what keeps a connection of its own on each of them. Valid as
  /// long as the server.
  [[nodiscard]] std::vector<boost::asio::any_io_executor> executors() const;

  /// Binds, listens and starts the threads. Throws std::system_error if the address or the Unix socket can't
  /// be had.
  void start();

  /// The port that it listens on, also when the setting was 0.
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t connections() const;

  /// Stops listening, closes idle connections, lets requests in flight finish with `Connection: close`, and
  /// waits until all connections are gone, at most `deadline`. True if they are. Blocks; call it from
  /// outside.
  bool drain(std::chrono::milliseconds deadline);

  /// Stops the threads and joins them; what is still in flight gets no answer. Repeatable.
  void stop();

 private:
  Server(std::span<const Route> routes, void* apis, Ports ports, Settings settings);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace shopflow::http
