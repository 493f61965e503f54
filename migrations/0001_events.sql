-- Answers kept for their Idempotency-Key, in the transaction of the effect they tell of.
CREATE TABLE receipts (
  scope text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL,
  status smallint NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT receipts_pkey PRIMARY KEY (scope, key)
);
CREATE INDEX receipts_created_at ON receipts USING brin (created_at);

-- The one counter that gives events their place. Its row is locked from the append, the last statement of a transaction,
-- to its commit, so places are given in commit order and without gaps: `position > cursor` can't skip a late commit, and
-- nothing depends on transaction ids, which a restored dump does not keep.
CREATE TABLE event_log_head (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  position bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO event_log_head (position) VALUES (0);

CREATE TABLE events (
  position bigint PRIMARY KEY,
  id uuid NOT NULL,
  type text NOT NULL,
  version smallint NOT NULL,
  aggregate text NOT NULL,
  aggregate_id uuid NOT NULL,
  sequence integer NOT NULL,
  occurred_at timestamptz NOT NULL,
  traceparent text NOT NULL,
  data text NOT NULL,
  CONSTRAINT events_sequence UNIQUE (aggregate_id, sequence)
);

-- How far each handler has come; moved in the transaction of the handler's effect.
CREATE TABLE handler_cursors (
  handler text PRIMARY KEY,
  position bigint NOT NULL
) WITH (fillfactor = 10);

-- Events that a handler could not take in passing: a failed one, and those of the same aggregate behind it.
CREATE TYPE delivery_state AS ENUM ('waiting', 'dead');
CREATE TABLE deliveries (
  handler text NOT NULL,
  position bigint NOT NULL,
  aggregate_id uuid NOT NULL,
  state delivery_state NOT NULL,
  attempts integer NOT NULL,
  next_attempt_at timestamptz NOT NULL,
  last_error text NOT NULL,
  parked_at timestamptz NOT NULL,
  PRIMARY KEY (handler, position)
);
-- Which event of an aggregate is the first that waits, and what is behind it.
CREATE INDEX deliveries_aggregate ON deliveries (handler, aggregate_id, position);
CREATE INDEX deliveries_due ON deliveries (handler, next_attempt_at) WHERE state = 'waiting';
