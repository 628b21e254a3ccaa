//! Grids: who they are, where they lie, whom they border.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::geometry::{Bounds, Feature, FeatureCollection, Geometry, Position, bounds, position};
use super::tally::{Tally, TallyTable};
use crate::domain::fabric::outline::outlines;
use crate::domain::ids::{AreaId, Code, GridKey};
use crate::domain::plan;
use crate::domain::world::{PlanChoice, Shard, World};

/// One grid. `id` is the key its tiles carry.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Grid {
    pub id: u32,
    pub code: String,
    pub name: String,
    pub community: String,
    pub community_name: String,
    /// `general`, `dedicated` or `street-front`.
    pub kind: &'static str,
    pub area_m2: f64,
    /// Of its ground; for a grid that is only a list of buildings, of its community.
    pub bounds: Option<Bounds>,
    pub label: Option<Position>,
    /// Public by office; empty when vacant.
    pub head: String,
    pub manager: String,
    pub work_phone: String,
    /// Its border does not move until it is unlocked.
    pub locked: bool,
    /// Declared to lie in several pieces.
    pub detached: bool,
    pub tally: Tally,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GridList {
    pub revision: u64,
    pub grids: Vec<Grid>,
}

/// One grid with its shape in numbers and its neighbours (also of other communities), longest border first.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridDetail {
    pub revision: u64,
    #[serde(flatten)]
    pub grid: Grid,
    pub neighbors: Vec<GridNeighbor>,
    pub pieces: u32,
    pub perimeter_m: f64,
    /// 1 for a circle, near 0 for a thread: 4 pi area / perimeter squared.
    pub compactness: f64,
    /// Codes of the grids it came from, and of those that came from it, in all history.
    pub predecessors: Vec<String>,
    pub successors: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GridNeighbor {
    pub grid: String,
    pub name: String,
    pub community: String,
    pub border_m: f64,
}

impl Grid {
    /// All grids of a community under a plan, by key. Cost: O(grids).
    pub fn of_community(world: &World, plan: PlanChoice, community: AreaId) -> Vec<Self> {
        let Some(shard) = world.shard(plan, community) else { return Vec::new() };
        let shown = TallyTable::new(world, plan, Some(community)).by_grid();
        shard.tallies.keys().filter_map(|key| Self::new(world, shard, *key, &shown)).collect()
    }

    fn new(
        world: &World,
        shard: &Shard,
        key: GridKey,
        shown: &HashMap<GridKey, Tally>,
    ) -> Option<Self> {
        let grid = world.plans().grid(shard.plan, key)?;
        let plan::Grid {
            plan: _,
            key: _,
            code,
            name,
            community,
            kind,
            head,
            manager,
            work_phone,
            source_digest: _,
            is_locked,
            is_detached,
            is_numbered: _,
            predecessors: _,
        } = &**grid;
        let community = world.areas().get(*community)?;
        let shape = shard.ground.shapes.get(&key);
        let extent = shape.map_or_else(|| shard.ground.cut.fabric.extent(), |shape| shape.extent);
        Some(Self {
            id: key.get(),
            code: code.to_string(),
            name: name.to_string(),
            community: community.code.to_string(),
            community_name: community.name.to_string(),
            kind: kind.word(),
            area_m2: shape.map_or(0.0, |shape| shape.area.square_meters()),
            bounds: bounds(&extent),
            label: shape.map(|shape| position(shape.label)),
            head: head.to_string(),
            manager: manager.to_string(),
            work_phone: work_phone.to_string(),
            locked: *is_locked,
            detached: *is_detached,
            tally: *shown.get(&key)?,
        })
    }
}

impl GridDetail {
    /// `lineage`: codes it came from, codes that came from it. Cost: O(seams of its community).
    pub fn new(
        world: &World,
        shard: &Shard,
        (plan, key): (PlanChoice, GridKey),
        lineage: [Vec<Code>; 2],
    ) -> Option<Self> {
        let [predecessors, successors] =
            lineage.map(|codes| codes.iter().map(ToString::to_string).collect());
        let shown = TallyTable::new(world, plan, Some(shard.community)).by_grid();
        let grid = Grid::new(world, shard, key, &shown)?;
        let neighbors = world.neighbors(plan, shard, key).into_iter().filter_map(|beside| {
            let other = world.plans().grid(beside.plan, beside.grid)?;
            Some(GridNeighbor {
                grid: other.code.to_string(),
                name: other.name.to_string(),
                community: world.areas().get(other.community)?.code.to_string(),
                border_m: beside.border.meters(),
            })
        });
        let neighbors = neighbors.collect();
        let shape = shard.ground.shapes.get(&key);
        let perimeter_m = shape.map_or(0.0, |shape| shape.perimeter.meters());
        Some(Self {
            revision: world.revision().0,
            grid,
            neighbors,
            pieces: shape.map_or(0, |shape| shape.pieces),
            perimeter_m,
            compactness: shape
                .and_then(|shape| shape.compactness())
                .map_or(0.0, |round| (round * 1e4).round() / 1e4),
            predecessors,
            successors,
        })
    }
}

/// What a grid's feature says besides its shape.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridFeature {
    pub code: String,
    pub name: String,
    pub community: String,
    pub kind: &'static str,
}

/// Grids of some communities with their full shapes. Cost: O(pins).
pub fn grid_collection(
    world: &World,
    shards: &[&std::sync::Arc<Shard>],
) -> FeatureCollection<GridFeature> {
    let mut features = Vec::new();
    for shard in shards {
        let cut = &shard.ground.cut;
        let color = |cell: crate::domain::ids::CellId| cut.colors[cell.index()];
        let shapes: HashMap<u32, _> =
            outlines(&cut.fabric, |cell| color(cell).map(GridKey::get)).into_iter().collect();
        for key in shard.tallies.keys() {
            let Some(grid) = world.plans().grid(shard.plan, *key) else { continue };
            let community = world.areas().get(shard.community);
            features.push(Feature {
                kind: "Feature",
                id: key.get(),
                properties: GridFeature {
                    code: grid.code.to_string(),
                    name: grid.name.to_string(),
                    community: community.map_or_else(String::new, |area| area.code.to_string()),
                    kind: grid.kind.word(),
                },
                geometry: shapes.get(&key.get()).and_then(|one| Geometry::of_polygons(one)),
            });
        }
    }
    FeatureCollection { kind: "FeatureCollection", features }
}
