#include "shopflow/events/outbox.hpp"

#include "shopflow/db/joint_statement.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/events/event_rows.hpp"

namespace shopflow::events {
namespace {

const std::string kAppendText = std::string{"WITH "} + NewEvents::kWith + NewEvents::kText;
const db::Statement kAppend{"events.append", kAppendText.c_str()};

}  // namespace

NewEvents::NewEvents(const std::vector<NewEvent>& events) : count{static_cast<std::int64_t>(events.size())} {
  for (const auto& event : events) {
    ids.push(event.id);
    types.push(event.type);
    versions.push(event.version);
    aggregates.push(event.aggregate);
    aggregate_ids.push(event.aggregate_id);
    sequences.push(event.sequence);
    times.push(event.occurred_at);
    traces.push(event.traceparent);
    data.push(event.data);
  }
}

void Outbox::append(db::Transaction& tx, const std::vector<NewEvent>& events) const {
  if (events.empty()) return;
  db::write_rows(tx, kAppend, NewEvents{events});
  wake_after(tx);
}

void Outbox::wake_after(db::Transaction& tx) const {
  // An event that has been seen must not be lost, since another would take its position.
  tx.commit_synchronously();
  tx.after_commit_or_doubt(wake_);
}

}  // namespace shopflow::events
