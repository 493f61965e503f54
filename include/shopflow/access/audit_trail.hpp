#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "shopflow/access/audit_log.hpp"
#include "shopflow/access/refusal_book.hpp"
#include "shopflow/db/lane.hpp"
#include "shopflow/http/ports.hpp"

namespace shopflow::access {

/// Writes down what is done with keys: a row before anything is done, which is committed before it begins,
/// and a row with its outcome. It is not part of the operation's own transaction, since the chain can have
/// but one end, and every lane would wait for it; so an operation that a crash has interrupted shows as begun
/// and not ended. Rows that come together share a statement, which is its own transaction as long as nobody
/// else has written since. Thread-safe.
///
/// No row is waited for until it is on disk: what is done here is committed behind the row that announces it,
/// and a crash of PostgreSQL that loses the row has lost that too. So rows of its last moments (three times
/// wal_writer_delay) may be missing: outcomes, and operations that changed nothing here. Elsewhere only the
/// cancelling of a provider's payment comes before any commit, and may stand there without its row.
class AuditTrail final : public http::ActionLog {
 public:
  /// Is told the head of the chain, to be kept somewhere else, when something was written since and is on
  /// disk: once an hour, on the thread of `keep`, and at the end.
  using Exported = std::function<void(const AuditHead& head)>;
  AuditTrail(db::LaneSettings settings, const AuditChain& chain, const Clock& clock, Exported exported);

  boost::asio::awaitable<Result<void>> begin(const http::Request& request) override;
  boost::asio::awaitable<Result<void>> end(const http::Request& request,
                                           const http::Response& response) override;
  /// Of one key only the first refusals of a minute stand each in a row; the others are counted in another.
  boost::asio::awaitable<Result<void>> refuse(const http::Request& request,
                                              const http::Caller& caller) override;

  /// Writes down what was only counted, and exports the head. Runs until its executor ends.
  boost::asio::awaitable<void> keep();
  /// Writes down what is still counted and exports the head. After whatever asks has ended.
  void stop();
  /// Exports the head if it has moved since it was exported, when it is on disk; the next time if that can't
  /// be found out. Logs an error if the log does not have it any more. Waits for PostgreSQL.
  void export_head();
  [[nodiscard]] db::LaneStats stats() const { return lane_.stats(); }

 private:
  /// Each entry's outcome is the head after its batch, by which the batch is found again.
  using Entries = db::Lane<AuditEntry, AuditHead>;

  [[nodiscard]] Entries::Attempt attempt(db::Batch<AuditEntry> batch);
  [[nodiscard]] db::LaneRecovery recover(db::Transaction& tx, const AuditHead& head);
  void remember(const AuditHead& head);
  [[nodiscard]] AuditHead remembered();
  [[nodiscard]] boost::asio::awaitable<Result<void>> write(AuditEntry entry);
  [[nodiscard]] AuditEntry entry_of(const http::Request& request, const http::Caller& caller,
                                    std::string stage) const;
  [[nodiscard]] boost::asio::awaitable<void> write_rest(RefusalBook::Rest rest);

  const AuditChain chain_;
  const db::ConnectionSettings connection_;
  const Clock& clock_;
  const Exported exported_;
  RefusalBook refusals_;
  std::mutex mutex_;
  AuditHead head_;  // that this process has left, at position 0 until then
  std::int64_t exported_position_ = 0;
  Entries lane_;
};

}  // namespace shopflow::access
