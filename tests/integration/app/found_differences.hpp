#pragma once

#include <string>
#include <vector>

#include "shopflow/db/connection.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_database.hpp"

namespace shopflow::testing {

/// What an audit finds in the database, each as "check: subject", in its order.
template <class Audit>
std::vector<std::string> found_differences(const TestDatabase& database, const Audit& audit) {
  db::Connection connection{database.settings()};
  std::vector<std::string> all;
  connection.transact([&](db::Transaction& tx) {
    all.clear();
    for (const auto& difference : audit(tx)) all.push_back(difference.check + ": " + difference.subject);
  });
  return all;
}

}  // namespace shopflow::testing
