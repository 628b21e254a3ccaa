//! Footprints as points on a plane of metres, close enough together that nearness is told well.
//!
//! Points lie a little inside the walls, so that houses wall to wall have a border between them, and closer
//! together where another house is near: a border between points `d` apart over a gap `g` wavers by d² / 8g.

use std::collections::HashMap;

use super::Site;
use crate::domain::place::{Extent, Pin, signed_area_x2, step_meters};

/// Metres between points along a wall that faces nobody near.
const FAR_APART: f64 = 4.0;
/// Metres between points where walls meet.
const CLOSE: f64 = 1.0;
/// Points lie at most this many metres inside the wall.
const INSIDE: f64 = 0.75;
/// A wall with nobody within this many metres is not looked at closer.
const NEIGHBORHOOD: f64 = 7.0;

/// The plane of metres around a fabric: for asking what is near, never for what lies where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground {
    origin: Pin,
    pub east: f64,
    pub north: f64,
}

impl Ground {
    /// Step lengths are cut to 2^-40 m, so that a last bit of some machine's sine has no say.
    pub fn new(extent: Extent) -> Self {
        let origin = if extent.is_empty() { Pin::default() } else { extent.center() };
        let (east, north) = step_meters(origin.y.clamp(-890_000_000, 890_000_000));
        let cut = |v: f64| (v * 2f64.powi(40)).round() / 2f64.powi(40);
        Self { origin, east: cut(east), north: cut(north) }
    }

    pub fn place(&self, pin: Pin) -> [f64; 2] {
        let steps = |to: i32, from: i32| (i64::from(to) - i64::from(from)) as f64;
        [steps(pin.x, self.origin.x) * self.east, steps(pin.y, self.origin.y) * self.north]
    }

    /// The pin nearest to a place at most some kilometres from the origin.
    pub fn pin(&self, [x, y]: [f64; 2]) -> Pin {
        // `as` holds at the ends of the range, and a fabric at the world's edge has nothing beyond it.
        let step =
            |from: i32, meters: f64, step: f64| (f64::from(from) + (meters / step).round()) as i32;
        Pin::new(step(self.origin.x, x, self.east), step(self.origin.y, y, self.north))
    }

    /// Square metres of twice an area in lattice steps.
    pub fn square_meters(&self, area_x2: i128) -> f64 {
        area_x2 as f64 / 2.0 * self.east * self.north
    }
}

/// A point of a site.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub place: [f64; 2],
    pub site: u32,
}

/// A stretch of wall.
struct Stretch {
    site: u32,
    from: [f64; 2],
    to: [f64; 2],
    inward: [f64; 2],
}

/// Points of the `standing` sites: their pins and their walls. No place twice; the first site counts.
pub(super) fn samples(sites: &[Site], standing: &[u32], ground: &Ground) -> Vec<Sample> {
    if standing.len() < 2 {
        return Vec::new();
    }
    let mut stretches = Vec::new();
    let mut found: Vec<Sample> = Vec::new();
    for &site in standing {
        found.push(Sample { place: ground.place(sites[site as usize].pin), site });
        for polygon in sites[site as usize].footprint {
            if let Some(ring) = polygon.rings.first() {
                walls(ring, site, ground, &mut stretches);
            }
        }
    }
    let middles: Vec<[f64; 2]> = stretches.iter().map(|wall| along(wall, 0.5)).collect();
    let gaps = gaps(&stretches, &middles, &found);
    for (wall, gap) in stretches.iter().zip(gaps) {
        let length = far(wall.from, wall.to);
        let n = (length / (gap * 0.6).clamp(CLOSE, FAR_APART)).ceil().max(1.0);
        for i in 0..n as usize {
            found.push(Sample { place: along(wall, (i as f64 + 0.5) / n), site: wall.site });
        }
    }
    // One point a place: two sites in one place cannot be told apart.
    let mut numbered: Vec<(Pin, u32, usize)> =
        found.iter().enumerate().map(|(i, one)| (ground.pin(one.place), one.site, i)).collect();
    numbered.sort_unstable();
    numbered.dedup_by_key(|entry| entry.0);
    numbered.into_iter().map(|(_, _, i)| found[i]).collect()
}

/// The walls of a ring, in stretches of at most [`FAR_APART`] metres by length along the ring.
fn walls(ring: &[Pin], site: u32, ground: &Ground, stretches: &mut Vec<Stretch>) {
    let places: Vec<[f64; 2]> = ring.iter().map(|&pin| ground.place(pin)).collect();
    let area_x2 = signed_area_x2(ring);
    let perimeter: f64 =
        (0..places.len()).map(|i| far(places[i], places[(i + 1) % places.len()])).sum();
    if area_x2 == 0 || perimeter <= 0.0 {
        return;
    }
    let width = 2.0 * ground.square_meters(area_x2).abs() / perimeter;
    let depth = INSIDE.min(width / 4.0) * if area_x2 > 0 { 1.0 } else { -1.0 };
    let step = perimeter / (perimeter / FAR_APART).ceil().max(3.0);
    let mut open: Option<[f64; 2]> = None;
    let mut walked = 0.0;
    for i in 0..places.len() {
        let (from, to) = (places[i], places[(i + 1) % places.len()]);
        let length = far(from, to);
        if length <= 0.0 {
            continue;
        }
        let along = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
        let inward = [-along[1] * depth, along[0] * depth];
        let start = open.take().unwrap_or(from);
        // Short edges gather until a stretch is long enough; long ones are divided evenly.
        walked += length;
        if walked < step / 2.0 && i + 1 < places.len() {
            open = Some(start);
            continue;
        }
        walked = 0.0;
        let n = (far(start, to) / step).ceil().max(1.0);
        for k in 0..n as usize {
            let at = |k: f64| {
                [start[0] + (to[0] - start[0]) * k / n, start[1] + (to[1] - start[1]) * k / n]
            };
            stretches.push(Stretch { site, from: at(k as f64), to: at(k as f64 + 1.0), inward });
        }
    }
}

/// A place along a stretch, moved inside.
fn along(wall: &Stretch, part: f64) -> [f64; 2] {
    let at = |axis: usize| {
        wall.from[axis] + (wall.to[axis] - wall.from[axis]) * part + wall.inward[axis]
    };
    [at(0), at(1)]
}

fn far(a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    (dx * dx + dy * dy).sqrt()
}

/// For each stretch the metres to the nearest point of another site, as far as they are near.
fn gaps(stretches: &[Stretch], middles: &[[f64; 2]], pins: &[Sample]) -> Vec<f64> {
    let square = |place: [f64; 2]| place.map(|v| (v / NEIGHBORHOOD).floor() as i32);
    let mut near: HashMap<[i32; 2], Vec<([f64; 2], u32)>> = HashMap::new();
    for (wall, &middle) in stretches.iter().zip(middles) {
        near.entry(square(middle)).or_default().push((middle, wall.site));
    }
    for pin in pins {
        near.entry(square(pin.place)).or_default().push((pin.place, pin.site));
    }
    let gap = |(wall, &middle): (&Stretch, &[f64; 2])| {
        let [column, row] = square(middle);
        let mut nearest = NEIGHBORHOOD;
        for x in column - 1..=column + 1 {
            for y in row - 1..=row + 1 {
                for &(place, site) in near.get(&[x, y]).into_iter().flatten() {
                    if site != wall.site {
                        nearest = nearest.min(far(middle, place));
                    }
                }
            }
        }
        nearest
    };
    stretches.iter().zip(middles).map(gap).collect()
}
