-- What a carrier says of a parcel that the staff have not entered yet is kept with its notice until they do, or for as long as
-- notices are.
ALTER TABLE webhook_events ADD COLUMN tracking_number text, ADD COLUMN status shipment_state;
CREATE INDEX webhook_events_early ON webhook_events (provider, tracking_number) WHERE tracking_number IS NOT NULL;
