-- Keys of the admin API; only a hash of the key is kept.
CREATE TYPE admin_role AS ENUM ('admin', 'catalog', 'warehouse', 'support', 'analyst');
CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  role admin_role NOT NULL,
  hash bytea NOT NULL CONSTRAINT api_keys_hash UNIQUE,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz
);
-- A key is shown once, so a repeated request to make it must not make a second one.
CREATE UNIQUE INDEX api_keys_name ON api_keys (name) WHERE revoked_at IS NULL;

-- Keys of the server itself, made at the first start, for example the one from which cart and order secrets are derived.
CREATE TABLE server_keys (
  name text PRIMARY KEY,
  value bytea NOT NULL,
  created_at timestamptz NOT NULL
);
