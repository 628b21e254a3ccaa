//! A draft while strokes are applied to it: cuts and grids that changed, over the world that did not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Carried, Decision, Edited, Fault, Refusal};
use crate::domain::change::{Change, Fact, Turned};
use crate::domain::fabric::Fabric;
use crate::domain::ids::{AreaId, CellId, Code, Counters, GridKey, PlanId};
use crate::domain::measure::Stamp;
use crate::domain::place::Polygon;
use crate::domain::plan::check::Canvas;
use crate::domain::plan::log::{Act, Did, Entry};
use crate::domain::plan::{Cut, Grid};
use crate::domain::rights::Actor;
use crate::domain::world::{Housing, PlanChoice, Terrain, World};

/// One community's ground in the making.
pub(super) struct Working {
    pub before: Arc<Cut>,
    pub cut: Cut,
    /// For each cell the cell of `before` it lies in; `None` while the fabric is that of `before`.
    pub origin: Option<Vec<CellId>>,
    /// Of the cut's fabric; made when first asked for after the fabric changed.
    terrain: Option<Arc<Terrain>>,
    /// Cells joined by declared crossings, now and before.
    pub joined: Vec<(CellId, CellId)>,
    pub joined_before: Vec<(CellId, CellId)>,
}

impl Working {
    pub fn canvas(&self) -> Canvas<'_> {
        Canvas { fabric: &self.cut.fabric, colors: &self.cut.colors, links: &self.joined }
    }

    /// The same before the edit.
    pub fn canvas_before(&self) -> Canvas<'_> {
        Canvas {
            fabric: &self.before.fabric,
            colors: &self.before.colors,
            links: &self.joined_before,
        }
    }

    /// What color the ground of `cell` had before the edit.
    pub fn color_before(&self, cell: CellId) -> Option<GridKey> {
        let origin = self.origin.as_ref().map_or(cell, |origin| origin[cell.index()]);
        self.before.colors[origin.index()]
    }

    /// Cells whose ground changed hands, ascending.
    pub fn changed(&self) -> Vec<CellId> {
        let cells = self.cut.fabric.cells();
        cells.filter(|cell| self.color_before(*cell) != self.cut.colors[cell.index()]).collect()
    }

    pub fn known_terrain(&self) -> Option<Arc<Terrain>> {
        self.terrain.clone()
    }

    pub fn terrain(&mut self) -> Arc<Terrain> {
        let fabric = &self.cut.fabric;
        let terrain =
            self.terrain.get_or_insert_with(|| Arc::new(Terrain::new(Arc::clone(fabric))));
        Arc::clone(terrain)
    }

    /// Puts a fabric in place whose cells lie in those of the one before it, as `parents` says.
    pub fn put_fabric(&mut self, fabric: Fabric, colors: Vec<Option<GridKey>>, parents: &[CellId]) {
        let before = |cell: &CellId| match &self.origin {
            Some(origin) => origin[cell.index()],
            None => *cell,
        };
        self.origin = Some(parents.iter().map(before).collect());
        let fabric = Arc::new(fabric);
        let after = |held: Arc<Terrain>| Arc::new(Terrain::after(Arc::clone(&fabric), Some(&held)));
        self.terrain = self.terrain.take().map(after);
        self.cut.fabric = fabric;
        self.cut.colors = colors;
        self.join();
    }

    /// Finds the cells at the ends of declared crossings.
    pub fn join(&mut self) {
        if self.cut.links.is_empty() {
            self.joined.clear();
            return;
        }
        let terrain = self.terrain();
        self.joined = terrain.joined(&self.cut.links);
    }

    /// Outline of some cells together.
    pub fn outline(&self, cells: &[CellId]) -> Vec<Polygon> {
        let is_in: BTreeSet<CellId> = cells.iter().copied().collect();
        crate::domain::fabric::outline::outline(&self.cut.fabric, |cell| is_in.contains(&cell))
    }
}

/// The draft as the strokes left it so far.
pub(super) struct Sketch<'a> {
    pub world: &'a World,
    pub plan: PlanId,
    counters: Counters,
    pub grounds: BTreeMap<AreaId, Working>,
    /// Grids that changed; `None` is no more.
    grids: BTreeMap<GridKey, Option<Grid>>,
    named: BTreeSet<GridKey>,
    pub carried: Vec<Carried>,
    did: Vec<Did>,
}

