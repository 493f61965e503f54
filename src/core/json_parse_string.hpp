#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shopflow::json {

inline constexpr std::string_view kNotJson = "Not JSON from";

/// Decodes the JSON string that begins at `at` and appends it to `out`. Returns nothing and leaves `at`
/// behind it; or what is wrong, to be followed by a place, and leaves `at` there.
[[nodiscard]] std::string_view parse_string(std::string_view text, std::size_t& at, std::string& out);

}  // namespace shopflow::json
