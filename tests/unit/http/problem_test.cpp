#include "shopflow/http/problem.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "shopflow/http/codes.hpp"

namespace shopflow::http {
namespace {

const Trace kTrace{"0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"};

TEST(Problem, TellsWhatWentWrongInAllItsMembers) {
  auto error = make_error(errors::validation_failed, "Too \"much\".");
  error.fields.push_back({"/items/0/quantity", "out_of_range", "1 to 10."});
  error.fields.push_back({"/email", "required", ""});
  const auto response = problem_response(error, kTrace);
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(nlohmann::json::parse(response.body), nlohmann::json::parse(R"({
    "type": "urn:shopflow:problem:validation_failed", "title": "A value is outside of what is allowed.",
    "status": 422, "detail": "Too \"much\".", "code": "validation_failed",
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
    "errors": [{"pointer": "/items/0/quantity", "code": "out_of_range", "detail": "1 to 10."},
               {"pointer": "/email", "code": "required"}]})"));
}

TEST(Problem, SaysWhenToComeBackAndHowToAuthenticate) {
  auto error = make_error(errors::overloaded);
  EXPECT_EQ(*problem_response(error, kTrace).headers.find("Retry-After"), "1");
  error.retry_after = std::chrono::seconds{30};
  EXPECT_EQ(*problem_response(error, kTrace).headers.find("Retry-After"), "30");
  EXPECT_NE(problem_response(make_error(codes::key_unknown), kTrace).headers.find("WWW-Authenticate"),
            nullptr);
  EXPECT_EQ(problem_response(make_error(codes::route_not_found), kTrace).headers.find("Retry-After"),
            nullptr);
}

TEST(Problem, KeepsWhatIsOurFaultToItself) {
  const auto response = problem_response(make_error(errors::internal, "SELECT secret"), kTrace);
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace shopflow::http
