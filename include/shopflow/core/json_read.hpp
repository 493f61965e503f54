#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/json_constraints.hpp"
#include "shopflow/core/json_document.hpp"
#include "shopflow/core/json_reading.hpp"
#include "shopflow/core/json_shape.hpp"
#include "shopflow/core/json_text.hpp"

namespace shopflow::json {

/// Reads a request strictly. invalid_json (400) if the text is not JSON, see Document::parse; invalid_request
/// (400) with fields coded wrong_type, required or unknown_field; validation_failed (422) if all has the
/// declared shape but values pass their limits. Integers never go through a double: 1.0 and 1e2 are refused.
template <class T>
[[nodiscard]] Result<T> read(std::string_view text, ReadLimits limits = {});

/// Reads data that this program wrote itself, perhaps an older or newer version of it: unknown members are
/// ignored, absent and null ones keep their default, limits are not checked. Throws std::runtime_error on
/// anything else.
template <class T>
[[nodiscard]] T read_trusted(std::string_view text);

namespace reading {

using Unconstrained = std::tuple<>;

template <class Constraint>
inline constexpr bool is_each = false;
template <class... Constraints>
inline constexpr bool is_each<Each<Constraints...>> = true;
template <class Constraint>
inline constexpr bool is_one_of = false;
template <std::size_t N>
inline constexpr bool is_one_of<OneOf<N>> = true;

template <class Wanted, class... Constraints>
consteval bool has(const std::tuple<Constraints...>*) {
  return (std::is_same_v<Wanted, Constraints> || ...);
}
template <class Wanted, class Constraints>
inline constexpr bool declares = has<Wanted>(static_cast<const Constraints*>(nullptr));

template <class... Constraints>
consteval bool has_choice(const std::tuple<Constraints...>*) {
  return (is_one_of<Constraints> || ...);
}

template <class Constraint, class T>
void check_one(const Constraint& constraint, const T& value, const Path& path, Reading& errors) {
  if constexpr (std::is_same_v<T, Money> && std::is_same_v<Constraint, Between>) {
    if (auto violation = constraint.check(value))
      errors.violated(path.member("amount"), std::move(*violation));
  } else if constexpr (!is_each<Constraint> && !std::is_same_v<Constraint, OrDefault>) {
    static_assert(
        requires { constraint.check(value); }, "this constraint does not fit the type of its field");
    if (auto violation = constraint.check(value)) errors.violated(path, std::move(*violation));
  }
}

/// Checks the declared limits, and the general one of a string or collection that declares none.
template <class T, class Constraints>
void check(const T& value, const Constraints& constraints, const Path& path, Reading& errors) {
  if (errors.lenient()) return;
  if constexpr (std::is_same_v<T, std::string>) {
    if constexpr (!declares<Length, Constraints> && !has_choice(static_cast<const Constraints*>(nullptr))) {
      check_one(Length{0, kLengthMax}, value, path, errors);
    }
  } else if constexpr (kinds::is_vector<T> || kinds::is_map<T>) {
    if constexpr (!declares<Items, Constraints>) check_one(Items{0, kItemsMax}, value, path, errors);
  }
  std::apply([&](const auto&... each_one) { (check_one(each_one, value, path, errors), ...); }, constraints);
}

/// The limits of the elements: those inside of each(…), if there is one.
template <class... Constraints>
constexpr auto of_elements(const std::tuple<Constraints...>& constraints) {
  return std::apply(
      [](const auto&... one) {
        return std::tuple_cat([&] {
          if constexpr (is_each<std::remove_cvref_t<decltype(one)>>) {
            return one.constraints;
          } else {
            return Unconstrained{};
          }
        }()...);
      },
      constraints);
}

/// What is said of an integer that its type can't hold: the declared limits, or else those of the type.
template <class T, class Constraints>
[[nodiscard]] Violation outside_of(const Constraints& constraints) {
  using Limits = std::numeric_limits<T>;
  if constexpr (declares<Between, Constraints>) {
    return std::get<Between>(constraints).violation();
  } else {
    return Between{Limits::min(), Limits::max()}.violation();
  }
}

template <class T, class Constraints>
void integral(const Node& node, T& out, const Constraints& constraints, const Path& path, Reading& errors) {
  if (node.kind() != Kind::integer && node.kind() != Kind::big_integer) {
    return errors.wrong_type(path, "an integer", node.kind());
  }
  const bool fits = node.kind() == Kind::integer && std::in_range<T>(node.integer());
  if (!fits) return errors.violated(path, outside_of<T>(constraints));
  out = static_cast<T>(node.integer());
  check(out, constraints, path, errors);
}

template <class T>
void shape(const Node& node, T& out, const Path& path, Reading& errors);

template <class T, class Constraints>
void value(const Node& node, T& out, const Constraints& constraints, const Path& path, Reading& errors);

template <class T, class Constraints>
void collection(const Node& node, T& out, const Constraints& constraints, const Path& path, Reading& errors) {
  constexpr bool map = kinds::is_map<T>;
  if (node.kind() != (map ? Kind::object : Kind::array)) {
    return errors.wrong_type(path, map ? "an object" : "an array", node.kind());
  }
  const auto limits = of_elements(constraints);
  out.clear();
  if constexpr (map) {
    for (const Node child : node) {
      const Path at = path.member(child.key());
      std::string name{child.key()};
      if (!errors.lenient()) check_one(Length{0, kKeyMax}, name, at, errors);
      value(child, out[std::move(name)], limits, at, errors);
    }
  } else {
    out.reserve(node.size());
    std::size_t index = 0;
    for (const Node child : node) {
      typename T::value_type element{};
      value(child, element, limits, path.element(index++), errors);
      out.push_back(std::move(element));
    }
  }
  check(out, constraints, path, errors);
}

template <class T, class Constraints>
void textual(const Node& node, T& out, const Constraints& constraints, const Path& path, Reading& errors) {
  if (node.kind() != Kind::string) return errors.wrong_type(path, "a string", node.kind());
  if (auto parsed = Text<T>::parse(node.text())) {
    out = *parsed;
    return check(out, constraints, path, errors);
  }
  errors.violated(path, {Text<T>::code, "The value must be " + Text<T>::expected() + "."});
}

/// Whether both members were there and of their types.
bool money(const Node& node, Money& out, const Path& path, Reading& errors);

template <class T, class Constraints>
void value(const Node& node, T& out, const Constraints& constraints, const Path& path, Reading& errors) {
  if constexpr (kinds::is_optional<T>) {
    if (node.kind() == Kind::null && !kinds::is_optional<typename T::value_type>) {
      out.reset();
    } else {
      value(node, out.emplace(), constraints, path, errors);
    }
  } else if constexpr (std::is_same_v<T, bool>) {
    if (node.kind() != Kind::boolean) return errors.wrong_type(path, "true or false", node.kind());
    out = node.boolean();
  } else if constexpr (kinds::Integer<T>) {
    integral(node, out, constraints, path, errors);
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (node.kind() != Kind::string) return errors.wrong_type(path, "a string", node.kind());
    out = node.text();
    check(out, constraints, path, errors);
  } else if constexpr (Textual<T>) {
    textual(node, out, constraints, path, errors);
  } else if constexpr (std::is_same_v<T, Money>) {
    if (node.kind() != Kind::object) return errors.wrong_type(path, "an object", node.kind());
    if (money(node, out, path, errors)) check(out, constraints, path, errors);
  } else if constexpr (std::is_same_v<T, Raw>) {
    out.text.clear();
    node.dump(out.text);
  } else if constexpr (kinds::is_vector<T> || kinds::is_map<T>) {
    collection(node, out, constraints, path, errors);
  } else {
    static_assert(Shaped<T>,
                  "json::Shape is not specialised for this type, or it is only for answers (double)");
    shape(node, out, path, errors);
  }
}

template <class T, std::size_t I>
bool member(const Node& node, T& out, const Path& path, Reading& errors, bool& seen) {
  constexpr const auto& declared = std::get<I>(Shape<T>::fields);
  if (declared.name != node.key()) return false;
  seen = true;
  using Member = typename std::remove_cvref_t<decltype(declared)>::Type;
  if (errors.lenient() && node.kind() == Kind::null && !kinds::is_optional<Member> &&
      !std::is_same_v<Member, Raw>)
    return true;
  value(node, out.*(declared.member), declared.constraints, path.member(node.key()), errors);
  return true;
}

/// Whether a request may leave the field out.
template <class T, std::size_t I>
consteval bool may_be_absent() {
  using Declared = std::remove_cvref_t<decltype(std::get<I>(Shape<T>::fields))>;
  return kinds::is_optional<typename Declared::Type> || declares<OrDefault, decltype(Declared::constraints)>;
}

template <class T>
void shape(const Node& node, T& out, const Path& path, Reading& errors) {
  if (node.kind() != Kind::object) return errors.wrong_type(path, "an object", node.kind());
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    std::array<bool, sizeof...(I) + 1> seen{};
    for (const Node child : node) {
      const bool known = (member<T, I>(child, out, path, errors, seen[I]) || ...);
      if (!known && !errors.lenient()) errors.unknown(path.member(child.key()));
    }
    if (errors.lenient()) return;
    ((seen[I] || may_be_absent<T, I>() ? void()
                                       : errors.missing(path.member(std::get<I>(Shape<T>::fields).name))),
     ...);
  }(std::make_index_sequence<field_count<T>>{});
}

}  // namespace reading

template <class T>
Result<T> read(std::string_view text, ReadLimits limits) {
  const auto document = Document::parse(text, limits);
  if (!document) return std::unexpected{document.error()};
  T out{};
  Reading errors;
  reading::value(document->root(), out, reading::Unconstrained{}, Path::root(), errors);
  if (errors.failed()) return std::unexpected{std::move(errors).error()};
  return out;
}

template <class T>
T read_trusted(std::string_view text) {
  const auto document = Document::parse_trusted(text);
  T out{};
  Reading errors{true};
  reading::value(document.root(), out, reading::Unconstrained{}, Path::root(), errors);
  if (errors.failed()) std::move(errors).raise();
  return out;
}

}  // namespace shopflow::json
