#include "cache/announcer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "shopflow/core/failpoint.hpp"

namespace shopflow::cache {
namespace {

constexpr std::size_t kLotMax = 1000;
constexpr auto kRetryPause = std::chrono::milliseconds{50};
constexpr auto kHurry = std::chrono::milliseconds{1};
constexpr auto kGoodbyeMax = std::chrono::milliseconds{200};
constexpr auto kMargin = std::chrono::seconds{5};  // for clocks and for what was on its way

}  // namespace

namespace asio = boost::asio;

Invalidation::Announcer::Announcer(RedisClient& redis, const asio::any_io_executor& executor,
                                   InvalidationSettings settings, std::string origin)
    : redis_{redis},
      settings_{std::move(settings)},
      origin_{std::move(origin)},
      strand_{asio::make_strand(executor)},
      pause_{strand_} {}

void Invalidation::Announcer::announce(std::string_view cache, const std::vector<std::string>& keys) {
  const auto now = Steady::now();
  const std::lock_guard lock{mutex_};
  for (const auto& key : keys) {
    auto line = std::string{cache} + " " + key;
    auto fence = settings_.prefix + "f:" + std::string{cache} + ":" + key;
    ++number_;
    if (waiting_.size() >= settings_.unconfirmed_max && !waiting_.contains(fence)) {
      distrust_until_ = now + settings_.kept_in_redis + kMargin;
      continue;
    }
    waiting_.insert_or_assign(std::move(fence), Waiting{std::move(line), number_, now});
  }
  if (running_ || stopping_ || waiting_.empty()) return;
  running_ = true;
  const auto life = [](std::shared_ptr<Announcer> self) -> asio::awaitable<void> { co_await self->run(); };
  asio::co_spawn(strand_, life(shared_from_this()), asio::detached);
}

bool Invalidation::Announcer::is_unconfirmed(const std::string& fence_key) const {
  const std::lock_guard lock{mutex_};
  return waiting_.contains(fence_key) || Steady::now() < distrust_until_;
}

bool Invalidation::Announcer::is_hurried() const {
  const std::lock_guard lock{mutex_};
  return hurried_;
}

std::size_t Invalidation::Announcer::unconfirmed() const {
  const std::lock_guard lock{mutex_};
  return waiting_.size();
}

std::uint64_t Invalidation::Announcer::announced() const {
  const std::lock_guard lock{mutex_};
  return number_;
}

void Invalidation::Announcer::stop() {
  std::unique_lock lock{mutex_};
  if (stopping_) return;
  hurried_ = true;
  asio::dispatch(strand_, [self = shared_from_this()] { self->pause_.cancel(); });
  ended_.wait_for(lock, kGoodbyeMax, [this] { return !running_; });
  stopping_ = true;
}

void Invalidation::Announcer::end_run() {
  running_ = false;
  ended_.notify_all();
}

/// What has waited for so long that its value has lapsed in Redis needs no announcement any more. False, and
/// the end of the run, if nothing is left to wait for.
bool Invalidation::Announcer::forget_lapsed() {
  const auto now = Steady::now();
  const std::lock_guard lock{mutex_};
  if (now >= next_look_) {
    const auto lapsed = now - settings_.kept_in_redis - kMargin;
    std::erase_if(waiting_, [&](const auto& entry) { return entry.second.since < lapsed; });
    next_look_ = now + kMargin;
  }
  if (waiting_.empty() || hurried_) end_run();
  return running_;
}

/// Fills one DEL of fences and one message with what waits. Without its fence a value is never read again, so
/// the value itself may stay and lapse. The others are told after the DEL, on the same connection.
std::vector<Invalidation::Announcer::Sent> Invalidation::Announcer::take(RedisPipeline& pipeline) {
  std::vector<Sent> sent;
  RedisCommand del{"DEL"};
  std::string message = origin_;
  const std::lock_guard lock{mutex_};
  for (const auto& [fence, waiting] : waiting_) {
    if (sent.size() == kLotMax) break;
    sent.push_back({fence, waiting.number});
    del.push_back(fence);
    message += '\n';
    message += waiting.line;
  }
  if (sent.empty() || stopping_) {
    end_run();
    return {};
  }
  pipeline.push_back(std::move(del));
  pipeline.push_back({"PUBLISH", settings_.prefix + "invalidate", std::move(message)});
  return sent;
}

void Invalidation::Announcer::confirm(const std::vector<Sent>& sent) {
  const std::lock_guard lock{mutex_};
  for (const auto& one : sent) {
    const auto waiting = waiting_.find(one.fence_key);
    // A key that was announced again meanwhile goes out again.
    if (waiting != waiting_.end() && waiting->second.number == one.number) waiting_.erase(waiting);
  }
}

asio::awaitable<void> Invalidation::Announcer::run() {
  for (;;) {
    if (redis_.stats().up) {
      RedisPipeline pipeline;
      const auto sent = take(pipeline);
      if (sent.empty()) co_return;
      failpoint("invalidation", "before_publish");
      const auto replies = co_await redis_.call(std::move(pipeline));
      failpoint("invalidation", "published");
      if (replies && std::holds_alternative<std::int64_t>(replies->front())) {
        confirm(sent);
        // A full lot leaves others behind that have waited already.
        if (sent.size() < kLotMax) co_await rest(settings_.gather);
        continue;
      }
    } else if (!forget_lapsed()) {
      co_return;
    }
    co_await rest(kRetryPause);
  }
}

asio::awaitable<void> Invalidation::Announcer::rest(std::chrono::milliseconds pause) {
  boost::system::error_code cancelled;
  pause_.expires_after(is_hurried() ? kHurry : pause);
  auto token = asio::redirect_error(asio::use_awaitable, cancelled);
  co_await pause_.async_wait(std::move(token));
}

}  // namespace shopflow::cache
