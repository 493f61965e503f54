-- Paying an order writes its row anew, and with it an entry into each of its indexes, for as long as one of them names the
-- order's state: the one over unpaid orders. When such an order is to be looked at is now told by the reservation that it is, of
-- which the deadlines are indexed already; the server looks at each of them once, and sets the time itself.
UPDATE carts AS c SET next_deadline = now()
FROM orders AS o
WHERE o.state = 'pending_payment' AND c.id = o.cart_id AND c.order_id = o.id;
DROP INDEX orders_pending;

-- Half of a page is for the rows as they are when their orders are paid, which those that come at once mostly are at once.
DO $$
DECLARE
  part regclass;
BEGIN
  FOR part IN SELECT i.inhrelid FROM pg_inherits AS i WHERE i.inhparent = 'orders'::regclass LOOP
    EXECUTE format('ALTER TABLE %s SET (fillfactor = 50)', part);
  END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION begin_later(parent name, bound text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (MAXVALUE) %s', parent || '_later', parent, bound,
                 CASE WHEN parent = 'orders' THEN 'WITH (fillfactor = 50)' ELSE '' END);
  IF parent = 'events' THEN
    CREATE UNIQUE INDEX events_later_sequence ON events_later (aggregate_id, sequence);
  END IF;
END
$$;
