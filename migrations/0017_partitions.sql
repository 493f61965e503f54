-- Orders, the stock ledger, the event log and the facts grow for ever, so they are kept in partitions by time: what is written
-- now stays among few pages and in small indexes, however much there was before. Orders and ledger entries carry the time of
-- their making in their identifiers (UUIDv7), the log and the facts in their positions, which are given in order: so keys stay
-- as they were, and a look-up by key goes to one partition. How long a partition is follows from what one more of them costs:
-- every statement that looks for orders begins with all of their partitions (a microsecond each), so these are years; the ledger
-- is only ever added to, in the order of its SKUs, and pays for a large index, so it goes by the quarter; the log is read by all
-- handlers at its end, so it has a new one about each quarter, but not before it has ten million events more.
--
-- `…_early` is all there was at first and goes on to the next bound, `…_later` everything from the last bound on: rows of any
-- time have a place, even under a clock that is years off. `next_partition` ends `…_later` ahead of time, while it is empty, and
-- begins another. There is no default partition, as with one the rest could not be read in order, one after the other.
--
-- Not partitioned is what is deleted after some days (carts, receipts, notification_pages, mails, webhook_events), what is a
-- row or two an order and found by its key alone (payments, order_allocations, pick_lists, shipments, refunds), and the audit
-- log, which only people write.

-- A server that still runs must not put anything into these tables meanwhile.
LOCK TABLE orders, stock_ledger, events, fact_pages IN ACCESS EXCLUSIVE MODE;

CREATE FUNCTION uuid7_floor(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;
CREATE FUNCTION uuid7_time(id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
  SELECT to_timestamp(('x0000' || left(replace(id::text, '-', ''), 12))::bit(64)::bigint / 1000.0)
$$;

-- Which tables these are, and the column that each is partitioned by.
CREATE TABLE partitioned_tables (
  name name PRIMARY KEY,
  key name NOT NULL,
  unit text NOT NULL CHECK (unit IN ('year', 'quarter', 'position'))
);
INSERT INTO partitioned_tables (name, key, unit)
VALUES ('orders', 'id', 'year'), ('stock_ledger', 'id', 'quarter'), ('events', 'position', 'position'),
       ('fact_pages', 'last_position', 'position');

-- Where a partition ends that begins at `begins` and must take `newest` too: with the year or quarter, or, in the log, behind
-- about as many events as come in a quarter at the pace of the last million, in tens of millions, ten to ninety.
CREATE FUNCTION partition_bound(unit text, begins text, newest text, at timestamptz) RETURNS text
LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
  ten_million constant bigint := 10000000;
  million_ago timestamptz;
  tens bigint;
BEGIN
  IF unit <> 'position' THEN
    RETURN uuid7_floor(date_trunc(unit, uuid7_time(greatest(begins::uuid, newest::uuid))) +
                       CASE unit WHEN 'year' THEN interval '1 year' ELSE interval '3 months' END);
  END IF;
  SELECT e.occurred_at INTO million_ago FROM events AS e
  WHERE e.position = (SELECT h.position - 1000000 FROM event_log_head AS h);
  tens := ceil(9 / greatest(1, extract(epoch FROM at - coalesce(million_ago, at - interval '1 year')) / 86400));
  RETURN (greatest(begins::bigint, newest::bigint) / ten_million + tens) * ten_million;
END
$$;

-- Ends the last partition of one table where rows will soon need the next, a month or five million events ahead, and gives its
-- name; NULL when there is nothing to do. One table at a time, so that only its statements wait, for the moment that changing
-- the catalogue takes. If rows have come already, the partition ends behind the newest of them, and they are looked through.
CREATE FUNCTION next_partition(at timestamptz) RETURNS text LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
  parent record;
  later name;
  closed name;
  begins text;
  newest text;
  bound text;
  index_name name;
BEGIN
  -- One at a time; the other does what there is to do.
  IF NOT pg_try_advisory_xact_lock(7466218032) THEN RETURN NULL; END IF;
  FOR parent IN SELECT t.name, t.key, t.unit FROM partitioned_tables AS t ORDER BY t.name LOOP
    later := parent.name || '_later';
    SELECT substring(pg_get_expr(c.relpartbound, c.oid) FROM 'FROM \(''?([^'')]+)') INTO begins
    FROM pg_class AS c WHERE c.oid = later::regclass;
    CONTINUE WHEN CASE WHEN parent.unit = 'position'
                       THEN begins::bigint > (SELECT h.position + 5000000 FROM event_log_head AS h)
                       ELSE begins::uuid > uuid7_floor(at + interval '1 month') END;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent.name);
    EXECUTE format('SELECT %1$I FROM %2$I ORDER BY %1$I DESC LIMIT 1', parent.key, later) INTO newest;
    bound := partition_bound(parent.unit, begins, newest, at);
    closed := parent.name || '_' || CASE parent.unit WHEN 'position' THEN begins
                                    WHEN 'year' THEN to_char(uuid7_time(begins::uuid), 'YYYY')
                                    ELSE to_char(uuid7_time(begins::uuid), 'YYYY"q"Q') END;
    EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent.name, later);
    EXECUTE format('ALTER TABLE %I RENAME TO %I', later, closed);
    FOR index_name IN
      SELECT c.relname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE i.indrelid = closed::regclass
    LOOP
      EXECUTE format('ALTER INDEX %I RENAME TO %I', index_name, replace(index_name, later, closed));
    END LOOP;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent.name, closed, begins, bound);
    PERFORM begin_later(parent.name, bound);
    RETURN closed;
  END LOOP;
  RETURN NULL;
