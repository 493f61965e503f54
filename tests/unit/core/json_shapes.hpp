#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "shopflow/core/json.hpp"

/// Structs with one member of every kind, for the tests of the shapes.
namespace shopflow::testing {

enum class Colour : std::uint8_t { red, green, blue };

struct Line {
  SkuId sku_id;
  std::int32_t quantity = 0;
  bool operator==(const Line&) const = default;
};

/// What travels both ways.
struct Everything {
  bool flag = false;
  std::int16_t small = 0;
  std::int32_t medium = 0;
  std::int64_t large = 0;
  std::string text;
  OrderId id;
  Money price;
  Currency currency;
  Timestamp at;
  Colour colour = Colour::red;
  std::optional<std::string> note;
  std::optional<std::optional<std::int32_t>> patch;
  std::vector<Line> lines;
  std::vector<std::optional<std::int32_t>> gaps;
  std::map<std::string, std::string> labels;
  json::Raw raw{"null"};
  bool operator==(const Everything&) const = default;
};

/// What is limited.
struct Order {
  std::vector<Line> lines;
  std::string email;
  std::string country;
  std::string mode;
  std::optional<std::string> note;
  std::optional<Money> tip;
  std::vector<std::string> tags{"none"};
  std::map<std::string, std::string> labels;
  std::int64_t priority = 5;
  std::string comment;
};

struct Filter {
  std::optional<std::int32_t> limit;
  std::vector<Colour> colour;
  std::optional<ProductId> product;
  std::optional<Timestamp> since;
  std::optional<bool> in_stock;
  std::string q;
};

struct Measured {
  double value = 0;
};

struct Tree {
  std::string name;
  std::vector<Tree> children;
};

}  // namespace shopflow::testing

template <>
struct shopflow::json::Names<shopflow::testing::Colour> {
  using enum testing::Colour;
  static constexpr std::array<std::pair<testing::Colour, std::string_view>, 3> values{
      {{red, "red"}, {green, "green"}, {blue, "blue"}}};
};

template <>
struct shopflow::json::Shape<shopflow::testing::Line> {
  using Line = testing::Line;
  static constexpr std::string_view name = "Line";
  static constexpr auto fields = std::tuple{field("sku_id", &Line::sku_id, "The SKU."),
                                            field("quantity", &Line::quantity, "Units.", between(1, 10'000))};
};

template <>
struct shopflow::json::Shape<shopflow::testing::Everything> {
  using Everything = testing::Everything;
  static constexpr std::string_view name = "Everything";
  static constexpr auto fields = std::tuple{field("flag", &Everything::flag, "A flag."),
                                            field("small", &Everything::small, "16 bits."),
                                            field("medium", &Everything::medium, "32 bits."),
                                            field("large", &Everything::large, "64 bits."),
                                            field("text", &Everything::text, "A text."),
                                            field("id", &Everything::id, "An identifier."),
                                            field("price", &Everything::price, "A price."),
                                            field("currency", &Everything::currency, "A currency."),
                                            field("at", &Everything::at, "A moment."),
                                            field("colour", &Everything::colour, "A colour."),
                                            field("note", &Everything::note, "A note."),
                                            field("patch", &Everything::patch, "Null empties it."),
                                            field("lines", &Everything::lines, "Lines."),
                                            field("gaps", &Everything::gaps, "Numbers with gaps."),
                                            field("labels", &Everything::labels, "Labels."),
                                            field("raw", &Everything::raw, "Anything.")};
};

template <>
struct shopflow::json::Shape<shopflow::testing::Order> {
  using Order = testing::Order;
  static constexpr std::string_view name = "TestOrder";
  static constexpr auto fields =
      std::tuple{field("lines", &Order::lines, "What is wanted.", items(1, 3)),
                 field("email", &Order::email, "Where the answer goes.", email()),
                 field("country", &Order::country, "Where to.", country()),
                 field("mode", &Order::mode, "How.", one_of("slow", "fast")),
                 field("note", &Order::note, "A \"note\".", length(2, 5)),
                 field("tip", &Order::tip, "A tip.", between(1, 500)),
                 field("tags", &Order::tags, "Tags.", or_default(), items(0, 2), each(length(1, 4), slug())),
                 field("labels", &Order::labels, "Labels.", or_default(), items(0, 2), each(length(0, 3))),
                 field("priority", &Order::priority, "Low is soon.", or_default(), between(0, 9)),
                 field("comment", &Order::comment, "A comment.", or_default())};
};

template <>
struct shopflow::json::Shape<shopflow::testing::Filter> {
  using Filter = testing::Filter;
  static constexpr std::string_view name = "Filter";
  static constexpr auto fields =
      std::tuple{field("limit", &Filter::limit, "Entries on a page.", between(1, 100)),
                 field("colour", &Filter::colour, "Any of these.", or_default(), items(1, 2)),
                 field("product", &Filter::product, "Of this product."),
                 field("since", &Filter::since, "Made since."),
                 field("in_stock", &Filter::in_stock, "Only what is there."),
                 field("q", &Filter::q, "Words.", length(1, 20))};
};

template <>
struct shopflow::json::Shape<shopflow::testing::Measured> {
  static constexpr std::string_view name = "Measured";
  static constexpr auto fields = std::tuple{field("value", &testing::Measured::value, "A ratio.")};
};

template <>
struct shopflow::json::Shape<shopflow::testing::Tree> {
  static constexpr std::string_view name = "Tree";
  static constexpr auto fields = std::tuple{field("name", &testing::Tree::name, "Its name."),
                                            field("children", &testing::Tree::children, "What hangs below.")};
};
