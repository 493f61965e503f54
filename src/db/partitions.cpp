#include "shopflow/db/partitions.hpp"

#include "shopflow/db/transaction.hpp"

namespace shopflow::db {
namespace {

const Statement kMake{"db.make_partition", "SELECT make_partition()"};
// A sample of each partition is read, which takes seconds on a slow disk.
const Statement kPatience{"db.renew_statistics", "SELECT set_config('statement_timeout', '10min', true)"};
const Statement kRenew{"db.analyze", "SELECT renew_statistics()"};

}  // namespace

std::optional<std::string> make_partition(Transaction& tx) {
  return tx.exec(kMake)[0].next<std::optional<std::string>>();
}

std::optional<std::string> renew_statistics(Transaction& tx) {
  tx.exec(kPatience);
  return tx.exec(kRenew)[0].next<std::optional<std::string>>();
}

}  // namespace shopflow::db
