#include "shopflow/db/receipts.hpp"

#include <algorithm>

#include "shopflow/db/transaction.hpp"

namespace shopflow::db {
namespace {

const Statement kInsert{"receipts.insert", R"(
INSERT INTO receipts (scope, key, fingerprint, status, body, created_at)
SELECT r.scope, r.key, r.fingerprint, r.status, r.body, $6
FROM unnest($1::text[], $2::text[], $3::bytea[], $4::int2[], $5::text[]) AS r (scope, key, fingerprint, status, body)
)"};

const Statement kFind{"receipts.find", R"(
SELECT fingerprint, status, body FROM receipts WHERE scope = $1 AND key = $2 AND created_at > $3
)"};

const Statement kDeleteLapsed{"receipts.delete_lapsed", R"(
DELETE FROM receipts WHERE (scope, key) IN (SELECT scope, key FROM receipts WHERE created_at <= $1 LIMIT $2)
)"};

std::string bytes(const ReceiptKey& key) { return {key.fingerprint.begin(), key.fingerprint.end()}; }

}  // namespace

void insert_receipts(Transaction& tx, const std::vector<Receipt>& receipts, Timestamp now) {
  if (receipts.empty()) return;
  TextArray scopes;
  TextArray keys;
  ByteaArray fingerprints;
  SmallIntArray statuses;
  TextArray bodies;
  for (const auto& receipt : receipts) {
    scopes.push(receipt.key.scope);
    keys.push(receipt.key.key);
    fingerprints.push(bytes(receipt.key));
    statuses.push(static_cast<std::int16_t>(receipt.status));
    bodies.push(receipt.body);
  }
  tx.exec(kInsert, scopes, keys, fingerprints, statuses, bodies, now);
}

std::optional<Receipt> find_receipt(Transaction& tx, const ReceiptKey& key, Timestamp now) {
  const auto rows = tx.exec(kFind, key.scope, key.key, now - kReceiptKept);
  if (rows.empty()) return std::nullopt;
  auto row = rows[0];
  Receipt receipt{key, 0, {}};
  const auto fingerprint = row.next<Bytes>();
  std::ranges::copy_n(
      fingerprint.value.begin(),
      static_cast<std::ptrdiff_t>(std::min(fingerprint.value.size(), receipt.key.fingerprint.size())),
      receipt.key.fingerprint.begin());
  receipt.status = row.next<int>();
  receipt.body = row.next<std::string>();
  return receipt;
}

std::size_t delete_lapsed_receipts(Transaction& tx, Timestamp now, int count_max) {
  return tx.exec(kDeleteLapsed, now - kReceiptKept, count_max).affected();
}

}  // namespace shopflow::db
