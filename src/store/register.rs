//! Rows of the register: areas, buildings, counts, features, imports, settings, counters.
//!
//! Each thing has its table, its `write_x` and its `read_x` side by side.

use rusqlite::{Row, params};

use super::StoreError;
use super::codec::{self, CodecError};
use super::table::{Pen, Table};
use crate::domain::change::{AreaEra, AreaGround, Batch, Summary, UnhousedCounts};
use crate::domain::ids::{AreaId, BatchId, BuildingId, Code, Counters, FeatureId, StationId};
use crate::domain::measure::{Area, Count, Day, Revision, Stamp};
use crate::domain::place::Pin;
use crate::domain::register::area::{AreaRecord, Level, Lineage};
use crate::domain::register::building::{Building, Use};
use crate::domain::register::feature::{Feature, FeatureKind};
use crate::domain::register::people::{HomeCounts, Unhoused};
use crate::domain::register::rows::ImportKind;
use crate::domain::register::station::{Station, StationKind};

pub(super) static AREAS: Table = Table {
    name: "areas",
    keys: &["id"],
    values: &[
        "code",
        "name",
        "level",
        "parent",
        "kind",
        "stated_households",
        "stated_population",
        "source_digest",
        "predecessors",
        "valid_from",
        "valid_to",
    ],
};

pub(super) fn write_area(pen: &mut Pen<'_>, area: &AreaRecord) -> Result<(), StoreError> {
    let AreaRecord {
        id,
        code,
        name,
        level,
        parent,
        kind,
        stated_households,
        stated_population,
        source_digest,
        lineage: Lineage { predecessors, from, to },
    } = area;
    pen.write(params![
        id.get(),
        code.as_str(),
        name,
        level.word(),
        parent.map(AreaId::get),
        kind,
        stated_households.map(Count::get),
        stated_population.map(Count::get),
        source_digest.cast_signed(),
        (!predecessors.is_empty()).then(|| codec::codes(predecessors)),
        from.map(|day| day.0),
        to.map(|day| day.0),
    ])
}

pub(super) fn read_area(row: &Row<'_>) -> Result<AreaRecord, StoreError> {
    let unreadable = StoreError::unreadable(AREAS.name);
    Ok(AreaRecord {
        id: id(row.get(0)?, AreaId::new).map_err(&unreadable)?,
        code: code(row, 1).map_err(&unreadable)?,
        name: row.get(2)?,
        level: word(row, 3, Level::of_word).map_err(&unreadable)?,
        parent: row.get::<_, Option<u32>>(4)?.and_then(AreaId::new),
        kind: row.get(5)?,
        stated_households: row.get::<_, Option<i64>>(6)?.map(Count),
        stated_population: row.get::<_, Option<i64>>(7)?.map(Count),
        source_digest: row.get::<_, i64>(8)?.cast_unsigned(),
        lineage: Lineage {
            predecessors: match row.get::<_, Option<Vec<u8>>>(9)? {
                Some(bytes) => codec::read_codes(&bytes).map_err(&unreadable)?,
                None => Vec::new(),
            },
            from: row.get::<_, Option<i32>>(10)?.map(Day),
            to: row.get::<_, Option<i32>>(11)?.map(Day),
        },
    })
}

pub(super) static AREA_ERAS: Table =
    Table { name: "area_eras", keys: &["first_day"], values: &["body"] };

pub(super) fn write_area_era(pen: &mut Pen<'_>, day: Day, era: &AreaEra) -> Result<(), StoreError> {
    pen.write(params![day.0, codec::area_era(era)])
}

pub(super) fn read_area_era(row: &Row<'_>) -> Result<(Day, AreaEra), StoreError> {
    let era =
        codec::read_area_era(blob(row, 1)?).map_err(StoreError::unreadable(AREA_ERAS.name))?;
    Ok((Day(row.get(0)?), era))
}

pub(super) static AREA_GROUND: Table =
    Table { name: "area_ground", keys: &["id"], values: &["body"] };

pub(super) fn write_area_ground(pen: &mut Pen<'_>, ground: &AreaGround) -> Result<(), StoreError> {
    pen.write(params![1, codec::area_ground(ground)])
}

