#include "bench/answer_reader.hpp"

#include <strings.h>
#include <charconv>
#include <stdexcept>

namespace shopflow::bench {
namespace {

[[noreturn]] void refuse(const char* why, std::string_view head) {
  throw std::runtime_error{std::string{why} + " in the answer: " + std::string{head.substr(0, 200)}};
}

/// The value of the field if the line is of that name.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':' ||
      ::strncasecmp(line.data(), name.data(), name.size()) != 0)
    return std::nullopt;
  line.remove_prefix(name.size() + 1);
  while (line.starts_with(' ')) line.remove_prefix(1);
  return line;
}

}  // namespace

void AnswerReader::read_head(std::string_view head) {
  if (!head.starts_with("HTTP/1.1 ") || head.size() < 14) refuse("no HTTP/1.1", head);
  answer_ = {};
  const auto* digits = head.data() + 9;
  if (std::from_chars(digits, digits + 3, answer_.status).ptr != digits + 3) refuse("no status", head);
  std::optional<std::size_t> length;
  for (auto at = head.find("\r\n") + 2; at < head.size();) {
    const auto end = head.find("\r\n", at);
    const auto line = head.substr(at, end - at);
    at = end + 2;
    if (const auto text = value_of(line, "content-length")) {
      std::size_t bytes = 0;
      const auto read = std::from_chars(text->data(), text->data() + text->size(), bytes);
      if (length || read.ec != std::errc{} || read.ptr != text->data() + text->size())
        refuse("a wrong Content-Length", head);
      length = bytes;
    } else if (const auto connection = value_of(line, "connection")) {
      answer_.close = *connection == "close";
    } else if (value_of(line, "retry-after")) {
      answer_.retry_after = true;
    } else if (value_of(line, "transfer-encoding")) {
      refuse("a transfer encoding", head);
    }
  }
  if (!length && answer_.status != 204) refuse("no Content-Length", head);
  body_bytes_ = length.value_or(0);
}

std::optional<Answer> AnswerReader::take() {
  const std::string_view bytes{buffer_.data(), filled_};
  if (head_bytes_ == 0) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) {
      if (room_bytes() == 0) refuse("an endless head", bytes);
      return std::nullopt;
    }
    head_bytes_ = end + 4;
    read_head(bytes.substr(0, end + 2));
    if (head_bytes_ + body_bytes_ > buffer_.size()) buffer_.resize(head_bytes_ + body_bytes_);
  }
  if (filled_ < head_bytes_ + body_bytes_) return std::nullopt;
  if (filled_ > head_bytes_ + body_bytes_) refuse("bytes behind the end", bytes);
  answer_.body = std::string_view{buffer_}.substr(head_bytes_, body_bytes_);
  clear();
  return answer_;
}

}  // namespace shopflow::bench
