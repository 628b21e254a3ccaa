//! Where a pin lies in a fabric: the slow truth, short enough to believe.
//!
//! A ray goes north from the pin, a hair to the east of it; the lowest segment it meets says what is
//! below. Spans are half-open (west end in, east end out), so a segment that ends over the pin counts
//! once, and upright segments never do. Ties at a shared west end are broken by slope.
//!
//! **Why** it looks at every segment: this is what `blocks` is measured against.

use std::cmp::Ordering;

use super::weave::is_below;
use super::{Fabric, Seam, Spot};
use crate::domain::ids::{CellId, SeamId};
use crate::domain::place::{Pin, is_on_segment, turn};

/// Where `pin` lies. Total and exact; cost: O(pins of the fabric).
///
/// On a seam it says which. At a knot that is the first seam clockwise from north; a seam leaving due
/// north comes first.
pub fn locate(fabric: &Fabric, pin: Pin) -> Spot {
    let mut on: Option<(Pin, SeamId)> = None;
    let mut over: Option<([Pin; 2], Option<CellId>)> = None;
    for seam in fabric.seams() {
        for pair in seam.pins.windows(2) {
            let [a, b] = [pair[0], pair[1]];
            if is_on_segment(a, b, pin) {
                for end in [a, b].into_iter().filter(|&end| end != pin) {
                    if on.is_none_or(|(first, _)| is_before(pin, end, first)) {
                        on = Some((end, seam.id));
                    }
                }
            } else if let Some((segment, cell)) = passed_over(pin, a, b, &seam)
                && over.is_none_or(|(lowest, _)| is_below(segment, lowest))
            {
                over = Some((segment, cell));
            }
        }
    }
    match (on, over) {
        (Some((_, seam)), _) => Spot::On(seam),
        (None, Some((_, Some(cell)))) => Spot::In(cell),
        (None, _) => Spot::Outside,
    }
}

/// The segment from west to east with the cell below it, where it passes over `pin`.
fn passed_over(pin: Pin, a: Pin, b: Pin, seam: &Seam) -> Option<([Pin; 2], Option<CellId>)> {
    let (segment, below) = if a.x < b.x { ([a, b], seam.right) } else { ([b, a], seam.left) };
    let [west, east] = segment;
    let is_over = west.x <= pin.x && pin.x < east.x && turn(west, east, pin) == Ordering::Less;
    is_over.then_some((segment, below))
}

/// Whether going clockwise from north around `knot` one meets `a` before `b`.
pub(super) fn is_before(knot: Pin, a: Pin, b: Pin) -> bool {
    // North and east of it first, then south and west: a half turn each, closed at its start.
    let is_late = |pin: Pin| pin.x < knot.x || (pin.x == knot.x && pin.y < knot.y);
    match is_late(a).cmp(&is_late(b)) {
        Ordering::Equal => turn(knot, a, b) == Ordering::Less,
        order => order == Ordering::Less,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fabric::{Barrier, NewSeam};

    /// A square from (0, 0) to (10, 10), parted by the upright line x = 5.
    fn halves() -> Fabric {
        let pin = Pin::new;
        let cell = CellId::from_index;
        let seam = |pins: &[(i32, i32)], left, right| NewSeam {
            pins: pins.iter().map(|&(x, y)| pin(x, y)).collect(),
            left,
            right,
            barrier: Barrier::None,
        };
        Fabric::new(
            &[
                seam(&[(5, 0), (0, 0), (0, 10), (5, 10)], None, Some(cell(0))),
                seam(&[(5, 0), (5, 10)], Some(cell(0)), Some(cell(1))),
                seam(&[(5, 0), (10, 0), (10, 10), (5, 10)], Some(cell(1)), None),
            ],
            2,
        )
    }

    #[test]
    fn every_pin_has_one_answer() {
        let fabric = halves();
        let at = |x, y| locate(&fabric, Pin::new(x, y));
        let [west, middle, east] = [0, 1, 2].map(SeamId::from_index);
        assert_eq!(at(2, 5), Spot::In(CellId::from_index(0)));
        assert_eq!(at(7, 5), Spot::In(CellId::from_index(1)));
        assert_eq!(at(5, 5), Spot::On(middle));
        assert_eq!(at(0, 5), Spot::On(west));
        assert_eq!(at(10, 10), Spot::On(east));
        assert_eq!(at(11, 5), Spot::Outside);
        assert_eq!(at(-1, 0), Spot::Outside);
        assert_eq!(at(5, 11), Spot::Outside);
    }

    #[test]
    fn at_a_knot_the_first_seam_clockwise_from_north_counts() {
        let fabric = halves();
        let [middle, east] = [1, 2].map(SeamId::from_index);
        assert_eq!(locate(&fabric, Pin::new(5, 0)), Spot::On(middle));
        assert_eq!(locate(&fabric, Pin::new(5, 10)), Spot::On(east));
    }
}
