#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "shopflow/core/json_read.hpp"
#include "shopflow/core/json_shape.hpp"
#include "shopflow/core/json_text.hpp"

namespace shopflow::json {

/// Which way a struct travels. Requests are closed (an unknown member is refused) and may say null for an
/// optional member; whoever reads our answers must expect new members, so answers are open.
enum class Use : std::uint8_t { request, response };

/// The schemas of an OpenAPI 3.1 document (JSON Schema 2020-12), collected from every body and answer. A
/// struct that travels both ways has two schemas: `Address` for answers and `AddressInput` for requests.
/// Which structs do so is known only in the end: describe everything first, then take `schemas()` and
/// `ref()`.
class Components {
 public:
  /// Announces a schema; false if it is known already. Throws std::logic_error if another type has that name.
  bool begin(std::string_view name, Use use, const void* type);
  void put(std::string_view name, Use use, std::string schema);

  /// Published name -> JSON text of the schema.
  [[nodiscard]] std::map<std::string, std::string> schemas() const;
  /// The text {"$ref":"#/components/schemas/…"} for a shape that has been described.
  [[nodiscard]] std::string ref(std::string_view name, Use use) const;

 private:
  struct Entry {
    const void* type = nullptr;
    std::string request;
    std::string response;
  };
  [[nodiscard]] bool goes_both_ways(const Entry& entry) const;
  [[nodiscard]] std::string resolved(std::string schema, Use use) const;
  std::map<std::string, Entry, std::less<>> entries_;
};

/// One parameter of a query string for OpenAPI; `schema` is JSON text. Lists are style form, explode false.
struct ParameterDescription {
  std::string name;
  std::string description;
  bool required = false;
  std::string schema;
};

template <Shaped T>
[[nodiscard]] std::string schema_name() {
  return std::string{Shape<T>::name};
}

/// Adds the schema of T and of everything in it. Does nothing for what is described already.
template <class T>
void describe(Components& components, Use use);

/// The parameters of a query string that read_query<T> takes.
template <Shaped T>
[[nodiscard]] std::vector<ParameterDescription> query_parameters();

namespace describing {

template <class T>
inline constexpr char type_mark = 0;  // its address tells types apart

void money(Components& components, Use use);
void append_ref(std::string& out, std::string_view name);

template <class T, class Constraint>
void limit(std::string& out, const Constraint& constraint) {
  if constexpr (std::is_same_v<Constraint, Items>) {
    constraint.describe(out, kinds::is_map<T>);
  } else if constexpr (std::is_same_v<T, Money> && std::is_same_v<Constraint, Between>) {
    std::string inner;
    constraint.describe(inner);
    out += R"(,"properties":{"amount":{)" + inner.substr(1) + "}}";
  } else if constexpr (!reading::is_each<Constraint> && !std::is_same_v<Constraint, OrDefault>) {
    constraint.describe(out);
  }
}

/// The limits that hold without being declared; only requests are held to them.
template <class T, class Constraints>
void general_limit(std::string& out, Use use) {
  if (use != Use::request) return;
  if constexpr (std::is_same_v<T, std::string>) {
    if constexpr (!reading::declares<Length, Constraints> &&
                  !reading::has_choice(static_cast<const Constraints*>(nullptr))) {
      Length{0, kLengthMax}.describe(out);
    }
  } else if constexpr (kinds::is_vector<T> || kinds::is_map<T>) {
    if constexpr (!reading::declares<Items, Constraints>) Items{0, kItemsMax}.describe(out, kinds::is_map<T>);
  }
}

template <class T, class Constraints>
void members(std::string& out, const Constraints& constraints, Components& components, Use use);

template <class T, class Constraints>
void type(std::string& out, const Constraints& constraints, Components& components, Use use) {
  if constexpr (std::is_same_v<T, bool>) {
    out += R"("type":"boolean")";
  } else if constexpr (kinds::Integer<T>) {
    out += sizeof(T) == 8 ? R"("type":"integer","format":"int64")" : R"("type":"integer","format":"int32")";
  } else if constexpr (std::is_same_v<T, double>) {
    out += R"("type":"number","format":"double")";
  } else if constexpr (std::is_same_v<T, std::string>) {
    out += R"("type":"string")";
  } else if constexpr (Textual<T>) {
    Text<T>::describe(out);
  } else if constexpr (std::is_same_v<T, Money>) {
    money(components, use);
    append_ref(out, "Money");
  } else if constexpr (kinds::is_vector<T>) {
    out += R"("type":"array","items":{)";
    members<typename T::value_type>(out, reading::of_elements(constraints), components, use);
    out.push_back('}');
  } else if constexpr (kinds::is_map<T>) {
    out += R"("type":"object","additionalProperties":{)";
    members<typename T::mapped_type>(out, reading::of_elements(constraints), components, use);
    out.push_back('}');
  } else {
    static_assert(Shaped<T>, "json::Shape is not specialised for this type");
    describe<T>(components, use);
    append_ref(out, Shape<T>::name);
  }
}

/// The members of a schema, without the braces; nothing for Raw, which may be anything.
template <class T, class Constraints>
void members(std::string& out, const Constraints& constraints, Components& components, Use use) {
  if constexpr (kinds::is_optional<T>) {
    if (use == Use::request || kinds::is_optional<typename T::value_type>) {
      std::string inner;
      members<typename T::value_type>(inner, constraints, components, use);
      if (inner.empty() || inner.starts_with(R"("anyOf")")) {
        out += inner;
      } else {
        out += R"("anyOf":[{)" + inner + R"(},{"type":"null"}])";
      }
    } else {
      members<typename T::value_type>(out, constraints, components, use);
    }
  } else if constexpr (!std::is_same_v<T, Raw>) {
    type<T>(out, constraints, components, use);
    general_limit<T, Constraints>(out, use);
    std::apply([&](const auto&... one) { (limit<T>(out, one), ...); }, constraints);
  }
}

template <class T, std::size_t I>
void property(std::string& properties, std::string& required, Components& components, Use use) {
  constexpr const auto& declared = std::get<I>(Shape<T>::fields);
  using Member = typename std::remove_cvref_t<decltype(declared)>::Type;
  write_string(properties, declared.name);
  properties += ":{";
  members<Member>(properties, declared.constraints, components, use);
  if (properties.back() != '{') properties.push_back(',');
  properties += R"("description":)";
  write_string(properties, declared.description);
  properties += "},";
  const bool optional = use == Use::request ? reading::may_be_absent<T, I>() : kinds::is_optional<Member>;
  if (optional) return;
  write_string(required, declared.name);
  required.push_back(',');
}

template <class T>
inline constexpr bool is_open = requires { requires Shape<T>::is_open; };

[[nodiscard]] std::string object(std::string properties, std::string required, bool is_closed);

template <class T, std::size_t I>
ParameterDescription parameter() {
  constexpr const auto& declared = std::get<I>(Shape<T>::fields);
  using Member = typename std::remove_cvref_t<decltype(declared)>::Type;
  Components none;
  std::string schema = "{";
  if constexpr (kinds::is_optional<Member>) {
    members<typename Member::value_type>(schema, declared.constraints, none, Use::request);
  } else {
    members<Member>(schema, declared.constraints, none, Use::request);
  }
  schema.push_back('}');
  return {std::string{declared.name}, std::string{declared.description}, !reading::may_be_absent<T, I>(),
          std::move(schema)};
}

}  // namespace describing

template <class T>
void describe(Components& components, Use use) {
  static_assert(Shaped<T>, "json::Shape is not specialised for this type");
  if (!components.begin(Shape<T>::name, use, &describing::type_mark<T>)) return;
  std::string properties;
  std::string required;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (describing::property<T, I>(properties, required, components, use), ...);
  }(std::make_index_sequence<field_count<T>>{});
  const bool is_closed = use == Use::request && !describing::is_open<T>;
  components.put(Shape<T>::name, use,
                 describing::object(std::move(properties), std::move(required), is_closed));
}

template <Shaped T>
std::vector<ParameterDescription> query_parameters() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return std::vector<ParameterDescription>{describing::parameter<T, I>()...};
  }(std::make_index_sequence<field_count<T>>{});
}

}  // namespace shopflow::json
