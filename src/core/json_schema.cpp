#include "shopflow/core/json_schema.hpp"

#include <stdexcept>

namespace shopflow::json {
namespace {

constexpr std::string_view kRefLead = "#/components/schemas/";

}  // namespace

bool Components::begin(std::string_view name, Use use, const void* type) {
  auto& entry = entries_[std::string{name}];
  if (entry.type != nullptr && entry.type != type) {
    throw std::logic_error{"Two shapes have the name " + std::string{name} + "."};
  }
  entry.type = type;
  auto& schema = use == Use::request ? entry.request : entry.response;
  if (!schema.empty()) return false;
  schema = "{}";  // ends the recursion of a shape that holds itself
  return true;
}

void Components::put(std::string_view name, Use use, std::string schema) {
  auto& entry = entries_.find(name)->second;
  (use == Use::request ? entry.request : entry.response) = std::move(schema);
}

bool Components::goes_both_ways(const Entry& entry) const {
  return !entry.request.empty() && !entry.response.empty() && entry.request != entry.response;
}

std::string Components::resolved(std::string schema, Use use) const {
  if (use == Use::response) return schema;
  for (auto at = schema.find(kRefLead); at != std::string::npos; at = schema.find(kRefLead, at)) {
    at += kRefLead.size();
    const auto quote = schema.find('"', at);
    if (quote == std::string::npos) break;
    const auto entry = entries_.find(std::string_view{schema}.substr(at, quote - at));
    if (entry != entries_.end() && goes_both_ways(entry->second)) schema.insert(quote, "Input");
  }
  return schema;
}

std::map<std::string, std::string> Components::schemas() const {
  std::map<std::string, std::string> out;
  const auto add = [&](const std::string& name, std::string schema) {
    if (!out.emplace(name, std::move(schema)).second)
      throw std::logic_error{"Two schemas have the name " + name + "."};
  };
  for (const auto& [name, entry] : entries_) {
    if (goes_both_ways(entry)) add(name + "Input", resolved(entry.request, Use::request));
    const bool answers = !entry.response.empty();
    add(name, resolved(answers ? entry.response : entry.request, answers ? Use::response : Use::request));
  }
  return out;
}

std::string Components::ref(std::string_view name, Use use) const {
  std::string out = "{";
  describing::append_ref(out, name);
  out.push_back('}');
  return resolved(std::move(out), use);
}

namespace describing {

void append_ref(std::string& out, std::string_view name) {
  out += R"("$ref":")";
  out += kRefLead;
  out += name;
  out.push_back('"');
}

void money(Components& components, Use use) {
  static constexpr char mark = 0;
  if (!components.begin("Money", use, &mark)) return;
  // The same both ways: money has these two members for ever.
  std::string schema = R"({"type":"object","description":"An amount in the minor units of a currency.",)";
  schema += R"("properties":{"amount":{"type":"integer","format":"int64")";
  Between{-kMoneyMax, kMoneyMax}.describe(schema);
  schema += R"(},"currency":{)";
  Text<Currency>::describe(schema);
  schema += R"(}},"required":["amount","currency"],"additionalProperties":false})";
  components.put("Money", use, std::move(schema));
}

std::string object(std::string properties, std::string required, bool is_closed) {
  if (!properties.empty()) properties.pop_back();  // the comma behind the last one
  if (!required.empty()) required.pop_back();
  std::string out = R"({"type":"object","properties":{)" + properties + "}";
  if (!required.empty()) out += R"(,"required":[)" + required + "]";
  if (is_closed) out += R"(,"additionalProperties":false)";
  return out + "}";
}

}  // namespace describing
}  // namespace shopflow::json
