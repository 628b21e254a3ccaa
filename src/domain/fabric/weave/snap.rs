//! Small slips closed: pins of different shapes within the tolerance become one, and a pin close to a
//! foreign edge bends that edge through itself.
//!
//! A pin moves only toward a shape that does not use it yet, so a shape that is merely finely drawn,
//! and borders that already agree, stay as they are. Pins of the boundary never move; where a shape
//! comes close to the boundary, its pin goes onto the boundary and not the other way round.
//!
//! **Why** the order is by shapes sharing a pin, then by place: what more shapes agree on weighs more,
//! and the outcome does not depend on how the rings were written down.

use std::ops::ControlFlow;

use super::load::{BOUNDARY, Loose, Users, are_disjoint};
use super::near::meetings;
use super::node::{Budget, Scribble};
use crate::domain::place::{Extent, Pin, is_on_segment, step_meters};

/// Metres on the ground around one latitude, for asking what is near; never for what lies where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Metric {
    east: f64,
    north: f64,
    pub tolerance: f64,
    reach: [i64; 2],
}

impl Metric {
    /// Step lengths are cut to 2^-40 m, so that a last bit of some machine's sine has no say.
    pub fn new(extent: Extent, tolerance: f64) -> Self {
        let (east, north) = if extent.is_empty() {
            (0.01, 0.01)
        } else {
            step_meters(extent.center().y.clamp(-890_000_000, 890_000_000))
        };
        let cut = |v: f64| (v * 2f64.powi(40)).round() / 2f64.powi(40);
        let tolerance = if tolerance.is_finite() { tolerance.clamp(0.0, 100.0) } else { 0.0 };
        let (east, north) = (cut(east), cut(north));
        let reach = [east, north].map(|step| (tolerance / step).ceil() as i64 + 1);
        Self { east, north, tolerance, reach }
    }

    /// Lattice steps that cover the tolerance along each axis.
    pub fn reach(&self) -> [i64; 2] {
        self.reach
    }

    fn between(&self, a: Pin, b: Pin) -> (f64, f64) {
        let dx = (i64::from(b.x) - i64::from(a.x)) as f64 * self.east;
        let dy = (i64::from(b.y) - i64::from(a.y)) as f64 * self.north;
        (dx, dy)
    }

    pub fn distance(&self, a: Pin, b: Pin) -> f64 {
        let (dx, dy) = self.between(a, b);
        (dx * dx + dy * dy).sqrt()
    }

    /// Square metres of twice an area in lattice steps.
    pub fn square_meters(&self, area_x2: i128) -> f64 {
        area_x2 as f64 / 2.0 * self.east * self.north
    }

    /// Distance from `pin` to the segment and how far along (0 to 1); `None` beyond its ends.
    fn along_segment(&self, pin: Pin, a: Pin, b: Pin) -> Option<(f64, f64)> {
        let (ex, ey) = self.between(a, b);
        let (px, py) = self.between(a, pin);
        let length_2 = ex * ex + ey * ey;
        let along = (ex * px + ey * py) / length_2;
        let is_between = along > 0.0 && along < 1.0;
        is_between.then(|| ((ex * py - ey * px).abs() / length_2.sqrt(), along))
    }

    /// Whether `pin` is within the tolerance of the segment, between its ends.
    fn is_close(&self, pin: Pin, a: Pin, b: Pin) -> bool {
        // Most candidates are far off along one axis already.
        let [wide, high] = self.reach().map(|steps| steps as i32);
        let is_far = pin.x < a.x.min(b.x).saturating_sub(wide)
            || pin.x > a.x.max(b.x).saturating_add(wide)
            || pin.y < a.y.min(b.y).saturating_sub(high)
            || pin.y > a.y.max(b.y).saturating_add(high);
        !is_far && self.along_segment(pin, a, b).is_some_and(|(far, _)| far <= self.tolerance)
    }

    /// Whether `pin` is within the tolerance of the closed segment.
    pub fn is_beside(&self, pin: Pin, a: Pin, b: Pin) -> bool {
        self.distance(pin, a) <= self.tolerance
            || self.distance(pin, b) <= self.tolerance
            || self.along_segment(pin, a, b).is_some_and(|(far, _)| far <= self.tolerance)
    }
}

