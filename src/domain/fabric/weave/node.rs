//! Crossings made into pins: afterwards no two edges cross and no pin lies inside an edge.
//!
//! Snap rounding: every end and every crossing, rounded to the lattice, owns the unit square around it,
//! and an edge that passes through such a square is bent through its pin. One pass suffices: bent edges
//! may come to lie on each other but never cross. An edge moves by less than one step (about 1 cm).
//! Source: J. Hobby, "Practical segment intersection with finite precision output", 1999; the test of
//! an edge against a square follows JTS `HotPixel`.
//!
//! **Why** not split and look again until it is quiet: that needs a bound on the rounds and has no
//! answer when the bound is met.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use super::load::Loose;
use super::near::meetings;
use super::snap::{Chains, sort_along};
use crate::domain::place::{Pin, turn};

/// What noding found beside the chains.
pub(super) struct Noded {
    pub chains: Chains,
    /// Parts that cross themselves, with one place each.
    pub self_crossings: Vec<(u32, Pin)>,
}

/// More crossings or crowds than any map has mean a scribble; the part with most of them is named instead.
#[derive(Debug)]
pub(super) struct Scribble {
    pub worst_part: u32,
}

impl Scribble {
    /// Where no crossings were counted the part with most edges is to blame.
    pub fn of_largest(loose: &Loose) -> Self {
        Self { worst_part: worst_part(loose, &[], &[]) }
    }
}

/// How many pairs may be looked at before we call it a scribble: some thousand for each edge.
pub(super) struct Budget(usize);

impl Budget {
    pub fn new(n_edges: usize) -> Self {
        Self(2_000 * n_edges + 100_000_000)
    }

