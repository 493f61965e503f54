#include "http/target.hpp"

#include <cstdint>

#include "http/characters.hpp"
#include "shopflow/core/digits.hpp"

namespace shopflow::http {
namespace {

constexpr std::size_t kPairsMax = 64;

struct Lead {
  std::size_t bytes;  // of the whole sequence, 0 for a byte that starts none
  char32_t bits;
  char32_t smallest;
};

constexpr Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte >= 0xC2 && byte <= 0xDF) return {2, byte & 0x1FU, 0x80};
  if (byte >= 0xE0 && byte <= 0xEF) return {3, byte & 0x0FU, 0x800};
  if (byte >= 0xF0 && byte <= 0xF4) return {4, byte & 0x07U, 0x10000};
  return {0, 0, 0};
}

}  // namespace

bool append_decoded(std::string& out, std::string_view text, bool plus_is_blank) {
  if (!is_escaped(text) && (!plus_is_blank || text.find('+') == std::string_view::npos)) {
    out += text;
    return true;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return false;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return false;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(text[i] == '+' && plus_is_blank ? ' ' : text[i]);
    }
  }
  return true;
}

bool is_clean_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto lead = lead_of(byte);
    if (lead.bytes == 0 || i + lead.bytes > text.size() || byte < 0x20 || byte == 0x7F) return false;
    char32_t value = lead.bits;
    for (std::size_t j = 1; j < lead.bytes; ++j) {
      const auto next = static_cast<unsigned char>(text[i + j]);
      if ((next & 0xC0U) != 0x80U) return false;
      value = value << 6U | (next & 0x3FU);
    }
    if (value < lead.smallest || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return false;
    i += lead.bytes;
  }
  return true;
}

bool read_query(std::string_view query, std::vector<std::pair<std::string, std::string>>& pairs) {
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (pair.empty()) continue;
    if (pairs.size() == kPairsMax) return false;
    const auto equals = pair.find('=');
    auto& [name, value] = pairs.emplace_back();
    if (!append_decoded(name, pair.substr(0, equals), true) || !is_clean_text(name)) return false;
    if (equals == std::string_view::npos) continue;
    if (!append_decoded(value, pair.substr(equals + 1), true) || !is_clean_text(value)) return false;
  }
  return true;
}

}  // namespace shopflow::http
