#include "cache/redis_socket.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace shopflow::cache {

namespace asio = boost::asio;

RedisSocket::RedisSocket(const asio::any_io_executor& strand)
    : socket_{strand}, resolver_{strand}, deadline_{strand} {}

void RedisSocket::expire_after(std::chrono::milliseconds timeout) {
  deadline_.expires_after(timeout);
  deadline_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    // A deadline that was moved while its handler was already on the way has not passed.
    if (!self || error || self->deadline_.expiry() > std::chrono::steady_clock::now()) return;
    self->close();
  });
}

void RedisSocket::expire_never() { deadline_.expires_at(std::chrono::steady_clock::time_point::max()); }

void RedisSocket::close() {
  closed_ = true;
  resolver_.cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);  // It is closed either way.
  deadline_.cancel();
}

asio::awaitable<void> RedisSocket::open(const RedisAddress& address) {
  if (!address.path.empty()) {
    const asio::local::stream_protocol::endpoint endpoint{address.path};
    co_await socket_.async_connect(endpoint, asio::use_awaitable);
    co_return;
  }
  const auto found = co_await resolver_.async_resolve(address.host, address.port, asio::use_awaitable);
  boost::system::error_code last = asio::error::host_not_found;
  for (const auto& entry : found) {
    if (closed_) throw boost::system::system_error{asio::error::timed_out};
    socket_.close();
    const asio::generic::stream_protocol::endpoint endpoint{entry.endpoint()};
    auto token = asio::redirect_error(asio::use_awaitable, last);
    co_await socket_.async_connect(endpoint, std::move(token));
    if (!last) break;
  }
  if (last) throw boost::system::system_error{last};
  // Without it a command that follows another waits for the acknowledgement of the first.
  socket_.set_option(asio::ip::tcp::no_delay{true});
}

asio::awaitable<void> RedisSocket::introduce(const RedisAddress& address) {
  RedisPipeline pipeline;
  if (!address.password.empty()) pipeline.push_back({"AUTH", address.password});
  if (address.database != 0) pipeline.push_back({"SELECT", std::to_string(address.database)});
  pipeline.push_back({"PING"});
  std::string bytes;
  for (const auto& command : pipeline) append_command(bytes, command);
  co_await write(bytes);
  for (const auto& command : pipeline) {
    const auto reply = co_await read();
    const auto* text = std::get_if<std::string>(&reply);
    const std::string_view wanted = command.front() == "PING" ? "PONG" : "OK";
    if (text == nullptr || *text != wanted)
      throw RedisProtocolError{command.front() + " was not answered with " + std::string{wanted}};
  }
}

asio::awaitable<void> RedisSocket::connect(const RedisAddress& address, std::chrono::milliseconds timeout) {
  expire_after(timeout);
  co_await open(address);
  co_await introduce(address);
  expire_never();
}

asio::awaitable<RedisValue> RedisSocket::read() {
  for (;;) {
    if (auto reply = parser_.next()) co_return std::move(*reply);
    const auto count = co_await socket_.async_read_some(asio::buffer(buffer_), asio::use_awaitable);
    parser_.feed({buffer_.data(), count});
  }
}

asio::awaitable<void> RedisSocket::write(const std::string& bytes) {
  co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
}

}  // namespace shopflow::cache
