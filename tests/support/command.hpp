#pragma once

#include <charconv>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What the command lines of `shopflow-bench` and `shopflow-fault` have in common.
namespace shopflow::testing {

/// What an option does: alone, or with the word that stands behind it.
using Effect = std::variant<std::function<void()>, std::function<void(const std::string&)>>;

/// Does what the options among the words say, in their order, and hands the other words to `take`. Throws
/// std::invalid_argument for an option that is not there or lacks its word.
void read_words(const std::vector<std::string>& words, const std::map<std::string, Effect>& options,
                const std::function<void(const std::string&)>& take);

/// Throws std::invalid_argument with what is wrong.
template <class Number>
[[nodiscard]] Number number(const std::string& text, Number least = {}) {
  Number value{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || value < least)
    throw std::invalid_argument{text + " is not a number" + (least > Number{} ? " above 0" : "")};
  return value;
}

/// An option that is a number, which becomes `where`.
template <class Number>
[[nodiscard]] Effect number_for(Number& where, Number least = {}) {
  return [&where, least](const std::string& text) { where = number(text, least); };
}
/// An option that is a word, which becomes `where`.
[[nodiscard]] inline Effect word_for(std::string& where) {
  return [&where](const std::string& word) { where = word; };
}

struct Command {
  std::string name;
  std::string_view usage;
  std::function<void()> list;                               // prints what there is for --list
  std::function<int(const std::vector<std::string>&)> run;  // gives the exit code
};

/// Answers --help and --list itself, else runs it, with as many descriptors as this process may have, up to
/// those of 65,536 connections; programs that it starts inherit that. Gives the exit code: 2 with the usage
/// for what std::invalid_argument tells, 1 for any other exception, after saying it.
[[nodiscard]] int run_command(const Command& command, const std::vector<std::string>& words);

}  // namespace shopflow::testing
