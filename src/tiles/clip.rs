//! Lines and rings cut to the tile and its buffer.
//!
//! Knows the box and nothing of tiles' contents. Works on [`Fine`] positions; where a segment crosses a
//! side, the crossing is computed from its ends in a fixed order, so both neighbours of a border get
//! the same point.
//!
//! Source: I. Sutherland and G. Hodgman, "Reentrant polygon clipping", 1974. Where a ring leaves the
//! box and comes back, it leaves overlapping pieces along the side; `tidy` takes those apart.

use super::frame::{CLIP, Fine};

/// One of the four sides.
#[derive(Clone, Copy)]
enum Side {
    West,
    East,
    South,
    North,
}

const SIDES: [Side; 4] = [Side::West, Side::East, Side::South, Side::North];

impl Side {
    #[inline]
    fn keeps(self, at: Fine) -> bool {
        match self {
            Self::West => at.x >= CLIP.low,
            Self::East => at.x <= CLIP.high,
            Self::South => at.y >= CLIP.low,
            Self::North => at.y <= CLIP.high,
        }
    }

    /// Where the segment between a kept and a lost position meets this side. The same for both orders.
    fn crossing(self, a: Fine, b: Fine) -> Fine {
        let (a, b) = if a <= b { (a, b) } else { (b, a) };
        // Positions stay under 2^41 and the box under 2^20: products fit an i128 with room.
        let along = |from: i64, to: i64, start: i64, end: i64, limit: i64| {
            let (run, rise) = (i128::from(to - from), i128::from(end - start));
            let product = rise * i128::from(limit - from);
            let half = run.abs() / 2;
            let signed = product * run.signum() + half;
            start + signed.div_euclid(run.abs()) as i64
        };
        match self {
            Self::West => Fine { x: CLIP.low, y: along(a.x, b.x, a.y, b.y, CLIP.low) },
            Self::East => Fine { x: CLIP.high, y: along(a.x, b.x, a.y, b.y, CLIP.high) },
            Self::South => Fine { x: along(a.y, b.y, a.x, b.x, CLIP.low), y: CLIP.low },
            Self::North => Fine { x: along(a.y, b.y, a.x, b.x, CLIP.high), y: CLIP.high },
        }
    }
}

/// Cuts a ring to the box, in place; empty when nothing is left. `spare` is room to work in.
pub fn clip_ring(ring: &mut Vec<Fine>, spare: &mut Vec<Fine>) {
    for side in SIDES {
        if ring.iter().all(|&at| side.keeps(at)) {
            continue;
        }
        spare.clear();
        let Some(&last) = ring.last() else { return };
        let mut from = last;
        let mut is_from_kept = side.keeps(from);
        for &to in ring.iter() {
            let is_kept = side.keeps(to);
            if is_kept != is_from_kept {
                spare.push(side.crossing(from, to));
            }
            if is_kept {
                spare.push(to);
            }
            (from, is_from_kept) = (to, is_kept);
        }
        std::mem::swap(ring, spare);
    }
}

/// The part of one segment inside the box.
fn clip_segment(mut a: Fine, mut b: Fine) -> Option<(Fine, Fine)> {
    for side in SIDES {
        match (side.keeps(a), side.keeps(b)) {
            (true, true) => {}
            (false, false) => return None,
            (true, false) => b = side.crossing(a, b),
            (false, true) => a = side.crossing(a, b),
        }
    }
    Some((a, b))
}

/// Cuts a line to the box: the parts inside it, in order along the line.
pub fn clip_line(line: &[Fine]) -> Vec<Vec<Fine>> {
    if line.iter().all(|&at| CLIP.holds(at)) {
        return vec![line.to_vec()];
    }
    let mut parts: Vec<Vec<Fine>> = Vec::new();
    let mut end = None;
    for pair in line.windows(2) {
        let Some((a, b)) = clip_segment(pair[0], pair[1]) else {
            end = None;
            continue;
        };
        match parts.last_mut() {
            Some(part) if end == Some(a) => part.push(b),
            _ => parts.push(vec![a, b]),
        }
        end = (b == pair[1]).then_some(b);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::frame::FINE;

    fn fine(x: i64, y: i64) -> Fine {
        Fine { x: x * FINE, y: y * FINE }
    }

    fn clipped(points: &[(i64, i64)]) -> Vec<(i64, i64)> {
        let mut ring: Vec<Fine> = points.iter().map(|&(x, y)| fine(x, y)).collect();
        clip_ring(&mut ring, &mut Vec::new());
        ring.iter().map(|at| (at.x / FINE, at.y / FINE)).collect()
    }

    #[test]
    fn a_ring_around_the_tile_becomes_the_box() {
        let mut around = clipped(&[(-9000, -9000), (9000, -9000), (9000, 9000), (-9000, 9000)]);
        around.sort_unstable();
        assert_eq!(around, [(-64, -64), (-64, 4160), (4160, -64), (4160, 4160)]);
        assert_eq!(clipped(&[(-900, 0), (-100, 0), (-100, 50)]), []);
        let inside = [(0, 0), (10, 0), (10, 10)];
        assert_eq!(clipped(&inside), inside);
    }

    #[test]
    fn a_crossing_is_the_same_both_ways() {
        let ends = [(fine(-300, 17), fine(771, 4000)), (fine(8, -7000), fine(4000, 9000))];
        for (a, b) in ends {
            for side in SIDES {
                if side.keeps(a) != side.keeps(b) {
                    assert_eq!(side.crossing(a, b), side.crossing(b, a));
                }
            }
        }
    }

    #[test]
    fn lines_come_in_parts() {
        let line = [fine(10, 10), fine(10, 9000), fine(20, 9000), fine(20, 10), fine(30, 10)];
        let parts = clip_line(&line);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0], [fine(10, 10), fine(10, 4160)]);
        assert_eq!(parts[1], [fine(20, 4160), fine(20, 10), fine(30, 10)]);
        assert!(clip_line(&[fine(-100, -100), fine(-90, 9000)]).is_empty());
    }
}
