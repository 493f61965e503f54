#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/core/error.hpp"

namespace shopflow::json {

struct ReadLimits {
  std::size_t depth_max = 32;  // arrays and objects within each other
};

enum class Kind : std::uint8_t {
  null,
  boolean,
  integer,      // an integral number within 64 bits
  big_integer,  // an integral number outside of 64 bits
  decimal,      // a number written with a point or an exponent
  string,
  array,
  object,
};

/// "an object", "a string", …, for messages.
[[nodiscard]] std::string_view to_string(Kind kind);

class Document;

/// One value of a parsed document; valid as long as the document is. Cheap to copy.
class Node {
 public:
  [[nodiscard]] Kind kind() const;
  [[nodiscard]] bool boolean() const;          // of a boolean
  [[nodiscard]] std::int64_t integer() const;  // of an integer
  [[nodiscard]] std::string_view text()
      const;  // of a string, decoded; of a big_integer or decimal, as written
  [[nodiscard]] std::string_view key() const;  // of a member of an object, decoded
  [[nodiscard]] std::size_t size() const;      // elements or members
  void dump(std::string& out) const;           // appends compact JSON, members in their order of arrival

  /// Walks the elements of an array or the members of an object in order.
  class Iterator {
   public:
    Node operator*() const { return Node{document_, index_}; }
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    friend class Node;
    Iterator(const Document* document, std::uint32_t index) : document_{document}, index_{index} {}
    const Document* document_;
    std::uint32_t index_;
  };
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const;

 private:
  friend class Document;
  void dump_collection(std::string& out) const;
  Node(const Document* document, std::uint32_t index) : document_{document}, index_{index} {}
  const Document* document_;
  std::uint32_t index_;
};

/// A parsed JSON text (RFC 8259), held flat. Keeps nothing of the text that it was read from.
class Document {
 public:
  /// Refuses with invalid_json, naming the place: a syntax error, anything after the value, a byte order
  /// mark, a key that stands twice in one object, nesting beyond the limit, invalid UTF-8 and lone
  /// surrogates, U+0000 anywhere, a number beyond what a double holds.
  [[nodiscard]] static Result<Document> parse(std::string_view text, ReadLimits limits = {});
  /// The same for text of our own; throws std::runtime_error instead.
  [[nodiscard]] static Document parse_trusted(std::string_view text);
  [[nodiscard]] Node root() const { return Node{this, 0}; }

 private:
  friend class Node;
  friend class Parser;
  struct Span {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
  };
  struct Cell {
    Kind kind = Kind::null;
    bool boolean = false;
    std::uint32_t end = 0;    // the cell after this value and everything in it
    std::uint32_t count = 0;  // elements or members
    Span key;
    Span text;
    std::int64_t integer = 0;
  };
  [[nodiscard]] std::string_view view(Span span) const {
    return std::string_view{bytes_}.substr(span.at, span.size);
  }

  std::vector<Cell> cells_;
  std::string bytes_;
};

}  // namespace shopflow::json
