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
/// and gives its name; nullopt when all are good enough, or another session is at it. To be asked again until
/// then, in a session whose statements may take minutes: a sample of each partition is read. No reader or
/// writer waits for it; VACUUM and new partitions of that table do. A table that somebody vacuums or changes
/// is left for the next time.
std::optional<std::string> renew_statistics(Transaction& tx);

}  // namespace shopflow::db
