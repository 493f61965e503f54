#include "shopflow/core/json_document.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "shopflow/core/json_text.hpp"

namespace shopflow::json {
namespace {

constexpr std::size_t kTrustedDepthMax = 64;
constexpr std::size_t kFewKeys =
    8;  // compared pairwise; more are sorted, so that no body costs quadratic time

std::string place(std::string_view text, std::size_t position) {
  const auto before = text.substr(0, std::min(position > 0 ? position - 1 : 0, text.size()));
  const auto line = static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1;
  const auto newline = before.rfind('\n');
  const auto column = newline == std::string_view::npos ? before.size() + 1 : before.size() - newline;
  return "line " + std::to_string(line) + ", byte " + std::to_string(column);
}

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "a boolean";
    case Kind::integer:
    case Kind::big_integer:
      return "an integer";
    case Kind::decimal:
      return "a number with a point or exponent";
    case Kind::string:
      return "a string";
    case Kind::array:
      return "an array";
    case Kind::object:
      return "an object";
  }
  throw std::logic_error{"unknown kind of JSON value"};
}

/// Lays the parser's events out flat. Each handler returns whether parsing may go on.
class DocumentBuilder {
 public:
  DocumentBuilder(std::string_view text, ReadLimits limits) : text_{text}, limits_{limits} {
    // No string is longer decoded than written; a value of a request takes some 16 bytes.
    document_.bytes_.reserve(text.size());
    document_.cells_.reserve(text.size() / 16 + 1);
  }

  bool null() {
    add(Kind::null);
    return true;
  }
  bool boolean(bool value) {
    add(Kind::boolean).boolean = value;
    return true;
  }
  bool number_integer(std::int64_t value) {
    add(Kind::integer).integer = value;
    return true;
  }
  bool number_unsigned(std::uint64_t value) {
    if (std::in_range<std::int64_t>(value)) return number_integer(static_cast<std::int64_t>(value));
    add(Kind::big_integer).text = keep(std::to_string(value));
    return true;
  }
  bool number_float(double /*value*/, const std::string& written) {
    // The parser hands integers past 64 bits over as floating too; only what was written tells.
    const bool integral = written.find_first_of(".eE") == std::string::npos;
    add(integral ? Kind::big_integer : Kind::decimal).text = keep(written);
    return true;
  }
  bool string(const std::string& value) {
    if (value.contains('\0')) return refuse("A string holds U+0000.");
    add(Kind::string).text = keep(value);
    return true;
  }
  bool binary(const std::vector<std::uint8_t>& /*value*/) { return refuse("Binary values are not JSON."); }
  bool key(const std::string& value) {
    if (value.contains('\0')) return refuse("A key holds U+0000.");
    key_ = keep(value);
    return true;
  }
  bool start_object(std::size_t /*size*/) { return open(Kind::object); }
  bool start_array(std::size_t /*size*/) { return open(Kind::array); }
  bool end_object() { return keys_differ() && close(); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& problem) {
    constexpr int number_overflow = 406;
    return refuse((problem.id == number_overflow ? "A number is too large at " : "Not JSON from ") +
                  place(text_, position) + ".");
  }

  [[nodiscard]] Result<Document> finish() && {
    if (!refusal_.empty()) return fail(errors::invalid_json, std::move(refusal_));
    return std::move(document_);
  }
  bool refuse(std::string why) {
    refusal_ = std::move(why);
    return false;
  }

 private:
  Document::Cell& add(Kind kind) {
    auto& cells = document_.cells_;
    if (!open_.empty()) ++cells[open_.back()].count;
    auto& cell = cells.emplace_back();
    cell.kind = kind;
    cell.key = std::exchange(key_, {});
    cell.end = static_cast<std::uint32_t>(cells.size());
    return cell;
  }
  Document::Span keep(std::string_view text) {
    auto& bytes = document_.bytes_;
    const Document::Span span{static_cast<std::uint32_t>(bytes.size()),
                              static_cast<std::uint32_t>(text.size())};
    bytes += text;
    return span;
  }
  bool open(Kind kind) {
    if (open_.size() >= limits_.depth_max) {
      return refuse("Arrays and objects are nested deeper than " + std::to_string(limits_.depth_max) + ".");
    }
    add(kind);
    open_.push_back(static_cast<std::uint32_t>(document_.cells_.size() - 1));
    return true;
  }
  bool close() {
    document_.cells_[open_.back()].end = static_cast<std::uint32_t>(document_.cells_.size());
    open_.pop_back();
    return true;
  }
  bool keys_differ();

