-- What handlers write by the thousand says by its position which event it is of, instead of repeating it.

-- A server that still runs must not put anything into these tables between their copying and their end.
LOCK TABLE mails, notifications IN ACCESS EXCLUSIVE MODE;

-- A mail's identifier follows from its event and template, so it is also what keeps a mail from being put down twice: the time
-- of the mail, then the rest of the event's identifier, the last byte changed by the template's number.
CREATE TABLE narrow_mails (
  id uuid PRIMARY KEY,
  position bigint NOT NULL,
  send_after timestamptz NOT NULL,
  state mail_state NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  template text NOT NULL,
  last_error text,
  sent_at timestamptz
);
INSERT INTO narrow_mails (id, position, send_after, state, attempts, template, last_error, sent_at)
SELECT encode(substring(int8send(floor(extract(epoch FROM m.created_at) * 1000)::bigint) FROM 3) ||
              substring(set_byte(uuid_send(m.event_id), 15, get_byte(uuid_send(m.event_id), 15) # coalesce(array_position(
                ARRAY['order_confirmation', 'payment_receipt', 'order_packed', 'order_shipped', 'order_delivered',
                      'review_request', 'order_cancelled', 'refund_processed', 'low_stock'], m.template) - 1, 0)) FROM 7),
              'hex')::uuid,
       e.position, m.send_after, m.state, m.attempts, m.template, m.last_error, m.sent_at
FROM mails AS m JOIN events AS e ON e.id = m.event_id
ORDER BY m.created_at;
DROP TABLE mails;
ALTER TABLE narrow_mails RENAME TO mails;
ALTER TABLE mails RENAME CONSTRAINT narrow_mails_pkey TO mails_pkey;
CREATE INDEX mails_due ON mails (send_after) WHERE state = 'waiting';
CREATE INDEX mails_dead ON mails (id) WHERE state = 'dead';

CREATE TABLE narrow_notifications (
  position bigint PRIMARY KEY,
  occurred_at timestamptz NOT NULL,
  topic text NOT NULL
);
INSERT INTO narrow_notifications (position, occurred_at, topic)
SELECT position, occurred_at, topic FROM notifications ORDER BY position;
DROP TABLE notifications;
ALTER TABLE narrow_notifications RENAME TO notifications;
ALTER TABLE notifications RENAME CONSTRAINT narrow_notifications_pkey TO notifications_pkey;
