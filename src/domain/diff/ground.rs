//! The ground that changes hands between two plans, piece by piece.
//!
//! Where both cuts share a fabric a piece is a union of its cells. Else the fabric with more cells is taken
//! as ground and the borders of the other are laid over it, so that areas still add up.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::shared;
use crate::domain::fabric::Fabric;
use crate::domain::fabric::outline::{areas, outlines};
use crate::domain::fabric::overlay::{Layer, lay, lay_whole};
use crate::domain::ids::{AreaId, GridKey};
use crate::domain::measure::Area;
use crate::domain::place::Polygon;
use crate::domain::world::parallel::in_parallel;
use crate::domain::world::{PlanChoice, Shard, World};

/// All ground of a community that goes from one grid to another; `None` is no grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    pub community: AreaId,
    pub from: Option<GridKey>,
    pub to: Option<GridKey>,
    pub area: Area,
    pub polygons: Vec<Polygon>,
}

/// The pieces of ground that move when `to` follows `from`, by code of the community. Cost: as
/// [`super::compare`], and O(pins) of the pieces.
pub fn pieces(world: &World, from: PlanChoice, to: PlanChoice, area: Option<AreaId>) -> Vec<Piece> {
    let pairs = shared(world, from, to, area);
    let of_pair = |(one, two): &(Arc<Shard>, Arc<Shard>)| match Arc::ptr_eq(one, two) {
        true => Vec::new(),
        false => Both::new(one, two).pieces(one.community),
    };
    in_parallel(&pairs, of_pair).into_iter().flatten().collect()
}

type Pair = (Option<GridKey>, Option<GridKey>);

/// One community's ground under two cuts at once.
pub(super) struct Both<'a> {
    fabric: Cow<'a, Fabric>,
    /// By cell, here and below.
    pairs: Vec<Pair>,
    areas: Vec<Area>,
}

impl<'a> Both<'a> {
    pub(super) fn new(one: &'a Shard, two: &'a Shard) -> Self {
        let (before, after) = (&one.ground, &two.ground);
        let is_same = Arc::ptr_eq(&before.cut.fabric, &after.cut.fabric)
            || before.cut.fabric == after.cut.fabric;
        if is_same {
            let colors = before.cut.colors.iter().zip(&after.cut.colors);
            return Self {
                fabric: Cow::Borrowed(&before.cut.fabric),
                pairs: colors.map(|(from, to)| (*from, *to)).collect(),
                areas: before.terrain.cell_areas.clone(),
            };
        }
        if before.cut.fabric.n_cells() > after.cut.fabric.n_cells() {
            Self::laid(one, two, |fine, coarse| (fine, coarse))
        } else {
            Self::laid(two, one, |fine, coarse| (coarse, fine))
        }
    }

    /// The borders of `coarse` on the ground of `fine`.
    ///
    /// Where the ground is too narrow to be cut, whole cells are taken: then a piece may be off by part of a cell,
    /// but still every cell is in one piece.
    fn laid(
        fine: &'a Shard,
        coarse: &Shard,
        in_order: impl Fn(Option<GridKey>, Option<GridKey>) -> Pair,
    ) -> Self {
        let (ground, over) = (&fine.ground, &coarse.ground);
        let layers = [Layer {
            fabric: &over.cut.fabric,
            blocks: &over.terrain.blocks,
            colors: &over.cut.colors,
        }];
        let mut laid = lay(&ground.cut.fabric, &layers)
            .unwrap_or_else(|_| lay_whole(&ground.cut.fabric, &layers));
        let theirs = laid.colors.remove(0).into_iter().map(Option::flatten);
        let Some(recut) = laid.recut else {
            let own = ground.cut.colors.iter();
            return Self {
                fabric: Cow::Borrowed(&ground.cut.fabric),
                pairs: own.zip(theirs).map(|(own, their)| in_order(*own, their)).collect(),
                areas: ground.terrain.cell_areas.clone(),
            };
        };
        let own = recut.parents.iter().map(|parent| ground.cut.colors[parent.index()]);
        Self {
            pairs: own.zip(theirs).map(|(own, their)| in_order(own, their)).collect(),
            areas: areas(&recut.fabric),
            fabric: Cow::Owned(recut.fabric),
        }
    }

    /// How much ground goes from where to where.
    pub(super) fn areas(&self) -> BTreeMap<Pair, Area> {
        let mut moved: BTreeMap<Pair, Area> = BTreeMap::new();
        for (pair, area) in self.pairs.iter().zip(&self.areas) {
            if pair.0 != pair.1 {
                *moved.entry(*pair).or_default() += *area;
            }
        }
        moved
    }

    fn pieces(&self, community: AreaId) -> Vec<Piece> {
        let moved = self.areas();
        let numbers: BTreeMap<Pair, u32> = moved.keys().copied().zip(0..).collect();
        let group =
            |cell: crate::domain::ids::CellId| numbers.get(&self.pairs[cell.index()]).copied();
        let shapes: BTreeMap<u32, Vec<Polygon>> =
            outlines(&self.fabric, group).into_iter().collect();
        let piece = |(((from, to), area), number): ((Pair, Area), u32)| Piece {
            community,
            from,
            to,
            area,
            polygons: shapes.get(&number).cloned().unwrap_or_default(),
        };
        moved.into_iter().zip(0..).map(piece).collect()
    }
}
