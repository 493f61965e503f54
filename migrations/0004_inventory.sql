-- on_hand = available + held + sold. A row exists from the making of its SKU.
CREATE TABLE stock (
  sku_id uuid NOT NULL,
  location_id smallint NOT NULL DEFAULT 1,
  on_hand integer NOT NULL,
  held integer NOT NULL DEFAULT 0,
  sold integer NOT NULL DEFAULT 0,
  low_stock_at integer NOT NULL DEFAULT 0 CHECK (low_stock_at >= 0),
  -- False once the SKU is deleted or its product is not on sale: nothing more may be held.
  sellable boolean NOT NULL DEFAULT true,
  event_sequence integer NOT NULL DEFAULT 0,
  PRIMARY KEY (sku_id, location_id),
  CONSTRAINT stock_counters CHECK (held >= 0 AND sold >= 0 AND held + sold <= on_hand)
) WITH (fillfactor = 60);

CREATE TYPE stock_movement AS ENUM ('receive', 'hold', 'free', 'sell', 'unsell', 'ship', 'restock', 'adjust');

-- Every movement of units, never changed. `quantity` is positive except for `adjust`, which carries its sign.
CREATE TABLE stock_ledger (
  id uuid NOT NULL,
  sku_id uuid NOT NULL,
  location_id smallint NOT NULL,
  movement stock_movement NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0 OR movement = 'adjust'),
  cause text NOT NULL,
  cause_id uuid NOT NULL,
  reason text,
  occurred_at timestamptz NOT NULL,
  PRIMARY KEY (sku_id, id)
);

-- Which units belong to an order once it is created, and how far they have come. Moved by the order's events, in order.
CREATE TYPE allocation_state AS ENUM ('held', 'sold', 'freed');
CREATE TABLE order_allocations (
  order_id uuid PRIMARY KEY,
  state allocation_state NOT NULL,
  sku_ids uuid[] NOT NULL,
  quantities integer[] NOT NULL,
  shipped integer[] NOT NULL,
  -- Payments, shipments and refunds whose units have been moved, so that a replay moves them no second time.
  applied uuid[] NOT NULL DEFAULT '{}',
  updated_at timestamptz NOT NULL
) WITH (fillfactor = 70);
