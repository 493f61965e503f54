#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "shopflow/access/audit_log.hpp"
#include "shopflow/db/lane.hpp"
#include "shopflow/http/ports.hpp"

namespace shopflow::access {

/// Writes down what is done with keys: a row before anything is done, which is committed before it begins,
/// and a row with its outcome. It is not part of the operation's own transaction, since the chain can have
/// but one end, and every lane would wait for it; so an operation that a crash has interrupted shows as begun
/// and not ended, and none is done that was not written down. Rows that come together share a transaction.
/// Thread-safe.
class AuditTrail final : public http::ActionLog {
 public:
  /// Once an hour, when something has been written, `exported` is told the head of the chain, to be kept
  /// somewhere else. It is called on the lane's thread.
  using Exported = std::function<void(const AuditRecord& head)>;
  AuditTrail(db::LaneSettings settings, const AuditChain& chain, const Clock& clock, Exported exported);

  boost::asio::awaitable<Result<void>> begin(const http::Request& request) override;
  boost::asio::awaitable<Result<void>> end(const http::Request& request, int status) override;
  boost::asio::awaitable<Result<void>> refuse(const http::Request& request,
                                              const http::Caller& caller) override;

  void stop() { lane_.stop(); }
  [[nodiscard]] db::LaneStats stats() const { return lane_.stats(); }

 private:
  [[nodiscard]] boost::asio::awaitable<Result<void>> write(AuditEntry entry);
  [[nodiscard]] AuditEntry entry_of(const http::Request& request, const http::Caller& caller,
                                    std::string stage) const;

  const AuditChain chain_;
  const Clock& clock_;
  const Exported exported_;
  Timestamp exported_at_{};  // on the lane's thread
  db::Lane<AuditEntry, bool> lane_;
};

}  // namespace shopflow::access
