#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "shopflow/cache/redis_value.hpp"

struct redisReader;

namespace shopflow::cache {

/// Bytes that are not RESP2, or more of it than we take: the connection is of no more use.
class RedisProtocolError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Makes replies of bytes. Hiredis' parser does the work; its asynchronous half is not used, because it
/// asserts, and so ends the process, when a server sends a reply that nobody asked for or an odd message to a
/// subscriber.
class RedisParser {
 public:
  static constexpr std::size_t kReplyBytesMax = 8UL * 1024 * 1024;

  RedisParser();
  void feed(std::string_view bytes);
  /// The next whole reply, nullopt until more bytes are fed.
  [[nodiscard]] std::optional<RedisValue> next();

 private:
  struct Free {
    void operator()(redisReader* reader) const;
  };
  std::unique_ptr<redisReader, Free> reader_;
  std::size_t unread_ = 0;  // bytes fed since the last whole reply
};

/// Appends a command as RESP2 sends it.
void append_command(std::string& out, const RedisCommand& command);

}  // namespace shopflow::cache
