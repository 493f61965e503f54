#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

#include "core/json_characters.hpp"
#include "core/json_parse_string.hpp"
#include "shopflow/core/json_document.hpp"

// Every request is parsed, and of the time that this took, two thirds were spent in the lexer of a general
// library. Hence a parser of our own; the tests hold it against that library.

namespace shopflow::json {
namespace {

constexpr std::size_t kFewKeys =
    8;  // compared pairwise; more are sorted, so that no body costs quadratic time

std::string place(std::string_view text, std::size_t position) {
  const auto before = text.substr(0, position);
  const auto line = static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1;
  const auto newline = before.rfind('\n');
  const auto column = newline == std::string_view::npos ? position + 1 : position - newline;
  return "line " + std::to_string(line) + ", byte " + std::to_string(column);
}

}  // namespace

/// Descends through the text once; its depth is limited before its stack could be. Each step tells whether to
/// go on.
class Parser {
 public:
  Parser(std::string_view text, ReadLimits limits) : text_{text}, limits_{limits} {
    // No string is longer decoded than written; a value of a request takes some 16 bytes.
    document_.bytes_.reserve(text.size());
    document_.cells_.reserve(text.size() / 16 + 1);
  }

  [[nodiscard]] Result<Document> run() && {
    skip_space();
    if (value({}, 0)) {
      skip_space();
      if (at_ != text_.size()) syntax();
    }
    if (!refusal_.empty()) return fail(errors::invalid_json, std::move(refusal_));
    return std::move(document_);
  }

 private:
  using Span = Document::Span;

  [[nodiscard]] bool more() const { return at_ < text_.size(); }
  [[nodiscard]] char peek() const { return more() ? text_[at_] : '\0'; }
  bool take(char wanted) {
    if (peek() != wanted || !more()) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (more() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }

  bool refuse(std::string why) {
    refusal_ = std::move(why);
    return false;
  }
  bool refuse_at(std::string_view what, std::size_t where) {
    return refuse(std::string{what} + " " + place(text_, where) + ".");
  }
  bool syntax() { return refuse_at(kNotJson, at_); }

  Document::Cell& add(Kind kind, Span key) {
    auto& cell = document_.cells_.emplace_back();
    cell.kind = kind;
    cell.key = key;
    cell.end = static_cast<std::uint32_t>(document_.cells_.size());
    return cell;
  }
  Span kept_since(std::size_t start) const {
    return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(document_.bytes_.size() - start)};
  }

  bool value(Span key, std::size_t depth);
  bool literal(std::string_view word, Kind kind, bool truth, Span key);
  bool number(Span key);
  bool digits();
  bool string(Span& out);
  bool array(Span key, std::size_t depth);
  bool object(Span key, std::size_t depth);
  bool member(std::size_t depth);
  bool keys_differ(std::uint32_t object);

