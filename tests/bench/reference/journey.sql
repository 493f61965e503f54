-- A whole journey as an ordinary application writes it, row for row what ShopFlow writes for its four requests (for the
-- first of them nothing), and the stock that its handlers move afterwards: three transactions, statement by statement. What
-- other handlers of ShopFlow write (allocations, pick lists, facts, mails) has no like here. Stock is taken in the order of
-- the SKUs, as otherwise two of these would deadlock.
\set first random(1, :skus - 2)
\set second random(:first + 1, :skus - 1)
\set third random(:second + 1, :skus)
\set key random(1, 9000000000000000000)
\set other_key random(1, 9000000000000000000)

-- Three SKUs are put into a new cart.
BEGIN;
INSERT INTO carts (state, created_at) VALUES ('cart', now()) RETURNING id AS cart
\gset
SELECT on_hand - held - sold AS available FROM stock WHERE sku = :first FOR UPDATE;
UPDATE stock SET held = held + 1 WHERE sku = :first;
INSERT INTO cart_lines (cart, sku, quantity, deadline) VALUES (:cart, :first, 1, now() + interval '10 minutes');
INSERT INTO stock_ledger (sku, movement, quantity, cart, occurred_at) VALUES (:first, 'hold', 1, :cart, now());
SELECT on_hand - held - sold AS available FROM stock WHERE sku = :second FOR UPDATE;
UPDATE stock SET held = held + 1 WHERE sku = :second;
INSERT INTO cart_lines (cart, sku, quantity, deadline) VALUES (:cart, :second, 1, now() + interval '10 minutes');
INSERT INTO stock_ledger (sku, movement, quantity, cart, occurred_at) VALUES (:second, 'hold', 1, :cart, now());
SELECT on_hand - held - sold AS available FROM stock WHERE sku = :third FOR UPDATE;
UPDATE stock SET held = held + 1 WHERE sku = :third;
INSERT INTO cart_lines (cart, sku, quantity, deadline) VALUES (:cart, :third, 1, now() + interval '10 minutes');
INSERT INTO stock_ledger (sku, movement, quantity, cart, occurred_at) VALUES (:third, 'hold', 1, :cart, now());
END;

-- The cart becomes an order.
BEGIN;
SELECT state FROM carts WHERE id = :cart FOR UPDATE;
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
INSERT INTO payments (order_id, provider, state, amount) VALUES (:order_id, 'manual', 'pending', 4153);
UPDATE carts SET state = 'ordered', version = version + 1 WHERE id = :cart;
INSERT INTO outbox (type, aggregate_id, occurred_at, data)
VALUES ('OrderCreated', :order_id, now(),
        '{"order_id":"ord_01m7y6cb49ehdbhk3tqvz0wz54","cart_id":"crt_01m7y6cb31e5f9e84y897hsj71","total":{"amount":4153,"currency":"EUR"},"shipping":490,"tax":663,"lines":[{"sku_id":"sku_01m7y6c972eb4rmp74h2fm8zxw","quantity":1,"total":1000},{"sku_id":"sku_01m7y6c972eb4rmp74h2fm8zxw","quantity":1,"total":1000},{"sku_id":"sku_01m7y6c972eb4rmp74h2fm8zxw","quantity":1,"total":1000}]}');
INSERT INTO answers (key, status, body, created_at)
VALUES (:key, 201,
        '{"id":"ord_01m7y6cb49ehdbhk3tqvz0wz54","number":"SF-2026-000001","cart_id":"crt_01m7y6cb31e5f9e84y897hsj71","state":"pending_payment","email":"ada@example.com","shipping_address":{"name":"Ada","line1":"Unter den Linden 1","city":"Berlin","postal_code":"10117","country":"DE"},"billing_address":{"name":"Ada","line1":"Unter den Linden 1","city":"Berlin","postal_code":"10117","country":"DE"},"shipping_method":"standard","lines":[{"sku_id":"sku_01m7y6c972eb4rmp74h2fm8zxw","code":"BENCH-1","name":"Mug, stoneware","quantity":1,"unit_price":{"amount":1000,"currency":"EUR"},"total":{"amount":1000,"currency":"EUR"},"tax":{"amount":190,"currency":"EUR"}},{"sku_id":"sku_01m7y6c972eb4rmp74h2fm8zxw","code":"BENCH-2","name":"Mug, stoneware","quantity":1,"unit_price":{"amount":1000,"currency":"EUR"},"total":{"amount":1000,"currency":"EUR"},"tax":{"amount":190,"currency":"EUR"}},{"sku_id":"sku_01m7y6c972eb4rmp74h2fm8zxw","code":"BENCH-3","name":"Mug, stoneware","quantity":1,"unit_price":{"amount":1000,"currency":"EUR"},"total":{"amount":1000,"currency":"EUR"},"tax":{"amount":190,"currency":"EUR"}}],"subtotal":{"amount":3000,"currency":"EUR"},"shipping":{"amount":490,"currency":"EUR"},"tax":{"amount":663,"currency":"EUR"},"total":{"amount":4153,"currency":"EUR"},"captured":{"amount":0,"currency":"EUR"},"refunded":{"amount":0,"currency":"EUR"},"created_at":"2026-11-21T12:00:00Z"}',
        now());
