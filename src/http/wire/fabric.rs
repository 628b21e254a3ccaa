//! The exact ground of one community in a plan, for the editor: cells, seams, grids.

use serde::Serialize;
use utoipa::ToSchema;

use super::geometry::{Bounds, Position, bounds, position};
use super::grid::Grid;
use crate::domain::fabric::Barrier;
use crate::domain::fabric::outline::outlines;
use crate::domain::fabric::pole::pole;
use crate::domain::ids::{CellId, GridKey};
use crate::domain::tally::Tally;
use crate::domain::world::{PlanChoice, Shard, World};

/// Cells are numbered from 1; their numbers hold as long as the fabric is not cut anew.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fabric {
    pub revision: u64,
    pub plan: u32,
    pub community: String,
    pub bounds: Option<Bounds>,
    pub cells: Vec<Cell>,
    pub seams: Vec<Seam>,
    pub grids: Vec<Grid>,
    /// Declared crossings.
    #[schema(value_type = Vec<Object>)]
    pub links: Vec<[Position; 2]>,
}

/// A piece of ground with what stands on it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Cell {
    pub id: u32,
    /// Key of its grid; null for ground without one.
    pub grid: Option<u32>,
    pub label: Position,
    pub buildings: Vec<String>,
    pub dwellings: i64,
    pub households: i64,
    pub persons: i64,
    pub area_m2: f64,
}

/// Left and right as seen walking along the line; null is outside the community.
#[derive(Debug, Serialize, ToSchema)]
pub struct Seam {
    pub left: Option<u32>,
    pub right: Option<u32>,
    /// `none`, `lane`, `road`, `avenue`, `rail`, `water` or `wall`.
    pub barrier: &'static str,
    pub line: Vec<Position>,
}

impl Fabric {
    /// Cost: O(pins and buildings) of the community.
    pub fn new(world: &World, shard: &Shard) -> Self {
        let cut = &shard.ground.cut;
        let terrain = &shard.ground.terrain;
        let mut on: Vec<(Vec<String>, Tally)> =
            vec![(Vec::new(), Tally::default()); cut.fabric.n_cells()];
        if let Some(housing) = world.town().housing(Some(shard.community)) {
            for row in (0..housing.homes.len()).filter(|row| housing.stands_here(*row)) {
                let Some(cell) = terrain.cell_of(housing, row) else { continue };
                let (codes, tally) = &mut on[cell.index()];
                codes.push(housing.homes.code(row).to_owned());
                *tally += Tally::of_home(&housing.homes, row);
            }
        }
        let shapes = outlines(&cut.fabric, |cell| Some(cell.get()));
        let label = |cell: CellId| {
            let at = shapes.binary_search_by_key(&cell.get(), |shape| shape.0).ok();
            let inside = at.and_then(|at| pole(&shapes[at].1));
            inside.unwrap_or(terrain.cell_extents[cell.index()].center())
        };
        let cells = cut.fabric.cells().zip(on).map(|(cell, (buildings, tally))| Cell {
            id: cell.get(),
            grid: cut.colors[cell.index()].map(GridKey::get),
            label: position(label(cell)),
            buildings,
            dwellings: tally.dwellings.get(),
            households: tally.households.get(),
            persons: tally.persons.get(),
            area_m2: terrain.cell_areas[cell.index()].square_meters(),
        });
        let seams = cut.fabric.seams().map(|seam| Seam {
            left: seam.left.map(CellId::get),
            right: seam.right.map(CellId::get),
            barrier: barrier_word(seam.barrier),
            line: seam.pins.iter().copied().map(position).collect(),
        });
        let community = world.areas().get(shard.community);
        Self {
            revision: world.revision().0,
            plan: shard.plan.get(),
            community: community.map_or_else(String::new, |record| record.code.to_string()),
            bounds: bounds(&cut.fabric.extent()),
            cells: cells.collect(),
            seams: seams.collect(),
            grids: Grid::of_community(world, PlanChoice::Plan(shard.plan), shard.community),
            links: cut.links.iter().map(|link| link.map(position)).collect(),
        }
    }
}

fn barrier_word(barrier: Barrier) -> &'static str {
    match barrier {
        Barrier::None => "none",
        Barrier::Lane => "lane",
        Barrier::Road => "road",
        Barrier::Avenue => "avenue",
        Barrier::Rail => "rail",
        Barrier::Water => "water",
        Barrier::Wall => "wall",
    }
}
