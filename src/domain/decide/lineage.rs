//! Areas abolished and merged (撤并): which rows may say so, and what goes over to whom.
//!
//! An area that another names as its predecessor is abolished on that one's first day, unless the same file
//! goes on with it, with a shape of its own and no last day. What is abolished keeps its code for ever. Its
//! ground goes to the areas that came of it: by their shapes, or as it is where they bring none. The map
//! of areas as it was is put down as an era, so that days before answer as they did.
//!
//! Grids go on: a plan of the successors begins on that day with every grid of the predecessors, its key,
//! code, name, head and manager as they were. Of a grid that the new borders cut the larger part goes on,
//! the others are new and name it as predecessor. The plan speaks of the predecessors too, and holds nothing
//! there: so what counted in them ends by the same rule by which any plan ends another.
//!
//! **Why** one day a file, never before the last one: each era is then a whole map, and no map has to be
//! worked out from pieces of others.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::Draft;
use super::border::Border;
use super::lifecycle::{Registry, day_fact, today};
use crate::domain::change::{AreaEra, Fact, Turned};
use crate::domain::fabric::outline::{cell_area, outline};
use crate::domain::fabric::weave::{Weave, Woven, weave};
use crate::domain::ids::{AreaId, Code, GridKey, PlanId};
use crate::domain::issue::{Issue, Severity};
use crate::domain::measure::{Area, Day, Stamp};
use crate::domain::place::{Polygon, digest};
use crate::domain::plan::{Cut, Grid, Plan, Status};
use crate::domain::register::area::{AreaRecord, Level, Lineage};
use crate::domain::register::rows::AreaRow;
use crate::domain::rights::Actor;
use crate::domain::world::World;

/// What a file abolishes, and what comes of it. Empty for most files.
#[derive(Debug, Default)]
pub(super) struct Merger {
    day: Option<Day>,
    /// Areas that are no more from that day.
    gone: BTreeSet<AreaId>,
    /// Codes that name some of them as predecessors, until their ids are known.
    successors: BTreeMap<Code, Vec<AreaId>>,
    /// The same by id.
    heirs: BTreeMap<AreaId, Vec<AreaId>>,
    newcomers: Vec<AreaId>,
}

/// Rows that may be taken, and what they abolish. Refuses rows that would give a code of old to new ground,
/// and all rows of an abolition that cannot be.
pub(super) fn admit(
    draft: &mut Draft<'_>,
    rows: Vec<AreaRow>,
    effective: Day,
) -> (Vec<AreaRow>, Merger) {
    let rows = without_codes_of_old(draft, rows);
    let (merger, days) = merger_of(draft.world, &rows, effective);
    let Some(fault) = fault_of(draft.world, &merger, &days, effective) else {
        for row in &rows {
            let known = |code: &&Code| {
                rows.iter().any(|row| row.code == **code)
                    || draft.world.areas().by_code(code.as_str()).is_some()
            };
            let unknown: Vec<Code> =
                row.lineage.predecessors.iter().filter(|code| !known(code)).cloned().collect();
            let held = draft.world.areas().by_code(row.code.as_str()).cloned();
            for code in unknown {
                if !held.as_ref().is_some_and(|held| held.lineage.predecessors.contains(&code)) {
                    let issue = Issue::new("row.unknown-predecessor", Severity::Warning);
                    draft.issue(issue.row(row.row).subject(&row.code).subject(&code));
                }
            }
        }
        return (rows, merger);
    };
    let is_concerned = |row: &AreaRow| {
        let held = draft.world.areas().by_code(row.code.as_str());
        merger.successors.contains_key(&row.code)
            || held.is_some_and(|held| merger.gone.contains(&held.id))
    };
    let (refused, kept): (Vec<AreaRow>, Vec<AreaRow>) = rows.into_iter().partition(is_concerned);
    for row in refused {
        let place: Vec<_> = place_of(draft.world, &row).into_iter().collect();
        draft
            .refuse(Issue::new(fault, Severity::Stop).row(row.row).subject(&row.code).place(place));
    }
    (kept, Merger::default())
}

