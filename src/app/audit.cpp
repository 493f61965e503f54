#include "app/audit.hpp"

#include <fmt/format.h>

#include "app/audit_effects.hpp"
#include "app/audit_following.hpp"
#include "app/audit_repository.hpp"
#include "app/commands.hpp"
#include "app/database.hpp"
#include "shopflow/access/audit_log.hpp"
#include "shopflow/carts/audit.hpp"
#include "shopflow/core/json.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/inventory/audit.hpp"
#include "shopflow/orders/audit.hpp"
#include "shopflow/shipping/audit.hpp"

namespace shopflow::app {

/// The answer of `shopflow audit --json`.
struct AuditReport {
  std::vector<Difference> differences;
};

}  // namespace shopflow::app

template <>
struct shopflow::json::Shape<shopflow::Difference> {
  using T = shopflow::Difference;
  static constexpr std::string_view name = "Difference";
  static constexpr auto fields = std::tuple{field("check", &T::check, "What was compared."),
                                            field("subject", &T::subject, "What it was compared for."),
                                            field("expected", &T::expected, "What it follows to be."),
                                            field("found", &T::found, "What it is.")};
};

template <>
struct shopflow::json::Shape<shopflow::app::AuditReport> {
  static constexpr std::string_view name = "AuditReport";
  static constexpr auto fields =
      std::tuple{field("differences", &shopflow::app::AuditReport::differences, "Everything that differs.")};
};

namespace shopflow::app {

std::vector<Difference> run_audit(const Config& config, Timestamp now) {
  auto settings = connection_settings(config, "shopflow audit");
  settings.statement_timeout = std::chrono::minutes{10};
  db::Connection connection{settings};
  const EffectsKept kept{now, std::chrono::days{config.retention.notifications_days},
                         std::chrono::days{config.retention.sent_mails_days}};
  std::vector<Difference> all;
  const auto add = [&all](std::vector<Difference> found) {
    all.insert(all.end(), found.begin(), found.end());
  };
  connection.transact([&](db::Transaction& tx) {
    all.clear();
    take_snapshot(tx);
    add(inventory::audit_stock(tx));
    add(carts::audit_carts(tx, now).problems);
    add(audit_owners(tx));
    add(orders::audit_orders(tx, now));
    add(shipping::audit_parcels(tx));
    add(audit_log(tx));
    add(audit_effects(tx, kept));
    add(audit_following(tx));
    add(access::AuditChain::audit(tx, config.audit.key));
  });
  return all;
}

int audit(const Config& config, const AuditOptions& options) {
  const auto differences = run_audit(config, SystemClock{}.now());
  if (options.json) {
    fmt::print("{}\n", json::to_json(AuditReport{differences}));
  } else {
    for (const auto& difference : differences) {
      fmt::print("{}: {}: expected {}, found {}\n", difference.check, difference.subject, difference.expected,
                 difference.found);
    }
    fmt::print("{} differences\n", differences.size());
  }
  return differences.empty() ? exit_code::ok : exit_code::failed;
}

}  // namespace shopflow::app
