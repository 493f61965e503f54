#include "cache/redis_connection.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace shopflow::cache {

namespace asio = boost::asio;

RedisConnection::RedisConnection(const asio::any_io_executor& executor, RedisAddress address,
                                 RedisSettings settings)
    : strand_{asio::make_strand(executor)},
      address_{std::move(address)},
      settings_{settings},
      pause_{strand_},
      watchdog_{strand_} {}

void RedisConnection::start() {
  // The coroutine owns the connection until stop() has ended it.
  const auto life = [](std::shared_ptr<RedisConnection> self) -> asio::awaitable<void> {
    co_await self->run();
  };
  asio::co_spawn(strand_, life(shared_from_this()), asio::detached);
}

void RedisConnection::stop() {
  asio::dispatch(strand_, [self = shared_from_this()] {
    self->stopping_ = true;
    self->pause_.cancel();
    self->watchdog_.cancel();
    if (self->socket_) self->socket_->close();
  });
}

asio::awaitable<void> RedisConnection::run() {
  auto pause = settings_.pause_first;
  while (!stopping_) {
    std::string why;
    proven_ = false;
    try {
      socket_ = std::make_shared<RedisSocket>(strand_);
      co_await socket_->connect(address_, settings_.timeout);
      co_await serve();
    } catch (const boost::system::system_error& error) {
      // The watchdog closes the socket, under a read or between two.
      const bool late =
          error.code() == asio::error::operation_aborted || error.code() == asio::error::bad_descriptor;
      why = late ? "it did not answer in time" : error.code().message();
    } catch (const std::exception& error) {
      why = error.what();
    }
    drop();
    if (stopping_) break;
    if (!trouble_) spdlog::warn("Redis is not used for now: {}", why);
    trouble_ = true;
    if (proven_) pause = settings_.pause_first;
    boost::system::error_code cancelled;
    pause_.expires_after(pause);
    auto token = asio::redirect_error(asio::use_awaitable, cancelled);
    co_await pause_.async_wait(std::move(token));
    pause = std::min(pause * 2, settings_.pause_max);
  }
}

asio::awaitable<void> RedisConnection::serve() {
  up_ = true;
  for (;;) {
    auto value = co_await socket_->read();
    if (calls_.empty()) throw RedisProtocolError{"a reply that nobody asked for"};
    auto& call = calls_.front();
    call.values.push_back(std::move(value));
    if (call.values.size() < call.awaited) continue;
    if (trouble_) spdlog::info("Redis is back");
    trouble_ = false;
    proven_ = true;
    auto finished = std::move(call);
    calls_.pop_front();
    finished.done(std::move(finished.values));
  }
}

void RedisConnection::drop() {
  if (up_.exchange(false)) ++drops_;
  socket_->close();
  out_.clear();
  auto lost = std::exchange(calls_, {});
  for (auto& call : lost) call.done(std::nullopt);
}

void RedisConnection::submit(RedisPipeline pipeline, Done done) {
  asio::dispatch(
      strand_, [self = shared_from_this(), pipeline = std::move(pipeline), done = std::move(done)]() mutable {
        self->accept(std::move(pipeline), std::move(done));
      });
}

void RedisConnection::accept(RedisPipeline pipeline, Done done) {
  if (!up() || pipeline.empty() || calls_.size() >= settings_.waiting_max) return done(std::nullopt);
  for (const auto& command : pipeline) append_command(out_, command);
  calls_.push_back({pipeline.size(), {}, std::move(done), Steady::now() + settings_.timeout});
  watch();
  if (writing_) return;
  writing_ = true;
  const auto life = [](std::shared_ptr<RedisConnection> self) -> asio::awaitable<void> {
    co_await self->write();
  };
  asio::co_spawn(strand_, life(shared_from_this()), asio::detached);
}

asio::awaitable<void> RedisConnection::write() {
  // Whatever is asked for while one write is under way goes out with the next. drop() forgets what was not
  // sent.
  std::string bytes;
  while (!out_.empty()) {
    const auto socket = socket_;
    bytes.clear();
    std::swap(bytes, out_);
    try {
      co_await socket->write(bytes);
    } catch (const std::exception&) {
      socket->close();
    }
  }
  writing_ = false;
}

void RedisConnection::watch() {
  if (watching_) return;
  watching_ = true;
  watchdog_.expires_at(calls_.front().deadline);
  watchdog_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    self->watching_ = false;
    if (error || self->calls_.empty()) return;
    // Replies come in order, so the first that waits is the oldest. Once it is late, those behind it would be
    // too.
    if (self->calls_.front().deadline <= Steady::now()) return self->socket_->close();
    self->watch();
  });
}

}  // namespace shopflow::cache
