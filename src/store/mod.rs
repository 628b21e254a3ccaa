//! Floor 1: the database file. Ground facts go in by [`Store::commit`] and come out by [`Store::load`];
//! the roster of households, the history and the audit log are read through a [`Reader`].
//!
//! Owns one SQLite file: its schema, its one writing connection, its lock, its backups. Knows the
//! domain's words and nothing of deciding, serving or files that come from users.
//!
//! - `schema/*.sql`, `migrate`: numbered steps from an empty file to the schema of today
//! - `table`, `register`, `plans`: which column holds which field; `codec`: shapes ↔ bytes
//! - `commit`, `load`: change → rows, rows → change from nothing
//! - `roster`: single households, the only reads of them; `history`, `audit`: what happened, who did it
//! - `lock`, `backup`: one server a file; copies while serving, and back
//!
//! **Why** write-ahead log and `synchronous=FULL`: readers never wait for the writer, and a commit that
//! was answered survives a power cut (`NORMAL` lost acknowledged edits in 39 of 60 cuts, `FULL` none).
//! The one writer is a `&mut self`, so the compiler knows it too. Readers are connections of their own,
//! one a thread, so nothing here needs a lock within the process.

mod audit;
mod backup;
mod codec;
mod commit;
mod error;
mod history;
mod load;
mod lock;
mod migrate;
mod plans;
mod register;
mod roster;
mod table;

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::domain::change::{Change, Fact};
use crate::domain::decide::{HeldHome, Roster};
use crate::domain::ids::{AreaId, Code, GridKey, PlanId};
use crate::domain::measure::{Revision, Stamp};
use crate::domain::personal::Personal;
use crate::domain::plan::{Former, Grid};

pub use audit::{AuditEntry, AuditHead, AuditRow};
pub use backup::restore;
pub use codec::CodecError;
pub use commit::Commit;
pub use error::StoreError;
pub use history::{FactKind, Told};
pub use load::Papers;

use load::{Past, Slept};
use lock::Lock;

/// Oldest SQLite trusted with a write-ahead log: 3.51.3 mended a rare way to damage one.
const OLDEST_SQLITE: i32 = 3_051_003;

/// How a database file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreOptions {
    /// How long a connection waits for another one, in milliseconds.
    pub busy_timeout_ms: u32,
    /// Page cache of the writing connection in KiB; readers take a quarter of it.
    pub cache_kib: u32,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { busy_timeout_ms: 5_000, cache_kib: 16 * 1024 }
    }
}

/// The open database with its one writing connection.
#[derive(Debug)]
pub struct Store {
    writer: Connection,
    options: StoreOptions,
    /// What further connections open: a path, or the name of a database in memory.
    place: PathBuf,
    /// Held until the writer is closed; `None` in memory.
    lock: Option<Lock>,
}

