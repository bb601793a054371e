-- Duty lists of three kinds, shifts laid out together, swaps, and a calendar for one's telephone.

-- An override is asked before a holiday's list, and that before the ordinary shifts.
ALTER TABLE duty ADD COLUMN kind text NOT NULL DEFAULT 'shift'
  CHECK (kind IN ('shift','holiday','override'));
-- Lines that were laid out or imported together, so that they can be taken off together.
ALTER TABLE duty ADD COLUMN batch uuid;
CREATE INDEX duty_batch ON duty (batch) WHERE batch IS NOT NULL;

-- Somebody asks a colleague to take a line of a duty list, for one of theirs or for nothing.
CREATE TABLE duty_swap (
  id uuid PRIMARY KEY,
  duty_id uuid NOT NULL REFERENCES duty ON DELETE CASCADE,
  in_return_id uuid REFERENCES duty ON DELETE CASCADE,
  asked_by uuid NOT NULL REFERENCES staff,
  asked_of uuid NOT NULL REFERENCES staff,
  asked_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked','accepted','declined','withdrawn')),
  answered_at timestamptz,
  CHECK (asked_by <> asked_of)
);
CREATE UNIQUE INDEX duty_swap_open ON duty_swap (duty_id) WHERE state = 'asked';
CREATE INDEX duty_swap_by ON duty_swap (asked_by, asked_at);
CREATE INDEX duty_swap_of ON duty_swap (asked_of, asked_at);

-- The secret address of a person's own calendar; only its hash is kept.
CREATE TABLE roster_feed (
  token_hash text PRIMARY KEY,
  staff_id uuid NOT NULL UNIQUE REFERENCES staff,
  created_at timestamptz NOT NULL
);
