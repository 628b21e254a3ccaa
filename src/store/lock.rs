//! One server a file: a lock beside the database, held as long as it is open for writing.
//!
//! **Why** a file of its own (`lifang.db-lock`): SQLite's locks are for moments and live on the database
//! file, where closing any other handle of ours would drop them. This one goes with the process, however
//! it ends; the empty file that stays means nothing.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::{StoreError, beside};

/// Held until dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the database at `path`, or says at once that somebody else has it.
    pub fn take(path: &Path) -> Result<Self, StoreError> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(beside(path, "-lock"))
            .map_err(StoreError::unopened(path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.to_path_buf() }),
            Err(TryLockError::Error(error)) => Err(StoreError::unopened(path)(error)),
        }
    }
}
