//! Areas: the hierarchy from codes and parents, the ground from the shapes of the lowest areas.
//!
//! Only areas without shaped children have ground of their own; a district's outline is the union of
//! its communities. Ground claimed twice goes to the lower code. When the ground of a community that
//! already has grids changes, its cuts are woven anew inside the new border. Areas that are abolished and
//! merged are the business of `lineage`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::Draft;
use super::border::Border;
use super::grids::woven_issues;
use super::lineage::{Merger, admit};
use crate::domain::change::{AreaGround, Fact, Turned};
use crate::domain::fabric::stitch::{knots_on, split_at};
use crate::domain::fabric::weave::{Weave, weave};
use crate::domain::ids::{AreaId, Code, PlanId};
use crate::domain::issue::{Issue, Severity};
use crate::domain::measure::{Day, Stamp};
use crate::domain::place::{Pin, Polygon, digest};
use crate::domain::plan::Cut;
use crate::domain::register::area::{AreaRecord, Level};
use crate::domain::register::rows::AreaRow;
use crate::domain::rights::Actor;

pub(super) fn decide_areas(
    draft: &mut Draft<'_>,
    rows: Vec<AreaRow>,
    file: &str,
    tolerance_m: f64,
    effective: Day,
    (actor, now): (&Actor, Stamp),
) {
    let (rows, merger) = admit(draft, rows, effective);
    let mut records: BTreeMap<AreaId, Arc<AreaRecord>> = draft.world.areas().records().clone();
    let mut new_shapes: HashMap<AreaId, Vec<Polygon>> = HashMap::new();
    let ids = assign_ids(draft, &rows);
    for row in &rows {
        let id = ids[&row.code];
        let before = records.get(&id).cloned();
        let lineage = merger.lineage_of(row, before.as_deref());
        let shape_digest = digest(&row.shape);
        let held_digest = before.as_ref().map_or(0, |held| held.source_digest);
        if shape_digest != 0 && shape_digest != held_digest && lineage.to.is_none() {
            new_shapes.insert(id, row.shape.clone());
        }
        let after = AreaRecord {
            id,
            code: row.code.clone(),
            name: row.name.clone(),
            level: level_of(row),
            parent: parent_of(draft, row, &ids),
            kind: row.kind.clone(),
            stated_households: row.households,
            stated_population: row.population,
            // A list of names keeps the ground that is there.
            source_digest: if shape_digest == 0 { held_digest } else { shape_digest },
            lineage,
        };
        records.insert(id, Arc::new(after));
    }
    let merger = merger.settle(draft, &ids, &mut records);
    let mut changed: Vec<Arc<AreaRecord>> = Vec::new();
    for (id, after) in &records {
        let before = draft.world.areas().get(*id).cloned();
        let is_in_file = ids.get(&after.code) == Some(id);
        if !is_in_file && before.as_ref() == Some(after) {
            continue;
        }
        if draft.compare(before.as_deref(), after) {
            changed.extend(before.clone());
            draft.fact(Fact::Area(*id, Turned::new(before, Some(Arc::clone(after)))));
        }
    }
    merger.claim_ground(draft, &mut new_shapes);
    let Some(mut border) = reground(draft, &records, &new_shapes, &merger, &rows, tolerance_m)
    else {
        return;
    };
    recut(draft, &mut border, &merger, tolerance_m);
    merger.keep_era(draft, changed);
    merger.take_over(draft, &mut border, &records, (file, tolerance_m), (actor, now));
    border.write(draft);
}

/// Ids of the rows' codes: held ones, or new ones in the order of the file.
fn assign_ids(draft: &mut Draft<'_>, rows: &[AreaRow]) -> HashMap<Code, AreaId> {
    let mut ids = HashMap::new();
    for row in rows {
        let held = draft.world.areas().by_code(row.code.as_str()).map(|record| record.id);
        let id = held.unwrap_or_else(|| {
            let id = AreaId::new(draft.counters.area).expect("counters begin at 1");
            draft.counters.area += 1;
            id
        });
        ids.insert(row.code.clone(), id);
    }
    ids
}

/// Stated level, else by the length of the code: 6 district, 9 subdistrict, anything else community.
fn level_of(row: &AreaRow) -> Level {
    let is_number = row.code.as_str().bytes().all(|byte| byte.is_ascii_digit());
    row.level.unwrap_or(match row.code.as_str().len() {
        4 if is_number => Level::City,
        6 if is_number => Level::District,
        9 if is_number => Level::Subdistrict,
        _ => Level::Community,
    })
}

