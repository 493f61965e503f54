-- A new list takes the identifier of its order, so its primary key says that an order has one; lists from before keep theirs, by
-- which they are known outside. A list is written anew whenever its state changes, and each index with it.
ALTER TABLE pick_lists DROP CONSTRAINT pick_lists_order;
CREATE UNIQUE INDEX pick_lists_order ON pick_lists (order_id) WHERE id <> order_id;
