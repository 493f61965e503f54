#include "shopflow/db/array.hpp"

#include <array>
#include <cstring>

namespace shopflow::db {
namespace {

// Offsets within the header: dimensions, flags, element type, then size and lower bound of the one dimension.
constexpr std::size_t kFlags = 4;
constexpr std::size_t kCount = 12;
constexpr std::size_t kHeader = 20;
constexpr std::size_t kFirstBytes = 240;  // room for eleven identifiers, so that few batches make it grow

// PostgreSQL counts microseconds from 2000-01-01, Unix from 1970-01-01.
constexpr std::int64_t kEpochShift = 946'684'800'000'000;

template <class Unsigned>
void store(char* at, Unsigned value) {
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    at[i] = static_cast<char>(value >> (8 * (sizeof(Unsigned) - 1 - i)));
  }
}

}  // namespace

ArrayBuffer::ArrayBuffer(std::uint32_t element_oid) {
  bytes_.reserve(kFirstBytes);
  bytes_.resize(kHeader);
  store(bytes_.data(), std::uint32_t{1});
  store(bytes_.data() + 8, element_oid);
  store(bytes_.data() + 16, std::uint32_t{1});
}

const std::string& ArrayBuffer::bytes() const {
  store(bytes_.data() + kFlags, std::uint32_t{has_null_ ? 1U : 0U});
  store(bytes_.data() + kCount, count_);
  return bytes_;
}

void ArrayBuffer::put_length(std::uint32_t length) {
  std::array<char, sizeof(length)> bytes;
  store(bytes.data(), length);
  bytes_.append(bytes.data(), bytes.size());
  ++count_;
}

template <class Unsigned>
void ArrayBuffer::put_number(Unsigned value) {
  std::array<char, sizeof(std::uint32_t) + sizeof(Unsigned)> bytes;
  store(bytes.data(), std::uint32_t{sizeof(Unsigned)});
  store(bytes.data() + sizeof(std::uint32_t), value);
  bytes_.append(bytes.data(), bytes.size());
  ++count_;
}

void ArrayBuffer::put_null() {
  put_length(0xFFFFFFFFU);
  has_null_ = true;
}

void ArrayBuffer::put_uuid(const Uuid& value) {
  std::array<char, sizeof(std::uint32_t) + sizeof(value.bytes)> bytes;
  store(bytes.data(), std::uint32_t{sizeof(value.bytes)});
  std::memcpy(bytes.data() + sizeof(std::uint32_t), value.bytes.data(), sizeof(value.bytes));
  bytes_.append(bytes.data(), bytes.size());
  ++count_;
}

void ArrayBuffer::put_int16(std::int16_t value) { put_number(static_cast<std::uint16_t>(value)); }
void ArrayBuffer::put_int32(std::int32_t value) { put_number(static_cast<std::uint32_t>(value)); }
void ArrayBuffer::put_int64(std::int64_t value) { put_number(static_cast<std::uint64_t>(value)); }
void ArrayBuffer::put_bool(bool value) { put_number(static_cast<std::uint8_t>(value)); }

void ArrayBuffer::put_text(std::string_view value) {
  put_length(static_cast<std::uint32_t>(value.size()));
  bytes_.append(value);
}

void ArrayBuffer::put_time(Timestamp value) { put_int64(value.time_since_epoch().count() - kEpochShift); }

void Slices::push(std::size_t count) {
  first.push(end_ + 1);
  end_ += static_cast<std::int32_t>(count);
  last.push(end_);
}

std::string array_literal(const std::vector<std::string>& values) {
  std::string out = "{";
  for (const auto& text : values) {
    if (out.size() > 1) out.push_back(',');
    out.push_back('"');
    if (text.find('"') == std::string::npos && text.find('\\') == std::string::npos) {
      out += text;
    } else {
      for (const char c : text) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
      }
    }
    out.push_back('"');
  }
  out.push_back('}');
  return out;
}

}  // namespace shopflow::db