/// Stated parent, else the known area whose code this one's code begins with, longest first.
fn parent_of(draft: &mut Draft<'_>, row: &AreaRow, ids: &HashMap<Code, AreaId>) -> Option<AreaId> {
    let world = draft.world;
    let known = |code: &str| {
        ids.get(code).copied().or_else(|| world.areas().by_code(code).map(|record| record.id))
    };
    if let Some(parent) = &row.parent {
        let found = known(parent.as_str()).filter(|_| *parent != row.code);
        if found.is_none() {
            let issue = Issue::new("row.unknown-parent", Severity::Warning);
            draft.issue(issue.row(row.row).subject(&row.code).subject(parent));
        }
        return found;
    }
    let code = row.code.as_str();
    [9, 6, 4]
        .into_iter()
        .filter(|&len| code.len() > len && code.is_char_boundary(len))
        .find_map(|len| known(&code[..len]))
}

/// Weaves the ground of all lowest areas, old and new; `None` where none is another.
fn reground(
    draft: &mut Draft<'_>,
    records: &BTreeMap<AreaId, Arc<AreaRecord>>,
    new_shapes: &HashMap<AreaId, Vec<Polygon>>,
    merger: &Merger,
    rows: &[AreaRow],
    tolerance_m: f64,
) -> Option<Border> {
    let areas = draft.world.areas();
    if new_shapes.is_empty() && !merger.gives_up_ground(draft.world) {
        return None;
    }
    let is_held = |id: &AreaId| new_shapes.contains_key(id) || areas.shape(*id).is_some();
    let has_ground = |id: &AreaId| is_held(id) && !records[id].is_abolished();
    let parents: BTreeSet<AreaId> = records
        .values()
        .filter(|record| has_ground(&record.id))
        .filter_map(|record| record.parent)
        .collect();
    let mut leaves: Vec<AreaId> =
        records.keys().filter(|id| has_ground(id) && !parents.contains(id)).copied().collect();
    leaves.sort_by(|a, b| records[a].code.cmp(&records[b].code));
    let shapes: Vec<Vec<Polygon>> = leaves
        .iter()
        .map(|id| new_shapes.get(id).cloned().unwrap_or_else(|| areas.outline(*id)))
        .collect();
    let woven =
        weave(&Weave { shapes: &shapes, boundary: None, lines: &[], tolerance: tolerance_m });
    let codes: Vec<Code> = leaves.iter().map(|id| records[id].code.clone()).collect();
    let row_of: HashMap<&Code, u32> = rows.iter().map(|row| (&row.code, row.row)).collect();
    let notes = woven_issues(&woven, &codes);
    for issue in &notes {
        let mut issue = issue.clone();
        issue.row = issue.subjects.iter().find_map(|code| row_of.get(code).copied());
        draft.issue(issue);
    }
    let colors = woven.owners.iter().map(|owner| owner.map(|leaf| leaves[leaf as usize])).collect();
    // Borders stay knotted where grids of either side end on them.
    let fabric = split_at(&woven.fabric, &border_knots(draft));
    let ground = AreaGround { fabric: Arc::new(fabric), colors, notes };
    Some(Border::new(
        Arc::new(ground),
        draft.world.plans().cuts().map(|(key, cut)| (key, Arc::clone(cut))).collect(),
    ))
}

/// Pins where seams of grids end on the border of their community.
fn border_knots(draft: &Draft<'_>) -> HashSet<Pin> {
    draft.world.plans().cuts().flat_map(|(_, cut)| knots_on(&cut.fabric)).collect()
}

/// Weaves the grids of every community whose border moved inside its new border.
///
/// Where communities were merged nothing is woven anew: what counted there is history.
fn recut(draft: &mut Draft<'_>, border: &mut Border, merger: &Merger, tolerance_m: f64) {
    let keys: Vec<(PlanId, AreaId)> = border.cuts().keys().copied().collect();
    for (plan, community) in keys {
        let outline = border.outline(community);
        if merger.concerns(community) {
            continue;
        }
        if outline == draft.world.areas().outline(community) || outline.is_empty() {
            continue;
        }
        let cut = Arc::clone(&border.cuts()[&(plan, community)]);
        let mut keys: Vec<_> = cut.colors.iter().flatten().copied().collect();
        keys.sort_unstable();
        keys.dedup();
        let shapes: Vec<Vec<Polygon>> = keys
            .iter()
            .map(|key| {
                crate::domain::fabric::outline::outline(&cut.fabric, |cell| {
                    cut.colors[cell.index()] == Some(*key)
                })
            })
            .collect();
        let woven = weave(&Weave {
            shapes: &shapes,
            boundary: Some(&outline),
            lines: &[],
            tolerance: tolerance_m,
        });
        let codes: Vec<Code> = keys
            .iter()
            .filter_map(|key| draft.world.plans().grid(plan, *key).map(|grid| grid.code.clone()))
            .collect();
        let mut notes = cut.notes.clone();
        notes.extend(woven_issues(&woven, &codes));
        let colors =
            woven.owners.iter().map(|owner| owner.map(|shape| keys[shape as usize])).collect();
        let woven_cut =
            Cut { fabric: Arc::new(woven.fabric), colors, notes, links: cut.links.clone() };
        border.put(plan, community, woven_cut, &woven.inserted);
    }
}
