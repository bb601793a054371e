-- Suspicion: how photos look, claims of closure, what signals said of them, and flags.

-- Photos come with answers to flags too, and with whatever a later stage adds.
ALTER TABLE media DROP CONSTRAINT media_purpose_check;
ALTER TABLE media ADD CONSTRAINT media_purpose_check CHECK (purpose ~ '^[a-z_]+$');
ALTER TABLE media ADD COLUMN hashed_at timestamptz;
CREATE INDEX media_unhashed ON media (at, id) WHERE hashed_at IS NULL AND purpose <> 'recording';

-- How each photo looks, by a number that grows in the order of commits: one 64-bit pHash and one
-- 256-bit PDQ of the whole and of each usual crop (`hotline.photo_hashes`).
CREATE SEQUENCE photo_looks_number_seq;
CREATE TABLE photo_looks (
  number bigint PRIMARY KEY,
  media_id uuid NOT NULL UNIQUE REFERENCES media ON DELETE CASCADE,
  ticket_id uuid NOT NULL REFERENCES ticket,
  at timestamptz NOT NULL,
  sha256 text NOT NULL,
  phash bytea NOT NULL,
  pdq bytea NOT NULL,
  quality integer NOT NULL
);
CREATE INDEX photo_looks_file ON photo_looks (sha256);
-- A photo and an earlier one that is the same picture, found when the later one came.
CREATE TABLE photo_twin (
  media_id uuid NOT NULL REFERENCES media ON DELETE CASCADE,
  other_id uuid NOT NULL REFERENCES media ON DELETE CASCADE,
  likeness text NOT NULL CHECK (likeness IN ('same_file','same_picture','mirrored','cropped')),
  bits integer NOT NULL,
  PRIMARY KEY (media_id, other_id)
);
CREATE INDEX photo_twin_other ON photo_twin (other_id);

-- A claim of closure with what was known of it when it was made. Rows are written once; only the
-- last two columns change.
CREATE TABLE submission (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket,
  round integer NOT NULL,
  at timestamptz NOT NULL,
  done_at timestamptz NOT NULL,
  by uuid REFERENCES staff,
  unit text,
  class_code text,
  grid text,
  words integer NOT NULL,
  written integer NOT NULL,
  visited boolean NOT NULL,
  photo_ids jsonb NOT NULL,
  text_id uuid REFERENCES ticket_text,
  limit_from timestamptz,
  due_at timestamptz,
  judged_by text,
  discredited_at timestamptz,
  UNIQUE (ticket_id, round)
);
CREATE INDEX submission_by ON submission (by, at);
CREATE INDEX submission_class ON submission (class_code, at);
CREATE INDEX submission_unjudged ON submission (at) WHERE judged_by IS NULL;
CREATE INDEX submission_rules ON submission (judged_by, at);
CREATE INDEX ticket_place_class ON ticket (grid, class_code, received_at);
CREATE INDEX ticket_town_class ON ticket (town, class_code, received_at);

-- What a signal said of a claim, once for each version of the rules.
CREATE TABLE suspicion (
  id uuid PRIMARY KEY,
  submission_id uuid NOT NULL REFERENCES submission,
  ticket_id uuid NOT NULL REFERENCES ticket,
  round integer NOT NULL,
  signal text NOT NULL,
  rules text NOT NULL,
  group_name text NOT NULL CHECK (group_name IN ('presence','contact','text','time','media',
    'outcome')),
  strength integer NOT NULL CHECK (strength BETWEEN 1 AND 100),
  rows jsonb NOT NULL,
  innocent text NOT NULL,
  at timestamptz NOT NULL,
  UNIQUE (ticket_id, round, signal, rules)
);
CREATE INDEX suspicion_submission ON suspicion (submission_id);

-- A claim that a supervisor should look at. No verdict; a person rules.
CREATE TABLE flag (
  id uuid PRIMARY KEY,
  submission_id uuid NOT NULL UNIQUE REFERENCES submission,
  ticket_id uuid NOT NULL REFERENCES ticket,
  round integer NOT NULL,
  rules text NOT NULL,
  grounds text NOT NULL CHECK (grounds IN ('starred','two_groups')),
  strength integer NOT NULL,
  state text NOT NULL CHECK (state IN ('asked','answered','unanswered','confirmed','cleared',
    'not_enough')),
  raised_at timestamptz NOT NULL,
  answer_due_at timestamptz NOT NULL,
  answered_at timestamptz,
  answered_by uuid REFERENCES staff,
  answer_id uuid REFERENCES ticket_text,
  ruled_at timestamptz,
  ruled_by uuid REFERENCES staff,
  ruling_id uuid REFERENCES ticket_text,
  CHECK ((ruled_at IS NULL) = (state IN ('asked','answered','unanswered')))
);
CREATE INDEX flag_open ON flag (strength DESC, raised_at, id) WHERE ruled_at IS NULL;
CREATE INDEX flag_ticket ON flag (ticket_id);
