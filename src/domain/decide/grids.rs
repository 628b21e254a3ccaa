//! Grids: polygons or lists become a published plan; names and keepers are changed in place.
//!
//! Within a community the file's grids stand before the ones already held; among the file's own,
//! ground claimed twice goes to the lower code. Only communities whose shapes changed get a new plan.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::Draft;
use super::border::Border;
use super::buildings::CommunityNames;
use super::lifecycle::day_fact;
use crate::domain::change::{Fact, Turned};
use crate::domain::fabric::outline::outline;
use crate::domain::fabric::weave::{Flaw, FlawKind, Weave, Woven, weave};
use crate::domain::ids::{AreaId, Code, GridKey, PlanId};
use crate::domain::issue::{Issue, Severity};
use crate::domain::measure::{Day, Stamp};
use crate::domain::place::{Pin, Polygon, digest};
use crate::domain::plan::{Cut, Grid, Plan, Status, calendar};
use crate::domain::register::area::Level;
use crate::domain::register::rows::GridRow;
use crate::domain::rights::Actor;

pub(super) fn decide_grids(
    draft: &mut Draft<'_>,
    rows: Vec<GridRow>,
    file: &str,
    tolerance_m: f64,
    effective: Day,
    (actor, now): (&Actor, Stamp),
) {
    list_buildings(draft, &rows);
    let by_community = by_community(draft, rows);
    let plan = PlanId::new(draft.counters.plan).expect("counters begin at 1");
    let mut border = Border::new(
        Arc::clone(draft.world.areas().ground()),
        draft.world.plans().cuts().map(|(key, cut)| (key, Arc::clone(cut))).collect(),
    );
    let mut redrawn: Vec<AreaId> = Vec::new();
    // What counts on the file's first day is what the file is held against.
    let plans = draft.world.plans();
    let in_force = calendar::in_force(plans.all().map(|plan| &**plan), Some(effective));
    for (community, mut rows) in by_community {
        rows.sort_by(|a, b| a.code.cmp(&b.code));
        let held = in_force.get(&community).copied();
        if decide_community(draft, &mut border, plan, (community, held), rows, tolerance_m) {
            redrawn.push(community);
        }
    }
    if redrawn.is_empty() {
        return;
    }
    draft.counters.plan += 1;
    redrawn.sort_unstable();
    let title = file.rsplit_once('.').map_or(file, |(stem, _)| stem).into();
    let record = Plan {
        status: Status::Published,
        effective_from: Some(effective),
        author: actor.name.clone(),
        published_at: Some(now),
        is_drawn: false,
        ..Plan::draft(plan, title, redrawn, draft.world.revision().next())
    };
    // A plan for a later day must find the book open today, or it would be taken for one that has come.
    let today = draft.world.brief().today;
    if today < Some(effective) || draft.world.day().is_some() {
        draft.change.facts.extend(day_fact(draft.world, today));
    }
    draft.fact(Fact::Plan(plan, Turned::new(None, Some(Arc::new(record)))));
    border.write(draft);
}

/// Rows by the community they belong to: stated, else told by the code, else by where the shape lies.
fn by_community(draft: &mut Draft<'_>, rows: Vec<GridRow>) -> BTreeMap<AreaId, Vec<GridRow>> {
    let world = draft.world;
    let names = CommunityNames::new(world);
    let areas = world.areas();
    let mut found: BTreeMap<AreaId, Vec<GridRow>> = BTreeMap::new();
    for row in rows {
        let stated = match &row.community {
            Some(text) => names.find(text),
            None => None,
        };
        let by_code = || {
            let code = row.code.as_str();
            (1..code.len())
                .rev()
                .filter(|&len| code.is_char_boundary(len))
                .find_map(|len| names.find(&code[..len]))
        };
        let by_place = || {
            let inside = crate::domain::fabric::pole::pole(&row.shape)?;
            areas.get(areas.at(inside)?).map(|record| record.code.clone())
        };
        let code = if row.community.is_some() { stated } else { by_code().or_else(by_place) };
        let community = code
            .and_then(|code| areas.by_code(code.as_str()))
            .filter(|record| record.level == Level::Community && areas.shape(record.id).is_some());
        match community {
            Some(record) => found.entry(record.id).or_default().push(row),
            None => draft.refuse(
                Issue::new("row.unknown-community", Severity::Stop).row(row.row).subject(&row.code),
            ),
        }
    }
    found
}

