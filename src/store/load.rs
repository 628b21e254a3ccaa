//! Rows → ground: the whole database as one change from nothing.
//!
//! Facts come in an order in which each stands on the ones before it: areas, their ground, plans, grids,
//! cuts, logs, accepted warnings, comments, the day, buildings, counts, overrides, the unhoused, features, stations, imports, settings, counters; within a
//! kind by id. The roster stays where it is.
//!
//! A server opens with [`Past::Asleep`]: the ground of plans that are over stays here, and is fetched one
//! community at a time by [`sleepers`] when somebody asks for it.
//!
//! **Why** a change: loading and editing are then one derivation, and the law "commit and load are
//! inverse" can be written down.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::RangeInclusive;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use rusqlite::{Connection, Row};

use super::StoreError;
use super::plans::{
    ACCEPTED, COMMENTS, CUTS, GRIDS, OVERRIDES, PLAN_LOG, PLANS, TODAY, read_accepted,
    read_comment, read_cut, read_entry, read_grid, read_override, read_plan,
};
use super::register::{
    AREA_ERAS, AREA_GROUND, AREAS, BATCHES, BUILDINGS, COUNTERS, COUNTS, FEATURES, SETTINGS,
    STATIONS, UNHOUSED, read_area, read_area_era, read_area_ground, read_batch, read_building,
    read_counters, read_counts, read_feature, read_station, read_unhoused,
};
use super::table::Table;
use crate::domain::change::{Change, Fact, Turned};
use crate::domain::ids::{AreaId, Code, GridKey, PlanId};
use crate::domain::measure::{Day, Revision};
use crate::domain::plan::log::Entry;
use crate::domain::plan::review::{Accepted, Comment};
use crate::domain::plan::{Cut, Former, Grid, Plan, calendar};

/// Whether the ground of plans that are over is read too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Past {
    Whole,
    Asleep,
}

/// Reads everything within one snapshot. A `second` connection to the same database, which nobody may be
/// writing meanwhile, reads a part of the buildings on a thread of its own.
pub(super) fn load(
    connection: &Connection,
    second: Option<Connection>,
    past: Past,
) -> Result<(Change, Revision), StoreError> {
    let snapshot = connection.unchecked_transaction()?;
    let revision = last_revision(&snapshot)?;
    // Counts and all else are about as much work as a third of the buildings.
    let last: Option<u32> =
        snapshot.query_row("SELECT max(id) FROM buildings", [], |row| row.get(0))?;
    let split = if second.is_some() { last.unwrap_or(0) / 3 } else { u32::MAX };
    let (mut facts, upper, rest) = thread::scope(|scope| {
        let upper = second.map(|second| {
            scope.spawn(move || buildings(&second, split.saturating_add(1)..=u32::MAX))
        });
        let mut facts = places(&snapshot, past)?;
        facts.extend(buildings(&snapshot, 0..=split)?);
        let rest = people_and_records(&snapshot)?;
        let upper = match upper {
            Some(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic))?,
            None => Vec::new(),
        };
        Ok::<_, StoreError>((facts, upper, rest))
    })?;
    facts.reserve(upper.len() + rest.len());
    facts.extend(upper);
    facts.extend(rest);
    Ok((Change { facts, roster: Vec::new() }, revision))
}

