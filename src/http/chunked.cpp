#include "http/chunked.hpp"

#include <algorithm>

#include "http/characters.hpp"
#include "shopflow/core/digits.hpp"

namespace shopflow::http {
namespace {

constexpr unsigned kSizeDigitsMax = 8;
constexpr unsigned kExtensionBytesMax = 64;  // of one chunk
// Of one body, size lines and extensions together: a quarter of what it may have, so that a body of full size
// may come in small chunks.
constexpr std::size_t kOverheadBytesMin = 64 * 1024;

}  // namespace

ChunkedDecoder::ChunkedDecoder(std::size_t body_bytes_max)
    : body_max_{body_bytes_max}, overhead_max_{std::max(kOverheadBytesMin, body_bytes_max / 4)} {}

std::size_t ChunkedDecoder::feed(std::string_view bytes, std::string& body) {
  std::size_t at = 0;
  while (at < bytes.size() && state_ == State::reading) {
    if (expecting_ == Expecting::data) {
      const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_, bytes.size() - at));
      body.append(bytes.substr(at, taken));
      at += taken;
      chunk_ -= taken;
      if (chunk_ == 0) expecting_ = Expecting::data_cr;
      continue;
    }
    if (++overhead_ > overhead_max_) {
      refuse(codes::body_too_large);
      break;
    }
    step(bytes[at++]);
  }
  return at;
}

void ChunkedDecoder::step(char c) {
  switch (expecting_) {
    case Expecting::size:
      if (const int value = hex_value(c); value >= 0) {
        if (++digits_ > kSizeDigitsMax) return refuse(codes::invalid_chunk);
        chunk_ = chunk_ << 4U | static_cast<unsigned>(value);
        return;
      }
      if (digits_ == 0 || (c != '\r' && c != ';')) return refuse(codes::invalid_chunk);
      expecting_ = c == '\r' ? Expecting::size_lf : Expecting::extension;
      return;
    case Expecting::extension:
      if (c == '\r') {
        expecting_ = Expecting::size_lf;
      } else if (++extension_ > kExtensionBytesMax || !characters::is(c, characters::text)) {
        refuse(codes::invalid_chunk);
      }
      return;
    case Expecting::size_lf:
      return c == '\n' ? end_of_size() : refuse(codes::invalid_chunk);
    case Expecting::data_cr:
      if (c != '\r') return refuse(codes::invalid_chunk);
      expecting_ = Expecting::data_lf;
      return;
    case Expecting::data_lf:
      if (c != '\n') return refuse(codes::invalid_chunk);
      expecting_ = Expecting::size;
      return;
    case Expecting::end_cr:
      if (c != '\r') return refuse(codes::trailers_refused);
      expecting_ = Expecting::end_lf;
      return;
    case Expecting::end_lf:
      if (c != '\n') return refuse(codes::invalid_chunk);
      state_ = State::done;
      return;
    case Expecting::data:
      return;
  }
}

void ChunkedDecoder::end_of_size() {
  digits_ = 0;
  extension_ = 0;
  if (chunk_ == 0) {
    expecting_ = Expecting::end_cr;
    return;
  }
  if (chunk_ > body_max_ - total_) return refuse(codes::body_too_large);
  total_ += static_cast<std::size_t>(chunk_);
  expecting_ = Expecting::data;
}

void ChunkedDecoder::refuse(const ErrorCode& error) {
  state_ = State::refused;
  error_ = &error;
}

}  // namespace shopflow::http
