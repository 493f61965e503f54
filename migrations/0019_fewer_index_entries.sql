-- An UPDATE that changes no indexed column and finds room on the row's page writes no index at all. So `carts.next_deadline`
-- stays a lower bound beyond the checkout too: it is set when the cart is made, and neither the first hold nor the checkout
-- moves it. When an order's reservation lapses is told by its lines, all of which lapse at once.
UPDATE carts SET deadlines = array_fill(next_deadline, ARRAY[cardinality(deadlines)])
WHERE next_deadline IS NOT NULL AND stage IN ('checkout', 'payment') AND next_deadline <> ANY (deadlines);

-- A cart is made empty and grows to three times that with its lines: a page that is filled with empty ones further than this
-- has no room for them.
ALTER TABLE carts SET (fillfactor = 30);
