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

class Subject {
 public:
  void add_from(std::string_view text) {
    if (text.empty() || text.size() > kTextBytesMax) return;
    const auto document = json::Document::parse(text);
    if (!document || document->root().kind() != json::Kind::object) return;
    for (const auto member : document->root()) add(member);
  }

  [[nodiscard]] std::string take() && { return text_.empty() ? std::string{} : std::move(text_) + '}'; }

 private:
  void add(const json::Node& member) {
    const auto* const kept = std::ranges::find(kKept, member.key());
    if (kept == kKept.end() || member.kind() == json::Kind::null) return;
    auto& is_there = there_.at(static_cast<std::size_t>(kept - kKept.begin()));
    std::string value;
    member.dump(value);
    if (is_there || value.size() > kValueBytesMax) return;
    is_there = true;
    text_ += text_.empty() ? "{\"" : ",\"";
    text_ += *kept;
    text_ += "\":";
    text_ += value;
  }

  std::string text_;
  std::array<bool, kKept.size()> there_{};
};

}  // namespace

std::string audit_subject(std::string_view asked, std::string_view answered) {
  Subject subject;
  subject.add_from(answered);
  subject.add_from(asked);
  return std::move(subject).take();
}

}  // namespace shopflow::access
