#pragma once

#include <charconv>
#include <mutex>
#include <stdexcept>

#include "integration/cache/fixture.hpp"
#include "shopflow/cache/read_through.hpp"

namespace shopflow::cache {

using Numbers = ReadThrough<int, std::string>;

inline CacheCodec<int, std::string> codec() {
  return {[](const int& key) { return std::to_string(key); },
          [](std::string_view text) -> std::optional<int> {
            int key = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), key);
            return error == std::errc{} && end == text.data() + text.size() ? std::optional{key}
                                                                            : std::nullopt;
          },
          [](const std::string& value) { return "v" + value; },
          [](std::string_view text) -> std::optional<std::string> {
            if (!text.starts_with('v')) return std::nullopt;
            return std::string{text.substr(1)};
          }};
}

/// The system of record: one text for every key, and a gate at which loads can be made to wait.
class Record {
 public:
  boost::asio::awaitable<std::optional<std::string>> load(int /*key*/) {
    ++loads_;
    if (broken_) throw std::runtime_error{"the record is gone"};
    auto value = value_of();
    while (closed_) {
      const auto executor = co_await boost::asio::this_coro::executor;
      co_await boost::asio::post(executor, boost::asio::use_awaitable);
    }
    co_return value;
  }
  void set(std::optional<std::string> value) {
    const std::lock_guard lock{mutex_};
    value_ = std::move(value);
  }
  std::optional<std::string> value_of() {
    const std::lock_guard lock{mutex_};
    return value_;
  }
  std::atomic<int> loads_{0};
  std::atomic<bool> closed_{false};
  std::atomic<bool> broken_{false};

 private:
  std::mutex mutex_;
  std::optional<std::string> value_ = "old";
};

/// One server process with one cache.
struct Server {
  Server(const std::string& url, const std::string& prefix, Record& record, ReadThroughSettings settings = {})
      : process{url, prefix} {
    if (settings.name.empty()) settings.name = "numbers";
    cache = std::make_unique<Numbers>(
        *process.invalidation, codec(), [&record](int key) { return record.load(key); }, settings);
    process.invalidation->start();
  }
  std::optional<std::string> get(int key, std::size_t thread = 0) {
    const auto value = process.run(cache->get(key), thread);
    return value ? std::optional{*value} : std::nullopt;
  }
  void invalidate(int key) { cache->invalidate(std::span{&key, 1}); }
  bool confirmed() {
    return until([this] { return process.invalidation->stats().unconfirmed == 0; });
  }

  std::unique_ptr<Numbers> cache;  // outlives the threads of `process`
  CacheProcess process;
};

}  // namespace shopflow::cache
