#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shopflow/core/ids.hpp"
#include "shopflow/core/json_names.hpp"
#include "shopflow/core/money.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::json {

/// Types that are a JSON string of a fixed form: how to read, append and describe them. `code` is what a
/// string of another form is refused with, `expected` ends the sentence "The value must be …".
template <class T>
struct Text;

template <class T>
concept Textual = requires(std::string_view text) { Text<T>::parse(text); };

/// Appends JSON text in quotes; invalid UTF-8 becomes U+FFFD, one for each maximal part (Unicode 3.9).
void write_string(std::string& out, std::string_view text);

template <FixedString Prefix>
struct Text<Id<Prefix>> {
  static constexpr std::string_view code = "invalid_format";
  static std::optional<Id<Prefix>> parse(std::string_view text) { return Id<Prefix>::parse(text); }
  static void append(std::string& out, const Id<Prefix>& id) { id.append(out); }
  static std::string expected() { return "an identifier of the form " + std::string{Prefix.view()} + "_…"; }
  static void describe(std::string& out) {
    out += R"("type":"string","pattern":"^)";
    out += Prefix.view();
    out += R"(_[0-7][0-9a-hjkmnp-tv-z]{25}$")";
  }
};

template <>
struct Text<Timestamp> {
  static constexpr std::string_view code = "invalid_format";
  static std::optional<Timestamp> parse(std::string_view text) { return parse_rfc3339(text); }
  static void append(std::string& out, const Timestamp& at) { append_rfc3339(out, at); }
  static std::string expected() { return "a time as RFC 3339 writes it, for example 2026-11-21T08:15:30Z"; }
  static void describe(std::string& out) { out += R"("type":"string","format":"date-time")"; }
};

template <>
struct Text<Currency> {
  static constexpr std::string_view code = "invalid_format";
  static std::optional<Currency> parse(std::string_view text) { return Currency::parse(text); }
  static void append(std::string& out, const Currency& currency) { out += currency.str(); }
  static std::string expected() { return "a currency code of three capital letters (ISO 4217)"; }
  static void describe(std::string& out) { out += R"("type":"string","pattern":"^[A-Z]{3}$")"; }
};

template <Named E>
struct Text<E> {
  static constexpr std::string_view code = "not_allowed";
  static std::optional<E> parse(std::string_view text) { return value_of<E>(text); }
  static void append(std::string& out, E value) { out += name_of(value); }
  static std::string expected() {
    std::string list = "one of ";
    for (const auto& entry : Names<E>::values) {
      list += entry.second;
      list += ", ";
    }
    list.resize(list.size() - 2);
    return list;
  }
  static void describe(std::string& out) {
    out += R"("type":"string","enum":[)";
    for (const auto& entry : Names<E>::values) {
      write_string(out, entry.second);
      out.push_back(',');
    }
    out.back() = ']';
  }
};

}  // namespace shopflow::json
