#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/admission_book.hpp"
#include "http/dispatcher.hpp"
#include "http/peer.hpp"
#include "shopflow/http/gate.hpp"
#include "shopflow/http/message.hpp"

namespace shopflow::http {

class Worker;

/// A client that has been let in.
struct Guest {
  Peer peer;
  AdmissionBook::Entry entry;
};

/// One client's connection: reads a request, has it answered, writes the answer, and so on, one after the
/// other. What can be answered without waiting for anything is answered without a coroutine of its own, and
/// what came together (pipelined) is sent together. Everything happens on its worker's thread. Deadlines are
/// a field that the worker looks at a few times a second, so that a request costs no timer.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Clock = std::chrono::steady_clock;
  using Socket = boost::asio::generic::stream_protocol::socket;  // TCP or Unix

  Connection(Worker& worker, Socket socket, Guest guest);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] boost::asio::awaitable<void> run();

  /// Ends what has taken too long; called by the worker now and then.
  void look_at(Clock::time_point now);
  /// Ends the connection if it is between two requests.
  void close_if_idle();

  std::size_t place = 0;  // in the worker's list

 private:
  enum class Phase : std::uint8_t { idle, header, body, handler, write, linger };
  /// An unexpected null is a client that has gone.
  using Received = std::expected<void, const ErrorCode*>;

  /// What has to be waited for, once the answers that are composed have been sent.
  enum class Next : std::uint8_t { receive, send, handler, refuse, end };

  /// Answers what has been received, as far as that needs no waiting.
  [[nodiscard]] Next serve_what_is_there();
  [[nodiscard]] bool serve_at_once();
  /// Whether to wait for more of the client.
  [[nodiscard]] bool expect_more();
  void forget();
  [[nodiscard]] boost::asio::awaitable<bool> serve_slowly();
  [[nodiscard]] boost::asio::awaitable<Received> receive_body(std::size_t bytes_max);
  [[nodiscard]] boost::asio::awaitable<Received> receive_sized(std::size_t length);
  [[nodiscard]] boost::asio::awaitable<Received> receive_chunked(std::size_t bytes_max);
  [[nodiscard]] boost::asio::awaitable<void> refuse(const ErrorCode& error);
  [[nodiscard]] boost::asio::awaitable<bool> write_rest(std::size_t sent, std::string_view body);
  [[nodiscard]] boost::asio::awaitable<void> linger();

  [[nodiscard]] std::string_view received() const { return {buffer_.data() + begin_, end_ - begin_}; }
  void make_room();
  void enter(Phase phase, std::chrono::milliseconds limit);
  [[nodiscard]] Received broken(const boost::system::error_code& error) const;
  /// Sends as much as the socket takes at once; gives how many bytes, or nothing if the client has gone.
  [[nodiscard]] std::optional<std::size_t> send(std::string_view body);
  void compose(const Response& response, std::string_view origin, bool keep_alive);
  void report(const Route* route, const Response& response);
  void abandon();
  void close();

  Worker& worker_;
  Dispatcher& dispatcher_;
  Socket socket_;
  Guest guest_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // of what has been received and not been used
  std::size_t end_ = 0;
  std::string out_;  // answers that are not sent yet; of a large one only its head
  RequestHead head_;
  Request request_;
  Admission admission_;
  const Route* route_ = nullptr;
  const ErrorCode* refusal_ = nullptr;
  std::size_t served_ = 0;
  Phase phase_ = Phase::idle;
  Clock::time_point now_;  // when the clock was last looked at
  Clock::time_point deadline_;
  Clock::time_point started_;
  bool last_ = false;        // the request at hand is the connection's last
  bool keep_alive_ = false;  // after it
  bool expired_ = false;     // the deadline ended a read: it is answered 408
  bool abandoned_ = false;   // the deadline ended a handler: it has been answered 503
};

}  // namespace shopflow::http
