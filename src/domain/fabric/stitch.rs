//! One border in several fabrics, pin for pin: a community's fabric, its neighbour's, and the fabric of
//! the areas around them.
//!
//! A community is woven within its outline alone, which may put new pins on that outline and new knots.
//! [`agree`] carries both to every fabric that holds the border, so that they list the very same chains
//! of pins (perhaps the other way round), and thinning seam by seam keeps them together.
//!
//! **Why** not one fabric for a whole city: a change would touch it all. The price is this file.

use std::collections::{HashMap, HashSet};

use super::weave::sort_along;
use super::{Fabric, NewSeam};
use crate::domain::place::Pin;

/// Pins inserted into edges (from, to, new), as [`super::weave::Woven`] names them.
pub type Insert = (Pin, Pin, Pin);

/// Brings fabrics that share borders to the same pins and the same knots along them. Cells keep their numbers.
///
/// Give it every fabric that shares a border, together: those just woven with what they inserted, their
/// neighbours and the areas' own. Cost: O(pins of all).
pub fn agree(fabrics: &[&Fabric], inserts: &[Insert]) -> Vec<Fabric> {
    let stitched: Vec<Fabric> = fabrics.iter().map(|fabric| stitch(fabric, inserts)).collect();
    let knots: HashSet<Pin> = stitched.iter().flat_map(knots_on).collect();
    stitched.iter().map(|fabric| split_at(fabric, &knots)).collect()
}

/// The fabric with `inserts` put into its edges, between the pins they name. Those it holds already stay.
pub fn stitch(fabric: &Fabric, inserts: &[Insert]) -> Fabric {
    if inserts.is_empty() {
        return fabric.clone();
    }
    let lists = lists(inserts);
    // For each pin on a list: the list and the place in it.
    let mut places: HashMap<Pin, Vec<(u32, u32)>> = HashMap::new();
    for (list_idx, list) in lists.iter().enumerate() {
        for (rank, &pin) in list.iter().enumerate() {
            places.entry(pin).or_default().push((list_idx as u32, rank as u32));
        }
    }
    let mut seams = fabric.to_new_seams();
    for seam in &mut seams {
        let old = std::mem::take(&mut seam.pins);
        let mut last: Option<&Vec<(u32, u32)>> = None;
        for pin in old {
            let here = places.get(&pin);
            if let (Some(last), Some(here)) = (last, here) {
                seam.pins.extend(between(&lists, last, here));
            }
            seam.pins.push(pin);
            last = here;
        }
        drop_spikes(&mut seam.pins);
    }
    Fabric::new(&sorted(seams), fabric.n_cells)
}

/// Where a tip is narrower than a step, a pin put on it lies on both of its edges, and what is beyond is no
/// ground any more: weaving drops it, and so must whoever follows.
fn drop_spikes(pins: &mut Vec<Pin>) {
    let mut kept = 0;
    for at in 0..pins.len() {
        if kept >= 2 && pins[kept - 2] == pins[at] {
            kept -= 1;
        } else {
            pins[kept] = pins[at];
            kept += 1;
        }
    }
    if kept >= 2 {
        pins.truncate(kept);
    }
}

/// For each edge its ends with the pins between them, in order along it.
fn lists(inserts: &[Insert]) -> Vec<Vec<Pin>> {
    let mut by_edge: Vec<Insert> =
        inserts.iter().map(|&(from, to, new)| (from.min(to), from.max(to), new)).collect();
    by_edge.sort_unstable();
    by_edge
        .chunk_by(|one, two| (one.0, one.1) == (two.0, two.1))
        .map(|group| {
            let (from, to, _) = group[0];
            let mut list: Vec<Pin> = group.iter().map(|insert| insert.2).collect();
            sort_along(from, to, &mut list);
            list.insert(0, from);
            list.push(to);
            list
        })
        .collect()
}

/// The pins of a list strictly between two of its places; where two lists hold both, of the one in which they
/// are closest, so that two edges pinched together are not mistaken for each other.
fn between(lists: &[Vec<Pin>], from: &[(u32, u32)], to: &[(u32, u32)]) -> Vec<Pin> {
    let shared = from.iter().flat_map(|&(list, start)| {
        let ends = to.iter().filter(move |place| place.0 == list);
        ends.map(move |&(_, end)| (start.abs_diff(end), list, start as usize, end as usize))
    });
    match shared.min() {
        Some((2.., list, start, end)) if start < end => {
            lists[list as usize][start + 1..end].to_vec()
        }
        Some((2.., list, start, end)) => {
            lists[list as usize][end + 1..start].iter().rev().copied().collect()
        }
        Some(_) | None => Vec::new(),
    }
}

/// Knots on the outer border of a fabric: where a seam with the outside at one side ends.
pub fn knots_on(fabric: &Fabric) -> Vec<Pin> {
    let is_free = free_loops(fabric);
    let outer = fabric.seams().filter(|seam| seam.left.is_none() || seam.right.is_none());
    let mut knots: Vec<Pin> = outer
        .filter(|seam| !is_free[seam.id.index()])
        .flat_map(|seam| [seam.pins[0], seam.pins[seam.pins.len() - 1]])
        .collect();
    knots.sort_unstable();
    knots.dedup();
    knots
}

