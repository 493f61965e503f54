#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "cache/redis_parser.hpp"
#include "shopflow/cache/redis_address.hpp"

namespace shopflow::cache {

/// One connection with Redis: connects, introduces itself, sends commands, gives replies in order. Belongs to
/// one strand. Everything throws boost::system::system_error or RedisProtocolError once the connection is of
/// no more use; a deadline that passes closes it, which ends whatever waits.
class RedisSocket : public std::enable_shared_from_this<RedisSocket> {
 public:
  explicit RedisSocket(const boost::asio::any_io_executor& strand);

  /// Connects and says AUTH, SELECT and PING as far as the address needs them.
  boost::asio::awaitable<void> connect(const RedisAddress& address, std::chrono::milliseconds timeout);
  boost::asio::awaitable<RedisValue> read();
  boost::asio::awaitable<void> write(const std::string& bytes);
  void close();

  /// Closes the connection unless a later call moves or lifts the deadline. One deadline at a time.
  void expire_after(std::chrono::milliseconds timeout);
  void expire_never();

 private:
  boost::asio::awaitable<void> open(const RedisAddress& address);
  boost::asio::awaitable<void> introduce(const RedisAddress& address);

  boost::asio::generic::stream_protocol::socket socket_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::steady_timer deadline_;
  bool closed_ = false;
  RedisParser parser_;
  std::array<char, 16 * 1024> buffer_{};
};

}  // namespace shopflow::cache
