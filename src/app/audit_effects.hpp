#pragma once

#include <vector>

#include "shopflow/core/difference.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::app {

/// Whatever happened, happened once: an aggregate's events stand in the log in their order, no handler is
/// ahead of it, and neither an event nor a request has had its effect twice.
[[nodiscard]] std::vector<Difference> audit_effects(db::Transaction& tx);

}  // namespace shopflow::app
