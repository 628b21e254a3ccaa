//! The laws of a fabric, checked from nothing: the same code for tests, imports and `lifang check`.
//!
//! - L1 partition: seams meet only at their ends, every cell has ground, in one piece;
//! - L2 sewing: around every knot the cell left of one seam is the cell right of the next;
//! - L3 beside: from the middle of a seam a fresh search to either side finds the cell written there
//!   (L2 alone misses a seam that was swept over an island).
//!
//! Trusts nothing but the seams. Cost: O(n log n + seams · pins); a tool for checking, not for every
//! request.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use super::blocks::side_x2;
use super::outline::{Rings, ring};
use super::weave::{Sets, around, is_below, meetings};
use super::{Fabric, Seam};
use crate::domain::ids::CellId;
use crate::domain::issue::{Issue, Severity};
use crate::domain::place::{Pin, is_on_segment, signed_area_x2, turn};

/// Which law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    Partition,
    Sewing,
    Beside,
}

/// A law broken, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    pub law: Law,
    pub place: Vec<Pin>,
}

/// Every breach as an issue; empty for a sound fabric.
pub fn check(fabric: &Fabric) -> Vec<Issue> {
    let issue = |breach: Breach| Issue::new("fabric.broken", Severity::Stop).place(breach.place);
    breaches(fabric).into_iter().map(issue).collect()
}

/// Every breach found; empty for a sound fabric.
pub fn breaches(fabric: &Fabric) -> Vec<Breach> {
    let mut found = Vec::new();
    let mut add = |law, place: Vec<Pin>| found.push(Breach { law, place });
    check_sewing(fabric, &mut add);
    for seam in fabric.seams() {
        check_beside(fabric, seam, &mut add);
    }
    found
}

/// The same question answered by looking beside one seam of each connected net of seams only.
///
/// Empty just when [`breaches`] is: where labels agree around every knot, a net is either all beside its
/// cells or nowhere. Cost: O(n log n), and O(pins) for each net that floats in a cell.
pub fn breaches_once(fabric: &Fabric) -> Vec<Breach> {
    let mut found = Vec::new();
    let mut add = |law, place: Vec<Pin>| found.push(Breach { law, place });
    check_sewing(fabric, &mut add);
    for seam in one_of_each_net(fabric) {
        check_beside(fabric, seam, &mut add);
    }
    found
}

fn check_sewing(fabric: &Fabric, add: &mut impl FnMut(Law, Vec<Pin>)) {
    check_seams(fabric, add);
    check_meetings(fabric, add);
    check_cells(fabric, add);
    check_knots(fabric, add);
}

/// Seams are connected where they end in one pin.
fn one_of_each_net(fabric: &Fabric) -> Vec<Seam<'_>> {
    let ends_of = |seam: &Seam| [seam.pins[0], seam.pins[seam.pins.len() - 1]];
    let mut ends: Vec<(Pin, u32)> = fabric
        .seams()
        .enumerate()
        .flat_map(|(number, seam)| ends_of(&seam).map(|end| (end, number as u32)))
        .collect();
    ends.sort_unstable();
    let mut nets = Sets::new(fabric.n_seams());
    for pair in ends.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        nets.join(pair[0].1, pair[1].1);
    }
    let is_first = |number: u32, nets: &mut Sets| nets.find(number) == number;
    let seams = fabric.seams().enumerate();
    seams.filter(|(number, _)| is_first(*number as u32, &mut nets)).map(|(_, seam)| seam).collect()
}

fn check_seams(fabric: &Fabric, add: &mut impl FnMut(Law, Vec<Pin>)) {
    for seam in fabric.seams() {
        if seam.left == seam.right {
            add(Law::Sewing, seam.pins.to_vec());
        }
        let stops = seam.pins.windows(2).filter(|pair| pair[0] == pair[1]);
        stops.for_each(|pair| add(Law::Partition, vec![pair[0]]));
    }
}

