#include "shopflow/db/receipts.hpp"

#include <algorithm>

#include "shopflow/db/joint_statement.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::db {
namespace {

const Statement kInsert{"receipts.insert", NewReceipts::kText};

const Statement kFind{"receipts.find", R"(
SELECT wanted.place, r.fingerprint, r.status, r.body
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (scope, key, place)
JOIN receipts AS r ON r.scope = wanted.scope AND r.key = wanted.key AND r.created_at > $3
)"};

const Statement kKept{"receipts.kept", R"(
SELECT count(*) FROM receipts WHERE scope = $1 AND key = $2 AND fingerprint = $3 AND body = $4 AND created_at = $5
)"};

const Statement kDeleteLapsed{"receipts.delete_lapsed", R"(
DELETE FROM receipts WHERE (scope, key) IN (SELECT scope, key FROM receipts WHERE created_at <= $1 LIMIT $2)
)"};

std::string bytes(const ReceiptKey& key) { return {key.fingerprint.begin(), key.fingerprint.end()}; }

}  // namespace

void ReceiptColumns::push(const Receipt& receipt) {
  scopes.push(receipt.key.scope);
  keys.push(receipt.key.key);
  fingerprints.push(bytes(receipt.key));
  statuses.push(static_cast<std::int16_t>(receipt.status));
  bodies.push(receipt.body);
}

void insert_receipts(Transaction& tx, const std::vector<Receipt>& receipts, Timestamp now) {
  if (!receipts.empty()) write_rows(tx, kInsert, NewReceipts{receipts, now});
}

std::vector<std::optional<Receipt>> find_receipts(Transaction& tx, std::span<const ReceiptKey* const> keys,
                                                  Timestamp now) {
  TextArray scopes;
  TextArray names;
  for (const auto* key : keys) {
    scopes.push(key->scope);
    names.push(key->key);
  }
  std::vector<std::optional<Receipt>> found(keys.size());
  const auto rows = tx.exec(kFind, scopes, names, now - kReceiptKept);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    const auto place = static_cast<std::size_t>(row.next<std::int64_t>()) - 1;
    auto& receipt = found.at(place).emplace(Receipt{*keys[place], 0, {}});
    const auto fingerprint = row.next<Bytes>().value;
    std::ranges::copy_n(
        fingerprint.begin(),
        static_cast<std::ptrdiff_t>(std::min(fingerprint.size(), receipt.key.fingerprint.size())),
        receipt.key.fingerprint.begin());
    receipt.status = row.next<int>();
    receipt.body = row.next<std::string>();
  }
  return found;
}

std::optional<Receipt> find_receipt(Transaction& tx, const ReceiptKey& key, Timestamp now) {
  const auto* wanted = &key;
  return find_receipts(tx, {&wanted, 1}, now).front();
}

bool is_kept(Transaction& tx, const Receipt& receipt, Timestamp at) {
  const auto rows =
      tx.exec(kKept, receipt.key.scope, receipt.key.key, Bytes{bytes(receipt.key)}, receipt.body, at);
  return rows[0].next<std::int64_t>() == 1;
}

std::size_t delete_lapsed_receipts(Transaction& tx, Timestamp now, int count_max) {
  return tx.exec(kDeleteLapsed, now - kReceiptKept, count_max).affected();
}

}  // namespace shopflow::db
