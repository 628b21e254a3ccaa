//! Plans and their grids: who they are, where they lie, whom they border.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::geometry::{Bounds, Feature, FeatureCollection, Geometry, Position, bounds, position};
use super::tally::{Tally, TallyTable};
use super::time;
use crate::domain::fabric::outline::outlines;
use crate::domain::ids::{AreaId, GridKey};
use crate::domain::measure::Day;
use crate::domain::plan;
use crate::domain::plan::log::{redoable, undoable};
use crate::domain::world::{PlanChoice, Shard, World};

/// Number of a plan, or `current`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum PlanKey {
    Number(u32),
    Current(&'static str),
}

/// One plan. `current` stands for all published plans in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct Plan {
    pub id: PlanKey,
    pub title: String,
    /// `draft`, `in_review`, `published`, `superseded` or `withdrawn`.
    pub status: &'static str,
    pub revision: u64,
    pub based_on: Option<u32>,
    #[schema(example = "2026-11-01")]
    pub effective_from: Option<String>,
    /// Communities it divides.
    pub areas: Vec<String>,
    /// Grids whose border may not move.
    pub locked_grids: usize,
    pub can_undo: bool,
    pub can_redo: bool,
    /// Who changed it last, and when; null for a plan that was imported.
    pub changed_by: Option<String>,
    pub changed_at: Option<String>,
    pub cells: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PlanList {
    pub revision: u64,
    pub plans: Vec<Plan>,
}

impl Plan {
    pub fn new(world: &World, plan: &plan::Plan) -> Self {
        let plan::Plan { id, title, status, based_on, effective_from, revision, areas } = plan;
        let plans = world.plans();
        let log = plans.log(*id);
        let last = log.last();
        Self {
            id: PlanKey::Number(id.get()),
            title: title.to_string(),
            status: status.word(),
            revision: revision.0.max(world.plans().revision_of(*id).0),
            based_on: based_on.map(|id| id.get()),
            effective_from: effective_from.map(|day: Day| day.to_string()),
            areas: codes(world, areas.iter().copied()),
            locked_grids: plans.grids(*id).filter(|grid| grid.is_locked).count(),
            can_undo: undoable(log).is_some(),
            can_redo: redoable(log).is_some(),
            changed_by: last.map(|entry| entry.who.to_string()),
            changed_at: last.map(|entry| time(entry.at)),
            cells: plans
                .areas(*id)
                .filter_map(|area| plans.cut(*id, area))
                .map(|cut| cut.fabric.n_cells())
                .sum(),
        }
    }

    /// What is in force, as one plan; its first day is the newest of theirs.
    pub fn current(world: &World) -> Self {
        let plans = world.plans();
        let in_force = || plans.current().values().filter_map(|id| plans.get(*id));
        let first_days = in_force().filter_map(|plan| plan.effective_from);
        Self {
            id: PlanKey::Current("current"),
            title: String::new(),
            status: plan::Status::Published.word(),
            revision: in_force().map(|plan| plan.revision.0).max().unwrap_or(0),
            based_on: None,
            effective_from: first_days.max().map(|day| day.to_string()),
            areas: codes(world, plans.current().keys().copied()),
            locked_grids: 0,
            can_undo: false,
            can_redo: false,
            changed_by: None,
            changed_at: None,
            cells: world
                .shards(PlanChoice::Current)
                .iter()
                .map(|shard| shard.ground.cut.fabric.n_cells())
                .sum(),
        }
    }
}

fn codes(world: &World, areas: impl Iterator<Item = AreaId>) -> Vec<String> {
    areas.filter_map(|id| world.areas().get(id)).map(|area| area.code.to_string()).collect()
}

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
    /// Cost: O(seams of its community).
    pub fn new(world: &World, shard: &Shard, plan: PlanChoice, key: GridKey) -> Option<Self> {
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
