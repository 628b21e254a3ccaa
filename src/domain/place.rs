//! Places: the integer lattice everything stands on, and the exact questions asked of it.
//!
//! A [`Pin`] is EPSG:4490 longitude and latitude in 1e-7 degree (about 1 cm). Equality is exact and the
//! predicates are computed in integers, so a border means the same thing on every machine.
//! Lengths and areas are measured on the GRS 80 ellipsoid in `f64`.
//!
//! **Why** integers: differences of 1e-16 are how shared borders come apart. The cost: a crossing of
//! two lines is rounded to the lattice, so whoever makes one checks again afterwards.

use std::cmp::Ordering;

use thiserror::Error;

/// Lattice steps in one degree.
pub const STEPS_PER_DEGREE: f64 = 1e7;

/// A position on the ground: EPSG:4490 longitude (`x`) and latitude (`y`) in 1e-7 degree.
///
/// Ordered by `x`, then `y`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pin {
    pub x: i32,
    pub y: i32,
}

/// A position at the edge of the house (files, wire): degrees, longitude first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LonLat {
    pub lon: f64,
    pub lat: f64,
}

/// Why a coordinate is no place on the lattice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PlaceError {
    #[error("coordinate is not a finite number")]
    NotFinite,
    #[error("coordinate lies outside longitude ±180 or latitude ±90")]
    OutOfRange,
}

impl Pin {
    pub const fn new(x: i32, y: i32) -> Self {
        Self { x, y }
    }

    /// The lattice point nearest to `place`. Refuses what is not finite or not on the globe.
    pub fn of(place: LonLat) -> Result<Self, PlaceError> {
        if !(place.lon.is_finite() && place.lat.is_finite()) {
            return Err(PlaceError::NotFinite);
        }
        if place.lon.abs() > 180.0 || place.lat.abs() > 90.0 {
            return Err(PlaceError::OutOfRange);
        }
        // ±180e7 fits an i32 (±2.147e9).
        Ok(Self {
            x: (place.lon * STEPS_PER_DEGREE).round() as i32,
            y: (place.lat * STEPS_PER_DEGREE).round() as i32,
        })
    }

    pub fn lon_lat(self) -> LonLat {
        LonLat {
            lon: f64::from(self.x) / STEPS_PER_DEGREE,
            lat: f64::from(self.y) / STEPS_PER_DEGREE,
        }
    }
}

/// An upright rectangle of pins, borders included. `Extent::EMPTY` holds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Extent {
    pub min: Pin,
    pub max: Pin,
}

impl Default for Extent {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl Extent {
    pub const EMPTY: Self =
        Self { min: Pin::new(i32::MAX, i32::MAX), max: Pin::new(i32::MIN, i32::MIN) };

    pub fn of<'a>(pins: impl IntoIterator<Item = &'a Pin>) -> Self {
        let mut extent = Self::EMPTY;
        for &pin in pins {
            extent.add(pin);
        }
        extent
    }

    pub fn is_empty(&self) -> bool {
        self.min.x > self.max.x || self.min.y > self.max.y
    }

    pub fn add(&mut self, pin: Pin) {
        self.min = Pin::new(self.min.x.min(pin.x), self.min.y.min(pin.y));
        self.max = Pin::new(self.max.x.max(pin.x), self.max.y.max(pin.y));
    }

    /// The smallest extent that holds both.
    pub fn union(&self, other: &Self) -> Self {
        Self {
            min: Pin::new(self.min.x.min(other.min.x), self.min.y.min(other.min.y)),
            max: Pin::new(self.max.x.max(other.max.x), self.max.y.max(other.max.y)),
        }
    }

    pub fn holds(&self, pin: Pin) -> bool {
        self.min.x <= pin.x && pin.x <= self.max.x && self.min.y <= pin.y && pin.y <= self.max.y
    }

    /// Whether the two share a point; touching counts.
    pub fn meets(&self, other: &Self) -> bool {
        self.min.x <= other.max.x
            && other.min.x <= self.max.x
            && self.min.y <= other.max.y
            && other.min.y <= self.max.y
    }

    /// Wider by `steps` on every side, kept on the lattice.
    pub fn grown(&self, steps: i32) -> Self {
        Self {
            min: Pin::new(self.min.x.saturating_sub(steps), self.min.y.saturating_sub(steps)),
            max: Pin::new(self.max.x.saturating_add(steps), self.max.y.saturating_add(steps)),
        }
    }

