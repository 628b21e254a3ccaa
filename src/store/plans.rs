//! Rows of plans: the plans themselves, their grids, cuts, logs, comments, accepted warnings; overrides
//! and the day.

use std::sync::Arc;

use rusqlite::{Row, params};

use super::StoreError;
use super::codec;
use super::register::{blob, code, id, word};
use super::table::{Pen, Table};
use crate::domain::ids::{AreaId, BuildingId, Code, GridKey, PlanId};
use crate::domain::measure::{Day, Revision, Stamp};
use crate::domain::place::Pin;
use crate::domain::plan::log::{Act, Entry};
use crate::domain::plan::review::{Accepted, Comment};
use crate::domain::plan::{Cut, Grid, Plan, Status};
use crate::domain::register::rows::GridKind;

pub(super) static PLANS: Table = Table {
    name: "plans",
    keys: &["id"],
    values: &[
        "title",
        "status",
        "based_on",
        "effective_from",
        "revision",
        "areas",
        "author",
        "approver",
        "submitted_at",
        "published_at",
        "reason",
        "is_drawn",
    ],
};

pub(super) fn write_plan(pen: &mut Pen<'_>, plan: &Plan) -> Result<(), StoreError> {
    let Plan {
        id,
        title,
        status,
        based_on,
        effective_from,
        revision,
        areas,
        author,
        approver,
        submitted_at,
        published_at,
        reason,
        is_drawn,
    } = plan;
    pen.write(params![
        id.get(),
        title,
        status.word(),
        based_on.map(PlanId::get),
        effective_from.map(|day| day.0),
        revision.0.cast_signed(),
        codec::areas(areas),
        author,
        approver,
        submitted_at.map(|at| at.0),
        published_at.map(|at| at.0),
        reason,
        is_drawn,
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
        author: row.get(7)?,
        approver: row.get(8)?,
        submitted_at: row.get::<_, Option<i64>>(9)?.map(Stamp),
        published_at: row.get::<_, Option<i64>>(10)?.map(Stamp),
        reason: row.get(11)?,
        is_drawn: row.get(12)?,
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
        "predecessors",
        "is_numbered",
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
        is_numbered,
        predecessors,
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
        (!predecessors.is_empty()).then(|| codec::codes(predecessors)),
        is_numbered,
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
        predecessors: match row.get::<_, Option<Vec<u8>>>(12)? {
            Some(bytes) => codec::read_codes(&bytes).map_err(&unreadable)?,
            None => Vec::new(),
        },
        is_numbered: row.get(13)?,
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
    values: &["edit", "who", "at", "act", "of", "did", "grids", "areas", "why"],
};

pub(super) fn write_entry(
    pen: &mut Pen<'_>,
    plan: PlanId,
    entry: &Entry,
) -> Result<(), StoreError> {
    let Entry { revision, id, who, at, act, did, grids, areas, why } = entry;
    let (act, of) = match act {
        Act::Start => ("start", None),
        Act::Edit => ("edit", None),
        Act::Undo(of) => ("undo", Some(of)),
        Act::Redo(of) => ("redo", Some(of)),
        Act::Life => ("life", None),
        Act::Rebase => ("rebase", None),
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
        why,
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
        "life" => Act::Life,
        "rebase" => Act::Rebase,
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
        why: row.get(10)?,
    };
    Ok((id(row.get(0)?, PlanId::new).map_err(&unreadable)?, entry))
}

pub(super) static TODAY: Table = Table { name: "today", keys: &["id"], values: &["day"] };

pub(super) static ACCEPTED: Table =
    Table { name: "accepted", keys: &["plan", "name"], values: &["who", "at", "reason"] };

pub(super) fn write_accepted(
    pen: &mut Pen<'_>,
    plan: PlanId,
    key: &str,
    accepted: &Accepted,
) -> Result<(), StoreError> {
    let Accepted { who, at, reason } = accepted;
    pen.write(params![plan.get(), key, who, at.0, reason])
}

pub(super) fn read_accepted(row: &Row<'_>) -> Result<(PlanId, Box<str>, Accepted), StoreError> {
    let unreadable = StoreError::unreadable(ACCEPTED.name);
    let plan = id(row.get(0)?, PlanId::new).map_err(&unreadable)?;
    let accepted = Accepted { who: row.get(2)?, at: Stamp(row.get(3)?), reason: row.get(4)? };
    Ok((plan, row.get(1)?, accepted))
}

pub(super) static COMMENTS: Table = Table {
    name: "comments",
    keys: &["plan", "number"],
    values: &["body", "x", "y", "grid", "who", "at", "resolved_by", "resolved_at"],
};

pub(super) fn write_comment(
    pen: &mut Pen<'_>,
    plan: PlanId,
    number: u32,
    comment: &Comment,
) -> Result<(), StoreError> {
    let Comment { text, place, grid, who, at, resolved } = comment;
    let (by, when) = resolved.as_ref().map(|(by, when)| (by, when.0)).unzip();
    pen.write(params![
        plan.get(),
        number,
        text,
        place.map(|pin| pin.x),
        place.map(|pin| pin.y),
        grid.as_ref().map(Code::as_str),
        who,
        at.0,
        by,
        when,
    ])
}

pub(super) fn read_comment(row: &Row<'_>) -> Result<(PlanId, u32, Comment), StoreError> {
    let unreadable = StoreError::unreadable(COMMENTS.name);
    let grid = match row.get::<_, Option<String>>(5)? {
        Some(text) => Some(Code::new(&text).ok_or_else(|| unreadable(codec::CodecError::Number))?),
        None => None,
    };
    let resolved = row.get::<_, Option<Box<str>>>(8)?.zip(row.get::<_, Option<i64>>(9)?);
    let place = row.get::<_, Option<i32>>(3)?.zip(row.get::<_, Option<i32>>(4)?);
    let comment = Comment {
        text: row.get(2)?,
        place: place.map(|(x, y)| Pin::new(x, y)),
        grid,
        who: row.get(6)?,
        at: Stamp(row.get(7)?),
        resolved: resolved.map(|(by, when)| (by, Stamp(when))),
    };
    Ok((id(row.get(0)?, PlanId::new).map_err(&unreadable)?, row.get(1)?, comment))
}

pub(super) static OVERRIDES: Table =
    Table { name: "overrides", keys: &["building"], values: &["grid"] };

pub(super) fn read_override(row: &Row<'_>) -> Result<(BuildingId, GridKey), StoreError> {
    let unreadable = StoreError::unreadable(OVERRIDES.name);
    let building = id(row.get(0)?, BuildingId::new).map_err(&unreadable)?;
    Ok((building, id(row.get(1)?, GridKey::new).map_err(&unreadable)?))
}
