#include "cache/redis_parser.hpp"

#include <hiredis/hiredis.h>

namespace shopflow::cache {
namespace {

std::string text_of(const redisReply& reply) { return {reply.str, static_cast<std::size_t>(reply.len)}; }

RedisList list_of(const redisReply& reply) {
  RedisList list;
  list.reserve(reply.elements);
  for (std::size_t i = 0; i < reply.elements; ++i) {
    const auto& element = *reply.element[i];
    switch (element.type) {
      case REDIS_REPLY_STRING:
      case REDIS_REPLY_STATUS:
        list.emplace_back(text_of(element));
        break;
      case REDIS_REPLY_INTEGER:
        list.emplace_back(std::to_string(element.integer));
        break;
      case REDIS_REPLY_NIL:
        list.emplace_back();
        break;
      default:
        throw RedisProtocolError{"a list holds more than texts and integers"};
    }
  }
  return list;
}

RedisValue value_of(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      return text_of(reply);
    case REDIS_REPLY_INTEGER:
      return std::int64_t{reply.integer};
    case REDIS_REPLY_NIL:
      return RedisNil{};
    case REDIS_REPLY_ERROR:
      return RedisError{text_of(reply)};
    case REDIS_REPLY_ARRAY:
      return list_of(reply);
    default:
      throw RedisProtocolError{"a reply of an unknown type"};
  }
}

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

void append_length(std::string& out, char mark, std::size_t length) {
  out.push_back(mark);
  out += std::to_string(length);
  out += "\r\n";
}

}  // namespace

void RedisParser::Free::operator()(redisReader* reader) const { redisReaderFree(reader); }

RedisParser::RedisParser() : reader_{redisReaderCreate()} {
  if (!reader_) throw std::bad_alloc{};
}

void RedisParser::feed(std::string_view bytes) {
  unread_ += bytes.size();
  if (unread_ > kReplyBytesMax) throw RedisProtocolError{"a reply that is too long"};
  if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) {
    throw RedisProtocolError{static_cast<const char*>(reader_->errstr)};
  }
}

std::optional<RedisValue> RedisParser::next() {
  void* raw = nullptr;
  if (redisReaderGetReply(reader_.get(), &raw) != REDIS_OK) {
    throw RedisProtocolError{static_cast<const char*>(reader_->errstr)};
  }
  if (raw == nullptr) return std::nullopt;
  unread_ = 0;
  const std::unique_ptr<redisReply, FreeReply> reply{static_cast<redisReply*>(raw)};
  return value_of(*reply);
}

void append_command(std::string& out, const RedisCommand& command) {
  append_length(out, '*', command.size());
  for (const auto& word : command) {
    append_length(out, '$', word.size());
    out += word;
    out += "\r\n";
  }
}

}  // namespace shopflow::cache
