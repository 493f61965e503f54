#include "events/runner.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "events/known_types.hpp"
#include "events/pipeline.hpp"
#include "events/plain_text.hpp"
#include "shopflow/core/backoff.hpp"
#include "shopflow/core/failpoint.hpp"
#include "shopflow/core/thread_name.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::events {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kSingleBatches = 16;  // after one that could not be worked on ahead of its turn

/// The moments at which handlers go on are the same for all of them, so that they share what they read, and
/// the flush of what they commit.
Steady::time_point next_tick(Steady::time_point now, std::chrono::milliseconds step) {
  if (step.count() == 0) return now;
  const auto since = now.time_since_epoch();
  return now + (step - since % step);
}

// A handler's effect is a batch of rows named by their keys. If a crash loses it, the cursor is lost with it,
// and what somebody has made of it since, which stands behind it in PostgreSQL's log.
db::ConnectionSettings for_batches(db::ConnectionSettings settings, const std::string& handler) {
  settings.rows_by_key = true;
  settings.asynchronous_commit = true;
  settings.work = handler;
  return settings;
}

}  // namespace

Relay::Runner::Runner(Shared& shared, Subscription subscription)
    : shared_{shared},
      subscription_{std::move(subscription)},
      types_{subscription_.types.begin(), subscription_.types.end()},
      reader_{shared.window.join()},
      settings_{for_batches(shared.settings.connection, subscription_.name)},
      connection_{settings_},
      size_{shared.settings.batch_max},
      pace_{shared.settings} {
  stats_.handler = subscription_.name;
  takes_.resize(kUnknownType + 1);
  for (const auto& type : types_) takes_[type_number(type)] = true;
  // What only this handler knows is looked up by its name.
  takes_[kUnknownType] = false;
}

Relay::Runner::~Runner() { join(); }

void Relay::Runner::start() {
  thread_ = std::thread{[this] { serve(); }};
}

void Relay::Runner::join() {
  if (thread_.joinable()) thread_.join();
}

HandlerStats Relay::Runner::stats() const {
  const std::lock_guard lock{stats_mutex_};
  return stats_;
}

bool Relay::Runner::takes(const StoredEvent& event) const { return types_.contains(event.envelope.type); }

bool Relay::Runner::prepare() {
  try {
    connection_.transact(
        [this](db::Transaction& tx) { repository::ensure_cursors(tx, {subscription_.name}); });
    return true;
  } catch (const std::exception& error) {
    spdlog::warn("handler {} can't start yet: {}", subscription_.name, error.what());
    return false;
  }
}

void Relay::Runner::serve() {
  name_thread(subscription_.name);
  auto heard = shared_.doorbell.rings();
  while (!shared_.stopping && !prepare()) heard = shared_.doorbell.wait(heard, shared_.settings.poll);
  while (!shared_.stopping) {
    heard = shared_.doorbell.rings();
    const auto started = Steady::now();
    const auto next = forward(heard, started);
    retry_what_is_due();
    rest(next, heard, started);
  }
}

void Relay::Runner::rest(Next next, std::uint64_t heard, Steady::time_point started) {
  if (shared_.stopping || next == Next::more) return;
  if (next == Next::pause) return std::this_thread::sleep_for(shared_.settings.busy);
  if (next == Next::wait) {
    pace_.rested();
    shared_.doorbell.wait(heard, shared_.settings.poll);
  }
  // Where events come one after the other, a transaction for each would cost more than its effect.
  const auto now = Steady::now();
  const auto step = pace_.step();
  if (!shared_.stopping && (next == Next::gather || now - started < step))
    std::this_thread::sleep_until(next_tick(now, step));
}

Relay::Runner::Next Relay::Runner::forward(std::uint64_t heard, Steady::time_point started) {
  try {
    const auto next = forward_once(heard);
    if (next != Next::more) return next;
    const bool more = slice_.events.size() >= size_.limit();
    const bool backlog = more && size_.limit() == shared_.settings.batch_max;
    size_.succeeded();
    pace_.passed(slice_.events.size(), started);
    if (single_ > 0) {
      --single_;
    } else if (backlog && subscription_.works_ahead && !has_deliveries_ && !Pipeline{*this, heard}.run()) {
      single_ = kSingleBatches;
    }
    return more ? Next::more : Next::gather;
  } catch (const db::Unavailable& error) {
    // In doubt or not: the cursor tells whether the batch took effect.
    spdlog::warn("handler {}: {}", subscription_.name, error.what());
    return Next::wait;
  } catch (const db::SqlError& error) {
    if (!error.is_transient() && !error.is_starved()) return isolate(error.what());
    spdlog::warn("handler {} tries again: {}", subscription_.name, error.what());
    (void)size_.failed(slice_.events.size());
    return Next::pause;
  } catch (const std::exception& error) {
    return isolate(error.what());
  }
}