/// One community's rows: unchanged ones are counted, keepers changed in place, shapes woven anew.
/// Returns whether the community gets a new plan.
fn decide_community(
    draft: &mut Draft<'_>,
    border: &mut Border,
    plan: PlanId,
    (community, current): (AreaId, Option<PlanId>),
    rows: Vec<GridRow>,
    tolerance_m: f64,
) -> bool {
    let world = draft.world;
    let held: HashMap<Code, Arc<Grid>> = current
        .into_iter()
        .flat_map(|plan| world.plans().grids(plan))
        .filter(|grid| grid.community == community)
        .map(|grid| (grid.code.clone(), Arc::clone(grid)))
        .collect();
    let is_redrawn = rows.iter().any(|row| {
        held.get(&row.code)
            .is_none_or(|grid| !row.shape.is_empty() && grid.source_digest != digest(&row.shape))
    });
    let in_file: BTreeSet<Code> = rows.iter().map(|row| row.code.clone()).collect();
    draft.summary.gone += held.keys().filter(|code| !in_file.contains(*code)).count() as u64;
    let mut shapes: Vec<(GridKey, Code, Vec<Polygon>)> = Vec::new();
    let row_of: HashMap<Code, u32> = rows.iter().map(|row| (row.code.clone(), row.row)).collect();
    for row in rows {
        let before = held.get(&row.code);
        // A code that named a grid in the past names it again.
        let owner = || world.brief().owners.get(&row.code).copied();
        let key = before.map(|grid| grid.key).or_else(owner).unwrap_or_else(|| {
            let key = GridKey::new(draft.counters.grid).expect("counters begin at 1");
            draft.counters.grid += 1;
            key
        });
        let shape = if row.shape.is_empty() {
            held_shape(draft, current, community, key)
        } else {
            row.shape.clone()
        };
        let after = grid(
            row,
            if is_redrawn { plan } else { current.unwrap_or(plan) },
            key,
            community,
            before,
        );
        // The plan a grid is in is no property of the grid: compare as if it were the held one.
        let as_held = Grid { plan: before.map_or(after.plan, |grid| grid.plan), ..after.clone() };
        let is_new_content = draft.compare(before.map(|grid| &**grid), &as_held);
        if is_redrawn {
            // What it came from was told with the plan before.
            let fresh = Grid { predecessors: Vec::new(), ..after.clone() };
            draft.fact(Fact::Grid(plan, key, Turned::new(None, Some(Arc::new(fresh)))));
        } else if is_new_content {
            draft.fact(Fact::Grid(
                after.plan,
                key,
                Turned::new(before.cloned(), Some(Arc::new(after.clone()))),
            ));
        }
        shapes.push((key, after.code, shape));
    }
    if !is_redrawn {
        return false;
    }
    let n_new = shapes.len();
    let mut kept: Vec<&Arc<Grid>> =
        held.values().filter(|grid| !in_file.contains(&grid.code)).collect();
    kept.sort_by(|a, b| a.code.cmp(&b.code));
    for grid in &kept {
        shapes.push((grid.key, grid.code.clone(), held_shape(draft, current, community, grid.key)));
    }
    let cut = weave_community(draft, border, community, &shapes, n_new, &row_of, tolerance_m);
    // A held grid that lost all its ground to the file's is no more.
    for grid in kept {
        if cut.0.colors.contains(&Some(grid.key)) {
            let after = Arc::new(Grid { plan, ..Grid::clone(grid) });
            draft.fact(Fact::Grid(plan, grid.key, Turned::new(None, Some(after))));
        }
    }
    border.put(plan, community, cut.0, &cut.1);
    true
}

fn grid(
    row: GridRow,
    plan: PlanId,
    key: GridKey,
    community: AreaId,
    held: Option<&Arc<Grid>>,
) -> Grid {
    let GridRow {
        row: _,
        code,
        name,
        community: _,
        kind,
        buildings: _,
        head,
        manager,
        work_phone,
        shape,
    } = row;
    let keep = |text: Box<str>, held: Option<&str>| {
        if text.is_empty() { held.unwrap_or("").into() } else { text }
    };
    Grid {
        plan,
        key,
        code,
        name: keep(name, held.map(|grid| &*grid.name)),
        community,
        kind,
        head: keep(head, held.map(|grid| &*grid.head)),
        manager: keep(manager, held.map(|grid| &*grid.manager)),
        work_phone: keep(work_phone, held.map(|grid| &*grid.work_phone)),
        source_digest: match digest(&shape) {
            0 => held.map_or(0, |grid| grid.source_digest),
            digest => digest,
        },
        is_locked: held.is_some_and(|grid| grid.is_locked),
        is_detached: held.is_some_and(|grid| grid.is_detached),
        is_numbered: false,
        predecessors: held.map(|grid| grid.predecessors.clone()).unwrap_or_default(),
    }
}

