-- Ratings (好差评): every grade that was given, one-time ways to give one, the clock of a bad one,
-- and every grade that arrived, kept or not.

-- A changed grade is another row: every version stays, with its time and its own scale.
CREATE TABLE rating (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket,
  version integer NOT NULL,
  round integer NOT NULL,
  scale integer NOT NULL CHECK (scale IN (4, 5)),
  grade integer NOT NULL CHECK (grade BETWEEN 1 AND scale),
  by text NOT NULL,
  of_fix boolean NOT NULL,
  text_id uuid REFERENCES ticket_text,
  at timestamptz NOT NULL,
  UNIQUE (ticket_id, version)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rating
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A one-time way to rate, sent to the number that called.
CREATE TABLE rating_invite (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket,
  purpose text NOT NULL CHECK (purpose IN ('rate', 'change', 'fix', 'probe')),
  token_hash text UNIQUE,
  made_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX rating_invite_ticket ON rating_invite (ticket_id, made_at);

-- What reached the door. What was not kept says why; nothing of who it was.
CREATE TABLE rating_attempt (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ticket_id uuid REFERENCES ticket,
  by text NOT NULL,
  grade integer,
  scale integer,
  refused text,
  synthetic boolean NOT NULL DEFAULT false,
  at timestamptz NOT NULL
);
CREATE INDEX rating_attempt_at ON rating_attempt (at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rating_attempt
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The clock of a bad rating.
CREATE TABLE bad_rating (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket,
  rating_id uuid NOT NULL REFERENCES rating,
  number integer NOT NULL,
  opened_at timestamptz NOT NULL,
  call_due_at timestamptz NOT NULL,
  fix_due_at timestamptz NOT NULL,
  provisional boolean NOT NULL,
  tries integer NOT NULL DEFAULT 0,
  called_at timestamptz,
  called_by uuid REFERENCES staff,
  content boolean,
  fixed_at timestamptz,
  fixed_by uuid REFERENCES staff,
  asked_at timestamptz,
  ended_at timestamptz,
  outcome text,
  UNIQUE (ticket_id, number)
);
CREATE UNIQUE INDEX bad_rating_one ON bad_rating (ticket_id) WHERE ended_at IS NULL;
CREATE INDEX bad_rating_open ON bad_rating (opened_at) WHERE ended_at IS NULL;

-- Each daily probe of the door, and what it found.
CREATE TABLE rating_probe (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket,
  started_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  settled_at timestamptz,
  fault text
);
CREATE INDEX rating_probe_at ON rating_probe (started_at);

-- Satisfaction is counted apart for each scale.
ALTER TABLE ticket_fact ADD COLUMN scale integer NOT NULL DEFAULT 5;
ALTER TABLE rate_cell
  ADD COLUMN satisfied_four_n integer NOT NULL DEFAULT 0,
  ADD COLUMN satisfied_four_d integer NOT NULL DEFAULT 0,
  ADD COLUMN graded_four_n integer NOT NULL DEFAULT 0,
  ADD COLUMN graded_four_d integer NOT NULL DEFAULT 0,
  ADD COLUMN four_1 integer NOT NULL DEFAULT 0,
  ADD COLUMN four_2 integer NOT NULL DEFAULT 0,
  ADD COLUMN four_3 integer NOT NULL DEFAULT 0,
  ADD COLUMN four_4 integer NOT NULL DEFAULT 0;
