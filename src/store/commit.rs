//! Change → rows, all or nothing: the ground, the roster, the history and the audit row of each commit
//! in one transaction.
//!
//! Several commits that wait together may share one transaction, and so one wait for the disk.
//!
//! **Why** the revision is checked here and not only in the desk: the file itself then proves that
//! revisions have no holes, whoever wrote them.

use rusqlite::{Connection, Params, TransactionBehavior, params};

use super::StoreError;
use super::audit::{self, AuditEntry};
use super::codec;
use super::history::Chronicle;
use super::load::last_revision;
use super::plans::{
    ACCEPTED, COLORS, COMMENTS, CUTS, GRIDS, OVERRIDES, PLAN_LOG, PLANS, TODAY, is_recolored,
    write_accepted, write_comment, write_cut, write_entry, write_grid, write_plan,
};
use super::register::{
    AREA_ERAS, AREA_GROUND, AREAS, BATCHES, BUILDINGS, COUNTERS, COUNTS, FEATURES, SETTINGS,
    STATIONS, UNHOUSED, write_area, write_area_era, write_area_ground, write_batch, write_building,
    write_counters, write_counts, write_feature, write_station, write_unhoused,
};
use super::roster;
use super::table::Pen;
use crate::domain::change::{Change, Fact, Turned};
use crate::domain::measure::{Revision, Stamp};

/// One change on its way into the database.
#[derive(Clone, Copy, Debug)]
pub struct Commit<'a> {
    pub change: &'a Change,
    /// One more than the newest in the database.
    pub revision: Revision,
    /// Who acts, as the audit log names them.
    pub who: &'a str,
    pub at: Stamp,
}

/// Writes all of `commits` in their order, or nothing.
pub(super) fn commit_all(
    connection: &mut Connection,
    commits: &[Commit<'_>],
) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for commit in commits {
        write_commit(&transaction, commit)?;
    }
    transaction.commit()?;
    Ok(())
}

fn write_commit(connection: &Connection, commit: &Commit<'_>) -> Result<(), StoreError> {
    let Commit { change, revision, who, at } = *commit;
    if change.is_empty() {
        return Err(StoreError::Empty);
    }
    let last = last_revision(connection)?;
    if revision != last.next() {
        return Err(StoreError::OutOfStep { last, given: revision });
    }
    let n_roster = change.roster.len();
    connection
        .prepare_cached("INSERT INTO changes (revision, at, who, n_roster) VALUES (?, ?, ?, ?)")?
        .execute(params![revision.0.cast_signed(), at.0, who, n_roster as i64])?;
    let mut chronicle = Chronicle::new(connection, revision);
    let mut pens = Pens::new(connection);
    for fact in &change.facts {
        chronicle.note(fact)?;
        pens.write(fact)?;
    }
    chronicle.finish()?;
    roster::write(connection, &change.roster)?;
    let n_rows = change.facts.len() + n_roster;
    let entry = AuditEntry { n_rows: n_rows as u64, ..AuditEntry::new(at, who, "commit") };
    audit::append(connection, &entry, Some(revision))
}

/// One pen a table of the ground.
struct Pens<'c> {
    areas: Pen<'c>,
    area_ground: Pen<'c>,
    area_eras: Pen<'c>,
    plans: Pen<'c>,
    grids: Pen<'c>,
    cuts: Pen<'c>,
    colors: Pen<'c>,
    log: Pen<'c>,
    accepted: Pen<'c>,
    comments: Pen<'c>,
    today: Pen<'c>,
    buildings: Pen<'c>,
    counts: Pen<'c>,
    overrides: Pen<'c>,
    unhoused: Pen<'c>,
    features: Pen<'c>,
    stations: Pen<'c>,
    batches: Pen<'c>,
    settings: Pen<'c>,
    counters: Pen<'c>,
}

impl<'c> Pens<'c> {
    fn new(connection: &'c Connection) -> Self {
        let pen = |table| Pen::new(connection, table);
        Self {
            areas: pen(&AREAS),
            area_ground: pen(&AREA_GROUND),
            area_eras: pen(&AREA_ERAS),
            plans: pen(&PLANS),
            grids: pen(&GRIDS),
            cuts: pen(&CUTS),
            colors: pen(&COLORS),
            log: pen(&PLAN_LOG),
            accepted: pen(&ACCEPTED),
            comments: pen(&COMMENTS),
            today: pen(&TODAY),
            buildings: pen(&BUILDINGS),
            counts: pen(&COUNTS),
            overrides: pen(&OVERRIDES),
            unhoused: pen(&UNHOUSED),
            features: pen(&FEATURES),
            stations: pen(&STATIONS),
            batches: pen(&BATCHES),
            settings: pen(&SETTINGS),
            counters: pen(&COUNTERS),
        }
    }