/// Somewhere in the ground of a row, or of what it came of.
fn place_of(world: &World, row: &AreaRow) -> Option<crate::domain::place::Pin> {
    let areas = world.areas();
    let codes = [&row.code].into_iter().chain(&row.lineage.predecessors);
    let mut held = codes.filter_map(|code| areas.shape(areas.by_code(code.as_str())?.id));
    held.next()
        .map(|shape| shape.label)
        .or_else(|| Some(*row.shape.first()?.rings.first()?.first()?))
}

/// Rows without those of codes that are history.
fn without_codes_of_old(draft: &mut Draft<'_>, rows: Vec<AreaRow>) -> Vec<AreaRow> {
    let areas = draft.world.areas();
    let named: HashSet<&Code> =
        areas.records().values().flat_map(|record| &record.lineage.predecessors).collect();
    let mut kept = Vec::with_capacity(rows.len());
    for mut row in rows {
        let held = areas.by_code(row.code.as_str());
        let of_row = |code, severity| {
            let place: Vec<_> = place_of(draft.world, &row).into_iter().collect();
            Issue::new(code, severity).row(row.row).subject(&row.code).place(place)
        };
        match held.filter(|held| held.is_abolished()) {
            Some(held) => {
                let shape = digest(&row.shape);
                if shape != 0 && shape != held.source_digest && held.source_digest != 0 {
                    draft.refuse(of_row("area.code-used", Severity::Stop));
                    continue;
                }
                if row.lineage.to != held.lineage.to {
                    draft.issue(of_row("area.abolished", Severity::Warning));
                }
                draft.summary.unchanged += 1;
            }
            None if held.is_none() && row.lineage.to.is_none() && named.contains(&row.code) => {
                draft.refuse(of_row("area.code-used", Severity::Stop));
            }
            None => {
                if held.is_none() && row.lineage.to.is_some() {
                    // It was no more before we knew of it: a record, not ground.
                    row.shape.clear();
                }
                kept.push(row);
            }
        }
    }
    kept
}

/// What the rows abolish, and on which days.
fn merger_of(world: &World, rows: &[AreaRow], effective: Day) -> (Merger, BTreeSet<Day>) {
    let areas = world.areas();
    let by_code: HashMap<&Code, &AreaRow> = rows.iter().map(|row| (&row.code, row)).collect();
    let goes_on = |code: &Code| {
        by_code.get(code).is_some_and(|row| row.lineage.to.is_none() && !row.shape.is_empty())
    };
    let (mut merger, mut days) = (Merger::default(), BTreeSet::new());
    for row in rows {
        let held = areas.by_code(row.code.as_str());
        if let (Some(held), Some(to)) = (held, row.lineage.to) {
            merger.gone.insert(held.id);
            days.insert(to);
        }
        // What was itself no more takes nothing over.
        let came_of = row.lineage.predecessors.iter().filter(|_| row.lineage.to.is_none());
        for code in came_of {
            let is_told = held.is_some_and(|held| held.lineage.predecessors.contains(code));
            let Some(known) = areas.by_code(code.as_str()) else { continue };
            if is_told || known.is_abolished() || goes_on(code) {
                continue;
            }
            merger.gone.insert(known.id);
            merger.successors.entry(row.code.clone()).or_default().push(known.id);
            let stated = by_code.get(code).and_then(|row| row.lineage.to);
            days.insert(stated.or(row.lineage.from).unwrap_or(effective));
        }
    }
    merger.day = days.first().copied();
    (merger, days)
}

