#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shopflow::http {

/// Whether it holds percent-encoding.
[[nodiscard]] inline bool is_escaped(std::string_view text) {
  return text.find('%') != std::string_view::npos;
}

/// Appends `text` with its percent-encoding undone; false for a malformed escape. With `plus_is_blank`, as in
/// the query strings of forms.
[[nodiscard]] bool append_decoded(std::string& out, std::string_view text, bool plus_is_blank);

/// What may reach handlers and the database: UTF-8 (RFC 3629) without control characters.
[[nodiscard]] bool is_clean_text(std::string_view text);

/// Takes `a=1&b=2` apart. False for malformed escapes, text that is not clean, or more than 64 pairs.
[[nodiscard]] bool read_query(std::string_view query,
                              std::vector<std::pair<std::string, std::string>>& pairs);

}  // namespace shopflow::http
