CREATE TYPE order_state AS ENUM ('pending_payment', 'paid', 'fulfilled', 'shipped', 'delivered', 'cancelled');
CREATE TABLE orders (
  id uuid PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY,
  cart_id uuid NOT NULL,
  state order_state NOT NULL,
  version integer NOT NULL,
  event_sequence integer NOT NULL,
  email text NOT NULL,
  shipping_address text NOT NULL,
  billing_address text,
  shipping_method text NOT NULL,
  currency char(3) NOT NULL,
  subtotal bigint NOT NULL,
  shipping bigint NOT NULL,
  tax bigint NOT NULL,
  total bigint NOT NULL,
  captured bigint NOT NULL DEFAULT 0,
  refunded bigint NOT NULL DEFAULT 0,
  cancel_reason text,
  line_skus uuid[] NOT NULL,
  line_codes text[] NOT NULL,
  line_names text[] NOT NULL,
  line_quantities integer[] NOT NULL,
  line_prices bigint[] NOT NULL,
  line_taxes bigint[] NOT NULL,
  line_totals bigint[] NOT NULL,
  line_shipped integer[] NOT NULL,
  note text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT orders_amounts CHECK (total = subtotal + shipping + tax AND captured >= 0 AND refunded >= 0 AND refunded <= captured)
) WITH (fillfactor = 70);
CREATE INDEX orders_pending ON orders (created_at) WHERE state = 'pending_payment';

CREATE TYPE payment_state AS ENUM ('requires_payment_method', 'requires_confirmation', 'requires_action', 'processing',
                                   'requires_capture', 'succeeded', 'canceled');
CREATE TABLE payments (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL,
  provider text NOT NULL,
  state payment_state NOT NULL,
  version integer NOT NULL,
  amount bigint NOT NULL CHECK (amount >= 0),
  currency char(3) NOT NULL,
  captured bigint NOT NULL DEFAULT 0 CHECK (captured >= 0 AND captured <= amount),
  refunded bigint NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= captured),
  -- Money that came for an order without a use for it (cancelled, or paid already): it goes back in full.
  surplus boolean NOT NULL DEFAULT false,
  provider_ref text,
  method text,
  next_action text,
  error_code text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX payments_order ON payments (order_id);
CREATE UNIQUE INDEX payments_one_success ON payments (order_id) WHERE state = 'succeeded' AND NOT surplus;

CREATE TYPE refund_state AS ENUM ('pending', 'succeeded', 'failed');
CREATE TABLE refunds (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL,
  payment_id uuid NOT NULL,
  state refund_state NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  currency char(3) NOT NULL,
  reason text NOT NULL,
  restock_skus uuid[] NOT NULL,
  restock_quantities integer[] NOT NULL,
  provider_ref text,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz,
  last_error text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX refunds_order ON refunds (order_id);
CREATE INDEX refunds_due ON refunds (next_attempt_at) WHERE state = 'pending';

-- Provider and carrier notices that have been acted on, kept longer than anyone repeats them.
CREATE TABLE webhook_events (
  provider text NOT NULL,
  event_id text NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (provider, event_id)
);

-- The sandbox provider's own books: what a real provider would keep on its side.
CREATE TABLE sandbox_intents (
  ref text PRIMARY KEY,
  payment_id uuid NOT NULL,
  order_id uuid NOT NULL,
  state payment_state NOT NULL,
  amount bigint NOT NULL,
  currency char(3) NOT NULL,
  refunded bigint NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= amount),
  method text,
  error_code text,
  settles_at timestamptz,
  updated_at timestamptz NOT NULL
);
CREATE INDEX sandbox_intents_settling ON sandbox_intents (settles_at) WHERE settles_at IS NOT NULL;
CREATE TABLE sandbox_refunds (
  refund_id uuid PRIMARY KEY,
  ref text NOT NULL,
  amount bigint NOT NULL
);
CREATE TABLE sandbox_webhooks (
  id text PRIMARY KEY,
  payload text NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE INDEX sandbox_webhooks_due ON sandbox_webhooks (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
