-- The orders of a new year, in a partition that was looked at while it was empty, were looked up by their address. All have
-- one; the condition keeps this index for those statements that compare it. It takes two seconds for a million orders.
DROP INDEX orders_email;
CREATE INDEX orders_email ON orders (lower(email), id) WHERE email IS NOT NULL;

-- While a shop was empty, PostgreSQL took an index over what is not deleted for a short one, and looked up products and their
-- SKUs in it: by reading all of it, each time, while the shop filled, until there were statistics. So the SKUs of a product are
-- found by an index of that kind, too, and the others are of products on sale, as shoppers list them; those of a category only
-- where one is asked for. Nothing is deleted from these tables: a product that were would be looked for among all SKUs.
DROP INDEX products_name, products_category, skus_product;
CREATE INDEX products_newest ON products (id) WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX products_name ON products (name, id) WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX products_category ON products (category, id)
  WHERE status = 'active' AND deleted_at IS NULL AND category IS NOT NULL;
CREATE INDEX products_category_name ON products (category, name, id)
  WHERE status = 'active' AND deleted_at IS NULL AND category IS NOT NULL;
CREATE INDEX skus_product ON skus (product_id) WHERE deleted_at IS NULL;
