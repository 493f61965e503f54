#include "shopflow/cache/redis_client.hpp"

#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "cache/redis_connection.hpp"

namespace shopflow::cache {

namespace asio = boost::asio;

RedisClient::RedisClient(const std::vector<asio::any_io_executor>& executors, const RedisAddress& address,
                         RedisSettings settings)
    : executors_{executors} {
  for (const auto& executor : executors_) {
    connections_.push_back(std::make_shared<RedisConnection>(executor, address, settings));
    connections_.back()->start();
  }
}

RedisClient::~RedisClient() { stop(); }

void RedisClient::stop() {
  for (const auto& connection : connections_) connection->stop();
}

RedisStats RedisClient::stats() const {
  RedisStats stats;
  stats.up = std::ranges::any_of(connections_, [](const auto& connection) { return connection->up(); });
  for (const auto& connection : connections_) stats.drops += connection->drops();
  return stats;
}

RedisConnection& RedisClient::nearest(const asio::any_io_executor& executor) {
  const auto* context = &asio::query(executor, asio::execution::context);
  for (std::size_t i = 0; i < executors_.size(); ++i) {
    if (&asio::query(executors_[i], asio::execution::context) == context) return *connections_[i];
  }
  return *connections_.front();
}

asio::awaitable<RedisReplies> RedisClient::call(RedisPipeline pipeline) {
  const auto executor = co_await asio::this_coro::executor;
  auto& connection = nearest(executor);
  if (!connection.up()) co_return std::nullopt;
  const auto initiate = [&connection, &pipeline](auto handler) {
    auto where = asio::get_associated_executor(handler);
    // Completions are posted: the caller's code never runs inside of the connection's.
    connection.submit(
        std::move(pipeline), [where, handler = std::move(handler)](RedisReplies replies) mutable {
          asio::post(where, [handler = std::move(handler), replies = std::move(replies)]() mutable {
            std::move(handler)(std::move(replies));
          });
        });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(RedisReplies)>(
      initiate, asio::use_awaitable);
}

asio::awaitable<std::optional<std::string>> RedisClient::get(std::string key) {
  RedisPipeline pipeline{{"GET", std::move(key)}};
  auto replies = co_await call(std::move(pipeline));
  if (!replies) co_return std::nullopt;
  auto* text = std::get_if<std::string>(&replies->front());
  if (text == nullptr) co_return std::nullopt;
  co_return std::move(*text);
}

asio::awaitable<bool> RedisClient::set(std::string key, std::string value, std::chrono::milliseconds ttl) {
  RedisPipeline pipeline{{"SET", std::move(key), std::move(value), "PX", std::to_string(ttl.count())}};
  const auto replies = co_await call(std::move(pipeline));
  co_return replies&& std::holds_alternative<std::string>(replies->front());
}

asio::awaitable<bool> RedisClient::del(std::vector<std::string> keys) {
  RedisCommand command{"DEL"};
  command.insert(command.end(), std::make_move_iterator(keys.begin()), std::make_move_iterator(keys.end()));
  RedisPipeline pipeline{std::move(command)};
  const auto replies = co_await call(std::move(pipeline));
  co_return replies&& std::holds_alternative<std::int64_t>(replies->front());
}

asio::awaitable<bool> RedisClient::publish(std::string channel, std::string message) {
  RedisPipeline pipeline{{"PUBLISH", std::move(channel), std::move(message)}};
  const auto replies = co_await call(std::move(pipeline));
  co_return replies&& std::holds_alternative<std::int64_t>(replies->front());
}

}  // namespace shopflow::cache