pub(super) fn read_area_ground(row: &Row<'_>) -> Result<AreaGround, StoreError> {
    codec::read_area_ground(blob(row, 1)?).map_err(StoreError::unreadable(AREA_GROUND.name))
}

pub(super) static BUILDINGS: Table = Table {
    name: "buildings",
    keys: &["id"],
    values: &[
        "code",
        "name",
        "estate",
        "address",
        "stated_community",
        "listed_grid",
        "usage",
        "floors",
        "entrances",
        "dwellings",
        "x",
        "y",
        "footprint",
        "verified",
    ],
};

pub(super) fn write_building(pen: &mut Pen<'_>, building: &Building) -> Result<(), StoreError> {
    let Building {
        id,
        code,
        name,
        estate,
        address,
        stated_community,
        listed_grid,
        usage,
        floors,
        entrances,
        dwellings,
        pin,
        footprint,
        verified,
    } = building;
    pen.write(params![
        id.get(),
        code.as_str(),
        name,
        estate,
        address,
        stated_community.as_ref().map(Code::as_str),
        listed_grid.as_ref().map(Code::as_str),
        usage.word(),
        floors,
        entrances,
        dwellings.get(),
        pin.map(|pin| pin.x),
        pin.map(|pin| pin.y),
        codec::footprint(footprint),
        verified.map(|day| day.0),
    ])
}

pub(super) fn read_building(row: &Row<'_>) -> Result<Building, StoreError> {
    let unreadable = StoreError::unreadable(BUILDINGS.name);
    Ok(Building {
        id: id(row.get(0)?, BuildingId::new).map_err(&unreadable)?,
        code: code(row, 1).map_err(&unreadable)?,
        name: row.get(2)?,
        estate: row.get(3)?,
        address: row.get(4)?,
        stated_community: maybe_code(row, 5).map_err(&unreadable)?,
        listed_grid: maybe_code(row, 6).map_err(&unreadable)?,
        usage: word(row, 7, Use::of_word).map_err(&unreadable)?,
        floors: row.get(8)?,
        entrances: row.get(9)?,
        dwellings: Count(row.get(10)?),
        pin: pin(row, 11)?,
        footprint: codec::read_footprint(blob(row, 13)?).map_err(&unreadable)?,
        verified: row.get::<_, Option<i32>>(14)?.map(Day),
    })
}

pub(super) static COUNTS: Table = Table {
    name: "counts",
    keys: &["building"],
    values: &["households", "persons", "m0", "m1", "m2", "m3", "m4", "m5"],
};

/// No counts and all zero are the same, so only what is not zero is stored.
pub(super) fn write_counts(
    pen: &mut Pen<'_>,
    building: BuildingId,
    counts: &HomeCounts,
) -> Result<(), StoreError> {
    if *counts == HomeCounts::default() {
        return pen.erase([building.get()]);
    }
    let HomeCounts { households, persons, members: [m0, m1, m2, m3, m4, m5] } = counts;
    pen.write(params![building.get(), households, persons, m0, m1, m2, m3, m4, m5])
}

pub(super) fn read_counts(row: &Row<'_>) -> Result<(BuildingId, HomeCounts), StoreError> {
    let building = id(row.get(0)?, BuildingId::new).map_err(StoreError::unreadable(COUNTS.name))?;
    let mut members = [0; 6];
    for (column, class) in (3..).zip(&mut members) {
        *class = row.get(column)?;
    }
    Ok((building, HomeCounts { households: row.get(1)?, persons: row.get(2)?, members }))
}

pub(super) static UNHOUSED: Table =
    Table { name: "unhoused", keys: &["reason"], values: &["households", "persons", "members"] };

pub(super) fn write_unhoused(
    pen: &mut Pen<'_>,
    reason: Unhoused,
    counts: &UnhousedCounts,
) -> Result<(), StoreError> {
    let UnhousedCounts { households, persons, members } = counts;
    pen.write(params![reason.word(), households.get(), persons.get(), members.get()])
}

