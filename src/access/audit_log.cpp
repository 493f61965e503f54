#include "shopflow/access/audit_log.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

#include "access/audit_rows.hpp"
#include "shopflow/db/array.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::access {
namespace {

constexpr std::size_t kProblemsMax = 100;
constexpr std::int64_t kPage = 5'000;

#define SHOPFLOW_AUDIT_COLUMNS \
  "position, at, stage, key_id, actor, role, method, path, subject, status, trace_id, remote, hash "

const db::Statement kInsertKey{"access.insert_audit_key", R"(
INSERT INTO server_keys (name, value, created_at) VALUES ('audit_chain', $1, $2) ON CONFLICT (name) DO NOTHING
)"};

const db::Statement kInsertCheck{"access.insert_audit_check", R"(
INSERT INTO server_keys (name, value, created_at) VALUES ('audit_check', $1, $2) ON CONFLICT (name) DO NOTHING
)"};

const db::Statement kReadCheck{"access.read_audit_check", R"(
SELECT value FROM server_keys WHERE name = 'audit_check'
)"};

const db::Statement kReadKey{"access.read_audit_key", R"(
SELECT value FROM server_keys WHERE name = 'audit_chain'
)"};

// Any number will do, as long as nothing else in the database uses it. The next statement sees what was
// committed meanwhile.
#define SHOPFLOW_AUDIT_LOCK "pg_advisory_xact_lock(7466218032)"
const db::Statement kLock{"access.lock_audit_log", "SELECT " SHOPFLOW_AUDIT_LOCK};

const db::Statement kHead{"access.audit_head", R"(
SELECT position, hash FROM audit_log ORDER BY position DESC LIMIT 1
)"};

// `turn` is what has to be had first, as a table with a comma, or nothing.
#define SHOPFLOW_AUDIT_APPEND(turn)                                                                      \
  "INSERT INTO audit_log (" SHOPFLOW_AUDIT_COLUMNS ") SELECT " SHOPFLOW_AUDIT_COLUMNS "FROM " turn       \
  "(SELECT unnest($1::int8[]), unnest($2::timestamptz[]), unnest($3::text[]), unnest($4::uuid[]), "      \
  "unnest($5::text[]), unnest($6::text[]), unnest($7::text[]), unnest($8::text[]), unnest($9::text[]), " \
  "unnest($10::int2[]), unnest($11::text[]), unnest($12::text[]), unnest($13::bytea[])) "                \
  "AS row (" SHOPFLOW_AUDIT_COLUMNS ") "

const db::Statement kAppend{"access.append_audit_log", SHOPFLOW_AUDIT_APPEND("")};

// Whoever appends with the lock finds the head that this leaves; who holds it makes this fail by the key of
// the position, since the head is that of before it was waited for. What does not follow the head is no row
// at all.
const db::Statement kAppendQuickly{"access.append_audit_log_quickly",
                                   SHOPFLOW_AUDIT_APPEND("(SELECT " SHOPFLOW_AUDIT_LOCK ") AS turn, ") R"(
WHERE (SELECT head.hash FROM audit_log head ORDER BY head.position DESC LIMIT 1) = $14
)"};

const db::Statement kFindHash{"access.find_audit_hash", R"(
SELECT hash FROM audit_log WHERE position = $1
)"};

const db::Statement kListDown{"access.list_audit_log", "SELECT " SHOPFLOW_AUDIT_COLUMNS R"(
FROM audit_log WHERE position < $1 ORDER BY position DESC LIMIT $2
)"};

const db::Statement kListUp{"access.follow_audit_log", "SELECT " SHOPFLOW_AUDIT_COLUMNS R"(
FROM audit_log WHERE position > $1 ORDER BY position LIMIT $2
)"};

AuditHash hash_of(const db::Bytes& bytes) {
  AuditHash hash{};
  if (bytes.value.size() != hash.size())
    throw std::runtime_error{"a hash of the audit log has a wrong length"};
  std::ranges::copy(bytes.value, hash.begin());
  return hash;
}

AuditRecord read_record(db::Row row) {
  AuditRecord record;
  record.position = row.next<std::int64_t>();
  record.entry.at = row.next<Timestamp>();
  record.entry.stage = row.next<std::string>();
  record.entry.key = row.next<std::optional<KeyId>>();
  record.entry.actor = row.next<std::string>();
  record.entry.role = row.next<std::string>();
  record.entry.method = row.next<std::string>();
  record.entry.path = row.next<std::string>();
  record.entry.subject = row.next<std::string>();
  record.entry.status = row.next<std::optional<std::int16_t>>();
  record.entry.trace_id = row.next<std::string>();
  record.entry.remote = row.next<std::string>();
  record.hash = hash_of(row.next<db::Bytes>());
  return record;
}

std::vector<AuditRecord> read_records(const db::Rows& rows) {
  std::vector<AuditRecord> records;
  for (std::size_t i = 0; i < rows.size(); ++i) records.push_back(read_record(rows[i]));
  return records;
}

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, sizeof(value)> bytes;
  for (auto& byte : bytes) {
    byte = static_cast<char>(value & 0xFFU);
    value >>= 8U;
  }
  out.append(bytes.data(), bytes.size());
}

