//! Many pins at once: asked in an order that is kind to memory.
//!
//! Pins that come in any order make every look-up a walk to main memory. Here they are first dealt into
//! piles by place (one counting sort), and each pile is asked while its corner of the map is at hand.
//!
//! **Why** not sort the pins themselves: a deal costs a few nanoseconds a pin, a sort ten times that.

use super::blocks::Blocks;
use super::{Fabric, Spot};
use crate::domain::place::{Extent, Pin};

/// Fewer pins than this are asked as they come.
const FEW: usize = 4096;
/// Piles along each side of the box.
const PILES_A_SIDE: i64 = 32;

/// Where each of `pins` lies, in their order. The same as [`Blocks::locate`] for each.
pub fn locate_all(fabric: &Fabric, blocks: &Blocks, pins: &[Pin]) -> Vec<Spot> {
    ask_all(fabric.extent(), pins, Spot::Outside, |pin| blocks.locate(fabric, pin))
}

/// What `ask` answers for each of `pins`, in their order; `beyond` for those outside `extent`, unasked.
///
/// `ask` is called in whatever order is quick. Cost: two passes over the pins beside the asking.
pub fn ask_all<T: Copy>(
    extent: Extent,
    pins: &[Pin],
    beyond: T,
    mut ask: impl FnMut(Pin) -> T,
) -> Vec<T> {
    if pins.len() < FEW {
        return pins.iter().map(|&pin| if extent.holds(pin) { ask(pin) } else { beyond }).collect();
    }
    let mut answers = vec![beyond; pins.len()];
    for (pin, number) in dealt(extent, pins) {
        answers[number as usize] = ask(pin);
    }
    answers
}

/// The pins within `extent`, each with its number, one pile after the other.
fn dealt(extent: Extent, pins: &[Pin]) -> Vec<(Pin, u32)> {
    let pile_of = piles(extent);
    let mut next = [0u32; (PILES_A_SIDE * PILES_A_SIDE) as usize + 1];
    let piles: Vec<u16> = pins
        .iter()
        .map(|pin| {
            let pile = pile_of(pin);
            if let Some(pile) = pile {
                next[usize::from(pile) + 1] += 1;
            }
            pile.unwrap_or(u16::MAX)
        })
        .collect();
    for pile in 1..next.len() {
        next[pile] += next[pile - 1];
    }
    let mut dealt = vec![(Pin::default(), 0); next[next.len() - 1] as usize];
    for (number, (&pin, &pile)) in pins.iter().zip(&piles).enumerate() {
        if pile != u16::MAX {
            let at = &mut next[usize::from(pile)];
            dealt[*at as usize] = (pin, number as u32);
            *at += 1;
        }
    }
    dealt
}

/// The pile of a pin, row by row; `None` beyond the extent.
fn piles(extent: Extent) -> impl Fn(&Pin) -> Option<u16> {
    let span = |low: i32, high: i32| (i64::from(high) - i64::from(low) + 1) as f64;
    let scale_x = PILES_A_SIDE as f64 / span(extent.min.x, extent.max.x);
    let scale_y = PILES_A_SIDE as f64 / span(extent.min.y, extent.max.y);
    move |&pin| {
        if !extent.holds(pin) {
            return None;
        }
        // Which pile does not change an answer, so rounding may do as it likes within the last one.
        let column = ((i64::from(pin.x) - i64::from(extent.min.x)) as f64 * scale_x) as i64;
        let row = ((i64::from(pin.y) - i64::from(extent.min.y)) as f64 * scale_y) as i64;
        Some((row.min(PILES_A_SIDE - 1) * PILES_A_SIDE + column.min(PILES_A_SIDE - 1)) as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fabric::weave::{Weave, weave};
    use crate::sample::dice::Dice;
    use crate::sample::random::RandomTown;

    #[test]
    fn many_answers_are_the_single_ones() {
        let town = RandomTown::new(5, 4, 5);
        let shapes: Vec<_> = town.areas.iter().map(|area| area.shape.clone()).collect();
        let fabric =
            weave(&Weave { shapes: &shapes, boundary: None, lines: &[], tolerance: 0.5 }).fabric;
        let blocks = Blocks::new(&fabric);
        let extent = fabric.extent().grown(500);
        let mut dice = Dice::new(9);
        let mut pins: Vec<Pin> = (0..2 * FEW)
            .map(|_| {
                let x = dice.between(extent.min.x, extent.max.x);
                Pin::new(x, dice.between(extent.min.y, extent.max.y))
            })
            .collect();
        pins.extend(fabric.seams().flat_map(|seam| seam.pins));
        let singly: Vec<Spot> = pins.iter().map(|&pin| blocks.locate(&fabric, pin)).collect();
        assert_eq!(locate_all(&fabric, &blocks, &pins), singly);
        assert_eq!(locate_all(&fabric, &blocks, &pins[..FEW / 2]), singly[..FEW / 2]);
        assert!(singly.contains(&Spot::Outside));
    }
}
