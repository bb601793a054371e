-- People: who they are, which posts they hold, when they are away. Posts themselves are policy
-- and stand in the grid map.
CREATE TABLE staff (
  id uuid PRIMARY KEY,
  login text NOT NULL UNIQUE,
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('operator','officer','unit','supervisor','admin')),
  unit text NOT NULL,
  number_sealed bytea,
  number_hash text,
  password_hash text NOT NULL,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL
);
CREATE INDEX staff_number ON staff (number_hash) WHERE number_hash IS NOT NULL;

CREATE TABLE post_holding (
  id uuid PRIMARY KEY,
  staff_id uuid NOT NULL REFERENCES staff,
  post text NOT NULL,
  from_at timestamptz NOT NULL,
  until_at timestamptz,
  CHECK (until_at IS NULL OR until_at > from_at)
);
CREATE INDEX post_holding_post ON post_holding (post);
CREATE INDEX post_holding_staff ON post_holding (staff_id);

CREATE TABLE leave (
  id uuid PRIMARY KEY,
  staff_id uuid NOT NULL REFERENCES staff,
  from_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL CHECK (until_at > from_at)
);
CREATE INDEX leave_staff ON leave (staff_id, from_at);

CREATE TABLE sign_in (
  token_hash text PRIMARY KEY,
  staff_id uuid NOT NULL REFERENCES staff,
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE TABLE sign_in_attempt (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_hash text NOT NULL,
  address_hash text NOT NULL,
  at timestamptz NOT NULL,
  succeeded boolean NOT NULL
);
CREATE INDEX sign_in_attempt_account ON sign_in_attempt (account_hash, at);
CREATE INDEX sign_in_attempt_address ON sign_in_attempt (address_hash, at);

-- Policy: every version of the map that ever decided, as it was written.
CREATE TABLE map_version (
  version text PRIMARY KEY,
  content text NOT NULL,
  applied_at timestamptz NOT NULL
);
CREATE TABLE calendar_day (
  day date PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('holiday','make_up')),
  source text NOT NULL
);

-- Tickets as they stand now. The history is in ticket_event.
CREATE SEQUENCE ticket_number_seq;
CREATE TABLE ticket (
  id uuid PRIMARY KEY,
  number text NOT NULL UNIQUE,
  status text NOT NULL CHECK (status IN ('triage','dispatched','disputed','handling',
    'extension_pending','revisit','answered','archived','archived_unverified')),
  channel text NOT NULL CHECK (channel IN ('voice','message','desk')),
  line text NOT NULL,
  class_code text,
  grid text,
  town text,
  unit text,
  post text,
  officer_id uuid REFERENCES staff,
  urgent boolean NOT NULL DEFAULT false,
  triage_reason text,
  rung text NOT NULL,
  routing jsonb NOT NULL,
  map_version text NOT NULL,
  received_at timestamptz NOT NULL,
  dispatched_at timestamptz,
  contacted_at timestamptz,
  due_at timestamptz,
  due_provisional boolean NOT NULL DEFAULT false,
  submitted_by uuid REFERENCES staff,
  submitted_at timestamptz,
  closed_at timestamptz,
  returns integer NOT NULL DEFAULT 0,
  redos integer NOT NULL DEFAULT 0,
  extensions integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  event_seq integer NOT NULL,
  head_hash text NOT NULL,
  last_event_at timestamptz NOT NULL,
  rooted_seq integer NOT NULL DEFAULT 0
);
CREATE INDEX ticket_open ON ticket (status, due_at) WHERE closed_at IS NULL;
CREATE INDEX ticket_officer ON ticket (officer_id, due_at) WHERE closed_at IS NULL;
CREATE INDEX ticket_post ON ticket (post, due_at) WHERE closed_at IS NULL;
CREATE INDEX ticket_unrooted ON ticket (id) WHERE rooted_seq < event_seq;
CREATE INDEX ticket_received ON ticket (received_at);

-- Identity, apart from content: sealed by the keyring, found by a keyed hash.
CREATE TABLE ticket_identity (
  ticket_id uuid PRIMARY KEY REFERENCES ticket,
  number_sealed bytea,
  number_hash text,
  name_sealed bytea,
  address_sealed bytea,
  found_sealed bytea
);
CREATE INDEX ticket_identity_number ON ticket_identity (number_hash);

