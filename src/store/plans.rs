//! Rows of plans: the plans themselves, their grids, their cuts, their logs, and overrides.

use std::sync::Arc;

use rusqlite::{Row, params};

use super::StoreError;
use super::codec;
use super::register::{blob, code, id, word};
use super::table::{Pen, Table};
use crate::domain::ids::{AreaId, BuildingId, GridKey, PlanId};
use crate::domain::measure::{Day, Revision, Stamp};
use crate::domain::plan::log::{Act, Entry};
use crate::domain::plan::{Cut, Grid, Plan, Status};
use crate::domain::register::rows::GridKind;

pub(super) static PLANS: Table = Table {
    name: "plans",
    keys: &["id"],
    values: &["title", "status", "based_on", "effective_from", "revision", "areas"],
};

pub(super) fn write_plan(pen: &mut Pen<'_>, plan: &Plan) -> Result<(), StoreError> {
    let Plan { id, title, status, based_on, effective_from, revision, areas } = plan;
    pen.write(params![
        id.get(),
        title,
        status.word(),
        based_on.map(PlanId::get),
        effective_from.map(|day| day.0),
        revision.0.cast_signed(),
        codec::areas(areas),
    ])
}

pub(super) fn read_plan(row: &Row<'_>) -> Result<Plan, StoreError> {
    let unreadable = StoreError::unreadable(PLANS.name);
    Ok(Plan {
        id: id(row.get(0)?, PlanId::new).map_err(&unreadable)?,
        title: row.get(1)?,
        status: word(row, 2, Status::of_word).map_err(&unreadable)?,
        based_on: row.get::<_, Option<u32>>(3)?.and_then(PlanId::new),
        effective_from: row.get::<_, Option<i32>>(4)?.map(Day),
        revision: Revision(row.get::<_, i64>(5)?.cast_unsigned()),
        areas: codec::read_areas(blob(row, 6)?).map_err(&unreadable)?,
    })
}

pub(super) static GRIDS: Table = Table {
    name: "grids",
    keys: &["plan", "grid"],
    values: &[
        "code",
        "name",
        "community",
        "kind",
        "head",
        "manager",
        "work_phone",
        "source_digest",
        "is_locked",
        "is_detached",
    ],
};

pub(super) fn write_grid(pen: &mut Pen<'_>, grid: &Grid) -> Result<(), StoreError> {
    let Grid {
        plan,
        key,
        code,
        name,
        community,
        kind,
        head,
        manager,
        work_phone,
        source_digest,
        is_locked,
        is_detached,
    } = grid;
    pen.write(params![
        plan.get(),
        key.get(),
        code.as_str(),
        name,
        community.get(),
        kind.word(),
        head,
        manager,
        work_phone,
        source_digest.cast_signed(),
        is_locked,
        is_detached,
    ])
}

pub(super) fn read_grid(row: &Row<'_>) -> Result<Grid, StoreError> {
    let unreadable = StoreError::unreadable(GRIDS.name);
    Ok(Grid {
        plan: id(row.get(0)?, PlanId::new).map_err(&unreadable)?,
        key: id(row.get(1)?, GridKey::new).map_err(&unreadable)?,
        code: code(row, 2).map_err(&unreadable)?,
        name: row.get(3)?,
        community: id(row.get(4)?, AreaId::new).map_err(&unreadable)?,
        kind: word(row, 5, GridKind::of_word).map_err(&unreadable)?,
        head: row.get(6)?,
        manager: row.get(7)?,
        work_phone: row.get(8)?,
        source_digest: row.get::<_, i64>(9)?.cast_unsigned(),
        is_locked: row.get(10)?,
        is_detached: row.get(11)?,
    })
}

pub(super) static CUTS: Table =
    Table { name: "cuts", keys: &["plan", "area"], values: &["body", "colors"] };

/// The same rows where only the colors change.
pub(super) static COLORS: Table =
    Table { name: "cuts", keys: &["plan", "area"], values: &["colors"] };

