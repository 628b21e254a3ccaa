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

/// Segments in metres from the corner of the extent, in runs of a few that follow one another.
struct Ground {
    corner: Pin,
    east: f64,
    north: f64,
    segments: Vec<[f64; 4]>,
    runs: Vec<Run>,
}

/// Consecutive segments of one ring, and the box around them.
struct Run {
    start: u32,
    end: u32,
    min: (f64, f64),
    max: (f64, f64),
}

/// Segments in a run at most.
const RUN: usize = 8;

impl Run {
    fn new(start: usize, segments: &[[f64; 4]]) -> Self {
        let mut run = Self {
            start: start as u32,
            end: (start + segments.len()) as u32,
            min: (f64::INFINITY, f64::INFINITY),
            max: (f64::NEG_INFINITY, f64::NEG_INFINITY),
        };
        for &[ax, ay, bx, by] in segments {
            run.min = (run.min.0.min(ax).min(bx), run.min.1.min(ay).min(by));
            run.max = (run.max.0.max(ax).max(bx), run.max.1.max(ay).max(by));
        }
        run
    }

    /// Square of the distance from a point to the box, a hair less than it is.
    fn nearest(&self, x: f64, y: f64) -> f64 {
        let dx = (self.min.0 - x).max(x - self.max.0).max(0.0);
        let dy = (self.min.1 - y).max(y - self.max.1).max(0.0);
        (dx * dx + dy * dy) * (1.0 - 1e-9)
    }
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
        let mut runs = Vec::new();
        for ring in polygons.iter().flat_map(|polygon| &polygon.rings) {
            let first = segments.len();
            for (i, &a) in ring.iter().enumerate() {
                let ((ax, ay), (bx, by)) = (meters(a), meters(ring[(i + 1) % ring.len()]));
                segments.push([ax, ay, bx, by]);
            }
            let pieces = segments[first..].chunks(RUN).enumerate();
            runs.extend(pieces.map(|(piece, chunk)| Run::new(first + piece * RUN, chunk)));
        }
        Self { corner, east, north, segments, runs }
    }

    fn square(&self, x: f64, y: f64, half: f64) -> Square {
        let mut is_inside = false;
        let mut nearest = f64::INFINITY;
        for run in &self.runs {
            let segments = &self.segments[run.start as usize..run.end as usize];
            if run.min.1 <= y && y <= run.max.1 && x <= run.max.0 {
                is_inside ^= crosses(segments, run, x, y);
            }
            if run.nearest(x, y) < nearest {
                for segment in segments {
                    nearest = nearest.min(distance_2(segment, x, y));
                }
            }
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

/// Whether a ray from the point to the east crosses the segments of a run an odd number of times.
fn crosses(segments: &[[f64; 4]], run: &Run, x: f64, y: f64) -> bool {
    if x < run.min.0 - 1e-3 {
        // All of the run lies east of the point: only whether it ends on the other side matters.
        let [[_, first, ..], [.., last]] = [segments[0], segments[segments.len() - 1]];
        return (first > y) != (last > y);
    }
    let crossed = segments.iter().filter(|&&[ax, ay, bx, by]| {
        (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax
    });
    crossed.count() % 2 == 1
}

fn distance_2(&[ax, ay, bx, by]: &[f64; 4], x: f64, y: f64) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let length_2 = dx * dx + dy * dy;
    let along = if length_2 > 0.0 {
        (((x - ax) * dx + (y - ay) * dy) / length_2).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (px, py) = (ax + along * dx - x, ay + along * dy - y);
    px * px + py * py
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