-- Words, apart from the chain: they can be redacted, their salted hash stays.
CREATE TABLE ticket_text (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket,
  kind text NOT NULL,
  salt text NOT NULL,
  body text NOT NULL,
  at timestamptz NOT NULL,
  redacted_at timestamptz
);
CREATE INDEX ticket_text_ticket ON ticket_text (ticket_id, at);

CREATE TABLE ticket_event (
  ticket_id uuid NOT NULL REFERENCES ticket,
  seq integer NOT NULL,
  action text NOT NULL,
  status text NOT NULL,
  role text NOT NULL,
  actor text NOT NULL,
  at timestamptz NOT NULL,
  body text NOT NULL,
  previous text NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (ticket_id, seq)
);

-- Signed roots: what each one covers stands beside it, so that its file can be made again.
CREATE TABLE ledger_root (
  number integer PRIMARY KEY,
  at timestamptz NOT NULL,
  previous text NOT NULL,
  heads integer NOT NULL,
  views integer NOT NULL,
  views_hash text NOT NULL,
  root text NOT NULL,
  signature text NOT NULL
);
CREATE TABLE ledger_head (
  root integer NOT NULL REFERENCES ledger_root,
  ticket_id uuid NOT NULL REFERENCES ticket,
  seq integer NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (root, ticket_id)
);
CREATE INDEX ledger_head_ticket ON ledger_head (ticket_id, root);
CREATE TABLE identity_view (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket,
  staff_id uuid NOT NULL REFERENCES staff,
  what text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX identity_view_ticket ON identity_view (ticket_id, at);
-- Which root covers a view: the log is chained in batches, never through a ticket's lock.
CREATE TABLE ledger_view (
  view_id uuid PRIMARY KEY REFERENCES identity_view,
  root integer NOT NULL REFERENCES ledger_root
);
CREATE INDEX ledger_view_root ON ledger_view (root);

CREATE TABLE media (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket,
  purpose text NOT NULL CHECK (purpose IN ('result','return','recording')),
  sha256 text NOT NULL,
  kind text NOT NULL,
  size integer NOT NULL,
  width integer,
  height integer,
  at timestamptz NOT NULL,
  by uuid REFERENCES staff,
  sid text UNIQUE
);
CREATE INDEX media_ticket ON media (ticket_id, at);

-- Whistles: records of their own beside the ticket.
CREATE TABLE whistle (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket,
  kind text NOT NULL,
  raised_by uuid NOT NULL REFERENCES staff,
  reason_id uuid NOT NULL REFERENCES ticket_text,
  raised_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE INDEX whistle_ticket ON whistle (ticket_id);
CREATE TABLE whistle_party (
  id uuid PRIMARY KEY,
  whistle_id uuid NOT NULL REFERENCES whistle,
  ticket_id uuid NOT NULL REFERENCES ticket,
  unit text NOT NULL,
  post text NOT NULL,
  state text NOT NULL CHECK (state IN ('called','acknowledged','arrived','done','refused')),
  rung text NOT NULL,
  generation integer NOT NULL DEFAULT 0,
  reminders integer NOT NULL DEFAULT 0,
  called_at timestamptz NOT NULL,
  acknowledged_at timestamptz,
  acknowledged_by uuid REFERENCES staff,
  arrived_at timestamptz,
  done_at timestamptz,
  refused_at timestamptz,
  UNIQUE (whistle_id, unit)
);
CREATE INDEX whistle_party_open ON whistle_party (unit) WHERE done_at IS NULL;
CREATE INDEX whistle_party_ticket ON whistle_party (ticket_id);

-- Limits that are running. The unique key makes every decision happen once.
CREATE TABLE timer (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket,
  subject_id uuid NOT NULL,
  step text NOT NULL,
  generation integer NOT NULL,
  due_at timestamptz NOT NULL,
  fire_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting','done','cancelled')),
  attempts integer NOT NULL DEFAULT 0,
  fault text,
  UNIQUE (subject_id, step, generation)
);
CREATE INDEX timer_due ON timer (fire_at) WHERE state = 'waiting';
CREATE INDEX timer_ticket ON timer (ticket_id) WHERE state = 'waiting';

-- What is to be said to somebody outside. The row is the promise; the queue only wakes.
CREATE TABLE outbox (
  id uuid PRIMARY KEY,
  ticket_id uuid REFERENCES ticket,
  cause text NOT NULL,
  means text NOT NULL CHECK (means IN ('message','call','conference')),
  template text NOT NULL,
  params jsonb NOT NULL,
  audience text NOT NULL CHECK (audience IN ('staff','caller','service')),
  staff_id uuid REFERENCES staff,
  post text,
  service text,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting','sending','sent','delivered',
    'failed','unknown','cancelled')),
  attempts integer NOT NULL DEFAULT 0,
  next_try_at timestamptz NOT NULL,
  sid text,
  fault text,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  fell_back boolean NOT NULL DEFAULT false
);
CREATE INDEX outbox_waiting ON outbox (next_try_at) WHERE state IN ('waiting','sending','unknown');
CREATE INDEX outbox_ticket ON outbox (ticket_id, created_at);
CREATE INDEX outbox_staff ON outbox (staff_id, created_at);
CREATE UNIQUE INDEX outbox_sid ON outbox (sid) WHERE sid IS NOT NULL;

