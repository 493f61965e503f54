#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "events/known_types.hpp"
#include "events/plain_text.hpp"
#include "events/runner.hpp"
#include "shopflow/core/backoff.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::events {
namespace {

constexpr std::size_t kChainMax = 100;
constexpr std::chrono::milliseconds kLookPause{100};

}  // namespace

void Relay::Runner::retry_what_is_due() {
  const auto now = std::chrono::steady_clock::now();
  if (now - retried_at_ < std::min(kLookPause, shared_.settings.poll)) return;
  chain_max_ = kChainMax;
  for (std::size_t i = 0; i < shared_.settings.retries_max && !shared_.stopping; ++i) {
    if (retry() != Next::more) break;
  }
  retried_at_ = std::chrono::steady_clock::now();
}

Relay::Runner::Next Relay::Runner::retry() {
  try {
    return retry_once();
  } catch (const db::Unavailable& error) {
    spdlog::warn("handler {}: {}", subscription_.name, error.what());
    return Next::pause;
  } catch (const db::SqlError& error) {
    if (!error.is_transient() && !error.is_starved()) return postpone_head(error.what());
    spdlog::warn("handler {} tries again: {}", subscription_.name, error.what());
    return Next::pause;
  } catch (const std::exception& error) {
    return postpone_head(error.what());
  }
}

/// A crash of PostgreSQL, which ends all sessions, may have taken back what was committed last.
void Relay::Runner::go_back(db::Transaction& tx) {
  position_ = std::min(position_, repository::lowest_cursor(tx, {subscription_.name}));
  session_ = tx.session();
}

Relay::Runner::Next Relay::Runner::retry_once() {
  chain_.clear();
  bool due = false;
  const auto now = shared_.clock.now();
  const auto& handler = subscription_.name;
  // Most looks find nothing, so the cursor is locked only for what is there.
  connection_.read([&](db::Transaction& tx) {
    due = repository::due_aggregate(tx, handler, now).has_value();
    if (session_ != tx.session()) go_back(tx);
  });
  if (!due) return Next::wait;
  auto next = Next::more;
  Notes notes;
  std::optional<repository::NewDelivery> stuck;
  connection_.transact([&](db::Transaction& tx) {
    next = Next::pause;
    chain_.clear();
    if (!repository::try_lock_cursor(tx, handler)) return;
    const auto aggregate = repository::due_aggregate(tx, handler, now);
    if (!aggregate) return;
    next = Next::more;
    chain_ = repository::waiting_of(tx, handler, *aggregate, chain_max_);
    notes = {};
    notes.batch = subscription_.begin();
    std::vector<std::int64_t> finished;
    stuck = retry_chain(notes, finished, now);
    repository::finish_deliveries(tx, handler, finished);
    if (stuck) repository::postpone_delivery(tx, handler, *stuck);
    if (notes.noted > 0) notes.batch->apply(tx);
  });
  const std::lock_guard lock{stats_mutex_};
  stats_.events += notes.noted;
  stats_.retried += chain_.empty() ? 0 : 1;
  stats_.dead += stuck && stuck->dead ? 1 : 0;
  return next;
}

std::optional<repository::NewDelivery> Relay::Runner::retry_chain(Notes& notes,
                                                                  std::vector<std::int64_t>& finished,
                                                                  Timestamp now) {
  for (const auto& queued : chain_) {
    const auto& envelope = queued.event.envelope;
    if (!is_known_type(envelope.type) && !takes(queued.event)) {
      return repository::NewDelivery{envelope.position,
                                     envelope.aggregate_id,
                                     false,
                                     queued.attempts,
                                     now + kUnknownPause,
                                     plain_text("this binary does not know the type " + envelope.type)};
    }
    if (takes(queued.event)) {
      auto ack = notes.batch->on(envelope, queued.event.data);
      if (ack.kind != Ack::Kind::done)
        return next_attempt(queued, ack.kind == Ack::Kind::dead, std::move(ack.why), now);
      ++notes.noted;
    }
    finished.push_back(envelope.position);
  }
  return std::nullopt;
}

repository::NewDelivery Relay::Runner::next_attempt(const repository::Queued& queued, bool dead,
                                                    std::string why, Timestamp now) {
  const int attempts = queued.attempts + 1;
  const auto& envelope = queued.event.envelope;
  return {envelope.position,
          envelope.aggregate_id,
          dead || attempts >= kAttemptsMax,
          attempts,
          now + backoff(attempts, envelope.id.value),
          plain_text(std::move(why))};
}

Relay::Runner::Next Relay::Runner::postpone_head(const std::string& why) {
  if (chain_.empty()) {
    spdlog::error("handler {}: {}", subscription_.name, why);
    return Next::pause;
  }
  if (chain_.size() > 1) {
    // One of them fails: the rest of this look takes them one by one.
    chain_max_ = 1;
    return Next::more;
  }
  const auto delivery = next_attempt(chain_.front(), false, why, shared_.clock.now());
  try {
    connection_.transact([&](db::Transaction& tx) {
      if (!repository::lock_cursor(tx, subscription_.name)) return;
      repository::postpone_delivery(tx, subscription_.name, delivery);
    });
  } catch (const std::exception& error) {
    spdlog::warn("handler {} can't postpone event {}: {}", subscription_.name, delivery.position,
                 error.what());
    return Next::pause;
  }
  const std::lock_guard lock{stats_mutex_};
  ++stats_.retried;
  ++stats_.failures;
  stats_.dead += delivery.dead ? 1 : 0;
  return Next::more;
}

}  // namespace shopflow::events
