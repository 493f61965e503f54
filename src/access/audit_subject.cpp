#include "access/audit_subject.hpp"

#include <algorithm>
#include <array>

#include "shopflow/core/json_document.hpp"

namespace shopflow::access {
namespace {

constexpr std::array<std::string_view, 7> kKept{"id",   "role",   "handler", "first",
                                                "last", "amount", "quantity"};
constexpr std::size_t kValueBytesMax = 100;
/// Imports and lists have nothing that would be kept, so that it is not looked for.
constexpr std::size_t kTextBytesMax = 16 * 1024;

/// The place behind the string whose first quotation mark is at `at`, or the end of the text.
std::size_t past_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return text.size();
}

/// The place behind the value that begins at `at`, or the end of the text.
std::size_t past_value(std::string_view text, std::size_t at) {
  for (std::size_t depth = 0; at < text.size();) {
    const char c = text[at];
    const bool closes = c == '}' || c == ']';
    if (depth == 0 && (c == ',' || closes)) return at;
    if (closes) --depth;
    if (c == '{' || c == '[') ++depth;
    at = c == '"' ? past_string(text, at) : at + 1;
  }
  return text.size();
}

class Subject {
 public:
  /// Anything that was sent.
  void add_from(std::string_view text) {
    if (text.empty() || text.size() > kTextBytesMax) return;
    const auto document = json::Document::parse(text);
    if (!document || document->root().kind() != json::Kind::object) return;
    for (const auto member : document->root()) {
      std::string value;
      if (is_kept(member.key())) member.dump(value);
      add(member.key(), value);
    }
  }

  /// An answer of our own, which is compact and without mistakes: its parts need not be taken apart.
  void add_from_answer(std::string_view text) {
    if (!text.starts_with('{') || text.size() > kTextBytesMax) return;
    for (std::size_t at = 1; at < text.size() && text[at] == '"';) {
      const auto colon = past_string(text, at);
      if (colon >= text.size()) return;
      const auto end = past_value(text, colon + 1);
      if (end >= text.size()) return;
      add(text.substr(at + 1, colon - at - 2), text.substr(colon + 1, end - colon - 1));
      at = end + 1;
    }
  }

  [[nodiscard]] std::string take() && { return text_.empty() ? std::string{} : std::move(text_) + '}'; }

 private:
  static bool is_kept(std::string_view name) { return std::ranges::find(kKept, name) != kKept.end(); }

  void add(std::string_view name, std::string_view value) {
    const auto* const kept = std::ranges::find(kKept, name);
    if (kept == kKept.end() || value.empty() || value == "null") return;
    auto& is_there = there_.at(static_cast<std::size_t>(kept - kKept.begin()));
    if (is_there || value.size() > kValueBytesMax) return;
    is_there = true;
    text_ += text_.empty() ? "{\"" : ",\"";
    text_ += name;
    text_ += "\":";
    text_ += value;
  }

  std::string text_;
  std::array<bool, kKept.size()> there_{};
};

}  // namespace

std::string audit_subject(std::string_view asked, std::string_view answered) {
  Subject subject;
  subject.add_from_answer(answered);
  subject.add_from(asked);
  return std::move(subject).take();
}

}  // namespace shopflow::access
