//! What follows from a fabric alone: measures of its seams and cells, its raster, its weights.
//!
//! A recoloring keeps the terrain; a new fabric takes over the measures of every seam it shares with the
//! one before, and says which cells are not as they were.
//!
//! **Why** weights only when asked: tiles need them, counts and previews do not.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use super::housing::Housing;
use crate::domain::fabric::blocks::Blocks;
use crate::domain::fabric::outline::{area_beside, seam_length};
use crate::domain::fabric::weight::Weights;
use crate::domain::fabric::{Barrier, Fabric, Seam, Spot};
use crate::domain::ids::{CellId, GridKey, SeamId};
use crate::domain::measure::{Area, Length};
use crate::domain::place::{Extent, Pin, is_on_segment};
use crate::domain::placement::{Ground, settle};
use crate::domain::plan::Cut;

/// One fabric made ready to ask.
#[derive(Debug)]
pub struct Terrain {
    pub fabric: Arc<Fabric>,
    pub blocks: Blocks,
    /// By seam index, here and below.
    pub seam_extents: Vec<Extent>,
    pub seam_lengths: Vec<Length>,
    /// What each seam adds to the area of the cell at its left, in square metres.
    seam_areas: Vec<f64>,
    /// By cell index, here and below.
    pub cell_extents: Vec<Extent>,
    pub cell_areas: Vec<Area>,
    /// Whether any seam is known to run along a barrier. Shapes imported as they were drawn know of none,
    /// wherever they run.
    pub has_barriers: bool,
    /// Each cell as its own color, for settling buildings onto cells.
    pub own_colors: Vec<Option<CellId>>,
    weights: OnceLock<Weights>,
}

impl Terrain {
    /// Cost: O(pins), and the raster's.
    pub fn new(fabric: Arc<Fabric>) -> Self {
        Self::after(fabric, None)
    }

    /// The same with measures taken over from `before` where seams are the same. Both ways give equal values.
    pub fn after(fabric: Arc<Fabric>, before: Option<&Self>) -> Self {
        let n_seams = fabric.n_seams();
        let mut seam_extents = Vec::with_capacity(n_seams);
        let mut seam_lengths = Vec::with_capacity(n_seams);
        let mut seam_areas = Vec::with_capacity(n_seams);
        let twins = before.map(|before| twins(&before.fabric, &fabric));
        for seam in fabric.seams() {
            let twin = twins.as_ref().and_then(|twins| twins[seam.id.index()]);
            match before.zip(twin) {
                Some((before, twin)) => {
                    seam_extents.push(before.seam_extents[twin.index()]);
                    seam_lengths.push(before.seam_lengths[twin.index()]);
                    seam_areas.push(before.seam_areas[twin.index()]);
                }
                None => {
                    seam_extents.push(Extent::of(seam.pins));
                    seam_lengths.push(seam_length(seam));
                    seam_areas.push(area_beside(seam));
                }
            }
        }
        let mut cell_extents = Vec::with_capacity(fabric.n_cells());
        let mut cell_areas = Vec::with_capacity(fabric.n_cells());
        for cell in fabric.cells() {
            let (mut extent, mut area) = (Extent::EMPTY, 0.0);
            for side in fabric.sides(cell) {
                extent = extent.union(&seam_extents[side.seam.index()]);
                let beside = seam_areas[side.seam.index()];
                area += if side.is_left { beside } else { -beside };
            }
            cell_extents.push(extent);
            cell_areas.push(Area::from_square_meters(area));
        }
        let blocks = Blocks::new(&fabric);
        let own_colors = fabric.cells().map(Some).collect();
        let has_barriers = fabric.seams().any(|seam| seam.barrier != Barrier::None);
        Self {
            own_colors,
            has_barriers,
            fabric,
            blocks,
            seam_extents,
            seam_lengths,
            seam_areas,
            cell_extents,
            cell_areas,
            weights: OnceLock::new(),
        }
    }

