//! Units from polygons: any coverage of the plane becomes ground to divide.
//!
//! The polygons are woven into one fabric, so shared borders are found whatever pins either side has on
//! them; ground claimed twice goes to the first, ground claimed by nobody is nobody's. Units that meet
//! in a point only share no seam, and so are no neighbours.
//!
//! **Why** the weave and not a table of equal edges: half of all published coverages have pins on one
//! side of a border that the other side lacks.

use std::collections::BTreeSet;

use super::ground::{Border, Ground};
use crate::domain::fabric::Barrier;
use crate::domain::fabric::along::along;
use crate::domain::fabric::outline::{areas, seam_length};
use crate::domain::fabric::weave::{Flaw, Weave, weave};
use crate::domain::ids::CellId;
use crate::domain::measure::{Area, Length};
use crate::domain::place::{Pin, Polygon};

/// Polygons as ground.
pub struct Coverage {
    pub ground: Ground,
    /// Unit of each shape; `None` for those without ground of their own: swallowed, or without area.
    pub unit_of: Vec<Option<u32>>,
    /// What was wrong with the polygons: overlaps, gaps, rings that cross themselves. Numbers of shapes.
    pub flaws: Vec<Flaw>,
}

/// Ground whose units are `shapes`, with these weights; borders that follow `lines` carry their rank.
/// Slips up to `tolerance` metres are closed. Cost: that of a weave, O(n log n) in pins.
pub fn coverage(
    shapes: &[Vec<Polygon>],
    weights: &[i64],
    lines: &[(Vec<Pin>, Barrier)],
    tolerance: f64,
) -> Coverage {
    let woven = weave(&Weave { shapes, boundary: None, lines: &[], tolerance });
    let fabric = if lines.is_empty() { woven.fabric } else { along(&woven.fabric, lines) };
    let mut unit_of = vec![None; shapes.len()];
    let mut ground = Ground::default();
    let has_ground: BTreeSet<u32> = woven.owners.iter().flatten().copied().collect();
    for (unit, &shape) in (0..).zip(&has_ground) {
        unit_of[shape as usize] = Some(unit);
        ground.weights.push(weights[shape as usize]);
    }
    ground.areas = vec![Area::ZERO; has_ground.len()];
    ground.rims = vec![Length::ZERO; has_ground.len()];
    let owner = |cell: CellId| woven.owners[cell.index()].and_then(|shape| unit_of[shape as usize]);
    for (cell, area) in fabric.cells().zip(areas(&fabric)) {
        if let Some(unit) = owner(cell) {
            ground.areas[unit as usize] += area;
        }
    }
    for seam in fabric.seams() {
        let length = seam_length(seam);
        match (seam.left.and_then(owner), seam.right.and_then(owner)) {
            (Some(a), Some(b)) if a != b => {
                ground.borders.push(Border { units: [a, b], length, barrier: seam.barrier });
            }
            (Some(unit), None) | (None, Some(unit)) => ground.rims[unit as usize] += length,
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
    Coverage { ground, unit_of, flaws: woven.flaws }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: i32, y: i32, side: i32) -> Vec<Polygon> {
        let pin = |dx: i32, dy: i32| Pin::new(1_200_000_000 + x + dx, 300_000_000 + y + dy);
        vec![Polygon { rings: vec![vec![pin(0, 0), pin(side, 0), pin(side, side), pin(0, side)]] }]
    }

    fn pairs(coverage: &Coverage) -> Vec<[u32; 2]> {
        let mut pairs: Vec<[u32; 2]> = coverage
            .ground
            .borders
            .iter()
            .map(|border| {
                [border.units[0].min(border.units[1]), border.units[0].max(border.units[1])]
            })
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    #[test]
    fn neighbours_share_more_than_a_point() {
        // 2 has pins of its own where 0 and 1 meet it; 0 and 3 touch in a corner only.
        let shapes = [
            square(0, 0, 1000),
            square(1000, 0, 1000),
            square(0, 1000, 2000),
            square(-1000, 1000, 1000),
        ];
        let found = coverage(&shapes, &[1; 4], &[], 0.0);
        assert_eq!(pairs(&found), [[0, 1], [0, 2], [1, 2], [2, 3]]);
        assert!(found.flaws.is_empty());
        let rims: f64 = found.ground.rims.iter().map(|rim| rim.meters()).sum();
        let inner: f64 = found.ground.borders.iter().map(|border| border.length.meters()).sum();
        let (east, north) = crate::domain::place::step_meters(300_000_000);
        let steps = |east_steps: f64, north_steps: f64| east_steps * east + north_steps * north;
        assert!((inner - steps(2000.0, 2000.0)).abs() < 0.1, "{inner}");
        assert!((rims - steps(6000.0, 6000.0)).abs() < 0.1, "{rims}");
    }

    #[test]
    fn overlaps_gaps_and_doubles_are_named() {
        let shapes = [square(0, 0, 1000), square(500, 0, 1000), square(0, 0, 1000)];
        let found = coverage(&shapes, &[1; 3], &[], 0.0);
        assert_eq!(found.unit_of, [Some(0), Some(1), None]);
        assert!(found.flaws.iter().any(|flaw| flaw.kind.code() == "fabric.overlap"));
        assert!(found.flaws.iter().any(|flaw| flaw.kind.code() == "fabric.swallowed"));
    }
}
