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
BEGIN
  -- Without these nobody but the owner makes anything, not even tables for a moment.
  EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema());
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  IF app <> current_user AND EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), app);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I', current_schema(), app);
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I', current_schema(), app);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM %I', app);
    EXECUTE format('REVOKE UPDATE, DELETE ON audit_log, events, stock_ledger, server_keys FROM %I', app);
  END IF;
  IF reader <> current_user AND EXISTS (SELECT FROM pg_roles WHERE rolname = reader) THEN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), reader);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I', current_schema(), reader);
    EXECUTE format('REVOKE SELECT ON server_keys, api_keys, receipts, sandbox_intents FROM %I', reader);
  END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION give_rights FROM PUBLIC;
