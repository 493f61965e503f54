#include "shopflow/db/partitions.hpp"

#include "shopflow/db/transaction.hpp"

namespace shopflow::db {
namespace {

const Statement kMake{"db.make_partition", "SELECT make_partition()"};
// It may take long, and must not go on when nobody waits for it any more.
const Statement kHeed{"db.renew_statistics",
                      "SELECT set_config('client_connection_check_interval', '1s', true)"};
const Statement kRenew{"db.analyze", "SELECT renew_statistics()"};

}  // namespace

std::optional<std::string> make_partition(Transaction& tx) {
  return tx.exec(kMake)[0].next<std::optional<std::string>>();
}

std::optional<std::string> renew_statistics(Transaction& tx) {
  tx.exec(kHeed);
  return tx.exec(kRenew)[0].next<std::optional<std::string>>();
}

}  // namespace shopflow::db
