//! One community in one plan: its ground made ready to ask, its buildings placed and counted.
//!
//! [`Shard::new`] works everything out; [`Shard::after`] takes over from the shard before what a change
//! of the cut cannot have touched. Both give equal values (law L4).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::housing::{Housing, Standing};
use super::plans::Plans;
use super::terrain::{Terrain, changed_boxes};
use crate::domain::fabric::outline::Rings;
use crate::domain::fabric::pole::pole;
use crate::domain::fabric::weight::Weights;
use crate::domain::ids::{AreaId, BuildingId, CellId, GridKey, PlanId};
use crate::domain::measure::{Area, Length};
use crate::domain::place::{Extent, Pin, Polygon};
use crate::domain::placement::{Ground, Placement, Reason, settle, settle_pin};
use crate::domain::plan::Cut;
use crate::domain::plan::check::Canvas;
use crate::domain::tally::Tally;

/// Size and place of one grid within its community.
#[derive(Clone, Debug, PartialEq)]
pub struct GridShape {
    pub extent: Extent,
    pub area: Area,
    pub perimeter: Length,
    /// How much of the perimeter runs along a road, a rail, water or a wall.
    pub on_barriers: Length,
    pub label: Pin,
    /// How many separate pieces it lies in; 1 is as it should be.
    pub pieces: u32,
    pub cells: Vec<CellId>,
}

impl GridShape {
    /// 1 for a circle, near 0 for a thread: 4 pi area / perimeter squared (Polsby and Popper, 1991).
    pub fn compactness(&self) -> Option<f64> {
        let perimeter = self.perimeter.meters();
        let round = 4.0 * std::f64::consts::PI * self.area.square_meters();
        (perimeter > 0.0).then(|| round / (perimeter * perimeter))
    }

    /// Share of the border that runs along real barriers.
    pub fn barrier_share(&self) -> Option<f64> {
        let perimeter = self.perimeter.meters();
        (perimeter > 0.0).then(|| self.on_barriers.meters() / perimeter)
    }
}

/// A piece of ground no grid covers: cells without a grid that share seams.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// The lowest of its cells.
    pub cell: CellId,
    pub cells: Vec<CellId>,
    pub extent: Extent,
    pub area: Area,
    pub label: Pin,
}

/// What follows from a cut alone; kept when only people or buildings change.
#[derive(Debug)]
pub struct ShardGround {
    pub cut: Arc<Cut>,
    pub terrain: Arc<Terrain>,
    pub shapes: BTreeMap<GridKey, GridShape>,
    pub gaps: Vec<Gap>,
    /// Borders of grids and gaps as walks along seams, by [`ShardGround::group_of`].
    pub rings: Rings,
    /// Group of each cell.
    groups: Vec<u32>,
}

impl ShardGround {
    /// Cost: O(pins log pins) of the community.
    pub fn new(cut: Arc<Cut>) -> Self {
        Self::after(cut, None)
    }

    /// As [`ShardGround::new`], with what is known of the cut `before`. Grids whose cells stayed keep
    /// their shape where the fabric stayed.
    pub fn after(cut: Arc<Cut>, before: Option<&Self>) -> Self {
        let terrain = match before {
            Some(before) if Arc::ptr_eq(&before.cut.fabric, &cut.fabric) => {
                Arc::clone(&before.terrain)
            }
            before => {
                let held = before.map(|before| &*before.terrain);
                Arc::new(Terrain::after(Arc::clone(&cut.fabric), held))
            }
        };
        let fabric = &*cut.fabric;
        let groups = groups(&cut);
        let rings = Rings::new(fabric, |cell| Some(groups[cell.index()]));
        let held = before.filter(|before| Arc::ptr_eq(&before.terrain, &terrain));
        let mut ground =
            Self { cut, terrain, shapes: BTreeMap::new(), gaps: Vec::new(), rings, groups };
        ground.measure(held);
        ground
    }

