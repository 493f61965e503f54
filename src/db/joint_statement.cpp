#include "shopflow/db/joint_statement.hpp"

#include <fmt/format.h>

#include <charconv>

namespace shopflow::db {
namespace {

/// The same text with `$1` as `$(1 + before)`, and so on.
std::string renumbered(std::string_view text, std::size_t before) {
  std::string out;
  for (;;) {
    const auto mark = text.find('$');
    out += text.substr(0, mark);
    if (mark == std::string_view::npos) return out;
    text.remove_prefix(mark + 1);
    std::size_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    out += fmt::format("${}", number + before);
  }
}

std::string_view without_margin(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
  return text.substr(0, text.find_last_not_of(" \n") + 1);
}

}  // namespace

std::string joint_text(std::span<const JointPart> parts) {
  std::string tables;
  std::string conditions;
  auto before = parts.size();
  std::size_t number = 0;
  for (const auto& part : parts) {
    ++number;
    const auto text = without_margin(part.text);
    if (!tables.empty()) tables += ", ";
    if (!part.with.empty()) tables += renumbered(without_margin(part.with), before) + ", ";
    tables += fmt::format("part_{} AS (\n{}{}\n)", number, renumbered(text, before),
                          text.starts_with("SELECT") ? "" : "\nRETURNING 1");
    conditions +=
        fmt::format("{}(SELECT count(*) FROM part_{}) = ${}", number == 1 ? "" : " AND ", number, number);
    before += part.parameters;
  }
  return fmt::format("WITH {}\nSELECT batch_must_fit({})", tables, conditions);
}

}  // namespace shopflow::db
