CREATE TYPE product_status AS ENUM ('draft', 'active', 'archived');
CREATE TABLE products (
  id uuid PRIMARY KEY,
  version bigint NOT NULL,
  name text NOT NULL,
  description text NOT NULL,
  category text NOT NULL,
  status product_status NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz
);
CREATE INDEX products_name ON products (name, id) WHERE deleted_at IS NULL;
CREATE INDEX products_category ON products (category, id) WHERE deleted_at IS NULL;

CREATE TABLE skus (
  id uuid PRIMARY KEY,
  product_id uuid NOT NULL REFERENCES products (id),
  version bigint NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  price bigint NOT NULL CHECK (price >= 0),
  currency char(3) NOT NULL,
  weight_grams integer NOT NULL CHECK (weight_grams >= 0),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz
);
CREATE UNIQUE INDEX skus_code ON skus (code) WHERE deleted_at IS NULL;
CREATE INDEX skus_product ON skus (product_id);
