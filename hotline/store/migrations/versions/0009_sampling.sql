-- Revisits as a sample (回访抽样): draws that anybody can repeat, and who asked whom with what result.
CREATE TABLE sample_draw (
  number integer PRIMARY KEY,
  -- The county's day whose claims of closure it draws from: one draw a day.
  day date NOT NULL UNIQUE,
  from_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL,
  drawn_at timestamptz NOT NULL,
  seed text NOT NULL,
  rules jsonb NOT NULL,
  framed integer NOT NULL,
  drawn integer NOT NULL
);
-- What each draw was made from, as it stood then. A ticket stands in one draw, once.
CREATE TABLE sample_member (
  ticket_id uuid PRIMARY KEY REFERENCES ticket,
  draw integer NOT NULL REFERENCES sample_draw,
  received_on date NOT NULL,
  town text,
  kind text,
  why text CHECK (why IN ('flagged','kind','lot'))
);
CREATE INDEX sample_member_draw ON sample_member (draw);
-- Who asks about a drawn ticket, and what came of it. A ticket flagged later joins a later draw.
CREATE TABLE sample_call (
  ticket_id uuid PRIMARY KEY REFERENCES ticket,
  draw integer NOT NULL REFERENCES sample_draw,
  -- Grows with each lot that is cast: which verifier a unit had last is the highest.
  lot integer NOT NULL UNIQUE,
  why text NOT NULL CHECK (why IN ('flagged','kind','lot')),
  unit text,
  verifier uuid REFERENCES staff,
  turn integer NOT NULL DEFAULT 0,
  assigned_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  tries integer NOT NULL DEFAULT 0,
  tried_at timestamptz,
  outcome text CHECK (outcome IN ('solved','unsolved','unreached','unaskable')),
  ended_at timestamptz,
  CHECK ((outcome IS NULL) = (ended_at IS NULL))
);
CREATE INDEX sample_call_open ON sample_call (verifier, due_at) WHERE outcome IS NULL;
CREATE INDEX sample_call_unit ON sample_call (unit, lot);
CREATE INDEX sample_call_draw ON sample_call (draw, lot);
-- The strata by the day and month of receipt; they can be made again from the two tables above.
CREATE TABLE sample_cell (
  grain text NOT NULL CHECK (grain IN ('day','month')),
  start date NOT NULL,
  town text NOT NULL,
  kind text NOT NULL,
  must boolean NOT NULL,
  framed integer NOT NULL,
  drawn integer NOT NULL,
  solved integer NOT NULL,
  unsolved integer NOT NULL,
  unreached integer NOT NULL,
  PRIMARY KEY (grain, start, town, kind, must)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sample_draw
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sample_member
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- Whose claims a draw is made from.
CREATE INDEX ticket_submitted ON ticket (submitted_at) WHERE submitted_at IS NOT NULL;

-- A claim that was ruled false, or whose matter came back, loses its credit. Old facts do not know
-- of it: everything is counted from the beginning again, by the workers, after this release.
ALTER TABLE rate_cell
  ADD COLUMN discredited_n integer NOT NULL DEFAULT 0,
  ADD COLUMN discredited_d integer NOT NULL DEFAULT 0,
  ADD COLUMN withdrawn_n integer NOT NULL DEFAULT 0,
  ADD COLUMN withdrawn_d integer NOT NULL DEFAULT 0;
-- A page reads some keys of a dimension, over all their days.
CREATE INDEX rate_cell_key ON rate_cell (dimension, key, grain, start);
DELETE FROM rate_cell;
DELETE FROM ticket_fact;
DELETE FROM rate_rebuild;
INSERT INTO rate_rebuild (id, total, started_at)
  SELECT 1, count(*), hotline_now() FROM ticket HAVING count(*) > 0;

-- Who did what, for supervisors. What callers and the system do is nine tenths of the ledger and
-- pays for no index here but one of block ranges, which costs a write next to nothing.
CREATE INDEX ticket_event_staff ON ticket_event (at, ticket_id, seq)
  WHERE role NOT IN ('system','citizen');
CREATE INDEX ticket_event_person ON ticket_event (actor, at, ticket_id, seq)
  WHERE role NOT IN ('system','citizen');
CREATE INDEX ticket_event_at ON ticket_event USING brin (at) WITH (autosummarize = on);

-- The ledger verified from a supervisor's page: asked for, carried out by a worker in pieces.
CREATE TABLE ledger_check (
  id uuid PRIMARY KEY,
  asked_by uuid REFERENCES staff,
  asked_at timestamptz NOT NULL,
  -- How far it has come: the last chain, then the last root.
  after_ticket uuid,
  after_root integer,
  previous text,
  views_hash text,
  tickets integer NOT NULL DEFAULT 0,
  events bigint NOT NULL DEFAULT 0,
  roots integer NOT NULL DEFAULT 0,
  views bigint NOT NULL DEFAULT 0,
  faults jsonb NOT NULL DEFAULT '[]',
  ended_at timestamptz
);

-- How far a rotation of keys has come, table by table (`hotline keys reseal`).
CREATE TABLE key_reseal (
  kind text PRIMARY KEY,
  ring text NOT NULL,
  last text,
  done integer NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL,
  ended_at timestamptz
);
