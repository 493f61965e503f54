#include "shopflow/http/trace.hpp"

#include <sys/random.h>

#include <array>
#include <bit>
#include <cstdint>
#include <stdexcept>

#include "shopflow/core/digits.hpp"

namespace shopflow::http {
namespace {

constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kSpanDigits = 16;
constexpr std::size_t kVersion00Bytes = 55;

/// xoshiro256++ (Blackman and Vigna, public domain), seeded by the kernel: an identifier for each request has
/// to be unique and cheap, nothing else.
class Random {
 public:
  Random() {
    if (getrandom(state_.data(), sizeof state_, 0) != static_cast<ssize_t>(sizeof state_)) {
      throw std::runtime_error{"the kernel gives no randomness"};
    }
  }
  std::uint64_t next() {
    const auto result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const auto shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

void append_hex(std::string& out, std::uint64_t value) {
  std::array<char, kSpanDigits> text;
  for (std::size_t i = text.size(); i-- > 0; value >>= 4U) text[i] = kHexDigits[value & 0xFU];
  out.append(text.data(), text.size());
}

/// Lower-case hex digits, not all of them zero.
bool is_id(std::string_view text) {
  bool nonzero = false;
  for (const char c : text) {
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    nonzero = nonzero || c != '0';
  }
  return nonzero;
}

/// The trace id of a valid field, else empty. Later versions may be longer; 255 is forbidden.
std::string_view trace_id_of(std::string_view field) {
  if (field.size() < kVersion00Bytes || field[2] != '-' || field[35] != '-' || field[52] != '-') return {};
  const auto version = field.substr(0, 2);
  if (version == "ff" || !is_id("1" + std::string{version})) return {};
  if (version == "00" ? field.size() != kVersion00Bytes
                      : field.size() > kVersion00Bytes && field[kVersion00Bytes] != '-') {
    return {};
  }
  const auto trace_id = field.substr(3, kTraceDigits);
  if (!is_id(trace_id) || !is_id(field.substr(36, kSpanDigits)) ||
      !is_id("1" + std::string{field.substr(53, 2)})) {
    return {};
  }
  return trace_id;
}

}  // namespace

void continue_trace(std::string_view traceparent, Trace& trace) {
  thread_local Random random;
  const auto given = traceparent.empty() ? std::string_view{} : trace_id_of(traceparent);
  trace.trace_id.clear();
  if (given.empty()) {
    append_hex(trace.trace_id, random.next());
    append_hex(trace.trace_id, random.next() | 1U);
  } else {
    trace.trace_id = given;
  }
  trace.span_id.clear();
  append_hex(trace.span_id, random.next() | 1U);
}

}  // namespace shopflow::http