    pub fn center(&self) -> Pin {
        let middle = |a: i32, b: i32| ((i64::from(a) + i64::from(b)) / 2) as i32;
        Pin::new(middle(self.min.x, self.max.x), middle(self.min.y, self.max.y))
    }
}

/// Rings of pins, the outer one first, then its holes. A ring does not repeat its first pin.
///
/// As it comes from a file: nothing is promised about direction or validity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Polygon {
    pub rings: Vec<Vec<Pin>>,
}

impl Polygon {
    pub fn extent(&self) -> Extent {
        Extent::of(self.rings.first().into_iter().flatten())
    }
}

/// A number that tells two shapes apart: FNV-1a over all pins and ring ends; 0 only for no shape at all.
pub fn digest(polygons: &[Polygon]) -> u64 {
    if polygons.is_empty() {
        return 0;
    }
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut mix = |number: u32| {
        for byte in number.to_le_bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for polygon in polygons {
        mix(u32::MAX);
        for ring in &polygon.rings {
            mix(ring.len() as u32);
            for pin in ring {
                mix(pin.x.cast_unsigned());
                mix(pin.y.cast_unsigned());
            }
        }
    }
    hash.max(1)
}

/// On which side of the line `a` → `b` the point `c` lies: `Greater` left, `Less` right, `Equal` on it.
///
/// Exact for all pins. Differences need 33 bits, their products 66, hence `i128` off the fast path.
#[inline]
pub fn turn(a: Pin, b: Pin, c: Pin) -> Ordering {
    let (abx, aby) = (i64::from(b.x) - i64::from(a.x), i64::from(b.y) - i64::from(a.y));
    let (acx, acy) = (i64::from(c.x) - i64::from(a.x), i64::from(c.y) - i64::from(a.y));
    // Within ±2^30 (107 degrees) each product stays under 2^60: no overflow.
    const NEAR: i64 = 1 << 30;
    if abx.abs() < NEAR && aby.abs() < NEAR && acx.abs() < NEAR && acy.abs() < NEAR {
        (abx * acy).cmp(&(aby * acx))
    } else {
        (i128::from(abx) * i128::from(acy)).cmp(&(i128::from(aby) * i128::from(acx)))
    }
}

/// Whether `c` lies on the closed segment `a`–`b`. Exact.
#[inline]
pub fn is_on_segment(a: Pin, b: Pin, c: Pin) -> bool {
    c.x >= a.x.min(b.x)
        && c.x <= a.x.max(b.x)
        && c.y >= a.y.min(b.y)
        && c.y <= a.y.max(b.y)
        && turn(a, b, c) == Ordering::Equal
}

/// Twice the signed area of a ring in square lattice steps; positive when it runs counter-clockwise.
pub fn signed_area_x2(ring: &[Pin]) -> i128 {
    let Some(&origin) = ring.first() else { return 0 };
    let mut sum = 0i128;
    for (i, a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        let (ax, ay) = (i64::from(a.x) - i64::from(origin.x), i64::from(a.y) - i64::from(origin.y));
        let (bx, by) = (i64::from(b.x) - i64::from(origin.x), i64::from(b.y) - i64::from(origin.y));
        sum += i128::from(ax) * i128::from(by) - i128::from(bx) * i128::from(ay);
    }
    sum
}

/// Even-odd test of `pin` against all rings of `polygon`; `None` when it lies exactly on a ring.
/// Cost: O(vertices). The slow truth for single shapes; fabrics have `locate`.
pub fn is_inside(polygon: &Polygon, pin: Pin) -> Option<bool> {
    let mut inside = false;
    for ring in &polygon.rings {
        for (i, &a) in ring.iter().enumerate() {
            let b = ring[(i + 1) % ring.len()];
            if is_on_segment(a, b, pin) {
                return None;
            }
            let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
            if low.y <= pin.y && pin.y < high.y && turn(low, high, pin) == Ordering::Greater {
                inside = !inside;
            }
        }
    }
    Some(inside)
}

/// Semi-major axis of GRS 80 in metres (EPSG:4490).
const SEMI_MAJOR: f64 = 6_378_137.0;
/// First eccentricity squared of GRS 80.
const ECCENTRICITY_2: f64 = 0.006_694_380_022_90;

/// Metres of one lattice step at latitude `y`: (east-west, north-south).
///
/// From the ellipsoid's radii of curvature; good for distances of a few kilometres around that latitude.
pub fn step_meters(y: i32) -> (f64, f64) {
    let lat = (f64::from(y) / STEPS_PER_DEGREE).to_radians();
    let w2 = 1.0 - ECCENTRICITY_2 * lat.sin().powi(2);
    let prime_vertical = SEMI_MAJOR / w2.sqrt();
    let meridian = SEMI_MAJOR * (1.0 - ECCENTRICITY_2) / (w2 * w2.sqrt());
    let step = (1.0 / STEPS_PER_DEGREE).to_radians();
    (prime_vertical * lat.cos() * step, meridian * step)
}

/// Distance between two near pins in metres, with the radii of curvature at their middle latitude.
/// Error under 1e-6 of the length for segments up to 10 km.
pub fn distance(a: Pin, b: Pin) -> f64 {
    let middle = ((i64::from(a.y) + i64::from(b.y)) / 2) as i32;
    let (east, north) = step_meters(middle);
    let dx = (i64::from(b.x) - i64::from(a.x)) as f64 * east;
    let dy = (i64::from(b.y) - i64::from(a.y)) as f64 * north;
    dx.hypot(dy)
}

/// Length of a chain of pins in metres.
pub fn chain_meters(chain: &[Pin]) -> f64 {
    chain.windows(2).map(|pair| distance(pair[0], pair[1])).sum()
}

/// What the segment `a` → `b` adds to the area at its left when a ring is walked, in square metres.
///
/// The ellipsoid is unrolled by the equal-area cylindrical projection (authalic `q`), where the
/// shoelace formula gives true areas. Reversing the segment negates the result exactly, so the two
/// sides of a seam cancel. Source: Snyder, "Map Projections: A Working Manual", eq. 3-12, 10-14.
pub fn area_under(a: Pin, b: Pin) -> f64 {
    // Differences of `q` against the equator lose digits; the closing error of a city-sized ring
    // stays under 1e-3 m² because `q` has 15 digits and a ring's edges are short.
    let (qa, qb) = (authalic_q(a.y), authalic_q(b.y));
    let k = SEMI_MAJOR * SEMI_MAJOR / 2.0 * (1.0 / STEPS_PER_DEGREE).to_radians();
    let dx = (i64::from(a.x) - i64::from(b.x)) as f64;
    dx * (qa + qb) / 2.0 * k
}

fn authalic_q(y: i32) -> f64 {
    let e = ECCENTRICITY_2.sqrt();
    let sin = (f64::from(y) / STEPS_PER_DEGREE).to_radians().sin();
    let es = e * sin;
    (1.0 - ECCENTRICITY_2) * (sin / (1.0 - es * es) + es.atanh() / e)
}

/// Area enclosed by a ring in square metres, positive when counter-clockwise.
pub fn ring_square_meters(ring: &[Pin]) -> f64 {
    let Some(&origin) = ring.first() else { return 0.0 };
    // Taken against the first pin's parallel so that large numbers do not cancel.
    let base = authalic_q(origin.y);
    let k = SEMI_MAJOR * SEMI_MAJOR / 2.0 * (1.0 / STEPS_PER_DEGREE).to_radians();
    let sum: f64 = (0..ring.len())
        .map(|i| {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            let dx = (i64::from(a.x) - i64::from(b.x)) as f64;
            dx * ((authalic_q(a.y) - base) + (authalic_q(b.y) - base)) / 2.0
        })
        .sum();
    sum * k
}

/// Where a pin lies along the Hilbert curve of the whole lattice: near pins get near numbers.
/// Source: Hilbert curve by quadrant rotation, 16 bits a side (about 60 m cells).
pub fn hilbert(pin: Pin) -> u32 {
    let shift = |v: i32| ((i64::from(v) + (1 << 31)) >> 16) as u32;
    let (mut x, mut y) = (shift(pin.x), shift(pin.y));
    let mut d = 0u32;
    let mut s = 1u32 << 15;
    while s > 0 {
        let rx = u32::from(x & s > 0);
        let ry = u32::from(y & s > 0);
        d = d.wrapping_add((s.wrapping_mul(s)).wrapping_mul((3 * rx) ^ ry));
        if ry == 0 {
            if rx == 1 {
                x = (s.wrapping_sub(1)).wrapping_sub(x) & 0xFFFF;
                y = (s.wrapping_sub(1)).wrapping_sub(y) & 0xFFFF;
            }
            std::mem::swap(&mut x, &mut y);
        }
        s >>= 1;
    }
    d
}

/// A static index of extents, each with a number of ours behind it.
///
/// Built once by bulk loading, O(n log n); asked in O(log n + hits). The only place that names `rstar`.
#[derive(Debug, Default)]
pub struct Index(rstar::RTree<Entry>);

#[derive(Clone, Copy, Debug)]
struct Entry {
    extent: Extent,
    number: u32,
}

impl rstar::RTreeObject for Entry {
    type Envelope = rstar::AABB<[i64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        let corner = |pin: Pin| [i64::from(pin.x), i64::from(pin.y)];
        rstar::AABB::from_corners(corner(self.extent.min), corner(self.extent.max))
    }
}

impl Index {
    /// Empty extents are left out.
    pub fn new(extents: impl IntoIterator<Item = (Extent, u32)>) -> Self {
        let entries = extents
            .into_iter()
            .filter(|(extent, _)| !extent.is_empty())
            .map(|(extent, number)| Entry { extent, number })
            .collect();
        Self(rstar::RTree::bulk_load(entries))
    }

    /// Numbers of all entries whose extent meets `extent`, in no particular order.
    pub fn meeting(&self, extent: Extent) -> impl Iterator<Item = u32> + '_ {
        let envelope = rstar::RTreeObject::envelope(&Entry { extent, number: 0 });
        self.0.locate_in_envelope_intersecting(envelope).map(|entry| entry.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doors_refuse_what_is_no_place() {
        let of = |lon, lat| Pin::of(LonLat { lon, lat });
        assert_eq!(of(f64::NAN, 0.0), Err(PlaceError::NotFinite));
        assert_eq!(of(180.1, 0.0), Err(PlaceError::OutOfRange));
        assert_eq!(of(-180.0, 90.0), Ok(Pin::new(-1_800_000_000, 900_000_000)));
    }

    #[test]
    fn turns_are_exact_across_the_globe() {
        let (a, b) = (Pin::new(-1_800_000_000, -900_000_000), Pin::new(1_800_000_000, 900_000_000));
        assert_eq!(turn(a, b, Pin::new(0, 0)), Ordering::Equal);
        assert_eq!(turn(a, b, Pin::new(0, 1)), Ordering::Greater);
        assert_eq!(turn(a, b, Pin::new(1, 0)), Ordering::Less);
    }

    #[test]
    fn a_square_kilometre_is_one() {
        let (east, north) = step_meters(390_000_000);
        let (dx, dy) = ((1000.0 / east) as i32, (1000.0 / north) as i32);
        let corner = Pin::new(1_096_000_000, 390_000_000 - dy / 2);
        let ring = [
            corner,
            Pin::new(corner.x + dx, corner.y),
            Pin::new(corner.x + dx, corner.y + dy),
            Pin::new(corner.x, corner.y + dy),
        ];
        assert!((ring_square_meters(&ring) - 1e6).abs() < 20.0);
        let edges: f64 = (0..4).map(|i| area_under(ring[i], ring[(i + 1) % 4])).sum();
        assert!((edges - 1e6).abs() < 20.0, "{edges}");
    }

    #[test]
    fn hilbert_neighbours_are_near() {
        let mut seen = std::collections::HashSet::new();
        for x in 0..16 {
            for y in 0..16 {
                seen.insert(hilbert(Pin::new(x << 16, y << 16)));
            }
        }
        assert_eq!(seen.len(), 256);
        let lowest = *seen.iter().min().expect("256 numbers");
        assert_eq!(
            *seen.iter().max().expect("256 numbers") - lowest,
            255,
            "a block of the curve has no holes"
        );
    }

    #[test]
    fn even_odd_knows_holes_and_edges() {
        let square =
            |a: i32, b: i32| vec![Pin::new(a, a), Pin::new(b, a), Pin::new(b, b), Pin::new(a, b)];
        let ringed = Polygon { rings: vec![square(0, 10), square(4, 6)] };
        assert_eq!(is_inside(&ringed, Pin::new(2, 2)), Some(true));
        assert_eq!(is_inside(&ringed, Pin::new(5, 5)), Some(false));
        assert_eq!(is_inside(&ringed, Pin::new(10, 5)), None);
        assert_eq!(is_inside(&ringed, Pin::new(11, 5)), Some(false));
    }
}
