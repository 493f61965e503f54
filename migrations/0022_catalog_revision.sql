-- Counts the changes of products and SKUs that were there: a server that remembers what SKUs cost places an order only while
-- this is what it was when it read them. Counted at the end of the transaction that makes the change, whoever makes it, and once
-- for all that it changes: so two of them wait for each other only while they commit. By the clock, so that a dump that is
-- restored counts on from where no server has been. (A migration that changes rows of these tables and then the tables
-- themselves needs SET CONSTRAINTS ALL IMMEDIATE in between.)
CREATE TABLE catalog_revision (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  revision bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO catalog_revision (revision) VALUES (1);

CREATE FUNCTION count_catalog_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF coalesce(current_setting('shopflow.catalog_change', true), '') = '' THEN
    UPDATE catalog_revision
    SET revision = greatest(revision + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
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
CREATE TRIGGER products_emptied AFTER TRUNCATE ON products EXECUTE FUNCTION count_catalog_change();
CREATE TRIGGER skus_emptied AFTER TRUNCATE ON skus EXECUTE FUNCTION count_catalog_change();

-- As before, and the server only reads this.
ALTER FUNCTION give_rights RENAME TO give_rights_before_catalog_revision;
CREATE FUNCTION give_rights(app text, reader text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM give_rights_before_catalog_revision(app, reader);
  IF app <> current_user AND EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON catalog_revision FROM %I', app);
  END IF;
END
$$;
