#pragma once

#include <optional>
#include <string>

namespace shopflow::db {

class Transaction;

/// Makes one partition that a table will soon need, and gives its name; nullopt when all have what they need,
/// or another session is at it. To be asked again until then: one table at a time, so that none waits for
/// another. The statements of that table wait for some milliseconds. Throws SqlError (55P03) when somebody
/// has been reading the table for longer than 100 ms; then nothing has changed.
std::optional<std::string> make_partition(Transaction& tx);

/// Renews the statistics of one partitioned table that has grown by a fifth since, by which PostgreSQL plans,
/// and gives its name; nullopt when all are good enough. To be asked again until then. Nobody else waits for
/// it. Throws SqlError (55P03) when somebody vacuums or changes the table; then nothing has changed.
std::optional<std::string> renew_statistics(Transaction& tx);

}  // namespace shopflow::db
