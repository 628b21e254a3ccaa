//! Rows of plans: the plans themselves, their grids, their cuts, and overrides.

use rusqlite::{Row, params};

use super::StoreError;
use super::codec;
use super::register::{blob, code, id, word};
use super::table::{Pen, Table};
use crate::domain::ids::{AreaId, BuildingId, GridKey, PlanId};
use crate::domain::measure::{Day, Revision};
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
    ],
};

pub(super) fn write_grid(pen: &mut Pen<'_>, grid: &Grid) -> Result<(), StoreError> {
    let Grid { plan, key, code, name, community, kind, head, manager, work_phone, source_digest } =
        grid;
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
    })
}

pub(super) static CUTS: Table = Table { name: "cuts", keys: &["plan", "area"], values: &["body"] };

pub(super) fn write_cut(
    pen: &mut Pen<'_>,
    plan: PlanId,
    area: AreaId,
    cut: &Cut,
) -> Result<(), StoreError> {
    pen.write(params![plan.get(), area.get(), codec::cut(cut)])
}

pub(super) fn read_cut(row: &Row<'_>) -> Result<(PlanId, AreaId, Cut), StoreError> {
    let unreadable = StoreError::unreadable(CUTS.name);
    let plan = id(row.get(0)?, PlanId::new).map_err(&unreadable)?;
    let area = id(row.get(1)?, AreaId::new).map_err(&unreadable)?;
    Ok((plan, area, codec::read_cut(blob(row, 2)?).map_err(&unreadable)?))
}

pub(super) static OVERRIDES: Table =
    Table { name: "overrides", keys: &["building"], values: &["grid"] };

pub(super) fn read_override(row: &Row<'_>) -> Result<(BuildingId, GridKey), StoreError> {
    let unreadable = StoreError::unreadable(OVERRIDES.name);
    let building = id(row.get(0)?, BuildingId::new).map_err(&unreadable)?;
    Ok((building, id(row.get(1)?, GridKey::new).map_err(&unreadable)?))
}