/// The fabric with its seams ended at each of `knots` that lies on one of their pins.
pub fn split_at(fabric: &Fabric, knots: &HashSet<Pin>) -> Fabric {
    let is_free = free_loops(fabric);
    let mut pieces: Vec<NewSeam> = Vec::with_capacity(fabric.n_seams());
    for (mut seam, is_free) in fabric.to_new_seams().into_iter().zip(is_free) {
        if is_free {
            start_at_knot(&mut seam.pins, knots);
        }
        let n = seam.pins.len();
        let mut start = 0;
        for end in 1..n {
            if end == n - 1 || knots.contains(&seam.pins[end]) {
                pieces.push(NewSeam {
                    pins: seam.pins[start..=end].to_vec(),
                    left: seam.left,
                    right: seam.right,
                    barrier: seam.barrier,
                });
                start = end;
            }
        }
    }
    for piece in &mut pieces {
        turn_the_one_way(piece);
    }
    Fabric::new(&sorted(pieces), fabric.n_cells)
}

/// A loop without a knot begins anywhere; with one it begins there.
fn start_at_knot(pins: &mut Vec<Pin>, knots: &HashSet<Pin>) {
    if let Some(first) = pins.iter().position(|pin| knots.contains(pin))
        && first > 0
    {
        pins.pop();
        pins.rotate_left(first);
        pins.push(pins[0]);
    }
}

/// For each seam whether it is a loop without a knot.
fn free_loops(fabric: &Fabric) -> Vec<bool> {
    let mut n_ends: HashMap<Pin, u32> = HashMap::new();
    for seam in fabric.seams() {
        for pin in [seam.pins[0], seam.pins[seam.pins.len() - 1]] {
            *n_ends.entry(pin).or_default() += 1;
        }
    }
    let is_free = |pins: &[Pin]| pins[0] == pins[pins.len() - 1] && n_ends[&pins[0]] == 2;
    fabric.seams().map(|seam| is_free(seam.pins)).collect()
}

/// An open seam begins at its lower end; a closed one goes first to the lower of the two pins beside its start.
pub fn turn_the_one_way(seam: &mut NewSeam) {
    let last = seam.pins.len() - 1;
    let is_backward = match seam.pins[0].cmp(&seam.pins[last]) {
        std::cmp::Ordering::Equal => seam.pins[1] > seam.pins[last - 1],
        order => order == std::cmp::Ordering::Greater,
    };
    if is_backward {
        seam.pins.reverse();
        (seam.left, seam.right) = (seam.right, seam.left);
    }
}

/// Seams in the one order there is.
pub fn sorted(mut seams: Vec<NewSeam>) -> Vec<NewSeam> {
    seams.sort_unstable_by(|one, two| {
        one.pins[..2].cmp(&two.pins[..2]).then_with(|| one.pins.cmp(&two.pins))
    });
    seams
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fabric::check::breaches;
    use crate::domain::fabric::outline::outline;
    use crate::domain::fabric::weave::{Weave, weave};
    use crate::domain::place::Polygon;

    fn ring(text: &[(i32, i32)]) -> Vec<Polygon> {
        vec![Polygon { rings: vec![text.iter().map(|&(x, y)| Pin::new(x, y)).collect()] }]
    }

    fn chains(fabric: &Fabric, is_shared: impl Fn(Pin) -> bool) -> Vec<Vec<Pin>> {
        let shared = fabric.seams().filter(|seam| seam.pins.iter().all(|&pin| is_shared(pin)));
        shared.map(|seam| seam.pins.to_vec()).collect()
    }

    #[test]
    fn a_shared_border_is_the_same_chain_in_all_three() {
        let (west, east) = (
            ring(&[(0, 0), (10_000, 3), (10_000, 5_000), (10_000, 9_998), (0, 10_000)]),
            ring(&[(10_000, 3), (20_000, 0), (20_000, 10_000), (10_000, 9_998), (10_000, 5_000)]),
        );
        let weave_of = |shapes: &[Vec<Polygon>], boundary| {
            weave(&Weave { shapes, boundary, lines: &[], tolerance: 0.5 })
        };
        let areas = weave_of(&[west.clone(), east.clone()], None);
        // West: two grids whose border meets the shared one between pins; the tip is a little short of it.
        let western = weave_of(
            &[
                ring(&[(0, 0), (10_000, 3), (9_990, 3_000), (0, 3_000)]),
                ring(&[(0, 3_000), (9_990, 3_000), (10_000, 9_998), (0, 10_000)]),
            ],
            Some(&west),
        );
        // East: two grids that part at a pin the border has already.
        let eastern = weave_of(
            &[
                ring(&[(10_000, 3), (20_000, 0), (20_000, 5_000), (10_000, 5_000)]),
                ring(&[(10_000, 5_000), (20_000, 5_000), (20_000, 10_000), (10_000, 9_998)]),
            ],
            Some(&east),
        );
        assert_eq!((western.inserted.len(), eastern.inserted.len()), (2, 1));
        let inserts = [western.inserted.clone(), eastern.inserted.clone()].concat();
        let fabrics = [&areas.fabric, &western.fabric, &eastern.fabric];
        let agreed = agree(&fabrics, &inserts);
        for fabric in &agreed {
            assert_eq!(breaches(fabric), []);
        }
        let [whole, western, eastern] = [&agreed[0], &agreed[1], &agreed[2]]
            .map(|fabric| chains(fabric, |pin| (pin.x - 10_000).abs() <= 1));
        assert_eq!(western.len(), 3);
        assert_eq!(western, whole);
        assert_eq!(eastern, whole);
        assert_eq!(outline(&agreed[1], |_| true)[0].rings[0].len(), 7);
    }
}
