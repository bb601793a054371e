-- Supervision, and the watch over the hotline itself.

-- A test demand of our own (a prober's): in no list, in no rate, on nobody's telephone.
ALTER TABLE ticket ADD COLUMN synthetic boolean NOT NULL DEFAULT false;
CREATE INDEX ticket_synthetic ON ticket (received_at) WHERE synthetic;
-- What nobody ever counts must not look uncounted for ever.
DROP INDEX ticket_uncounted;
CREATE INDEX ticket_uncounted ON ticket (id) WHERE counted_seq < event_seq AND NOT synthetic;