impl<'a> Sketch<'a> {
    pub fn new(world: &'a World, plan: PlanId) -> Self {
        Self {
            world,
            plan,
            counters: world.counters(),
            grounds: BTreeMap::new(),
            grids: BTreeMap::new(),
            named: BTreeSet::new(),
            carried: Vec::new(),
            did: Vec::new(),
        }
    }

    /// The ground of one community; `None` when the plan does not divide it.
    pub fn ground(&mut self, area: AreaId) -> Option<&mut Working> {
        if !self.grounds.contains_key(&area) {
            let shard = self.world.shard(PlanChoice::Plan(self.plan), area)?;
            let before = Arc::clone(&shard.ground.cut);
            let mut working = Working {
                cut: Cut::clone(&before),
                before,
                origin: None,
                terrain: Some(Arc::clone(&shard.ground.terrain)),
                joined: Vec::new(),
                joined_before: Vec::new(),
            };
            working.join();
            working.joined_before.clone_from(&working.joined);
            self.grounds.insert(area, working);
        }
        self.grounds.get_mut(&area)
    }

    /// A grid as it is now.
    pub fn grid(&self, key: GridKey) -> Option<&Grid> {
        match self.grids.get(&key) {
            Some(changed) => changed.as_ref(),
            None => self.world.plans().grid(self.plan, key).map(|grid| &**grid),
        }
    }

    /// All grids as they are now, by key.
    pub fn all_grids(&self) -> Vec<&Grid> {
        let held = self.world.plans().grids(self.plan).map(|grid| grid.key);
        let keys: BTreeSet<GridKey> = held.chain(self.grids.keys().copied()).collect();
        keys.into_iter().filter_map(|key| self.grid(key)).collect()
    }

    /// The grid of a code.
    pub fn find(&mut self, code: &Code) -> Result<GridKey, Refusal> {
        let made = self
            .grids
            .iter()
            .find_map(|(key, grid)| grid.as_ref().filter(|grid| grid.code == *code).map(|_| *key));
        let held = || self.world.plans().key_of(self.plan, code.as_str());
        let found = made.or_else(held).filter(|key| self.grid(*key).is_some());
        match found {
            Some(key) => {
                self.named.insert(key);
                Ok(key)
            }
            None => Err(unsound(Fault::new("edit.unknown-grid").grid(code))),
        }
    }

    pub fn set_grid(&mut self, grid: Grid) {
        self.named.insert(grid.key);
        self.grids.insert(grid.key, Some(grid));
    }

    pub fn remove_grid(&mut self, key: GridKey) {
        self.named.insert(key);
        self.grids.insert(key, None);
    }

    pub fn is_removed(&self, key: GridKey) -> bool {
        self.grids.get(&key).is_some_and(Option::is_none)
    }

    pub fn new_key(&mut self) -> GridKey {
        let key = GridKey::new(self.counters.grid).expect("counters begin at 1");
        self.counters.grid += 1;
        key
    }

    /// Notes a stroke for the log.
    pub fn note(&mut self, did: Did) {
        self.did.push(did);
    }

