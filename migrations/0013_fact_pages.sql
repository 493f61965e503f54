-- Facts are kept by the page: one row for what one batch of events added, its columns as arrays. A row of its own with its index
-- entries for every event cost more than all else that was done with it. `line_…` are the goods of payments and refunds, those
-- of a payment being the lines of its order. Whose fact it is says the event at its position.

-- A server that still runs must not put anything into the table between its copying and its end.
LOCK TABLE facts IN ACCESS EXCLUSIVE MODE;

CREATE TABLE fact_pages (
  last_position bigint PRIMARY KEY,
  first_position bigint NOT NULL,
  from_at timestamptz NOT NULL,
  to_at timestamptz NOT NULL,
  positions bigint[] NOT NULL,
  kinds fact_kind[] NOT NULL,
  times timestamptz[] NOT NULL,
  amounts bigint[] NOT NULL,
  merchandise bigint[] NOT NULL,
  units integer[] NOT NULL,
  line_kinds fact_kind[] NOT NULL,
  line_times timestamptz[] NOT NULL,
  line_skus uuid[] NOT NULL,
  line_quantities integer[] NOT NULL,
  line_amounts bigint[] NOT NULL
);
-- Compressing them would take longer than all the rest.
ALTER TABLE fact_pages
  ALTER positions SET STORAGE EXTERNAL, ALTER kinds SET STORAGE EXTERNAL, ALTER times SET STORAGE EXTERNAL,
  ALTER amounts SET STORAGE EXTERNAL, ALTER merchandise SET STORAGE EXTERNAL, ALTER units SET STORAGE EXTERNAL,
  ALTER line_kinds SET STORAGE EXTERNAL, ALTER line_times SET STORAGE EXTERNAL, ALTER line_skus SET STORAGE EXTERNAL,
  ALTER line_quantities SET STORAGE EXTERNAL, ALTER line_amounts SET STORAGE EXTERNAL;

WITH lines AS (
  SELECT f.position / 1000 AS page, array_agg(f.kind ORDER BY f.position, l.place) AS kinds,
         array_agg(f.occurred_at ORDER BY f.position, l.place) AS times,
         array_agg(l.sku_id ORDER BY f.position, l.place) AS skus,
         array_agg(l.quantity ORDER BY f.position, l.place) AS quantities,
         array_agg(l.amount ORDER BY f.position, l.place) AS amounts
  FROM facts AS f,
       unnest(f.sku_ids, f.quantities, f.amounts) WITH ORDINALITY AS l (sku_id, quantity, amount, place)
  WHERE f.kind IN ('paid', 'refunded')
  GROUP BY page
), pages AS (
  SELECT position / 1000 AS page, max(position) AS last_position, min(position) AS first_position,
         min(occurred_at) AS from_at, max(occurred_at) AS to_at, array_agg(position ORDER BY position) AS positions,
         array_agg(kind ORDER BY position) AS kinds, array_agg(occurred_at ORDER BY position) AS times,
         array_agg(amount ORDER BY position) AS amounts, array_agg(merchandise ORDER BY position) AS merchandise,
         array_agg(CASE WHEN kind IN ('paid', 'refunded') THEN (SELECT coalesce(sum(q), 0) FROM unnest(quantities) AS q)
                   ELSE 0 END::integer ORDER BY position) AS units
  FROM facts GROUP BY page
)
INSERT INTO fact_pages
SELECT p.last_position, p.first_position, p.from_at, p.to_at, p.positions, p.kinds, p.times, p.amounts, p.merchandise, p.units,
       coalesce(l.kinds, '{}'), coalesce(l.times, '{}'), coalesce(l.skus, '{}'), coalesce(l.quantities, '{}'),
       coalesce(l.amounts, '{}')
FROM pages AS p LEFT JOIN lines AS l USING (page)
ORDER BY p.page;
DROP TABLE facts;
CREATE INDEX fact_pages_time ON fact_pages (to_at, from_at);
