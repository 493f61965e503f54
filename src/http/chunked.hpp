#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "shopflow/http/codes.hpp"

namespace shopflow::http {

/// Takes a chunked body apart (RFC 9112, 7.1) as it arrives. Extensions are allowed up to a small cap and
/// ignored; trailers are refused; what the framing may cost beyond the body is bounded.
class ChunkedDecoder {
 public:
  enum class State : std::uint8_t { reading, done, refused };

  explicit ChunkedDecoder(std::size_t body_bytes_max);

  /// Appends the content of `bytes` to `body` and gives how many bytes belong to this body; fewer than all
  /// only when it is done or refused.
  std::size_t feed(std::string_view bytes, std::string& body);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const ErrorCode* error() const { return error_; }  // of a refusal

 private:
  enum class Expecting : std::uint8_t { size, extension, size_lf, data, data_cr, data_lf, end_cr, end_lf };

  void step(char c);
  void end_of_size();
  void refuse(const ErrorCode& error);

  std::size_t body_max_;
  std::size_t overhead_max_;
  std::uint64_t chunk_ = 0;
  std::size_t total_ = 0;
  std::size_t overhead_ = 0;
  unsigned digits_ = 0;
  unsigned extension_ = 0;
  Expecting expecting_ = Expecting::size;
  State state_ = State::reading;
  const ErrorCode* error_ = nullptr;
};

}  // namespace shopflow::http
