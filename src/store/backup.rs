//! Copies of the database while it is in use, and the way back.
//!
//! A backup is one whole file: it is written beside its place, checked, brought to the disk and only then
//! given its name. A restore checks the backup, keeps the database it replaces, and changes the name last.
//!
//! **Why** the copy is taken in one step: the source is read within one transaction, so writers go on and
//! the copy is one moment. In pieces it would begin anew after every commit.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::lock::Lock;
use super::{StoreError, StoreOptions, audit, beside, connect, create_private, full_path, migrate};

/// Copies what `source` sees now to a new file at `path`.
pub(super) fn backup(source: &Connection, path: &Path) -> Result<(), StoreError> {
    let path = full_path(path)?;
    if path.exists() {
        return Err(StoreError::Exists { path });
    }
    let part = beside(&path, ".part");
    remove(&part)?;
    let written = copy(source, &part).and_then(|()| inspect(&part).map(drop));
    if let Err(error) = written {
        remove(&part)?;
        return Err(error);
    }
    settle(&part, &path)
}

fn copy(source: &Connection, part: &Path) -> Result<(), StoreError> {
    create_private(part).map_err(StoreError::unopened(part))?;
    let mut target = connect(part, StoreOptions::default(), false)?;
    let steps = Backup::new(source, &mut target)?;
    while steps.step(-1)? != StepResult::Done {
        thread::sleep(Duration::from_millis(20));
    }
    drop(steps);
    // The copy is one file: it must not need a log beside it.
    target.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    Ok(())
}

/// Puts the backup in the place of the database at `path`, which no server may have open.
///
/// The backup is copied and checked first; the database that was there stays as
/// `<path>.replaced-<n>`. Answers where that is, if there was one.
pub fn restore(backup: &Path, path: &Path) -> Result<Option<PathBuf>, StoreError> {
    let backup = full_path(backup)?;
    if !backup.exists() {
        return Err(StoreError::Missing { path: backup });
    }
    let bad = |what: &str| StoreError::BadBackup { path: backup.clone(), what: what.to_string() };
    if fs::metadata(beside(&backup, "-wal")).is_ok_and(|log| log.len() > 0) {
        return Err(bad("it is a database in use, not a backup"));
    }
    let path = full_path(path)?;
    let _lock = Lock::take(&path)?;
    let part = beside(&path, ".restoring");
    remove(&part)?;
    create_private(&part).map_err(StoreError::unopened(&part))?;
    let checked = fs::copy(&backup, &part)
        .map_err(StoreError::unopened(&backup))
        .and_then(|_| inspect(&part))
        .and_then(|schema| if schema == 0 { Err(bad("it is empty")) } else { Ok(()) });
    if let Err(error) = checked {
        remove(&part)?;
        return Err(match error {
            StoreError::BadBackup { what, .. } => bad(&what),
            StoreError::Foreign { .. } => StoreError::Foreign { path: backup },
            StoreError::Newer { found, known, .. } => {
                StoreError::Newer { path: backup, found, known }
            }
            error => error,
        });
    }
    let kept = set_aside(&path)?;
    settle(&part, &path)?;
    Ok(kept)
}

/// Schema of a file nobody else uses, after checking it page by page and row by row.
fn inspect(path: &Path) -> Result<i64, StoreError> {
    let bad = |what: String| StoreError::BadBackup { path: path.to_path_buf(), what };
    let connection = connect(path, StoreOptions::default(), false)?;
    let schema = migrate::check(&connection, path)?;
    let verdict: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(bad("its pages are damaged".to_string()));
    }
    let n_loose: i64 =
        connection
            .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))?;
    if n_loose > 0 {
        return Err(bad(format!("{n_loose} rows lack what they refer to")));
    }
    if schema == migrate::KNOWN {
        audit::verify(&connection)?;
    }
    Ok(schema)
}

/// Gives the database at `path`, with what its log still holds, another name.
fn set_aside(path: &Path) -> Result<Option<PathBuf>, StoreError> {
    if !path.exists() {
        return Ok(None);
    }
    // A sound database takes its log in when it is closed; the log of a damaged one goes with it.
    let _ = connect(path, StoreOptions::default(), false)
        .and_then(|old| Ok(old.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?));
    let kept = (1..)
        .map(|number| beside(path, &format!(".replaced-{number}")))
        .find(|name| !name.exists())
        .expect("some number is free");
    let moves = |from: PathBuf, to: PathBuf| {
        if from.exists() { fs::rename(&from, &to) } else { Ok(()) }
            .map_err(StoreError::unopened(&from))
    };
    moves(beside(path, "-wal"), beside(&kept, "-wal"))?;
    remove(&beside(path, "-shm"))?;
    moves(path.to_path_buf(), kept.clone())?;
    Ok(Some(kept))
}

/// Brings `part` to the disk and gives it its name.
fn settle(part: &Path, path: &Path) -> Result<(), StoreError> {
    let named = File::open(part)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(part, path))
        .and_then(|()| match path.parent() {
            Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
            _ => Ok(()),
        });
    named.map_err(StoreError::unopened(path))
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::unopened(path)(error))
        }
        _ => Ok(()),
    }
}
