#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/db/array.hpp"
#include "shopflow/db/receipt.hpp"

namespace shopflow::db {

class Transaction;

/// How long an answer is kept for its key.
inline constexpr std::chrono::hours kReceiptKept{24};

/// A twin on another server committed the same key first; the HTTP room answers with the twin's stored
/// answer.
inline constexpr ErrorCode idempotency_conflict{"idempotency_conflict", ErrorKind::conflict,
                                                "The key has just been used by another request."};

/// In place of the status of an answer that is kept and can't be read: its effect is there all the same.
inline constexpr int kUnreadable = 0;

/// An answer to be kept under its key.
struct Receipt {
  ReceiptKey key;
  int status = 201;
  std::string body;  // JSON, byte for byte as first sent
};

/// Answers as the columns that a statement inserts.
struct ReceiptColumns {
  UuidArray ids;
  TextArray scopes;
  TextArray keys;
  ByteaArray fingerprints;
  SmallIntArray statuses;
  ByteaArray bodies;  // packed
  void push(const Receipt& receipt);
};

/// Answers that are to be kept; see JointStatement.
struct NewReceipts {
  ReceiptColumns columns;
  Timestamp now;

  static constexpr const char* kText = R"(
INSERT INTO receipts (id, scope, key, fingerprint, status, body, created_at)
SELECT r.id, r.scope, r.key, r.fingerprint, r.status, r.body, $7
FROM (SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::text[]), unnest($4::bytea[]), unnest($5::int2[]),
             unnest($6::bytea[]))
     AS r (id, scope, key, fingerprint, status, body)
)";
  static constexpr std::size_t kParameters = 7;

  NewReceipts(const std::vector<Receipt>& receipts, Timestamp written_at) : now{written_at} {
    for (const auto& receipt : receipts) columns.push(receipt);
  }
  [[nodiscard]] std::size_t size() const { return columns.ids.size(); }
  [[nodiscard]] auto parameters() const {
    return std::tie(columns.ids, columns.scopes, columns.keys, columns.fingerprints, columns.statuses,
                    columns.bodies, now);
  }
};

/// Stores the answers in the transaction of their effects. A key that a twin has already committed breaks the
/// transaction (unique violation on receipts_pkey), so that an effect never happens twice.
void insert_receipts(Transaction& tx, const std::vector<Receipt>& receipts, Timestamp now);

/// The answer kept under each key, in order, whatever its fingerprint; nullopt if there is none or it has
/// lapsed. One statement. What can't be read has the status kUnreadable.
[[nodiscard]] std::vector<std::optional<Receipt>> find_receipts(Transaction& tx,
                                                                std::span<const ReceiptKey* const> keys,
                                                                Timestamp now);

/// Shows all answers that a route gave with this status, whoever asked, in no particular order: each by the
/// place where it is kept, and "" for one that can't be read. `route` is the method and the template of the
/// path.
void for_each_answer(Transaction& tx, std::string_view route, int status,
                     const std::function<void(const Uuid& place, const std::string& body)>& show);

/// Whether this very answer was kept at this very moment: by which what a lost commit would have written is
/// told from what a twin has written under the same key.
[[nodiscard]] bool is_kept(Transaction& tx, const Receipt& receipt, Timestamp at);

/// Deletes up to `count_max` lapsed receipts; gives how many.
std::size_t delete_lapsed_receipts(Transaction& tx, Timestamp now, int count_max);

}  // namespace shopflow::db
