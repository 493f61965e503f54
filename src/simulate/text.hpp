#pragma once

#include <string>
#include <string_view>

namespace shopflow::simulate {

/// Text as the API takes it: bytes that are no UTF-8 are read as Latin-1, control characters become spaces,
/// runs of spaces one, and those at the ends go. At most `length_max` code points.
[[nodiscard]] std::string clean_text(std::string_view text, std::size_t length_max);

[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace shopflow::simulate