impl Store {
    /// Opens the database at `path`, making it when there is no file (or an empty one), and brings its
    /// schema up to date after copying it to `<path>.schema-<n>.backup`.
    ///
    /// Refuses, leaving the file as it is: files that are no Lifang database, damaged ones, ones of a
    /// newer Lifang, and one that another Lifang has open for writing.
    pub fn open(path: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        check_sqlite()?;
        let place = full_path(path)?;
        let lock = Lock::take(&place)?;
        create_private(&place).or_else(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Ok(()),
            _ => Err(StoreError::unopened(&place)(error)),
        })?;
        let mut writer = connect(&place, *options, false)?;
        if writer.is_readonly(rusqlite::MAIN_DB)? {
            return Err(StoreError::Guarded { path: place });
        }
        let found = migrate::check(&writer, &place)?;
        set_up_writer(&writer, *options)?;
        migrate::migrate(&mut writer, &place, found)?;
        Ok(Self { writer, options: *options, place, lock: Some(lock) })
    }

    /// A database of its own in memory, gone when the store and its readers are.
    pub fn in_memory() -> Result<Self, StoreError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        check_sqlite()?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let place = PathBuf::from(format!("file:/lifang-{number}?vfs=memdb"));
        let options = StoreOptions::default();
        let mut writer = connect(&place, options, true)?;
        let found = migrate::check(&writer, &place)?;
        set_up_writer(&writer, options)?;
        migrate::migrate(&mut writer, &place, found)?;
        Ok(Self { writer, options, place, lock: None })
    }

    /// Writes one change as `revision`, which must be one more than the newest: facts, roster, history
    /// and audit row in one transaction. When it fails, nothing was written.
    pub fn commit(
        &mut self,
        change: &Change,
        revision: Revision,
        who: &str,
        at: Stamp,
    ) -> Result<(), StoreError> {
        self.commit_all(&[Commit { change, revision, who, at }])
    }

    /// Writes several commits in one transaction: all of them or none.
    pub fn commit_all(&mut self, commits: &[Commit<'_>]) -> Result<(), StoreError> {
        commit::commit_all(&mut self.writer, commits)
    }

    /// Writes an audit row that belongs to no commit: somebody saw or took something.
    pub fn record(&mut self, entry: &AuditEntry<'_>) -> Result<(), StoreError> {
        let transaction = self.writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        audit::append(&transaction, entry, None)?;
        transaction.commit()?;
        Ok(())
    }

    /// The ground as a change from nothing, and the revision it stands at (0 when nothing was committed).
    pub fn load(&self) -> Result<(Change, Revision), StoreError> {
        self.load_with(Past::Whole)
    }

    /// As [`Store::load`] without the ground of plans that are over: cost follows what counts, not the past.
    pub fn load_awake(&self) -> Result<(Change, Revision), StoreError> {
        self.load_with(Past::Asleep)
    }

    fn load_with(&self, past: Past) -> Result<(Change, Revision), StoreError> {
        // Commits need the store for themselves, so the two connections see the same.
        let second = self.reader()?.connection;
        let loaded = load::load(&self.writer, Some(second), past)?;
        // What was read once is in the world now; its pages need not stay in the cache.
        self.writer.execute_batch("PRAGMA shrink_memory")?;
        Ok(loaded)
    }

    /// A reading connection of its own, for another thread. Sees what was committed, never less.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        let connection = connect(&self.place, self.options, self.lock.is_none())?;
        set_up_reader(&connection, self.options)?;
        Ok(Reader { connection })
    }
}

/// A connection that only reads. Each call sees one moment of the database.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
}

impl Reader {
    /// Opens an existing database for reading, also while a server writes it.
    pub fn open(path: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        check_sqlite()?;
        let place = full_path(path)?;
        if !place.exists() {
            return Err(StoreError::Missing { path: place });
        }
        let connection = connect(&place, *options, false)?;
        let found = migrate::check(&connection, &place)?;
        let known = migrate::KNOWN;
        if found < known {
            return Err(StoreError::Older { path: place, found, known });
        }
        set_up_reader(&connection, *options)?;
        Ok(Self { connection })
    }

    /// As [`Store::load`].
    pub fn load(&self) -> Result<(Change, Revision), StoreError> {
        load::load(&self.connection, None, Past::Whole)
    }

    /// As [`Store::load_awake`].
    pub fn load_awake(&self) -> Result<(Change, Revision), StoreError> {
        load::load(&self.connection, None, Past::Asleep)
    }

    /// Grids and ground of one community in one plan; `None` where the plan has none there.
    pub fn sleeper(&self, plan: PlanId, area: AreaId) -> Result<Option<Slept>, StoreError> {
        load::sleeper(&self.connection, plan, area)
    }

    /// Grids of one community in one plan, without their ground.
    pub fn grids_of(&self, plan: PlanId, area: AreaId) -> Result<Vec<Arc<Grid>>, StoreError> {
        load::grids_of(&self.connection, plan, area)
    }

    /// What the grids of a community came from, by their codes, in every plan ever published.
    pub fn lineage(&self, area: AreaId) -> Result<Vec<(Code, Vec<Code>)>, StoreError> {
        load::lineage(&self.connection, area)
    }

    /// Communities in which a grid of any plan has this code.
    pub fn communities_of(&self, code: &str) -> Result<BTreeSet<AreaId>, StoreError> {
        load::communities_of(&self.connection, code)
    }

