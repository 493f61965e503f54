#include "shopflow/events/outbox.hpp"

#include "shopflow/db/transaction.hpp"

namespace shopflow::events {
namespace {

const db::Statement kAppend{"events.append", R"(
WITH head AS (
  UPDATE event_log_head SET position = position + $1 RETURNING position - $1 AS before
)
INSERT INTO events (position, id, type, version, aggregate, aggregate_id, sequence, occurred_at, traceparent, data)
SELECT head.before + e.place, e.id, e.type, e.version, e.aggregate, e.aggregate_id, e.sequence, e.occurred_at,
       e.traceparent, e.data
FROM head, unnest($2::uuid[], $3::text[], $4::int2[], $5::text[], $6::uuid[], $7::int4[], $8::timestamptz[], $9::text[],
                  $10::text[])
     WITH ORDINALITY AS e (id, type, version, aggregate, aggregate_id, sequence, occurred_at, traceparent, data, place)
)"};

}  // namespace

void Outbox::append(db::Transaction& tx, const std::vector<NewEvent>& events) const {
  if (events.empty()) return;
  db::UuidArray ids;
  db::TextArray types;
  db::SmallIntArray versions;
  db::TextArray aggregates;
  db::UuidArray aggregate_ids;
  db::IntArray sequences;
  db::TimestampArray times;
  db::TextArray traces;
  db::TextArray data;
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
  tx.exec(kAppend, static_cast<std::int64_t>(events.size()), ids, types, versions, aggregates, aggregate_ids,
          sequences, times, traces, data);
  tx.after_commit_or_doubt(wake_);
}

}  // namespace shopflow::events
