#pragma once

#include <cstdint>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/core/ids.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::db {

/// A one-dimensional array parameter in PostgreSQL's binary array format, filled element by element;
/// `nullopt` is SQL NULL. `unnest` makes rows of it. The text form would have to be quoted here and parsed
/// there.
class ArrayBuffer {
 public:
  explicit ArrayBuffer(std::uint32_t element_oid);
  [[nodiscard]] std::size_t size() const { return count_; }
  /// The bytes as they go to the server.
  [[nodiscard]] const std::string& bytes() const;

 protected:
  void put_null();
  void put_uuid(const Uuid& value);
  void put_int16(std::int16_t value);
  void put_int32(std::int32_t value);
  void put_int64(std::int64_t value);
  void put_bool(bool value);
  void put_text(std::string_view value);
  void put_time(Timestamp value);

 private:
  void put_length(std::uint32_t length);
  template <class Unsigned>
  void put_number(Unsigned value);
  mutable std::string bytes_;
  std::uint32_t count_ = 0;
  bool has_null_ = false;
};

namespace detail {
struct UuidOid {
  static constexpr std::uint32_t value = 2950;
};
struct Int2Oid {
  static constexpr std::uint32_t value = 21;
};
struct Int4Oid {
  static constexpr std::uint32_t value = 23;
};
struct Int8Oid {
  static constexpr std::uint32_t value = 20;
};
struct BoolOid {
  static constexpr std::uint32_t value = 16;
};
struct TextOid {
  static constexpr std::uint32_t value = 25;
};
struct TimeOid {
  static constexpr std::uint32_t value = 1184;
};
struct ByteaOid {
  static constexpr std::uint32_t value = 17;
};
}  // namespace detail

struct UuidArray : ArrayBuffer {
  UuidArray() : ArrayBuffer{detail::UuidOid::value} {}
  template <std::ranges::input_range Range>
  explicit UuidArray(const Range& values) : UuidArray{} {
    for (const auto& value : values) push(value);
  }
  void push(const Uuid& value) { put_uuid(value); }
  template <FixedString P>
  void push(const Id<P>& id) {
    put_uuid(id.value);
  }
  template <class T>
  void push(const std::optional<T>& value) {
    if (value) {
      push(*value);
    } else {
      put_null();
    }
  }
};
struct SmallIntArray : ArrayBuffer {
  SmallIntArray() : ArrayBuffer{detail::Int2Oid::value} {}
  void push(std::int16_t value) { put_int16(value); }
  void push(const std::optional<std::int16_t>& value) { value ? put_int16(*value) : put_null(); }
};
struct IntArray : ArrayBuffer {
  IntArray() : ArrayBuffer{detail::Int4Oid::value} {}
  void push(std::int32_t value) { put_int32(value); }
};
struct BigIntArray : ArrayBuffer {
  BigIntArray() : ArrayBuffer{detail::Int8Oid::value} {}
  void push(std::int64_t value) { put_int64(value); }
  void push(const std::optional<std::int64_t>& value) { value ? put_int64(*value) : put_null(); }
};
struct BoolArray : ArrayBuffer {
  BoolArray() : ArrayBuffer{detail::BoolOid::value} {}
  void push(bool value) { put_bool(value); }
};
struct TextArray : ArrayBuffer {
  TextArray() : ArrayBuffer{detail::TextOid::value} {}
  template <std::ranges::input_range Range>
  explicit TextArray(const Range& values) : TextArray{} {
    for (const auto& value : values) push(value);
  }
  void push(std::string_view value) { put_text(value); }
  void push(const std::string& value) { put_text(value); }
  void push(const char* value) { put_text(value); }
  void push(const std::optional<std::string>& value) { value ? put_text(*value) : put_null(); }
};
struct ByteaArray : ArrayBuffer {
  ByteaArray() : ArrayBuffer{detail::ByteaOid::value} {}
  void push(std::string_view value) { put_text(value); }
};
struct TimestampArray : ArrayBuffer {
  TimestampArray() : ArrayBuffer{detail::TimeOid::value} {}
  void push(Timestamp value) { put_time(value); }
  void push(const std::optional<Timestamp>& value) { value ? put_time(*value) : put_null(); }
};

/// Where each row's own array lies in arrays that hold those of all rows one after another (arrays of
/// different lengths can't be nested in the binary form). `first` and `last`, counted from 1 and inclusive,
/// go through `unnest` beside the other columns, and SQL takes `($n::uuid[])[row.first:row.last]`; one Slices
/// serves every column of the same lengths. For elements of a fixed length without NULLs: a slice is then one
/// copy, while a text literal per row and its cast would cost more than the rest of the statement.
struct Slices {
  /// One bound a row; a row without elements has its first after its last, which SQL makes `{}` of.
  IntArray first, last;

  /// The next row owns the next `count` elements of each flat array, which are pushed apart from this.
  void push(std::size_t count);

 private:
  std::int32_t end_ = 0;
};

/// The text form `{…}` of a row's texts as one element of a TextArray: `unnest($1::text[])` gives it and
/// the cast `::text[]` reads it. Only texts go this way: elements of varying length are found by walking the
/// array from its beginning, so slicing them would take time quadratic in the rows.
[[nodiscard]] std::string array_literal(const std::vector<std::string>& values);

}  // namespace shopflow::db
