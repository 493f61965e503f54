-- PostgreSQL keeps the statistics of each partition by itself, and never those of the table that they make up: joins of the
-- whole log or of all orders, as the audit makes them, were planned as if they were empty. So the server asks for them, when
-- the table has grown by a fifth since.

-- How many rows there were then. pg_class would tell too, but keeps what an ANALYZE wrote that did not come to its end.
ALTER TABLE partitioned_tables ADD analyzed_tuples double precision NOT NULL DEFAULT 0;

CREATE FUNCTION tuples_in_partitions(parent name) RETURNS double precision LANGUAGE sql AS $$
  SELECT sum(greatest(part.reltuples, 0)) FROM pg_inherits AS i JOIN pg_class AS part ON part.oid = i.inhrelid
  WHERE i.inhparent = parent::text::regclass
$$;

-- What the server calls, in a session of its own, since it reads a sample of each partition: gives the name of a table whose
-- statistics were renewed; NULL when all are good enough. One table at a time, and called again until then. Reads and writes go
-- on meanwhile; a table that is being vacuumed or changed is left for the next time.
CREATE FUNCTION renew_statistics() RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET lock_timeout = '100ms' SET default_statistics_target = 100 AS $$
DECLARE
  grown name;
BEGIN
  -- One at a time; the other does what there is to do.
  IF NOT pg_try_advisory_xact_lock(7466218033) THEN RETURN NULL; END IF;
  FOR grown IN
    SELECT t.name FROM partitioned_tables AS t
    WHERE tuples_in_partitions(t.name) >= 1000 AND tuples_in_partitions(t.name) > 1.2 * t.analyzed_tuples ORDER BY t.name
  LOOP
    BEGIN
      EXECUTE format('ANALYZE %I', grown);
      UPDATE partitioned_tables SET analyzed_tuples = tuples_in_partitions(grown) WHERE name = grown;
      RETURN grown;
    EXCEPTION WHEN lock_not_available THEN
      RAISE LOG 'the statistics of % wait', grown;
    END;
  END LOOP;
  RETURN NULL;
END
$$;

DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION renew_statistics() SET search_path = %I, pg_temp', current_schema());
END $$;
REVOKE EXECUTE ON FUNCTION renew_statistics, tuples_in_partitions FROM PUBLIC;

-- As before, and this.
ALTER FUNCTION give_rights RENAME TO give_rights_over_tables;
CREATE FUNCTION give_rights(app text, reader text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM give_rights_over_tables(app, reader);
  IF app <> current_user AND EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
    EXECUTE format('GRANT EXECUTE ON FUNCTION renew_statistics() TO %I', app);
  END IF;
END
$$;
