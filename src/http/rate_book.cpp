#include "http/rate_book.hpp"

#include <algorithm>

namespace shopflow::http {
namespace {

std::int64_t nanoseconds(RateBook::Clock::time_point now) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
}

/// How long until one token is there.
std::int64_t wait_of(std::int64_t full_at, const Rate& rate, std::int64_t now) {
  const auto capacity = rate.each.count() * rate.requests;
  return std::max<std::int64_t>(std::max(full_at, now) + rate.each.count() - capacity - now, 0);
}

}  // namespace

RateBook::RateBook() : sets_(kSets), locks_(kLocks) {}

RateBook::Bucket& RateBook::find(Set& set, std::uint64_t key) {
  const auto found = std::ranges::find(set, key, &Bucket::key);
  if (found != set.end()) return *found;
  auto& fullest = *std::ranges::min_element(set, {}, &Bucket::full_at);
  fullest = {key, 0};
  return fullest;
}

std::chrono::nanoseconds RateBook::take(std::uint64_t key, const Rate& rate, Clock::time_point now) {
  const auto at = nanoseconds(now);
  const auto place = key % kSets;
  const std::scoped_lock lock{locks_[place % kLocks].mutex};
  auto& bucket = find(sets_[place], key);
  const auto wait = wait_of(bucket.full_at, rate, at);
  if (wait == 0) bucket.full_at = std::max(bucket.full_at, at) + rate.each.count();
  return std::chrono::nanoseconds{wait};
}

std::chrono::nanoseconds RateBook::look(std::uint64_t key, const Rate& rate, Clock::time_point now) {
  const auto place = key % kSets;
  const std::scoped_lock lock{locks_[place % kLocks].mutex};
  const auto& set = sets_[place];
  const auto found = std::ranges::find(set, key, &Bucket::key);
  return std::chrono::nanoseconds{found == set.end() ? 0 : wait_of(found->full_at, rate, nanoseconds(now))};
}

}  // namespace shopflow::http
