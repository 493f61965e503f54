#pragma once

namespace shopflow::json {

inline bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_alphanumeric(char c) { return is_lower(c) || is_upper(c) || is_digit(c); }

}  // namespace shopflow::json
