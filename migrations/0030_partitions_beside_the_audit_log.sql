-- The number of the lock under which partitions are made was that of the audit log's too: whoever acted with a key waited while
-- one was made, and where much was done with keys none was made. Nothing else in the function is new.
CREATE OR REPLACE FUNCTION next_partition(at timestamptz) RETURNS text LANGUAGE plpgsql SET timezone = 'UTC' AS $$
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
  IF NOT pg_try_advisory_xact_lock(7466218034) THEN RETURN NULL; END IF;
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
