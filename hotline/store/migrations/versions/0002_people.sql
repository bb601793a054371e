-- Staff as a county keeps them: imports, duty lists, notices.

-- Lay supervisors (监督员) look and do nothing; channels are the order in which somebody is reached.
ALTER TABLE staff DROP CONSTRAINT staff_role_check;
ALTER TABLE staff ADD CONSTRAINT staff_role_check
  CHECK (role IN ('operator','officer','unit','supervisor','admin','observer'));
ALTER TABLE staff ADD COLUMN channels jsonb NOT NULL DEFAULT '[]';

-- Where a person is reached on a channel of the county (a mailbox, an account): sealed.
CREATE TABLE staff_address (
  staff_id uuid NOT NULL REFERENCES staff,
  channel text NOT NULL,
  address_sealed bytea NOT NULL,
  PRIMARY KEY (staff_id, channel)
);

-- Who stands in for a person while they are away; without one, the post's stand-in does.
ALTER TABLE leave ADD COLUMN stand_in_id uuid REFERENCES staff;
CREATE INDEX leave_stand_in ON leave (stand_in_id, from_at) WHERE stand_in_id IS NOT NULL;

-- Duty lists: by day and shift one person answers for a post, before its holder.
CREATE TABLE duty (
  id uuid PRIMARY KEY,
  post text NOT NULL,
  staff_id uuid NOT NULL REFERENCES staff,
  from_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL CHECK (until_at > from_at)
);
CREATE INDEX duty_post ON duty (post, until_at);
CREATE INDEX duty_staff ON duty (staff_id, until_at);

-- One use each: the address at which somebody sets a password of their own.
CREATE TABLE password_link (
  token_hash text PRIMARY KEY,
  staff_id uuid NOT NULL REFERENCES staff,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX password_link_staff ON password_link (staff_id);

-- A staff list that was uploaded and not yet applied: sealed, and thrown away soon.
CREATE TABLE staff_upload (
  id uuid PRIMARY KEY,
  staff_id uuid NOT NULL REFERENCES staff,
  name text NOT NULL,
  content_sealed bytea NOT NULL,
  at timestamptz NOT NULL
);

-- Who changed what about people, before and after. Numbers stand in it as keyed hashes.
CREATE TABLE staff_change (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  role text NOT NULL,
  staff_id uuid REFERENCES staff,
  post text,
  what text NOT NULL,
  before jsonb NOT NULL,
  after jsonb NOT NULL
);
CREATE INDEX staff_change_staff ON staff_change (staff_id, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON staff_change
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Notices by the county's own channels, and what each provider answered.
ALTER TABLE outbox DROP CONSTRAINT outbox_means_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_means_check
  CHECK (means IN ('message','call','conference','notice'));
ALTER TABLE outbox ADD COLUMN channel text;
CREATE TABLE notice_attempt (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  outbox_id uuid NOT NULL REFERENCES outbox,
  channel text NOT NULL,
  at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('accepted','refused','unknown','capped','read')),
  answer text NOT NULL
);
CREATE INDEX notice_attempt_outbox ON notice_attempt (outbox_id);
CREATE INDEX notice_attempt_channel ON notice_attempt (channel, at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON notice_attempt
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The posts that a climbing whistle has told: they see it and act on it.
ALTER TABLE whistle_party ADD COLUMN told_posts jsonb NOT NULL DEFAULT '[]';
CREATE INDEX whistle_party_told ON whistle_party USING gin (told_posts);
