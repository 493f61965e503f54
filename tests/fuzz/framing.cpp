#include <algorithm>
#include <string>

#include "fuzz/target.hpp"
#include "http/chunked.hpp"
#include "shopflow/http/gate.hpp"

namespace shopflow::fuzz {
namespace {

constexpr std::size_t kBodyBytesMax = 4096;

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// What a reader who splits at every LF would find; the gate must have let through nothing that he reads
/// otherwise.
struct Naive {
  int lengths = 0;
  int encodings = 0;
  int hosts = 0;
  int lines = 0;

  explicit Naive(std::string_view head) {
    bool first = true;
    while (!head.empty()) {
      const auto end = head.find('\n');
      const auto line = lower(head.substr(0, end));
      head.remove_prefix(end == std::string_view::npos ? head.size() : end + 1);
      if (line.empty() || line == "\r") continue;
      if (!first) {
        ++lines;
        lengths += line.starts_with("content-length:");
        encodings += line.starts_with("transfer-encoding:");
        hosts += line.starts_with("host:");
      }
      first = false;
    }
  }
};

void check_complete(std::string_view bytes, const http::RequestHead& head) {
  require(head.bytes <= bytes.size(), "the head ends within what was given");
  const auto block = bytes.substr(0, head.bytes);
  require(block.ends_with("\r\n\r\n"), "the head ends with a blank line");
  require(block.find('\0') == std::string_view::npos, "there is no zero byte in the head");
  const Naive naive{block};
  require(static_cast<std::size_t>(naive.lines) == head.field_count, "every line is one field");
  require(naive.lengths + naive.encodings <= 1, "the body has one length or one encoding");
  require(head.http10 || naive.hosts == 1, "HTTP/1.1 names one host");
  require(!(head.chunked && head.content_length), "the body is framed in one way");
  for (const auto& field : head.fields()) {
    require(field.value.find_first_of("\r\n") == std::string_view::npos, "a value holds no line break");
    require(field.name.find_first_of(" \t\r\n:") == std::string_view::npos, "a name holds no blank");
  }
  require(!head.path.empty(), "there is a path");
}

/// However the bytes of a body arrive, they mean the same.
void check_chunks(std::string_view bytes) {
  http::ChunkedDecoder whole{kBodyBytesMax};
  std::string body;
  const auto used = whole.feed(bytes, body);
  http::ChunkedDecoder slow{kBodyBytesMax};
  std::string slow_body;
  std::size_t slow_used = 0;
  while (slow_used < bytes.size() && slow.state() == http::ChunkedDecoder::State::reading)
    slow_used += slow.feed(bytes.substr(slow_used, 1), slow_body);
  require(whole.state() == slow.state(), "a body has one outcome however it arrives");
  require(body == slow_body, "a body has one content however it arrives");
  require(used == slow_used, "a body has one end however it arrives");
  require(body.size() <= kBodyBytesMax, "a body keeps to its limit");
  require(whole.state() != http::ChunkedDecoder::State::refused || whole.error() != nullptr,
          "a refusal has its reason");
}

}  // namespace

void run_framing(std::string_view bytes) {
  using State = http::GateOutcome::State;
  http::RequestHead head;
  const auto outcome = http::read_head(bytes, {}, head);
  require((outcome.state == State::refused) == (outcome.error != nullptr), "a refusal has its reason");
  // What came earlier may have been incomplete or the same, never another decision.
  const std::size_t step = std::max<std::size_t>(1, bytes.size() / 64);
  for (std::size_t end = 0; end < bytes.size(); end += step) {
    http::RequestHead early;
    const auto before = http::read_head(bytes.substr(0, end), {}, early);
    if (before.state == State::incomplete) continue;
    require(before.state == outcome.state, "a decision stands whatever follows");
    if (before.state == State::complete)
      require(early.bytes == head.bytes, "the head ends where it ended before");
  }
  if (outcome.state != State::complete) return check_chunks(bytes);
  check_complete(bytes, head);
  if (head.chunked) check_chunks(bytes.substr(head.bytes));
}

}  // namespace shopflow::fuzz