    pub fn spend(&mut self, n_pairs: usize) -> ControlFlow<()> {
        match self.0.checked_sub(n_pairs) {
            Some(left) => {
                self.0 = left;
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        }
    }
}

pub(super) fn node(loose: &Loose, chains: Chains) -> Result<Noded, Scribble> {
    let mut segments: Vec<[Pin; 2]> = Vec::with_capacity(chains.pins.len());
    let mut edge_of: Vec<u32> = Vec::with_capacity(chains.pins.len());
    for edge_idx in 0..loose.edges.len() {
        for pair in chains.of(edge_idx).windows(2).filter(|pair| pair[0] != pair[1]) {
            segments.push([pair[0], pair[1]]);
            edge_of.push(edge_idx as u32);
        }
    }
    match bends(&segments) {
        Ok(bends) => {
            let self_crossings = self_crossings(loose, &bends.crossings, &edge_of);
            let chains = bend(loose, chains, &segments, &edge_of, &bends.hits);
            Ok(Noded { chains, self_crossings })
        }
        Err(crossings) => Err(Scribble { worst_part: worst_part(loose, &crossings, &edge_of) }),
    }
}

/// A rounded crossing and the numbers of the two segments that cross there.
pub(in crate::domain::fabric) type Crossing = (Pin, u32, u32);

/// Where segments must be bent, each list sorted and without repeats.
pub(in crate::domain::fabric) struct Bends {
    pub crossings: Vec<Crossing>,
    /// Number of a segment, and a pin other than its ends it must go through.
    pub hits: Vec<(u32, Pin)>,
}

/// Snap rounding of loose segments; for a scribble the crossings found until it was given up.
pub(in crate::domain::fabric) fn bends(segments: &[[Pin; 2]]) -> Result<Bends, Vec<Crossing>> {
    let mut ends: Vec<Pin> = segments.iter().flatten().copied().collect();
    ends.sort_unstable();
    ends.dedup();
    let limit = 16 * segments.len() + (1 << 16);
    let mut budget = Budget::new(segments.len());
    let mut crossings: Vec<Crossing> = Vec::new();
    let mut hits: Vec<(u32, Pin)> = Vec::new();
    let flow = meetings(segments, &ends, [1, 1], &mut |edges, pins| {
        budget.spend(edges.len() * (edges.len() + pins.len()))?;
        for (i, &one) in edges.iter().enumerate() {
            for &two in &edges[i + 1..] {
                if let Some(pin) = crossing(segments[one as usize], segments[two as usize]) {
                    crossings.push((pin, one, two));
                }
            }
        }
        touch(segments, &ends, edges, pins, &mut hits);
        if crossings.len() > limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    if flow.is_break() {
        return Err(crossings);
    }
    crossings.sort_unstable();
    crossings.dedup();
    let mut crossed: Vec<Pin> = crossings.iter().map(|crossing| crossing.0).collect();
    crossed.dedup();
    if !crossed.is_empty() {
        let flow = meetings(segments, &crossed, [1, 1], &mut |edges, pins| {
            budget.spend(edges.len() * pins.len())?;
            touch(segments, &crossed, edges, pins, &mut hits);
            ControlFlow::Continue(())
        });
        if flow.is_break() {
            return Err(crossings);
        }
    }
    hits.sort_unstable();
    hits.dedup();
    Ok(Bends { crossings, hits })
}

/// The rounded crossing of two segments that cross properly; ends that touch are left to [`touch`].
fn crossing([a, b]: [Pin; 2], [c, d]: [Pin; 2]) -> Option<Pin> {
    let is_apart = a.x.max(b.x) < c.x.min(d.x)
        || c.x.max(d.x) < a.x.min(b.x)
        || a.y.max(b.y) < c.y.min(d.y)
        || c.y.max(d.y) < a.y.min(b.y);
    if is_apart || a == c || a == d || b == c || b == d {
        return None;
    }
    let opposite = |one: Ordering, two: Ordering| one != Ordering::Equal && one == two.reverse();
    let is_proper =
        opposite(turn(a, b, c), turn(a, b, d)) && opposite(turn(c, d, a), turn(c, d, b));
    is_proper.then(|| rounded_crossing([a, b], [c, d]))
}

/// Differences need 33 bits, the cross products 67, their product with a difference 101: all in i128.
fn rounded_crossing([a, b]: [Pin; 2], [c, d]: [Pin; 2]) -> Pin {
    let minus = |to: Pin, from: Pin| {
        (i128::from(to.x) - i128::from(from.x), i128::from(to.y) - i128::from(from.y))
    };
    let ((ux, uy), (vx, vy), (wx, wy)) = (minus(b, a), minus(d, c), minus(c, a));
    let (mut n, mut q) = (wx * vy - wy * vx, ux * vy - uy * vx);
    if q < 0 {
        (n, q) = (-n, -q);
    }
    // Half a step rounds up, as the squares of `touch` are closed at the west and south.
    let round = |u: i128| (2 * u * n + q).div_euclid(2 * q);
    Pin::new(a.x + round(ux) as i32, a.y + round(uy) as i32)
}

fn touch(
    segments: &[[Pin; 2]],
    pixels: &[Pin],
    edges: &[u32],
    pins: &[u32],
    hits: &mut Vec<(u32, Pin)>,
) {
    for &pin in pins {
        let pixel = pixels[pin as usize];
        for &edge in edges {
            let [a, b] = segments[edge as usize];
            if a != pixel && b != pixel && meets_square(pixel, a, b) {
                hits.push((edge, pixel));
            }
        }
    }
}

/// Whether the segment meets the unit square around `pixel`, closed at the west and south, open else.
fn meets_square(pixel: Pin, a: Pin, b: Pin) -> bool {
    let is_far = pixel.x < a.x.min(b.x)
        || pixel.x > a.x.max(b.x)
        || pixel.y < a.y.min(b.y)
        || pixel.y > a.y.max(b.y);
    if is_far {
        return false;
    }
    // Half steps become whole in doubled coordinates, taken against the pixel.
    let double = |pin: Pin| {
        (2 * (i64::from(pin.x) - i64::from(pixel.x)), 2 * (i64::from(pin.y) - i64::from(pixel.y)))
    };
    let (p, q) = if a.x <= b.x { (double(a), double(b)) } else { (double(b), double(a)) };
    if p.0 == q.0 || p.1 == q.1 {
        return true;
    }
    let is_rising = p.1 < q.1;
    // Side of the corner (x, y): the differences reach 2^33, their products 2^67.
    let side = |x: i64, y: i64| {
        (i128::from(q.0 - p.0) * i128::from(y - p.1))
            .cmp(&(i128::from(q.1 - p.1) * i128::from(x - p.0)))
    };
    let upper_left = side(-1, 1);
    if upper_left == Ordering::Equal {
        return !is_rising;
    }
    let upper_right = side(1, 1);
    if upper_right == Ordering::Equal {
        return is_rising;
    }
    if upper_left != upper_right {
        return true;
    }
    let lower_left = side(-1, -1);
    if lower_left == Ordering::Equal || lower_left != upper_left {
        return true;
    }
    let lower_right = side(1, -1);
    if lower_right == Ordering::Equal {
        return !is_rising;
    }
    lower_left != lower_right
}

/// Each edge's chain again, with the pins its segments were bent through.
fn bend(
    loose: &Loose,
    chains: Chains,
    segments: &[[Pin; 2]],
    edge_of: &[u32],
    hits: &[(u32, Pin)],
) -> Chains {
    if hits.is_empty() {
        return chains;
    }
    let mut pins = Vec::with_capacity(chains.pins.len() + hits.len());
    let mut starts = Vec::with_capacity(chains.starts.len());
    starts.push(0);
    let (mut segment, mut hit) = (0, 0);
    for edge_idx in 0..loose.edges.len() {
        pins.push(chains.of(edge_idx)[0]);
        while edge_of.get(segment) == Some(&(edge_idx as u32)) {
            let first = hit;
            while hits.get(hit).is_some_and(|found| found.0 as usize == segment) {
                hit += 1;
            }
            let [a, b] = segments[segment];
            if hit > first {
                let mut between: Vec<Pin> = hits[first..hit].iter().map(|found| found.1).collect();
                sort_along(a, b, &mut between);
                pins.extend(between);
            }
            pins.push(b);
            segment += 1;
        }
        starts.push(pins.len() as u32);
    }
    Chains { pins, starts, n_snapped: chains.n_snapped }
}

fn self_crossings(
    loose: &Loose,
    crossings: &[(Pin, u32, u32)],
    edge_of: &[u32],
) -> Vec<(u32, Pin)> {
    let mut found = Vec::new();
    for &(pin, one, two) in crossings {
        let other = loose.tags(edge_of[two as usize] as usize);
        for part in loose.tags(edge_of[one as usize] as usize) {
            if other.contains(part) {
                found.push((*part, pin));
            }
        }
    }
    found.sort_unstable();
    found.dedup_by_key(|crossing| crossing.0);
    found
}

fn worst_part(loose: &Loose, crossings: &[(Pin, u32, u32)], edge_of: &[u32]) -> u32 {
    let mut counts = vec![0u32; loose.part_owner.len()];
    for &(_, one, two) in crossings {
        for edge in [one, two] {
            for &part in loose.tags(edge_of[edge as usize] as usize) {
                counts[part as usize] += 1;
            }
        }
    }
    if crossings.is_empty() {
        for edge in 0..loose.edges.len() {
            loose.tags(edge).iter().for_each(|&part| counts[part as usize] += 1);
        }
    }
    let most = counts.iter().enumerate().max_by_key(|&(part, count)| (count, part));
    most.map_or(0, |(part, _)| part as u32)
}
