#include "shopflow/db/receipts.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

#include "db/answer_packing.hpp"
#include "shopflow/db/joint_statement.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::db {
namespace {

const Statement kInsert{"receipts.insert", NewReceipts::kText};

const Statement kFind{"receipts.find", R"(
SELECT wanted.place, r.fingerprint, r.status, r.body
FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (id, place)
JOIN receipts AS r ON r.id = wanted.id AND r.created_at > $2
)"};

// What is wanted is no condition: a planner that takes it for rare would sort all that is left for each page.
const Statement kList{"receipts.list", R"(
SELECT id, wanted, CASE WHEN wanted THEN body ELSE '' END
FROM (SELECT id, body, status = $2 AND right(scope, length($3::text) + 1) = ' ' || $3 AS wanted
      FROM receipts WHERE id > $1 ORDER BY id LIMIT $4) AS page
)"};
constexpr int kListMax = 256;

const Statement kKept{"receipts.kept", R"(
SELECT count(*) FROM receipts WHERE id = $1 AND fingerprint = $2 AND body = $3 AND created_at = $4
)"};

const Statement kDeleteLapsed{"receipts.delete_lapsed", R"(
DELETE FROM receipts WHERE id IN (SELECT id FROM receipts WHERE created_at <= $1 LIMIT $2)
)"};

void add(crypto_hash_sha256_state& state, std::string_view text) {
  // libsodium takes unsigned bytes; the representation is the same.
  crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
}

/// What a key is found by; see migrations/0026_answers_found_by_digest.sql.
Uuid id_of(const ReceiptKey& key) {
  crypto_hash_sha256_state state{};
  crypto_hash_sha256_init(&state);
  add(state, key.scope);
  add(state, "\n");
  add(state, key.key);
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256_final(&state, digest.data());
  Uuid id;
  std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
  return id;
}

/// Whether it could be read; leaves `body` alone otherwise.
bool unpack_into(std::string& body, Bytes stored) {
  try {
    body = unpack_answer(std::move(stored.value));
    return true;
  } catch (const BrokenAnswer&) {
    return false;
  }
}

std::string bytes(const ReceiptKey& key) { return {key.fingerprint.begin(), key.fingerprint.end()}; }

}  // namespace

void ReceiptColumns::push(const Receipt& receipt) {
  ids.push(id_of(receipt.key));
  scopes.push(receipt.key.scope);
  keys.push(receipt.key.key);
  fingerprints.push(bytes(receipt.key));
  statuses.push(static_cast<std::int16_t>(receipt.status));
  bodies.push(pack_answer(receipt.body));
}

void insert_receipts(Transaction& tx, const std::vector<Receipt>& receipts, Timestamp now) {
  if (!receipts.empty()) write_rows(tx, kInsert, NewReceipts{receipts, now});
}

std::vector<std::optional<Receipt>> find_receipts(Transaction& tx, std::span<const ReceiptKey* const> keys,
                                                  Timestamp now) {
  UuidArray ids;
  for (const auto* key : keys) ids.push(id_of(*key));
  std::vector<std::optional<Receipt>> found(keys.size());
  const auto rows = tx.exec(kFind, ids, now - kReceiptKept);
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
    if (!unpack_into(receipt.body, row.next<Bytes>())) receipt.status = kUnreadable;
  }
  return found;
}

void for_each_answer(Transaction& tx, std::string_view route, int status,
                     const std::function<void(const Uuid& place, const std::string& body)>& show) {
  Uuid place;
  for (;;) {
    const auto rows = tx.exec(kList, place, static_cast<std::int16_t>(status), route, kListMax);
    if (rows.empty()) return;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      place = row.next<Uuid>();
      if (!row.next<bool>()) continue;
      std::string body;
      (void)unpack_into(body, row.next<Bytes>());
      show(place, body);
    }
  }
}

bool is_kept(Transaction& tx, const Receipt& receipt, Timestamp at) {
  const auto rows =
      tx.exec(kKept, id_of(receipt.key), Bytes{bytes(receipt.key)}, Bytes{pack_answer(receipt.body)}, at);
  return rows[0].next<std::int64_t>() == 1;
}

std::size_t delete_lapsed_receipts(Transaction& tx, Timestamp now, int count_max) {
  return tx.exec(kDeleteLapsed, now - kReceiptKept, count_max).affected();
}

}  // namespace shopflow::db
