#include "bench/past_partitions.hpp"

#include <fmt/format.h>

namespace shopflow::bench {
namespace {

constexpr auto* kPartition = R"(
DO $$
DECLARE
  parent record;
  piece record;
  head constant bigint := (SELECT position FROM event_log_head);
  since constant timestamptz := now() - interval '{} hours';
BEGIN
  FOR parent IN SELECT name, unit FROM partitioned_tables LOOP
    EXECUTE format('CREATE TEMPORARY TABLE kept AS TABLE %I', parent.name);
    FOR piece IN SELECT inhrelid::regclass AS name FROM pg_inherits WHERE inhparent = parent.name::regclass LOOP
      EXECUTE format('DROP TABLE %s', piece.name);
    END LOOP;
    IF parent.unit = 'position' THEN
      FOR piece IN
        SELECT format('%s_part_%s', parent.name, n) AS name, head + n * 1000000 AS to_position,
               CASE n WHEN 1 THEN 'MINVALUE' ELSE (head + (n - 1) * 1000000)::text END AS from_position
        FROM generate_series(1, 4) AS n
      LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%s) TO (%s)', piece.name, parent.name,
                       piece.from_position, piece.to_position);
        IF parent.name = 'events' THEN
          EXECUTE format('CREATE UNIQUE INDEX ON %I (aggregate_id, sequence)', piece.name);
        END IF;
      END LOOP;
      PERFORM begin_later(parent.name, (head + 4000000)::text);
    ELSE
      PERFORM begin_later(parent.name, uuid7_floor(since)::text);
    END IF;
    WHILE next_partition(now()) IS NOT NULL LOOP END LOOP;
    EXECUTE format('INSERT INTO %I OVERRIDING SYSTEM VALUE TABLE kept', parent.name);
    DROP TABLE kept;
  END LOOP;
END
$$
)";

}  // namespace

void partition_past(pqxx::work& work, std::chrono::hours span) {
  work.exec(fmt::format(fmt::runtime(kPartition), span.count()));
}

}  // namespace shopflow::bench
