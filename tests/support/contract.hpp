#pragma once

#include <string>
#include <vector>

#include "support/http_client.hpp"

namespace shopflow::testing {

/// Holds answers against the server's own /openapi.json: the status must be documented for the operation, a
/// problem's code must be among those that the operation lists for it, the fields that are promised must be
/// there and no other that tells something, and the body must have the declared shape. What was held so is
/// noted (seen_answers.hpp), so that a run can tell what of the description it never saw.
class Contract {
 public:
  explicit Contract(Json document) : document_{std::move(document)} {}

  /// What is wrong with the answer, one sentence each; empty if nothing is. `target` is the path as it was
  /// asked for.
  [[nodiscard]] std::vector<std::string> check(const std::string& method, const std::string& target,
                                               const Answer& answer) const;

  /// The operations ("GET /v1/products/{id}") that no answer has been held against yet.
  [[nodiscard]] const Json& document() const { return document_; }

  /// The path template that a target belongs to, "" if none.
  [[nodiscard]] std::string find_path(const std::string& target) const;

 private:
  static void check_fields(const Answer& answer, const Json& response, const std::string& where,
                           std::vector<std::string>& wrong);
  void check_value(const Json& value, const Json& schema, const std::string& where,
                   std::vector<std::string>& wrong) const;
  void check_object(const Json& value, const Json& schema, const std::string& where,
                    std::vector<std::string>& wrong) const;
  [[nodiscard]] const Json& resolve(const Json& schema) const;
  Json document_;
};

}  // namespace shopflow::testing
