//! The border between two colors, between two of its places, along a line.

use std::collections::{BTreeMap, HashSet};

use super::cutting::Cutting;
use super::drawn::{check_line, stroke};
use super::flood::{Painted, Side};
use super::{Fault, Shaped};
use crate::domain::fabric::Fabric;
use crate::domain::place::Pin;

/// Lets the border between two colors follow `line` from where the line first meets it to where it last does.
///
/// What lies between the old border and the line changes sides. Where the border is a ring, or both places lie
/// on different stretches of it, less ground changes. Refuses a line that meets the border nowhere (`edit.misses`) or
/// in one place (`edit.touches`), leaves the ground of the two in between (`edit.crosses-border`, `edit.outside`), only
/// follows the border there is (`edit.along-border`), or separates nothing (`edit.bad-line`).
pub fn reroute<K: Copy + Eq>(
    fabric: &Fabric,
    colors: &[Option<K>],
    between: [K; 2],
    line: &[Pin],
) -> Result<Shaped<K>, Vec<Fault>> {
    let line = check_line(line)?;
    let is_one = |color: Option<K>| color.is_some_and(|color| between.contains(&color));
    let cutting =
        Cutting::with(fabric, &[stroke(&line)], false, |cell| is_one(colors[cell.index()]))?;
    let painted = Painted::new(&cutting, colors);
    let border = Border::new(&painted, between);
    if border.curves.is_empty() {
        return Err(vec![Fault::new("edit.not-neighbours", line)]);
    }
    let course = border.course(&line)?;
    let mut best: Option<(i128, Vec<Side<K>>)> = None;
    for way in border.ways(course[0], course[course.len() - 1]) {
        let Some(after) = border.colored(course, &way) else { continue };
        let changed = border.changed(&after);
        if best.as_ref().is_none_or(|(least, _)| changed < *least) {
            best = Some((changed, after));
        }
    }
    match best {
        None => Err(vec![Fault::new("edit.bad-line", line)]),
        Some((0, _)) => Err(vec![Fault::new("edit.along-border", line)]),
        Some((_, after)) => cutting.shaped(
            |face| after[face as usize].or_else(|| painted.side(face)).flatten(),
            |cell| painted.old(cell),
        ),
    }
}

/// One way to join the border with the line.
struct Way {
    /// Edges of the old border that are given up, as the border runs.
    dropped: HashSet<(u32, u32)>,
    /// Whether the first color lies at the left of the line.
    is_first_left: bool,
}

/// A stretch of the border, the first color at its left. A closed one repeats its first pin.
struct Curve {
    pins: Vec<u32>,
    is_closed: bool,
}

struct Border<'a, K> {
    painted: &'a Painted<'a, K>,
    between: [K; 2],
    curves: Vec<Curve>,
    pins: HashSet<u32>,
}

impl<'a, K: Copy + Eq> Border<'a, K> {
    fn new(painted: &'a Painted<'a, K>, between: [K; 2]) -> Self {
        let cutting = painted.cutting;
        let mut next: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let mut n_in: BTreeMap<u32, u32> = BTreeMap::new();
        for link in 0..cutting.net.n_links() {
            let sides = cutting.sides(link).map(|face| painted.side(face).flatten());
            let is_border = |ends: [K; 2]| sides == ends.map(Some);
            let mut path = cutting.net.path(link).to_vec();
            if is_border([between[1], between[0]]) {
                path.reverse();
            } else if !is_border(between) {
                continue;
            }
            for pair in path.windows(2) {
                next.entry(pair[0]).or_default().push(pair[1]);
                *n_in.entry(pair[1]).or_default() += 1;
            }
        }
        let pins: HashSet<u32> = next.keys().chain(n_in.keys()).copied().collect();
        let is_end = |pin: u32| {
            next.get(&pin).map_or(0, Vec::len) != 1 || n_in.get(&pin).copied().unwrap_or(0) != 1
        };
        let mut curves = Vec::new();
        let mut walked: HashSet<(u32, u32)> = HashSet::new();
        // Stretches between ends first; what is left are rings.
        for wants_end in [true, false] {
            for (&start, firsts) in next.iter().filter(|(pin, _)| is_end(**pin) == wants_end) {
                for &first in firsts {
                    if walked.contains(&(start, first)) {
                        continue;
                    }
                    let mut pins = vec![start];
                    let mut at = first;
                    loop {
                        walked.insert((pins[pins.len() - 1], at));
                        pins.push(at);
                        if is_end(at) || at == start {
                            break;
                        }
                        at = next[&at][0];
                    }
                    curves.push(Curve { pins, is_closed: !wants_end });
                }
            }
        }
        Self { painted, between, curves, pins }
    }

