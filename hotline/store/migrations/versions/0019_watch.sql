-- What the watch did, one by one: limits set again, test demands; and a limit for new entries.

-- Each limit that the auditor found missing and set again.
CREATE TABLE restored_limit (
  id uuid PRIMARY KEY,
  round bigint NOT NULL REFERENCES audit_round,
  ticket_id uuid NOT NULL REFERENCES ticket,
  subject_id uuid NOT NULL,
  step text NOT NULL,
  due_at timestamptz NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX restored_limit_at ON restored_limit (at, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON restored_limit
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- More tickets have something that lives on after their end.
CREATE INDEX sample_call_open_ticket ON sample_call (ticket_id) WHERE outcome IS NULL;
CREATE INDEX rating_probe_open ON rating_probe (ticket_id) WHERE settled_at IS NULL;
CREATE INDEX catalogue_entry_open ON catalogue_entry (ticket_id) WHERE state = 'proposed';

-- A test demand stands here from the moment it was taken in: `at`. `back_at`: the clock had it.
-- `ok` stays empty until it is back, or its limit has passed.
ALTER TABLE probe_run ADD COLUMN way text NOT NULL DEFAULT 'web' CHECK (way IN ('web','message'));
ALTER TABLE probe_run ADD COLUMN ticket_id uuid UNIQUE REFERENCES ticket;
ALTER TABLE probe_run ADD COLUMN limit_ms integer NOT NULL DEFAULT 60000;
ALTER TABLE probe_run ADD COLUMN back_at timestamptz;
ALTER TABLE probe_run ALTER COLUMN ok DROP NOT NULL;
ALTER TABLE probe_run ALTER COLUMN took_ms DROP NOT NULL;
UPDATE probe_run SET back_at = at WHERE ok;
CREATE INDEX probe_run_open ON probe_run (at) WHERE ok IS NULL;
CREATE INDEX probe_run_away ON probe_run (ticket_id) WHERE back_at IS NULL;
-- The monitoring service outside that expects us, whenever it took our word.
ALTER TABLE heartbeat DROP CONSTRAINT heartbeat_process_check;
ALTER TABLE heartbeat ADD CHECK (process IN ('web','worker','clock','outside'));

-- Deciding on a proposed entry has a limit; from it on it climbs. `due_at` is that limit, `rung`
-- who was told last. What is waiting when this runs gets both from the auditor.
ALTER TABLE catalogue_entry ADD COLUMN due_at timestamptz;
ALTER TABLE catalogue_entry ADD COLUMN rung text;