    /// The log of a plan, its comments and accepted warnings.
    pub fn papers(&self, plan: PlanId) -> Result<Papers, StoreError> {
        load::papers(&self.connection, plan)
    }

    /// Codes of grids of some communities in every plan that was ever published, each with its grid.
    pub fn codes_in_history(&self, areas: &[AreaId]) -> Result<Vec<(Code, GridKey)>, StoreError> {
        load::codes_in_history(&self.connection, areas)
    }

    /// The published grid that used a code last.
    pub fn former(&self, code: &Code) -> Result<Option<Former>, StoreError> {
        load::former(&self.connection, code)
    }

    /// As [`Reader::codes_in_history`], of some codes wherever they were used.
    pub fn owners_of_codes(&self, codes: &[Code]) -> Result<Vec<(Code, GridKey)>, StoreError> {
        load::owners_of_codes(&self.connection, codes)
    }

    /// Revision of the newest commit, 0 before the first.
    pub fn revision(&self) -> Result<Revision, StoreError> {
        load::last_revision(&self.connection)
    }

    /// All households by number, for deciding an import of households or members. About 120 bytes a row.
    pub fn prior(&self) -> Result<Roster, StoreError> {
        roster::prior(&self.connection)
    }

    /// The household with this number.
    pub fn home(&self, number: &Personal<Code>) -> Result<Option<HeldHome>, StoreError> {
        roster::home(&self.connection, number)
    }

    /// At most `limit` commits after `revision`, oldest first; with a plan, only those that touched it.
    pub fn history(
        &self,
        revision: Revision,
        plan: Option<PlanId>,
        limit: u32,
    ) -> Result<Vec<Told>, StoreError> {
        history::since(&self.connection, revision, plan, limit)
    }

    /// The facts about plans, grids, cuts, overrides and settings of one commit, before and after, in
    /// their order. Empty for a revision that is not there or held none.
    pub fn facts_of(&self, revision: Revision) -> Result<Vec<Fact>, StoreError> {
        let snapshot = self.connection.unchecked_transaction()?;
        history::facts_of(&snapshot, revision)
    }

    /// At most `limit` audit rows after row `id`, oldest first.
    pub fn audit(&self, id: i64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        audit::since(&self.connection, id, limit)
    }

    /// Walks the audit log and says whether it is whole. Cost: about a microsecond a row.
    pub fn verify_audit(&self) -> Result<AuditHead, StoreError> {
        audit::verify(&self.connection)
    }

    /// Copies the database as it is now to a new file at `path`, also while it is written.
    pub fn backup(&self, path: &Path) -> Result<(), StoreError> {
        backup::backup(&self.connection, path)
    }
}

fn check_sqlite() -> Result<(), StoreError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(StoreError::OldSqlite { found: rusqlite::version() });
    }
    Ok(())
}

/// `path` with its folder resolved, so that two spellings of one file share one lock.
fn full_path(path: &Path) -> Result<PathBuf, StoreError> {
    if let Ok(full) = path.canonicalize() {
        return Ok(full);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize().map_err(StoreError::unopened(path))?;
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename.into());
    Ok(folder.join(name.map_err(StoreError::unopened(path))?))
}

/// Makes an empty file only its owner may read; fails when there is one.
fn create_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// `path` with `ending` behind its name: `lifang.db` → `lifang.db-lock`.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(ending);
    PathBuf::from(name)
}

fn connect(
    place: &Path,
    options: StoreOptions,
    is_in_memory: bool,
) -> Result<Connection, StoreError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if is_in_memory {
        flags |= OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_CREATE;
    }
    let connection = Connection::open_with_flags(place, flags)?;
    connection.busy_timeout(Duration::from_millis(options.busy_timeout_ms.into()))?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

fn set_up_writer(connection: &Connection, options: StoreOptions) -> Result<(), StoreError> {
    // A file system without shared memory keeps the rollback journal: as safe, but readers wait.
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -i64::from(options.cache_kib))?;
    // After a large import the log is cut back to this many bytes.
    connection.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |_| Ok(()))?;
    Ok(())
}

fn set_up_reader(connection: &Connection, options: StoreOptions) -> Result<(), StoreError> {
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -i64::from(options.cache_kib / 4))?;
    Ok(())
}