    /// Grids the strokes named.
    pub fn named(&self) -> impl Iterator<Item = GridKey> + '_ {
        self.named.iter().copied()
    }

    /// Grids whose ground changed, in either direction, and those that were changed otherwise.
    pub fn touched(&self) -> impl Iterator<Item = GridKey> + '_ {
        let of_cells = self.grounds.values().flat_map(|working| {
            working
                .changed()
                .into_iter()
                .flat_map(|cell| [working.color_before(cell), working.cut.colors[cell.index()]])
        });
        of_cells.flatten().chain(self.grids.keys().copied())
    }

    pub fn code_of(&self, key: GridKey) -> Option<Code> {
        let held = || self.world.plans().grid(self.plan, key).map(|grid| grid.code.clone());
        self.grid(key).map(|grid| grid.code.clone()).or_else(held)
    }

    /// The only community of the plan, where it has one.
    pub fn sole_area(&self) -> Option<AreaId> {
        let mut areas = self.world.plans().areas(self.plan);
        let first = areas.next();
        first.filter(|_| areas.next().is_none())
    }

    pub fn area_of(&self, code: &Code) -> Result<AreaId, Refusal> {
        let area = self.world.areas().by_code(code.as_str()).map(|record| record.id);
        area.filter(|area| self.world.plans().cut(self.plan, *area).is_some())
            .ok_or_else(|| unsound(Fault::new("edit.outside")))
    }

    /// The cell a building stands on; `None` when it has no place in this community.
    pub fn cell_of(&mut self, area: AreaId, housing: &Housing, row: usize) -> Option<CellId> {
        if !housing.stands_here(row) {
            return None;
        }
        let terrain = self.ground(area)?.terrain();
        terrain.cell_of(housing, row)
    }

    /// Gives cells to a grid, or to none. A locked grid neither gives nor takes.
    pub fn recolor(
        &mut self,
        area: AreaId,
        cells: &[CellId],
        to: Option<GridKey>,
    ) -> Result<(), Refusal> {
        let working = self.ground(area).expect("cells come from a ground of the plan");
        let mut turned: BTreeSet<GridKey> = BTreeSet::new();
        for cell in cells {
            let color = &mut working.cut.colors[cell.index()];
            if *color != to {
                turned.extend(*color);
                turned.extend(to);
                *color = to;
            }
        }
        self.refuse_locked(turned)
    }

    /// Refuses when any of `keys` is locked.
    pub fn refuse_locked(&self, keys: impl IntoIterator<Item = GridKey>) -> Result<(), Refusal> {
        let locked =
            keys.into_iter().filter_map(|key| self.grid(key)).filter(|grid| grid.is_locked);
        let faults: Vec<Fault> = locked
            .map(|grid| {
                let shard = self.world.shard(PlanChoice::Plan(self.plan), grid.community);
                let outline = shard.map_or_else(Vec::new, |shard| shard.ground.outline(grid.key));
                Fault::new("grid.locked").grid(&grid.code).on(outline)
            })
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(Refusal::Locked(faults)) }
    }

    /// Closes the edit: facts for every cut and grid that is not as it was.
    pub fn finish(self, id: Box<str>, actor: &Actor, now: Stamp) -> Decision {
        self.finish_as(Act::Edit, Vec::new(), id, actor, now)
    }

    /// The same as another kind of change, with facts of its own.
    pub fn finish_as(
        self,
        act: Act,
        mut facts: Vec<Fact>,
        id: Box<str>,
        actor: &Actor,
        now: Stamp,
    ) -> Decision {
        let (mut touched, mut areas, mut removed) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        touched.extend(self.touched());
        for (area, working) in &self.grounds {
            if working.cut != *working.before {
                let turned = Turned::new(
                    Some(Arc::clone(&working.before)),
                    Some(Arc::new(working.cut.clone())),
                );
                facts.push(Fact::Cut(self.plan, *area, turned));
                areas.insert(*area);
            }
        }
        for (key, after) in &self.grids {
            let before = self.world.plans().grid(self.plan, *key).cloned();
            if before.as_deref() == after.as_ref() {
                continue;
            }
            let either = after.as_ref().or(before.as_deref());
            areas.extend(either.map(|grid| grid.community));
            if after.is_none() {
                removed.extend(before.as_ref().map(|grid| grid.code.clone()));
            }
            let after = after.clone().map(Arc::new);
            facts.push(Fact::Grid(self.plan, *key, Turned::new(before, after)));
        }
        let is_changed = !facts.is_empty();
        let grids: Vec<GridKey> = touched.into_iter().collect();
        let areas: Vec<AreaId> = areas.into_iter().collect();
        let entry = Arc::new(Entry {
            revision: self.world.revision().next(),
            id,
            who: actor.name.clone(),
            at: now,
            act,
            did: self.did,
            grids: grids.clone(),
            areas: areas.clone(),
            why: "".into(),
        });
        if is_changed {
            let logged = Turned::new(None, Some(Arc::clone(&entry)));
            facts.push(Fact::Log(self.plan, entry.revision, logged));
            if self.counters != self.world.counters() {
                let turned = Turned::new(Some(self.world.counters()), Some(self.counters));
                facts.push(Fact::Counters(turned));
            }
        }
        let edited = Edited {
            plan: self.plan,
            id: entry.id.clone(),
            grids,
            removed,
            areas,
            carried: self.carried,
            entry: is_changed.then_some(entry),
            is_repeated: false,
        };
        let change = Change { facts, roster: Vec::new() };
        Decision { change, edited: Some(edited), ..Decision::default() }
    }
}

/// One fault that stops an edit.
pub(super) fn unsound(fault: Fault) -> Refusal {
    Refusal::Unsound(vec![fault])
}
