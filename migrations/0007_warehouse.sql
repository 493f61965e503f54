CREATE TYPE pick_list_state AS ENUM ('waiting', 'ready', 'picking', 'packed', 'handed_over', 'void');
-- `ready_number` counts lists as they become ready, by which a warehouse polls for what is new. The row of the counter is
-- locked from the giving of a number to the commit, so a lower number is never committed after a higher one was seen.
CREATE TABLE pick_list_counter (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  ready_number bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO pick_list_counter (ready_number) VALUES (0);
CREATE TABLE pick_lists (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL CONSTRAINT pick_lists_order UNIQUE,
  state pick_list_state NOT NULL,
  sku_ids uuid[] NOT NULL,
  quantities integer[] NOT NULL,
  claimed_by text,
  ready_number bigint,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX pick_lists_ready ON pick_lists (ready_number) WHERE state = 'ready';
CREATE INDEX pick_lists_state ON pick_lists (state, id) WHERE state <> 'ready';

CREATE TYPE shipment_state AS ENUM ('label_created', 'picked_up', 'in_transit', 'out_for_delivery', 'delivered', 'exception',
                                    'returned');
CREATE TABLE shipments (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL,
  state shipment_state NOT NULL,
  version integer NOT NULL,
  carrier text NOT NULL,
  tracking_number text NOT NULL,
  tracking_url text,
  sku_ids uuid[] NOT NULL,
  quantities integer[] NOT NULL,
  left_at timestamptz,
  delivered_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT shipments_tracking UNIQUE (carrier, tracking_number)
);
CREATE INDEX shipments_order ON shipments (order_id);
