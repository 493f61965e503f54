#include "support/contract.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <mutex>
#include <regex>

#include "support/seen_answers.hpp"

namespace shopflow::testing {
namespace {

/// Fields that tell a client something particular to an answer, so that each stands in the description of
/// every answer that has it.
constexpr std::array kFields{"Allow",       "ETag",      "Idempotent-Replayed", "Location",
                             "Retry-After", "RateLimit", "RateLimit-Policy",    "WWW-Authenticate"};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::vector<std::string> segments(const std::string& path) {
  std::vector<std::string> parts;
  std::size_t from = 1;
  while (from <= path.size()) {
    const auto to = std::min(path.find('/', from), path.size());
    parts.push_back(path.substr(from, to - from));
    from = to + 1;
  }
  return parts;
}

std::string type_of(const Json& value) {
  if (value.is_object()) return "object";
  if (value.is_array()) return "array";
  if (value.is_string()) return "string";
  if (value.is_boolean()) return "boolean";
  if (value.is_number_integer()) return "integer";
  if (value.is_number()) return "number";
  return "null";
}

/// Whether an answer of the description lists a problem's code.
bool tells_code(const Json& response, const std::string& code) {
  static const Json::json_pointer place{
      "/content/application~1problem+json/schema/allOf/1/properties/code/enum"};
  if (!response.contains(place)) return false;
  return std::ranges::any_of(response.at(place), [&](const Json& one) { return one == code; });
}

bool has_type(const Json& value, const Json& wanted) {
  const auto type = type_of(value);
  const auto fits = [&](const Json& name) { return name == type || (name == "number" && type == "integer"); };
  return wanted.is_array() ? std::ranges::any_of(wanted, fits) : fits(wanted);
}

/// Compiling one fills a cache of the locale that libstdc++ guards by nothing, so that one thread at a time
/// may do it.
const std::regex& compiled(const std::string& pattern) {
  static std::mutex mutex;
  static std::map<std::string, std::regex> all;
  const std::lock_guard lock{mutex};
  const auto found = all.find(pattern);
  return found != all.end() ? found->second : all.emplace(pattern, std::regex{pattern}).first->second;
}

}  // namespace

const Json& Contract::resolve(const Json& schema) const {
  if (!schema.contains("$ref")) return schema;
  return document_.at(Json::json_pointer{schema.at("$ref").get<std::string>().substr(1)});
}

std::string Contract::find_path(const std::string& target) const {
  const auto asked = segments(target.substr(0, target.find('?')));
  std::string best;
  std::size_t best_words = 0;
  for (const auto& [path, operations] : document_.at("paths").items()) {
    const auto parts = segments(path);
    if (parts.size() != asked.size()) continue;
    std::size_t words = 1;
    bool fits = true;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].starts_with('{')) continue;
      fits = fits && parts[i] == asked[i];
      ++words;
    }
    if (fits && words > best_words) {
      best = path;
      best_words = words;
    }
  }
  return best;
}

std::vector<std::string> Contract::check(const std::string& method, const std::string& target,
                                         const Answer& answer) const {
  const auto path = find_path(target);
  if (path.empty()) return {};  // not an operation: 404 route_not_found and the like
  const auto verb = lower(method);
  const auto& operations = document_.at("paths").at(path);
  if (!operations.contains(verb)) return {};
  const auto where = method + " " + path + " -> " + std::to_string(answer.status);
  const auto& responses = operations.at(verb).at("responses");
  const auto status = std::to_string(answer.status);
  const auto code = answer.code();
  note_seen_answer(method + " " + path + " " + status + (code.empty() ? "" : " " + code));
  if (!responses.contains(status) && !tells_code(resolve(responses.at("default")), code))
    return {where + ": the status is not documented (" + answer.body.substr(0, 200) + ")"};
  std::vector<std::string> wrong;
  // How a request arrives may be refused with a status that the operation has for something else, too.
  const bool of_arrival = !code.empty() && tells_code(resolve(responses.at("default")), code);
  const auto& response = resolve(responses.at(of_arrival ? "default" : status));
  check_fields(answer, response, where, wrong);
  if (!response.contains("content")) {
    if (!answer.body.empty()) wrong.push_back(where + ": a body came where none is documented");
    return wrong;
  }
  if (!code.empty() && !tells_code(response, code)) {
    wrong.push_back(where + ": the code " + code + " is not documented");
  }
  const auto type = answer.header("content-type").substr(0, answer.header("content-type").find(';'));
  const auto& content = response.at("content");
  if (!content.contains(type)) {
    if (!content.contains("*/*")) wrong.push_back(where + ": the type " + type + " is not documented");
    return wrong;
  }
  if (content.at(type).contains("schema") && type.find("json") != std::string::npos) {
    check_value(answer.json(), content.at(type).at("schema"), where, wrong);
  }
  return wrong;
}

