\set sku random(1, :skus)
\set cart random(1, 10000000)
SELECT hold(:cart, :sku, 1);
