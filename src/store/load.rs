//! Rows → ground: the whole database as one change from nothing.
//!
//! Facts come in an order in which each stands on the ones before it: areas, their ground, plans, grids,
//! cuts, logs, buildings, counts, overrides, the unhoused, features, imports, settings, counters; within a
//! kind by id. The roster stays where it is.
//!
//! **Why** a change: loading and editing are then one derivation, and the law "commit and load are
//! inverse" can be written down.

use std::ops::RangeInclusive;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use rusqlite::{Connection, Row};

use super::StoreError;
use super::plans::{
    CUTS, GRIDS, OVERRIDES, PLAN_LOG, PLANS, read_cut, read_entry, read_grid, read_override,
    read_plan,
};
use super::register::{
    AREA_GROUND, AREAS, BATCHES, BUILDINGS, COUNTERS, COUNTS, FEATURES, SETTINGS, UNHOUSED,
    read_area, read_area_ground, read_batch, read_building, read_counters, read_counts,
    read_feature, read_unhoused,
};
use super::table::Table;
use crate::domain::change::{Change, Fact, Turned};
use crate::domain::measure::Revision;

/// Reads everything within one snapshot. A `second` connection to the same database, which nobody may be
/// writing meanwhile, reads a part of the buildings on a thread of its own.
pub(super) fn load(
    connection: &Connection,
    second: Option<Connection>,
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
        let mut facts = places(&snapshot)?;
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

/// Adds a fact for each row of `table`.
fn add_all(
    facts: &mut Vec<Fact>,
    connection: &Connection,
    table: &Table,
    read: fn(&Row<'_>) -> Result<Fact, StoreError>,
) -> Result<(), StoreError> {
    table.each(connection, |row| {
        facts.push(read(row)?);
        Ok(())
    })
}

fn places(connection: &Connection) -> Result<Vec<Fact>, StoreError> {
    let mut facts = Vec::new();
    let mut all = |table, read| add_all(&mut facts, connection, table, read);
    all(&AREAS, |row| {
        let area = read_area(row)?;
        Ok(Fact::Area(area.id, came(Arc::new(area))))
    })?;
    all(&AREA_GROUND, |row| Ok(Fact::AreaGround(came(Arc::new(read_area_ground(row)?)))))?;
    all(&PLANS, |row| {
        let plan = read_plan(row)?;
        Ok(Fact::Plan(plan.id, came(Arc::new(plan))))
    })?;
    all(&GRIDS, |row| {
        let grid = read_grid(row)?;
        Ok(Fact::Grid(grid.plan, grid.key, came(Arc::new(grid))))
    })?;
    all(&CUTS, |row| {
        let (plan, area, cut) = read_cut(row)?;
        Ok(Fact::Cut(plan, area, came(Arc::new(cut))))
    })?;
    all(&PLAN_LOG, |row| {
        let (plan, entry) = read_entry(row)?;
        Ok(Fact::Log(plan, entry.revision, came(Arc::new(entry))))
    })?;
    Ok(facts)
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