/// Seams may share pins at their ends only.
fn check_meetings(fabric: &Fabric, add: &mut impl FnMut(Law, Vec<Pin>)) {
    let edges = fabric.seams().flat_map(|seam| seam.pins.windows(2));
    let edges: Vec<[Pin; 2]> = edges.map(|pair| [pair[0], pair[1]]).collect();
    let mut sorted: Vec<[Pin; 2]> = edges.iter().map(|&[a, b]| [a.min(b), a.max(b)]).collect();
    sorted.sort_unstable();
    let twice = sorted.windows(2).filter(|pair| pair[0] == pair[1]);
    twice.for_each(|pair| add(Law::Partition, pair[0].to_vec()));
    // Each pin with how often it is inside a seam and at an end of one.
    let mut pins: Vec<(Pin, bool)> = Vec::new();
    for seam in fabric.seams() {
        let n = seam.pins.len();
        pins.extend(seam.pins[1..n - 1].iter().map(|&pin| (pin, false)));
        pins.extend([(seam.pins[0], true), (seam.pins[n - 1], true)]);
    }
    pins.sort_unstable();
    for group in pins.chunk_by(|one, two| one.0 == two.0) {
        if group.len() > 1 && !group[0].1 {
            add(Law::Partition, vec![group[0].0]);
        }
    }
    let mut places: Vec<Pin> = pins.into_iter().map(|(pin, _)| pin).collect();
    places.dedup();
    let _ = meetings(&edges, &places, [1, 1], &mut |near_edges, near_pins| {
        for (i, &one) in near_edges.iter().enumerate() {
            let [a, b] = edges[one as usize];
            for &two in &near_edges[i + 1..] {
                let [c, d] = edges[two as usize];
                if do_cross([a, b], [c, d]) {
                    add(Law::Partition, vec![a, b]);
                }
            }
            for &pin in near_pins {
                let pin = places[pin as usize];
                if pin != a && pin != b && is_on_segment(a, b, pin) {
                    add(Law::Partition, vec![pin]);
                }
            }
        }
        ControlFlow::Continue(())
    });
}

/// Whether two segments cross in a point inside both.
pub(super) fn do_cross([a, b]: [Pin; 2], [c, d]: [Pin; 2]) -> bool {
    let opposite = |one: Ordering, two: Ordering| one != Ordering::Equal && one == two.reverse();
    opposite(turn(a, b, c), turn(a, b, d)) && opposite(turn(c, d, a), turn(c, d, b))
}

/// Every cell has one outer ring around more than nothing.
fn check_cells(fabric: &Fabric, add: &mut impl FnMut(Law, Vec<Pin>)) {
    let mut n_outer = vec![0u32; fabric.n_cells()];
    for (group, sides) in Rings::new(fabric, |cell| Some(cell.get())).iter() {
        let pins = ring(sides, |seam| fabric.seam(seam).pins);
        let ends_where_it_starts = sides.len() > 1 || pins.len() >= 3;
        match signed_area_x2(&pins).cmp(&0) {
            Ordering::Greater => n_outer[group as usize - 1] += 1,
            Ordering::Less => {}
            Ordering::Equal => add(Law::Partition, pins.clone()),
        }
        if !ends_where_it_starts {
            add(Law::Sewing, pins);
        }
    }
    for cell in fabric.cells() {
        if n_outer[cell.index()] != 1 {
            let first = fabric.sides(cell).first().map(|side| fabric.seam(side.seam).pins[0]);
            add(Law::Partition, first.into_iter().collect());
        }
    }
}

/// Going around a knot, each wedge has one cell.
fn check_knots(fabric: &Fabric, add: &mut impl FnMut(Law, Vec<Pin>)) {
    // Knot, next pin, the cell left of that direction, the cell right of it.
    let mut ends: Vec<(Pin, Pin, Option<CellId>, Option<CellId>)> = Vec::new();
    for seam in fabric.seams() {
        let n = seam.pins.len();
        ends.push((seam.pins[0], seam.pins[1], seam.left, seam.right));
        ends.push((seam.pins[n - 1], seam.pins[n - 2], seam.right, seam.left));
    }
    ends.sort_unstable_by(|one, two| {
        one.0.cmp(&two.0).then_with(|| around(one.0, one.1, two.1)).then(one.cmp(two))
    });
    for knot in ends.chunk_by(|one, two| one.0 == two.0) {
        let next = knot.iter().cycle().skip(1);
        if knot.len() < 2 || knot.iter().zip(next).any(|(one, two)| one.2 != two.3) {
            add(Law::Sewing, vec![knot[0].0]);
        }
    }
}

