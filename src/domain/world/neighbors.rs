//! Who is next door to a grid, also across the border of its community.
//!
//! **Why** by segments: two communities' fabrics are knotted at the same pins, so what they share is
//! the same pairs of pins on both sides, and no distance has to be guessed.

use std::collections::{BTreeMap, HashMap};

use super::{PlanChoice, Shard, World};
use crate::domain::fabric::Seam;
use crate::domain::ids::{CellId, GridKey, PlanId};
use crate::domain::measure::Length;
use crate::domain::place::{Pin, distance};

/// A grid beside another, and how long their shared border is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbor {
    pub plan: PlanId,
    pub grid: GridKey,
    pub border: Length,
}

impl World {
    /// Grids that share a border with `key` of `shard`, longest border first.
    ///
    /// Cost: O(pins of its community and of the outer borders of those around it).
    pub fn neighbors(&self, choice: PlanChoice, shard: &Shard, key: GridKey) -> Vec<Neighbor> {
        let inside = shard.ground.neighbors(key).into_iter();
        let mut found: Vec<Neighbor> =
            inside.map(|(grid, border)| Neighbor { plan: shard.plan, grid, border }).collect();
        let Some(shape) = shard.ground.shapes.get(&key) else { return found };
        let outer: HashMap<(Pin, Pin), f64> = outer_seams(shard)
            .filter(|(grid, _)| *grid == key)
            .flat_map(|(_, seam)| segments(seam.pins))
            .map(|(a, b)| ((a, b), distance(a, b)))
            .collect();
        if !outer.is_empty() {
            let mut shared: BTreeMap<(PlanId, GridKey), f64> = BTreeMap::new();
            let around = self.shards(choice).into_iter().filter(|other| {
                other.community != shard.community
                    && other.ground.cut.fabric.extent().meets(&shape.extent)
            });
            for other in around {
                for (grid, seam) in outer_seams(other) {
                    let border =
                        segments(seam.pins).filter_map(|segment| outer.get(&segment)).sum::<f64>();
                    if border > 0.0 {
                        *shared.entry((other.plan, grid)).or_default() += border;
                    }
                }
            }
            found.extend(shared.into_iter().map(|((plan, grid), meters)| Neighbor {
                plan,
                grid,
                border: Length::from_meters(meters),
            }));
        }
        found.sort_by_key(|neighbor| (-neighbor.border, neighbor.plan, neighbor.grid));
        found
    }
}

/// Seams at the border of a community, with the grid inside; gaps are left out.
fn outer_seams(shard: &Shard) -> impl Iterator<Item = (GridKey, Seam<'_>)> {
    let cut = &shard.ground.cut;
    let color = |cell: CellId| cut.colors[cell.index()];
    cut.fabric.seams().filter_map(move |seam| {
        let inner = match (seam.left, seam.right) {
            (Some(cell), None) | (None, Some(cell)) => cell,
            (Some(_), Some(_)) | (None, None) => return None,
        };
        Some((color(inner)?, seam))
    })
}

/// Pairs of pins next to each other, the lower first.
fn segments(pins: &[Pin]) -> impl Iterator<Item = (Pin, Pin)> + '_ {
    pins.windows(2).map(|pair| (pair[0].min(pair[1]), pair[0].max(pair[1])))
}
