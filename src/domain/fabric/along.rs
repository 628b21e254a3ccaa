//! Which seams run along barriers though they were drawn beside them: a border in the middle of a road,
//! or on its kerb, is a border on that road.
//!
//! **Why** measured and not noded: imported borders follow roads by some metres, seldom by the pin.

use super::{Barrier, Fabric};
use crate::domain::place::{Extent, Index, Pin, distance, step_meters};

/// How far beside a barrier, in metres, a border still follows it.
const REACH: f64 = 10.0;
/// Share of a seam's length that has to follow barriers.
const SHARE: f64 = 0.6;
/// Pieces a seam is looked at in, in metres.
const PIECE: f64 = 15.0;
/// Cosine of the largest angle between a border and the barrier it follows.
const STRAIGHT: f64 = 0.8;

/// The fabric with a barrier written on every seam that has none and follows one for most of its length:
/// the one it follows longest. Cost: O(length of the seams), a look-up each few metres.
pub fn along(fabric: &Fabric, lines: &[(Vec<Pin>, Barrier)]) -> Fabric {
    let edges: Vec<(Pin, Pin, Barrier)> = lines
        .iter()
        .flat_map(|(line, rank)| line.windows(2).map(|pair| (pair[0], pair[1], *rank)))
        .collect();
    let index =
        Index::new(edges.iter().zip(0..).map(|(edge, n)| (Extent::of(&[edge.0, edge.1]), n)));
    let mut seams = fabric.to_new_seams();
    for seam in seams.iter_mut().filter(|seam| seam.barrier == Barrier::None) {
        let mut followed = [0.0f64; Barrier::ALL.len()];
        let mut length = 0.0;
        for pair in seam.pins.windows(2) {
            for (middle, meters) in pieces(pair[0], pair[1]) {
                length += meters;
                if let Some(rank) = followed_at(&index, &edges, middle, (pair[0], pair[1])) {
                    followed[usize::from(rank.rank())] += meters;
                }
            }
        }
        let all: f64 = followed.iter().sum();
        if length > 0.0 && all >= SHARE * length {
            let longest = Barrier::ALL.into_iter().max_by(|one, two| {
                followed[usize::from(one.rank())].total_cmp(&followed[usize::from(two.rank())])
            });
            seam.barrier = longest.unwrap_or_default();
        }
    }
    Fabric::new(&seams, fabric.n_cells() as u32)
}

/// Middles of the pieces of a segment, with their lengths in metres.
fn pieces(a: Pin, b: Pin) -> impl Iterator<Item = (Pin, f64)> {
    let meters = distance(a, b);
    let n = (meters / PIECE).ceil().max(1.0);
    let along = |low: i32, high: i32, part: f64| {
        (f64::from(low) + (f64::from(high) - f64::from(low)) * part).round() as i32
    };
    (0..n as u32).map(move |i| {
        let part = (f64::from(i) + 0.5) / n;
        (Pin::new(along(a.x, b.x, part), along(a.y, b.y, part)), meters / n)
    })
}

/// The highest barrier that runs beside `pin` in the direction of the segment.
fn followed_at(
    index: &Index,
    edges: &[(Pin, Pin, Barrier)],
    pin: Pin,
    (from, to): (Pin, Pin),
) -> Option<Barrier> {
    let (east, north) = step_meters(pin.y);
    let meters = |a: Pin, b: Pin| {
        let (dx, dy) = (i64::from(b.x) - i64::from(a.x), i64::from(b.y) - i64::from(a.y));
        (dx as f64 * east, dy as f64 * north)
    };
    let (ux, uy) = meters(from, to);
    let around = Extent::of(&[pin]).grown((REACH / east.min(north)).ceil() as i32);
    let near = index.meeting(around).map(|n| edges[n as usize]).filter(|(a, b, _)| {
        let ((vx, vy), (wx, wy)) = (meters(*a, *b), meters(*a, pin));
        let length = vx.hypot(vy);
        if length == 0.0 {
            return false;
        }
        let part = ((wx * vx + wy * vy) / (length * length)).clamp(0.0, 1.0);
        let is_near = (wx - part * vx).hypot(wy - part * vy) <= REACH;
        is_near && (ux * vx + uy * vy).abs() >= STRAIGHT * length * ux.hypot(uy)
    });
    near.map(|(_, _, rank)| rank).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fabric::NewSeam;
    use crate::domain::ids::CellId;

    /// A border of 100 m and a road beside it, so many metres away, turned by so many metres.
    fn rank_beside(away: f64, turned: f64) -> Barrier {
        let y = 389_000_000;
        let (east, north) = step_meters(y);
        let at = |dx: f64, dy: f64| {
            Pin::new(1_096_000_000 + (dx / east) as i32, y + (dy / north) as i32)
        };
        let seam = NewSeam {
            pins: vec![at(0.0, 0.0), at(100.0, 0.0)],
            left: CellId::new(1),
            right: CellId::new(2),
            barrier: Barrier::None,
        };
        let road = vec![at(-20.0, away), at(120.0, away + turned)];
        let fabric = along(&Fabric::new(&[seam], 2), &[(road, Barrier::Road)]);
        fabric.seams().next().unwrap().barrier
    }

    #[test]
    fn a_border_on_the_kerb_follows_the_road() {
        assert_eq!(rank_beside(0.0, 0.0), Barrier::Road);
        assert_eq!(rank_beside(8.0, 2.0), Barrier::Road);
        assert_eq!(rank_beside(-9.0, 0.0), Barrier::Road);
        assert_eq!(rank_beside(14.0, 0.0), Barrier::None);
        assert_eq!(rank_beside(-70.0, 140.0), Barrier::None, "crosses it");
    }
}
