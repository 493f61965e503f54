-- A cart and the reservation that it is: its lines as arrays, so that one row is written per change. `held[i]` is what is
-- held of line i, 0 when its hold has lapsed. After checkout the row is the reservation of the order.
CREATE TYPE reservation_stage AS ENUM ('cart', 'checkout', 'payment', 'sold', 'expired', 'released');
CREATE TABLE carts (
  id uuid PRIMARY KEY,
  stage reservation_stage NOT NULL,
  version integer NOT NULL,
  order_id uuid,
  sku_ids uuid[] NOT NULL,
  quantities integer[] NOT NULL,
  held integer[] NOT NULL,
  deadlines timestamptz[] NOT NULL,
  -- Nothing of this row lapses before this moment; NULL when nothing can lapse. A lower bound: a renewed line does not move
  -- it, so the update stays HOT; the sweep does when it looks.
  next_deadline timestamptz,
  event_sequence integer NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX carts_next_deadline ON carts (next_deadline) WHERE next_deadline IS NOT NULL;
