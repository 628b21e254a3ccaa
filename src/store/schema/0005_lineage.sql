-- Areas have a past: where each came from, on which days it is one, and the map of areas as it was.

-- Codes; NULL for none. Days since 1970-01-01.
ALTER TABLE areas ADD COLUMN predecessors BLOB;
ALTER TABLE areas ADD COLUMN valid_from INTEGER;
ALTER TABLE areas ADD COLUMN valid_to INTEGER;

-- One row a day on which areas were abolished: fabric and records as they were until then.
CREATE TABLE area_eras (
    first_day INTEGER PRIMARY KEY,
    body      BLOB NOT NULL
) STRICT;
