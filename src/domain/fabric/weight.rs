//! How much each pin of a seam matters, so that a border can be drawn with fewer of them.
//!
//! The weight of a pin is the area in square metres that changes hands when it goes, after all lighter
//! ones have gone (effective area, monotone along each seam). Ends of seams never go, and a loop keeps
//! three pins. Ties fall by place, so a chain weighs the same whichever way it is written: a border
//! held in two fabrics thins alike in both.
//!
//! Inner seams (a cell at both sides) are guarded: a pin stays while another one lies in the triangle
//! that its going would sweep, so at no threshold do two of them cross. Outer seams are not, because the
//! neighbour, who does not see what is inside here, must come to the same answer.
//!
//! Source: M. Visvalingam and J. Whyatt, "Line generalisation by repeated elimination of points", 1993.
//!
//! **Why** weights and not thinned copies: any zoom is one comparison a pin away.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap};
use std::ops::Range;

use super::{Fabric, Seam};
use crate::domain::ids::SeamId;
use crate::domain::place::{Extent, Pin, step_meters, turn};

/// Weights of all pins of one fabric.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// Square metres, in the order of the fabric's pins; infinite for what never goes.
    weights: Vec<f32>,
}

impl Weights {
    /// Weighs a fabric, inner seams guarded. Cost: O(n log n), more where pins are very crowded.
    pub fn new(fabric: &Fabric) -> Self {
        Self::weigh(fabric, |seam| seam.left.is_some() && seam.right.is_some())
    }

    /// Weighs a fabric without guarding any seam: for the fabric of areas, whose inner seams are the
    /// outer ones of the communities' fabrics and must thin as they do.
    pub fn plain(fabric: &Fabric) -> Self {
        Self::weigh(fabric, |_| false)
    }

    /// The pins of a seam that weigh more than `threshold` square metres, its ends always among them.
    pub fn thinned<'a>(
        &'a self,
        fabric: &'a Fabric,
        seam: SeamId,
        threshold: f64,
    ) -> impl Iterator<Item = Pin> + 'a {
        let range = range_of(fabric, seam);
        let weights = &self.weights[range.clone()];
        let pins = fabric.pins[range].iter().zip(weights);
        pins.filter(move |(_, weight)| f64::from(**weight) > threshold).map(|(&pin, _)| pin)
    }

    fn weigh(fabric: &Fabric, is_guarded: impl Fn(&Seam) -> bool) -> Self {
        let guarded: Vec<bool> = fabric.seams().map(|seam| is_guarded(&seam)).collect();
        let mut elimination = Elimination::new(fabric);
        let crowd = guarded.contains(&true).then(|| Crowd::new(fabric));
        match crowd {
            // All seams at once: who is in the way changes as others go.
            Some(crowd) => elimination.run(0..fabric.n_seams(), &guarded, Some(crowd)),
            None => {
                for seam in 0..fabric.n_seams() {
                    elimination.run(seam..seam + 1, &guarded, None);
                }
            }
        }
        Self { weights: elimination.weights }
    }
}

fn range_of(fabric: &Fabric, seam: SeamId) -> Range<usize> {
    let row = &fabric.rows[seam.index()];
    row.start as usize..row.end as usize
}

/// A pin in line to go: the lightest first, ties by place.
#[derive(Clone, Copy, PartialEq)]
struct Next {
    weight: f64,
    pin: Pin,
    at: u32,
    /// Stands only while it names the pin's newest entry.
    turn: u32,
}

impl Eq for Next {}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> Ordering {
        self.weight
            .total_cmp(&other.weight)
            .then(self.pin.cmp(&other.pin))
            .then(self.at.cmp(&other.at))
    }
}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The chains as linked lists, losing their lightest pins one by one.
struct Elimination<'a> {
    fabric: &'a Fabric,
    weights: Vec<f32>,
    before: Vec<u32>,
    after: Vec<u32>,
    turns: Vec<u32>,
    heap: BinaryHeap<Reverse<Next>>,
}

impl<'a> Elimination<'a> {
    fn new(fabric: &'a Fabric) -> Self {
        let n = fabric.pins.len() as u32;
        Self {
            fabric,
            weights: vec![f32::INFINITY; n as usize],
            before: (0..n).map(|at| at.wrapping_sub(1)).collect(),
            after: (1..=n).collect(),
            turns: vec![0; n as usize],
            heap: BinaryHeap::new(),
        }
    }

