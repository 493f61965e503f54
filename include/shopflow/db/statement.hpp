#pragma once

#include <string_view>
#include <vector>

namespace shopflow::db {

/// One SQL statement with a name, declared `const` at the top of the repository that runs it. Declaring it
/// registers it, so that a test can prepare every statement of the program against a fresh database.
class Statement {
 public:
  Statement(const char* name, const char* sql);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  [[nodiscard]] const char* name() const { return name_; }
  [[nodiscard]] const char* sql() const { return sql_; }
  /// Dense number from 0, by which a connection remembers that it has prepared the statement.
  [[nodiscard]] std::size_t number() const { return number_; }

  /// Every statement of the program, in no particular order.
  [[nodiscard]] static const std::vector<const Statement*>& all();

 private:
  const char* name_;
  const char* sql_;
  std::size_t number_;
};

}  // namespace shopflow::db
