-- The tables of an ordinary shop, for the transactions that ShopFlow is compared with. Keys are bigint and there is no index
-- and no foreign key but what the transactions need, so that nothing slows them down on purpose.
CREATE TABLE stock (
  sku bigint PRIMARY KEY,
  on_hand integer NOT NULL,
  held integer NOT NULL DEFAULT 0,
  sold integer NOT NULL DEFAULT 0,
  CHECK (held >= 0 AND sold >= 0 AND held + sold <= on_hand)
) WITH (fillfactor = 60);
INSERT INTO stock (sku, on_hand) SELECT sku, 100000000 FROM generate_series(1, 1000) AS sku;

CREATE TABLE carts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  state text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL
);

CREATE TABLE cart_lines (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cart bigint NOT NULL,
  sku bigint NOT NULL,
  quantity integer NOT NULL,
  deadline timestamptz NOT NULL
);

CREATE TABLE stock_ledger (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sku bigint NOT NULL,
  movement text NOT NULL,
  quantity integer NOT NULL,
  cart bigint NOT NULL,
  occurred_at timestamptz NOT NULL
);

CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cart bigint NOT NULL,
  state text NOT NULL,
  email text NOT NULL,
  shipping_address text NOT NULL,
  shipping_method text NOT NULL,
  currency char(3) NOT NULL,
  subtotal bigint NOT NULL,
  shipping bigint NOT NULL,
  tax bigint NOT NULL,
  total bigint NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE order_lines (
  order_id bigint NOT NULL,
  line smallint NOT NULL,
  sku bigint NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  quantity integer NOT NULL,
  price bigint NOT NULL,
  tax bigint NOT NULL,
  total bigint NOT NULL,
  PRIMARY KEY (order_id, line)
);

CREATE TABLE payments (
  order_id bigint PRIMARY KEY,
  provider text NOT NULL,
  state text NOT NULL,
  amount bigint NOT NULL,
  captured bigint NOT NULL DEFAULT 0
);

CREATE TABLE answers (
  key bigint PRIMARY KEY,
  status smallint NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  actor text NOT NULL,
  method text NOT NULL,
  path text NOT NULL,
  status smallint NOT NULL,
  occurred_at timestamptz NOT NULL
);

CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type text NOT NULL,
  aggregate_id bigint NOT NULL,
  occurred_at timestamptz NOT NULL,
  data text NOT NULL
);

-- A hold in one call, guarded by its UPDATE: what a careful application does instead of four round trips.
CREATE FUNCTION hold(wanted_cart bigint, wanted_sku bigint, wanted integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  UPDATE stock SET held = held + wanted WHERE sku = wanted_sku AND on_hand - held - sold >= wanted;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO cart_lines (cart, sku, quantity, deadline)
  VALUES (wanted_cart, wanted_sku, wanted, now() + interval '10 minutes');
  INSERT INTO stock_ledger (sku, movement, quantity, cart, occurred_at)
  VALUES (wanted_sku, 'hold', wanted, wanted_cart, now());
  RETURN true;
END $$;
