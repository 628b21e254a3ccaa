//! Geometry of a feature to pins: rings closed, doubled pins dropped, faults named.
//!
//! Validity beyond that is not judged here: borders are mended by the weave, which sees the
//! neighbours; footprints are kept as published and noted when a ring meets itself.
//!
//! **Why** a shape is taken or refused whole: half a ring is another shape.

use geojson::{Geometry, GeometryValue, Position};

use super::datum::Converter;
use super::sheet::ImportOptions;
use crate::domain::place::{
    Extent, Pin, PlaceError, Polygon, is_inside, is_on_segment, signed_area_x2, turn,
};

/// What one feature draws.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    pub polygons: Vec<Polygon>,
    pub lines: Vec<Vec<Pin>>,
    pub points: Vec<Pin>,
    /// Some pair of numbers was exchanged.
    pub is_swapped: bool,
    /// Rings without area that were left out.
    pub n_degenerate: usize,
    /// Some hole does not lie in its outer ring.
    pub has_outside_hole: bool,
}

/// Why a geometry was refused: an issue code, and the last good pin before the fault.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShapeFault {
    pub code: &'static str,
    pub place: Option<Pin>,
}

impl Shape {
    pub fn is_empty(&self) -> bool {
        self.polygons.is_empty() && self.lines.is_empty() && self.points.is_empty()
    }
}

/// Reads `geometry` through `converter`.
pub fn shape(
    geometry: &Geometry,
    converter: &mut Converter,
    options: &ImportOptions,
) -> Result<Shape, ShapeFault> {
    let mut reader =
        Reader { converter, max_ring: options.max_ring_vertices, shape: Shape::default() };
    reader.geometry(geometry)?;
    Ok(reader.shape)
}

/// The first few positions of `geometry` as plain numbers, for telling the datum.
pub fn sample(geometry: &Geometry, sample: &mut Vec<(f64, f64)>) {
    let mut take = |chain: &[Position]| {
        sample.extend(chain.iter().take(4).filter_map(pair));
    };
    match &geometry.value {
        GeometryValue::Point { coordinates } => take(std::slice::from_ref(coordinates)),
        GeometryValue::MultiPoint { coordinates } | GeometryValue::LineString { coordinates } => {
            take(coordinates)
        }
        GeometryValue::MultiLineString { coordinates } | GeometryValue::Polygon { coordinates } => {
            coordinates.iter().take(1).for_each(|chain| take(chain))
        }
        GeometryValue::MultiPolygon { coordinates } => {
            coordinates.iter().flatten().take(1).for_each(|chain| take(chain))
        }
        GeometryValue::GeometryCollection { geometries } => {
            geometries.iter().take(1).for_each(|inner| self::sample(inner, sample))
        }
    }
}

/// The two leading numbers of a position; the height is of no concern here.
fn pair(position: &Position) -> Option<(f64, f64)> {
    match position.as_slice() {
        [x, y, ..] => Some((*x, *y)),
        _ => None,
    }
}

struct Reader<'a> {
    converter: &'a mut Converter,
    max_ring: usize,
    shape: Shape,
}

