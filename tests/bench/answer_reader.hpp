#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace shopflow::bench {

/// An answer as it lies in the reader's buffer; valid until the next call of the reader.
struct Answer {
  int status = 0;
  bool close = false;        // the server closes the connection after it
  bool retry_after = false;  // it says when to come again
  std::string_view body;
};

/// Takes HTTP/1.1 answers with a Content-Length out of a stream of bytes, and nothing else: what is framed in
/// another way throws, as our server never sends it. No pipelining: an answer ends where the buffer ends.
class AnswerReader {
 public:
  /// Room for `recv` to write to.
  [[nodiscard]] char* room() { return buffer_.data() + filled_; }
  [[nodiscard]] std::size_t room_bytes() const { return buffer_.size() - filled_; }
  void received(std::size_t bytes) { filled_ += bytes; }

  /// The answer once all of it is there. Throws std::runtime_error when the bytes are none.
  [[nodiscard]] std::optional<Answer> take();

  void clear() { filled_ = head_bytes_ = 0; }

 private:
  void read_head(std::string_view head);

  std::string buffer_ = std::string(16'384, '\0');
  std::size_t filled_ = 0;
  std::size_t head_bytes_ = 0;  // 0 while the head is incomplete
  std::size_t body_bytes_ = 0;
  Answer answer_;
};

}  // namespace shopflow::bench