/// Looks away from the middle of a seam's widest segment to both sides.
fn check_beside(fabric: &Fabric, seam: Seam, add: &mut impl FnMut(Law, Vec<Pin>)) {
    let width = |pair: &&[Pin]| (i64::from(pair[0].x) - i64::from(pair[1].x)).abs();
    let Some(widest) = seam.pins.windows(2).max_by_key(width) else { return };
    // A seam that is upright all along is looked at with the axes exchanged.
    let is_turned = widest[0].x == widest[1].x;
    let view = View { fabric, is_turned };
    let ([west, east], above, below) = view.see(widest[0], widest[1], seam);
    if west == east {
        return;
    }
    let middle = [i64::from(west.x) + i64::from(east.x), i64::from(west.y) + i64::from(east.y)];
    for (is_up, expected) in [(true, above), (false, below)] {
        if view.search(middle, is_up) != expected {
            add(Law::Beside, widest.to_vec());
        }
    }
}

/// A fabric seen as it is or with x and y exchanged.
struct View<'a> {
    fabric: &'a Fabric,
    is_turned: bool,
}

impl View<'_> {
    /// A segment from west to east, the cell above it, the cell below it.
    fn see(&self, a: Pin, b: Pin, seam: Seam) -> ([Pin; 2], Option<CellId>, Option<CellId>) {
        let (a, b, left, right) = if self.is_turned {
            // Exchanging the axes is a reflection: left and right change places.
            (Pin::new(a.y, a.x), Pin::new(b.y, b.x), seam.right, seam.left)
        } else {
            (a, b, seam.left, seam.right)
        };
        if a.x <= b.x { ([a, b], left, right) } else { ([b, a], right, left) }
    }

    /// The cell on this side of the first segment met when going up or down from `from` (in half steps).
    fn search(&self, from: [i64; 2], is_up: bool) -> Option<CellId> {
        let mut nearest: Option<([Pin; 2], Option<CellId>)> = None;
        for seam in self.fabric.seams() {
            for pair in seam.pins.windows(2) {
                let (segment, above, below) = self.see(pair[0], pair[1], seam);
                let [west, east] = segment;
                let spans = 2 * i64::from(west.x) <= from[0] && from[0] < 2 * i64::from(east.x);
                let ahead = if is_up { Ordering::Less } else { Ordering::Greater };
                if !spans || side_x2(west, east, from) != ahead {
                    continue;
                }
                let is_nearer = nearest.is_none_or(|(other, _)| is_below(segment, other) == is_up);
                if is_nearer {
                    nearest = Some((segment, if is_up { below } else { above }));
                }
            }
        }
        nearest.and_then(|(_, cell)| cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fabric::{Barrier, NewSeam};

    fn square(corner: i32, side: i32) -> Vec<Pin> {
        let (a, b) = (corner, corner + side);
        [(a, a), (b, a), (b, b), (a, b), (a, a)].map(|(x, y)| Pin::new(x, y)).to_vec()
    }

    fn seam(pins: Vec<Pin>, left: u32, right: u32) -> NewSeam {
        let cell = CellId::new;
        NewSeam { pins, left: cell(left), right: cell(right), barrier: Barrier::None }
    }

    fn laws_broken(seams: &[NewSeam], n_cells: u32) -> Vec<Law> {
        let mut laws: Vec<Law> =
            breaches(&Fabric::new(seams, n_cells)).into_iter().map(|breach| breach.law).collect();
        laws.sort_unstable();
        laws.dedup();
        laws
    }

    #[test]
    fn a_ringed_island_is_sound() {
        let seams = [seam(square(0, 10), 1, 0), seam(square(4, 2), 2, 1)];
        assert_eq!(laws_broken(&seams, 2), []);
        assert!(check(&Fabric::new(&seams, 2)).is_empty());
    }

    #[test]
    fn each_law_is_noticed() {
        // An island whose ring says it lies in the open.
        let swept = [seam(square(0, 10), 1, 0), seam(square(4, 2), 2, 0)];
        assert_eq!(laws_broken(&swept, 2), [Law::Beside]);
        // Two rings that cross.
        let crossed = [seam(square(0, 10), 1, 0), seam(square(5, 10), 2, 0)];
        assert!(laws_broken(&crossed, 2).contains(&Law::Partition));
        // A ring that runs the wrong way round.
        let inside_out = [seam(square(0, 10), 0, 1)];
        assert!(laws_broken(&inside_out, 1).contains(&Law::Partition));
        // A seam that ends in the open.
        let open = [seam(square(0, 10), 1, 0), seam(vec![Pin::new(20, 0), Pin::new(30, 1)], 2, 0)];
        assert!(laws_broken(&open, 2).contains(&Law::Sewing));
        let issues = check(&Fabric::new(&open, 2));
        assert!(issues.iter().all(|issue| issue.severity == Severity::Stop));
    }
}