/// Every edge of `loose` after snapping, as a chain of pins.
pub(super) struct Chains {
    pub pins: Vec<Pin>,
    /// One longer than the edges.
    pub starts: Vec<u32>,
    /// How many pins moved or were drawn into an edge.
    pub n_snapped: usize,
}

impl Chains {
    pub fn of(&self, edge: usize) -> &[Pin] {
        &self.pins[self.starts[edge] as usize..self.starts[edge + 1] as usize]
    }
}

pub(super) fn snap(loose: &Loose, metric: &Metric) -> Result<Chains, Scribble> {
    let is_lone = loose.part_owner.windows(2).all(|pair| pair[0] == pair[1]);
    if metric.tolerance <= 0.0 || is_lone {
        return Ok(chains(loose, &loose.pins, &[], 0));
    }
    let users = loose.users();
    let leader_of = cluster(&loose.pins, &users, metric);
    let merged = merged_users(loose, &users, &leader_of);
    let mut place: Vec<Pin> = leader_of.iter().map(|&leader| loose.pins[leader as usize]).collect();
    let mut bends = pull(loose, &merged, &leader_of, &mut place, metric)?;
    bends.sort_unstable();
    bends.dedup();
    let n_moved = place.iter().zip(&loose.pins).filter(|(to, from)| to != from).count();
    // A pin that lies on the edge already closes no slip.
    let is_slip = |&&(edge, pin): &&(u32, u32)| {
        let [a, b] = loose.edges[edge as usize].map(|end| place[end as usize]);
        !is_on_segment(a, b, place[pin as usize]) && place[pin as usize] == loose.pins[pin as usize]
    };
    let n_bent = bends.iter().filter(is_slip).count();
    Ok(chains(loose, &place, &bends, n_moved + n_bent))
}

/// For each pin the pin it becomes one with, often itself.
fn cluster(pins: &[Pin], users: &Users, metric: &Metric) -> Vec<u32> {
    let mut leader_of: Vec<u32> = (0..pins.len() as u32).collect();
    let pairs = foreign_pairs(pins, users, metric);
    if pairs.is_empty() {
        return leader_of;
    }
    let mut near: std::collections::BTreeMap<u32, Vec<u32>> = std::collections::BTreeMap::new();
    for (a, b) in pairs {
        near.entry(a).or_default().push(b);
        near.entry(b).or_default().push(a);
    }
    let mut order: Vec<u32> = near.keys().copied().collect();
    order.sort_by_key(|&pin| {
        let shapes = users.of(pin);
        (shapes.last() != Some(&BOUNDARY), std::cmp::Reverse(shapes.len()), pin)
    });
    // Shapes gathered at each leader; a pin joins only a leader none of its shapes uses yet.
    let mut gathered: std::collections::BTreeMap<u32, Vec<u32>> = std::collections::BTreeMap::new();
    for pin in order {
        let shapes = users.of(pin);
        let is_fixed = shapes.last() == Some(&BOUNDARY);
        let leader = near[&pin]
            .iter()
            .filter(|&other| !is_fixed && gathered.contains_key(other))
            .filter(|&other| are_disjoint(&gathered[other], shapes))
            .min_by(|&&a, &&b| {
                let far = |other: u32| metric.distance(pins[pin as usize], pins[other as usize]);
                far(a).total_cmp(&far(b)).then(a.cmp(&b))
            })
            .copied();
        match leader {
            Some(leader) => {
                leader_of[pin as usize] = leader;
                let all = gathered.get_mut(&leader).expect("only gathered leaders were offered");
                all.extend_from_slice(shapes);
                all.sort_unstable();
            }
            None => {
                gathered.insert(pin, shapes.to_vec());
            }
        }
    }
    leader_of
}

