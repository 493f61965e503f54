#include "shopflow/access/audit_trail.hpp"

#include <utility>

#include "shopflow/access/keys.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::access {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::hours kExportEvery{1};

}  // namespace

AuditTrail::AuditTrail(db::LaneSettings settings, const AuditChain& chain, const Clock& clock,
                       Exported exported)
    : chain_{chain},
      clock_{clock},
      exported_{std::move(exported)},
      lane_{std::move(settings), [this](db::Transaction& tx, db::Batch<AuditEntry> batch) {
              std::vector<AuditEntry> entries;
              for (const auto* entry : batch) entries.push_back(*entry);
              const auto head = chain_.append(tx, entries);
              tx.after_commit([this, head] {
                if (clock_.now() < exported_at_ + kExportEvery) return;
                exported_at_ = clock_.now();
                exported_(head);
              });
              return std::vector<Result<bool>>(entries.size(), true);
            }} {}

asio::awaitable<Result<void>> AuditTrail::begin(const http::Request& request) {
  return write(entry_of(request, request.caller, "begun"));
}

asio::awaitable<Result<void>> AuditTrail::end(const http::Request& request, int status) {
  auto entry = entry_of(request, request.caller, "ended");
  entry.status = static_cast<std::int16_t>(status);
  return write(std::move(entry));
}

asio::awaitable<Result<void>> AuditTrail::refuse(const http::Request& request, const http::Caller& caller) {
  auto entry = entry_of(request, caller, "refused");
  entry.status = static_cast<std::int16_t>(ErrorKind::forbidden);
  return write(std::move(entry));
}

asio::awaitable<Result<void>> AuditTrail::write(AuditEntry entry) {
  auto pending = lane_.submit(0, std::move(entry));
  const auto written = co_await std::move(pending);
  if (!written) co_return std::unexpected{written.error()};
  co_return Result<void>{};
}

AuditEntry AuditTrail::entry_of(const http::Request& request, const http::Caller& caller,
                                std::string stage) const {
  return {.at = clock_.now(),
          .stage = std::move(stage),
          .key = caller.key,
          .actor = caller.name,
          .role = caller.role ? std::string{json::name_of(*caller.role)} : std::string{},
          .method = std::string{to_string(request.method)},
          .path = request.path,
          .status = {},
          .trace_id = request.trace.trace_id,
          .remote = request.remote_address};
}

}  // namespace shopflow::access
