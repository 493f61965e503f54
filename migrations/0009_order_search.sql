-- Staff look orders up by the customer's address.
CREATE INDEX orders_email ON orders (lower(email), id);

-- Which request last tried to pay by this payment (its Idempotency-Key and a part of its fingerprint): so that the same request,
-- repeated because its answer was lost on the way, is told what has become of it.
ALTER TABLE payments ADD COLUMN attempt text;

-- Notices are forgotten by their age, and mails that were given up are listed.
CREATE INDEX webhook_events_received ON webhook_events (received_at);
CREATE INDEX mails_dead ON mails (id) WHERE state = 'dead';
