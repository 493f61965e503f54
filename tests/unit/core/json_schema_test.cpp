#include "shopflow/core/json_schema.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "unit/core/json_shapes.hpp"

namespace shopflow::testing {
struct Impostor {
  bool flag = false;
};
}  // namespace shopflow::testing

template <>
struct shopflow::json::Shape<shopflow::testing::Impostor> {
  static constexpr std::string_view name = "Line";
  static constexpr auto fields = std::tuple{field("flag", &testing::Impostor::flag, "A flag.")};
};

namespace shopflow::json {
namespace {

using nlohmann::json;
using testing::Everything;
using testing::Filter;
using testing::Line;
using testing::Order;
using testing::Tree;

json schema(const Components& components, const std::string& name) {
  return json::parse(components.schemas().at(name));
}

TEST(JsonSchema, ARequestIsClosedAndTellsItsLimits) {
  Components components;
  describe<Order>(components, Use::request);
  const auto order = schema(components, "TestOrder");
  EXPECT_EQ(order["additionalProperties"], false);
  EXPECT_EQ(order["required"], json::parse(R"(["lines","email","country","mode"])"));
  EXPECT_EQ(
      order["properties"]["lines"],
      json::parse(R"({"type":"array","items":{"$ref":"#/components/schemas/Line"},"minItems":1,"maxItems":3,
                            "description":"What is wanted."})"));
  EXPECT_EQ(order["properties"]["note"],
            json::parse(R"({"anyOf":[{"type":"string","minLength":2,"maxLength":5},{"type":"null"}],
                            "description":"A \"note\"."})"));
  EXPECT_EQ(order["properties"]["tip"], json::parse(R"({"anyOf":[{"$ref":"#/components/schemas/Money",
                            "properties":{"amount":{"minimum":1,"maximum":500}}},{"type":"null"}],"description":"A tip."})"));
  EXPECT_EQ(order["properties"]["labels"],
            json::parse(
                R"({"type":"object","additionalProperties":{"type":"string","maxLength":3},"maxProperties":2,
                            "description":"Labels."})"));
  EXPECT_EQ(order["properties"]["mode"]["enum"], json::parse(R"(["slow","fast"])"));
  EXPECT_EQ(order["properties"]["comment"]["maxLength"], 1'000);
  EXPECT_TRUE(components.schemas().contains("Money"));
  EXPECT_TRUE(components.schemas().contains("Line"));
}

TEST(JsonSchema, AnAnswerIsOpenAndAlwaysCarriesWhatIsNotOptional) {
  Components components;
  describe<Order>(components, Use::response);
  const auto order = schema(components, "TestOrder");
  EXPECT_FALSE(order.contains("additionalProperties"));
  EXPECT_EQ(order["required"].size(), 8U);
  EXPECT_EQ(order["properties"]["note"]["type"], "string");
}

TEST(JsonSchema, AStructThatGoesBothWaysHasTwoSchemasAndEachUseItsOwn) {
  Components components;
  describe<Line>(components, Use::response);
  describe<Order>(components, Use::request);
  EXPECT_EQ(schema(components, "TestOrder")["properties"]["lines"]["items"]["$ref"],
            "#/components/schemas/LineInput");
  EXPECT_EQ(schema(components, "LineInput")["additionalProperties"], false);
  EXPECT_FALSE(schema(components, "Line").contains("additionalProperties"));
  EXPECT_EQ(components.ref("Line", Use::request), R"({"$ref":"#/components/schemas/LineInput"})");
  EXPECT_EQ(components.ref("Line", Use::response), R"({"$ref":"#/components/schemas/Line"})");
  EXPECT_EQ(components.ref("TestOrder", Use::request), R"({"$ref":"#/components/schemas/TestOrder"})");
}

TEST(JsonSchema, MoneyIsTheSameBothWays) {
  Components components;
  describe<Everything>(components, Use::response);
  describe<Order>(components, Use::request);
  EXPECT_TRUE(components.schemas().contains("Money"));
  EXPECT_FALSE(components.schemas().contains("MoneyInput"));
}

TEST(JsonSchema, EveryKindOfMemberIsDescribedAndEverySchemaIsJson) {
  Components components;
  describe<Everything>(components, Use::response);
  describe<List<Everything>>(components, Use::response);
  describe<testing::Measured>(components, Use::response);
  for (const auto& [name, text] : components.schemas()) EXPECT_TRUE(json::accept(text)) << name << text;
  const auto properties = schema(components, "Everything")["properties"];
  EXPECT_EQ(properties["id"]["pattern"], "^ord_[0-7][0-9a-hjkmnp-tv-z]{25}$");
  EXPECT_EQ(properties["at"]["format"], "date-time");
  EXPECT_EQ(properties["colour"]["enum"], json::parse(R"(["red","green","blue"])"));
  EXPECT_EQ(properties["large"]["format"], "int64");
  EXPECT_EQ(properties["raw"], json::parse(R"({"description":"Anything."})"));
  EXPECT_EQ(schema(components, "EverythingList")["required"], json::parse(R"(["data","has_more"])"));
}

TEST(JsonSchema, AShapeMayHoldItself) {
  Components components;
  describe<Tree>(components, Use::request);
  EXPECT_EQ(schema(components, "Tree")["properties"]["children"]["items"]["$ref"],
            "#/components/schemas/Tree");
}

TEST(JsonSchema, TwoShapesMayNotShareAName) {
  Components components;
  describe<Line>(components, Use::request);
  EXPECT_THROW(describe<testing::Impostor>(components, Use::request), std::logic_error);
}

TEST(JsonSchema, QueryParametersFollowFromTheSameShape) {
  const auto parameters = query_parameters<Filter>();
  ASSERT_EQ(parameters.size(), 6U);
  EXPECT_EQ(parameters[0].name, "limit");
  EXPECT_FALSE(parameters[0].required);
  EXPECT_EQ(parameters[0].schema, R"({"type":"integer","format":"int32","minimum":1,"maximum":100})");
  EXPECT_EQ(
      parameters[1].schema,
      R"({"type":"array","items":{"type":"string","enum":["red","green","blue"]},"minItems":1,"maxItems":2})");
  EXPECT_TRUE(parameters[5].required);
  EXPECT_EQ(parameters[5].description, "Words.");
}

}  // namespace
}  // namespace shopflow::json