pub(super) fn write_cut(
    pen: &mut Pen<'_>,
    plan: PlanId,
    area: AreaId,
    cut: &Cut,
) -> Result<(), StoreError> {
    pen.write(params![plan.get(), area.get(), codec::cut(cut), None::<Vec<u8>>])
}

/// Whether two cuts differ in their colors at most, so that the colors are all there is to write.
pub(super) fn is_recolored(before: &Cut, after: &Cut) -> bool {
    let has_same_ground =
        Arc::ptr_eq(&before.fabric, &after.fabric) || before.fabric == after.fabric;
    has_same_ground && before.notes == after.notes && before.links == after.links
}

pub(super) fn read_cut(row: &Row<'_>) -> Result<(PlanId, AreaId, Cut), StoreError> {
    let unreadable = StoreError::unreadable(CUTS.name);
    let plan = id(row.get(0)?, PlanId::new).map_err(&unreadable)?;
    let area = id(row.get(1)?, AreaId::new).map_err(&unreadable)?;
    let mut cut = codec::read_cut(blob(row, 2)?).map_err(&unreadable)?;
    if let Some(newer) = row.get::<_, Option<Vec<u8>>>(3)? {
        let colors = codec::read_colors_alone(&newer).map_err(&unreadable)?;
        if colors.len() != cut.fabric.n_cells() {
            return Err(unreadable(codec::CodecError::Number));
        }
        cut.colors = colors;
    }
    Ok((plan, area, cut))
}

pub(super) static PLAN_LOG: Table = Table {
    name: "plan_log",
    keys: &["plan", "revision"],
    values: &["edit", "who", "at", "act", "of", "did", "grids", "areas"],
};

pub(super) fn write_entry(
    pen: &mut Pen<'_>,
    plan: PlanId,
    entry: &Entry,
) -> Result<(), StoreError> {
    let Entry { revision, id, who, at, act, did, grids, areas } = entry;
    let (act, of) = match act {
        Act::Start => ("start", None),
        Act::Edit => ("edit", None),
        Act::Undo(of) => ("undo", Some(of)),
        Act::Redo(of) => ("redo", Some(of)),
    };
    pen.write(params![
        plan.get(),
        revision.0.cast_signed(),
        id,
        who,
        at.0,
        act,
        of.map(|of| of.0.cast_signed()),
        codec::did(did),
        codec::grids(grids),
        codec::areas(areas),
    ])
}

pub(super) fn read_entry(row: &Row<'_>) -> Result<(PlanId, Entry), StoreError> {
    let unreadable = StoreError::unreadable(PLAN_LOG.name);
    let revision =
        |column| Ok::<_, StoreError>(Revision(row.get::<_, i64>(column)?.cast_unsigned()));
    let act = match row.get_ref(5)?.as_str().unwrap_or_default() {
        "start" => Act::Start,
        "edit" => Act::Edit,
        "undo" => Act::Undo(revision(6)?),
        "redo" => Act::Redo(revision(6)?),
        _ => return Err(unreadable(codec::CodecError::Unknown("act"))),
    };
    let entry = Entry {
        revision: revision(1)?,
        id: row.get(2)?,
        who: row.get(3)?,
        at: Stamp(row.get(4)?),
        act,
        did: codec::read_did(blob(row, 7)?).map_err(&unreadable)?,
        grids: codec::read_grids(blob(row, 8)?).map_err(&unreadable)?,
        areas: codec::read_areas(blob(row, 9)?).map_err(&unreadable)?,
    };
    Ok((id(row.get(0)?, PlanId::new).map_err(&unreadable)?, entry))
}

pub(super) static OVERRIDES: Table =
    Table { name: "overrides", keys: &["building"], values: &["grid"] };

pub(super) fn read_override(row: &Row<'_>) -> Result<(BuildingId, GridKey), StoreError> {
    let unreadable = StoreError::unreadable(OVERRIDES.name);
    let building = id(row.get(0)?, BuildingId::new).map_err(&unreadable)?;
    Ok((building, id(row.get(1)?, GridKey::new).map_err(&unreadable)?))
}