    /// Puts what is after the fact where what was before it stands.
    fn write(&mut self, fact: &Fact) -> Result<(), StoreError> {
        match fact {
            Fact::Area(id, turned) => {
                put(&mut self.areas, turned, [id.get()], |pen, area| write_area(pen, area))
            }
            Fact::AreaGround(turned) => put(&mut self.area_ground, turned, [1], |pen, ground| {
                write_area_ground(pen, ground)
            }),
            Fact::AreaEra(day, turned) => {
                put(&mut self.area_eras, turned, [day.0], |pen, era| write_area_era(pen, *day, era))
            }
            Fact::Plan(id, turned) => {
                put(&mut self.plans, turned, [id.get()], |pen, plan| write_plan(pen, plan))
            }
            Fact::Grid(plan, key, turned) => {
                put(&mut self.grids, turned, [plan.get(), key.get()], |pen, grid| {
                    write_grid(pen, grid)
                })
            }
            Fact::Cut(plan, area, Turned { before: Some(before), after: Some(after) })
                if is_recolored(before, after) =>
            {
                self.colors.change(params![plan.get(), area.get(), codec::colors(&after.colors)])
            }
            Fact::Log(plan, revision, turned) => put(
                &mut self.log,
                turned,
                [plan.get().into(), revision.0.cast_signed()],
                |pen, entry| write_entry(pen, *plan, entry),
            ),
            Fact::Cut(plan, area, turned) => {
                put(&mut self.cuts, turned, [plan.get(), area.get()], |pen, cut| {
                    write_cut(pen, *plan, *area, cut)
                })
            }
            Fact::Accepted(plan, key, turned) => {
                put(&mut self.accepted, turned, params![plan.get(), key], |pen, accepted| {
                    write_accepted(pen, *plan, key, accepted)
                })
            }
            Fact::Comment(plan, number, turned) => {
                put(&mut self.comments, turned, [plan.get(), *number], |pen, comment| {
                    write_comment(pen, *plan, *number, comment)
                })
            }
            Fact::Day(turned) => {
                put(&mut self.today, turned, [1], |pen, day| pen.write([1, day.0]))
            }
            Fact::Building(id, turned) => {
                put(&mut self.buildings, turned, [id.get()], |pen, building| {
                    write_building(pen, building)
                })
            }
            Fact::Counts(id, turned) => put(&mut self.counts, turned, [id.get()], |pen, counts| {
                write_counts(pen, *id, counts)
            }),
            Fact::Override(id, turned) => {
                put(&mut self.overrides, turned, [id.get()], |pen, grid| {
                    pen.write([id.get(), grid.get()])
                })
            }
            Fact::Unhoused(reason, turned) => {
                put(&mut self.unhoused, turned, [reason.word()], |pen, counts| {
                    write_unhoused(pen, *reason, counts)
                })
            }
            Fact::Feature(id, turned) => {
                put(&mut self.features, turned, [id.get()], |pen, feature| {
                    write_feature(pen, feature)
                })
            }
            Fact::Station(id, turned) => {
                put(&mut self.stations, turned, [id.get()], |pen, station| {
                    write_station(pen, station)
                })
            }
            Fact::Batch(id, turned) => {
                put(&mut self.batches, turned, [id.get()], |pen, batch| write_batch(pen, batch))
            }
            Fact::Setting(name, turned) => {
                put(&mut self.settings, turned, [name], |pen, value| pen.write([name, value]))
            }
            Fact::Counters(turned) => put(&mut self.counters, turned, [1], write_counters),
        }
    }
}

fn put<T>(
    pen: &mut Pen<'_>,
    turned: &Turned<T>,
    keys: impl Params,
    write: impl FnOnce(&mut Pen<'_>, &T) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    match &turned.after {
        Some(value) => write(pen, value),
        None => pen.erase(keys),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, StoreOptions};

    fn setting(name: &str, value: &str) -> Change {
        let turned = Turned::new(None, Some(value.into()));
        Change { facts: vec![Fact::Setting(name.into(), turned)], roster: Vec::new() }
    }

    #[test]
    fn a_full_disk_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lifang.db");
        let mut store = Store::open(&path, &StoreOptions::default()).unwrap();
        let small = setting("title", "a");
        store.commit(&small, Revision(1), "local", Stamp(1)).unwrap();
        let limit = |store: &Store, n_pages: u32| {
            store
                .writer
                .pragma_update_and_check(None, "max_page_count", n_pages, |_| Ok(()))
                .unwrap();
        };
        limit(&store, 100);
        let mut large = small.clone();
        large.facts.extend(setting("notice", &"x".repeat(1 << 20)).facts);
        let error = store.commit(&large, Revision(2), "local", Stamp(2)).unwrap_err();
        assert!(matches!(error, StoreError::DiskFull(_)), "{error:?}");
        assert_eq!(store.load().unwrap(), (small.clone(), Revision(1)));
        limit(&store, 1_000_000);
        store.commit(&large, Revision(2), "local", Stamp(2)).unwrap();
        assert_eq!(store.load().unwrap().0.facts.len(), 2);
    }

    #[test]
    fn a_database_that_may_not_be_written_says_so() {
        let mut store = Store::in_memory().unwrap();
        store.writer.pragma_update(None, "query_only", true).unwrap();
        let error = store.commit(&setting("a", "b"), Revision(1), "local", Stamp(1)).unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly(_)), "{error:?}");
        assert_eq!(store.load().unwrap().1, Revision(0));
    }
}
