#include "app/command_trail.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "shopflow/access/audit_log.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::app {

void write_down(db::Transaction& tx, const Config& config, std::string command) {
  const auto now = SystemClock{}.now();
  const auto chain = access::AuditChain::load(tx, config.audit.key, now);
  const access::AuditEntry entry{.at = now,
                                 .stage = "command",
                                 .key = {},
                                 .actor = fmt::format("uid {}", ::getuid()),
                                 .role = "operator",
                                 .method = "CLI",
                                 .path = std::move(command),
                                 .subject = {},
                                 .status = {},
                                 .trace_id = {},
                                 .remote = {}};
  chain.append(tx, {&entry, 1});
}

}  // namespace shopflow::app
