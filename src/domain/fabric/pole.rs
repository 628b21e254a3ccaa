//! Where to write a name: a pin deep inside some polygons.
//!
//! Source: V. Agafonkin, "polylabel" (quadtree search for the pole of inaccessibility), on ground
//! metres, to a tenth of the width found, which the eye does not see.
//!
//! **Why** not the centre of gravity: it falls outside bent ground.

use std::collections::BinaryHeap;

use crate::domain::place::{Extent, Pin, Polygon, is_inside, step_meters};

/// A pin well inside `polygons`; `None` when they hold no pin at all.
///
/// Total and deterministic. Cost: O(pins · squares looked at), some dozens of squares.
pub fn pole(polygons: &[Polygon]) -> Option<Pin> {
    let extent = polygons.iter().fold(Extent::EMPTY, |all, one| all.union(&one.extent()));
    if extent.is_empty() {
        return None;
    }
    let ground = Ground::new(polygons, extent);
    let span = |low: i32, high: i32, step: f64| (f64::from(high) - f64::from(low)) * step;
    let width = span(extent.min.x, extent.max.x, ground.east);
    let height = span(extent.min.y, extent.max.y, ground.north);
    let half = width.min(height).max(0.1) / 2.0;
    let mut heap = BinaryHeap::new();
    let (columns, rows) = ((width / half / 2.0).ceil(), (height / half / 2.0).ceil());
    // A very long strip would need very many squares; sixty-four a side find its middle well enough.
    let (columns, rows) = ((columns as i32).clamp(1, 64), (rows as i32).clamp(1, 64));
    let half = (width / f64::from(columns)).max(height / f64::from(rows)).max(0.1) / 2.0;
    for column in 0..columns {
        for row in 0..rows {
            let at = |i: i32, n: i32, span: f64| (f64::from(i) + 0.5) / f64::from(n) * span;
            heap.push(ground.square(at(column, columns, width), at(row, rows, height), half));
        }
    }
    let mut best: Option<Square> = None;
    // Far more than any real outline needs; a bound so that no input can hold us.
    for _ in 0..2000 {
        let Some(square) = heap.pop() else { break };
        let depth = best.map_or(0.0, |best| best.depth);
        if square.depth > depth && is_inside_one(polygons, ground.pin(square)) {
            best = Some(square);
        }
        let depth = best.map_or(0.0, |best| best.depth);
        if square.reach <= depth * 1.1 + 0.01 {
            break;
        }
        let half = square.half / 2.0;
        for (dx, dy) in [(-half, -half), (half, -half), (-half, half), (half, half)] {
            heap.push(ground.square(square.x + dx, square.y + dy, half));
        }
    }
    best.map(|square| ground.pin(square))
        .or_else(|| polygons.first()?.rings.first()?.first().copied())
}

fn is_inside_one(polygons: &[Polygon], pin: Pin) -> bool {
    polygons.iter().any(|polygon| is_inside(polygon, pin) == Some(true))
}

/// A square of ground: centre in metres, half its side, how deep its centre lies (negative outside),
/// and how deep any of its points can lie.
#[derive(Clone, Copy, PartialEq)]
struct Square {
    x: f64,
    y: f64,
    half: f64,
    depth: f64,
    reach: f64,
}

impl Eq for Square {}

/// By reach, so that a heap gives the most promising first; places break ties.
impl Ord for Square {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.reach
            .total_cmp(&other.reach)
            .then(other.x.total_cmp(&self.x))
            .then(other.y.total_cmp(&self.y))
    }
}

impl PartialOrd for Square {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Segments in metres from the corner of the extent.
struct Ground {
    corner: Pin,
    east: f64,
    north: f64,
    segments: Vec<[f64; 4]>,
}

impl Ground {
    fn new(polygons: &[Polygon], extent: Extent) -> Self {
        let corner = extent.min;
        let (east, north) = step_meters(extent.center().y.clamp(-890_000_000, 890_000_000));
        let meters = |pin: Pin| {
            let dx = (i64::from(pin.x) - i64::from(corner.x)) as f64 * east;
            let dy = (i64::from(pin.y) - i64::from(corner.y)) as f64 * north;
            (dx, dy)
        };
        let mut segments = Vec::new();
        for ring in polygons.iter().flat_map(|polygon| &polygon.rings) {
            for (i, &a) in ring.iter().enumerate() {
                let ((ax, ay), (bx, by)) = (meters(a), meters(ring[(i + 1) % ring.len()]));
                segments.push([ax, ay, bx, by]);
            }
        }
        Self { corner, east, north, segments }
    }

    fn square(&self, x: f64, y: f64, half: f64) -> Square {
        let mut is_inside = false;
        let mut nearest = f64::INFINITY;
        for &[ax, ay, bx, by] in &self.segments {
            if (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax {
                is_inside = !is_inside;
            }
            let (dx, dy) = (bx - ax, by - ay);
            let length_2 = dx * dx + dy * dy;
            let along = if length_2 > 0.0 {
                (((x - ax) * dx + (y - ay) * dy) / length_2).clamp(0.0, 1.0)
            } else {
                0.0
            };
            let (px, py) = (ax + along * dx - x, ay + along * dy - y);
            nearest = nearest.min(px * px + py * py);
        }
        let depth = if is_inside { nearest.sqrt() } else { -nearest.sqrt() };
        Square { x, y, half, depth, reach: depth + half * std::f64::consts::SQRT_2 }
    }

    fn pin(&self, square: Square) -> Pin {
        let step = |corner: i32, meters: f64, step: f64| {
            (i64::from(corner) + (meters / step).round() as i64) as i32
        };
        Pin::new(
            step(self.corner.x, square.x, self.east),
            step(self.corner.y, square.y, self.north),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bent_shape_is_named_inside() {
        // A U: its centre of gravity lies outside.
        let ring = [
            (0, 0),
            (900, 0),
            (900, 900),
            (600, 900),
            (600, 300),
            (300, 300),
            (300, 900),
            (0, 900),
        ];
        let ring = ring.map(|(x, y)| Pin::new(x * 10, y * 10)).to_vec();
        let polygons = [Polygon { rings: vec![ring] }];
        let pin = pole(&polygons).unwrap();
        assert_eq!(is_inside(&polygons[0], pin), Some(true));
        assert_eq!(pole(&polygons), Some(pin));
    }

    #[test]
    fn any_polygon_has_an_answer() {
        assert_eq!(pole(&[]), None);
        let pin = Pin::new(5, 5);
        assert_eq!(pole(&[Polygon { rings: vec![vec![pin]] }]), Some(pin));
        let far =
            vec![Pin::new(i32::MIN, i32::MIN), Pin::new(i32::MAX, i32::MIN), Pin::new(0, i32::MAX)];
        assert!(pole(&[Polygon { rings: vec![far] }]).is_some());
    }
}
