-- Working time: notices as they came, the days they name, and from what each limit was counted.

-- A notice of the State Council for a year, or the county's own provisional days until it comes.
-- A notice is never changed: a correction is another one, and the newest of a year counts.
CREATE TABLE calendar_notice (
  number integer PRIMARY KEY,
  year integer NOT NULL CHECK (year BETWEEN 2000 AND 2199),
  status text NOT NULL CHECK (status IN ('published', 'provisional')),
  source text NOT NULL,
  content text NOT NULL,
  sha256 text NOT NULL,
  by_whom text NOT NULL,
  at timestamptz NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON calendar_notice
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The days of the newest notice of each year; a day may have windows of its own.
ALTER TABLE calendar_day
  ADD COLUMN notice integer REFERENCES calendar_notice,
  ADD COLUMN windows jsonb,
  ADD COLUMN name text NOT NULL DEFAULT '';

-- From when which limit was counted, by which state of the calendar: a deadline can be opened to
-- its arithmetic, and counted anew when a notice comes. Natural time needs no calendar.
ALTER TABLE timer
  ADD COLUMN counted_from timestamptz,
  ADD COLUMN limit_code text,
  ADD COLUMN notice integer;
CREATE INDEX timer_notice ON timer (notice) WHERE state = 'waiting' AND notice IS NOT NULL;

-- A case on the long-term list: what was left of the unit's limit when its clock was stopped.
ALTER TABLE long_term ADD COLUMN rest text;