END
$$;

-- An aggregate's numbers are unique in each partition of the log; a key over all of them would have to hold the position. Across
-- a bound they are kept by what gives them: the aggregate's row, locked and written under its version. The audit counts them.
CREATE FUNCTION begin_later(parent name, bound text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (MAXVALUE) %s', parent || '_later', parent, bound,
                 CASE WHEN parent = 'orders' THEN 'WITH (fillfactor = 70)' ELSE '' END);
  IF parent = 'events' THEN
    CREATE UNIQUE INDEX events_later_sequence ON events_later (aggregate_id, sequence);
  END IF;
END
$$;

-- What the server calls, whose role makes nothing else: as the owner, by the clock of the database, and without keeping traffic
-- waiting for somebody who reads a table for long. It is called again.
CREATE FUNCTION make_partition() RETURNS text LANGUAGE sql SECURITY DEFINER SET lock_timeout = '100ms' AS $$
  SELECT next_partition(now())
$$;
REVOKE EXECUTE ON FUNCTION next_partition, begin_later, partition_bound, make_partition FROM PUBLIC;

-- A constraint that stays with the partition as its index.
ALTER TABLE events RENAME CONSTRAINT events_sequence TO events_early_sequence;
ALTER INDEX events_pkey RENAME TO events_early_pkey;
ALTER TABLE events RENAME TO events_early;
CREATE TABLE events (LIKE events_early INCLUDING CONSTRAINTS INCLUDING STORAGE, PRIMARY KEY (position))
  PARTITION BY RANGE (position);

ALTER INDEX fact_pages_pkey RENAME TO fact_pages_early_pkey;
ALTER INDEX fact_pages_time RENAME TO fact_pages_early_time;
ALTER TABLE fact_pages RENAME TO fact_pages_early;
CREATE TABLE fact_pages (LIKE fact_pages_early INCLUDING CONSTRAINTS INCLUDING STORAGE, PRIMARY KEY (last_position))
  PARTITION BY RANGE (last_position);
CREATE INDEX fact_pages_time ON fact_pages (to_at, from_at);

ALTER INDEX stock_ledger_pkey RENAME TO stock_ledger_early_pkey;
ALTER TABLE stock_ledger RENAME TO stock_ledger_early;
CREATE TABLE stock_ledger (LIKE stock_ledger_early INCLUDING CONSTRAINTS INCLUDING STORAGE, PRIMARY KEY (sku_id, id))
  PARTITION BY RANGE (id);

