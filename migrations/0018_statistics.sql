-- PostgreSQL keeps the statistics of each partition by itself, and never those of the table that they make up: joins of the
-- whole log or of all orders, as the audit makes them, were planned as if they were empty. So the server asks for them, when
-- the table has grown by a fifth since.

-- Gives the name of a table whose statistics were renewed; NULL when all are good enough. One table at a time; it is asked again
-- until then. Reads and writes go on meanwhile. Anybody may call it: there is nothing to do twice. Whoever vacuums or changes
-- the table is not waited for: it fails (55P03), and is called again later.
CREATE FUNCTION renew_statistics() RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '100ms' AS $$
DECLARE
  stale record;
BEGIN
  SELECT t.name INTO stale
  FROM partitioned_tables AS t JOIN pg_class AS whole ON whole.oid = t.name::text::regclass,
       LATERAL (SELECT sum(greatest(part.reltuples, 0)) AS tuples FROM pg_inherits AS i JOIN pg_class AS part ON part.oid = i.inhrelid
                WHERE i.inhparent = whole.oid) AS parts
  WHERE parts.tuples >= 1000 AND parts.tuples > 1.2 * greatest(whole.reltuples, 0)
  ORDER BY t.name LIMIT 1;
  IF stale.name IS NOT NULL THEN EXECUTE format('ANALYZE %I', stale.name); END IF;
  RETURN stale.name;
END
$$;

DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION renew_statistics() SET search_path = %I, pg_temp', current_schema());
END $$;
