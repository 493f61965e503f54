#include "shopflow/core/json_write.hpp"

#include <cmath>

#include "core/json_utf8.hpp"
#include "shopflow/core/digits.hpp"

namespace shopflow::json {
namespace {

void escape(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += R"(\")";
      return;
    case '\\':
      out += R"(\\)";
      return;
    case '\n':
      out += R"(\n)";
      return;
    case '\r':
      out += R"(\r)";
      return;
    case '\t':
      out += R"(\t)";
      return;
    default:
      out += R"(\u00)";
      append_hex(out, c);
  }
}

}  // namespace

void write_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const auto run = plain_run(text);
    out.append(text.data(), run);
    text.remove_prefix(run);
    if (text.empty()) break;
    const auto next = static_cast<unsigned char>(text.front());
    const auto step = utf8_step(text);
    if (next < 0x80) {
      escape(out, next);
    } else if (step.valid) {
      out.append(text.data(), step.size);
    } else {
      out += "\xEF\xBF\xBD";
    }
    text.remove_prefix(step.size);
  }
  out.push_back('"');
}

void write_double(std::string& out, double value) {
  if (std::isfinite(value)) {
    append_decimal(out, value);
  } else {
    out += "null";
  }
}

}  // namespace shopflow::json
