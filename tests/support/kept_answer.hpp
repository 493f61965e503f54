#pragma once

#include <optional>
#include <string>

#include "shopflow/db/connection.hpp"
#include "shopflow/db/receipts.hpp"
#include "support/test_database.hpp"

namespace shopflow::testing {

/// What is kept under a key and has not lapsed.
inline std::optional<db::Receipt> find_receipt(db::Transaction& tx, const db::ReceiptKey& key,
                                               Timestamp now) {
  const auto* wanted = &key;
  return db::find_receipts(tx, {&wanted, 1}, now).front();
}

/// The text that is kept for a key, however long since; "" if there is none.
inline std::string kept_answer(const TestDatabase& database, const db::ReceiptKey& key) {
  db::Connection connection{database.settings()};
  std::optional<db::Receipt> found;
  connection.read(
      [&](db::Transaction& tx) { found = find_receipt(tx, key, Timestamp{} + db::kReceiptKept); });
  return found ? found->body : std::string{};
}

}  // namespace shopflow::testing
