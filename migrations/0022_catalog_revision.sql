-- Counts the changes of products and SKUs that were there: a server that remembers what SKUs cost places an order only while
-- this is what it was when it read them. Counted at the end of the transaction that makes the change, whoever makes it, and once
-- for all that it changes: so two of them wait for each other only while they commit.
CREATE TABLE catalog_revision (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  revision bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO catalog_revision (revision) VALUES (1);

CREATE FUNCTION count_catalog_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF coalesce(current_setting('shopflow.catalog_change', true), '') = '' THEN
    UPDATE catalog_revision SET revision = revision + 1;
    -- Until the transaction ends, or goes back to a savepoint, which takes the count back too.
    PERFORM set_config('shopflow.catalog_change', 'counted', true);
  END IF;
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION count_catalog_change FROM PUBLIC;
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION count_catalog_change() SET search_path = %I, pg_temp', current_schema());
END $$;

CREATE CONSTRAINT TRIGGER products_change AFTER UPDATE OR DELETE ON products
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_catalog_change();
CREATE CONSTRAINT TRIGGER skus_change AFTER UPDATE OR DELETE ON skus
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_catalog_change();
