-- Mails to be sent, each once per event and template. They hold what to write about, not the text and no address: both are
-- taken from the order when the mail goes out.
CREATE TYPE mail_state AS ENUM ('waiting', 'sent', 'dead');
CREATE TABLE mails (
  id uuid PRIMARY KEY,
  event_id uuid NOT NULL,
  template text NOT NULL,
  subject_id uuid NOT NULL,
  data text NOT NULL,
  state mail_state NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  send_after timestamptz NOT NULL,
  last_error text,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  CONSTRAINT mails_once UNIQUE (event_id, template)
);
CREATE INDEX mails_due ON mails (send_after) WHERE state = 'waiting';

-- One row per event that the figures are made of; the event's position makes a replay harmless. A paid order's row carries
-- the lines of its order.
CREATE TYPE fact_kind AS ENUM ('ordered', 'paid', 'fulfilled', 'shipped', 'delivered', 'cancelled', 'refunded', 'expired',
                               'stock_changed', 'low_stock');
CREATE TABLE facts (
  position bigint PRIMARY KEY,
  kind fact_kind NOT NULL,
  subject_id uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  currency char(3) NOT NULL,
  amount bigint NOT NULL,
  merchandise bigint NOT NULL,
  sku_ids uuid[] NOT NULL,
  quantities integer[] NOT NULL,
  amounts bigint[] NOT NULL
);
CREATE INDEX facts_time ON facts (occurred_at);
CREATE INDEX facts_ordered ON facts (subject_id) WHERE kind = 'ordered';

-- What was, or is to be, pushed to those who listen, by topic.
CREATE TABLE notifications (
  position bigint PRIMARY KEY,
  event_id uuid NOT NULL,
  topic text NOT NULL,
  kind text NOT NULL,
  data text NOT NULL,
  occurred_at timestamptz NOT NULL
);
