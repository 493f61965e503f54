#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "payments/sandbox_books.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/db/transaction.hpp"

/// The sandbox's books in PostgreSQL. Rows are locked in the order of their references.
namespace shopflow::payments::sandbox {

/// Makes the intents of these payments unless they are there already.
void insert_intents(db::Transaction& tx, const std::vector<const Create*>& creates, Timestamp now);

/// Locks and loads the intents and refunds that the commands are about.
void load_books(db::Transaction& tx, const std::vector<std::string>& refs,
                const std::vector<RefundId>& refunds, Books& books);

/// Writes what the commands have changed, and the webhooks that tell of it, due at once.
void write_books(db::Transaction& tx, const Books& books, Timestamp now);

[[nodiscard]] std::optional<Intent> find_intent(db::Transaction& tx, const std::string& ref);

/// References of intents whose bank has decided by now.
[[nodiscard]] std::vector<std::string> due_settlements(db::Transaction& tx, Timestamp now, int count_max);

/// A webhook that one courier holds until its lease ends; `attempts` is the term of the lease, so that a
/// courier that has lost it can't settle the row.
struct LeasedWebhook {
  std::string id;
  std::string payload;
  int attempts = 0;
  Timestamp created_at;
};

/// What became of a delivery: nothing to repeat, or the time of the next attempt (nullopt: given up).
struct WebhookResult {
  std::string id;
  int attempts = 0;
  bool delivered = false;
  std::optional<Timestamp> next_attempt_at;
};

[[nodiscard]] std::vector<LeasedWebhook> lease_webhooks(db::Transaction& tx, Timestamp now, Timestamp until,
                                                        int count_max);
void settle_webhooks(db::Transaction& tx, const std::vector<WebhookResult>& results);

/// When there is next anything to settle or deliver; nullopt if nothing waits.
[[nodiscard]] std::optional<Timestamp> next_due(db::Transaction& tx);

}  // namespace shopflow::payments::sandbox
