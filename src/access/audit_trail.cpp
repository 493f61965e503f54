#include "shopflow/access/audit_trail.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "access/audit_rows.hpp"
#include "access/audit_subject.hpp"
#include "shopflow/access/keys.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::access {
namespace {

namespace asio = boost::asio;
using Steady = std::chrono::steady_clock;

constexpr int kExportEvery = 60;  // windows of the refusals, hence once an hour

/// What a row announces is committed behind it, so it reaches the disk no sooner than the row.
db::LaneSettings without_waiting(db::LaneSettings settings) {
  settings.connection.asynchronous_commit = true;
  return settings;
}

std::vector<AuditEntry> copies(db::Batch<AuditEntry> batch) {
  std::vector<AuditEntry> entries;
  entries.reserve(batch.size());
  for (const auto* entry : batch) entries.push_back(*entry);
  return entries;
}

}  // namespace

AuditTrail::AuditTrail(db::LaneSettings settings, const AuditChain& chain, const Clock& clock,
                       Exported exported)
    : chain_{chain},
      connection_{settings.connection},
      clock_{clock},
      exported_{std::move(exported)},
      lane_{without_waiting(std::move(settings)),
            [this](db::Transaction& tx, db::Batch<AuditEntry> batch) {
              const auto head = chain_.append(tx, copies(batch));
              tx.after_commit([this, head] { remember(head); });
              return std::vector<Result<AuditHead>>(batch.size(), head);
            },
            [this](db::Transaction& tx, db::Batch<AuditEntry>, Entries::Outcomes outcomes) {
              return recover(tx, outcomes.front()->value());
            },
            [this](db::Transaction&, db::Batch<AuditEntry> batch) { return attempt(batch); }} {}

AuditTrail::Entries::Attempt AuditTrail::attempt(db::Batch<AuditEntry> batch) {
  Entries::Attempt attempt;
  attempt.outcomes.resize(batch.size());
  const auto head = remembered();
  if (head.position == 0) return attempt;
  const auto rows = std::make_shared<const AuditRows>(chain_.follow(head, copies(batch)));
  for (auto& outcome : attempt.outcomes) outcome.emplace(rows->last);
  attempt.write = [this, rows](db::Transaction& tx) {
    append_quickly(tx, *rows);
    tx.after_commit([this, rows] { remember(rows->last); });
  };
  return attempt;
}

db::LaneRecovery AuditTrail::recover(db::Transaction& tx, const AuditHead& head) {
  if (!has_reached(tx, head)) return db::LaneRecovery::not_committed;
  remember(head);
  return db::LaneRecovery::committed;
}

void AuditTrail::remember(const AuditHead& head) {
  const std::lock_guard lock{mutex_};
  head_ = head;
}

AuditHead AuditTrail::remembered() {
  const std::lock_guard lock{mutex_};
  return head_;
}

asio::awaitable<Result<void>> AuditTrail::begin(const http::Request& request) {
  auto pending = write(entry_of(request, request.caller, "begun"));
  auto written = co_await std::move(pending);
  // Whether or not that row is there, what it announces is not done.
  if (!written && written.error().code == errors::outcome_unknown.code) {
    co_return fail(errors::database_unavailable);
  }
  co_return written;
}

asio::awaitable<Result<void>> AuditTrail::end(const http::Request& request, const http::Response& response) {
  auto entry = entry_of(request, request.caller, "ended");
  entry.status = static_cast<std::int16_t>(response.status);
  entry.subject = audit_subject(request.body, response.bytes());
  return write(std::move(entry));
}

asio::awaitable<Result<void>> AuditTrail::refuse(const http::Request& request, const http::Caller& caller) {
  if (caller.key && !refusals_.take(caller, Steady::now())) co_return Result<void>{};
  auto entry = entry_of(request, caller, "refused");
  entry.status = static_cast<std::int16_t>(ErrorKind::forbidden);
  auto pending = write(std::move(entry));
  co_return co_await std::move(pending);
}

asio::awaitable<void> AuditTrail::write_rest(RefusalBook::Rest rest) {
  auto entry = entry_of({}, rest.caller, "refused");
  entry.method.clear();
  entry.subject = R"({"more":)" + std::to_string(rest.count) + "}";
  entry.status = static_cast<std::int16_t>(ErrorKind::forbidden);
  auto pending = write(std::move(entry));
  const auto written = co_await std::move(pending);
  if (!written) {
    spdlog::error("{} refusals of {} are not in the audit log: {}", rest.count, rest.caller.key->str(),
                  written.error().title);
  }
}

asio::awaitable<void> AuditTrail::keep() {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer{executor};
  for (int minute = 1;; ++minute) {
    timer.expires_after(RefusalBook::kWindow);
    co_await timer.async_wait(asio::use_awaitable);
    for (auto& rest : refusals_.take_rest(Steady::now(), false)) {
      auto pending = write_rest(std::move(rest));
      co_await std::move(pending);
    }
    if (minute % kExportEvery == 0) export_head();
  }
}

void AuditTrail::stop() {
  // Everything is submitted before the lane ends, which finishes what it has taken.
  asio::io_context context{1};
  for (auto& rest : refusals_.take_rest(Steady::now(), true)) {
    asio::co_spawn(context, write_rest(std::move(rest)), asio::detached);
  }
  context.poll();
  lane_.stop();
  context.restart();
  context.run();
  export_head();
}

void AuditTrail::export_head() {
  AuditHead head;
  {
    const std::lock_guard lock{mutex_};
    if (head_.position == exported_position_) return;
    head = head_;
  }
  bool found = false;
  try {
    db::Connection connection{connection_};
    connection.transact([&](db::Transaction& tx) {
      found = has_reached(tx, head);
      if (found) tx.await_disk();
    });
  } catch (const std::exception& error) {
    spdlog::warn("whether the audit log is at position {} with hash {} can't be found out: {}", head.position,
                 to_hex(head.hash), error.what());
    return;
  }
  if (!found) {
    spdlog::error(
        "the audit log was at position {} with hash {} and is not: PostgreSQL has crashed, or the end "
        "was cut off",
        head.position, to_hex(head.hash));
    return;
  }
  {
    const std::lock_guard lock{mutex_};
    exported_position_ = head.position;
  }
  exported_(head);
}

asio::awaitable<Result<void>> AuditTrail::write(AuditEntry entry) {
  auto pending = lane_.submit(0, std::move(entry));
  auto written = co_await std::move(pending);
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
          .subject = {},
          .status = {},
          .trace_id = request.trace.trace_id,
          .remote = request.remote_address};
}

}  // namespace shopflow::access
