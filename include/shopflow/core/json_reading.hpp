#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/json_constraints.hpp"
#include "shopflow/core/json_document.hpp"

namespace shopflow::json {

/// Where the reader stands: a chain on the stack, made into a pointer only when there is something to report.
struct Path {
  const Path* parent = nullptr;
  std::string_view name;
  std::size_t index = 0;

  /// RFC 6901, "" for the whole document.
  [[nodiscard]] std::string pointer() const;

  [[nodiscard]] static Path root() { return {}; }
  [[nodiscard]] Path member(std::string_view key) const { return {this, key, kMember}; }
  [[nodiscard]] Path element(std::size_t at) const { return {this, {}, at}; }

 private:
  static constexpr std::size_t kMember = static_cast<std::size_t>(-1);
  Path() = default;
  Path(const Path* above, std::string_view key, std::size_t at) : parent{above}, name{key}, index{at} {}
};

/// Collects what is wrong with one request and reports at most kErrorsMax entries, those of the wrong shape
/// first.
class Reading {
 public:
  static constexpr std::size_t kErrorsMax = 32;

  /// A lenient reading ignores unknown members and limits and takes absent ones as default.
  explicit Reading(bool lenient = false) : lenient_{lenient} {}

  [[nodiscard]] bool lenient() const { return lenient_; }
  [[nodiscard]] bool failed() const { return count_ > 0; }
  [[nodiscard]] std::size_t count() const { return count_; }

  void wrong_type(const Path& path, std::string_view expected);
  void wrong_type(const Path& path, std::string_view expected, Kind found);
  void missing(const Path& path);
  void unknown(const Path& path);
  void repeated(const Path& path);
  void violated(const Path& path, Violation violation);

  /// invalid_request if anything had the wrong shape, validation_failed if only limits were passed.
  [[nodiscard]] Error error() &&;
  /// Ends a lenient reading that failed.
  [[noreturn]] void raise() &&;

 private:
  void add(std::vector<FieldError>& to, const Path& path, std::string_view code, std::string detail);
  [[nodiscard]] std::vector<FieldError> take();

  bool lenient_;
  std::size_t count_ = 0;
  std::vector<FieldError> malformed_;
  std::vector<FieldError> outside_;
};

}  // namespace shopflow::json
