-- Privacy at work: redaction, retention, search. And lists that are read page by page.

-- Sorted as the lists are (`hotline.store.paging`): what has no limit stands last, ids settle ties.
DROP INDEX ticket_open, ticket_officer, ticket_post, ticket_received;
CREATE INDEX ticket_open ON ticket (status, coalesce(due_at, 'infinity'::timestamptz), id)
  WHERE closed_at IS NULL;
CREATE INDEX ticket_officer ON ticket (officer_id, coalesce(due_at, 'infinity'::timestamptz), id)
  WHERE closed_at IS NULL;
CREATE INDEX ticket_post ON ticket (post, coalesce(due_at, 'infinity'::timestamptz), id)
  WHERE closed_at IS NULL;
CREATE INDEX ticket_received ON ticket (received_at, id);

-- Who looked, and what for where that must be said (a code, never words: the log can't be redacted).
ALTER TABLE identity_view ADD COLUMN reason text;
CREATE INDEX identity_view_at ON identity_view (at, id);
CREATE INDEX identity_view_staff ON identity_view (staff_id, at, id);

-- What tickets are found by: pairs of characters and codes as numbers (`hotline.domain.terms`).
-- Written by a worker a moment after the words; it may be thrown away and made again.
CREATE TABLE ticket_search (
  ticket_id uuid PRIMARY KEY REFERENCES ticket,
  received_at timestamptz NOT NULL,
  terms integer[] NOT NULL
);
CREATE INDEX ticket_search_terms ON ticket_search USING gin (terms) WITH (fastupdate = off);
CREATE INDEX ticket_search_received ON ticket_search (received_at, ticket_id);
-- Tickets whose words or codes changed since. No key and no index: it costs the command that adds
-- a row next to nothing, and a ticket that stands here twice is written once.
CREATE TABLE search_due (ticket_id uuid NOT NULL);
INSERT INTO search_due SELECT id FROM ticket;

-- Retention: what was erased says so; files go once that is committed.
ALTER TABLE media ADD COLUMN erased_at timestamptz, ADD COLUMN removed_at timestamptz;
CREATE INDEX media_to_remove ON media (id) WHERE erased_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX media_content ON media (sha256);
ALTER TABLE ticket_identity ADD COLUMN erased_at timestamptz;
CREATE INDEX ticket_ended ON ticket (closed_at) WHERE closed_at IS NOT NULL;
CREATE TABLE erasure (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  until timestamptz NOT NULL,
  tickets integer NOT NULL,
  entries integer NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX erasure_at ON erasure (at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON erasure
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
