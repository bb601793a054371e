-- Four kinds of whistle: asked for, joined in several ways, with an appointment, a plan and its
-- milestones; each side's judgement of the other; and when a sounded whistle must be answered.
ALTER TABLE whistle
  ADD COLUMN state text NOT NULL DEFAULT 'open'
    CHECK (state IN ('asked','open','ended','declined')),
  ADD COLUMN join_rule text NOT NULL DEFAULT 'all' CHECK (join_rule IN ('all','some','lead')),
  ADD COLUMN needed integer CHECK (needed > 0),
  -- The post in which it was raised, and the one that leads the whole (1+1+N).
  ADD COLUMN raised_post text,
  ADD COLUMN leader_post text,
  -- What was asked for, while nobody is called yet: the units, and which of them is to lead.
  ADD COLUMN asked jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN decision_id uuid REFERENCES ticket_text,
  ADD COLUMN slot_from timestamptz,
  ADD COLUMN slot_until timestamptz,
  ADD COLUMN close_by timestamptz,
  ADD COLUMN danger_gone_at timestamptz,
  ADD COLUMN act_at timestamptz,
  ADD COLUMN planned_at timestamptz;
UPDATE whistle SET state = 'ended' WHERE ended_at IS NOT NULL;
CREATE INDEX whistle_waiting ON whistle (ticket_id) WHERE ended_at IS NULL;

ALTER TABLE whistle_party DROP CONSTRAINT whistle_party_state_check;
ALTER TABLE whistle_party
  ADD CONSTRAINT whistle_party_state_check
    CHECK (state IN ('called','acknowledged','arrived','done','refused','excused')),
  ADD COLUMN role text NOT NULL DEFAULT 'member' CHECK (role IN ('member','lead','helper')),
  -- When it sounded for the unit the last time, and until when the unit must do what is next.
  ADD COLUMN sounded_at timestamptz,
  ADD COLUMN due_at timestamptz,
  -- By when the unit had to be on site by the first call: what its record is judged by.
  ADD COLUMN arrive_by timestamptz,
  ADD COLUMN lapses integer NOT NULL DEFAULT 0,
  ADD COLUMN excused_at timestamptz;
UPDATE whistle_party SET sounded_at = called_at,
  due_at = (SELECT min(timer.due_at) FROM timer
            WHERE timer.subject_id = whistle_party.id AND timer.state = 'waiting');
ALTER TABLE whistle_party ALTER COLUMN sounded_at SET NOT NULL;
CREATE INDEX whistle_party_year ON whistle_party (unit, called_at);

-- An open whistle is never without a limit of its own: those raised before this version get one.
INSERT INTO timer (id, ticket_id, subject_id, step, generation, due_at, fire_at)
SELECT gen_random_uuid(), ticket_id, id, 'whistle_close', 0, hotline_now() + interval '1 day',
       hotline_now() + interval '1 day'
FROM whistle WHERE ended_at IS NULL;

-- The lead unit's plan, line by line.
CREATE TABLE whistle_milestone (
  id uuid PRIMARY KEY,
  whistle_id uuid NOT NULL REFERENCES whistle,
  ticket_id uuid NOT NULL REFERENCES ticket,
  place integer NOT NULL,
  unit text NOT NULL,
  text_id uuid NOT NULL REFERENCES ticket_text,
  due_at timestamptz NOT NULL,
  met_at timestamptz,
  met_by uuid REFERENCES staff,
  UNIQUE (whistle_id, place)
);
CREATE INDEX whistle_milestone_ticket ON whistle_milestone (ticket_id);

-- What each side says of the other, once: the whistler of a unit's arrival, conduct and result, the
-- unit of whether the whistle was right to call it. Nobody changes it afterwards.
CREATE TABLE whistle_rating (
  id uuid PRIMARY KEY,
  whistle_id uuid NOT NULL REFERENCES whistle,
  party_id uuid NOT NULL REFERENCES whistle_party,
  ticket_id uuid NOT NULL REFERENCES ticket,
  side text NOT NULL CHECK (side IN ('whistler','unit')),
  by uuid NOT NULL REFERENCES staff,
  at timestamptz NOT NULL,
  arrival integer CHECK (arrival BETWEEN 1 AND 5),
  conduct integer CHECK (conduct BETWEEN 1 AND 5),
  result integer CHECK (result BETWEEN 1 AND 5),
  verdict text CHECK (verdict IN ('valid','wrong_unit','premature')),
  text_id uuid REFERENCES ticket_text,
  CHECK ((side = 'unit') = (verdict IS NOT NULL)),
  CHECK ((side = 'whistler') = (arrival IS NOT NULL AND conduct IS NOT NULL AND result IS NOT NULL)),
  UNIQUE (party_id, side)
);
CREATE INDEX whistle_rating_ticket ON whistle_rating (ticket_id);