    /// Sums over the cells, then borders, pieces and labels of what is not as it was in `held`.
    fn measure(&mut self, held: Option<&Self>) {
        let (cut, terrain) = (Arc::clone(&self.cut), Arc::clone(&self.terrain));
        let mut gaps: BTreeMap<u32, Gap> = BTreeMap::new();
        for cell in cut.fabric.cells() {
            let (extent, area) =
                (terrain.cell_extents[cell.index()], terrain.cell_areas[cell.index()]);
            let (all, sum, cells) = match cut.colors[cell.index()] {
                Some(key) => {
                    let shape = self.shapes.entry(key).or_insert_with(|| GridShape {
                        extent: Extent::EMPTY,
                        area: Area::ZERO,
                        perimeter: Length::ZERO,
                        on_barriers: Length::ZERO,
                        label: Pin::default(),
                        pieces: 0,
                        cells: Vec::new(),
                    });
                    (&mut shape.extent, &mut shape.area, &mut shape.cells)
                }
                None => {
                    let gap = gaps.entry(self.groups[cell.index()]).or_insert_with(|| Gap {
                        cell,
                        cells: Vec::new(),
                        extent: Extent::EMPTY,
                        area: Area::ZERO,
                        label: Pin::default(),
                    });
                    (&mut gap.extent, &mut gap.area, &mut gap.cells)
                }
            };
            *all = all.union(&extent);
            *sum += area;
            cells.push(cell);
        }
        for seam in cut.fabric.seams() {
            let color = |cell: Option<CellId>| cell.and_then(|cell| cut.colors[cell.index()]);
            let (left, right) = (color(seam.left), color(seam.right));
            if left != right {
                let length = terrain.seam_lengths[seam.id.index()];
                for key in [left, right].into_iter().flatten() {
                    let shape = self.shapes.get_mut(&key).expect("colored cells have shapes");
                    shape.perimeter += length;
                    if seam.barrier != crate::domain::fabric::Barrier::None {
                        shape.on_barriers += length;
                    }
                }
            }
        }
        for (key, shape) in &mut self.shapes {
            let known = held.and_then(|held| held.shapes.get(key));
            if let Some(known) = known.filter(|known| known.cells == shape.cells) {
                (shape.label, shape.pieces) = (known.label, known.pieces);
                continue;
            }
            let polygons = self.rings.polygons_of(&cut.fabric, key.get());
            shape.label = pole(&polygons).unwrap_or(shape.extent.center());
            shape.pieces = polygons.len() as u32;
        }
        for (group, gap) in &mut gaps {
            let known = held.and_then(|held| held.gaps.iter().find(|known| known.cell == gap.cell));
            gap.label = match known.filter(|known| known.cells == gap.cells) {
                Some(known) => known.label,
                None => pole(&self.rings.polygons_of(&cut.fabric, *group))
                    .unwrap_or(gap.extent.center()),
            };
        }
        self.gaps = gaps.into_values().collect();
    }

    /// The group of [`ShardGround::rings`] a cell is in: a grid's is its key, those of gaps are higher.
    pub fn group_of(&self, cell: CellId) -> u32 {
        self.groups[cell.index()]
    }

    pub fn weights(&self) -> &Weights {
        self.terrain.weights()
    }

    pub fn seam_extents(&self) -> &[Extent] {
        &self.terrain.seam_extents
    }

    pub fn as_ground(&self) -> Ground<'_, GridKey> {
        Ground { fabric: &self.cut.fabric, blocks: &self.terrain.blocks, colors: &self.cut.colors }
    }

    /// In how many pieces a grid lies, declared crossings counting as ground. Cost: O(cells) where there are any.
    pub fn pieces(&self, key: GridKey) -> u32 {
        let Some(shape) = self.shapes.get(&key) else { return 0 };
        if shape.pieces < 2 || self.cut.links.is_empty() {
            return shape.pieces;
        }
        let links = self.terrain.joined(&self.cut.links);
        let canvas = Canvas { fabric: &self.cut.fabric, colors: &self.cut.colors, links: &links };
        canvas.pieces(key).len() as u32
    }

    /// Rings of one grid. Cost: O(its seams).
    pub fn outline(&self, key: GridKey) -> Vec<Polygon> {
        self.rings.polygons_of(&self.cut.fabric, key.get())
    }

    /// Rings of the gap that holds `cell`, or of the grid.
    pub fn outline_around(&self, cell: CellId) -> Vec<Polygon> {
        self.rings.polygons_of(&self.cut.fabric, self.group_of(cell))
    }

    /// What lies beside a grid inside the community, with the length of the shared border, longest first.
    pub fn neighbors(&self, key: GridKey) -> Vec<(GridKey, Length)> {
        let color = |cell: Option<CellId>| cell.and_then(|cell| self.cut.colors[cell.index()]);
        let mut shared: BTreeMap<GridKey, Length> = BTreeMap::new();
        for seam in self.cut.fabric.seams() {
            let other = match (color(seam.left), color(seam.right)) {
                (Some(a), Some(b)) if a == key && b != key => b,
                (Some(a), Some(b)) if b == key && a != key => a,
                _ => continue,
            };
            *shared.entry(other).or_default() += self.terrain.seam_lengths[seam.id.index()];
        }
        let mut ranked: Vec<_> = shared.into_iter().collect();
        ranked.sort_by_key(|(key, length)| (-*length, *key));
        ranked
    }
}

