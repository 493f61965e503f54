-- Ends a statement that was decided over what the server remembers when the tables are not so any more: the statement, and its
-- transaction if it is one, changes nothing, and the server does its commands again with the rows locked. To be seen in the log
-- of PostgreSQL now and then; nothing is lost by it.
CREATE FUNCTION batch_must_fit(fits boolean) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF fits THEN RETURN true; END IF;
  RAISE EXCEPTION 'another transaction has changed what this batch was decided over; it runs again with its rows locked'
    USING ERRCODE = 'SF001';
END $$;
