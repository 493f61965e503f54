#include <fmt/format.h>

#include <cstdio>

#include "app/commands.hpp"

namespace shopflow::app {
namespace {

std::string toml_list(const std::string& joined) {
  std::string list;
  for (std::size_t from = 0; from < joined.size();) {
    const auto to = std::min(joined.find(',', from), joined.size());
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", joined.substr(from, to - from));
    from = to + 1;
  }
  return "[" + list + "]";
}

/// A value in force as it would stand in the file.
std::string toml_value(const Key& key, const Config& config) {
  auto shown = key.show(config);
  switch (key.kind) {
    case Kind::text:
      return "\"" + shown + "\"";
    case Kind::list:
      return toml_list(shown);
    case Kind::integer:
    case Kind::flag:
      return shown;
  }
  return shown;
}

std::string_view section(const Key& key) { return key.name.substr(0, key.name.find('.')); }

}  // namespace

int print_config_template() {
  fmt::print(
      "# ShopFlow's settings with their defaults. Every key can also be given in the environment: http.port "
      "is\n"
      "# SHOPFLOW_HTTP_PORT, lists are separated by commas. A key marked secret can also be given as the "
      "path of a file\n"
      "# that holds it: database.url_file, SHOPFLOW_DATABASE_URL_FILE.\n");
  const Config defaults;
  std::string_view last;
  for (const auto& key : config_keys()) {
    if (section(key) != last) {
      last = section(key);
      fmt::print("\n[{}]\n", last);
    }
    fmt::print("# {}\n", key.meaning());
    // A secret stands better in a file of its own, so this one has only its default, as a remark.
    fmt::print("{}{} = {}\n", key.secret ? "# " : "", key.name.substr(last.size() + 1),
               toml_value(key, defaults));
  }
  return exit_code::ok;
}

int print_config_values(const Config& config) {
  for (const auto& key : config_keys()) fmt::print("{} = {}\n", key.name, toml_value(key, config));
  return exit_code::ok;
}

}  // namespace shopflow::app