/// The group of each cell: a grid's is its key; gaps come above all keys, each by the lowest of its cells.
fn groups(cut: &Cut) -> Vec<u32> {
    let n_keys = cut.colors.iter().flatten().map(|key| key.get()).max().unwrap_or(0);
    let mut groups: Vec<u32> =
        cut.colors.iter().map(|color| color.map_or(0, GridKey::get)).collect();
    let mut stack = Vec::new();
    for first in cut.fabric.cells() {
        if groups[first.index()] != 0 {
            continue;
        }
        stack.push(first);
        groups[first.index()] = n_keys + first.get();
        while let Some(cell) = stack.pop() {
            for beside in cut.fabric.across(cell).filter_map(|(_, beside)| beside) {
                if groups[beside.index()] == 0 {
                    groups[beside.index()] = n_keys + first.get();
                    stack.push(beside);
                }
            }
        }
    }
    groups
}

/// One community in one plan.
#[derive(Debug)]
pub struct Shard {
    pub plan: PlanId,
    pub community: AreaId,
    pub ground: Arc<ShardGround>,
    /// Row by row beside the community's housing.
    pub placements: Vec<Placement>,
    /// One entry for each grid of the plan in this community, also the empty ones.
    pub tallies: BTreeMap<GridKey, Tally>,
    /// What no grid holds.
    pub unplaced: Tally,
}

/// What a shard is derived from beside its cut.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub plans: &'a Plans,
    pub housing: Option<&'a Housing>,
    pub overrides: &'a BTreeMap<BuildingId, GridKey>,
}

/// What a shard had to do again: for telling, and for tests that count work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redone {
    /// Buildings whose place was asked again.
    pub n_retested: u32,
    /// Grids whose counts were summed again.
    pub n_resummed: u32,
    /// Boxes that hold every change of ground, color or label.
    pub boxes: Vec<Extent>,
}

impl Shard {
    /// Places and counts; `grids` are those of the plan in this community. Cost: a block look-up per
    /// building corner.
    pub(super) fn new(
        plan: PlanId,
        community: AreaId,
        ground: Arc<ShardGround>,
        around: Around<'_>,
    ) -> Self {
        let mut shard = Self {
            plan,
            community,
            tallies: keys(plan, community, &ground, around.plans)
                .into_iter()
                .map(|key| (key, Tally::default()))
                .collect(),
            ground,
            placements: Vec::new(),
            unplaced: Tally::default(),
        };
        let Some(housing) = around.housing else { return shard };
        shard.placements.reserve_exact(housing.homes.len());
        for row in 0..housing.homes.len() {
            let placement = shard.place(around, housing, row);
            *shard.sum(placement.grid) += Tally::of_home(&housing.homes, row);
            shard.placements.push(placement);
        }
        shard
    }

    /// This shard after a change of its cut or its grids, while buildings, counts and overrides stayed.
    ///
    /// Only buildings near a change are asked again: those whose box meets a cell that is not as it was,
    /// and, when grids came or went, those placed by something else than their place.
    /// Cost: follows the change; a pass over the boxes of the community's buildings.
    pub(super) fn after(&self, ground: Arc<ShardGround>, around: Around<'_>) -> (Self, Redone) {
        let keys = keys(self.plan, self.community, &ground, around.plans);
        let has_same_keys = self.tallies.keys().eq(&keys);
        let is_drawn = around.plans.is_drawn(self.plan);
        let mut redone = Redone { boxes: self.changes_to(&ground), ..Redone::default() };
        let mut shard = Self {
            plan: self.plan,
            community: self.community,
            tallies: keys
                .iter()
                .map(|key| (*key, self.tallies.get(key).copied().unwrap_or_default()))
                .collect(),
            ground,
            placements: self.placements.clone(),
            unplaced: self.unplaced,
        };
        let Some(housing) = around.housing else { return (shard, redone) };
        let whole = redone.boxes.iter().fold(Extent::EMPTY, |all, one| all.union(one));
        let mut summed: BTreeSet<Option<GridKey>> = BTreeSet::new();
        for row in 0..housing.homes.len() {
            let extent = housing.homes.extent(row);
            let is_near = extent.meets(&whole) && redone.boxes.iter().any(|one| one.meets(&extent));
            let is_by_name = || {
                !has_same_keys
                    && (around.overrides.contains_key(&housing.homes.id(row))
                        || (!is_drawn && housing.homes.listed_grid(row).is_some()))
            };
            if !is_near && !is_by_name() {
                continue;
            }
            redone.n_retested += 1;
            let (before, after) = (self.placements[row], shard.place(around, housing, row));
            if before.grid != after.grid {
                let tally = Tally::of_home(&housing.homes, row);
                if before.grid.is_none_or(|key| shard.tallies.contains_key(&key)) {
                    *shard.sum(before.grid) -= tally;
                }
                *shard.sum(after.grid) += tally;
                summed.extend([before.grid, after.grid]);
            }
            shard.placements[row] = after;
        }
        redone.n_resummed = summed.iter().flatten().count() as u32;
        (shard, redone)
    }