END;

-- It is paid, by somebody whose doings are written down before and after.
INSERT INTO audit_log (actor, method, path, status, occurred_at) VALUES ('bench', 'POST', '/v1/orders/payments', 0, now());
BEGIN;
SELECT state, total FROM orders WHERE id = :order_id FOR UPDATE;
SELECT state, amount FROM payments WHERE order_id = :order_id;
UPDATE payments SET state = 'succeeded', captured = 4153 WHERE order_id = :order_id;
UPDATE orders SET state = 'paid' WHERE id = :order_id;
UPDATE carts SET state = 'paid', version = version + 1 WHERE id = :cart;
UPDATE stock SET held = held - 1, sold = sold + 1 WHERE sku = :first;
INSERT INTO stock_ledger (sku, movement, quantity, cart, occurred_at) VALUES (:first, 'sell', 1, :cart, now());
UPDATE stock SET held = held - 1, sold = sold + 1 WHERE sku = :second;
INSERT INTO stock_ledger (sku, movement, quantity, cart, occurred_at) VALUES (:second, 'sell', 1, :cart, now());
UPDATE stock SET held = held - 1, sold = sold + 1 WHERE sku = :third;
INSERT INTO stock_ledger (sku, movement, quantity, cart, occurred_at) VALUES (:third, 'sell', 1, :cart, now());
INSERT INTO outbox (type, aggregate_id, occurred_at, data)
VALUES ('PaymentReceived', :order_id, now(),
        '{"order_id":"ord_01m7y6cb49ehdbhk3tqvz0wz54","payment_id":"pay_01m7y6cb49ehdbhk3tqvz0wz55","provider":"manual","amount":{"amount":4153,"currency":"EUR"},"lines":[{"sku_id":"sku_01m7y6c972eb4rmp74h2fm8zxw","quantity":1},{"sku_id":"sku_01m7y6c972eb4rmp74h2fm8zxw","quantity":1},{"sku_id":"sku_01m7y6c972eb4rmp74h2fm8zxw","quantity":1}]}');
INSERT INTO answers (key, status, body, created_at)
VALUES (:other_key, 200,
        '{"id":"ord_01m7y6cb49ehdbhk3tqvz0wz54","number":"SF-2026-000001","cart_id":"crt_01m7y6cb31e5f9e84y897hsj71","state":"paid","email":"ada@example.com","shipping_address":{"name":"Ada","line1":"Unter den Linden 1","city":"Berlin","postal_code":"10117","country":"DE"},"billing_address":{"name":"Ada","line1":"Unter den Linden 1","city":"Berlin","postal_code":"10117","country":"DE"},"shipping_method":"standard","lines":[{"sku_id":"sku_01m7y6c972eb4rmp74h2fm8zxw","code":"BENCH-1","name":"Mug, stoneware","quantity":1,"unit_price":{"amount":1000,"currency":"EUR"},"total":{"amount":1000,"currency":"EUR"},"tax":{"amount":190,"currency":"EUR"}},{"sku_id":"sku_01m7y6c972eb4rmp74h2fm8zxw","code":"BENCH-2","name":"Mug, stoneware","quantity":1,"unit_price":{"amount":1000,"currency":"EUR"},"total":{"amount":1000,"currency":"EUR"},"tax":{"amount":190,"currency":"EUR"}},{"sku_id":"sku_01m7y6c972eb4rmp74h2fm8zxw","code":"BENCH-3","name":"Mug, stoneware","quantity":1,"unit_price":{"amount":1000,"currency":"EUR"},"total":{"amount":1000,"currency":"EUR"},"tax":{"amount":190,"currency":"EUR"}}],"subtotal":{"amount":3000,"currency":"EUR"},"shipping":{"amount":490,"currency":"EUR"},"tax":{"amount":663,"currency":"EUR"},"total":{"amount":4153,"currency":"EUR"},"captured":{"amount":4153,"currency":"EUR"},"refunded":{"amount":0,"currency":"EUR"},"created_at":"2026-11-21T12:00:00Z"}',
        now());
INSERT INTO audit_log (actor, method, path, status, occurred_at) VALUES ('bench', 'POST', '/v1/orders/payments', 200, now());
END;
