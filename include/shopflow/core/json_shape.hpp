#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace shopflow::json {

/// The published shape of a struct. Specialise it beside the struct (outside of the room's namespace):
///
///     template <> struct shopflow::json::Shape<AddLine> {
///       static constexpr std::string_view name = "AddLine";
///       static constexpr auto fields = std::tuple{
///           field("sku_id", &AddLine::sku_id, "The SKU to hold."),
///           field("quantity", &AddLine::quantity, "Units wanted.", between(1, 10'000))};
///     };
///
/// The strict reader, the writer, the JSON Schema and the query parameters follow from it. `name` is unique
/// among all shapes: it names the schema in /openapi.json. A member that is not a std::optional and not
/// `or_default()` is required when read. The struct must be default-constructible. With
/// `static constexpr bool is_open = true` its schema lets in members that it does not declare, for requests
/// that are not read by the strict reader.
template <class T>
struct Shape;

template <class T>
concept Shaped = requires {
  Shape<T>::name.size();
  std::tuple_size<std::remove_cvref_t<decltype(Shape<T>::fields)>>::value;
};

/// One published member: its JSON name, where it lives, one sentence for the reader of the API, its limits.
template <class Owner, class Member, class... Constraints>
struct Field {
  using Type = Member;
  std::string_view name;
  Member Owner::* member;
  std::string_view description;
  std::tuple<Constraints...> constraints;
};

/// Declares one field; the name consists of lower-case letters, digits and underscores.
template <class Owner, class Member, class... Constraints>
[[nodiscard]] consteval Field<Owner, Member, Constraints...> field(std::string_view name,
                                                                   Member Owner::* member,
                                                                   std::string_view description,
                                                                   Constraints... constraints) {
  for (const char c : name) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
      throw "a field name must be snake_case";
  }
  return {name, member, description, std::tuple<Constraints...>{constraints...}};
}

template <Shaped T>
inline constexpr std::size_t field_count = std::tuple_size_v<std::remove_cvref_t<decltype(Shape<T>::fields)>>;

/// A value that is JSON already: written verbatim, read as the compact dump of whatever stood there (members
/// in their order of arrival). Empty text is written as null. Its schema is {}: anything.
struct Raw {
  std::string text;
  bool operator==(const Raw&) const = default;
};

/// What is said of a list's next_cursor. Specialised for lists that are polled, whose cursor is there on the
/// last page too.
template <class T>
inline constexpr std::string_view kNextCursor =
    "Pass it as `cursor` to get the next page; absent on the last.";

/// The envelope of every list of the API. `next_cursor` is there when `has_more` is.
template <class T>
struct List {
  std::vector<T> data;
  bool has_more = false;
  std::optional<std::string> next_cursor;
};

template <class T>
struct Shape<List<T>> {
  static constexpr auto name_storage = [] {
    constexpr std::string_view item = Shape<T>::name;
    std::array<char, item.size() + 4> joined{};
    for (std::size_t i = 0; i < item.size(); ++i) joined[i] = item[i];
    for (std::size_t i = 0; i < 4; ++i) joined[item.size() + i] = "List"[i];
    return joined;
  }();
  static constexpr std::string_view name{name_storage.data(), name_storage.size()};
  static constexpr auto fields =
      std::tuple{field("data", &List<T>::data, "The entries of this page."),
                 field("has_more", &List<T>::has_more, "Whether entries follow after this page."),
                 field("next_cursor", &List<T>::next_cursor, kNextCursor<T>)};
};

/// What kinds of members there are; used by the reader, the writer and the schema alike.
namespace kinds {
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class T>
inline constexpr bool is_map<std::map<std::string, T>> = true;
template <class T>
concept Integer = std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char> &&
                  (std::is_signed_v<T> || sizeof(T) < 8);
}  // namespace kinds

}  // namespace shopflow::json