impl Reader<'_> {
    fn geometry(&mut self, geometry: &Geometry) -> Result<(), ShapeFault> {
        match &geometry.value {
            GeometryValue::Point { coordinates } => {
                let pin = self.pin(coordinates, None)?;
                self.shape.points.push(pin);
            }
            GeometryValue::MultiPoint { coordinates } => {
                let pins = self.chain(coordinates)?;
                self.shape.points.extend(pins);
            }
            GeometryValue::LineString { coordinates } => self.line(coordinates)?,
            GeometryValue::MultiLineString { coordinates } => {
                coordinates.iter().try_for_each(|line| self.line(line))?
            }
            GeometryValue::Polygon { coordinates } => self.polygon(coordinates)?,
            GeometryValue::MultiPolygon { coordinates } => {
                coordinates.iter().try_for_each(|polygon| self.polygon(polygon))?
            }
            GeometryValue::GeometryCollection { geometries } => {
                geometries.iter().try_for_each(|inner| self.geometry(inner))?
            }
        }
        Ok(())
    }

    fn pin(&mut self, position: &Position, before: Option<Pin>) -> Result<Pin, ShapeFault> {
        let fault = |code| ShapeFault { code, place: before };
        let (x, y) = pair(position).ok_or(fault("row.bad-geometry"))?;
        match self.converter.locate(x, y) {
            Ok(located) => {
                self.shape.is_swapped |= located.is_swapped;
                Ok(located.pin)
            }
            Err(PlaceError::NotFinite) => Err(fault("row.not-finite")),
            Err(PlaceError::OutOfRange) => Err(fault("row.out-of-range")),
        }
    }

    /// Pins without neighbours that are the same.
    fn chain(&mut self, positions: &[Position]) -> Result<Vec<Pin>, ShapeFault> {
        if positions.len() > self.max_ring {
            let place = self.pin(&positions[0], None).ok();
            return Err(ShapeFault { code: "fabric.too-many-vertices", place });
        }
        let mut pins = Vec::with_capacity(positions.len());
        for position in positions {
            let pin = self.pin(position, pins.last().copied())?;
            if pins.last() != Some(&pin) {
                pins.push(pin);
            }
        }
        Ok(pins)
    }

    fn line(&mut self, positions: &[Position]) -> Result<(), ShapeFault> {
        let pins = self.chain(positions)?;
        if pins.len() >= 2 {
            self.shape.lines.push(pins);
        } else {
            self.shape.n_degenerate += 1;
        }
        Ok(())
    }

    /// A ring that is not closed is closed by leaving out the repeated end, as all our rings do.
    fn ring(&mut self, positions: &[Position]) -> Result<Vec<Pin>, ShapeFault> {
        let mut pins = self.chain(positions)?;
        while pins.len() > 1 && pins.first() == pins.last() {
            pins.pop();
        }
        Ok(pins)
    }

    fn polygon(&mut self, rings: &[Vec<Position>]) -> Result<(), ShapeFault> {
        let mut polygon = Polygon::default();
        for (i, positions) in rings.iter().enumerate() {
            let ring = self.ring(positions)?;
            if ring.len() < 3 || is_flat(&ring) {
                self.shape.n_degenerate += 1;
                if i == 0 {
                    return Ok(());
                }
                continue;
            }
            if i > 0 && !Extent::of(&polygon.rings[0]).meets(&Extent::of(&ring)) {
                self.shape.has_outside_hole = true;
                continue;
            }
            polygon.rings.push(ring);
        }
        if !polygon.rings.is_empty() {
            self.shape.has_outside_hole |= has_outside_hole(&polygon);
            self.shape.polygons.push(polygon);
        }
        Ok(())
    }
}

/// Whether all pins lie on one line. (A figure of eight may have no signed area and is not flat.)
fn is_flat(ring: &[Pin]) -> bool {
    ring.iter().all(|&pin| turn(ring[0], ring[1], pin).is_eq())
}

/// Whether some hole has a pin strictly outside the outer ring. Looks at the first pin of each hole
/// that is not on the ring itself.
fn has_outside_hole(polygon: &Polygon) -> bool {
    let (outer, holes) = polygon.rings.split_first().expect("a polygon has its outer ring");
    let outer = Polygon { rings: vec![outer.clone()] };
    holes.iter().any(|hole| hole.iter().find_map(|&pin| is_inside(&outer, pin)) == Some(false))
}

/// A pin strictly inside `polygons`: the middle of the widest stretch of a level line near the middle
/// of the largest one. Falls back to its first pin when the lattice leaves no room inside.
///
/// Cost: O(vertices) for each level tried, at most 16. Exact: the answer is checked by [`is_inside`].
pub fn inner_pin(polygons: &[Polygon]) -> Option<Pin> {
    let largest = polygons
        .iter()
        .filter(|polygon| !polygon.rings.is_empty())
        .max_by_key(|polygon| signed_area_x2(&polygon.rings[0]).unsigned_abs())?;
    let mut levels: Vec<i32> = largest.rings[0].iter().map(|pin| pin.y).collect();
    levels.sort_unstable();
    levels.dedup();
    let middle = largest.extent().center().y;
    // Half way between two neighbouring vertices no vertex is met.
    let mut between: Vec<i32> = levels
        .windows(2)
        .map(|pair| ((i64::from(pair[0]) + i64::from(pair[1])) / 2) as i32)
        .collect();
    if levels.binary_search(&middle).is_err() {
        between.push(middle);
    }
    between.sort_by_key(|&y| (i64::from(y) - i64::from(middle)).abs());
    let found = between.iter().take(16).find_map(|&y| inner_pin_at(largest, y));
    found.or_else(|| largest.rings[0].first().copied())
}

fn inner_pin_at(polygon: &Polygon, y: i32) -> Option<Pin> {
    let mut crossings = Vec::new();
    for ring in &polygon.rings {
        for (i, &a) in ring.iter().enumerate() {
            let b = ring[(i + 1) % ring.len()];
            if (a.y <= y) != (b.y <= y) {
                let share = (f64::from(y) - f64::from(a.y)) / (f64::from(b.y) - f64::from(a.y));
                crossings.push(f64::from(a.x) + share * (f64::from(b.x) - f64::from(a.x)));
            }
        }
    }
    crossings.sort_by(f64::total_cmp);
    let widest = crossings
        .chunks_exact(2)
        .max_by(|one, other| (one[1] - one[0]).total_cmp(&(other[1] - other[0])))?;
    // Between two pins, so within i32.
    let pin = Pin::new(((widest[0] + widest[1]) / 2.0).round() as i32, y);
    (is_inside(polygon, pin) == Some(true)).then_some(pin)
}

