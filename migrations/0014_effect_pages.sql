-- What a batch of events has to tell listeners is one row. What is missed is found by position; retention looks at `latest_at`.

-- A server that still runs must not put anything into the table between its copying and its end.
LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE;

CREATE TABLE notification_pages (
  last_position bigint PRIMARY KEY,
  first_position bigint NOT NULL,
  latest_at timestamptz NOT NULL,
  positions bigint[] NOT NULL,
  topics text[] NOT NULL
);
ALTER TABLE notification_pages ALTER positions SET STORAGE EXTERNAL, ALTER topics SET STORAGE EXTERNAL;
INSERT INTO notification_pages (last_position, first_position, latest_at, positions, topics)
SELECT max(position), min(position), max(occurred_at), array_agg(position ORDER BY position), array_agg(topic ORDER BY position)
FROM notifications GROUP BY position / 1000;
DROP TABLE notifications;

-- The mails that a batch of events asks for. A sender makes rows of `mails` of them when it comes to them.
CREATE TABLE mail_pages (
  id uuid PRIMARY KEY,
  ids uuid[] NOT NULL,
  positions bigint[] NOT NULL,
  send_after timestamptz[] NOT NULL,
  templates text[] NOT NULL
);
ALTER TABLE mail_pages ALTER ids SET STORAGE EXTERNAL, ALTER positions SET STORAGE EXTERNAL,
  ALTER send_after SET STORAGE EXTERNAL, ALTER templates SET STORAGE EXTERNAL;
