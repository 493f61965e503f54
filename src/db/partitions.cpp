#include "shopflow/db/partitions.hpp"

#include "shopflow/db/transaction.hpp"

namespace shopflow::db {
namespace {

const Statement kMake{"db.make_partition", "SELECT make_partition()"};

}  // namespace

std::optional<std::string> make_partition(Transaction& tx) {
  return tx.exec(kMake)[0].next<std::optional<std::string>>();
}

}  // namespace shopflow::db