-- What the carrier sent us, by its own keys: a repeat gets the first answer.
CREATE TABLE inbox (
  sid text NOT NULL,
  step text NOT NULL,
  body_hash text NOT NULL,
  answer text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (sid, step)
);
CREATE TABLE call (
  sid text PRIMARY KEY,
  number_sealed bytea,
  number_hash text,
  ticket_id uuid REFERENCES ticket,
  state text NOT NULL CHECK (state IN ('ringing','queued','machine','person','ended')),
  talk jsonb NOT NULL,
  started_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  ended_at timestamptz,
  picked_by uuid REFERENCES staff
);
CREATE INDEX call_open ON call (started_at) WHERE ended_at IS NULL;
CREATE INDEX call_ticket ON call (ticket_id);

-- Whether it is true: the question put to the caller after every submission.
CREATE TABLE ask (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket,
  round integer NOT NULL,
  token_hash text UNIQUE,
  tries integer NOT NULL DEFAULT 0,
  asked_at timestamptz NOT NULL,
  answered_at timestamptz,
  answered_by text,
  solved boolean,
  grade integer CHECK (grade BETWEEN 1 AND 5),
  UNIQUE (ticket_id, round)
);

-- Commands from the field, by the key that the device gave: a repeat gets the first answer.
CREATE TABLE command (
  id uuid PRIMARY KEY,
  staff_id uuid NOT NULL REFERENCES staff,
  ticket_id uuid NOT NULL REFERENCES ticket,
  action text NOT NULL,
  body_hash text NOT NULL,
  answer jsonb NOT NULL,
  seen_version integer,
  done_at timestamptz,
  at timestamptz NOT NULL
);

-- What a supervisor must look at.
CREATE TABLE attention (
  id uuid PRIMARY KEY,
  ticket_id uuid REFERENCES ticket,
  kind text NOT NULL,
  key text NOT NULL UNIQUE,
  facts jsonb NOT NULL,
  raised_at timestamptz NOT NULL,
  settled_at timestamptz,
  settled_by uuid REFERENCES staff
);
CREATE INDEX attention_open ON attention (raised_at) WHERE settled_at IS NULL;

-- How far the reconciling sweeps have looked, and when the timetable last ran.
CREATE TABLE watermark (
  name text PRIMARY KEY,
  at timestamptz NOT NULL
);
-- One row: how far test and demonstration have moved the time forward.
CREATE TABLE time_shift (
  id integer PRIMARY KEY CHECK (id = 1),
  shift interval NOT NULL
);
INSERT INTO time_shift VALUES (1, interval '0');

CREATE FUNCTION hotline_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
  $$ SELECT clock_timestamp() + (SELECT shift FROM time_shift WHERE id = 1) $$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501'; END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ticket_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_root
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON identity_view
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_head
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_view
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