/// Why nothing can be abolished so.
fn fault_of(
    world: &World,
    merger: &Merger,
    days: &BTreeSet<Day>,
    effective: Day,
) -> Option<&'static str> {
    let day = merger.day?;
    if days.len() > 1 {
        return Some("area.several-days");
    }
    if day > today(world).unwrap_or(effective) {
        return Some("area.day-to-come");
    }
    if world.last_era().is_some_and(|last| day < last) {
        return Some("area.before-last");
    }
    let held = |code: &Code| world.areas().by_code(code.as_str()).map(|record| record.id);
    let concerned: BTreeSet<AreaId> =
        merger.successors.keys().filter_map(held).chain(merger.gone.iter().copied()).collect();
    let is_after = |plan: &Plan| {
        plan.is_published()
            && plan.effective_from > Some(day)
            && plan.areas.iter().any(|area| concerned.contains(area))
    };
    if world.plans().all().any(|plan| is_after(plan)) {
        return Some("area.plan-after");
    }
    let has_heir = |id: &AreaId| merger.successors.values().flatten().any(|gone| gone == id);
    let is_lived_in = |id: &AreaId| {
        world.town().housing(Some(*id)).is_some_and(|housing| !housing.homes.is_empty())
    };
    let is_lost = merger.gone.iter().any(|id| !has_heir(id) && is_lived_in(id));
    let is_heir_gone =
        merger.successors.keys().filter_map(held).any(|heir| merger.gone.contains(&heir));
    (is_lost || is_heir_gone).then_some("area.no-successor")
}

impl Merger {
    /// The lineage of a row: what it says, and else what is held.
    pub fn lineage_of(&self, row: &AreaRow, held: Option<&AreaRecord>) -> Lineage {
        let held = held.map(|held| held.lineage.clone()).unwrap_or_default();
        let Lineage { mut predecessors, from, to } = row.lineage.clone();
        predecessors.extend(held.predecessors);
        predecessors.sort_unstable();
        predecessors.dedup();
        // Who takes others over was there before, or begins on that day.
        let begins = self.day.filter(|_| self.successors.contains_key(&row.code));
        Lineage { predecessors, from: from.or(held.from).or(begins), to: to.or(held.to) }
    }

    /// Closes the records of what is gone, and gives their children to what came of them.
    pub fn settle(
        mut self,
        draft: &Draft<'_>,
        ids: &HashMap<Code, AreaId>,
        records: &mut BTreeMap<AreaId, Arc<AreaRecord>>,
    ) -> Self {
        let Some(day) = self.day else { return self };
        for (code, came_of) in &self.successors {
            self.heirs.insert(ids[code], came_of.clone());
        }
        let is_new = |id: &&AreaId| draft.world.areas().get(**id).is_none();
        self.newcomers = ids.values().filter(is_new).copied().collect();
        self.newcomers.sort_unstable();
        for id in &self.gone {
            let record = records.get_mut(id).expect("only held areas are abolished");
            let to = record.lineage.to.or(Some(day));
            let lineage = Lineage { to, ..record.lineage.clone() };
            *record = Arc::new(AreaRecord { lineage, ..AreaRecord::clone(record) });
        }
        let heir = |id: AreaId| {
            self.heirs.iter().find(|(_, came_of)| came_of.contains(&id)).map(|(heir, _)| *heir)
        };
        let orphans: Vec<AreaId> = records
            .values()
            .filter(|record| !record.is_abolished())
            .filter(|record| record.parent.is_some_and(|parent| self.gone.contains(&parent)))
            .map(|record| record.id)
            .collect();
        for id in orphans {
            let old = records[&id].parent.expect("it is an orphan");
            let parent = heir(old).filter(|heir| *heir != id).or(records[&old].parent);
            let record = AreaRecord { parent, ..AreaRecord::clone(&records[&id]) };
            records.insert(id, Arc::new(record));
        }
        self
    }

    /// Whether an area is abolished, or takes over what was.
    pub fn concerns(&self, id: AreaId) -> bool {
        self.gone.contains(&id) || self.heirs.contains_key(&id)
    }

    /// Whether anything abolished has ground.
    pub fn gives_up_ground(&self, world: &World) -> bool {
        self.gone.iter().any(|id| world.areas().shape(*id).is_some())
    }