    fn run(&mut self, seams: Range<usize>, guarded: &[bool], mut crowd: Option<Crowd>) {
        let mut states: Vec<SeamState> = Vec::with_capacity(seams.len());
        let mut seam_of: Vec<u32> = Vec::new();
        let first_pin = self.fabric.rows.get(seams.start).map_or(0, |row| row.start);
        for seam in seams.clone() {
            let pins = self.fabric.seam(SeamId::from_index(seam)).pins;
            states.push(SeamState::of(pins));
            seam_of.extend(std::iter::repeat_n((seam - seams.start) as u32, pins.len()));
            let range = range_of(self.fabric, SeamId::from_index(seam));
            for at in range.start + 1..range.end - 1 {
                self.push(at as u32, 0.0, states[states.len() - 1].scale);
            }
        }
        while let Some(Reverse(next)) = self.heap.pop() {
            let at = next.at as usize;
            if next.turn != self.turns[at] {
                continue;
            }
            let state_idx = seam_of[(next.at - first_pin) as usize] as usize;
            let state = &mut states[state_idx];
            if state.n_free == state.n_kept {
                continue;
            }
            let (a, b) = (self.before[at], self.after[at]);
            if let Some(crowd) = &mut crowd {
                let triangle = [a, next.at, b].map(|at| self.fabric.pins[at as usize]);
                if guarded[seams.start + state_idx] && crowd.holds_back(triangle, next.at) {
                    continue;
                }
            }
            state.n_free -= 1;
            self.weights[at] = next.weight as f32;
            self.after[a as usize] = b;
            self.before[b as usize] = a;
            self.turns[at] += 1;
            let scale = state.scale;
            let range = range_of(self.fabric, SeamId::from_index(seams.start + state_idx));
            for neighbour in [a, b] {
                if range.start < neighbour as usize && (neighbour as usize) < range.end - 1 {
                    self.push(neighbour, next.weight, scale);
                }
            }
            if let Some(crowd) = &mut crowd {
                for waiting in crowd.leave(next.pin) {
                    // Whoever waited for this pin is judged again, now or whenever its own turn comes.
                    let seam = &states[seam_of[(waiting - first_pin) as usize] as usize];
                    if self.weights[waiting as usize] == f32::INFINITY {
                        self.push(waiting, next.weight, seam.scale);
                    }
                }
            }
        }
    }

    /// Puts a pin in line with the area it would sweep now, but never before `floor`.
    fn push(&mut self, at: u32, floor: f64, scale: f64) {
        let pin = |at: u32| self.fabric.pins[at as usize];
        let (a, here, b) = (pin(self.before[at as usize]), pin(at), pin(self.after[at as usize]));
        let weight = (sweep_x2(a, here, b) as f64 * scale).max(floor);
        self.turns[at as usize] += 1;
        self.heap.push(Reverse(Next { weight, pin: here, at, turn: self.turns[at as usize] }));
    }
}

/// What is known of a seam while it loses pins.
struct SeamState {
    /// Square metres of half a square step, at the chain's lowest pin: the same from both of its ends.
    scale: f64,
    /// Inner pins left, and how many must stay.
    n_free: usize,
    n_kept: usize,
}

impl SeamState {
    fn of(pins: &[Pin]) -> Self {
        let (first, last) = (pins[0], pins[pins.len() - 1]);
        let (east, north) = step_meters(first.min(last).y.clamp(-890_000_000, 890_000_000));
        let n_kept = if first == last { 2 } else { 0 };
        Self { scale: east * north / 2.0, n_free: pins.len() - 2, n_kept }
    }
}

/// Twice the area of a triangle in square steps; the same for every order of its corners.
fn sweep_x2(a: Pin, b: Pin, c: Pin) -> u128 {
    let minus = |to: i32, from: i32| i128::from(to) - i128::from(from);
    let cross = minus(b.x, a.x) * minus(c.y, a.y) - minus(b.y, a.y) * minus(c.x, a.x);
    cross.unsigned_abs()
}

/// All pins still standing, by place, and who waits for whom to go.
struct Crowd {
    /// Sorted by square, then place.
    pins: Vec<(u64, Pin)>,
    is_gone: Vec<bool>,
    width: i64,
    corner: Pin,
    waiting: HashMap<Pin, Vec<u32>>,
}

impl Crowd {
    fn new(fabric: &Fabric) -> Self {
        let extent = fabric.extent();
        let span = (i64::from(extent.max.x) - i64::from(extent.min.x))
            .max(i64::from(extent.max.y) - i64::from(extent.min.y));
        // About one pin a square were they spread evenly.
        let width = (span / (fabric.n_pins() as f64).sqrt().ceil().max(1.0) as i64).max(1);
        let mut crowd = Self {
            pins: Vec::new(),
            is_gone: Vec::new(),
            width,
            corner: extent.min,
            waiting: HashMap::new(),
        };
        crowd.pins = fabric.pins.iter().map(|&pin| (crowd.square(pin), pin)).collect();
        crowd.pins.sort_unstable();
        crowd.pins.dedup();
        crowd.is_gone = vec![false; crowd.pins.len()];
        crowd
    }

    fn column_row(&self, pin: Pin) -> (u64, u64) {
        let column = (i64::from(pin.x) - i64::from(self.corner.x)) / self.width;
        let row = (i64::from(pin.y) - i64::from(self.corner.y)) / self.width;
        (column as u64, row as u64)
    }

    fn square(&self, pin: Pin) -> u64 {
        let (column, row) = self.column_row(pin);
        column << 32 | row
    }