    /// What making this shard from nothing has done again, `held` being what stood in its place.
    pub(super) fn wholly_redone(&self, held: Option<&Self>) -> Redone {
        let (old, new) = (held.map(|held| &held.ground.cut), &self.ground.cut);
        let boxes = match old {
            Some(old) if Arc::ptr_eq(old, new) => Vec::new(),
            old => old.into_iter().chain([new]).map(|cut| cut.fabric.extent()).collect(),
        };
        Redone {
            n_retested: self.placements.len() as u32,
            n_resummed: self.tallies.len() as u32,
            boxes,
        }
    }

    /// Boxes of everything a tile may show that is not as it was: cells, and labels that moved.
    fn changes_to(&self, ground: &ShardGround) -> Vec<Extent> {
        if Arc::ptr_eq(&self.ground.cut, &ground.cut) {
            return Vec::new();
        }
        changed_boxes((&self.ground.terrain, &self.ground.cut), (&ground.terrain, &ground.cut))
    }

    /// Where the labels of grids stood or stand that are not where they were.
    pub(super) fn moved_labels(&self, after: &Self) -> Vec<Extent> {
        let label = |shard: &Self, key: &GridKey| shard.ground.shapes.get(key).map(|one| one.label);
        let keys: BTreeSet<&GridKey> =
            self.ground.shapes.keys().chain(after.ground.shapes.keys()).collect();
        keys.into_iter()
            .map(|key| [label(self, key), label(after, key)])
            .filter(|[before, after]| before != after)
            .flatten()
            .flatten()
            .map(|pin| Extent::of(&[pin]))
            .collect()
    }

    /// The sum a building counts in.
    fn sum(&mut self, grid: Option<GridKey>) -> &mut Tally {
        match grid {
            Some(key) => self.tallies.entry(key).or_default(),
            None => &mut self.unplaced,
        }
    }

    fn place(&self, around: Around<'_>, housing: &Housing, row: usize) -> Placement {
        let Around { plans, housing: _, overrides } = around;
        let homes = &housing.homes;
        let straddles = housing.straddles[row];
        let placed = |grid, reason| Placement { grid, reason, straddles };
        let overridden = overrides.get(&homes.id(row)).copied();
        if let Some(key) = overridden.filter(|key| self.tallies.contains_key(key)) {
            return placed(Some(key), Reason::Override);
        }
        // The list speaks of the grids it came with, not of those drawn here since.
        let listed = homes.listed_grid(row).filter(|_| !plans.is_drawn(self.plan));
        let listed = listed.and_then(|code| plans.key_of(self.plan, code));
        if let Some(key) = listed.filter(|key| self.tallies.contains_key(key)) {
            return placed(Some(key), Reason::List);
        }
        match housing.standings[row] {
            Standing::NoPosition => return placed(None, Reason::NoPosition),
            Standing::Outside => return placed(None, Reason::Outside),
            Standing::Elsewhere(_) => return placed(None, Reason::OutsideStatedArea),
            Standing::Here | Standing::OnEdge => {}
        }
        let by_code = |a, b| plans.by_code_order(self.plan, a, b);
        let settled = settle(&self.ground.as_ground(), homes, row, by_code).expect("stands here");
        let is_on_edge = settled.is_on_edge || housing.standings[row] == Standing::OnEdge;
        let near = || self.ground.terrain.cell_near(homes.pin(row)?);
        let color = match settled.is_inside {
            true => settled.color,
            false => near().and_then(|cell| self.ground.cut.colors[cell.index()]),
        };
        let reason = match color {
            None => Reason::Gap,
            Some(_) if is_on_edge => Reason::OnEdge,
            Some(_) => Reason::Shape,
        };
        Placement { grid: color, reason, straddles: straddles || settled.straddles }
    }

    /// Grid that holds `pin`; on a border the lower code.
    pub fn grid_at(&self, plans: &Plans, pin: Pin) -> Option<GridKey> {
        let by_code = |a, b| plans.by_code_order(self.plan, a, b);
        settle_pin(&self.ground.as_ground(), pin, &by_code).color
    }

    /// Everything counted in this community: the grids and what no grid holds.
    pub fn total(&self) -> Tally {
        self.tallies.values().copied().sum::<Tally>() + self.unplaced
    }
}

/// Grids of a plan in a community: those with ground and those with a name only, ascending.
fn keys(plan: PlanId, community: AreaId, ground: &ShardGround, plans: &Plans) -> BTreeSet<GridKey> {
    let named = plans.grids(plan).filter(|grid| grid.community == community).map(|grid| grid.key);
    ground.shapes.keys().copied().chain(named).collect()
}
