-- The life of plans: who, when, why; the day the book is open at; comments and accepted warnings.

ALTER TABLE plans ADD COLUMN author TEXT NOT NULL DEFAULT '';
ALTER TABLE plans ADD COLUMN approver TEXT NOT NULL DEFAULT '';
ALTER TABLE plans ADD COLUMN submitted_at INTEGER;
ALTER TABLE plans ADD COLUMN published_at INTEGER;
ALTER TABLE plans ADD COLUMN reason TEXT NOT NULL DEFAULT '';
-- Drawn here rather than imported.
ALTER TABLE plans ADD COLUMN is_drawn INTEGER NOT NULL DEFAULT 0;

UPDATE plans SET is_drawn = 1 WHERE id IN (SELECT plan FROM plan_log);
UPDATE plans SET author = coalesce(
    (SELECT who FROM plan_log AS log WHERE log.plan = plans.id AND log.act = 'start'), '');

-- Codes of the grids of the plan before that a grid came from; NULL for none.
ALTER TABLE grids ADD COLUMN predecessors BLOB;
CREATE INDEX grids_by_code ON grids (code);
CREATE INDEX grids_by_community ON grids (community, code);

ALTER TABLE plan_log ADD COLUMN why TEXT NOT NULL DEFAULT '';

-- One row: the civil day that decides which published plan counts.
CREATE TABLE today (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    day INTEGER NOT NULL
) STRICT;

CREATE TABLE accepted (
    plan   INTEGER NOT NULL REFERENCES plans (id) DEFERRABLE INITIALLY DEFERRED,
    name   TEXT    NOT NULL,
    who    TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    reason TEXT    NOT NULL,
    PRIMARY KEY (plan, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE comments (
    plan        INTEGER NOT NULL REFERENCES plans (id) DEFERRABLE INITIALLY DEFERRED,
    number      INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    x           INTEGER,
    y           INTEGER,
    grid        TEXT,
    who         TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    resolved_by TEXT,
    resolved_at INTEGER,
    PRIMARY KEY (plan, number)
) STRICT, WITHOUT ROWID;
