//! What came of a division, in numbers a planner can compare: weights, borders, barriers, roundness.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use super::graph::find;
use super::ground::Ground;
use crate::domain::fabric::Barrier;
use crate::domain::measure::{Area, Length};

/// One part in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct PartMeasure {
    pub weight: i64,
    pub n_units: usize,
    pub area: Area,
    /// Polsby and Popper's 4 π area / perimeter²: 1 for a disc, 0 where there is no border.
    pub compactness: f64,
    /// Border with other parts.
    pub border: Length,
    /// Of that, what runs along a barrier.
    pub along_barriers: Length,
    /// Where a shared station is asked for.
    pub shared: Option<SharedStation>,
}

/// The station most households of a part can walk to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedStation {
    /// As in [`Served`]; `None` where no household of the part reaches any.
    pub station: Option<u32>,
    pub reached: i64,
    /// Households that reach another station only.
    pub missed: i64,
}

/// A whole division in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Measures {
    pub parts: Vec<PartMeasure>,
    /// Largest share of the mean weight by which a part is off.
    pub deviation_max: f64,
    /// Parts in several pieces.
    pub n_broken: usize,
    /// Pairs of neighbouring units in different parts.
    pub cut_edges: usize,
    /// Border between parts, each once.
    pub cut: Length,
    /// Of that, what runs along a barrier.
    pub along_barriers: Length,
}

impl Measures {
    /// Households without the station their part shares, though another is within reach.
    pub fn missed(&self) -> i64 {
        self.parts.iter().filter_map(|part| part.shared).map(|shared| shared.missed).sum()
    }

    pub fn mean_compactness(&self) -> f64 {
        let sum: f64 = self.parts.iter().map(|part| part.compactness).sum();
        sum / self.parts.len().max(1) as f64
    }
}

/// Measures `part` (of each unit, below `n_parts`) from the ground alone, whoever made it.
/// Cost: O(units + borders).
pub fn measure(ground: &Ground, part: &[u32], n_parts: usize) -> Measures {
    let empty = PartMeasure {
        weight: 0,
        n_units: 0,
        area: Area::ZERO,
        compactness: 0.0,
        border: Length::ZERO,
        along_barriers: Length::ZERO,
        shared: None,
    };
    let mut parts = vec![empty; n_parts];
    let mut rims = vec![Length::ZERO; n_parts];
    for (unit, &mine) in part.iter().enumerate() {
        let of = &mut parts[mine as usize];
        of.weight += ground.weights[unit];
        of.n_units += 1;
        of.area += ground.areas[unit];
        rims[mine as usize] += ground.rims[unit];
    }
    for (of, shared) in parts.iter_mut().zip(shared(ground, part, n_parts)) {
        of.shared = Some(shared);
    }
    let mut pairs = HashSet::new();
    let (mut cut, mut along_barriers) = (Length::ZERO, Length::ZERO);
    for border in &ground.borders {
        let [a, b] = border.units;
        let (one, other) = (part[a as usize] as usize, part[b as usize] as usize);
        if one == other {
            continue;
        }
        pairs.insert((a.min(b), a.max(b)));
        let along = if border.barrier > Barrier::None { border.length } else { Length::ZERO };
        cut += border.length;
        along_barriers += along;
        for mine in [one, other] {
            parts[mine].border += border.length;
            parts[mine].along_barriers += along;
        }
    }
    for (of, rim) in parts.iter_mut().zip(rims) {
        let perimeter = (of.border + rim).meters();
        if perimeter > 0.0 {
            of.compactness =
                4.0 * std::f64::consts::PI * of.area.square_meters() / (perimeter * perimeter);
        }
    }
    let total: i64 = ground.weights.iter().sum();
    let mean = total as f64 / n_parts.max(1) as f64;
    let off = |of: &PartMeasure| (of.weight as f64 - mean).abs();
    let most = parts.iter().map(off).fold(0.0, f64::max);
    let deviation_max = if mean > 0.0 { most / mean } else { 0.0 };
    let n_broken = n_broken(ground, part, n_parts);
    Measures { parts, deviation_max, n_broken, cut_edges: pairs.len(), cut, along_barriers }
}

/// The station each part shares; empty where nobody asks.
fn shared(ground: &Ground, part: &[u32], n_parts: usize) -> Vec<SharedStation> {
    if ground.served.is_empty() {
        return Vec::new();
    }
    let mut reached = vec![BTreeMap::<u32, i64>::new(); n_parts];
    let mut households = vec![0; n_parts];
    for (served, &mine) in ground.served.iter().zip(part) {
        households[mine as usize] += served.households;
        for &(station, n) in &served.by {
            *reached[mine as usize].entry(station).or_default() += n;
        }
    }
    let shared = reached.iter().zip(households).map(|(reached, households)| {
        let best = reached.iter().max_by_key(|&(&station, &n)| (n, Reverse(station)));
        let best = best.filter(|&(_, &n)| n > 0);
        let n = best.map_or(0, |(_, &n)| n);
        SharedStation {
            station: best.map(|(&station, _)| station),
            reached: n,
            missed: households - n,
        }
    });
    shared.collect()
}

/// Parts whose units do not all hang together, and parts without units.
fn n_broken(ground: &Ground, part: &[u32], n_parts: usize) -> usize {
    let mut root: Vec<u32> = (0..part.len() as u32).collect();
    let within = ground.borders.iter().map(|border| border.units);
    // Bound units are one thing, wherever they lie.
    let bound = ground.bound.iter().flat_map(|group| group.windows(2)).map(|two| [two[0], two[1]]);
    for [a, b] in within.chain(bound).filter(|&[a, b]| part[a as usize] == part[b as usize]) {
        let (one, other) = (find(&mut root, a), find(&mut root, b));
        root[one as usize] = other;
    }
    let mut n_pieces = vec![0; n_parts];
    for unit in (0..part.len()).filter(|&unit| root[unit] == unit as u32) {
        n_pieces[part[unit] as usize] += 1;
    }
    n_pieces.iter().filter(|&&n| n != 1).count()
}
