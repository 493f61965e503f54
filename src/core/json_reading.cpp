#include "shopflow/core/json_reading.hpp"

#include <stdexcept>
#include <utility>

namespace shopflow::json {

std::string Path::pointer() const {
  if (parent == nullptr) return {};
  std::string out = parent->pointer();
  out.push_back('/');
  if (index != kMember) return out + std::to_string(index);
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

void Reading::add(std::vector<FieldError>& to, const Path& path, std::string_view code, std::string detail) {
  ++count_;
  if (to.size() < kErrorsMax) to.push_back({path.pointer(), std::string{code}, std::move(detail)});
}

std::vector<FieldError> Reading::take() {
  auto fields = std::move(malformed_);
  for (auto& field : outside_) {
    if (fields.size() < kErrorsMax) fields.push_back(std::move(field));
  }
  return fields;
}

void Reading::wrong_type(const Path& path, std::string_view expected) {
  add(malformed_, path, "wrong_type", "The value must be " + std::string{expected} + ".");
}

void Reading::wrong_type(const Path& path, std::string_view expected, Kind found) {
  add(malformed_, path, "wrong_type",
      "The value must be " + std::string{expected} + ", not " + std::string{to_string(found)} + ".");
}

void Reading::missing(const Path& path) { add(malformed_, path, "required", "The value is required."); }

void Reading::unknown(const Path& path) { add(malformed_, path, "unknown_field", "There is no such field."); }

void Reading::repeated(const Path& path) {
  add(malformed_, path, "repeated", "The parameter may stand once.");
}

void Reading::violated(const Path& path, Violation violation) {
  add(outside_, path, violation.code, std::move(violation.detail));
}

Error Reading::error() && {
  const auto& code = malformed_.empty() ? errors::validation_failed : errors::invalid_request;
  auto fields = take();
  const auto& first = fields.front();
  auto error = make_error(code, (first.pointer.empty() ? "The body" : first.pointer) + ": " + first.detail);
  error.fields = std::move(fields);
  return error;
}

void Reading::raise() && {
  const auto fields = take();
  throw std::runtime_error{"Stored JSON does not have the shape expected: '" + fields.front().pointer +
                           "': " + fields.front().detail};
}

}  // namespace shopflow::json
