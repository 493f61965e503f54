#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "shopflow/db/array.hpp"
#include "shopflow/events/envelope.hpp"

namespace shopflow::events {

/// Events that are to be appended to the log; see db::JointStatement. Must be the last part, as the head of
/// the log is locked from here to the commit.
struct NewEvents {
  std::int64_t count = 0;
  db::UuidArray ids;
  db::TextArray types;
  db::SmallIntArray versions;
  db::TextArray aggregates;
  db::UuidArray aggregate_ids;
  db::IntArray sequences;
  db::TimestampArray times;
  db::TextArray traces;
  db::TextArray data;

  static constexpr const char* kWith = R"(log_head AS (
  UPDATE event_log_head SET position = position + $1 RETURNING position - $1 AS before
))";
  static constexpr const char* kText = R"(
INSERT INTO events (position, id, type, version, aggregate, aggregate_id, sequence, occurred_at, traceparent, data)
SELECT (SELECT before FROM log_head) + e.place, e.id, e.type, e.version, e.aggregate, e.aggregate_id, e.sequence, e.occurred_at,
       e.traceparent, e.data
FROM (SELECT unnest($2::uuid[]), unnest($3::text[]), unnest($4::int2[]), unnest($5::text[]), unnest($6::uuid[]),
             unnest($7::int4[]), unnest($8::timestamptz[]), unnest($9::text[]), unnest($10::text[]),
             generate_subscripts($2::uuid[], 1))
     AS e (id, type, version, aggregate, aggregate_id, sequence, occurred_at, traceparent, data, place)
)";
  static constexpr std::size_t kParameters = 10;

  explicit NewEvents(const std::vector<NewEvent>& events);
  [[nodiscard]] std::size_t size() const { return ids.size(); }
  [[nodiscard]] auto parameters() const {
    return std::tie(count, ids, types, versions, aggregates, aggregate_ids, sequences, times, traces, data);
  }
};

}  // namespace shopflow::events
