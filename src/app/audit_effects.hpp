#pragma once

#include <chrono>
#include <vector>

#include "shopflow/core/difference.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::app {

/// When it is, and for how long effects are kept that are not kept for ever.
struct EffectsKept {
  Timestamp now;
  std::chrono::days notifications{7};
  std::chrono::days mails{90};
};

/// Whatever happened, happened once: an aggregate's events stand in the log in their order, no handler is
/// ahead of it, and neither an event nor a request has had its effect twice. What a handler has come past, is
/// not parked and was not given up has had its effect: a fact, a notification, a mail. At most 100 of each
/// kind. What moves the orders' units and pick lists is audit_following's to find.
[[nodiscard]] std::vector<Difference> audit_effects(db::Transaction& tx, const EffectsKept& kept);

}  // namespace shopflow::app
