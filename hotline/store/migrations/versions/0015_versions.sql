-- Which map is in force since when, by whom and why; and when open tickets were moved between two.
-- The last row that is no move names the map that decides about new tickets.
CREATE TABLE policy_change (
  number integer PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('release','apply','rollback','move')),
  version text NOT NULL REFERENCES map_version,
  previous text REFERENCES map_version,
  staff_id uuid REFERENCES staff,
  why text NOT NULL,
  at timestamptz NOT NULL
);
INSERT INTO policy_change (number, kind, version, previous, why, at)
SELECT row_number() OVER (ORDER BY applied_at, version), 'release', version,
       lag(version) OVER (ORDER BY applied_at, version), '', applied_at
  FROM map_version;
-- A plan counts open tickets by the version that decided about them.
CREATE INDEX ticket_map ON ticket (map_version) WHERE closed_at IS NULL;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_change
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON map_version
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