    /// The ground of successors that bring none of their own: that of what they came of.
    pub fn claim_ground(&self, draft: &Draft<'_>, shapes: &mut HashMap<AreaId, Vec<Polygon>>) {
        let ground = draft.world.areas().ground();
        for (heir, came_of) in &self.heirs {
            let is_claimed = |color: Option<AreaId>| {
                color.is_some_and(|area| area == *heir || came_of.contains(&area))
            };
            let has_ground = came_of.iter().any(|id| draft.world.areas().shape(*id).is_some());
            if has_ground && !shapes.contains_key(heir) {
                let shape = outline(&ground.fabric, |cell| is_claimed(ground.colors[cell.index()]));
                shapes.insert(*heir, shape);
            }
        }
    }

    /// Puts down the map of areas as it was; `changed` are the records as they were.
    pub fn keep_era(&self, draft: &mut Draft<'_>, changed: Vec<Arc<AreaRecord>>) {
        let Some(day) = self.day.filter(|_| self.gives_up_ground(draft.world)) else { return };
        let held = draft.world.era(day).cloned();
        let era = match &held {
            None => AreaEra {
                ground: Arc::clone(draft.world.areas().ground()),
                records: changed,
                newcomers: self.newcomers.clone(),
            },
            // Of two files of one day the first tells what was before it.
            Some(first) => {
                let mut era = AreaEra::clone(first);
                let is_known = |id: AreaId| {
                    first.newcomers.contains(&id) || first.records.iter().any(|one| one.id == id)
                };
                era.records.extend(changed.into_iter().filter(|one| !is_known(one.id)));
                era.newcomers.extend(&self.newcomers);
                era.newcomers.sort_unstable();
                era
            }
        };
        draft.fact(Fact::AreaEra(day, Turned::new(held, Some(Arc::new(era)))));
    }

    /// The plan by which successors take over the grids of what they came of.
    pub fn take_over(
        &self,
        draft: &mut Draft<'_>,
        border: &mut Border,
        records: &BTreeMap<AreaId, Arc<AreaRecord>>,
        (file, tolerance_m): (&str, f64),
        (actor, now): (&Actor, Stamp),
    ) {
        let Some(day) = self.day else { return };
        let in_force = draft.world.plans().in_force_on(Some(day));
        let is_community = |id: &AreaId| records[id].level == Level::Community;
        let mut taken: Vec<Taken> = Vec::new();
        for (heir, came_of) in self.heirs.iter().filter(|(heir, _)| is_community(heir)) {
            let boundary = border.outline(*heir);
            let sources = came_of.iter().chain([heir]);
            let grids = sources.filter_map(|area| Some((*in_force.get(area)?, *area)));
            let grids: Vec<_> =
                grids.flat_map(|(plan, area)| grids_of(draft.world, plan, area)).collect();
            if !boundary.is_empty() && !grids.is_empty() {
                taken.push(Taken::new(*heir, grids, &boundary, tolerance_m));
            }
        }
        let ended: Vec<AreaId> = self.gone.iter().copied().filter(is_community).collect();
        if taken.is_empty() && !ended.iter().any(|area| in_force.contains_key(area)) {
            return;
        }
        let plan = PlanId::new(draft.counters.plan).expect("counters begin at 1");
        draft.counters.plan += 1;
        let mut areas: Vec<AreaId> = taken.iter().map(|one| one.heir).chain(ended).collect();
        areas.sort_unstable();
        let record = Plan {
            status: Status::Published,
            effective_from: Some(day),
            author: actor.name.clone(),
            published_at: Some(now),
            is_drawn: areas
                .iter()
                .filter_map(|area| in_force.get(area))
                .any(|plan| draft.world.plans().is_drawn(*plan)),
            ..Plan::draft(
                plan,
                file.rsplit_once('.').map_or(file, |(stem, _)| stem).into(),
                areas,
                draft.world.revision().next(),
            )
        };
        if draft.world.day().is_some() {
            let today = draft.world.brief().today;
            draft.change.facts.extend(day_fact(draft.world, today));
        }
        draft.fact(Fact::Plan(plan, Turned::new(None, Some(Arc::new(record)))));
        let mut registry = Registry::new(draft.world);
        let goes_on = who_goes_on(&taken);
        for one in taken {
            one.put(draft, border, plan, &records[&one.heir].code, (&goes_on, &mut registry));
        }
        draft.counters.grid = draft.counters.grid.max(registry.counters.grid);
    }
}

