-- The operators' desk: merged demands, who has a ticket open, hand-overs between shifts.

-- A merged ticket stays a ticket: its own number, caller, clock and answer. `lead_id` is the one
-- that carries the handling; `members` counts, on that one, what was merged into it.
ALTER TABLE ticket DROP CONSTRAINT ticket_status_check;
ALTER TABLE ticket ADD CONSTRAINT ticket_status_check CHECK (status IN ('triage','merged',
  'dispatched','disputed','handling','extension_pending','revisit','answered','archived',
  'archived_unverified'));
ALTER TABLE ticket ADD COLUMN lead_id uuid REFERENCES ticket;
ALTER TABLE ticket ADD COLUMN members integer NOT NULL DEFAULT 0;
CREATE INDEX ticket_lead ON ticket (lead_id) WHERE lead_id IS NOT NULL;
-- What may be the same event: open tickets of a place or of a class, the newest first.
CREATE INDEX ticket_open_town ON ticket (town, received_at) WHERE closed_at IS NULL;
CREATE INDEX ticket_open_class ON ticket (class_code, received_at) WHERE closed_at IS NULL;
-- Who waits to be rung back.
CREATE INDEX ticket_triage_reason ON ticket (triage_reason, received_at) WHERE status = 'triage';

-- Who has which ticket's page open. Worth nothing after a crash, and so not logged.
CREATE UNLOGGED TABLE presence (
  ticket_id uuid NOT NULL REFERENCES ticket,
  staff_id uuid NOT NULL REFERENCES staff,
  since timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (ticket_id, staff_id)
);
CREATE INDEX presence_seen ON presence (seen_at);

-- What one shift left to the next, as it stood at that moment, and who took it over.
CREATE TABLE handover (
  id uuid PRIMARY KEY,
  from_id uuid NOT NULL REFERENCES staff,
  at timestamptz NOT NULL,
  notes text NOT NULL,
  facts jsonb NOT NULL,
  to_id uuid REFERENCES staff,
  confirmed_at timestamptz,
  CHECK (to_id <> from_id),
  CHECK ((to_id IS NULL) = (confirmed_at IS NULL))
);
CREATE INDEX handover_at ON handover (at);