Relay::Runner::Next Relay::Runner::forward_once(std::uint64_t heard) {
  slice_ = {};
  auto ahead = shared_.window.after(reader_, position_, size_.limit(), heard);
  if (ahead && ahead->events.empty()) return ahead->early ? Next::gather : Next::wait;
  slice_ = ahead ? std::move(*ahead) : Slice{};
  slice_.decode();
  auto next = Next::more;
  Notes notes;
  const auto started = Steady::now();
  connection_.transact([&](db::Transaction& tx) {
    const auto cursor = move_on(tx, heard);
    next = !cursor ? Next::pause : slice_.events.empty() ? Next::wait : Next::more;
    if (next != Next::more) return;
    notes = take_note(slice_, cursor->has_deliveries ? parked_in(tx, slice_) : std::unordered_set<Uuid>{});
    has_deliveries_ = cursor->has_deliveries || !notes.deliveries.empty();
    // The handler comes last, since it may append events, which locks the log until the commit.
    repository::insert_deliveries(tx, subscription_.name, notes.deliveries, shared_.clock.now());
    failpoint(subscription_.name, "before_effect");
    if (notes.noted > 0) notes.batch->apply(tx);
  });
  if (next != Next::more) return next;
  position_ = slice_.last();
  broken_.erase(broken_.begin(), broken_.upper_bound(position_));
  count(notes.noted, notes.deliveries, started);
  return next;
}

/// What has been committed up to `position_`.
void Relay::Runner::count(std::size_t noted, const std::vector<repository::NewDelivery>& deliveries,
                          Steady::time_point started) {
  const std::lock_guard lock{stats_mutex_};
  stats_.position = position_;
  stats_.parked += deliveries.size();
  stats_.dead +=
      static_cast<std::uint64_t>(std::ranges::count_if(deliveries, &repository::NewDelivery::dead));
  stats_.events += noted;
  if (noted == 0) return;
  ++stats_.batches;
  stats_.apply_us += microseconds_since(started);
}

/// Moves the cursor over the slice. If it has not been left where it stands now, the slice is read anew from
/// there. nullopt when someone else has the cursor.
std::optional<repository::Cursor> Relay::Runner::move_on(db::Transaction& tx, std::uint64_t heard) {
  const auto& handler = subscription_.name;
  if (!slice_.events.empty()) {
    if (const auto moved = repository::advance_cursor(tx, handler, position_, slice_.last())) return moved;
  }
  const auto found = repository::try_lock_cursor(tx, handler);
  if (!found) return std::nullopt;
  // If reading fails this may run again, and must not take the old slice for the one behind the new place.
  slice_ = {};
  position_ = found->position;
  slice_ = read(tx, heard);
  slice_.decode();
  if (!slice_.events.empty()) repository::move_cursor(tx, handler, slice_.last());
  return found;
}

Slice Relay::Runner::read(db::Transaction& tx, std::uint64_t heard) {
  if (auto slice = shared_.window.after(reader_, position_, size_.limit(), heard)) return std::move(*slice);
  Slice slice;
  slice.shared = false;
  slice.add(std::make_shared<Page>(read_after(tx, position_, size_.limit())), 0, size_.limit());
  return slice;
}

std::unordered_set<Uuid> Relay::Runner::parked_in(db::Transaction& tx, const Slice& slice) const {
  std::unordered_set<Uuid> aggregates;
  for (const auto& entry : slice.events) aggregates.insert(entry.event().envelope.aggregate_id);
  return repository::parked_among(tx, subscription_.name, aggregates);
}

Relay::Runner::Notes Relay::Runner::take_note(const Slice& slice, std::unordered_set<Uuid> parked) {
  const auto now = shared_.clock.now();
  // A handler that throws while it takes note may have noted half of the event, so its batch begins anew.
  for (;;) {
    Notes notes;
    notes.batch = subscription_.begin();
    auto behind = parked;
    if (std::ranges::all_of(slice.events, [&](const auto& entry) { return note(entry, notes, behind, now); }))
      return notes;
  }
}

bool Relay::Runner::note(const Entry& entry, Notes& notes, std::unordered_set<Uuid>& parked, Timestamp now) {
  const auto& event = entry.event();
  const auto& envelope = event.envelope;
  const auto type = entry.type();
  const bool taken = takes_[type] || (type == kUnknownType && takes(event));
  const bool known = type != kUnknownType || taken;
  if (known && !taken) return true;
  const auto park = [&](int attempts, bool dead, Timestamp due, std::string why) {
    notes.deliveries.push_back(
        {envelope.position, envelope.aggregate_id, dead, attempts, due, plain_text(std::move(why))});
    parked.insert(envelope.aggregate_id);
    return true;
  };
  if (parked.contains(envelope.aggregate_id)) return park(0, false, now, {});
  if (!known)
    return park(0, false, now + kUnknownPause, "this binary does not know the type " + envelope.type);
  if (const auto broken = broken_.find(envelope.position); broken != broken_.end())
    return park(1, false, now + backoff(1, envelope.id.value), broken->second);
  try {
    auto ack = notes.batch->on(envelope, entry.data());
    if (ack.kind == Ack::Kind::done) {
      ++notes.noted;
      return true;
    }
    return park(1, ack.kind == Ack::Kind::dead, now + backoff(1, envelope.id.value), std::move(ack.why));
  } catch (const std::exception& error) {
    spdlog::error("handler {} can't read event {}: {}", subscription_.name, envelope.position, error.what());
    broken_.emplace(envelope.position, error.what());
    return false;
  }
}

Relay::Runner::Next Relay::Runner::isolate(const std::string& why) {
  {
    const std::lock_guard lock{stats_mutex_};
    ++stats_.failures;
  }
  const auto& events = slice_.events;
  if (events.empty()) {
    spdlog::error("handler {}: {}", subscription_.name, why);
    return Next::pause;
  }
  if (!size_.failed(events.size())) return Next::more;
  const auto position = events.front().event().envelope.position;
  spdlog::error("handler {} parks event {}: {}", subscription_.name, position, why);
  // If parking it does not help, the fault is not in the event.
  return broken_.emplace(position, why).second ? Next::more : Next::pause;
}

}  // namespace shopflow::events
