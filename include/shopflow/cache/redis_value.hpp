#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace shopflow::cache {

/// One command as its words, for example {"SET", key, value, "PX", "1000"}.
using RedisCommand = std::vector<std::string>;
/// Commands that are sent together and answered together.
using RedisPipeline = std::vector<RedisCommand>;

struct RedisNil {
  bool operator==(const RedisNil&) const = default;
};
/// What Redis answers to a command that it refuses, for example a key of another type.
struct RedisError {
  std::string text;
  bool operator==(const RedisError&) const = default;
};
/// Elements that are nil are nullopt, integers are their decimal text.
using RedisList = std::vector<std::optional<std::string>>;

/// One reply of RESP2; status and bulk strings are both text.
using RedisValue = std::variant<RedisNil, std::string, std::int64_t, RedisError, RedisList>;

}  // namespace shopflow::cache
