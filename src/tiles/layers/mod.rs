//! The layers, one file each, and the sheet they draw from.
//!
//! **Why** a table of consts: the compiler lists every layer, and a golden test asks for each of them.

mod areas;
mod base;
mod borders;
mod buildings;
mod gaps;
mod grids;
mod labels;
mod stations;

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::Layer;
use super::encode::TilePolygon;
use super::frame::Frame;
use super::mosaic::{Chains, Cloth, Mosaic};
use crate::domain::ids::{AreaId, CellId};
use crate::domain::plan::Grid;
use crate::domain::world::{PlanChoice, Shard, World};

/// All layers, from the ground up.
pub const LAYERS: [Layer; 8] = [
    base::LAYER,
    areas::LAYER,
    grids::LAYER,
    gaps::LAYER,
    buildings::LAYER,
    borders::LAYER,
    stations::LAYER,
    labels::LAYER,
];

/// A property that holds text, as TileJSON says it.
const TEXT: &str = "String";
/// A property that holds a number.
const NUMBER: &str = "Number";

/// What one tile is drawn from: the world, the plan asked for, the frame, and what several layers share.
pub struct Sheet<'a> {
    pub world: &'a World,
    pub plan: PlanChoice,
    pub frame: &'a Frame,
    /// Cells of the area fabric whose box meets the tile.
    cells: Vec<CellId>,
    cut: OnceCell<Vec<(Piece<'a>, Vec<TilePolygon>)>>,
}

/// What a piece of a cut is.
#[derive(Clone, Copy)]
enum Piece<'a> {
    Grid(&'a Grid, &'a str),
    /// Its feature id and the code of its community.
    Gap(u64, &'a str),
}

impl<'a> Sheet<'a> {
    pub fn new(world: &'a World, plan: PlanChoice, frame: &'a Frame) -> Self {
        let cells = world.areas().cells_meeting(frame.extent);
        Self { world, plan, frame, cells, cut: OnceCell::new() }
    }

    fn zoom(&self) -> u8 {
        self.frame.tile.z()
    }

    /// The lowest areas whose ground may be in the tile, ascending.
    fn leaves(&self) -> BTreeSet<AreaId> {
        let colors = &self.world.areas().ground().colors;
        self.cells.iter().filter_map(|cell| colors[cell.index()]).collect()
    }

    /// The communities of the tile that the plan divides.
    fn shards(&self) -> impl Iterator<Item = &'a Shard> {
        let leaves = self.leaves().into_iter();
        leaves.filter_map(|area| self.world.shard(self.plan, area)).map(|shard| &**shard)
    }

    /// The area fabric.
    fn area_cloth(&self) -> Cloth<'a> {
        let areas = self.world.areas();
        Cloth {
            fabric: &areas.ground().fabric,
            weights: areas.weights(),
            seam_extents: areas.seam_extents(),
        }
    }

    fn code_of(&self, area: AreaId) -> &'a str {
        self.world.areas().get(area).map_or("", |record| record.code.as_str())
    }

    /// Grids and gaps of all communities in the tile, rounded together: so grids share their borders
    /// with grids next door and with gaps, whichever layer is asked for.
    fn cut(&self) -> &[(Piece<'a>, Vec<TilePolygon>)] {
        self.cut.get_or_init(|| {
            let mut mosaic = Mosaic::new();
            for shard in self.shards() {
                self.add_shard(shard, &mut mosaic);
            }
            mosaic.finish()
        })
    }

    fn add_shard(&self, shard: &'a Shard, mosaic: &mut Mosaic<Piece<'a>>) {
        let ground = &*shard.ground;
        let mut chains = Chains::new(cloth_of(shard), self.frame);
        let community = self.code_of(shard.community);
        for (key, shape) in &ground.shapes {
            let is_near = shape.extent.meets(&self.frame.extent);
            let grid = self.world.plans().grid(shard.plan, *key).filter(|_| is_near);
            if let Some(grid) = grid {
                mosaic.add(&mut chains, ground.rings.of(key.get()), Piece::Grid(grid, community));
            }
        }
        for gap in &ground.gaps {
            if gap.extent.meets(&self.frame.extent) {
                let id = gap_id(Some(shard.community));
                let rings = ground.rings.of(ground.group_of(gap.cell));
                mosaic.add(&mut chains, rings, Piece::Gap(id, community));
            }
        }
    }
}

fn cloth_of(shard: &Shard) -> Cloth<'_> {
    let ground = &*shard.ground;
    Cloth {
        fabric: &ground.cut.fabric,
        weights: ground.weights(),
        seam_extents: ground.seam_extents(),
    }
}

/// Feature id of the gaps of a community, or of the ground of none. All gaps of one share it: told apart
/// by their cells, a change of one place would change tiles far from it.
fn gap_id(community: Option<AreaId>) -> u64 {
    u64::from(community.map_or(0, AreaId::get)) * 1024
}
