#pragma once

#include <memory>

#include "app/config.hpp"
#include "shopflow/access/audit_trail.hpp"
#include "shopflow/http/ports.hpp"

namespace shopflow::app {

/// The audit log's chain with the configured key, or the database's. Throws access::WrongAuditKey.
[[nodiscard]] access::AuditChain load_audit_chain(const Config& config, const Clock& clock);

/// Writes heads of the chain into the server's log, which is where they are kept outside of the database,
/// whatever its level is.
[[nodiscard]] access::AuditTrail::Exported export_into(std::shared_ptr<http::LineLog> log);

}  // namespace shopflow::app
