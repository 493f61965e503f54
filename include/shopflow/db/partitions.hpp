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

}  // namespace shopflow::db
