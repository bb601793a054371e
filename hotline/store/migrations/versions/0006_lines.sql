-- The county's lines and pilots.

-- How closely a matter is watched from its start, as its line says in the map (0 to 3).
ALTER TABLE ticket ADD COLUMN supervised integer NOT NULL DEFAULT 0
  CHECK (supervised BETWEEN 0 AND 3);
-- The line that a caller dialled, or that an operator set; nothing: the one that everybody rings.
ALTER TABLE call ADD COLUMN line text;
