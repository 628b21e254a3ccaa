//! One community in one plan: its ground made ready to ask, its buildings placed and counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::housing::{Housing, Standing};
use super::plans::Plans;
use crate::domain::fabric::blocks::Blocks;
use crate::domain::fabric::outline::{Rings, cell_area};
use crate::domain::fabric::pole::pole;
use crate::domain::fabric::weight::Weights;
use crate::domain::ids::{AreaId, CellId, Code, GridKey, PlanId};
use crate::domain::measure::{Area, Length};
use crate::domain::place::{Extent, Pin, Polygon, chain_meters};
use crate::domain::placement::{Ground, Placement, Reason, settle, settle_pin};
use crate::domain::plan::Cut;
use crate::domain::tally::Tally;

/// Size and place of one grid within its community.
#[derive(Clone, Debug, PartialEq)]
pub struct GridShape {
    pub extent: Extent,
    pub area: Area,
    pub perimeter: Length,
    pub label: Pin,
    /// How many separate pieces it lies in; 1 is as it should be.
    pub pieces: u32,
    pub cells: Vec<CellId>,
}

/// A piece of ground no grid covers.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    pub cell: CellId,
    pub extent: Extent,
    pub area: Area,
    pub label: Pin,
}

/// What follows from a cut alone; kept when only people or buildings change.
#[derive(Debug)]
pub struct ShardGround {
    pub cut: Arc<Cut>,
    pub weights: Weights,
    pub seam_extents: Vec<Extent>,
    pub shapes: BTreeMap<GridKey, GridShape>,
    pub gaps: Vec<Gap>,
    /// Borders of grids and gaps as walks along seams, by [`ShardGround::group_of`].
    pub rings: Rings,
    blocks: Blocks,
    /// Groups up to this one are grids, those above are gap cells.
    n_keys: u32,
}

impl ShardGround {
    /// Cost: O(pins log pins) of the community.
    pub fn new(cut: Arc<Cut>) -> Self {
        let fabric = &cut.fabric;
        let blocks = Blocks::new(fabric);
        let weights = Weights::new(fabric);
        let seam_extents: Vec<Extent> = fabric.seams().map(|seam| Extent::of(seam.pins)).collect();
        let cell_extent = |cell: CellId| {
            fabric
                .sides(cell)
                .iter()
                .fold(Extent::EMPTY, |all, side| all.union(&seam_extents[side.seam.index()]))
        };
        // One pass over the fabric for all grids and all gaps: a gap is a group of its own.
        let n_keys = cut.colors.iter().flatten().map(|key| key.get()).max().unwrap_or(0);
        let group_of = |cell: CellId| group(&cut, n_keys, cell);
        let rings = Rings::new(fabric, |cell| Some(group_of(cell)));
        let polygons: BTreeMap<u32, Vec<Polygon>> = rings.polygons(fabric).into_iter().collect();
        let label_of = |group: u32, extent: &Extent| {
            polygons.get(&group).and_then(|polygons| pole(polygons)).unwrap_or(extent.center())
        };
        let mut shapes: BTreeMap<GridKey, GridShape> = BTreeMap::new();
        let mut gaps = Vec::new();
        for cell in fabric.cells() {
            let (extent, area) = (cell_extent(cell), cell_area(fabric, cell));
            let Some(key) = cut.colors[cell.index()] else {
                let label = label_of(group_of(cell), &extent);
                gaps.push(Gap { cell, extent, area, label });
                continue;
            };
            let shape = shapes.entry(key).or_insert_with(|| GridShape {
                extent: Extent::EMPTY,
                area: Area::ZERO,
                perimeter: Length::ZERO,
                label: Pin::default(),
                pieces: 0,
                cells: Vec::new(),
            });
            shape.extent = shape.extent.union(&extent);
            shape.area += area;
            shape.cells.push(cell);
        }
        for (key, shape) in &mut shapes {
            shape.label = label_of(key.get(), &shape.extent);
            shape.pieces = polygons.get(&key.get()).map_or(0, |polygons| polygons.len() as u32);
        }
        let color = |cell: Option<CellId>| cell.and_then(|cell| cut.colors[cell.index()]);
        for seam in fabric.seams() {
            let (left, right) = (color(seam.left), color(seam.right));
            if left != right {
                let length = Length::from_meters(chain_meters(seam.pins));
                for key in [left, right].into_iter().flatten() {
                    shapes.get_mut(&key).expect("colored cells have shapes").perimeter += length;
                }
            }
        }
        Self { weights, seam_extents, shapes, gaps, rings, blocks, n_keys, cut }
    }

