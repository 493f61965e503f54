#include "http/operations.hpp"

namespace shopflow::testing {
namespace {

/// Values just outside of what a schema allows.
std::vector<Json> outside(const Contract& contract, Json schema) {
  for (const auto& option : schema.value("anyOf", Json::array()))
    if (option.value("type", "") != "null") schema = option;
  if (schema.contains("$ref")) {
    const auto ref = schema.at("$ref").get<std::string>().substr(1);
    schema = contract.document().at(Json::json_pointer{ref});
  }
  std::vector<Json> values;
  const auto type = schema.value("type", "");
  if (type == "integer") {
    if (schema.value("minimum", Json(0)) > std::numeric_limits<std::int64_t>::min() &&
        schema.contains("minimum"))
      values.emplace_back(schema.at("minimum").get<std::int64_t>() - 1);
    if (schema.contains("maximum") && schema.at("maximum") < std::numeric_limits<std::int64_t>::max())
      values.emplace_back(schema.at("maximum").get<std::int64_t>() + 1);
  }
  if (type == "string") {
    if (schema.value("minLength", 0) > 0) values.emplace_back("");
    if (schema.value("maxLength", 0U) > 0U && schema.value("maxLength", 0U) < 20'000U)
      values.emplace_back(std::string(schema.at("maxLength").get<std::size_t>() + 1, 'x'));
    if (schema.contains("enum") || schema.value("format", "") == "date-time") values.emplace_back("nonsense");
  }
  if (type == "array" && schema.value("minItems", 0) > 0) values.push_back(Json::array());
  return values;
}

class Limits : public OperationsTest {};

TEST_F(Limits, EveryLimitThatIsDocumentedOfABodyBites) {
  auto staff = shop.staff();
  int limits = 0;
  for (const auto& operation : operations(shop.contract)) {
    // What is signed is told to be forged before it is read.
    if (!operation.has_body() || !operation.signature().empty()) continue;
    const auto media = operation.about.at("requestBody").at("content").at("application/json");
    const auto ref = media.at("schema").at("$ref").get<std::string>().substr(1);
    for (const auto& [name, schema] :
         shop.contract.document().at(Json::json_pointer{ref}).at("properties").items()) {
      for (const auto& value : outside(shop.contract, schema)) {
        SCOPED_TRACE(operation.method + " " + operation.path + " " + name + " " + value.dump().substr(0, 80));
        auto body = good_body(operation);
        body[name] = value;
        const auto answer = staff.request(operation.method, target(operation), body, proofs(operation));
        expect_code(answer, 422, "validation_failed");
        ASSERT_TRUE(answer.json().contains("errors")) << answer.body;
        EXPECT_EQ(answer.json().at("errors").at(0).at("pointer"), "/" + name) << answer.body;
        ++limits;
      }
    }
  }
  EXPECT_GE(limits, 60);
}

TEST_F(Limits, EveryLimitThatIsDocumentedOfAQueryBites) {
  auto staff = shop.staff();
  int limits = 0;
  for (const auto& operation : operations(shop.contract)) {
    for (const auto& parameter : operation.about.value("parameters", Json::array())) {
      if (parameter.at("in") != "query" || parameter.at("name") == "cursor") continue;
      for (const auto& value : outside(shop.contract, parameter.at("schema"))) {
        const auto text = value.is_string() ? value.get<std::string>() : value.dump();
        const auto name = parameter.at("name").get<std::string>();
        SCOPED_TRACE(operation.method + " " + operation.path + " " + name + "=" + text.substr(0, 80));
        expect_code(staff.get(target(operation) + "?" + name + "=" + text), 422, "validation_failed");
        ++limits;
      }
    }
  }
  EXPECT_GE(limits, 30);
}

TEST_F(Limits, ATargetThatIsNoTargetIsRefusedEverywhere) {
  auto staff = shop.staff();
  for (const auto& operation : operations(shop.contract)) {
    SCOPED_TRACE(operation.method + " " + operation.path);
    const auto body = operation.has_body() ? std::optional{good_body(operation)} : std::nullopt;
    for (const auto* query : {"?a=%zz", "?a=%ff", "?a=%00"})
      expect_code(staff.request(operation.method, target(operation) + query, body, proofs(operation)), 400,
                  "invalid_target");
  }
}

}  // namespace
}  // namespace shopflow::testing
