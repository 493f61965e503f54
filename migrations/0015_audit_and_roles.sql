-- What people with keys have changed, or tried to. Each row holds a keyed hash over itself and the row before, so that
-- nothing can be changed or left out afterwards without it being seen; `shopflow audit` follows the chain.
CREATE TABLE audit_log (
  position bigint PRIMARY KEY,
  at timestamptz NOT NULL,
  stage text NOT NULL,
  key_id uuid,
  actor text NOT NULL,
  role text NOT NULL,
  method text NOT NULL,
  path text NOT NULL,
  subject text NOT NULL,
  status smallint,
  trace_id text NOT NULL,
  remote text NOT NULL,
  hash bytea NOT NULL CONSTRAINT audit_log_hash CHECK (octet_length(hash) = 32)
);

CREATE FUNCTION audit_log_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is only ever appended to';
END
$$;
CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_stays();

-- Gives the server's role what it needs and no more, and the reader's what is neither a secret nor opens anything. Called
-- after every migration, since each may have made tables; a role that is not there, or is the caller, is left alone.
CREATE FUNCTION give_rights(app text, reader text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  has_app constant boolean := app <> current_user AND EXISTS (SELECT FROM pg_roles WHERE rolname = app);
  has_reader constant boolean := reader <> current_user AND EXISTS (SELECT FROM pg_roles WHERE rolname = reader);
  relation record;
BEGIN
  -- Others may keep relations of their own in the schema, over which we can't and need not give rights.
  FOR relation IN
    SELECT relkind = 'S' AS is_sequence, format('%I.%I', current_schema(), relname) AS name FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
      AND pg_get_userbyid(relowner) = current_user
  LOOP
    IF has_app AND relation.is_sequence THEN
      EXECUTE format('GRANT USAGE ON SEQUENCE %s TO %I', relation.name, app);
    ELSIF has_app THEN
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', relation.name, app);
    END IF;
    IF has_reader AND NOT relation.is_sequence THEN
      EXECUTE format('GRANT SELECT ON %s TO %I', relation.name, reader);
    END IF;
  END LOOP;
  IF has_app THEN
    -- Without these nobody but the owner makes anything, not even tables for a moment.
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema());
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), app);
    EXECUTE format('GRANT EXECUTE ON FUNCTION batch_must_fit(boolean) TO %I', app);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM %I', app);
    EXECUTE format('REVOKE UPDATE, DELETE ON audit_log, events, stock_ledger, server_keys FROM %I', app);
  END IF;
  IF has_reader THEN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), reader);
    EXECUTE format('REVOKE SELECT ON server_keys, api_keys, receipts, sandbox_intents FROM %I', reader);
  END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION give_rights FROM PUBLIC;
