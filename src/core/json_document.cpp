#include "shopflow/core/json_document.hpp"

#include <stdexcept>
#include <utility>

#include "shopflow/core/json_text.hpp"

namespace shopflow::json {
namespace {

constexpr std::size_t kTrustedDepthMax = 64;

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