ALTER INDEX orders_pkey RENAME TO orders_early_pkey;
ALTER INDEX orders_pending RENAME TO orders_early_pending;
ALTER INDEX orders_email RENAME TO orders_early_email;
ALTER TABLE orders RENAME TO orders_early;

DO $$
DECLARE
  -- The number that the next order gets; one that was given and not committed is given no second time.
  next_number constant bigint := (SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END FROM orders_number_seq);
  parent record;
  newest text;
  bound text;
BEGIN
  ALTER TABLE orders_early ALTER number DROP IDENTITY;
  CREATE TABLE orders (LIKE orders_early INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE, PRIMARY KEY (id))
    PARTITION BY RANGE (id);
  EXECUTE format('ALTER TABLE orders ALTER number ADD GENERATED ALWAYS AS IDENTITY (START %s)', next_number);
  CREATE INDEX orders_pending ON orders (created_at) WHERE state = 'pending_payment';
  CREATE INDEX orders_email ON orders (lower(email), id);

  -- The indexes of what was there become those of the partition; its rows are read once, to see that they are within.
  FOR parent IN SELECT t.name, t.key, t.unit FROM partitioned_tables AS t LOOP
    EXECUTE format('SELECT %1$I FROM %2$I ORDER BY %1$I DESC LIMIT 1', parent.key, parent.name || '_early') INTO newest;
    bound := partition_bound(parent.unit, CASE parent.unit WHEN 'position' THEN '0' ELSE uuid7_floor(now())::text END, newest,
                             now());
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)', parent.name,
                   parent.name || '_early', bound);
    PERFORM begin_later(parent.name, bound);
  END LOOP;
  WHILE next_partition(now()) IS NOT NULL LOOP END LOOP;

  EXECUTE format('ALTER FUNCTION make_partition() SET search_path = %I, pg_temp', current_schema());
END
$$;

-- As before, but partitions are reached by their table alone: its rights are those that count, and what is taken away from it
-- must not be had by another way.
CREATE OR REPLACE FUNCTION give_rights(app text, reader text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  has_app constant boolean := app <> current_user AND EXISTS (SELECT FROM pg_roles WHERE rolname = app);
  has_reader constant boolean := reader <> current_user AND EXISTS (SELECT FROM pg_roles WHERE rolname = reader);
  relation record;
BEGIN
  -- Others may keep relations of their own in the schema, over which we can't and need not give rights.
  FOR relation IN
    SELECT relkind = 'S' AS is_sequence, relispartition AS is_part,
           format('%I.%I', current_schema(), relname) AS name FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
      AND pg_get_userbyid(relowner) = current_user
  LOOP
    IF has_app AND relation.is_sequence THEN
      EXECUTE format('GRANT USAGE ON SEQUENCE %s TO %I', relation.name, app);
    ELSIF has_app AND relation.is_part THEN
      EXECUTE format('REVOKE ALL ON %s FROM %I', relation.name, app);
    ELSIF has_app THEN
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', relation.name, app);
    END IF;
    IF has_reader AND NOT relation.is_sequence AND NOT relation.is_part THEN
      EXECUTE format('GRANT SELECT ON %s TO %I', relation.name, reader);
    END IF;
  END LOOP;
  IF has_app THEN
    -- Without these nobody but the owner makes anything, not even tables for a moment.
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema());
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), app);
    EXECUTE format('GRANT EXECUTE ON FUNCTION batch_must_fit(boolean), make_partition() TO %I', app);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON schema_migrations, partitioned_tables FROM %I', app);
    EXECUTE format('REVOKE UPDATE, DELETE ON audit_log, events, stock_ledger, server_keys FROM %I', app);
  END IF;
  IF has_reader THEN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), reader);
    EXECUTE format('REVOKE SELECT ON server_keys, api_keys, receipts, sandbox_intents FROM %I', reader);
  END IF;
END
$$;
