#pragma once

#include <cstddef>
#include <cstdint>

#include "shopflow/core/time.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::orders {

/// Forgets notices of providers and carriers that came before `before`, at most `count_max`; gives how many.
/// A notice that is forgotten would be acted on again, so `before` lies further back than anybody repeats
/// one.
std::size_t delete_old_notices(db::Transaction& tx, Timestamp before, std::int32_t count_max);

}  // namespace shopflow::orders