    /// The cell that holds `pin`; on a seam the lower of its cells.
    pub fn cell_at(&self, pin: Pin) -> Option<CellId> {
        match self.blocks.locate(&self.fabric, pin) {
            Spot::In(cell) => Some(cell),
            Spot::On(seam) => {
                let seam = self.fabric.seam(seam);
                seam.left.into_iter().chain(seam.right).min()
            }
            Spot::Outside => None,
        }
    }

    /// All cells that hold `pin` or touch it, ascending: one inside a cell, more on a seam or at a knot.
    /// Cost: a look-up; on a seam O(seams).
    pub fn cells_at(&self, pin: Pin) -> Vec<CellId> {
        if let Spot::In(cell) = self.blocks.locate(&self.fabric, pin) {
            return vec![cell];
        }
        let near = self.fabric.seams().zip(&self.seam_extents);
        let touching = near.filter(|(seam, extent)| {
            extent.holds(pin)
                && seam.pins.windows(2).any(|edge| is_on_segment(edge[0], edge[1], pin))
        });
        let beside = touching.flat_map(|(seam, _)| seam.left.into_iter().chain(seam.right));
        let mut cells: Vec<CellId> = beside.collect();
        cells.sort_unstable();
        cells.dedup();
        cells
    }

    /// The cells that declared crossings join. An end on a seam speaks for the cells at all its sides, so
    /// that what is joined does not change when cells are numbered anew.
    pub fn joined(&self, links: &[[Pin; 2]]) -> Vec<(CellId, CellId)> {
        let mut joined = Vec::new();
        for [one, two] in links {
            let others = self.cells_at(*two);
            for cell in self.cells_at(*one) {
                joined.extend(others.iter().filter(|o| **o != cell).map(|other| (cell, *other)));
            }
        }
        joined
    }

    /// The cell a building stands on: the one with the largest share of its footprint, else of its pin.
    pub fn cell_of(&self, housing: &Housing, row: usize) -> Option<CellId> {
        let ground =
            Ground { fabric: &self.fabric, blocks: &self.blocks, colors: &self.own_colors };
        let settled = settle(&ground, &housing.homes, row, |one: CellId, two| one.cmp(&two))?;
        settled.color.or_else(|| self.cell_near(housing.homes.pin(row)?))
    }

    /// The cell within two steps (2 cm) of a pin: an outer border that got pins of its own bends that far, and a
    /// building right on it is not to fall off. The lowest of the nearest.
    pub fn cell_near(&self, pin: Pin) -> Option<CellId> {
        (0..=2).find_map(|reach: i32| {
            let around = (-reach..=reach).flat_map(|dx| (-reach..=reach).map(move |dy| (dx, dy)));
            let ring = around.filter(|(dx, dy)| dx.abs().max(dy.abs()) == reach);
            let pins =
                ring.map(|(dx, dy)| Pin::new(pin.x.saturating_add(dx), pin.y.saturating_add(dy)));
            pins.filter_map(|near| self.cell_at(near)).min()
        })
    }

    /// Weights of all pins; worked out when first asked for.
    pub fn weights(&self) -> &Weights {
        self.weights.get_or_init(|| Weights::new(&self.fabric))
    }
}

/// For each seam of `after` the seam of `before` with the same pins. Both list their seams in order of pins.
fn twins(before: &Fabric, after: &Fabric) -> Vec<Option<SeamId>> {
    let mut old = before.seams().peekable();
    after
        .seams()
        .map(|seam| {
            while old.next_if(|old| order(old, &seam) == Ordering::Less).is_some() {}
            old.next_if(|old| order(old, &seam) == Ordering::Equal).map(|old| old.id)
        })
        .collect()
}

fn order(one: &Seam<'_>, two: &Seam<'_>) -> Ordering {
    one.pins[..2].cmp(&two.pins[..2]).then_with(|| one.pins.cmp(two.pins))
}