fn held_shape(
    draft: &Draft<'_>,
    plan: Option<PlanId>,
    community: AreaId,
    key: GridKey,
) -> Vec<Polygon> {
    let cut = plan.and_then(|plan| draft.world.plans().cut(plan, community));
    cut.map_or_else(Vec::new, |cut| {
        outline(&cut.fabric, |cell| cut.colors[cell.index()] == Some(key))
    })
}

type PinnedCut = (Cut, Vec<(Pin, Pin, Pin)>);

/// Weaves one community's grids inside its border. The first `n_new` shapes come from the file.
fn weave_community(
    draft: &mut Draft<'_>,
    border: &Border,
    community: AreaId,
    shapes: &[(GridKey, Code, Vec<Polygon>)],
    n_new: usize,
    row_of: &HashMap<Code, u32>,
    tolerance_m: f64,
) -> PinnedCut {
    let boundary = border.outline(community);
    let polygons: Vec<Vec<Polygon>> = shapes.iter().map(|(_, _, shape)| shape.clone()).collect();
    let woven = weave(&Weave {
        shapes: &polygons,
        boundary: Some(&boundary),
        lines: &[],
        tolerance: tolerance_m,
    });
    let codes: Vec<Code> = shapes.iter().map(|(_, code, _)| code.clone()).collect();
    let is_from_file = |issue: &Issue| {
        let in_file = |code: &Code| codes[..n_new].contains(code);
        // A new grid that takes ground from a held one does what was asked.
        issue.code != "fabric.overlap" || issue.subjects.iter().all(in_file)
    };
    let notes: Vec<Issue> = woven_issues(&woven, &codes).into_iter().filter(is_from_file).collect();
    for note in &notes {
        let mut issue = note.clone();
        issue.row = issue.subjects.iter().find_map(|code| row_of.get(code).copied());
        draft.issue(issue);
    }
    // Gaps are ground the world holds: they need no note to be found again.
    let notes = notes.into_iter().filter(|note| note.code != "fabric.gap").collect();
    let colors =
        woven.owners.iter().map(|owner| owner.map(|shape| shapes[shape as usize].0)).collect();
    (Cut { fabric: Arc::new(woven.fabric), colors, notes, links: Vec::new() }, woven.inserted)
}

/// Grids named by lists: buildings learn which grid claims them.
fn list_buildings(draft: &mut Draft<'_>, rows: &[GridRow]) {
    for row in rows {
        for code in &row.buildings {
            let Some(id) = draft.world.town().id_of(code.as_str()) else {
                let issue = Issue::new("row.unknown-building", Severity::Warning);
                draft.issue(issue.row(row.row).subject(&row.code).subject(code));
                continue;
            };
            let (_, housing, home_row) =
                draft.world.town().find(id).expect("codes name held buildings");
            let before = housing.homes.building(home_row);
            if before.listed_grid.as_ref() != Some(&row.code) {
                let after = crate::domain::register::building::Building {
                    listed_grid: Some(row.code.clone()),
                    ..before.clone()
                };
                draft.fact(Fact::Building(
                    id,
                    Turned::new(Some(Arc::new(before)), Some(Arc::new(after))),
                ));
            }
        }
    }
}

/// What weaving found, as issues that name codes.
pub(super) fn woven_issues(woven: &Woven, codes: &[Code]) -> Vec<Issue> {
    let issue = |flaw: &Flaw| {
        let severity = match flaw.kind {
            FlawKind::Overlap
            | FlawKind::Gap
            | FlawKind::Outside
            | FlawKind::Swallowed
            | FlawKind::Degenerate => Severity::Warning,
            FlawKind::Snapped | FlawKind::InvalidRing => Severity::Note,
            FlawKind::Broken => Severity::Stop,
        };
        let place = flaw.place.iter().copied();
        let mut issue = Issue::new(flaw.kind.code(), severity).place(place).figure(flaw.figure);
        issue.subjects = flaw.shapes.iter().map(|&shape| codes[shape as usize].clone()).collect();
        issue
    };
    woven.flaws.iter().map(issue).collect()
}
