-- Supervision, and the watch over the hotline itself.

-- A test demand of our own (a prober's): in no list, in no rate, on nobody's telephone.
ALTER TABLE ticket ADD COLUMN synthetic boolean NOT NULL DEFAULT false;
CREATE INDEX ticket_synthetic ON ticket (received_at) WHERE synthetic;
-- How far the limit of a result has come (`hotline.domain.supervision.Alert`), and how often
-- supervisors have urged it on.
ALTER TABLE ticket ADD COLUMN alert integer NOT NULL DEFAULT 0 CHECK (alert BETWEEN 0 AND 6);
ALTER TABLE ticket ADD COLUMN urged integer NOT NULL DEFAULT 0;
CREATE INDEX ticket_supervised ON ticket
  (supervised, coalesce(due_at, 'infinity'::timestamptz), id)
  WHERE closed_at IS NULL AND supervised > 0;
CREATE INDEX ticket_alert ON ticket (alert, coalesce(due_at, 'infinity'::timestamptz), id)
  WHERE closed_at IS NULL AND alert > 0;
-- What nobody ever counts must not look uncounted for ever.
DROP INDEX ticket_uncounted;
CREATE INDEX ticket_uncounted ON ticket (id) WHERE counted_seq < event_seq AND NOT synthetic;
