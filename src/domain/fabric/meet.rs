//! Two drawings of one border, each with pins of its own, brought to one chain of pins.
//!
//! A community's draft and the ground around it list the same border, but each may have got pins the
//! other does not know, a step or two off the straight line. [`meet`] says which pins each has to take
//! in, in the words of [`super::stitch`].

use std::collections::{HashMap, HashSet};

use super::stitch::Insert;
use super::weave::sort_along;
use crate::domain::place::{Pin, Polygon};

/// A pin of its own lies at most so many steps (1 cm each) off the line between pins both know.
const REACH: f64 = 4.0;

/// What `ours` and `theirs` have to take in so that both list the same pins; `None` where they are not
/// the same border. Cost: O(pins).
pub fn meet(ours: &[Polygon], theirs: &[Polygon]) -> Option<(Vec<Insert>, Vec<Insert>)> {
    let pins_of = |polygons: &[Polygon]| -> HashSet<Pin> {
        polygons.iter().flat_map(|polygon| &polygon.rings).flatten().copied().collect()
    };
    let (our_pins, their_pins) = (pins_of(ours), pins_of(theirs));
    let known: HashSet<Pin> = our_pins.intersection(&their_pins).copied().collect();
    let (ours, mut theirs) = (stretches(ours, &known)?, stretches(theirs, &known)?);
    let (mut for_us, mut for_them) = (Vec::new(), Vec::new());
    for ((from, to), our_own) in ours {
        let their_own = theirs.remove(&(from, to))?;
        if our_own == their_own {
            continue;
        }
        let mut all: Vec<Pin> = our_own.iter().chain(&their_own).copied().collect();
        sort_along(from, to, &mut all);
        if !all.iter().all(|pin| is_near(from, to, *pin)) {
            return None;
        }
        for_us.extend(missing(from, to, &our_own, &all)?);
        for_them.extend(missing(from, to, &their_own, &all)?);
    }
    theirs.is_empty().then_some((for_us, for_them))
}

/// The border cut at the pins both know: the pins between each two of them. `None` for a ring that
/// has none of those.
fn stretches(polygons: &[Polygon], known: &HashSet<Pin>) -> Option<HashMap<(Pin, Pin), Vec<Pin>>> {
    let mut found = HashMap::new();
    for ring in polygons.iter().flat_map(|polygon| &polygon.rings) {
        let first = ring.iter().position(|pin| known.contains(pin))?;
        let (mut from, mut between) = (ring[first], Vec::new());
        for step in 1..=ring.len() {
            let pin = ring[(first + step) % ring.len()];
            if known.contains(&pin) {
                found.insert((from, pin), std::mem::take(&mut between));
                from = pin;
            } else {
                between.push(pin);
            }
        }
    }
    Some(found)
}

/// Pins of `all` that `own` lacks, each with the two of `own` (or the ends) it comes between. `None`
/// when `own` runs in another order.
fn missing(from: Pin, to: Pin, own: &[Pin], all: &[Pin]) -> Option<Vec<Insert>> {
    let mut found = Vec::new();
    let mut rest = own.iter().copied();
    let (mut last, mut next) = (from, rest.next());
    for pin in all {
        if Some(*pin) == next {
            (last, next) = (*pin, rest.next());
        } else {
            found.push((last, next.unwrap_or(to), *pin));
        }
    }
    next.is_none().then_some(found)
}

fn is_near(from: Pin, to: Pin, pin: Pin) -> bool {
    let offset = |one: Pin, two: Pin| {
        (f64::from(two.x) - f64::from(one.x), f64::from(two.y) - f64::from(one.y))
    };
    let ((ex, ey), (px, py)) = (offset(from, to), offset(from, pin));
    let length = ex.hypot(ey);
    // A loop from one pin to itself has no line to be near to.
    length > 0.0 && (ex * py - ey * px).abs() <= REACH * length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(pins: &[(i32, i32)]) -> Vec<Polygon> {
        vec![Polygon { rings: vec![pins.iter().map(|(x, y)| Pin::new(*x, *y)).collect()] }]
    }

    const SQUARE: [(i32, i32); 4] = [(0, 0), (1000, 0), (1000, 1000), (0, 1000)];

    #[test]
    fn each_takes_in_what_the_other_has() {
        let ours = ring(&[(0, 0), (300, 1), (1000, 0), (1000, 1000), (0, 1000)]);
        let theirs = ring(&[(1000, 0), (1000, 1000), (0, 1000), (0, 0), (200, 0), (700, -1)]);
        let (for_us, for_them) = meet(&ours, &theirs).unwrap();
        let pin = Pin::new;
        assert_eq!(
            for_us,
            [(pin(0, 0), pin(300, 1), pin(200, 0)), (pin(300, 1), pin(1000, 0), pin(700, -1))]
        );
        assert_eq!(for_them, [(pin(200, 0), pin(700, -1), pin(300, 1))]);
    }

    #[test]
    fn the_same_border_needs_nothing() {
        let turned: Vec<_> = SQUARE.iter().cycle().skip(2).take(4).copied().collect();
        assert_eq!(meet(&ring(&SQUARE), &ring(&turned)), Some((Vec::new(), Vec::new())));
    }

    #[test]
    fn another_border_is_noticed() {
        let mut corner = SQUARE;
        corner[2] = (900, 900);
        assert_eq!(meet(&ring(&SQUARE), &ring(&corner)), None);
        assert_eq!(meet(&ring(&SQUARE), &ring(&[(5, 5), (9, 5), (9, 9)])), None);
    }
}
