-- The ground of a city, what happened to it, and who did it.
--
-- Everything a row of the ground says is a fact of the domain; nothing here can be computed from
-- something else here. Words are those of the domain. Shapes are values of the codec. Positions are
-- longitude (x) and latitude (y) in 1e-7 degree, EPSG:4490. Moments are UTC milliseconds, days are
-- days since 1970-01-01, digests are the 64 bits of an unsigned number.

CREATE TABLE areas (
    id                INTEGER PRIMARY KEY,
    code              TEXT    NOT NULL,
    name              TEXT    NOT NULL,
    level             TEXT    NOT NULL,
    parent            INTEGER,
    kind              TEXT    NOT NULL,
    stated_households INTEGER,
    stated_population INTEGER,
    source_digest     INTEGER NOT NULL
) STRICT;

-- One row: the fabric of all areas.
CREATE TABLE area_ground (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    body BLOB NOT NULL
) STRICT;

CREATE TABLE plans (
    id             INTEGER PRIMARY KEY,
    title          TEXT    NOT NULL,
    status         TEXT    NOT NULL,
    based_on       INTEGER,
    effective_from INTEGER,
    revision       INTEGER NOT NULL,
    areas          BLOB    NOT NULL
) STRICT;

CREATE TABLE grids (
    plan          INTEGER NOT NULL REFERENCES plans (id) DEFERRABLE INITIALLY DEFERRED,
    grid          INTEGER NOT NULL,
    code          TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    community     INTEGER NOT NULL,
    kind          TEXT    NOT NULL,
    head          TEXT    NOT NULL,
    manager       TEXT    NOT NULL,
    work_phone    TEXT    NOT NULL,
    source_digest INTEGER NOT NULL,
    PRIMARY KEY (plan, grid)
) STRICT, WITHOUT ROWID;

-- The ground of one community in one plan: fabric, colors of its cells, notes.
CREATE TABLE cuts (
    plan INTEGER NOT NULL REFERENCES plans (id) DEFERRABLE INITIALLY DEFERRED,
    area INTEGER NOT NULL,
    body BLOB    NOT NULL,
    PRIMARY KEY (plan, area)
) STRICT;

CREATE TABLE buildings (
    id               INTEGER PRIMARY KEY,
    code             TEXT    NOT NULL,
    name             TEXT    NOT NULL,
    estate           TEXT    NOT NULL,
    address          TEXT    NOT NULL,
    stated_community TEXT,
    listed_grid      TEXT,
    usage            TEXT    NOT NULL,
    floors           INTEGER NOT NULL,
    entrances        INTEGER NOT NULL,
    dwellings        INTEGER NOT NULL,
    x                INTEGER,
    y                INTEGER,
    footprint        BLOB    NOT NULL,
    verified         INTEGER
) STRICT;

-- People in a building, as numbers; a building without a row holds none. Members by residence class:
-- consistent, separated in district, floating in, other district, outside city, unknown.
CREATE TABLE counts (
    building   INTEGER PRIMARY KEY REFERENCES buildings (id) DEFERRABLE INITIALLY DEFERRED,
    households INTEGER NOT NULL,
    persons    INTEGER NOT NULL,
    m0         INTEGER NOT NULL,
    m1         INTEGER NOT NULL,
    m2         INTEGER NOT NULL,
    m3         INTEGER NOT NULL,
    m4         INTEGER NOT NULL,
    m5         INTEGER NOT NULL
) STRICT;

CREATE TABLE overrides (
    building INTEGER PRIMARY KEY REFERENCES buildings (id) DEFERRABLE INITIALLY DEFERRED,
    grid     INTEGER NOT NULL
) STRICT;

CREATE TABLE unhoused (
    reason     TEXT    NOT NULL PRIMARY KEY,
    households INTEGER NOT NULL,
    persons    INTEGER NOT NULL,
    members    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE features (
    id    INTEGER PRIMARY KEY,
    code  TEXT NOT NULL,
    kind  TEXT NOT NULL,
    name  TEXT NOT NULL,
    shape BLOB NOT NULL
) STRICT;

CREATE TABLE batches (
    id              INTEGER PRIMARY KEY,
    kind            TEXT    NOT NULL,
    file            TEXT    NOT NULL,
    datum           TEXT    NOT NULL,
    at              INTEGER NOT NULL,
    who             TEXT    NOT NULL,
    revision        INTEGER NOT NULL,
    n_rows          INTEGER NOT NULL,
    n_new           INTEGER NOT NULL,
    n_changed       INTEGER NOT NULL,
    n_unchanged     INTEGER NOT NULL,
    n_gone          INTEGER NOT NULL,
    n_refused       INTEGER NOT NULL,
    n_issues        INTEGER NOT NULL,
    dropped_columns BLOB    NOT NULL,
    issues          BLOB    NOT NULL
) STRICT;

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: the next free number of each kind of id.
CREATE TABLE counters (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    area     INTEGER NOT NULL,
    plan     INTEGER NOT NULL,
    grid     INTEGER NOT NULL,
    building INTEGER NOT NULL,
    feature  INTEGER NOT NULL,
    batch    INTEGER NOT NULL
) STRICT;

-- The roster: single households by number. Read by roster.rs alone.
CREATE TABLE households (
    number   TEXT    NOT NULL PRIMARY KEY,
    building INTEGER,
    unhoused TEXT,
    persons  INTEGER NOT NULL,
    x        INTEGER,
    y        INTEGER
) STRICT, WITHOUT ROWID;

-- One row a commit. Revisions have no holes.
CREATE TABLE changes (
    revision INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    who      TEXT    NOT NULL,
    n_roster INTEGER NOT NULL
) STRICT;

-- What a commit did to plans, overrides and settings, fact by fact, each with the value it replaced
-- (NULL: was not there). What came of it is the next value replaced, or the ground of today.
CREATE TABLE change_facts (
    id       INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL REFERENCES changes (revision),
    kind     TEXT    NOT NULL,
    plan     INTEGER,
    thing    INTEGER,
    name     TEXT,
    before   BLOB
) STRICT;

CREATE INDEX change_facts_by_revision ON change_facts (revision);
CREATE INDEX change_facts_by_thing ON change_facts (kind, plan, thing, name);

-- How many facts of every kind a commit held.
CREATE TABLE change_counts (
    revision INTEGER NOT NULL REFERENCES changes (revision),
    kind     TEXT    NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (revision, kind)
) STRICT, WITHOUT ROWID;

-- Who did or saw what. Append-only; each row's hash covers the hash of the row before it.
CREATE TABLE audit (
    id       INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    who      TEXT    NOT NULL,
    role     TEXT    NOT NULL,
    scope    TEXT    NOT NULL,
    what     TEXT    NOT NULL,
    filter   TEXT    NOT NULL,
    columns  TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    n_rows   INTEGER NOT NULL,
    revision INTEGER,
    hash     BLOB    NOT NULL
) STRICT;

CREATE INDEX audit_by_revision ON audit (revision) WHERE revision IS NOT NULL;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
