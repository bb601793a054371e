-- What each ticket counts for, folded from its events; and the sums of it by place, unit and time.
-- Everything here can be made again from the ledger (`hotline rates rebuild`).
ALTER TABLE ticket ADD COLUMN counted_seq integer NOT NULL DEFAULT 0;
CREATE INDEX ticket_uncounted ON ticket (id) WHERE counted_seq < event_seq;

CREATE TABLE ticket_fact (
  ticket_id uuid PRIMARY KEY REFERENCES ticket,
  seq integer NOT NULL,
  received_at timestamptz NOT NULL,
  day date NOT NULL,
  grid text,
  town text,
  unit text,
  post text,
  class_code text,
  line text NOT NULL,
  status text NOT NULL,
  -- One bit for each measure, in the order of `hotline.store.facts.BITS`: whether the ticket
  -- stands in its denominator, and in its numerator.
  judged bigint NOT NULL,
  met bigint NOT NULL,
  grade integer CHECK (grade BETWEEN 1 AND 5),
  citizen_s integer,
  unit_s integer,
  closed_at timestamptz
);
CREATE INDEX ticket_fact_day ON ticket_fact (day, town);
CREATE INDEX ticket_fact_place ON ticket_fact (grid, class_code, received_at);

CREATE TABLE rate_cell (
  dimension text NOT NULL,
  grain text NOT NULL CHECK (grain IN ('day','month')),
  start date NOT NULL,
  key text NOT NULL,
  tickets integer NOT NULL,
  response_n integer NOT NULL, response_d integer NOT NULL,
  claimed_n integer NOT NULL, claimed_d integer NOT NULL,
  confirmed_n integer NOT NULL, confirmed_d integer NOT NULL,
  solved_n integer NOT NULL, solved_d integer NOT NULL,
  solved_known_n integer NOT NULL, solved_known_d integer NOT NULL,
  reach_n integer NOT NULL, reach_d integer NOT NULL,
  satisfied_n integer NOT NULL, satisfied_d integer NOT NULL,
  graded_n integer NOT NULL, graded_d integer NOT NULL,
  on_time_n integer NOT NULL, on_time_d integer NOT NULL,
  once_n integer NOT NULL, once_d integer NOT NULL,
  redo_n integer NOT NULL, redo_d integer NOT NULL,
  returned_n integer NOT NULL, returned_d integer NOT NULL,
  overturned_n integer NOT NULL, overturned_d integer NOT NULL,
  recurred_7_n integer NOT NULL, recurred_7_d integer NOT NULL,
  recurred_30_n integer NOT NULL, recurred_30_d integer NOT NULL,
  unreached_n integer NOT NULL, unreached_d integer NOT NULL,
  excluded_n integer NOT NULL, excluded_d integer NOT NULL,
  grade_1 integer NOT NULL, grade_2 integer NOT NULL, grade_3 integer NOT NULL,
  grade_4 integer NOT NULL, grade_5 integer NOT NULL,
  gap_s bigint NOT NULL, gap_d integer NOT NULL,
  PRIMARY KEY (dimension, grain, start, key)
);

-- One row: how far a count from the beginning has come; none while none is under way.
CREATE TABLE rate_rebuild (
  id integer PRIMARY KEY CHECK (id = 1),
  last_id uuid,
  done integer NOT NULL DEFAULT 0,
  total integer NOT NULL,
  started_at timestamptz NOT NULL
);
