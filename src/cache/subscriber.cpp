#include "cache/subscriber.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace shopflow::cache {

namespace asio = boost::asio;

Invalidation::Subscriber::Subscriber(const asio::any_io_executor& executor, RedisAddress address,
                                     RedisSettings redis_settings, InvalidationSettings settings,
                                     std::string origin)
    : strand_{asio::make_strand(executor)},
      address_{std::move(address)},
      redis_settings_{redis_settings},
      settings_{std::move(settings)},
      origin_{std::move(origin)},
      channel_{settings_.prefix + "invalidate"},
      pause_{strand_},
      ping_{strand_} {}

void Invalidation::Subscriber::start() {
  const auto life = [](std::shared_ptr<Subscriber> self) -> asio::awaitable<void> { co_await self->run(); };
  asio::co_spawn(strand_, life(shared_from_this()), asio::detached);
}

void Invalidation::Subscriber::stop() {
  asio::dispatch(strand_, [self = shared_from_this()] {
    self->stopping_ = true;
    self->pause_.cancel();
    self->ping_.cancel();
    if (self->socket_) self->socket_->close();
  });
}

asio::awaitable<void> Invalidation::Subscriber::run() {
  auto pause = redis_settings_.pause_first;
  while (!stopping_) {
    try {
      socket_ = std::make_shared<RedisSocket>(strand_);
      co_await socket_->connect(address_, redis_settings_.timeout);
      pause = redis_settings_.pause_first;
      co_await listen();
    } catch (const std::exception&) {
      // The client, which is connected to the same Redis, tells of the loss.
    }
    listening_ = false;
    socket_->close();
    ping_.cancel();
    if (stopping_) break;
    boost::system::error_code cancelled;
    pause_.expires_after(pause);
    auto token = asio::redirect_error(asio::use_awaitable, cancelled);
    co_await pause_.async_wait(std::move(token));
    pause = std::min(pause * 2, redis_settings_.pause_max);
  }
}

asio::awaitable<void> Invalidation::Subscriber::listen() {
  std::string bytes;
  append_command(bytes, {"SUBSCRIBE", channel_});
  socket_->expire_after(redis_settings_.timeout);
  co_await socket_->write(bytes);
  const auto pinging = [](std::shared_ptr<Subscriber> self,
                          std::shared_ptr<RedisSocket> socket) -> asio::awaitable<void> {
    co_await self->ping(socket);
  };
  asio::co_spawn(strand_, pinging(shared_from_this(), socket_), asio::detached);
  for (;;) {
    const auto reply = co_await socket_->read();
    const auto* list = std::get_if<RedisList>(&reply);
    if (list == nullptr || list->empty() || !list->front()) throw RedisProtocolError{"not a message"};
    socket_->expire_after(settings_.ping_every * 2);
    const auto& kind = *list->front();
    if (kind == "subscribe") {
      drop_all();
      listening_ = true;
    } else if (kind == "message" && list->size() == 3 && (*list)[2]) {
      hear(*(*list)[2]);
    } else if (kind != "pong") {
      throw RedisProtocolError{"an unknown message"};
    }
  }
}

asio::awaitable<void> Invalidation::Subscriber::ping(std::shared_ptr<RedisSocket> socket) {
  std::string bytes;
  append_command(bytes, {"PING"});
  while (socket == socket_ && !stopping_) {
    boost::system::error_code cancelled;
    ping_.expires_after(settings_.ping_every);
    auto token = asio::redirect_error(asio::use_awaitable, cancelled);
    co_await ping_.async_wait(std::move(token));
    if (cancelled) co_return;
    try {
      co_await socket->write(bytes);
    } catch (const std::exception&) {
      socket->close();
      co_return;
    }
  }
}

void Invalidation::Subscriber::drop_all() {
  for (const auto& [cache, listener] : listeners_) listener.drop_all();
}

void Invalidation::Subscriber::hear(std::string_view message) {
  const auto end = message.find('\n');
  if (message.substr(0, end) == origin_) return;
  ++heard_;
  while (message.find('\n') != std::string_view::npos) {
    message.remove_prefix(message.find('\n') + 1);
    const auto line = message.substr(0, message.find('\n'));
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    const auto listener = listeners_.find(line.substr(0, blank));
    if (listener != listeners_.end()) listener->second.drop(line.substr(blank + 1));
  }
}

}  // namespace shopflow::cache