pub(super) fn read_unhoused(row: &Row<'_>) -> Result<(Unhoused, UnhousedCounts), StoreError> {
    let reason = word(row, 0, unhoused_of_word).map_err(StoreError::unreadable(UNHOUSED.name))?;
    let counts = UnhousedCounts {
        households: Count(row.get(1)?),
        persons: Count(row.get(2)?),
        members: Count(row.get(3)?),
    };
    Ok((reason, counts))
}

pub(super) fn unhoused_of_word(word: &str) -> Option<Unhoused> {
    Unhoused::ALL.into_iter().find(|reason| reason.word() == word)
}

pub(super) static FEATURES: Table =
    Table { name: "features", keys: &["id"], values: &["code", "kind", "name", "shape"] };

pub(super) fn write_feature(pen: &mut Pen<'_>, feature: &Feature) -> Result<(), StoreError> {
    let Feature { id, code, kind, name, lines, polygons } = feature;
    let shape = codec::lines_and_polygons(lines, polygons);
    pen.write(params![id.get(), code, kind.word(), name, shape])
}

pub(super) fn read_feature(row: &Row<'_>) -> Result<Feature, StoreError> {
    let unreadable = StoreError::unreadable(FEATURES.name);
    let (lines, polygons) = codec::read_lines_and_polygons(blob(row, 4)?).map_err(&unreadable)?;
    Ok(Feature {
        id: id(row.get(0)?, FeatureId::new).map_err(&unreadable)?,
        code: row.get(1)?,
        kind: word(row, 2, FeatureKind::of_word).map_err(&unreadable)?,
        name: row.get(3)?,
        lines,
        polygons,
    })
}

pub(super) static STATIONS: Table = Table {
    name: "stations",
    keys: &["id"],
    values: &[
        "code",
        "name",
        "kind",
        "level",
        "x",
        "y",
        "floor_area",
        "hall_area",
        "serves",
        "is_open",
    ],
};

pub(super) fn write_station(pen: &mut Pen<'_>, station: &Station) -> Result<(), StoreError> {
    let Station { id, code, name, kind, level, at, floor_area, hall_area, serves, is_open } =
        station;
    pen.write(params![
        id.get(),
        code.as_str(),
        name,
        kind.word(),
        level.map(Level::word),
        at.map(|at| at.x),
        at.map(|at| at.y),
        floor_area.map(Area::get),
        hall_area.map(Area::get),
        codec::codes(serves),
        is_open,
    ])
}

pub(super) fn read_station(row: &Row<'_>) -> Result<Station, StoreError> {
    let unreadable = StoreError::unreadable(STATIONS.name);
    Ok(Station {
        id: id(row.get(0)?, StationId::new).map_err(&unreadable)?,
        code: code(row, 1).map_err(&unreadable)?,
        name: row.get(2)?,
        kind: word(row, 3, StationKind::of_word).map_err(&unreadable)?,
        level: match row.get_ref(4)? {
            rusqlite::types::ValueRef::Null => None,
            _ => Some(word(row, 4, Level::of_word).map_err(&unreadable)?),
        },
        at: pin(row, 5)?,
        floor_area: row.get::<_, Option<i64>>(7)?.map(Area),
        hall_area: row.get::<_, Option<i64>>(8)?.map(Area),
        serves: codec::read_codes(blob(row, 9)?).map_err(&unreadable)?,
        is_open: row.get(10)?,
    })
}

pub(super) static BATCHES: Table = Table {
    name: "batches",
    keys: &["id"],
    values: &[
        "kind",
        "file",
        "datum",
        "at",
        "who",
        "revision",
        "n_rows",
        "n_new",
        "n_changed",
        "n_unchanged",
        "n_gone",
        "n_refused",
        "n_issues",
        "dropped_columns",
        "issues",
    ],
};

