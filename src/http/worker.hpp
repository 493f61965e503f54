#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/admission_book.hpp"
#include "http/connection.hpp"
#include "http/date.hpp"
#include "http/dispatcher.hpp"
#include "http/socket_file.hpp"

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

/// One thread's share of the server: an io_context, where it listens and the connections that it serves. What
/// is not done before `run` happens on its thread; other threads post to `context()`.
class Worker {
 public:
  Worker(Dispatcher& dispatcher, AdmissionBook& book, const std::atomic<bool>& draining);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Binds and listens, sharing the port with the other workers; gives the port. Throws
  /// boost::system::system_error, as the next one does.
  std::uint16_t listen(const boost::asio::ip::tcp::endpoint& endpoint);
  /// Listens at a Unix socket as well, whose connections the workers are given in turn, since the kernel
  /// shares such a socket out by who is awake first.
  void listen(const std::string& path, const std::vector<std::unique_ptr<Worker>>& takers);

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
  using Socket = Connection::Socket;

  struct Listener {
    boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol> acceptor;
    std::vector<Worker*> takers;
    std::unique_ptr<SocketFile> file;  // null for TCP
    std::size_t taken = 0;
  };

  [[nodiscard]] boost::asio::awaitable<void> accept(Listener& listener);
  [[nodiscard]] boost::asio::awaitable<void> look_at_deadlines();
  /// Gives a connection to the worker whose turn it is.
  void take(Listener& listener, Socket socket);
  /// Counts it in; nullopt if there are too many, which it has been told.
  [[nodiscard]] std::optional<Guest> admit(Socket& socket);
  void begin(Socket socket, Guest guest);
  void shed(Listener& listener);
  /// Says what was thrown, if anything was.
  void warn(const std::exception_ptr& thrown);

  Dispatcher& dispatcher_;
  AdmissionBook& book_;
  const std::atomic<bool>& draining_;
  DateCache date_;
  SpareDescriptor spare_;
  std::vector<Connection*> connections_;
  // Connections end with the context at the latest, so the context goes before what they use.
  boost::asio::io_context context_{1};
  std::list<Listener> listeners_;
  boost::asio::steady_timer timer_{context_};
};

}  // namespace shopflow::http
