#include "shopflow/http/etag.hpp"

#include <charconv>

#include "http/characters.hpp"
#include "shopflow/http/codes.hpp"

namespace shopflow::http {
namespace {

std::string_view without_weakness(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

bool is_opaque_tag(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' &&
         text.substr(1, text.size() - 2).find('"') == std::string_view::npos;
}

}  // namespace

std::string etag_of(std::int64_t version) { return '"' + std::to_string(version) + '"'; }

Result<std::int64_t> required_version(const Request& request) {
  const auto* field = request.headers.find("If-Match");
  if (field == nullptr) return fail(codes::if_match_required);
  const auto tag = characters::trimmed(*field);
  if (!is_opaque_tag(without_weakness(tag))) return fail(codes::if_match_invalid);
  const auto digits = tag.substr(1, tag.size() - 2);
  std::int64_t version = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (tag.starts_with("W/") || problem != std::errc{} || end != digits.data() + digits.size()) {
    return fail(codes::version_conflict);
  }
  return version;
}

bool none_match_has(std::string_view list, std::string_view etag) {
  etag = without_weakness(etag);
  if (characters::trimmed(list) == "*") return true;
  // Commas may stand inside of a tag, so the list is read tag by tag.
  while (true) {
    const auto begin = list.find('"');
    if (begin == std::string_view::npos) return false;
    const auto end = list.find('"', begin + 1);
    if (end == std::string_view::npos) return false;
    if (list.substr(begin, end - begin + 1) == etag) return true;
    list.remove_prefix(end + 1);
  }
}

}  // namespace shopflow::http
