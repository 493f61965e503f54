#pragma once

#include <chrono>
#include <pqxx/pqxx>

namespace shopflow::bench {

/// Partitions the tables as if the shop had been there for so long: orders and ledger are cut by the
/// product's own function from then on; the log every million events, which is more often than it would be,
/// for there to be some. The rows that there are find their new places. The server must be stopped.
void partition_past(pqxx::work& work, std::chrono::hours span);

}  // namespace shopflow::bench
