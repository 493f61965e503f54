-- Bounds that are all the same are not found page by page: the index would give all of them for each page. So each unpaid order
-- has one of its own, which has passed; the server looks at it and sets the next.
UPDATE carts SET next_deadline = least(next_deadline, uuid7_time(order_id))
WHERE order_id IS NOT NULL AND next_deadline IS NOT NULL;