void Contract::check_fields(const Answer& answer, const Json& response, const std::string& where,
                            std::vector<std::string>& wrong) {
  const auto documented = response.value("headers", Json::object());
  for (const auto& [name, about] : documented.items()) {
    if (about.value("required", false) && answer.header(lower(name)).empty())
      wrong.push_back(where + ": the field " + name + " is missing");
  }
  for (const auto* name : kFields) {
    if (!answer.header(lower(name)).empty() && !documented.contains(name))
      wrong.push_back(where + ": the field " + name + " is not documented");
  }
}

void Contract::check_value(const Json& value, const Json& unresolved, const std::string& where,
                           std::vector<std::string>& wrong) const {
  const auto& schema = resolve(unresolved);
  for (const auto* some : {"anyOf", "oneOf"}) {
    if (!schema.contains(some)) continue;
    for (const auto& option : schema.at(some)) {
      std::vector<std::string> objections;
      check_value(value, option, where, objections);
      if (objections.empty()) return;
    }
    wrong.push_back(where + ": fits none of the documented shapes: " + value.dump().substr(0, 200));
    return;
  }
  for (const auto& part : schema.value("allOf", Json::array())) {
    // What one part does not know may be another's.
    auto open = resolve(part);
    open["additionalProperties"] = true;
    check_value(value, open, where, wrong);
  }
  if (schema.contains("type") && !has_type(value, schema.at("type"))) {
    wrong.push_back(where + ": is " + type_of(value) + ", documented is " + schema.at("type").dump());
    return;
  }
  if (schema.contains("enum") && std::ranges::find(schema.at("enum"), value) == schema.at("enum").end()) {
    wrong.push_back(where + ": " + value.dump() + " is not one of " + schema.at("enum").dump());
  }
  if (schema.contains("const") && value != schema.at("const"))
    wrong.push_back(where + ": is not " + schema.at("const").dump());
  if (value.is_number() && schema.contains("minimum") && value < schema.at("minimum"))
    wrong.push_back(where + ": too small");
  if (value.is_number() && schema.contains("maximum") && value > schema.at("maximum"))
    wrong.push_back(where + ": too large");
  if (value.is_string() && schema.contains("pattern") &&
      !std::regex_search(value.get<std::string>(), compiled(schema.at("pattern").get<std::string>()))) {
    wrong.push_back(where + ": '" + value.get<std::string>() + "' is not of the form " +
                    schema.at("pattern").dump());
  }
  if (value.is_array() && schema.contains("items")) {
    for (std::size_t i = 0; i < value.size(); ++i)
      check_value(value[i], schema.at("items"), where + "/" + std::to_string(i), wrong);
  }
  if (value.is_object()) check_object(value, schema, where, wrong);
}

void Contract::check_object(const Json& value, const Json& schema, const std::string& where,
                            std::vector<std::string>& wrong) const {
  for (const auto& name : schema.value("required", Json::array())) {
    if (!value.contains(name.get<std::string>()))
      wrong.push_back(where + "/" + name.get<std::string>() + ": is missing");
  }
  const auto properties = schema.value("properties", Json::object());
  const bool open = schema.contains("additionalProperties") && schema.at("additionalProperties") != false;
  for (const auto& [name, member] : value.items()) {
    if (properties.contains(name)) {
      check_value(member, properties.at(name), where + "/" + name, wrong);
    } else if (!properties.empty() && !open) {
      wrong.push_back(where + "/" + name + ": is not documented");
    }
  }
}

}  // namespace shopflow::testing
