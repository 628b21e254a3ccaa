//! What can go wrong with the database file, in words somebody can act on.
//!
//! **Why** no message holds a value of a row: errors end in logs.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use thiserror::Error;

use super::codec::CodecError;
use crate::domain::measure::Revision;

/// The store could not do what it was asked; nothing was half done.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("{} cannot be opened", path.display())]
    Unopened { path: PathBuf, source: io::Error },
    #[error("{} is already in use by another Lifang; stop it first", path.display())]
    InUse { path: PathBuf },
    #[error("{} is not a Lifang database", path.display())]
    Foreign { path: PathBuf },
    #[error("there is no database at {}", path.display())]
    Missing { path: PathBuf },
    #[error("{} may not be written to", path.display())]
    Guarded { path: PathBuf },
    #[error("{} already exists; choose another name", path.display())]
    Exists { path: PathBuf },
    #[error("{} was written by a newer Lifang (schema {found}; this one knows up to {known})", path.display())]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error("{} has an older schema ({found} of {known}); start the server once to bring it up to date", path.display())]
    Older { path: PathBuf, found: i64, known: i64 },
    #[error("SQLite {found} is too old; 3.51.3 or newer is needed")]
    OldSqlite { found: &'static str },
    #[error("{} is not a usable backup: {what}", path.display())]
    BadBackup { path: PathBuf, what: String },
    #[error("the database is damaged; restore a backup")]
    Damaged(#[source] rusqlite::Error),
    #[error("the disk is full")]
    DiskFull(#[source] rusqlite::Error),
    #[error("the database may not be written to")]
    ReadOnly(#[source] rusqlite::Error),
    #[error("a value stored in {table} cannot be read")]
    Unreadable { table: &'static str, source: CodecError },
    #[error("revision {} cannot follow revision {}", given.0, last.0)]
    OutOfStep { last: Revision, given: Revision },
    #[error("there is nothing to commit")]
    Empty,
    #[error("the audit log is not whole from row {row} on")]
    BrokenAudit { row: i64 },
    #[error("the database could not be read or written")]
    Sqlite(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(source),
            Some(ErrorCode::DiskFull) => Self::DiskFull(source),
            Some(ErrorCode::ReadOnly) => Self::ReadOnly(source),
            _ => Self::Sqlite(source),
        }
    }
}

impl StoreError {
    /// For `map_err`: which table held the value.
    pub(super) fn unreadable(table: &'static str) -> impl Fn(CodecError) -> Self {
        move |source| Self::Unreadable { table, source }
    }

    /// For `map_err`: which file it was.
    pub(super) fn unopened(path: &Path) -> impl Fn(io::Error) -> Self + '_ {
        |source| Self::Unopened { path: path.to_path_buf(), source }
    }
}