    /// The line between its first and its last meeting with the border, all of it in the ground of the two.
    fn course(&self, line: &[Pin]) -> Result<&'a [u32], Vec<Fault>> {
        let cutting = self.painted.cutting;
        let course = &cutting.courses[0];
        let is_met = |pin: &u32| self.pins.contains(pin);
        let place = |pin: u32| vec![cutting.net.pins[pin as usize]];
        let (first, last) = match (course.iter().position(is_met), course.iter().rposition(is_met))
        {
            (Some(first), Some(last)) if first < last => (first, last),
            (Some(first), _) => return Err(vec![Fault::new("edit.touches", place(course[first]))]),
            (None, _) => return Err(vec![Fault::new("edit.misses", line.to_vec())]),
        };
        for pair in course[first..=last].windows(2) {
            let (_, faces) = self.painted.beside(pair[0], pair[1]);
            let is_out = |&face: &u32| !self.is_own(face);
            if let Some(face) = faces.into_iter().find(is_out) {
                let is_ground = self.painted.side(face).is_some();
                let code = if is_ground { "edit.crosses-border" } else { "edit.outside" };
                let ends = pair.iter().flat_map(|&pin| place(pin)).collect();
                return Err(vec![Fault::new(code, ends)]);
            }
        }
        // Not even one pin on what bounds the two together.
        let inner: HashSet<u32> = course[first + 1..last].iter().copied().collect();
        for link in 0..cutting.net.n_links() {
            let n_own = cutting.sides(link).iter().filter(|&&face| self.is_own(face)).count();
            let met = cutting.net.path(link).iter().find(|pin| inner.contains(pin));
            if let (1, Some(&pin)) = (n_own, met) {
                return Err(vec![Fault::new("edit.crosses-border", place(pin))]);
            }
        }
        Ok(&course[first..=last])
    }

    fn is_own(&self, face: u32) -> bool {
        self.painted.side(face).flatten().is_some_and(|color| self.between.contains(&color))
    }

    /// Every way to leave the border at one pin and come back to it at the other.
    fn ways(&self, from: u32, to: u32) -> Vec<Way> {
        let places = |pin: u32| {
            self.curves.iter().enumerate().flat_map(move |(number, curve)| {
                let n = curve.pins.len() - usize::from(curve.is_closed);
                (0..n).filter(move |&at| curve.pins[at] == pin).map(move |at| (number, at))
            })
        };
        let mut ways = Vec::new();
        for (one, i) in places(from) {
            for (two, k) in places(to) {
                let (pins, others) = (&self.curves[one].pins, &self.curves[two].pins);
                let is_closed = [one, two].map(|curve| self.curves[curve].is_closed);
                let mut add = |is_first_left: bool, parts: [&[u32]; 2]| {
                    let edges = parts.into_iter().flat_map(|part| part.windows(2));
                    let dropped = edges.map(|pair| (pair[0], pair[1])).collect();
                    ways.push(Way { dropped, is_first_left });
                };
                if one == two && is_closed[0] {
                    let (low, high) = (i.min(k), i.max(k));
                    add(i < k, [&pins[low..=high], &[]]);
                    add(i > k, [&pins[high..], &pins[..=low]]);
                } else if one == two {
                    add(i < k, [&pins[i.min(k)..=i.max(k)], &[]]);
                } else if is_closed == [false, false] {
                    add(true, [&pins[i..], &others[..=k]]);
                    add(false, [&others[k..], &pins[..=i]]);
                }
            }
        }
        ways
    }

    /// The colors after going this way; `None` where it leaves no two sides.
    fn colored(&self, course: &[u32], way: &Way) -> Option<Vec<Side<K>>> {
        let [a, b] = self.between;
        let [left, right] = if way.is_first_left { [a, b] } else { [b, a] };
        let mut seeds = Vec::new();
        let mut barriers: HashSet<usize> = HashSet::new();
        for pair in course.windows(2) {
            let (link, faces) = self.painted.beside(pair[0], pair[1]);
            barriers.insert(link);
            seeds.extend([(faces[0], Some(left)), (faces[1], Some(right))]);
        }
        for curve in &self.curves {
            let kept =
                curve.pins.windows(2).filter(|pair| !way.dropped.contains(&(pair[0], pair[1])));
            barriers.extend(kept.map(|pair| self.painted.beside(pair[0], pair[1]).0));
        }
        self.painted.flood(&seeds, |link| barriers.contains(&link), |face| self.is_own(face))
    }

    /// Twice the ground that changes its color, in square steps.
    fn changed(&self, after: &[Side<K>]) -> i128 {
        let areas = &self.painted.cutting.faces.area_x2;
        let is_changed = |face: &usize| {
            after[*face].is_some() && after[*face] != self.painted.side(*face as u32)
        };
        (0..after.len()).filter(is_changed).map(|face| areas[face]).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{codes, drawn, ground, path};
    use super::*;
    use crate::domain::fabric::check::breaches;
    use crate::sample::ascii::SIDE;

    fn squares(drawing: &str, line: &[(f64, f64)]) -> Vec<f64> {
        let (fabric, colors) = drawn(drawing);
        let shaped = reroute(&fabric, &colors, ['A', 'B'], &path(line)).unwrap();
        assert_eq!(breaches(&shaped.fabric), []);
        let square = 2.0 * f64::from(SIDE) * f64::from(SIDE);
        let of =
            |color: char| ground(&shaped.fabric, |cell| shaped.colors[cell.index()] == Some(color));
        ['A', 'B', 'C'].map(|color| of(color) as f64 / square).to_vec()
    }

    fn code(drawing: &str, line: &[(f64, f64)]) -> Vec<&'static str> {
        let (fabric, colors) = drawn(drawing);
        codes(reroute(&fabric, &colors, ['A', 'B'], &path(line)))
    }

    #[test]
    fn the_border_follows_the_line_between_its_first_and_last_meeting() {
        let drawing = "A A B B C\nA A B B C";
        let out = [(2.0, 0.5), (2.5, 0.5), (2.5, 1.5), (2.0, 1.5)];
        assert_eq!(squares(drawing, &out), [4.5, 3.5, 2.0]);
        let back: Vec<(f64, f64)> = out.iter().rev().copied().collect();
        assert_eq!(squares(drawing, &back), [4.5, 3.5, 2.0]);
        // Overlong at both ends, and once to each side.
        let weaving = [(1.7, 0.4), (2.5, 0.4), (2.5, 1.0), (1.5, 1.0), (1.5, 1.6), (2.3, 1.6)];
        assert_eq!(squares(drawing, &weaving), [4.0, 4.0, 2.0]);
    }

    #[test]
    fn of_a_ring_the_smaller_side_goes() {
        // B is an island in A; a strip of it is cut off, then one put on.
        let drawing = "A A A A\nA B B A\nA B B A\nA A A A";
        assert_eq!(squares(drawing, &[(0.9, 1.5), (3.1, 1.5)]), [13.0, 3.0, 0.0]);
        let corner = [(1.5, 2.9), (1.5, 3.5), (2.5, 3.5), (2.5, 2.9)];
        assert_eq!(squares(drawing, &corner), [11.5, 4.5, 0.0]);
    }

    #[test]
    fn what_stands_between_is_swept_around() {
        // The border of A and B has two stretches with C between them.
        let drawing = "A A B B\nA C C B\nA A B B";
        let around = [(2.0, 2.5), (0.5, 2.5), (0.5, 0.5), (2.0, 0.5)];
        assert_eq!(squares(drawing, &around), [3.0, 7.0, 2.0]);
    }

    #[test]
    fn nonsense_is_refused() {
        let drawing = "A A B B C\nA A B B C";
        assert_eq!(code(drawing, &[(0.5, 0.5), (1.5, 0.5)]), ["edit.misses"]);
        assert_eq!(code(drawing, &[(1.5, 0.5), (2.5, 0.5)]), ["edit.touches"]);
        assert_eq!(code(drawing, &[(2.0, 0.5), (2.0, 1.5)]), ["edit.along-border"]);
        let through_c = [(2.0, 0.5), (4.5, 0.5), (4.5, 1.5), (2.0, 1.5)];
        assert_eq!(code(drawing, &through_c), ["edit.crosses-border"]);
        let outside = [(2.0, 0.5), (3.0, 0.5), (3.0, -0.5), (1.0, -0.5), (1.0, 1.5), (2.0, 1.5)];
        assert_eq!(code(drawing, &outside), ["edit.outside"]);
        let touching_c = [(2.0, 0.5), (4.0, 1.0), (2.0, 1.5)];
        assert_eq!(code(drawing, &touching_c), ["edit.crosses-border"]);
        assert_eq!(code("A C B", &[(0.5, 0.5), (2.5, 0.5)]), ["edit.not-neighbours"]);
        let crossing = [(2.0, 0.5), (3.0, 1.0), (3.0, 0.5), (2.0, 1.5)];
        assert_eq!(code(drawing, &crossing), ["edit.self-crossing"]);
    }
}