/// Each text stands behind its length, so that no two rows have the same bytes.
void append_text(std::string& out, std::string_view text) {
  append_number(out, text.size());
  out += text;
}

std::string canonical(std::int64_t position, const AuditEntry& entry) {
  std::string out;
  append_number(out, static_cast<std::uint64_t>(position));
  append_number(out, static_cast<std::uint64_t>(entry.at.time_since_epoch().count()));
  append_number(out, static_cast<std::uint64_t>(entry.status.value_or(0)));
  for (const auto* text : {&entry.stage, &entry.actor, &entry.role, &entry.method, &entry.path,
                           &entry.subject, &entry.trace_id, &entry.remote}) {
    append_text(out, *text);
  }
  append_text(out, entry.key ? entry.key->str() : std::string{});
  return out;
}

std::string stored(const AuditHash& hash) { return {hash.begin(), hash.end()}; }

template <class... More>
std::size_t write_rows(db::Transaction& tx, const db::Statement& statement, const AuditRows& rows,
                       const More&... more) {
  const auto& texts = rows.texts;
  return tx
      .exec(statement, rows.positions, rows.times, texts[0], rows.keys, texts[1], texts[2], texts[3],
            texts[4], texts[5], rows.statuses, texts[6], texts[7], rows.hashes, more...)
      .affected();
}

const unsigned char* bytes_of(std::string_view text) {
  // libsodium takes unsigned bytes; the representation is the same.
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::optional<AuditChain::Key> configured_key(std::string_view text) {
  if (sodium_init() < 0) throw std::runtime_error{"libsodium cannot be initialised"};
  if (text.empty()) return std::nullopt;
  AuditChain::Key key{};
  crypto_generichash(key.data(), key.size(), bytes_of(text), text.size(), nullptr, 0);
  return key;
}

}  // namespace

std::optional<AuditChain> AuditChain::find(db::Transaction& tx, std::string_view configured) {
  auto key = configured_key(configured);
  if (!key) {
    const auto rows = tx.exec(kReadKey);
    if (rows.empty()) return std::nullopt;
    key = hash_of(rows[0].next<db::Bytes>());
  }
  const AuditChain chain{*key};
  const auto check = tx.exec(kReadCheck);
  if (!check.empty() && hash_of(check[0].next<db::Bytes>()) != chain.check()) throw WrongAuditKey{};
  return chain;
}

AuditChain AuditChain::load(db::Transaction& tx, std::string_view configured, Timestamp now) {
  // A key is made only where none was ever in use: a server that has lost the configured one must not go on
  // with another.
  if (configured.empty() && tx.exec(kReadCheck).empty()) {
    std::string fresh(std::tuple_size_v<Key>, '\0');
    if (sodium_init() < 0) throw std::runtime_error{"libsodium cannot be initialised"};
    randombytes_buf(fresh.data(), fresh.size());
    tx.exec(kInsertKey, db::Bytes{fresh}, now);
  }
  const auto chain = find(tx, configured);
  if (!chain) throw WrongAuditKey{};
  const auto check = chain->check();
  tx.exec(kInsertCheck, db::Bytes{stored(check)}, now);
  // Another server may have been first, with another key.
  return find(tx, configured).value();
}