/// Reads the fact in a row.
type ReadFact = fn(&Row<'_>) -> Result<Fact, StoreError>;

/// Grids and ground of one community in one plan.
pub type Slept = (Vec<Arc<Grid>>, Cut);

/// Adds a fact for each row of `table`.
fn add_all(
    facts: &mut Vec<Fact>,
    connection: &Connection,
    table: &Table,
    read: ReadFact,
) -> Result<(), StoreError> {
    table.each(connection, |row| {
        facts.push(read(row)?);
        Ok(())
    })
}

fn places(connection: &Connection, past: Past) -> Result<Vec<Fact>, StoreError> {
    let mut facts = Vec::new();
    let mut all = |table, read| add_all(&mut facts, connection, table, read);
    all(&AREAS, |row| {
        let area = read_area(row)?;
        Ok(Fact::Area(area.id, came(Arc::new(area))))
    })?;
    all(&AREA_GROUND, |row| Ok(Fact::AreaGround(came(Arc::new(read_area_ground(row)?)))))?;
    all(&AREA_ERAS, |row| {
        let (day, era) = read_area_era(row)?;
        Ok(Fact::AreaEra(day, came(Arc::new(era))))
    })?;
    let mut plans: Vec<Arc<Plan>> = Vec::new();
    PLANS.each(connection, |row| {
        plans.push(Arc::new(read_plan(row)?));
        Ok(())
    })?;
    let day = TODAY.find(connection, [1], |row| Ok(Day(row.get(1)?)))?;
    facts.extend(plans.iter().map(|plan| Fact::Plan(plan.id, came(Arc::clone(plan)))));
    match past {
        Past::Whole => whole_plans(connection, &mut facts)?,
        Past::Asleep => {
            let awake = calendar::awake(plans.iter().map(|plan| &**plan), day);
            awake_plans(connection, &plans, &awake, &mut facts)?;
        }
    }
    facts.extend(day.map(|day| Fact::Day(came(day))));
    Ok(facts)
}

fn grid_fact(row: &Row<'_>) -> Result<Fact, StoreError> {
    let grid = read_grid(row)?;
    Ok(Fact::Grid(grid.plan, grid.key, came(Arc::new(grid))))
}

fn cut_fact(row: &Row<'_>) -> Result<Fact, StoreError> {
    let (plan, area, cut) = read_cut(row)?;
    Ok(Fact::Cut(plan, area, came(Arc::new(cut))))
}

fn entry_fact(row: &Row<'_>) -> Result<Fact, StoreError> {
    let (plan, entry) = read_entry(row)?;
    Ok(Fact::Log(plan, entry.revision, came(Arc::new(entry))))
}

fn accepted_fact(row: &Row<'_>) -> Result<Fact, StoreError> {
    let (plan, key, accepted) = read_accepted(row)?;
    Ok(Fact::Accepted(plan, key, came(Arc::new(accepted))))
}

fn comment_fact(row: &Row<'_>) -> Result<Fact, StoreError> {
    let (plan, number, comment) = read_comment(row)?;
    Ok(Fact::Comment(plan, number, came(Arc::new(comment))))
}

fn whole_plans(connection: &Connection, facts: &mut Vec<Fact>) -> Result<(), StoreError> {
    let mut all = |table, read| add_all(facts, connection, table, read);
    all(&GRIDS, grid_fact)?;
    all(&CUTS, cut_fact)?;
    all(&PLAN_LOG, entry_fact)?;
    all(&ACCEPTED, accepted_fact)?;
    all(&COMMENTS, comment_fact)
}

/// Only what is at hand; `plans` by id.
fn awake_plans(
    connection: &Connection,
    plans: &[Arc<Plan>],
    awake: &HashSet<(PlanId, AreaId)>,
    facts: &mut Vec<Fact>,
) -> Result<(), StoreError> {
    let mut areas: BTreeMap<PlanId, Vec<AreaId>> = BTreeMap::new();
    for plan in plans {
        let own = plan.areas.iter().filter(|area| awake.contains(&(plan.id, **area)));
        let own: Vec<AreaId> = own.copied().collect();
        if !own.is_empty() {
            areas.insert(plan.id, own);
        }
    }
    for (plan, own) in &areas {
        GRIDS.each_within(connection, plan.get()..=plan.get(), |row| {
            let grid = read_grid(row)?;
            if own.contains(&grid.community) {
                facts.push(Fact::Grid(grid.plan, grid.key, came(Arc::new(grid))));
            }
            Ok(())
        })?;
    }
    for (plan, own) in &areas {
        for area in own {
            facts.extend(CUTS.find(connection, [plan.get(), area.get()], cut_fact)?);
        }
    }
    let tables: [(&Table, ReadFact); 3] =
        [(&PLAN_LOG, entry_fact), (&ACCEPTED, accepted_fact), (&COMMENTS, comment_fact)];
    for (table, read) in tables {
        for plan in areas.keys() {
            table.each_within(connection, plan.get()..=plan.get(), |row| {
                facts.push(read(row)?);
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// Grids and ground of one community in one plan; `None` where the plan has none there.
pub(super) fn sleeper(
    connection: &Connection,
    plan: PlanId,
    area: AreaId,
) -> Result<Option<Slept>, StoreError> {
    let snapshot = connection.unchecked_transaction()?;
    let cut = CUTS.find(&snapshot, [plan.get(), area.get()], |row| Ok(read_cut(row)?.2))?;
    let Some(cut) = cut else { return Ok(None) };
    Ok(Some((grids_of(&snapshot, plan, area)?, cut)))
}

/// Grids of one community in one plan, by key.
pub(super) fn grids_of(
    connection: &Connection,
    plan: PlanId,
    area: AreaId,
) -> Result<Vec<Arc<Grid>>, StoreError> {
    let mut grids = Vec::new();
    let keys = [plan.get(), area.get()];
    GRIDS.each_where(connection, "plan = ? AND +community = ?", keys, |row| {
        grids.push(Arc::new(read_grid(row)?));
        Ok(())
    })?;
    Ok(grids)
}

/// What stands beside the ground of a plan: its log, what was accepted, what was remarked.
#[derive(Clone, Debug, Default)]
pub struct Papers {
    pub log: Vec<Arc<Entry>>,
    pub accepted: Vec<(Box<str>, Arc<Accepted>)>,
    pub comments: Vec<(u32, Arc<Comment>)>,
}

pub(super) fn papers(connection: &Connection, plan: PlanId) -> Result<Papers, StoreError> {
    let snapshot = connection.unchecked_transaction()?;
    let own = plan.get()..=plan.get();
    let mut papers = Papers::default();
    PLAN_LOG.each_within(&snapshot, own.clone(), |row| {
        papers.log.push(Arc::new(read_entry(row)?.1));
        Ok(())
    })?;
    ACCEPTED.each_within(&snapshot, own.clone(), |row| {
        let (_, key, accepted) = read_accepted(row)?;
        papers.accepted.push((key, Arc::new(accepted)));
        Ok(())
    })?;
    COMMENTS.each_within(&snapshot, own, |row| {
        let (_, number, comment) = read_comment(row)?;
        papers.comments.push((number, Arc::new(comment)));
        Ok(())
    })?;
    Ok(papers)
}

/// Codes of grids of some communities in every plan that was ever published, each with its grid.
pub(super) fn codes_in_history(
    connection: &Connection,
    areas: &[AreaId],
) -> Result<Vec<(Code, GridKey)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT grids.code, grids.grid FROM grids JOIN plans ON plans.id = grids.plan
         WHERE grids.community = ? AND (plans.status IN ('published', 'superseded')
             OR plans.published_at IS NOT NULL)",
    )?;
    let mut found = Vec::new();
    for area in areas {
        let mut rows = statement.query([area.get()])?;
        while let Some(row) = rows.next()? {
            found.push(code_row(row)?);
        }
    }
    Ok(found)
}

/// As [`codes_in_history`], of some codes wherever they were used.
pub(super) fn owners_of_codes(
    connection: &Connection,
    codes: &[Code],
) -> Result<Vec<(Code, GridKey)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT grids.code, grids.grid FROM grids JOIN plans ON plans.id = grids.plan
         WHERE grids.code = ? AND (plans.status IN ('published', 'superseded')
             OR plans.published_at IS NOT NULL)",
    )?;
    let mut found = Vec::new();
    for code in codes {
        let mut rows = statement.query([code.as_str()])?;
        while let Some(row) = rows.next()? {
            found.push(code_row(row)?);
        }
    }
    Ok(found)
}

/// The published grid that used `code` in the newest plan.
pub(super) fn former(connection: &Connection, code: &Code) -> Result<Option<Former>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT grids.name, plans.title, plans.effective_from
         FROM grids JOIN plans ON plans.id = grids.plan
         WHERE grids.code = ? AND (plans.status IN ('published', 'superseded')
             OR plans.published_at IS NOT NULL)
         ORDER BY plans.effective_from DESC, plans.id DESC LIMIT 1",
    )?;
    let mut rows = statement.query([code.as_str()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let from = row.get::<_, Option<i32>>(2)?.map(Day);
    Ok(Some(Former { name: row.get(0)?, plan: row.get(1)?, from }))
}

/// What the grids of a community came from, in every plan that was ever published, oldest plan first.
pub(super) fn lineage(
    connection: &Connection,
    area: AreaId,
) -> Result<Vec<(Code, Vec<Code>)>, StoreError> {
    let unreadable = StoreError::unreadable(GRIDS.name);
    let mut statement = connection.prepare_cached(
        "SELECT grids.code, grids.predecessors FROM grids JOIN plans ON plans.id = grids.plan
         WHERE grids.community = ? AND grids.predecessors IS NOT NULL
             AND plans.published_at IS NOT NULL ORDER BY grids.plan",
    )?;
    let mut rows = statement.query([area.get()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let code = super::register::code(row, 0).map_err(&unreadable)?;
        let bytes: Vec<u8> = row.get(1)?;
        found.push((code, super::codec::read_codes(&bytes).map_err(&unreadable)?));
    }
    Ok(found)
}

pub(super) fn communities_of(
    connection: &Connection,
    code: &str,
) -> Result<BTreeSet<AreaId>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT community FROM grids WHERE code = ?")?;
    let mut rows = statement.query([code])?;
    let mut found = BTreeSet::new();
    while let Some(row) = rows.next()? {
        found.extend(AreaId::new(row.get(0)?));
    }
    Ok(found)
}

fn code_row(row: &Row<'_>) -> Result<(Code, GridKey), StoreError> {
    let unreadable = StoreError::unreadable(GRIDS.name);
    let code = super::register::code(row, 0).map_err(&unreadable)?;
    Ok((code, super::register::id(row.get(1)?, GridKey::new).map_err(&unreadable)?))
}

fn buildings(connection: &Connection, ids: RangeInclusive<u32>) -> Result<Vec<Fact>, StoreError> {
    let mut facts = Vec::new();
    BUILDINGS.each_within(connection, ids, |row| {
        let building = read_building(row)?;
        facts.push(Fact::Building(building.id, came(Arc::new(building))));
        Ok(())
    })?;
    Ok(facts)
}

fn people_and_records(connection: &Connection) -> Result<Vec<Fact>, StoreError> {
    let mut facts = Vec::new();
    let mut all = |table, read| add_all(&mut facts, connection, table, read);
    all(&COUNTS, |row| {
        let (building, counts) = read_counts(row)?;
        Ok(Fact::Counts(building, came(counts)))
    })?;
    all(&OVERRIDES, |row| {
        let (building, grid) = read_override(row)?;
        Ok(Fact::Override(building, came(grid)))
    })?;
    all(&UNHOUSED, |row| {
        let (reason, counts) = read_unhoused(row)?;
        Ok(Fact::Unhoused(reason, came(counts)))
    })?;
    all(&FEATURES, |row| {
        let feature = read_feature(row)?;
        Ok(Fact::Feature(feature.id, came(Arc::new(feature))))
    })?;
    all(&STATIONS, |row| {
        let station = read_station(row)?;
        Ok(Fact::Station(station.id, came(Arc::new(station))))
    })?;
    all(&BATCHES, |row| {
        let batch = read_batch(row)?;
        Ok(Fact::Batch(batch.id, came(Arc::new(batch))))
    })?;
    all(&SETTINGS, |row| Ok(Fact::Setting(row.get(0)?, came(row.get(1)?))))?;
    all(&COUNTERS, |row| Ok(Fact::Counters(came(read_counters(row)?))))?;
    Ok(facts)
}

fn came<T>(value: T) -> Turned<T> {
    Turned::new(None, Some(value))
}

/// Revision of the newest commit, 0 before the first.
pub(super) fn last_revision(connection: &Connection) -> Result<Revision, StoreError> {
    let last: Option<i64> =
        connection.query_row("SELECT max(revision) FROM changes", [], |row| row.get(0))?;
    Ok(Revision(last.unwrap_or(0).cast_unsigned()))
}