  std::string_view text_;
  ReadLimits limits_;
  std::size_t at_ = 0;
  Document document_;
  std::string refusal_;
};

bool Parser::value(Span key, std::size_t depth) {
  switch (peek()) {
    case '{':
      return object(key, depth);
    case '[':
      return array(key, depth);
    case '"': {
      Span span;
      if (!string(span)) return false;
      add(Kind::string, key).text = span;
      return true;
    }
    case 't':
      return literal("true", Kind::boolean, true, key);
    case 'f':
      return literal("false", Kind::boolean, false, key);
    case 'n':
      return literal("null", Kind::null, false, key);
    default:
      return number(key);
  }
}

bool Parser::literal(std::string_view word, Kind kind, bool truth, Span key) {
  if (!text_.substr(at_).starts_with(word)) return syntax();
  at_ += word.size();
  add(kind, key).boolean = truth;
  return true;
}

bool Parser::digits() {
  if (!is_digit(peek())) return syntax();
  while (is_digit(peek())) ++at_;
  return true;
}

bool Parser::number(Span key) {
  const auto start = at_;
  take('-');
  if (!take('0') && !digits()) return false;
  bool integral = true;
  if (take('.')) {
    integral = false;
    if (!digits()) return false;
  }
  if (take('e') || take('E')) {
    integral = false;
    if (!take('+')) take('-');
    if (!digits()) return false;
  }
  const auto written = text_.substr(start, at_ - start);
  std::int64_t whole = 0;
  if (integral && std::from_chars(written.data(), written.data() + written.size(), whole).ec == std::errc{}) {
    add(Kind::integer, key).integer = whole;
    return true;
  }
  const std::string terminated{written};
  if (!std::isfinite(std::strtod(terminated.c_str(), nullptr)))
    return refuse_at("A number is too large at", start);
  const auto from = document_.bytes_.size();
  document_.bytes_ += written;
  add(integral ? Kind::big_integer : Kind::decimal, key).text = kept_since(from);
  return true;
}

bool Parser::string(Span& out) {
  const auto from = document_.bytes_.size();
  const auto problem = parse_string(text_, at_, document_.bytes_);
  if (!problem.empty()) return refuse_at(problem, at_);
  out = kept_since(from);
  return true;
}

bool Parser::array(Span key, std::size_t depth) {
  if (depth >= limits_.depth_max) return refuse_at("Arrays and objects are nested too deeply at", at_);
  ++at_;
  const auto self = document_.cells_.size();
  add(Kind::array, key);
  std::uint32_t count = 0;
  skip_space();
  if (!take(']')) {
    do {
      skip_space();
      if (!value({}, depth + 1)) return false;
      ++count;
      skip_space();
    } while (take(','));
    if (!take(']')) return syntax();
  }
  document_.cells_[self].count = count;
  document_.cells_[self].end = static_cast<std::uint32_t>(document_.cells_.size());
  return true;
}

bool Parser::object(Span key, std::size_t depth) {
  if (depth >= limits_.depth_max) return refuse_at("Arrays and objects are nested too deeply at", at_);
  ++at_;
  const auto self = document_.cells_.size();
  add(Kind::object, key);
  std::uint32_t count = 0;
  skip_space();
  if (!take('}')) {
    do {
      if (!member(depth)) return false;
      ++count;
    } while (take(','));
    if (!take('}')) return syntax();
  }
  document_.cells_[self].count = count;
  document_.cells_[self].end = static_cast<std::uint32_t>(document_.cells_.size());
  return keys_differ(static_cast<std::uint32_t>(self));
}

bool Parser::member(std::size_t depth) {
  Span name;
  skip_space();
  if (!string(name)) return false;
  skip_space();
  if (!take(':')) return syntax();
  skip_space();
  if (!value(name, depth + 1)) return false;
  skip_space();
  return true;
}

bool Parser::keys_differ(std::uint32_t object) {
  const auto& cells = document_.cells_;
  const auto key_of = [&](std::uint32_t at) { return document_.view(cells[at].key); };
  const auto twin = [&](std::string_view key) {
    return refuse("The key '" + std::string{key} + "' stands twice in one object.");
  };
  if (cells[object].count <= kFewKeys) {
    for (auto at = object + 1; at < cells.size(); at = cells[at].end) {
      for (auto earlier = object + 1; earlier < at; earlier = cells[earlier].end) {
        if (key_of(earlier) == key_of(at)) return twin(key_of(at));
      }
    }
    return true;
  }
  std::vector<std::string_view> keys;
  keys.reserve(cells[object].count);
  for (auto at = object + 1; at < cells.size(); at = cells[at].end) keys.push_back(key_of(at));
  std::ranges::sort(keys);
  const auto twice = std::ranges::adjacent_find(keys);
  return twice == keys.end() || twin(*twice);
}

Result<Document> Document::parse(std::string_view text, ReadLimits limits) {
  // Places within the document are 32 bits wide.
  if (text.size() >= std::numeric_limits<std::uint32_t>::max()) {
    return fail(errors::invalid_json, "The text is too long.");
  }
  return Parser{text, limits}.run();
}

}  // namespace shopflow::json
