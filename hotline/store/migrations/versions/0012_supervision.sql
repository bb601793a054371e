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

-- The auditor: one row for each look at every live chain; at most one has not ended.
CREATE TABLE audit_round (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  last_id uuid NOT NULL,
  tickets integer NOT NULL DEFAULT 0,
  found integer NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX audit_round_open ON audit_round ((true)) WHERE ended_at IS NULL;
CREATE INDEX ticket_open_id ON ticket (id) WHERE closed_at IS NULL;
CREATE INDEX flag_open_ticket ON flag (ticket_id) WHERE ruled_at IS NULL;

-- When each process last said that it lives.
CREATE TABLE heartbeat (
  process text NOT NULL CHECK (process IN ('web','worker','clock')),
  instance text NOT NULL,
  started_at timestamptz NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (process, instance)
);
-- Test demands from outside, and whether they came back in time.
CREATE TABLE probe_run (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  ok boolean NOT NULL,
  took_ms integer NOT NULL,
  fault text
);
CREATE INDEX probe_run_at ON probe_run (at);
-- The doctor found it: a rating of a whistle is written once.
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON whistle_rating
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
