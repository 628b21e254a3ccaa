//! The store by its doors: what goes in comes out, nothing is half done, and bad files are refused.

#[path = "store/files.rs"]
mod files;
#[path = "store/ledger.rs"]
mod ledger;
#[path = "store/past.rs"]
mod past;
#[path = "store/power.rs"]
mod power;

use std::collections::HashMap;

use ledger::Ledger;
use lifang::domain::change::{Change, Fact, RosterRow, Turned};
use lifang::domain::decide::HeldHome;
use lifang::domain::ids::{BuildingId, Code, GridKey, PlanId};
use lifang::domain::measure::{Revision, Stamp};
use lifang::domain::personal::Personal;
use lifang::store::{AuditEntry, Commit, FactKind, Store, StoreError, StoreOptions};

fn setting(name: &str, value: &str) -> Change {
    let turned = Turned::new(None, Some(value.into()));
    Change { facts: vec![Fact::Setting(name.into(), turned)], roster: Vec::new() }
}

fn commit(store: &mut Store, change: &Change, revision: u64) -> Result<(), StoreError> {
    store.commit(change, Revision(revision), "local", Stamp(revision as i64))
}

#[test]
fn loading_gives_what_was_committed() {
    for seed in 0..40 {
        let mut ledger = Ledger::new(seed);
        let mut store = Store::in_memory().unwrap();
        for _ in 0..25 {
            let change = ledger.change();
            store.commit(&change, ledger.revision, "local", Stamp(1)).unwrap();
            let (loaded, revision) = store.load().unwrap();
            assert_eq!(revision, ledger.revision, "seed {seed}");
            assert_eq!(loaded.facts, ledger.facts(), "seed {seed}, {revision:?}");
            assert!(loaded.roster.is_empty());
        }
    }
}

#[test]
fn what_is_loaded_can_be_committed_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 0..5 {
        let mut ledger = Ledger::new(seed);
        let mut first = Store::in_memory().unwrap();
        for _ in 0..10 {
            let change = ledger.change();
            first.commit(&change, ledger.revision, "local", Stamp(1)).unwrap();
        }
        let (ground, _) = first.load().unwrap();
        let path = folder.path().join(format!("{seed}.db"));
        let mut second = Store::open(&path, &StoreOptions::default()).unwrap();
        commit(&mut second, &ground, 1).unwrap();
        drop(second);
        let second = Store::open(&path, &StoreOptions::default()).unwrap();
        assert_eq!(second.load().unwrap(), (ground, Revision(1)), "seed {seed}");
    }
}

/// Facts the history keeps whole, as `change` told them.
fn kept(change: &Change) -> Vec<Fact> {
    let is_kept = |fact: &&Fact| {
        matches!(
            fact,
            Fact::Plan(..)
                | Fact::Grid(..)
                | Fact::Cut(..)
                | Fact::Override(..)
                | Fact::Setting(..)
        )
    };
    change.facts.iter().filter(is_kept).cloned().collect()
}

#[test]
fn history_tells_both_sides_of_edits() {
    for seed in 100..120 {
        let mut ledger = Ledger::new(seed);
        let mut store = Store::in_memory().unwrap();
        let changes: Vec<Change> = (0..20)
            .map(|_| {
                let change = ledger.change();
                store.commit(&change, ledger.revision, "local", Stamp(1)).unwrap();
                change
            })
            .collect();
        let reader = store.reader().unwrap();
        for (revision, change) in (1..).map(Revision).zip(&changes) {
            assert_eq!(reader.facts_of(revision).unwrap(), kept(change), "seed {seed}");
        }
    }
}

#[test]
fn history_is_told_by_revision_and_by_plan() {
    let mut ledger = Ledger::new(3);
    let mut store = Store::in_memory().unwrap();
    let changes: Vec<Change> = (0..30)
        .map(|_| {
            let change = ledger.change();
            store.commit(&change, ledger.revision, "阿依", Stamp(77)).unwrap();
            change
        })
        .collect();
    let reader = store.reader().unwrap();
    let told = reader.history(Revision(10), None, 5).unwrap();
    assert_eq!(told.iter().map(|told| told.revision.0).collect::<Vec<_>>(), [11, 12, 13, 14, 15]);
    assert_eq!((&*told[0].who, told[0].at), ("阿依", Stamp(77)));
    let n_facts: u64 = told[0].facts.iter().map(|(_, n)| n).sum();
    assert_eq!(n_facts, changes[10].facts.len() as u64);
    assert_eq!(told[0].n_roster, changes[10].roster.len() as u64);
    let plan = PlanId::new(2).unwrap();
    let touches = |change: &Change| {
        change.facts.iter().any(|fact| match fact {
            Fact::Plan(id, _) | Fact::Grid(id, ..) | Fact::Cut(id, ..) => *id == plan,
            _ => false,
        })
    };
    let expected: Vec<Revision> = (1..)
        .map(Revision)
        .zip(&changes)
        .filter_map(|(revision, change)| touches(change).then_some(revision))
        .collect();
    let of_plan = reader.history(Revision(0), Some(plan), 100).unwrap();
    assert!(!expected.is_empty() && expected.len() < 30);
    assert_eq!(of_plan.iter().map(|told| told.revision).collect::<Vec<_>>(), expected);
}

