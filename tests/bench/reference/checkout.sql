-- An order as an ordinary application writes it: the order, its three lines, their stock and a row for those who are told.
-- Stock is taken in the order of the SKUs, as otherwise two of these would deadlock.
\set first random(1, :skus - 2)
\set second random(:first + 1, :skus - 1)
\set third random(:second + 1, :skus)
\set cart random(1, 10000000)
BEGIN;
INSERT INTO orders (cart, state, email, shipping_address, shipping_method, currency, subtotal, shipping, tax, total, created_at)
VALUES (:cart, 'pending_payment', 'ada@example.com',
        '{"name":"Ada","line1":"Unter den Linden 1","city":"Berlin","postal_code":"10117","country":"DE"}', 'standard', 'EUR',
        3000, 490, 663, 4153, now()) RETURNING id AS order_id
\gset
INSERT INTO order_lines (order_id, line, sku, code, name, quantity, price, tax, total)
VALUES (:order_id, 1, :first, 'BENCH-1', 'Mug, stoneware', 1, 1000, 190, 1000);
INSERT INTO order_lines (order_id, line, sku, code, name, quantity, price, tax, total)
VALUES (:order_id, 2, :second, 'BENCH-2', 'Mug, stoneware', 1, 1000, 190, 1000);
INSERT INTO order_lines (order_id, line, sku, code, name, quantity, price, tax, total)
VALUES (:order_id, 3, :third, 'BENCH-3', 'Mug, stoneware', 1, 1000, 190, 1000);
UPDATE stock SET sold = sold + 1 WHERE sku = :first;
UPDATE stock SET sold = sold + 1 WHERE sku = :second;
UPDATE stock SET sold = sold + 1 WHERE sku = :third;
INSERT INTO outbox (type, aggregate_id, occurred_at, data)
VALUES ('OrderCreated', :order_id, now(),
        '{"order_id":"ord_01m7y6cb49ehdbhk3tqvz0wz54","cart_id":"crt_01m7y6cb31e5f9e84y897hsj71","total":{"amount":4153,"currency":"EUR"},"shipping":490,"tax":663,"lines":[{"sku_id":"sku_01m7y6c972eb4rmp74h2fm8zxw","quantity":1,"total":1000},{"sku_id":"sku_01m7y6c972eb4rmp74h2fm8zxw","quantity":1,"total":1000},{"sku_id":"sku_01m7y6c972eb4rmp74h2fm8zxw","quantity":1,"total":1000}]}');
END;
