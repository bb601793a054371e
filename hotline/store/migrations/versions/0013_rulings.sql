-- Returns as contests, rulings, extensions, long-term cases, final replies.
ALTER TABLE ticket DROP CONSTRAINT IF EXISTS ticket_status_check;
ALTER TABLE ticket ADD CONSTRAINT ticket_status_check CHECK (status IN ('triage','merged',
  'dispatched','disputed','adjudication','handling','extension_pending','long_term_pending',
  'long_term','final_pending','final_replied','appealed','revisit','reject_pending','answered',
  'rejected','withdrawn','archived','archived_unverified','archived_final'));

-- The panel for disputed duties hears the units. What was said stands in the ticket's texts and
-- chain; these rows only say who is to be heard, and whom the panel named.
CREATE TABLE hearing (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket,
  opened_at timestamptz NOT NULL,
  ruled_at timestamptz,
  ruled_by uuid REFERENCES staff,
  lead text
);
CREATE INDEX hearing_ticket ON hearing (ticket_id, opened_at);

CREATE TABLE hearing_party (
  id uuid PRIMARY KEY,
  hearing_id uuid NOT NULL REFERENCES hearing,
  ticket_id uuid NOT NULL REFERENCES ticket,
  unit text NOT NULL,
  post text NOT NULL,
  returned boolean NOT NULL,
  heard_at timestamptz,
  UNIQUE (hearing_id, unit)
);
CREATE INDEX hearing_party_unit ON hearing_party (unit, hearing_id);

-- Entries of the catalogue that rulings made: an overlay over the map's own. Whoever proposed one
-- never approves it. One scope has one entry in force.
CREATE TABLE catalogue_entry (
  id uuid PRIMARY KEY,
  class_code text NOT NULL,
  place text NOT NULL,
  words text[] NOT NULL,
  version integer NOT NULL,
  lead text,
  helpers text[] NOT NULL,
  settles text[] NOT NULL,
  map_version text NOT NULL REFERENCES map_version,
  ticket_id uuid NOT NULL REFERENCES ticket,
  text_id uuid NOT NULL REFERENCES ticket_text,
  state text NOT NULL CHECK (state IN ('proposed','approved','declined')),
  proposed_at timestamptz NOT NULL,
  proposed_by uuid NOT NULL REFERENCES staff,
  decided_at timestamptz,
  decided_by uuid REFERENCES staff,
  superseded_at timestamptz,
  CHECK ((state = 'proposed') = (decided_at IS NULL)),
  CHECK (decided_by <> proposed_by),
  UNIQUE (class_code, place, words, version)
);
CREATE UNIQUE INDEX catalogue_entry_in_force ON catalogue_entry (class_code, place, words)
  WHERE state = 'approved' AND superseded_at IS NULL;
CREATE INDEX catalogue_entry_listed ON catalogue_entry (state, proposed_at DESC, id DESC);

-- A place on the long-term list (挂账), with its plan.
CREATE TABLE long_term (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket,
  text_id uuid NOT NULL REFERENCES ticket_text,
  leader text NOT NULL,
  leader_id uuid REFERENCES staff,
  until timestamptz NOT NULL,
  proposed_at timestamptz NOT NULL,
  proposed_by uuid NOT NULL REFERENCES staff,
  began_at timestamptz,
  ended_at timestamptz,
  CHECK (began_at IS NULL OR until > began_at)
);
CREATE INDEX long_term_ticket ON long_term (ticket_id, proposed_at);

CREATE TABLE milestone (
  id uuid PRIMARY KEY,
  plan_id uuid NOT NULL REFERENCES long_term,
  text_id uuid NOT NULL REFERENCES ticket_text,
  position integer NOT NULL,
  due_at timestamptz NOT NULL,
  done_at timestamptz,
  missed_at timestamptz,
  UNIQUE (plan_id, position)
);

-- Wrong dispatches beside wrong returns; cases on the long-term list; ends against the caller's
-- word. Nothing was counted by them before.
ALTER TABLE rate_cell
  ADD COLUMN misdispatched_n integer NOT NULL DEFAULT 0,
  ADD COLUMN misdispatched_d integer NOT NULL DEFAULT 0,
  ADD COLUMN long_term_n integer NOT NULL DEFAULT 0,
  ADD COLUMN long_term_d integer NOT NULL DEFAULT 0,
  ADD COLUMN final_n integer NOT NULL DEFAULT 0,
  ADD COLUMN final_d integer NOT NULL DEFAULT 0;
