#include "shopflow/cache/invalidation.hpp"

#include "cache/announcer.hpp"
#include "cache/subscriber.hpp"
#include "shopflow/core/ids.hpp"

namespace shopflow::cache {

Invalidation::Invalidation(RedisClient& redis, const boost::asio::any_io_executor& executor,
                           const RedisAddress& address, RedisSettings redis_settings,
                           InvalidationSettings settings)
    : redis_{redis}, settings_{std::move(settings)} {
  const auto origin = encode_uuid(make_uuid7(SystemClock{}.now()));
  announcer_ = std::make_shared<Announcer>(redis_, executor, settings_, origin);
  subscriber_ = std::make_shared<Subscriber>(executor, address, redis_settings, settings_, origin);
}

Invalidation::~Invalidation() { stop(); }

void Invalidation::attach(std::string cache, Listener listener) {
  subscriber_->attach(std::move(cache), std::move(listener));
}

void Invalidation::start() { subscriber_->start(); }

void Invalidation::stop() {
  announcer_->stop();
  subscriber_->stop();
}

void Invalidation::announce(std::string_view cache, const std::vector<std::string>& keys) {
  announcer_->announce(cache, keys);
}

bool Invalidation::is_unconfirmed(std::string_view cache, std::string_view key) const {
  return announcer_->is_unconfirmed(fence_key(cache, key));
}

bool Invalidation::hears_others() const { return subscriber_->listening(); }

InvalidationStats Invalidation::stats() const {
  return {subscriber_->listening(), announcer_->unconfirmed(), announcer_->announced(), subscriber_->heard()};
}

std::string Invalidation::value_key(std::string_view cache, std::string_view key) const {
  return settings_.prefix + "v:" + std::string{cache} + ":" + std::string{key};
}

std::string Invalidation::fence_key(std::string_view cache, std::string_view key) const {
  return settings_.prefix + "f:" + std::string{cache} + ":" + std::string{key};
}

}  // namespace shopflow::cache
