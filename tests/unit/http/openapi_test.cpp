#include "shopflow/http/openapi.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "small_server.hpp"

namespace shopflow::http::testing {
namespace {

struct Batch {
  std::vector<std::string> notes;
  int times = 0;
};

}  // namespace
}  // namespace shopflow::http::testing

template <>
struct shopflow::json::Shape<shopflow::http::testing::Batch> {
  using T = shopflow::http::testing::Batch;
  static constexpr std::string_view name = "Batch";
  static constexpr auto fields =
      std::tuple{field("notes", &T::notes, "What to say.", items(1, 10)),
                 field("times", &T::times, "How often to say it.", between(1, 100))};
};

namespace shopflow::http::testing {
namespace {

struct BatchApi {
  boost::asio::awaitable<Result<Reply<Note>>> say(const Request&, Batch) { co_return Note{}; }
};
struct BatchApis {
  BatchApi batches;
  template <class Api>
  Api& get() {
    return batches;
  }
};
constexpr std::array kLimitedRoutes{
    route<BatchApis, &BatchApi::say>(Method::put, "/v1/batch", who::anyone, Repeat::idempotent, "Say it")};

const nlohmann::json& document() {
  static const auto parsed = nlohmann::json::parse(
      openapi_json(kRoutes, {.title = "Notes", .version = "1", .description = "Some notes."}));
  return parsed;
}

TEST(OpenApi, HasEveryRoute) {
  EXPECT_EQ(document()["openapi"], "3.1.0");
  std::size_t operations = 0;
  for (const auto& path : document()["paths"]) operations += path.size();
  EXPECT_EQ(operations, kRoutes.size());
  const auto& create = document()["paths"]["/v1/notes"]["post"];
  EXPECT_EQ(create["operationId"], "post_v1_notes");
  EXPECT_EQ(create["tags"], nlohmann::json::array({"Notes"}));
  EXPECT_EQ(create["security"], nlohmann::json::array());
  EXPECT_EQ(create["requestBody"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/NoteInput");
  EXPECT_EQ(create["responses"]["201"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/Note");
}

TEST(OpenApi, TellsTheLimitsThatAreSettings) {
  const auto of = [](std::string_view schema, std::string_view member) {
    const std::array limits{SchemaLimit{schema, member, 7}};
    return openapi_json(kLimitedRoutes, {.title = "Notes", .version = "1", .description = ""}, limits);
  };
  const auto read = nlohmann::json::parse(of("Batch", "notes"));
  const auto& members = read["components"]["schemas"]["Batch"]["properties"];
  EXPECT_EQ(members["notes"]["maxItems"], 7);
  EXPECT_EQ(members["times"]["maximum"], 100);
  const auto other = nlohmann::json::parse(of("Batch", "times"));
  EXPECT_EQ(other["components"]["schemas"]["Batch"]["properties"]["times"]["maximum"], 7);
  EXPECT_ANY_THROW(of("Batches", "notes"));
  EXPECT_ANY_THROW(of("Batch", "note"));
  EXPECT_ANY_THROW(of("NoteInput", "text"));
}

TEST(OpenApi, TellsParametersFromTheDeclarations) {
  const auto& show = document()["paths"]["/v1/notes/{id}"]["get"]["parameters"][0];
  EXPECT_EQ(show["name"], "id");
  EXPECT_EQ(show["in"], "path");
  EXPECT_EQ(show["required"], true);
  EXPECT_EQ(document()["paths"]["/v1/notes"]["get"]["parameters"][0]["name"], "count");
  const auto& charge = document()["paths"]["/v1/charges"]["post"]["parameters"][0];
  EXPECT_EQ(charge["name"], "Idempotency-Key");
  EXPECT_EQ(charge["required"], true);
  const auto& remove = document()["paths"]["/v1/tagged"]["delete"];
  EXPECT_EQ(remove["parameters"][0]["name"], "If-Match");
  EXPECT_EQ(remove["security"], nlohmann::json::parse(R"([{"key":[]}])"));
}

TEST(OpenApi, TellsOfVersionsWhereTheHandlersAnswerHasThem) {
  const auto& tagged = document()["paths"]["/v1/tagged"];
  EXPECT_EQ(tagged["get"]["parameters"][0]["name"], "If-None-Match");
  EXPECT_EQ(tagged["get"]["parameters"][0]["required"], false);
  EXPECT_EQ(tagged["get"]["responses"]["200"]["headers"]["ETag"]["required"], true);
  EXPECT_EQ(tagged["get"]["responses"]["304"]["headers"]["ETag"]["required"], true);
  EXPECT_FALSE(tagged["get"]["responses"]["304"].contains("content"));
  const auto& made = document()["paths"]["/v1/tagged"]["post"]["responses"];
  EXPECT_FALSE(made["201"]["headers"]["ETag"].contains("required")) << "a kept answer has none";
  EXPECT_FALSE(made.contains("304"));
  for (const auto& [path, methods] : document()["paths"].items()) {
    if (path == "/v1/tagged") continue;
    for (const auto& operation : methods)
      EXPECT_EQ(operation.dump().find("ETag\":"), std::string::npos) << path;
  }
}

TEST(OpenApi, ListsEveryStatusWithItsCodes) {
  const auto& charge = document()["paths"]["/v1/charges"]["post"]["responses"];
  const auto codes_of = [](const nlohmann::json& response) {
    return response["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]["code"]
                   ["enum"];
  };
  EXPECT_EQ(codes_of(charge["409"]), nlohmann::json::array({"idempotency_in_flight"}));
  EXPECT_EQ(codes_of(charge["422"]), nlohmann::json::array({"idempotency_key_reused", "validation_failed"}));
  EXPECT_TRUE(charge["503"]["headers"].contains("Retry-After"));
  EXPECT_TRUE(charge.contains("415"));
  for (const auto* field : {"Retry-After", "RateLimit", "RateLimit-Policy"}) {
    EXPECT_TRUE(charge["429"]["headers"].contains(field)) << field;
  }
  const auto& admin = document()["paths"]["/v1/admin/notes"]["post"]["responses"];
  EXPECT_EQ(codes_of(admin["403"]), nlohmann::json::array({"role_not_allowed"}));
  EXPECT_EQ(codes_of(document()["paths"]["/v1/missing"]["get"]["responses"]["404"]),
            nlohmann::json::array({"note_missing"}));
}

TEST(OpenApi, TellsOfWhatIsRefusedForHowItArrives) {
  for (const auto& [path, methods] : document()["paths"].items()) {
    for (const auto& operation : methods)
      EXPECT_EQ(operation["responses"]["default"]["$ref"], "#/components/responses/NotArrived") << path;
  }
  const auto text = document()["components"]["responses"]["NotArrived"].dump();
  for (const auto* error : errors_of_arrival())
    EXPECT_NE(text.find('"' + std::string{error->code} + '"'), std::string::npos) << error->code;
}

TEST(OpenApi, TellsWhoSignsABodyAndHow) {
  const auto& notice = document()["paths"]["/v1/notices"]["post"];
  EXPECT_EQ(notice["parameters"][0]["name"], "Note-Signature");
  EXPECT_EQ(notice["parameters"][0]["required"], true);
  EXPECT_EQ(notice["parameters"][0]["description"], "By hand.");
  EXPECT_EQ(notice["requestBody"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/NoteInput");
  // It is the room that reads it.
  EXPECT_EQ(notice.dump().find("invalid_json"), std::string::npos);
  EXPECT_FALSE(notice["responses"].contains("415"));
}

TEST(OpenApi, GivesThePathsTheirHeadings) {
  EXPECT_EQ(document()["paths"]["/v1/admin/notes"]["post"]["tags"][0], "Admin: Notes");
  EXPECT_EQ(document()["servers"][0]["url"], "/");
  EXPECT_EQ(document()["components"]["securitySchemes"]["key"]["scheme"], "bearer");
  EXPECT_EQ(document()["components"]["schemas"]["Problem"]["required"].size(), 5U);
}

}  // namespace
}  // namespace shopflow::http::testing
