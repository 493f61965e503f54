-- A hold as an ordinary application writes it: look and lock, count, note the line, note the movement.
\set sku random(1, :skus)
\set cart random(1, 10000000)
BEGIN;
SELECT on_hand - held - sold AS available FROM stock WHERE sku = :sku FOR UPDATE;
UPDATE stock SET held = held + 1 WHERE sku = :sku;
INSERT INTO cart_lines (cart, sku, quantity, deadline) VALUES (:cart, :sku, 1, now() + interval '10 minutes');
INSERT INTO stock_ledger (sku, movement, quantity, cart, occurred_at) VALUES (:sku, 'hold', 1, :cart, now());
END;