/// The grids of one community in a plan, each with its ground.
fn grids_of(world: &World, plan: PlanId, area: AreaId) -> Vec<(Arc<Grid>, Vec<Polygon>)> {
    let Some(cut) = world.plans().cut(plan, area) else { return Vec::new() };
    let own = world.plans().grids(plan).filter(|grid| grid.community == area);
    own.map(|grid| {
        let shape = outline(&cut.fabric, |cell| cut.grid_of(cell) == Some(grid.key));
        (Arc::clone(grid), shape)
    })
    .collect()
}

/// The grids one successor takes over, woven inside its border.
struct Taken {
    heir: AreaId,
    grids: Vec<Arc<Grid>>,
    woven: Woven,
}

impl Taken {
    fn new(
        heir: AreaId,
        grids: Vec<(Arc<Grid>, Vec<Polygon>)>,
        boundary: &[Polygon],
        tolerance: f64,
    ) -> Self {
        let (grids, shapes): (Vec<_>, Vec<_>) = grids.into_iter().unzip();
        let boundary = Some(boundary);
        let woven = weave(&Weave { shapes: &shapes, boundary, lines: &[], tolerance });
        Self { heir, grids, woven }
    }

    /// How much of each grid lies here; of those that have no ground at all, nothing.
    fn areas(&self) -> BTreeMap<GridKey, Area> {
        let mut areas: BTreeMap<GridKey, Area> = BTreeMap::new();
        for cell in self.woven.fabric.cells() {
            if let Some(shape) = self.woven.owners[cell.index()] {
                let key = self.grids[shape as usize].key;
                *areas.entry(key).or_default() += cell_area(&self.woven.fabric, cell);
            }
        }
        areas
    }

    /// Writes the grids and the cut. A grid that goes on elsewhere is a new one here.
    fn put(
        &self,
        draft: &mut Draft<'_>,
        border: &mut Border,
        plan: PlanId,
        community: &Code,
        (goes_on, registry): (&BTreeMap<GridKey, AreaId>, &mut Registry),
    ) {
        let areas = self.areas();
        let mut keys: Vec<GridKey> = Vec::with_capacity(self.grids.len());
        for grid in &self.grids {
            let is_own = goes_on.get(&grid.key).is_none_or(|heir| *heir == self.heir);
            let after = Grid {
                plan,
                community: self.heir,
                is_locked: false,
                is_numbered: false,
                predecessors: Vec::new(),
                ..Grid::clone(grid)
            };
            let after = match (is_own, registry.next_code(community.as_str())) {
                (false, Some(code)) => {
                    let key = registry.new_key();
                    registry.reserve(&code, key);
                    Grid { key, code, predecessors: vec![grid.code.clone()], ..after }
                }
                _ => after,
            };
            keys.push(after.key);
            if is_own || areas.contains_key(&grid.key) {
                draft.fact(Fact::Grid(plan, after.key, Turned::new(None, Some(Arc::new(after)))));
            }
        }
        let color = |owner: &Option<u32>| owner.map(|shape| keys[shape as usize]);
        let cut = Cut {
            fabric: Arc::new(self.woven.fabric.clone()),
            colors: self.woven.owners.iter().map(color).collect(),
            notes: Vec::new(),
            links: Vec::new(),
        };
        border.put(plan, self.heir, cut, &self.woven.inserted);
    }
}

/// For each grid the successor that holds most of it.
fn who_goes_on(taken: &[Taken]) -> BTreeMap<GridKey, AreaId> {
    let mut most: BTreeMap<GridKey, (Area, AreaId)> = BTreeMap::new();
    for one in taken {
        let areas = one.areas();
        for grid in &one.grids {
            let area = areas.get(&grid.key).copied().unwrap_or_default();
            let held = most.entry(grid.key).or_insert((area, one.heir));
            if area > held.0 {
                *held = (area, one.heir);
            }
        }
    }
    most.into_iter().map(|(key, (_, heir))| (key, heir)).collect()
}
