//! Where many pins lie: the answers of `blocks`, asked in an order that is kind to memory.
//!
//! Pins that come in any order make every look-up a walk to main memory. Here they are first dealt into
//! piles by place (one counting sort), and each pile is asked while its corner of the raster is at hand.
//!
//! **Why** not sort the pins themselves: a deal costs a few nanoseconds a pin, a sort ten times that.

use super::blocks::Blocks;
use super::{Fabric, Spot};
use crate::domain::ids::CellId;
use crate::domain::place::{Extent, Pin};

/// Fewer pins than this are asked as they come.
const FEW: usize = 4096;
/// Piles along each side of the fabric's box.
const PILES_A_SIDE: i64 = 32;

/// Where each of `pins` lies, in their order. The same as [`Blocks::locate`] for each.
pub fn locate_all(fabric: &Fabric, blocks: &Blocks, pins: &[Pin]) -> Vec<Spot> {
    if pins.len() < FEW {
        return pins.iter().map(|&pin| blocks.locate(fabric, pin)).collect();
    }
    let mut spots = vec![Spot::Outside; pins.len()];
    let pile_of = piles(fabric.extent());
    for &number in deal(pins, (PILES_A_SIDE * PILES_A_SIDE) as usize, pile_of).1.iter() {
        spots[number as usize] = blocks.locate(fabric, pins[number as usize]);
    }
    spots
}

/// Where each pin lies in a fabric of areas and, where that is a cell, in the fabric of that cell's own ground.
///
/// `part_of` gives the inner fabric of a cell; without one, and on seams and outside, the inner answer is
/// `Outside`. Each inner fabric is asked all its pins in one go.
pub fn locate_inside<'a>(
    fabric: &Fabric,
    blocks: &Blocks,
    part_of: impl Fn(CellId) -> Option<(&'a Fabric, &'a Blocks)>,
    pins: &[Pin],
) -> Vec<(Spot, Spot)> {
    let outer = locate_all(fabric, blocks, pins);
    let cell_of = |spot: &Spot| match spot {
        Spot::In(cell) => Some(cell.index()),
        Spot::On(_) | Spot::Outside => None,
    };
    let (starts, order) = deal(&outer, fabric.n_cells(), cell_of);
    let mut spots: Vec<(Spot, Spot)> =
        outer.into_iter().map(|spot| (spot, Spot::Outside)).collect();
    for cell in fabric.cells() {
        let range = starts[cell.index()] as usize..starts[cell.index() + 1] as usize;
        let Some((inner, inner_blocks)) = part_of(cell).filter(|_| !range.is_empty()) else {
            continue;
        };
        for &number in &order[range] {
            spots[number as usize].1 = inner_blocks.locate(inner, pins[number as usize]);
        }
    }
    spots
}

/// The pile of a pin, row by row; `None` beyond the extent.
fn piles(extent: Extent) -> impl Fn(&Pin) -> Option<usize> {
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
        Some((row.min(PILES_A_SIDE - 1) * PILES_A_SIDE + column.min(PILES_A_SIDE - 1)) as usize)
    }
}

/// Numbers of the things in each pile, one pile after the other, and where each pile begins.
fn deal<T>(
    things: &[T],
    n_piles: usize,
    pile_of: impl Fn(&T) -> Option<usize>,
) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; n_piles + 1];
    let piles: Vec<u32> = things
        .iter()
        .map(|thing| {
            let pile = pile_of(thing);
            if let Some(pile) = pile {
                starts[pile + 1] += 1;
            }
            pile.map_or(u32::MAX, |pile| pile as u32)
        })
        .collect();
    for pile in 0..n_piles {
        starts[pile + 1] += starts[pile];
    }
    let mut next = starts.clone();
    let mut order = vec![0u32; starts[n_piles] as usize];
    for (number, &pile) in piles.iter().enumerate() {
        if pile != u32::MAX {
            order[next[pile as usize] as usize] = number as u32;
            next[pile as usize] += 1;
        }
    }
    (starts, order)
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
        let communities: Vec<_> = town.areas.iter().map(|area| area.shape.clone()).collect();
        let grids: Vec<_> = town.grids.iter().map(|grid| grid.shape.clone()).collect();
        let fabric_of = |shapes: &[_]| {
            weave(&Weave { shapes, boundary: None, lines: &[], tolerance: 0.5 }).fabric
        };
        let (whole, inner) = (fabric_of(&communities), fabric_of(&grids));
        let (blocks, inner_blocks) = (Blocks::new(&whole), Blocks::new(&inner));
        let extent = whole.extent().grown(500);
        let mut dice = Dice::new(9);
        let mut pins: Vec<Pin> = (0..2 * FEW)
            .map(|_| {
                let x = dice.between(extent.min.x, extent.max.x);
                Pin::new(x, dice.between(extent.min.y, extent.max.y))
            })
            .collect();
        pins.extend(whole.seams().flat_map(|seam| seam.pins));
        let found = locate_inside(&whole, &blocks, |_| Some((&inner, &inner_blocks)), &pins);
        for (&pin, &(outer, within)) in pins.iter().zip(&found) {
            assert_eq!(outer, blocks.locate(&whole, pin));
            let expected = match outer {
                Spot::In(_) => inner_blocks.locate(&inner, pin),
                Spot::On(_) | Spot::Outside => Spot::Outside,
            };
            assert_eq!(within, expected);
        }
    }
}