/// Pairs of pins within the tolerance that no shape uses both of.
fn foreign_pairs(pins: &[Pin], users: &Users, metric: &Metric) -> Vec<(u32, u32)> {
    let [wide, high] = metric.reach();
    let square = |pin: Pin| {
        let column = (i64::from(pin.x) - i64::from(i32::MIN)) / wide;
        let row = (i64::from(pin.y) - i64::from(i32::MIN)) / high;
        // Rows from 1, so that the row below exists.
        (column as u64) << 32 | (row as u64 + 1)
    };
    let mut entries: Vec<(u64, u32)> =
        pins.iter().enumerate().map(|(pin_idx, &pin)| (square(pin), pin_idx as u32)).collect();
    entries.sort_unstable();
    let user: Vec<u32> =
        (0..pins.len() as u32).map(|pin| sole(users.of(pin).iter().copied())).collect();
    let mut pairs = Vec::new();
    let mut consider = |a: u32, b: u32| {
        let (pa, pb) = (pins[a as usize], pins[b as usize]);
        let is_same = user[a as usize] == user[b as usize] && user[a as usize] != SEVERAL;
        if !is_same
            && metric.distance(pa, pb) <= metric.tolerance
            && !users.of(a).is_empty()
            && !users.of(b).is_empty()
            && are_disjoint(users.of(a), users.of(b))
        {
            pairs.push((a, b));
        }
    };
    let mut east = 0;
    for (i, &(key, pin)) in entries.iter().enumerate() {
        // Own square and the one above it stand next in the list; three of the next column further on.
        for &(_, other) in entries[i + 1..].iter().take_while(|entry| entry.0 <= key + 1) {
            consider(pin, other);
        }
        let below = key + (1 << 32) - 1;
        while east < entries.len() && entries[east].0 < below {
            east += 1;
        }
        for &(_, other) in entries[east..].iter().take_while(|entry| entry.0 <= below + 2) {
            consider(pin, other);
        }
    }
    pairs
}

fn merged_users(loose: &Loose, users: &Users, leader_of: &[u32]) -> Users {
    let mut records = Vec::new();
    for (pin_idx, &leader) in leader_of.iter().enumerate() {
        for &shape in users.of(pin_idx as u32) {
            records.push(u64::from(leader) << 32 | u64::from(shape));
        }
    }
    Users::new(records, loose.pins.len())
}

/// Finds pins close to foreign edges: (edge, pin) to bend through. Pins close to the boundary are moved onto it.
fn pull(
    loose: &Loose,
    users: &Users,
    leader_of: &[u32],
    place: &mut [Pin],
    metric: &Metric,
) -> Result<Vec<(u32, u32)>, Scribble> {
    let segments: Vec<[Pin; 2]> =
        loose.edges.iter().map(|ends| ends.map(|pin| place[pin as usize])).collect();
    let mut hits: Vec<(u32, u32)> = Vec::new();
    let edge_user: Vec<u32> = (0..loose.edges.len()).map(|edge| sole(loose.owners(edge))).collect();
    let pin_user: Vec<u32> =
        (0..loose.pins.len() as u32).map(|pin| sole(users.of(pin).iter().copied())).collect();
    let mut budget = Budget::new(segments.len());
    let flow = meetings(&segments, &loose.pins, metric.reach(), &mut |edges, pins| {
        // Most squares hold one shape alone, and nothing there is foreign.
        let user = edge_user[edges[0] as usize];
        let is_lone = user != SEVERAL
            && edges.iter().all(|&edge| edge_user[edge as usize] == user)
            && pins.iter().all(|&pin| pin_user[pin as usize] == user);
        if is_lone {
            return ControlFlow::Continue(());
        }
        budget.spend(edges.len() * pins.len())?;
        for &pin in pins.iter().filter(|&&pin| leader_of[pin as usize] == pin) {
            let at = place[pin as usize];
            for &edge in edges {
                let [a, b] = segments[edge as usize];
                let (one, two) = (edge_user[edge as usize], pin_user[pin as usize]);
                let is_same = one == two && one != SEVERAL;
                if !is_same
                    && at != a
                    && at != b
                    && metric.is_close(at, a, b)
                    && is_foreign(loose, users, edge, pin)
                {
                    hits.push((edge, pin));
                }
            }
        }
        ControlFlow::Continue(())
    });
    if flow.is_break() {
        return Err(Scribble::of_largest(loose));
    }
    hits.sort_unstable();
    hits.dedup();
    move_onto_boundary(loose, users, &segments, &mut hits, leader_of, place, metric);
    Ok(hits)
}

