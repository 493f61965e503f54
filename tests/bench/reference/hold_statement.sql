-- The same in one guarded statement, which is its own transaction.
\set sku random(1, :skus)
\set cart random(1, 10000000)
WITH moved AS (
  UPDATE stock SET held = held + 1 WHERE sku = :sku AND on_hand - held - sold >= 1 RETURNING sku
), line AS (
  INSERT INTO cart_lines (cart, sku, quantity, deadline) SELECT :cart, sku, 1, now() + interval '10 minutes' FROM moved
)
INSERT INTO stock_ledger (sku, movement, quantity, cart, occurred_at) SELECT sku, 'hold', 1, :cart, now() FROM moved;
