#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/core/difference.hpp"
#include "shopflow/core/digits.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::access {

/// Something that somebody with a key, or at the command line, has changed or tried to.
struct AuditEntry {
  Timestamp at;
  std::string stage;  // begun, ended, refused or command
  std::optional<KeyId> key;
  std::string actor;  // the key's name, or the user at the command line
  std::string role;
  std::string method;
  std::string path;     // with identifiers, without query and body
  std::string subject;  // what else tells what it was done to, as a JSON object, or ""
  std::optional<std::int16_t> status;
  std::string trace_id;
  std::string remote;
};

using AuditHash = std::array<std::uint8_t, 32>;  // to_hex shows it

/// The end of the log, which the next row follows; nothing but zeros while it is empty.
struct AuditHead {
  std::int64_t position = 0;
  AuditHash hash{};
  bool operator==(const AuditHead&) const = default;
};

struct AuditRows;

struct AuditRecord {
  std::int64_t position = 0;  // 1, 2, 3… without gaps
  AuditEntry entry;
  AuditHash hash{};
};

/// The configured key is not the one that the log was begun with, or is missing.
class WrongAuditKey : public std::runtime_error {
 public:
  WrongAuditKey()
      : std::runtime_error{
            "wrong audit.key: the audit log was begun with another one. Set audit.key to it, for example by "
            "SHOPFLOW_AUDIT_KEY_FILE=/etc/shopflow/credentials/audit.key; nothing was changed."} {}
};

/// Another server, or somebody at the command line, has written since.
class AuditHeadMoved : public std::runtime_error {
 public:
  AuditHeadMoved() : std::runtime_error{"the audit log has another head than the one that was remembered"} {}
};

/// The audit log, each of whose rows carries `BLAKE2b(key, hash of the row before | row)`. With a key that is
/// kept outside of the database, nobody who has only the database can rewrite it unseen; what was cut off its
/// end shows against a head that was exported before. Immutable, hence thread-safe.
class AuditChain {
 public:
  using Key = std::array<std::uint8_t, 32>;
  explicit AuditChain(const Key& key) : key_{key} {}

  /// The key that follows from `configured` or, if that is empty, one that the database keeps and the first
  /// caller makes. Throws WrongAuditKey if the log was begun with another one.
  [[nodiscard]] static AuditChain load(db::Transaction& tx, std::string_view configured, Timestamp now);
  /// The same without making anything: nullopt where there is no key.
  [[nodiscard]] static std::optional<AuditChain> find(db::Transaction& tx, std::string_view configured);

  /// Follows the log with that key; a key that is wrong or was lost is one difference, since with it nothing
  /// that was written can be told from what was not.
  [[nodiscard]] static std::vector<Difference> audit(db::Transaction& tx, std::string_view configured);

  /// Adds entries in their order and gives the new head; whoever else appends waits until the transaction
  /// ends.
  AuditHead append(db::Transaction& tx, std::span<const AuditEntry> entries) const;

  /// The rows that these entries become behind `head`, for `append_quickly`.
  [[nodiscard]] AuditRows follow(const AuditHead& head, std::span<const AuditEntry> entries) const;

  /// Follows the whole chain; gives what is missing in between or is not as it was written, at most 100.
  [[nodiscard]] std::vector<Difference> verify(db::Transaction& tx) const;

  [[nodiscard]] AuditHash hash(const AuditHash& before, std::int64_t position, const AuditEntry& entry) const;

 private:
  /// What the database keeps of the key, to tell it from others.
  [[nodiscard]] AuditHash check() const;

  Key key_;
};

/// Adds the rows by one statement, which may be its own transaction. Throws AuditHeadMoved, or SqlError with
/// a unique violation when it moves at the same time, and adds nothing unless they follow the head.
void append_quickly(db::Transaction& tx, const AuditRows& rows);

/// Whether the log has come to this head, or past it.
[[nodiscard]] bool has_reached(db::Transaction& tx, const AuditHead& head);

/// The log before `before` (or its end), newest first.
[[nodiscard]] std::vector<AuditRecord> list_audit_log(db::Transaction& tx, std::optional<std::int64_t> before,
                                                      std::int64_t count_max);

}  // namespace shopflow::access
