-- Places that serve residents.

-- Position and areas as everywhere: 1e-7 degree, square centimetres. `serves` holds codes of areas.
CREATE TABLE stations (
    id         INTEGER PRIMARY KEY,
    code       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    level      TEXT,
    x          INTEGER,
    y          INTEGER,
    floor_area INTEGER,
    hall_area  INTEGER,
    serves     BLOB    NOT NULL,
    is_open    INTEGER NOT NULL
) STRICT;

ALTER TABLE counters ADD COLUMN station INTEGER NOT NULL DEFAULT 1;
