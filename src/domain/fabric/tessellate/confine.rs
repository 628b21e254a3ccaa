//! Borders kept to the enclosure they divide, each end just beyond its rim.
//!
//! What is left over beyond the rim divides nothing and vanishes when the line is cut in; here only so much is
//! taken away that lines of one enclosure do not clutter the next.

use std::collections::HashMap;

use super::outline::Ground;
use crate::domain::fabric::blocks::Blocks;
use crate::domain::fabric::reshape::CutLine;
use crate::domain::fabric::{Barrier, Fabric, Spot};
use crate::domain::ids::CellId;
use crate::domain::place::Pin;

/// Metres a line goes on beyond the rim.
const BEYOND: f64 = 0.3;

/// A piece of a straight line, as parts of its length.
type Part = [f64; 2];

pub(super) struct Enclosures<'a> {
    fabric: &'a Fabric,
    blocks: &'a Blocks,
    ground: &'a Ground,
}

impl<'a> Enclosures<'a> {
    pub fn new(fabric: &'a Fabric, blocks: &'a Blocks, ground: &'a Ground) -> Self {
        Self { fabric, blocks, ground }
    }

    /// The lines as they run in `cell`, ready to cut it.
    pub fn confined(&self, cell: CellId, lines: Vec<Vec<[f64; 2]>>) -> Vec<CutLine> {
        let rim = self.rim(cell);
        let mut is_within: HashMap<Pin, bool> = HashMap::new();
        let mut is_in = |place: [f64; 2]| {
            if !rim.holds(place) {
                return false;
            }
            let pin = self.ground.pin(place);
            *is_within
                .entry(pin)
                .or_insert_with(|| self.blocks.locate(self.fabric, pin) == Spot::In(cell))
        };
        let mut cut = Vec::new();
        for line in lines {
            let mut run: Vec<Pin> = Vec::new();
            for pair in line.windows(2) {
                let ends_in = [is_in(pair[0]), is_in(pair[1])];
                let [from, to] = rim.part(pair[0], pair[1], ends_in).unwrap_or([0.0, 0.0]);
                let at = |part: f64| {
                    let along =
                        |axis: usize| pair[0][axis] + (pair[1][axis] - pair[0][axis]) * part;
                    self.ground.pin([along(0), along(1)])
                };
                if from > 0.0 || from >= to {
                    cut.extend(take_line(&mut run, cell));
                }
                if from < to {
                    if run.is_empty() {
                        run.push(at(from));
                    }
                    run.push(at(to));
                }
                if to < 1.0 {
                    cut.extend(take_line(&mut run, cell));
                }
            }
            cut.extend(take_line(&mut run, cell));
        }
        cut
    }

    fn rim(&self, cell: CellId) -> Rim {
        let mut rim = Rim { edges: Vec::new(), low: [f64::MAX; 2], high: [f64::MIN; 2] };
        for side in self.fabric.sides(cell) {
            let pins = self.fabric.seam(side.seam).pins;
            for pair in pins.windows(2) {
                let edge = [pair[0], pair[1]].map(|pin| self.ground.place(pin));
                for (place, axis) in edge.iter().flat_map(|place| [(place, 0), (place, 1)]) {
                    rim.low[axis] = rim.low[axis].min(place[axis]);
                    rim.high[axis] = rim.high[axis].max(place[axis]);
                }
                rim.edges.push(edge);
            }
        }
        rim
    }
}

fn take_line(run: &mut Vec<Pin>, cell: CellId) -> Option<CutLine> {
    let mut pins = std::mem::take(run);
    pins.dedup();
    let line = CutLine { pins, barrier: Barrier::None, within: Some(cell) };
    (line.pins.len() >= 2).then_some(line)
}

/// The edges around an enclosure, on the plane.
struct Rim {
    edges: Vec<[[f64; 2]; 2]>,
    low: [f64; 2],
    high: [f64; 2],
}

impl Rim {
    fn holds(&self, place: [f64; 2]) -> bool {
        (0..2).all(|axis| self.low[axis] <= place[axis] && place[axis] <= self.high[axis])
    }

    /// The part of `a` → `b` between its first and its last meeting with the rim, and a little more; an end
    /// that is inside stays. `None` where there is nothing.
    fn part(&self, a: [f64; 2], b: [f64; 2], is_in: [bool; 2]) -> Option<Part> {
        if is_in == [true, true] {
            return Some([0.0, 1.0]);
        }
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length = (dx * dx + dy * dy).sqrt();
        let is_apart = (0..2).any(|axis| {
            a[axis].max(b[axis]) < self.low[axis] || a[axis].min(b[axis]) > self.high[axis]
        });
        if is_apart || length <= 0.0 {
            return None;
        }
        let (mut first, mut last) = (f64::MAX, f64::MIN);
        for [c, d] in &self.edges {
            let (ex, ey) = (d[0] - c[0], d[1] - c[1]);
            let cross = dx * ey - dy * ex;
            let (px, py) = (c[0] - a[0], c[1] - a[1]);
            let (t, u) = ((px * ey - py * ex) / cross, (px * dy - py * dx) / cross);
            // A hair more than the edge, so that nothing slips through between two; parallel ones give no number.
            if (-1e-9..=1.0 + 1e-9).contains(&u) && (0.0..=1.0).contains(&t) {
                (first, last) = (first.min(t), last.max(t));
            }
        }
        let beyond = BEYOND / length;
        let from = if is_in[0] { 0.0 } else { (first - beyond).max(0.0) };
        let to = if is_in[1] { 1.0 } else { (last + beyond).min(1.0) };
        // An end said to be inside with no rim before the other end: rounding at the very rim.
        (first <= last && from < to).then_some([from, to])
    }
}
