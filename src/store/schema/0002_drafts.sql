-- Drafts: what a planner marks on a grid, colors that change while the fabric stays, and the log.

ALTER TABLE grids ADD COLUMN is_locked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE grids ADD COLUMN is_detached INTEGER NOT NULL DEFAULT 0;

-- Colors of the cells where they are newer than those in the body; written alone when the fabric stays.
ALTER TABLE cuts ADD COLUMN colors BLOB;

-- One row a change of a plan; rows are only ever added. "of" is the revision an undo or redo is about.
CREATE TABLE plan_log (
    plan     INTEGER NOT NULL REFERENCES plans (id) DEFERRABLE INITIALLY DEFERRED,
    revision INTEGER NOT NULL,
    edit     TEXT    NOT NULL,
    who      TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    act      TEXT    NOT NULL,
    of       INTEGER,
    did      BLOB    NOT NULL,
    grids    BLOB    NOT NULL,
    areas    BLOB    NOT NULL,
    PRIMARY KEY (plan, revision)
) STRICT, WITHOUT ROWID;