pub(super) fn write_batch(pen: &mut Pen<'_>, batch: &Batch) -> Result<(), StoreError> {
    let Batch { id, kind, file, datum, at, who, revision, summary, dropped_columns, issues } =
        batch;
    let Summary { rows, new, changed, unchanged, gone, refused, issues: n_issues } = summary;
    pen.write(params![
        id.get(),
        kind.word(),
        file,
        datum,
        at.0,
        who,
        revision.0.cast_signed(),
        rows.cast_signed(),
        new.cast_signed(),
        changed.cast_signed(),
        unchanged.cast_signed(),
        gone.cast_signed(),
        refused.cast_signed(),
        n_issues.cast_signed(),
        codec::texts(dropped_columns),
        codec::issues(issues),
    ])
}

pub(super) fn read_batch(row: &Row<'_>) -> Result<Batch, StoreError> {
    let unreadable = StoreError::unreadable(BATCHES.name);
    let number = |column: usize| row.get::<_, i64>(column).map(i64::cast_unsigned);
    Ok(Batch {
        id: id(row.get(0)?, BatchId::new).map_err(&unreadable)?,
        kind: word(row, 1, ImportKind::of_word).map_err(&unreadable)?,
        file: row.get(2)?,
        datum: row.get(3)?,
        at: Stamp(row.get(4)?),
        who: row.get(5)?,
        revision: Revision(number(6)?),
        summary: Summary {
            rows: number(7)?,
            new: number(8)?,
            changed: number(9)?,
            unchanged: number(10)?,
            gone: number(11)?,
            refused: number(12)?,
            issues: number(13)?,
        },
        dropped_columns: codec::read_texts(blob(row, 14)?).map_err(&unreadable)?,
        issues: codec::read_issues(blob(row, 15)?).map_err(&unreadable)?,
    })
}

pub(super) static SETTINGS: Table = Table { name: "settings", keys: &["name"], values: &["value"] };

pub(super) static COUNTERS: Table = Table {
    name: "counters",
    keys: &["id"],
    values: &["area", "plan", "grid", "building", "feature", "batch", "station"],
};

pub(super) fn write_counters(pen: &mut Pen<'_>, counters: &Counters) -> Result<(), StoreError> {
    let Counters { area, plan, grid, building, feature, batch, station } = counters;
    pen.write(params![1, area, plan, grid, building, feature, batch, station])
}

pub(super) fn read_counters(row: &Row<'_>) -> Result<Counters, StoreError> {
    Ok(Counters {
        area: row.get(1)?,
        plan: row.get(2)?,
        grid: row.get(3)?,
        building: row.get(4)?,
        feature: row.get(5)?,
        batch: row.get(6)?,
        station: row.get(7)?,
    })
}

pub(super) fn id<T>(number: u32, new: impl Fn(u32) -> Option<T>) -> Result<T, CodecError> {
    new(number).ok_or(CodecError::Number)
}

/// The text of `column`; a column of the wrong type counts as no text.
fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, CodecError> {
    row.get_ref(column).ok().and_then(|value| value.as_str().ok()).ok_or(CodecError::Text)
}

pub(super) fn word<T>(
    row: &Row<'_>,
    column: usize,
    of_word: impl Fn(&str) -> Option<T>,
) -> Result<T, CodecError> {
    of_word(text(row, column)?).ok_or(CodecError::Unknown("word"))
}

pub(super) fn code(row: &Row<'_>, column: usize) -> Result<Code, CodecError> {
    Code::new(text(row, column)?).ok_or(CodecError::Unknown("code"))
}

fn maybe_code(row: &Row<'_>, column: usize) -> Result<Option<Code>, CodecError> {
    match row.get_ref(column) {
        Ok(rusqlite::types::ValueRef::Null) => Ok(None),
        _ => code(row, column).map(Some),
    }
}

/// The pin in two columns from `column` on; `None` unless both are there.
pub(super) fn pin(row: &Row<'_>, column: usize) -> Result<Option<Pin>, StoreError> {
    let (x, y): (Option<i32>, Option<i32>) = (row.get(column)?, row.get(column + 1)?);
    Ok(x.zip(y).map(|(x, y)| Pin::new(x, y)))
}

pub(super) fn blob<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r [u8], StoreError> {
    row.get_ref(column)?.as_blob().map_err(|_| StoreError::Unreadable {
        table: "a column of bytes",
        source: CodecError::Kind,
    })
}
