#include "app/config.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <toml++/toml.h>
#include <algorithm>
#include <fstream>
#include <iterator>

namespace shopflow::app {
namespace {

using Messages = std::vector<std::string>;

/// Variables that begin like settings and are none: the tests' own, and where the file is.
constexpr std::string_view kNotSettings[] = {"SHOPFLOW_CONFIG", "SHOPFLOW_DATA", "SHOPFLOW_ADMIN_KEY",
                                             "SHOPFLOW_URL"};

/// Where systemd puts a service's credentials (systemd.exec(5)).
constexpr const char* kCredentials = "CREDENTIALS_DIRECTORY";

const Key* find_key(std::string_view name) {
  const auto& keys = config_keys();
  const auto found = std::ranges::find(keys, name, &Key::name);
  return found == keys.end() ? nullptr : &*found;
}

std::optional<Value> to_value(const toml::node& node) {
  if (const auto* text = node.as_string()) return Value{text->get()};
  if (const auto* number = node.as_integer()) return Value{number->get()};
  if (const auto* flag = node.as_boolean()) return Value{flag->get()};
  const auto* array = node.as_array();
  if (array == nullptr) return std::nullopt;
  Texts texts;
  for (const auto& element : *array) {
    const auto* text = element.as_string();
    if (text == nullptr) return std::nullopt;
    texts.push_back(text->get());
  }
  return Value{std::move(texts)};
}

/// A secret may stand in a file of its own (systemd credentials, Docker secrets); its last line end does not
/// count.
std::optional<std::string> read_secret(const std::string& path) {
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown))
    return std::nullopt;  // which opens, and reading it throws
  std::ifstream file{path};
  if (!file) return std::nullopt;
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

void take(Config& config, std::string_view name, std::string_view shown, const Value& value,
          Messages& messages) {
  if (const auto* key = find_key(name)) {
    if (const auto problem = key->set(config, value))
      messages.push_back(fmt::format("{} {}", shown, *problem));
    return;
  }
  const auto* of = name.ends_with("_file") ? find_key(name.substr(0, name.size() - 5)) : nullptr;
  if (of == nullptr || !of->secret) {
    messages.push_back(fmt::format("{} is no setting", shown));
    return;
  }
  const auto* path = std::get_if<std::string>(&value);
  const auto secret = path == nullptr ? std::nullopt : read_secret(*path);
  if (!secret) {
    messages.push_back(fmt::format("{} names a file that can't be read", shown));
  } else if (const auto problem = of->set(config, Value{*secret})) {
    messages.push_back(fmt::format("the file of {} {}", shown, *problem));
  }
}

void take_table(Config& config, const toml::table& table, const std::string& prefix, Messages& messages) {
  for (const auto& [key, node] : table) {
    const auto name = prefix.empty() ? std::string{key.str()} : prefix + "." + std::string{key.str()};
    if (const auto* inner = node.as_table()) {
      take_table(config, *inner, name, messages);
    } else if (const auto value = to_value(node)) {
      take(config, name, name, *value, messages);
    } else {
      messages.push_back(
          fmt::format("{} must be text, a whole number, true, false or a list of texts", name));
    }
  }
}

/// "SHOPFLOW_HTTP_PORT" -> "http.port"; several keys can't share a variable, since only the first underscore
/// is a dot.
std::string key_name(std::string_view variable) {
  std::string name{variable.substr(std::string_view{"SHOPFLOW_"}.size())};
  std::ranges::transform(name, name.begin(),
                         [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  const auto at = name.find('_');
  if (at != std::string::npos) name[at] = '.';
  return name;
}

/// Each secret may also be a file there that has the setting's name.
void take_credentials(Config& config, const std::string& directory, Messages& messages) {
  for (const auto& key : config_keys()) {
    const auto path = directory + "/" + std::string{key.name};
    if (!key.secret || !std::filesystem::exists(path)) continue;
    const auto secret = read_secret(path);
    if (!secret) {
      messages.push_back(fmt::format("{} can't be read", path));
    } else if (const auto problem = key.set(config, Value{*secret})) {
      messages.push_back(fmt::format("the credential {} {}", key.name, *problem));
    }
  }
}

}  // namespace

std::expected<Config, ConfigErrors> load_config(const std::optional<std::filesystem::path>& file,
                                                const Environment& environment) {
  Config config;
  Messages messages;
  if (file) {
    if (!std::filesystem::is_regular_file(*file))
      return std::unexpected{ConfigErrors{{fmt::format("{} does not exist or is no file", file->string())}}};
    try {
      take_table(config, toml::parse_file(file->string()), "", messages);
    } catch (const toml::parse_error& error) {
      messages.push_back(
          fmt::format("{} line {}: {}", file->string(), error.source().begin.line, error.description()));
    }
  }
  if (const auto found = environment.find(kCredentials); found != environment.end())
    take_credentials(config, found->second, messages);
  for (const auto& [variable, value] : environment) {
    if (variable == kCredentials) continue;
    if (variable.starts_with("SHOPFLOW_TEST_") ||
        std::ranges::find(kNotSettings, variable) != std::end(kNotSettings))
      continue;
    take(config, key_name(variable), variable, Value{value}, messages);
  }
  if (config.payments.providers.empty())
    messages.emplace_back("payments.providers must name at least one provider");
  if (!messages.empty()) return std::unexpected{ConfigErrors{std::move(messages)}};
  return config;
}

Environment process_environment() {
  Environment found;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view pair{*entry};
    const auto at = pair.find('=');
    const bool ours = pair.starts_with("SHOPFLOW_") || pair.substr(0, at) == kCredentials;
    if (ours && at != std::string_view::npos) found.emplace(pair.substr(0, at), pair.substr(at + 1));
  }
  return found;
}

}  // namespace shopflow::app