/// Boxes of the cells of either cut that are not in the other with the same ground and color.
///
/// Whatever lies outside all of them has the color it had. Cost: O(cells) where the fabric stayed, else
/// O(pins).
pub fn changed_boxes(
    (before, old): (&Terrain, &Cut),
    (after, new): (&Terrain, &Cut),
) -> Vec<Extent> {
    if Arc::ptr_eq(&old.fabric, &new.fabric) {
        let cells = after.fabric.cells();
        let turned = cells.filter(|cell| old.colors[cell.index()] != new.colors[cell.index()]);
        return turned.map(|cell| after.cell_extents[cell.index()]).collect();
    }
    let mut is_kept = [vec![true; old.fabric.n_cells()], vec![true; new.fabric.n_cells()]];
    let [old_kept, new_kept] = &mut is_kept;
    let mut has_twin = vec![false; old.fabric.n_seams()];
    for (seam, twin) in new.fabric.seams().zip(twins(&old.fabric, &new.fabric)) {
        let Some(twin) = twin else {
            drop_sides(new_kept, &seam);
            continue;
        };
        has_twin[twin.index()] = true;
        let held = old.fabric.seam(twin);
        for (was, is) in [(held.left, seam.left), (held.right, seam.right)] {
            if color(old, was) != color(new, is) {
                was.into_iter().for_each(|cell| old_kept[cell.index()] = false);
                is.into_iter().for_each(|cell| new_kept[cell.index()] = false);
            }
        }
    }
    for seam in old.fabric.seams().filter(|seam| !has_twin[seam.id.index()]) {
        drop_sides(old_kept, &seam);
    }
    let lost = before.cell_extents.iter().zip(&is_kept[0]);
    let came = after.cell_extents.iter().zip(&is_kept[1]);
    lost.chain(came).filter(|(_, is_kept)| !**is_kept).map(|(extent, _)| *extent).collect()
}

fn drop_sides(is_kept: &mut [bool], seam: &Seam<'_>) {
    [seam.left, seam.right].into_iter().flatten().for_each(|cell| is_kept[cell.index()] = false);
}

/// The outer `None` is outside the fabric, the inner one a gap.
fn color(cut: &Cut, cell: Option<CellId>) -> Option<Option<GridKey>> {
    cell.map(|cell| cut.colors[cell.index()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fabric::weave::{Weave, weave};
    use crate::sample::ascii::{ORIGIN, SIDE};
    use crate::town;

    #[test]
    fn a_crossing_that_ends_on_a_border_joins_both_its_sides() {
        let town = town!("A B C");
        let shapes: Vec<_> = town.grids.iter().map(|(_, shape)| shape.clone()).collect();
        let boundary = Some(&town.boundary[..]);
        let woven = weave(&Weave { shapes: &shapes, boundary, lines: &[], tolerance: 0.5 });
        let terrain = Terrain::new(Arc::new(woven.fabric));
        let at = |x: i32| Pin::new(ORIGIN.x + x, ORIGIN.y + SIDE / 2);
        let [a, b, c] = [SIDE / 2, SIDE * 3 / 2, SIDE * 5 / 2].map(|x| terrain.cells_at(at(x))[0]);
        assert_eq!(terrain.joined(&[[at(SIDE / 2), at(SIDE * 5 / 2)]]), [(a, c)]);
        let seam = terrain.fabric.seams().find(|seam| {
            [seam.left, seam.right].into_iter().flatten().all(|cell| cell != c)
                && seam.left.is_some()
                && seam.right.is_some()
        });
        let border = seam.expect("A and B share a border").pins[0];
        let mut sides = [a, b];
        sides.sort_unstable();
        assert_eq!(terrain.cells_at(border), sides);
        let joined = terrain.joined(&[[border, at(SIDE * 5 / 2)]]);
        assert_eq!(joined, sides.map(|side| (side, c)));
    }
}