#[test]
fn the_roster_holds_the_newest_row_of_each_number() {
    let mut ledger = Ledger::new(9);
    let mut store = Store::in_memory().unwrap();
    let mut expected: HashMap<Personal<Code>, HeldHome> = HashMap::new();
    for _ in 0..30 {
        let change = ledger.change();
        for RosterRow { number, building, unhoused, persons, pin } in change.roster.clone() {
            expected.insert(number, HeldHome { building, unhoused, persons, pin });
        }
        store.commit(&change, ledger.revision, "local", Stamp(1)).unwrap();
    }
    let reader = store.reader().unwrap();
    assert!(expected.len() > 10);
    assert_eq!(reader.prior().unwrap(), expected);
    let (number, home) = expected.iter().next().unwrap();
    assert_eq!(reader.home(number).unwrap(), Some(*home));
    assert_eq!(reader.home(&Personal::new(Code::new("nobody").unwrap())).unwrap(), None);
}

#[test]
fn revisions_have_no_holes_and_empty_changes_none() {
    let mut store = Store::in_memory().unwrap();
    commit(&mut store, &setting("title", "a"), 1).unwrap();
    for wrong in [0, 1, 3, u64::MAX] {
        let refused = commit(&mut store, &setting("title", "b"), wrong);
        assert!(matches!(refused, Err(StoreError::OutOfStep { last: Revision(1), .. })), "{wrong}");
    }
    assert!(matches!(commit(&mut store, &Change::default(), 2), Err(StoreError::Empty)));
    assert_eq!(store.load().unwrap(), (setting("title", "a"), Revision(1)));
    assert_eq!(store.reader().unwrap().verify_audit().unwrap().n_rows, 1);
}

#[test]
fn a_group_is_written_as_a_whole_or_not_at_all() {
    let mut store = Store::in_memory().unwrap();
    let (a, b, c) = (setting("a", "1"), setting("b", "2"), setting("c", "3"));
    let entry = |change, revision| Commit {
        change,
        revision: Revision(revision),
        who: "local",
        at: Stamp(0),
    };
    store.commit_all(&[entry(&a, 1), entry(&b, 2)]).unwrap();
    let refused = store.commit_all(&[entry(&c, 3), entry(&a, 5)]);
    assert!(matches!(refused, Err(StoreError::OutOfStep { last: Revision(3), .. })));
    let (ground, revision) = store.load().unwrap();
    assert_eq!((ground.facts.len(), revision), (2, Revision(2)));
    assert_eq!(store.reader().unwrap().history(Revision(0), None, 9).unwrap().len(), 2);
}

#[test]
fn a_fact_that_hangs_in_the_air_is_refused_whole() {
    let mut store = Store::in_memory().unwrap();
    let grid = Turned::new(None, GridKey::new(1));
    let mut change = setting("title", "a");
    change.facts.push(Fact::Override(BuildingId::new(1).unwrap(), grid));
    assert!(matches!(commit(&mut store, &change, 1), Err(StoreError::Sqlite(_))));
    assert_eq!(store.load().unwrap(), (Change::default(), Revision(0)));
}

#[test]
fn the_audit_log_is_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lifang.db");
    let mut store = Store::open(&path, &StoreOptions::default()).unwrap();
    commit(&mut store, &setting("title", "a"), 1).unwrap();
    let entry = AuditEntry {
        role: "leader",
        scope: "990101",
        columns: "number, persons",
        reason: "核对",
        n_rows: 12,
        ..AuditEntry::new(Stamp(5), "local", "read-households")
    };
    store.record(&entry).unwrap();
    commit(&mut store, &setting("title", "b"), 2).unwrap();
    let reader = store.reader().unwrap();
    let head = reader.verify_audit().unwrap();
    let rows = reader.audit(0, 10).unwrap();
    assert_eq!((head.n_rows, head.hash), (3, rows[2].hash));
    assert_eq!((rows[0].revision, rows[1].revision), (Some(Revision(1)), None));
    assert_eq!((&*rows[1].reason, rows[1].n_rows), ("核对", 12));
    assert_eq!(reader.audit(2, 10).unwrap(), rows[2..]);
    drop((store, reader));
    let raw = rusqlite::Connection::open(&path).unwrap();
    for forbidden in ["UPDATE audit SET who = 'x'", "DELETE FROM audit WHERE id = 3"] {
        let refused = raw.execute_batch(forbidden).unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{refused}");
    }
    let past_the_triggers = [
        ("DELETE FROM audit WHERE id = 3", 3),
        ("UPDATE audit SET n_rows = 11 WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 1", 1),
    ];
    raw.execute_batch("DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_deleted;")
        .unwrap();
    for (tampering, broken_at) in past_the_triggers {
        raw.execute_batch(tampering).unwrap();
        let store = Store::open(&path, &StoreOptions::default()).unwrap();
        let verdict = store.reader().unwrap().verify_audit();
        assert!(matches!(verdict, Err(StoreError::BrokenAudit { row }) if row == broken_at));
    }
}

#[test]
fn kinds_of_facts_have_words() {
    for kind in FactKind::ALL {
        assert_eq!(FactKind::of_word(kind.word()), Some(kind));
    }
}