/// Rings longer than this are not searched for places where they meet themselves.
const MAX_CHECKED: usize = 4096;

/// Whether some ring of `polygons` touches or crosses itself; the place where it does.
///
/// A sweep over segments by their western end, O(n log n) for usual rings, O(n²) at worst, and not
/// tried on rings of more than 4,096 pins.
pub fn self_contact(polygons: &[Polygon]) -> Option<Pin> {
    let rings = polygons.iter().flat_map(|polygon| &polygon.rings);
    rings.filter(|ring| ring.len() <= MAX_CHECKED).find_map(|ring| ring_self_contact(ring))
}

fn ring_self_contact(ring: &[Pin]) -> Option<Pin> {
    let n = ring.len();
    let segment = |i: usize| (ring[i], ring[(i + 1) % n]);
    let west = |i: usize| segment(i).0.x.min(segment(i).1.x);
    let east = |i: usize| segment(i).0.x.max(segment(i).1.x);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_unstable_by_key(|&i| west(i));
    let mut active: Vec<usize> = Vec::new();
    for &i in &order {
        active.retain(|&j| east(j) >= west(i));
        for &j in &active {
            if let Some(place) =
                contact(segment(i), segment(j), (i + 1) % n == j || (j + 1) % n == i)
            {
                return Some(place);
            }
        }
        active.push(i);
    }
    None
}

/// Where two segments of a ring meet, other than at the pin that neighbours share.
fn contact((a, b): (Pin, Pin), (c, d): (Pin, Pin), are_neighbours: bool) -> Option<Pin> {
    if are_neighbours {
        // Neighbours meet again only when one runs back over the other: a spike.
        let (start, middle, end) = if b == c { (a, b, d) } else { (b, a, c) };
        let runs_back = turn(start, middle, end).is_eq()
            && (is_on_segment(start, middle, end) || is_on_segment(middle, end, start));
        return runs_back.then_some(middle);
    }
    let ends = [(a, c, d), (b, c, d), (c, a, b), (d, a, b)];
    if let Some((pin, _, _)) =
        ends.into_iter().find(|&(pin, from, to)| is_on_segment(from, to, pin))
    {
        return Some(pin);
    }
    let crosses = turn(a, b, c) != turn(a, b, d) && turn(c, d, a) != turn(c, d, b);
    crosses.then_some(a)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(pins: &[(i32, i32)]) -> Polygon {
        Polygon { rings: vec![pins.iter().map(|&(x, y)| Pin::new(x, y)).collect()] }
    }

    #[test]
    fn inner_pins_are_inside() {
        let u = ring(&[(0, 0), (30, 0), (30, 30), (20, 30), (20, 10), (10, 10), (10, 30), (0, 30)]);
        let pin = inner_pin(std::slice::from_ref(&u)).expect("some pin");
        assert_eq!(is_inside(&u, pin), Some(true), "{pin:?}");
        let sliver = ring(&[(0, 0), (1, 0), (1, 1)]);
        assert_eq!(inner_pin(&[sliver]), Some(Pin::new(0, 0)));
        assert_eq!(inner_pin(&[]), None);
    }

    #[test]
    fn rings_that_meet_themselves() {
        let square = ring(&[(0, 0), (10, 0), (10, 10), (0, 10)]);
        assert_eq!(self_contact(&[square]), None);
        let bow = ring(&[(0, 0), (10, 10), (10, 0), (0, 10)]);
        assert!(self_contact(&[bow]).is_some());
        let pinched = ring(&[(0, 0), (10, 0), (5, 5), (10, 10), (0, 10), (5, 5)]);
        assert_eq!(self_contact(&[pinched]), Some(Pin::new(5, 5)));
        let spike = ring(&[(0, 0), (10, 0), (15, 0), (10, 0), (10, 10)]);
        assert!(self_contact(&[spike]).is_some());
        let triangle = ring(&[(0, 0), (10, 0), (5, 8)]);
        assert_eq!(self_contact(&[triangle]), None);
        let straight = ring(&[(0, 0), (5, 0), (10, 0), (10, 10)]);
        assert_eq!(self_contact(&[straight]), None, "a pin on a straight line is no spike");
    }
}
