#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "http/admission_book.hpp"
#include "http/connection.hpp"
#include "http/date.hpp"
#include "http/dispatcher.hpp"

namespace shopflow::http {

/// A descriptor kept in reserve: when the process has none left, it is given up for a moment to accept a
/// connection and close it, since a connection that nobody accepts keeps the listening socket readable for
/// ever.
class SpareDescriptor {
 public:
  SpareDescriptor() { open(); }
  ~SpareDescriptor() { close(); }
  SpareDescriptor(const SpareDescriptor&) = delete;
  SpareDescriptor& operator=(const SpareDescriptor&) = delete;
  void open();
  void close();

 private:
  int descriptor_ = -1;
};

/// One thread's share of the server: an io_context, a listening socket and the connections that it accepted.
/// Everything but the constructor and `run` happens on its thread; other threads post to `context()`.
class Worker {
 public:
  using Acceptor = boost::asio::ip::tcp::acceptor;

  Worker(Dispatcher& dispatcher, AdmissionBook& book, const std::atomic<bool>& draining);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Binds and listens, sharing the port with the other workers. Throws boost::system::system_error.
  void listen(const boost::asio::ip::tcp::endpoint& endpoint);
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  /// Serves until the context is stopped.
  void run();

  /// Accepts nothing more, closes what is idle.
  void drain();

  void forget(Connection& connection);

  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  [[nodiscard]] Dispatcher& dispatcher() { return dispatcher_; }
  [[nodiscard]] bool draining() const { return draining_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::string_view date() { return date_.now(); }

 private:
  [[nodiscard]] boost::asio::awaitable<void> accept();
  [[nodiscard]] boost::asio::awaitable<void> look_at_deadlines();
  void begin(Connection::Socket socket);
  void shed();

  Dispatcher& dispatcher_;
  AdmissionBook& book_;
  const std::atomic<bool>& draining_;
  DateCache date_;
  SpareDescriptor spare_;
  std::vector<Connection*> connections_;
  // Connections end with the context at the latest, so the context goes before what they use.
  boost::asio::io_context context_{1};
  Acceptor acceptor_{context_};
  boost::asio::steady_timer timer_{context_};
  boost::asio::steady_timer back_off_{context_};
};

}  // namespace shopflow::http
