#pragma once

#include <cstddef>
#include <cstdint>

#include "shopflow/core/time.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::live {

/// Deletes the oldest notifications, as far as they are older than `before`, at most `count_max`; gives how
/// many.
std::size_t delete_old_notifications(db::Transaction& tx, Timestamp before, std::int32_t count_max);

}  // namespace shopflow::live
