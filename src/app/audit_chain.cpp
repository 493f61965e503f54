#include "app/audit_chain.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "app/database.hpp"
#include "shopflow/core/digits.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::app {

access::AuditChain load_audit_chain(const Config& config, const Clock& clock) {
  db::Connection connection{connection_settings(config, "shopflow start")};
  std::optional<access::AuditChain> chain;
  connection.transact([&](db::Transaction& tx) {
    chain.emplace(access::AuditChain::load(tx, config.audit.key, clock.now()));
  });
  return *chain;
}

access::AuditTrail::Exported export_into(std::shared_ptr<http::LineLog> log) {
  return [log = std::move(log)](const access::AuditHead& head) {
    if (!log) return;
    log->write(
        http::LineLog::Level::off,
        fmt::format(R"({{"time":"{}","level":"info","msg":"the audit log is at position {} with hash {}"}})",
                    to_rfc3339(SystemClock{}.now()), head.position, to_hex(head.hash)));
  };
}

}  // namespace shopflow::app
