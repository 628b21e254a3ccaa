//! How much of a footprint lies on each color.
//!
//! Edges of the footprint and borders through its box are swept from west to east. Between two breaks
//! (ends and crossings) no two of them cross, so each slab falls into trapezoids, every one wholly inside
//! or outside the footprint and on one color.
//!
//! **Why** trapezoids: the color of each is asked at its middle, rounded to the lattice. Where that goes
//! wrong, a hair beside a border, it costs the trapezoid's own area and no more; integrals along pieces
//! of the outline cost the piece's length times its distance from the origin there.

use super::{Ground, sides_of};
use crate::domain::fabric::Spot;
use crate::domain::place::{Extent, Pin, Polygon};

/// Beyond so many edges a footprint is not looked through for edges that cross each other.
const MANY_EDGES: usize = 512;

/// Segments within `extent` that tell two colors apart.
pub(super) fn borders_in<K: Copy + PartialEq>(
    ground: &Ground<'_, K>,
    extent: &Extent,
) -> Vec<(Pin, Pin)> {
    let mut segments = ground.blocks.segments_in(ground.fabric, extent);
    segments.retain(|(_, _, seam)| {
        let (left, right) = sides_of(ground, *seam);
        left != right
    });
    segments.into_iter().map(|(a, b, _)| (a, b)).collect()
}

/// Square lattice steps of `polygons` (even-odd) on each color. The outer `None` is outside the fabric, the
/// inner one a gap. `borders` are those within the box of `polygons`.
pub(super) fn shares<K: Copy + PartialEq>(
    ground: &Ground<'_, K>,
    polygons: &[Polygon],
    borders: &[(Pin, Pin)],
) -> Vec<(Option<Option<K>>, f64)> {
    let extent = polygons.iter().fold(Extent::EMPTY, |all, one| all.union(&one.extent()));
    let origin = extent.min;
    let mut lines: Vec<Line> = polygons
        .iter()
        .flat_map(|polygon| &polygon.rings)
        .flat_map(|ring| (0..ring.len()).map(|at| (ring[at], ring[(at + 1) % ring.len()])))
        .map(|(a, b)| Line::new(a, b, origin, true))
        .collect();
    let n_edges = lines.len();
    lines.extend(borders.iter().map(|&(a, b)| Line::new(a, b, origin, false)));
    let breaks = breaks(&lines, n_edges, f64::from(extent.max.x) - f64::from(origin.x));
    lines.retain(|line| line.from.0 < line.to.0);
    lines.sort_by(|one, two| one.from.0.total_cmp(&two.from.0));
    let mut sums: Vec<(Option<Option<K>>, f64)> = Vec::new();
    let (mut active, mut next): (Vec<&Line>, usize) = (Vec::new(), 0);
    let mut stack: Vec<(f64, bool)> = Vec::new();
    for slab in breaks.windows(2) {
        let [west, east] = [slab[0], slab[1]];
        while next < lines.len() && lines[next].from.0 <= west {
            active.push(&lines[next]);
            next += 1;
        }
        active.retain(|line| line.to.0 >= east);
        let middle = (west + east) / 2.0;
        stack.clear();
        stack.extend(active.iter().map(|line| (line.height_at(middle), line.is_edge)));
        stack.sort_by(|one, two| one.0.total_cmp(&two.0));
        let mut is_inside = false;
        for pair in stack.windows(2) {
            let ([(low, is_edge), (high, _)], width) = ([pair[0], pair[1]], east - west);
            is_inside ^= is_edge;
            if is_inside && high > low {
                let color = color_at(ground, origin, (middle, (low + high) / 2.0));
                match sums.iter_mut().find(|(known, _)| *known == color) {
                    Some((_, sum)) => *sum += (high - low) * width,
                    None => sums.push((color, (high - low) * width)),
                }
            }
        }
    }
    sums
}

fn color_at<K: Copy>(ground: &Ground<'_, K>, origin: Pin, (x, y): (f64, f64)) -> Option<Option<K>> {
    let pin = Pin::new(origin.x + x.round() as i32, origin.y + y.round() as i32);
    match ground.blocks.locate(ground.fabric, pin) {
        Spot::In(cell) => Some(ground.colors[cell.index()]),
        Spot::On(seam) => sides_of(ground, seam).0,
        Spot::Outside => None,
    }
}

/// Where slabs begin and end, ascending: ends of lines and places where an edge is crossed.
fn breaks(lines: &[Line], n_edges: usize, width: f64) -> Vec<f64> {
    let mut breaks: Vec<f64> = lines.iter().flat_map(|line| [line.from.0, line.to.0]).collect();
    for (at, edge) in lines[..n_edges].iter().enumerate() {
        let first = if n_edges <= MANY_EDGES { at + 1 } else { n_edges };
        breaks.extend(lines[first..].iter().filter_map(|line| edge.crossing(line)));
    }
    breaks.retain(|x| (0.0..=width).contains(x));
    breaks.sort_by(f64::total_cmp);
    breaks.dedup();
    breaks
}

/// A segment from west to east, in steps from the footprint's south-west corner.
struct Line {
    from: (f64, f64),
    to: (f64, f64),
    /// Of the footprint, not a border.
    is_edge: bool,
}

impl Line {
    fn new(a: Pin, b: Pin, origin: Pin, is_edge: bool) -> Self {
        let at = |pin: Pin| {
            let steps = |v: i32, from: i32| f64::from(v) - f64::from(from);
            (steps(pin.x, origin.x), steps(pin.y, origin.y))
        };
        let (from, to) = if a.x <= b.x { (at(a), at(b)) } else { (at(b), at(a)) };
        Self { from, to, is_edge }
    }

    fn height_at(&self, x: f64) -> f64 {
        let ((ax, ay), (bx, by)) = (self.from, self.to);
        ay + (by - ay) * ((x - ax) / (bx - ax))
    }

    /// Where two segments that are not parallel meet.
    fn crossing(&self, other: &Self) -> Option<f64> {
        let side = |line: &Self, (x, y): (f64, f64)| {
            let ((ax, ay), (bx, by)) = (line.from, line.to);
            (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        };
        let (near, far) = (side(other, self.from), side(other, self.to));
        let (from, to) = (side(self, other.from), side(self, other.to));
        let meets = near != far && near * far <= 0.0 && from * to <= 0.0;
        meets.then(|| self.from.0 + (self.to.0 - self.from.0) * (near / (near - far)))
    }
}
