//! Files that are not what they should be, files in use, copies and the way back.

use std::fs;
use std::path::Path;

use lifang::domain::change::Change;
use lifang::domain::measure::Revision;
use lifang::store::{Reader, Store, StoreError, StoreOptions, restore};

use super::{commit, setting};

fn open(path: &Path) -> Result<Store, StoreError> {
    Store::open(path, &StoreOptions::default())
}

/// A database with one commit a value, closed again.
fn database(path: &Path, values: &[&str]) {
    let mut store = open(path).unwrap();
    for (revision, value) in (1..).zip(values) {
        commit(&mut store, &setting("title", value), revision).unwrap();
    }
}

fn title(path: &Path) -> (Change, Revision) {
    open(path).unwrap().load().unwrap()
}

/// Opening and reading must fail the same way and leave the file as it was.
fn check_refused(path: &Path, is_expected: fn(&StoreError) -> bool) {
    let before = fs::read(path).unwrap();
    let error = open(path).map(drop).unwrap_err();
    assert!(is_expected(&error), "open: {error:?}");
    assert!(error.to_string().len() > 20, "{error}");
    let error = Reader::open(path, &StoreOptions::default()).map(drop).unwrap_err();
    assert!(is_expected(&error), "read: {error:?}");
    assert_eq!(fs::read(path).unwrap(), before, "the file was changed");
}

#[test]
fn strange_files_are_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    for text in ["编码,名称\n1,a\n".to_string(), "x".repeat(10_000)] {
        fs::write(&path, text).unwrap();
        check_refused(&path, |error| matches!(error, StoreError::Foreign { .. }));
    }
    let other = folder.path().join("other.db");
    let raw = rusqlite::Connection::open(&other).unwrap();
    raw.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1);").unwrap();
    check_refused(&other, |error| matches!(error, StoreError::Foreign { .. }));
    raw.execute_batch("DROP TABLE t; PRAGMA application_id = 7; PRAGMA user_version = 1;").unwrap();
    check_refused(&other, |error| matches!(error, StoreError::Foreign { .. }));
}

#[test]
fn truncated_and_damaged_databases_are_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lifang.db");
    database(&path, &["a"]);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    check_refused(&path, |error| matches!(error, StoreError::Damaged(_)));
    fs::write(&path, &whole[..50]).unwrap();
    check_refused(&path, |error| matches!(error, StoreError::Damaged(_)));
    let mut torn = whole.clone();
    torn[100..2000].fill(0xAB);
    fs::write(&path, torn).unwrap();
    check_refused(&path, |error| matches!(error, StoreError::Damaged(_)));
}

#[test]
fn a_damaged_row_is_an_error_and_not_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lifang.db");
    database(&path, &["a"]);
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.execute_batch("INSERT INTO area_ground VALUES (1, x'C40103')").unwrap();
    drop(raw);
    let error = open(&path).unwrap().load().unwrap_err();
    assert!(matches!(error, StoreError::Unreadable { table: "area_ground", .. }), "{error:?}");
}

#[test]
fn a_newer_schema_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lifang.db");
    database(&path, &["a"]);
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    check_refused(&path, |error| matches!(error, StoreError::Newer { found: 99, .. }));
}

#[test]
fn places_without_a_folder_or_a_file_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = open(&folder.path().join("no/such/lifang.db")).unwrap_err();
    assert!(matches!(error, StoreError::Unopened { .. }), "{error:?}");
    let error = open(folder.path()).unwrap_err();
    assert!(!error.to_string().is_empty());
    let error = Reader::open(&folder.path().join("none.db"), &StoreOptions::default()).unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error:?}");
}

