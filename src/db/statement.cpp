#include "shopflow/db/statement.hpp"

namespace shopflow::db {
namespace {

// singleton: filled while static objects are made, before any thread starts, and only read afterwards.
std::vector<const Statement*>& registry() {
  static std::vector<const Statement*> statements;
  return statements;
}

}  // namespace

Statement::Statement(const char* name, const char* sql) : name_{name}, sql_{sql}, number_{registry().size()} {
  registry().push_back(this);
}

const std::vector<const Statement*>& Statement::all() { return registry(); }

}  // namespace shopflow::db