std::vector<Difference> AuditChain::audit(db::Transaction& tx, std::string_view configured) {
  const Difference lost{"audit.key (or SHOPFLOW_AUDIT_KEY_FILE) is the one that the audit log was begun with",
                        "audit.key", 1, 0};
  try {
    if (const auto chain = find(tx, configured)) return chain->verify(tx);
  } catch (const WrongAuditKey&) {
    return {lost};
  }
  const bool is_begun = !tx.exec(kHead).empty() || !tx.exec(kReadCheck).empty();
  return is_begun ? std::vector{lost} : std::vector<Difference>{};
}

AuditHash AuditChain::check() const {
  constexpr std::string_view text = "check";
  AuditHash made{};
  crypto_generichash(made.data(), made.size(), bytes_of(text), text.size(), key_.data(), key_.size());
  return made;
}

AuditHash AuditChain::hash(const AuditHash& before, std::int64_t position, const AuditEntry& entry) const {
  const auto row = canonical(position, entry);
  crypto_generichash_state state{};
  crypto_generichash_init(&state, key_.data(), key_.size(), before.size());
  crypto_generichash_update(&state, before.data(), before.size());
  crypto_generichash_update(&state, bytes_of(row), row.size());
  AuditHash made{};
  crypto_generichash_final(&state, made.data(), made.size());
  return made;
}

AuditRows AuditChain::follow(const AuditHead& head, std::span<const AuditEntry> entries) const {
  AuditRows rows{.before = head, .last = head};
  auto& last = rows.last;
  for (const auto& entry : entries) {
    last = {last.position + 1, hash(last.hash, last.position + 1, entry)};
    rows.positions.push(last.position);
    rows.times.push(entry.at);
    rows.keys.push(entry.key);
    rows.statuses.push(entry.status);
    rows.hashes.push(stored(last.hash));
    const std::array values{&entry.stage, &entry.actor,   &entry.role,     &entry.method,
                            &entry.path,  &entry.subject, &entry.trace_id, &entry.remote};
    for (std::size_t i = 0; i < values.size(); ++i) rows.texts.at(i).push(*values.at(i));
  }
  return rows;
}

AuditHead AuditChain::append(db::Transaction& tx, std::span<const AuditEntry> entries) const {
  tx.exec(kLock);
  AuditHead head;
  if (const auto found = tx.exec(kHead); !found.empty()) {
    auto row = found[0];
    head.position = row.next<std::int64_t>();
    head.hash = hash_of(row.next<db::Bytes>());
  }
  const auto rows = follow(head, entries);
  write_rows(tx, kAppend, rows);
  return rows.last;
}

void append_quickly(db::Transaction& tx, const AuditRows& rows) {
  if (write_rows(tx, kAppendQuickly, rows, db::Bytes{stored(rows.before.hash)}) == 0) throw AuditHeadMoved{};
}

bool has_reached(db::Transaction& tx, const AuditHead& head) {
  const auto found = tx.exec(kFindHash, head.position);
  return !found.empty() && hash_of(found[0].next<db::Bytes>()) == head.hash;
}

std::vector<Difference> AuditChain::verify(db::Transaction& tx) const {
  std::vector<Difference> problems;
  AuditHash before{};
  std::int64_t position = 0;
  for (;;) {
    const auto records = read_records(tx.exec(kListUp, position, kPage));
    for (const auto& record : records) {
      if (problems.size() == kProblemsMax) return problems;
      const auto subject = "position " + std::to_string(record.position);
      if (record.position != position + 1) {
        problems.push_back({"the audit log has no gaps", subject, position + 1, record.position});
      } else if (hash(before, record.position, record.entry) != record.hash) {
        problems.push_back({"the audit log is as it was written", subject, 1, 0});
      }
      position = record.position;
      before = record.hash;
    }
    if (records.size() < kPage) return problems;
  }
}

std::vector<AuditRecord> list_audit_log(db::Transaction& tx, std::optional<std::int64_t> before,
                                        std::int64_t count_max) {
  return read_records(
      tx.exec(kListDown, before.value_or(std::numeric_limits<std::int64_t>::max()), count_max));
}

}  // namespace shopflow::access