#[test]
fn an_empty_file_becomes_a_database() {
    let file = tempfile::NamedTempFile::new().unwrap();
    database(file.path(), &["a"]);
    assert_eq!(title(file.path()), (setting("title", "a"), Revision(1)));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_a_new_database() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lifang.db");
    let store = open(&path).unwrap();
    store.reader().unwrap().backup(&folder.path().join("copy.db")).unwrap();
    for name in ["lifang.db", "lifang.db-wal", "copy.db"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn two_writers_of_one_file_are_one_too_many() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lifang.db");
    let mut first = open(&path).unwrap();
    let started = std::time::Instant::now();
    let detour =
        folder.path().join("../").join(folder.path().file_name().unwrap()).join("lifang.db");
    for spelling in [&path, &detour] {
        let error = open(spelling).unwrap_err();
        assert!(matches!(error, StoreError::InUse { .. }), "{error:?}");
    }
    assert!(started.elapsed().as_millis() < 500, "the answer comes at once");
    let reader = Reader::open(&path, &StoreOptions::default()).unwrap();
    commit(&mut first, &setting("title", "a"), 1).unwrap();
    assert_eq!(reader.load().unwrap(), (setting("title", "a"), Revision(1)));
    drop(first);
    open(&path).unwrap();
}

#[test]
fn a_backup_taken_while_writing_is_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("lifang.db"), folder.path().join("copy.db"));
    let mut store = open(&path).unwrap();
    let reader = store.reader().unwrap();
    commit(&mut store, &setting("title", "0"), 1).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            for revision in 2..200 {
                commit(&mut store, &setting("title", &(revision - 1).to_string()), revision)
                    .unwrap();
            }
            store
        });
        reader.backup(&copy).unwrap();
        writer.join().unwrap()
    });
    let (ground, revision) = title(&copy);
    assert_eq!(ground, setting("title", &(revision.0 - 1).to_string()));
    let error = reader.backup(&copy).unwrap_err();
    assert!(matches!(error, StoreError::Exists { .. }), "{error:?}");
}

#[test]
fn a_backup_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("lifang.db"), folder.path().join("copy.db"));
    database(&path, &["a"]);
    Reader::open(&path, &StoreOptions::default()).unwrap().backup(&copy).unwrap();
    let mut store = open(&path).unwrap();
    commit(&mut store, &setting("title", "b"), 2).unwrap();
    assert!(matches!(restore(&copy, &path), Err(StoreError::InUse { .. })));
    drop(store);
    let replaced = restore(&copy, &path).unwrap().expect("there was a database");
    assert_eq!(title(&path), (setting("title", "a"), Revision(1)));
    assert_eq!(title(&replaced), (setting("title", "b"), Revision(2)));
    let fresh = folder.path().join("fresh.db");
    assert_eq!(restore(&copy, &fresh).unwrap(), None);
    assert_eq!(title(&fresh), (setting("title", "a"), Revision(1)));
}

#[test]
fn bad_backups_are_refused_and_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("lifang.db"), folder.path().join("copy.db"));
    let bad = folder.path().join("bad.db");
    database(&path, &["a", "b"]);
    Reader::open(&path, &StoreOptions::default()).unwrap().backup(&copy).unwrap();
    let whole = fs::read(&copy).unwrap();
    let raw = |sql: &str| {
        fs::write(&bad, &whole).unwrap();
        rusqlite::Connection::open(&bad).unwrap().execute_batch(sql).unwrap();
    };
    let refuse = |why: &str| {
        let error = restore(&bad, &path).unwrap_err();
        assert!(!error.to_string().contains(".restoring"), "{why}: {error}");
        assert_eq!(title(&path).1, Revision(2), "{why}: {error}");
        let names: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(
            names.iter().all(|name| !name.to_string_lossy().contains(".re")),
            "{why}: {names:?}"
        );
    };
    fs::write(&bad, "").unwrap();
    refuse("empty");
    fs::write(&bad, "not a database at all, just some text").unwrap();
    refuse("text");
    fs::write(&bad, &whole[..whole.len() - 4096]).unwrap();
    refuse("truncated");
    let mut torn = whole.clone();
    torn[4096 * 3..].fill(0x55);
    fs::write(&bad, torn).unwrap();
    refuse("torn");
    raw("PRAGMA user_version = 99");
    refuse("newer");
    raw("PRAGMA application_id = 1");
    refuse("foreign");
    raw("PRAGMA foreign_keys = OFF; INSERT INTO counts VALUES (1, 1, 1, 0, 0, 0, 0, 0, 0)");
    refuse("loose rows");
    raw("DROP TRIGGER audit_is_never_changed; UPDATE audit SET who = 'x'");
    refuse("audit");
    assert!(matches!(restore(&folder.path().join("none"), &path), Err(StoreError::Missing { .. })));
    fs::write(&bad, &whole).unwrap();
    restore(&bad, &path).unwrap();
}
