-- More doors: web, counter, withdrawal, refusal, confidentiality.
ALTER TABLE ticket DROP CONSTRAINT IF EXISTS ticket_status_check;
ALTER TABLE ticket ADD CONSTRAINT ticket_status_check CHECK (status IN ('triage','dispatched',
  'disputed','handling','extension_pending','revisit','reject_pending','answered','rejected',
  'withdrawn','merged','archived','archived_unverified'));
ALTER TABLE ticket DROP CONSTRAINT IF EXISTS ticket_channel_check;
ALTER TABLE ticket ADD CONSTRAINT ticket_channel_check
  CHECK (channel IN ('voice','message','desk','web','counter'));
ALTER TABLE ticket
  ADD COLUMN shield text CHECK (shield IN ('confidential','anonymous')),
  ADD COLUMN window_id text,
  ADD COLUMN first_asked uuid REFERENCES staff;
CREATE INDEX ticket_first_asked ON ticket (first_asked, due_at) WHERE closed_at IS NULL;

ALTER TABLE media DROP CONSTRAINT IF EXISTS media_purpose_check;
ALTER TABLE media ADD CONSTRAINT media_purpose_check
  CHECK (purpose IN ('result','return','recording','demand'));


-- Accepted with gaps, on a promise (容缺受理).
CREATE TABLE ticket_gap (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket,
  text_id uuid NOT NULL REFERENCES ticket_text,
  promised_by text NOT NULL CHECK (promised_by IN ('caller','unit','other')),
  due_at timestamptz NOT NULL,
  at timestamptz NOT NULL,
  came_at timestamptz
);
CREATE INDEX ticket_gap_ticket ON ticket_gap (ticket_id, at);

-- How often a ticket's code was made anew. The code itself is kept nowhere: it is computed.
CREATE TABLE ticket_code (
  ticket_id uuid PRIMARY KEY REFERENCES ticket,
  generation integer NOT NULL,
  at timestamptz NOT NULL
);

-- What was tried at the public doors, for limits: addresses and subjects as keyed hashes.
CREATE TABLE door_try (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  door text NOT NULL CHECK (door IN ('demand','code','send_code')),
  address_hash text NOT NULL,
  subject_hash text,
  at timestamptz NOT NULL
);
CREATE INDEX door_try_address ON door_try (door, address_hash, at);
CREATE INDEX door_try_subject ON door_try (door, subject_hash, at) WHERE subject_hash IS NOT NULL;
-- The register of refusals (否定备案) is a view on the ledger.
CREATE INDEX ticket_event_refusal ON ticket_event (at DESC)
  WHERE action IN ('reject','return','refuse');