    /// Whether some pin stands in the triangle, corners left aside; if so `at` waits for it.
    fn holds_back(&mut self, [a, b, c]: [Pin; 3], at: u32) -> bool {
        let side = turn(a, b, c);
        if side == Ordering::Equal {
            return false;
        }
        let extent = Extent::of(&[a, b, c]);
        let ((west, south), (east, north)) =
            (self.column_row(extent.min), self.column_row(extent.max));
        for column in west..=east {
            let first = self.pins.partition_point(|entry| entry.0 < column << 32 | south);
            for (idx, &(square, pin)) in self.pins.iter().enumerate().skip(first) {
                if square > column << 32 | north {
                    break;
                }
                let is_inside = |from, to| turn(from, to, pin) != side.reverse();
                if !self.is_gone[idx]
                    && ![a, b, c].contains(&pin)
                    && is_inside(a, b)
                    && is_inside(b, c)
                    && is_inside(c, a)
                {
                    self.waiting.entry(pin).or_default().push(at);
                    return true;
                }
            }
        }
        false
    }

    /// `pin` goes; returns who waited for it.
    fn leave(&mut self, pin: Pin) -> Vec<u32> {
        let key = (self.square(pin), pin);
        if let Ok(idx) = self.pins.binary_search(&key) {
            self.is_gone[idx] = true;
        }
        self.waiting.remove(&pin).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fabric::check::do_cross;
    use crate::domain::fabric::weave::{Weave, weave};
    use crate::domain::fabric::{Barrier, NewSeam};
    use crate::domain::ids::CellId;
    use crate::sample::random::RandomTown;

    fn thinned(fabric: &Fabric, weights: &Weights, threshold: f64) -> Fabric {
        let seams: Vec<NewSeam> = fabric
            .seams()
            .map(|seam| NewSeam {
                pins: weights.thinned(fabric, seam.id, threshold).collect(),
                left: seam.left,
                right: seam.right,
                barrier: seam.barrier,
            })
            .collect();
        Fabric::new(&seams, fabric.n_cells() as u32)
    }

    #[test]
    fn the_lightest_goes_first_and_ends_never() {
        let pin = Pin::new;
        let pins = vec![pin(0, 0), pin(100, 10), pin(200, 500), pin(300, 20), pin(400, 0)];
        let side = CellId::new(1);
        let seam = NewSeam { pins, left: side, right: None, barrier: Barrier::None };
        let fabric = Fabric::new(&[seam], 1);
        let weights = Weights::new(&fabric);
        let left = |threshold| -> Vec<i32> {
            weights.thinned(&fabric, SeamId::from_index(0), threshold).map(|pin| pin.x).collect()
        };
        assert_eq!(left(0.0), [0, 100, 200, 300, 400]);
        let light = f64::from(weights.weights[3]);
        assert_eq!(left(light), [0, 100, 200, 400]);
        assert_eq!(left(1e12), [0, 400]);
    }

    #[test]
    fn a_chain_weighs_the_same_from_both_ends() {
        let town = RandomTown::new(3, 4, 6);
        let shapes: Vec<_> = town.grids.iter().map(|grid| grid.shape.clone()).collect();
        let fabric =
            weave(&Weave { shapes: &shapes, boundary: None, lines: &[], tolerance: 0.5 }).fabric;
        let weights = Weights::plain(&fabric);
        let mut turned = fabric.to_new_seams();
        for seam in &mut turned {
            seam.pins.reverse();
            (seam.left, seam.right) = (seam.right, seam.left);
        }
        let turned = Fabric::new(&turned, fabric.n_cells() as u32);
        let other = Weights::plain(&turned);
        for seam in fabric.seams() {
            for threshold in [1.0, 20.0, 300.0, 5e3] {
                let mut pins: Vec<Pin> = other.thinned(&turned, seam.id, threshold).collect();
                pins.reverse();
                assert!(weights.thinned(&fabric, seam.id, threshold).eq(pins));
            }
        }
    }

    #[test]
    fn guarded_seams_never_cross() {
        for seed in 0..12 {
            let town = RandomTown::new(seed, 1, 12);
            let shapes: Vec<_> = town.grids.iter().map(|grid| grid.shape.clone()).collect();
            let boundary = &town.areas[0].shape;
            let fabric = weave(&Weave {
                shapes: &shapes,
                boundary: Some(boundary),
                lines: &[],
                tolerance: 0.5,
            })
            .fabric;
            // As if the outer border lay far away: every seam guarded.
            let weights = Weights::weigh(&fabric, |_| true);
            for threshold in [3.0, 30.0, 200.0, 1e3, 1e4, 1e9] {
                let thin = thinned(&fabric, &weights, threshold);
                let edges: Vec<[Pin; 2]> = thin
                    .seams()
                    .flat_map(|seam| seam.pins.windows(2))
                    .map(|pair| [pair[0], pair[1]])
                    .collect();
                for (i, &one) in edges.iter().enumerate() {
                    let crossing = edges[i + 1..].iter().find(|&&two| do_cross(one, two));
                    assert_eq!(crossing, None, "seed {seed} threshold {threshold}");
                }
            }
        }
    }
}
