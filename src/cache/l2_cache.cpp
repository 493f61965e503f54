#include "shopflow/cache/l2_cache.hpp"

#include "shopflow/cache/invalidation.hpp"
#include "shopflow/core/ids.hpp"

namespace shopflow::cache {
namespace {

// A fence outlives the values that it guards by far; when it lapses they are merely misses.
constexpr std::string_view kFenceKeptMs = "600000";

}  // namespace

namespace asio = boost::asio;

L2Cache::L2Cache(Invalidation& invalidation, std::string name, bool one_fence)
    : invalidation_{invalidation}, name_{std::move(name)}, one_fence_{one_fence} {}

asio::awaitable<L2Cache::Found> L2Cache::find(std::string key) {
  Found found;
  if (invalidation_.is_unconfirmed(name_, fenced_by(key))) co_return found;
  const auto fence_key = invalidation_.fence_key(name_, fenced_by(key));
  const auto fresh = encode_uuid(make_uuid7(SystemClock{}.now()));
  RedisPipeline pipeline{{"SET", fence_key, fresh, "NX", "PX", std::string{kFenceKeptMs}},
                         {"MGET", fence_key, invalidation_.value_key(name_, key)}};
  const auto replies = co_await invalidation_.redis().call(std::move(pipeline));
  if (!replies) co_return found;
  const auto* list = std::get_if<RedisList>(&replies->back());
  if (list == nullptr || list->size() != 2 || !list->front()) co_return found;
  // Announced while the question was on its way: the answer may be from before.
  if (invalidation_.is_unconfirmed(name_, fenced_by(key))) co_return found;
  found.fence = *list->front();
  const auto& value = list->back();
  if (value && value->starts_with(found.fence + " ")) found.value = value->substr(found.fence.size() + 1);
  co_return found;
}

asio::awaitable<void> L2Cache::fill(std::string key, std::string fence, std::string value) {
  auto name = invalidation_.value_key(name_, key);
  auto bytes = std::move(fence) + " " + value;
  const auto done =
      co_await invalidation_.redis().set(std::move(name), std::move(bytes), invalidation_.kept_in_redis());
  static_cast<void>(done);  // A value that was not filled in is a miss later on.
}

}  // namespace shopflow::cache
