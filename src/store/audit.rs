//! The audit log: who did or saw what, each row sealed to the one before it.
//!
//! A row's hash is SHA-256 over the hash before it and every field of the row, each preceded by its
//! length. Triggers refuse changing and deleting; [`verify`] finds what was changed past them. Every
//! commit has its row, so rows cut off at the end are missed as long as their changes are there.
//!
//! **Why** the chain is not signed: whoever can write the file can seal it anew. The head printed by
//! `verify` and kept elsewhere is what catches that.

use rusqlite::{Connection, Row, params};
use sha2::{Digest, Sha256};

use super::StoreError;
use crate::domain::measure::{Revision, Stamp};

/// Something worth an audit row. Holds names of columns and filters, never values of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditEntry<'a> {
    pub at: Stamp,
    pub who: &'a str,
    pub role: &'a str,
    /// Code of the area the actor may see; empty for everything.
    pub scope: &'a str,
    /// What was done: `commit`, `read-households`, `export` …
    pub what: &'a str,
    pub filter: &'a str,
    pub columns: &'a str,
    pub reason: &'a str,
    pub n_rows: u64,
}

impl<'a> AuditEntry<'a> {
    /// An entry that says only when, who and what.
    pub fn new(at: Stamp, who: &'a str, what: &'a str) -> Self {
        let (role, scope, filter, columns, reason) = ("", "", "", "", "");
        Self { at, who, role, scope, what, filter, columns, reason, n_rows: 0 }
    }
}

/// One row as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// 1, 2, 3 … without holes.
    pub id: i64,
    pub at: Stamp,
    pub who: Box<str>,
    pub role: Box<str>,
    pub scope: Box<str>,
    pub what: Box<str>,
    pub filter: Box<str>,
    pub columns: Box<str>,
    pub reason: Box<str>,
    pub n_rows: u64,
    /// Set for commits.
    pub revision: Option<Revision>,
    pub hash: [u8; 32],
}

/// The newest row of a log that was found whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    pub n_rows: i64,
    /// Hash of the newest row, zeros for an empty log. Kept elsewhere, it proves the log later.
    pub hash: [u8; 32],
}

const COLUMNS: &str =
    "id, at, who, role, scope, what, filter, columns, reason, n_rows, revision, hash";

/// Adds one row at the end. The caller holds the transaction.
pub(super) fn append(
    connection: &Connection,
    entry: &AuditEntry<'_>,
    revision: Option<Revision>,
) -> Result<(), StoreError> {
    let AuditEntry { at, who, role, scope, what, filter, columns, reason, n_rows } = *entry;
    let head = head(connection)?;
    let row = AuditRow {
        id: head.n_rows + 1,
        at,
        who: who.into(),
        role: role.into(),
        scope: scope.into(),
        what: what.into(),
        filter: filter.into(),
        columns: columns.into(),
        reason: reason.into(),
        n_rows,
        revision,
        hash: [0; 32],
    };
    connection
        .prepare_cached(&format!(
            "INSERT INTO audit ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ))?
        .execute(params![
            row.id,
            at.0,
            who,
            role,
            scope,
            what,
            filter,
            columns,
            reason,
            n_rows.cast_signed(),
            revision.map(|revision| revision.0.cast_signed()),
            seal(&head.hash, &row),
        ])?;
    Ok(())
}

fn head(connection: &Connection) -> Result<AuditHead, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")?;
    let mut rows = statement.query([])?;
    match rows.next()? {
        Some(row) => Ok(AuditHead { n_rows: row.get(0)?, hash: row.get(1)? }),
        None => Ok(AuditHead { n_rows: 0, hash: [0; 32] }),
    }
}

/// Hash of `row` after a row with the hash `before`.
fn seal(before: &[u8; 32], row: &AuditRow) -> [u8; 32] {
    let AuditRow {
        id,
        at,
        who,
        role,
        scope,
        what,
        filter,
        columns,
        reason,
        n_rows,
        revision,
        hash: _,
    } = row;
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(id.to_le_bytes());
    hash.update(at.0.to_le_bytes());
    for text in [who, role, scope, what, filter, columns, reason] {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.update(n_rows.to_le_bytes());
    hash.update([u8::from(revision.is_some())]);
    hash.update(revision.map_or(0, |revision| revision.0).to_le_bytes());
    hash.finalize().into()
}

fn read(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    Ok(AuditRow {
        id: row.get(0)?,
        at: Stamp(row.get(1)?),
        who: row.get(2)?,
        role: row.get(3)?,
        scope: row.get(4)?,
        what: row.get(5)?,
        filter: row.get(6)?,
        columns: row.get(7)?,
        reason: row.get(8)?,
        n_rows: row.get::<_, i64>(9)?.cast_unsigned(),
        revision: row.get::<_, Option<i64>>(10)?.map(|revision| Revision(revision.cast_unsigned())),
        hash: row.get(11)?,
    })
}

/// At most `limit` rows after row `id`, oldest first.
pub(super) fn since(
    connection: &Connection,
    id: i64,
    limit: u32,
) -> Result<Vec<AuditRow>, StoreError> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM audit WHERE id > ? ORDER BY id LIMIT ?"))?;
    let rows = statement.query_map(params![id, limit], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Walks the whole chain. Fails at the first row that does not follow from the one before it, and when
/// a commit has no row.
pub(super) fn verify(connection: &Connection) -> Result<AuditHead, StoreError> {
    let snapshot = connection.unchecked_transaction()?;
    let mut statement = snapshot.prepare(&format!("SELECT {COLUMNS} FROM audit ORDER BY id"))?;
    let mut rows = statement.query([])?;
    let mut head = AuditHead { n_rows: 0, hash: [0; 32] };
    while let Some(row) = rows.next()? {
        let expected = head.n_rows + 1;
        let row = read(row).map_err(|_| StoreError::BrokenAudit { row: expected })?;
        if row.id != expected || row.hash != seal(&head.hash, &row) {
            return Err(StoreError::BrokenAudit { row: expected });
        }
        head = AuditHead { n_rows: row.id, hash: row.hash };
    }
    let n_unseen: i64 = snapshot.query_row(
        "SELECT count(*) FROM changes WHERE revision NOT IN
             (SELECT revision FROM audit WHERE revision IS NOT NULL)",
        [],
        |row| row.get(0),
    )?;
    if n_unseen > 0 {
        return Err(StoreError::BrokenAudit { row: head.n_rows + 1 });
    }
    Ok(head)
}
