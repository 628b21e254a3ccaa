//! From whatever schema a file has to the schema of today, one numbered step after the other.
//!
//! `PRAGMA user_version` counts the steps taken, `PRAGMA application_id` says the file is ours. Steps go
//! forward only; each is one transaction, so a crash leaves the file at a whole step. Before the first
//! step an existing database is copied.
//!
//! **Why** no library: a list of texts and a loop, and the copy beforehand is ours either way.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::{StoreError, backup, beside};

/// "LiFg" as a number: the mark of our files.
const APPLICATION_ID: i32 = 0x4C69_4667;

/// The steps in their order; the first makes schema 1.
const STEPS: &[&str] = &[
    include_str!("schema/0001_ground.sql"),
    include_str!("schema/0002_drafts.sql"),
    include_str!("schema/0003_life.sql"),
    include_str!("schema/0004_numbers.sql"),
    include_str!("schema/0005_lineage.sql"),
    include_str!("schema/0006_stations.sql"),
];

/// The schema this program writes.
pub(super) const KNOWN: i64 = STEPS.len() as i64;

/// Schema of the database, 0 for a new one. Only reads. Fails when the file is not ours or is newer.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    let foreign = || StoreError::Foreign { path: path.to_path_buf() };
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let application =
        number("application_id").map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => foreign(),
            _ => error.into(),
        })?;
    let found = number("user_version")?;
    if application == 0 && found == 0 {
        let n_things: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        return if n_things == 0 { Ok(0) } else { Err(foreign()) };
    }
    if application != i64::from(APPLICATION_ID) || found < 1 {
        return Err(foreign());
    }
    if found > KNOWN {
        return Err(StoreError::Newer { path: path.to_path_buf(), found, known: KNOWN });
    }
    Ok(found)
}

/// Takes every step after `found`.
pub(super) fn migrate(
    connection: &mut Connection,
    path: &Path,
    found: i64,
) -> Result<(), StoreError> {
    take_steps(connection, path, found, STEPS)
}

fn take_steps(
    connection: &mut Connection,
    path: &Path,
    found: i64,
    steps: &[&str],
) -> Result<(), StoreError> {
    if 0 < found && found < steps.len() as i64 {
        let free = (1..)
            .map(|number| beside(path, &format!(".schema-{found}.{number}.backup")))
            .find(|copy| !copy.exists())
            .expect("some number is free");
        backup::backup(connection, &free)?;
    }
    for (number, step) in (1..).zip(steps).filter(|(number, _)| *number > found) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Fact;
    use crate::domain::measure::Revision;
    use crate::store::{Reader, Store, StoreOptions};

    #[test]
    fn older_databases_are_copied_before_a_step() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lifang.db");
        drop(Store::open(&path, &StoreOptions::default()).unwrap());
        let mut connection = Connection::open(&path).unwrap();
        let mut steps = STEPS.to_vec();
        steps.push("CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT");
        take_steps(&mut connection, &path, KNOWN, &steps).unwrap();
        let n_rows = |connection: &Connection| {
            connection.query_row("SELECT count(*) FROM later", [], |row| row.get::<_, i64>(0))
        };
        assert_eq!(n_rows(&connection).unwrap(), 0);
        let newer = check(&connection, &path).unwrap_err();
        let is_newer = |error: &StoreError| match error {
            StoreError::Newer { found, known, .. } => (*found, *known) == (KNOWN + 1, KNOWN),
            _ => false,
        };
        assert!(is_newer(&newer), "{newer:?}");
        let copy = beside(&path, &format!(".schema-{KNOWN}.1.backup"));
        let copy = Reader::open(&copy, &StoreOptions::default()).unwrap();
        assert_eq!(copy.revision().unwrap(), Revision(0));
    }

    #[test]
    fn a_step_that_fails_leaves_the_schema_before_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        let path = Path::new("lifang.db");
        let steps = [STEPS[0], "CREATE TABLE good (a); CREATE TABLE areas (twice);"];
        take_steps(&mut connection, path, 0, &steps).unwrap_err();
        assert_eq!(check(&connection, path).unwrap(), 1);
        let n_tables: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'good'", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(n_tables, 0);
    }

    /// A database of the time of drafts: what was drawn here is told from what was imported.
    #[test]
    fn older_plans_keep_who_started_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lifang.db");
        let mut connection = Connection::open(&path).unwrap();
        take_steps(&mut connection, &path, 0, &STEPS[..2]).unwrap();
        let areas = crate::store::codec::areas(&[]);
        let put = "INSERT INTO plans (id, title, status, effective_from, revision, areas)
                   VALUES (?, '', ?, ?, 1, ?)";
        connection.execute(put, rusqlite::params![1, "published", 20_000, areas]).unwrap();
        connection.execute(put, rusqlite::params![2, "draft", None::<i32>, areas]).unwrap();
        let log = "INSERT INTO plan_log (plan, revision, edit, who, at, act, did, grids, areas)
                   VALUES (2, 1, '', 'ann', 0, 'start', ?, ?, ?)";
        let (did, grids) = (crate::store::codec::did(&[]), crate::store::codec::grids(&[]));
        connection.execute(log, rusqlite::params![did, grids, areas]).unwrap();
        drop(connection);
        let store = Store::open(&path, &StoreOptions::default()).unwrap();
        let (ground, _) = store.load().unwrap();
        let plans: Vec<(bool, String)> = ground
            .facts
            .iter()
            .filter_map(|fact| match fact {
                Fact::Plan(_, turned) => turned.after.as_ref(),
                _ => None,
            })
            .map(|plan| (plan.is_drawn, plan.author.to_string()))
            .collect();
        assert_eq!(plans, [(false, String::new()), (true, "ann".to_owned())]);
        assert!(beside(&path, ".schema-2.1.backup").exists());
    }

    #[test]
    fn every_table_is_strict() {
        let mut connection = Connection::open_in_memory().unwrap();
        take_steps(&mut connection, Path::new("lifang.db"), 0, STEPS).unwrap();
        let sql = "SELECT count(*), sum(strict) FROM pragma_table_list
                   WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'";
        let (n_tables, n_strict): (i64, i64) =
            connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(n_tables, n_strict);
        assert!(n_tables > 10);
    }
}