  std::string_view text_;
  ReadLimits limits_;
  Document document_;
  Document::Span key_;
  std::vector<std::uint32_t> open_;
  std::string refusal_;
};

bool DocumentBuilder::keys_differ() {
  const auto& cells = document_.cells_;
  const auto first = open_.back() + 1;
  const auto key_of = [&](std::uint32_t at) { return document_.view(cells[at].key); };
  const auto twin = [&](std::string_view key) {
    return refuse("The key '" + std::string{key} + "' stands twice in one object.");
  };
  if (cells[open_.back()].count <= kFewKeys) {
    for (auto at = first; at < cells.size(); at = cells[at].end) {
      for (auto earlier = first; earlier < at; earlier = cells[earlier].end) {
        if (key_of(earlier) == key_of(at)) return twin(key_of(at));
      }
    }
    return true;
  }
  std::vector<std::string_view> keys;
  keys.reserve(cells[open_.back()].count);
  for (auto at = first; at < cells.size(); at = cells[at].end) keys.push_back(key_of(at));
  std::ranges::sort(keys);
  const auto twice = std::ranges::adjacent_find(keys);
  return twice == keys.end() || twin(*twice);
}

Result<Document> Document::parse(std::string_view text, ReadLimits limits) {
  // The parser would take a zero byte for the end of the text and ignore what follows.
  if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
    return fail(errors::invalid_json, "Not JSON from " + place(text, zero + 1) + ".");
  }
  if (text.size() >= std::numeric_limits<std::uint32_t>::max())
    return fail(errors::invalid_json, "The text is too long.");
  DocumentBuilder builder{text, limits};
  nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  return std::move(builder).finish();
}

Document Document::parse_trusted(std::string_view text) {
  auto document = parse(text, {.depth_max = kTrustedDepthMax});
  if (!document) throw std::runtime_error{"Stored text is not JSON: " + document.error().detail};
  return std::move(*document);
}

Kind Node::kind() const { return document_->cells_[index_].kind; }
bool Node::boolean() const { return document_->cells_[index_].boolean; }
std::int64_t Node::integer() const { return document_->cells_[index_].integer; }
std::string_view Node::text() const { return document_->view(document_->cells_[index_].text); }
std::string_view Node::key() const { return document_->view(document_->cells_[index_].key); }
std::size_t Node::size() const { return document_->cells_[index_].count; }

Node::Iterator Node::begin() const { return {document_, index_ + 1}; }
Node::Iterator Node::end() const { return {document_, document_->cells_[index_].end}; }
Node::Iterator& Node::Iterator::operator++() {
  index_ = document_->cells_[index_].end;
  return *this;
}

void Node::dump(std::string& out) const {
  switch (kind()) {
    case Kind::null:
      out += "null";
      break;
    case Kind::boolean:
      out += boolean() ? "true" : "false";
      break;
    case Kind::integer:
      out += std::to_string(integer());
      break;
    case Kind::big_integer:
    case Kind::decimal:
      out += text();
      break;
    case Kind::string:
      write_string(out, text());
      break;
    case Kind::array:
    case Kind::object:
      dump_collection(out);
  }
}

void Node::dump_collection(std::string& out) const {
  const bool object = kind() == Kind::object;
  out.push_back(object ? '{' : '[');
  for (const Node child : *this) {
    if (object) {
      write_string(out, child.key());
      out.push_back(':');
    }
    child.dump(out);
    out.push_back(',');
  }
  if (size() > 0) out.pop_back();
  out.push_back(object ? '}' : ']');
}

}  // namespace shopflow::json