    /// The group of [`ShardGround::rings`] a cell is in: a grid's is its key, each gap cell has its own.
    pub fn group_of(&self, cell: CellId) -> u32 {
        group(&self.cut, self.n_keys, cell)
    }

    pub fn as_ground(&self) -> Ground<'_, GridKey> {
        Ground {
            fabric: &self.cut.fabric,
            blocks: &self.blocks,
            seam_extents: &self.seam_extents,
            colors: &self.cut.colors,
        }
    }

    /// Rings of one grid. Cost: O(its seams).
    pub fn outline(&self, key: GridKey) -> Vec<Polygon> {
        crate::domain::fabric::outline::outline(&self.cut.fabric, |cell| {
            self.cut.colors[cell.index()] == Some(key)
        })
    }

    /// Rings of one cell.
    pub fn cell_outline(&self, cell: CellId) -> Vec<Polygon> {
        crate::domain::fabric::outline::outline(&self.cut.fabric, |other| other == cell)
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
            *shared.entry(other).or_default() += Length::from_meters(chain_meters(seam.pins));
        }
        let mut ranked: Vec<_> = shared.into_iter().collect();
        ranked.sort_by_key(|(key, length)| (-*length, *key));
        ranked
    }
}

fn group(cut: &Cut, n_keys: u32, cell: CellId) -> u32 {
    match cut.colors[cell.index()] {
        Some(key) => key.get(),
        None => n_keys + cell.get(),
    }
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

impl Shard {
    /// Places and counts. Cost: a block look-up per building corner.
    pub fn new(
        plan: PlanId,
        community: AreaId,
        ground: Arc<ShardGround>,
        plans: &Plans,
        housing: Option<&Housing>,
        override_of: impl Fn(crate::domain::ids::BuildingId) -> Option<GridKey>,
    ) -> Self {
        let mut tallies: BTreeMap<GridKey, Tally> =
            ground.shapes.keys().map(|key| (*key, Tally::default())).collect();
        for grid in plans.grids(plan).filter(|grid| grid.community == community) {
            tallies.entry(grid.key).or_default();
        }
        let mut shard = Self {
            plan,
            community,
            ground,
            placements: Vec::new(),
            tallies,
            unplaced: Tally::default(),
        };
        let Some(housing) = housing else { return shard };
        shard.placements.reserve_exact(housing.homes.len());
        for row in 0..housing.homes.len() {
            let placement = shard.place(plans, housing, row, &override_of);
            let tally = Tally::of_home(&housing.homes, row);
            match placement.grid {
                Some(key) => *shard.tallies.entry(key).or_default() += tally,
                None => shard.unplaced += tally,
            }
            shard.placements.push(placement);
        }
        shard
    }

    fn place(
        &self,
        plans: &Plans,
        housing: &Housing,
        row: usize,
        override_of: &impl Fn(crate::domain::ids::BuildingId) -> Option<GridKey>,
    ) -> Placement {
        let homes = &housing.homes;
        let straddles = housing.straddles[row];
        let placed = |grid, reason| Placement { grid, reason, straddles };
        if let Some(key) = override_of(homes.id(row)).filter(|key| self.tallies.contains_key(key)) {
            return placed(Some(key), Reason::Override);
        }
        let listed = homes.listed_grid(row).and_then(Code::new);
        let listed = listed.and_then(|code| plans.key_of(self.plan, &code));
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
        let reason = match settled.color {
            None => Reason::Gap,
            Some(_) if is_on_edge => Reason::OnEdge,
            Some(_) => Reason::Shape,
        };
        Placement { grid: settled.color, reason, straddles: straddles || settled.straddles }
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