/// Stands for more than one shape, or none.
const SEVERAL: u32 = u32::MAX - 1;

/// The one shape in the list, if there is just one.
fn sole(mut shapes: impl Iterator<Item = u32>) -> u32 {
    let first = shapes.next().unwrap_or(SEVERAL);
    if shapes.all(|shape| shape == first) { first } else { SEVERAL }
}

fn is_foreign(loose: &Loose, users: &Users, edge: u32, pin: u32) -> bool {
    let shapes = users.of(pin);
    let is_used = |part: &u32| shapes.binary_search(&loose.part_owner[*part as usize]).is_ok();
    !shapes.is_empty() && !loose.tags(edge as usize).iter().any(is_used)
}

fn move_onto_boundary(
    loose: &Loose,
    users: &Users,
    segments: &[[Pin; 2]],
    hits: &mut Vec<(u32, u32)>,
    leader_of: &[u32],
    place: &mut [Pin],
    metric: &Metric,
) {
    // For each pin the nearest boundary edge; it then lies on that one only.
    let mut nearest: std::collections::BTreeMap<u32, (f64, u32, f64)> = Default::default();
    for &(edge, pin) in hits.iter().filter(|hit| loose.is_boundary(hit.0 as usize)) {
        let [a, b] = segments[edge as usize];
        let Some((far, along)) = metric.along_segment(place[pin as usize], a, b) else { continue };
        let best = nearest.entry(pin).or_insert((far, edge, along));
        if far < best.0 {
            *best = (far, edge, along);
        }
    }
    if nearest.is_empty() {
        return;
    }
    hits.retain(|&(edge, pin)| {
        !loose.is_boundary(edge as usize) || nearest.get(&pin).is_some_and(|best| best.1 == edge)
    });
    for (&pin, &(_, edge, along)) in &nearest {
        debug_assert!(users.of(pin).last() != Some(&BOUNDARY));
        let [a, b] = segments[edge as usize];
        let step = |from: i32, to: i32| {
            let whole = (i64::from(to) - i64::from(from)) as f64;
            from + (whole * along).round() as i32
        };
        place[pin as usize] = Pin::new(step(a.x, b.x), step(a.y, b.y));
    }
    for (pin_idx, &leader) in leader_of.iter().enumerate() {
        place[pin_idx] = place[leader as usize];
    }
}

fn chains(loose: &Loose, place: &[Pin], bends: &[(u32, u32)], n_snapped: usize) -> Chains {
    let mut all = Chains {
        pins: Vec::with_capacity(loose.edges.len() * 2 + bends.len()),
        starts: Vec::with_capacity(loose.edges.len() + 1),
        n_snapped,
    };
    all.starts.push(0);
    let mut next_bend = 0;
    for (edge_idx, ends) in loose.edges.iter().enumerate() {
        let [a, b] = ends.map(|pin| place[pin as usize]);
        all.pins.push(a);
        let first = next_bend;
        while bends.get(next_bend).is_some_and(|bend| bend.0 as usize == edge_idx) {
            next_bend += 1;
        }
        if next_bend > first {
            let mut between: Vec<Pin> =
                bends[first..next_bend].iter().map(|bend| place[bend.1 as usize]).collect();
            sort_along(a, b, &mut between);
            all.pins.extend(between);
        }
        all.pins.push(b);
        all.starts.push(all.pins.len() as u32);
    }
    all
}

/// Sorts pins by how far along `a` → `b` they lie; equal ones once.
pub(in crate::domain::fabric) fn sort_along(a: Pin, b: Pin, pins: &mut Vec<Pin>) {
    let (ex, ey) = (i128::from(b.x) - i128::from(a.x), i128::from(b.y) - i128::from(a.y));
    pins.sort_unstable_by_key(|pin| {
        let along =
            (i128::from(pin.x) - i128::from(a.x)) * ex + (i128::from(pin.y) - i128::from(a.y)) * ey;
        (along, *pin)
    });
    pins.dedup();
}
