//! A vertex of a border between colors moved, inserted, removed.
//!
//! Some edges of borders are given up for straight lines; between the two lie triangles. Where no other border
//! reaches into a triangle, only what lies in one can change its color.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::cutting::Cutting;
use super::drawn::stroke;
use super::flood::{Painted, Side};
use super::{CutLine, Fault, Shaped};
use crate::domain::fabric::check::do_cross;
use crate::domain::fabric::locate::locate;
use crate::domain::fabric::{Fabric, Spot};
use crate::domain::ids::CellId;
use crate::domain::place::{Extent, Pin, is_on_segment, step_meters, turn};

/// Moves the vertex of a border, or the knot of several, that lies at `at` to `to`. All that meets there follows:
/// each edge of a border from it to the pin before is replaced by a straight one.
///
/// Refuses where no border has a pin (`edit.misses`), a pin of the outer border or a place beyond it
/// (`edit.outside`), landing on a border (`edit.touches`), and sweeping over one or over an island
/// (`edit.crosses-border`).
pub fn shift<K: Copy + Eq>(
    fabric: &Fabric,
    colors: &[Option<K>],
    at: Pin,
    to: Pin,
) -> Result<Shaped<K>, Vec<Fault>> {
    let borders = Borders { fabric, colors };
    let spokes = borders.spokes(at)?;
    let pull = |edge: &Edge<K>| Pull { line: [edge.from, to], corner: at, sides: edge.sides };
    let pulls: Vec<Pull<K>> = spokes.iter().map(pull).collect();
    borders.redraw(&spokes, &pulls, Some(to))
}

/// Puts a vertex into the border edge nearest to `at`, and moves it to `to`. Refuses as [`shift`] does.
pub fn insert<K: Copy + Eq>(
    fabric: &Fabric,
    colors: &[Option<K>],
    at: Pin,
    to: Pin,
) -> Result<Shaped<K>, Vec<Fault>> {
    let borders = Borders { fabric, colors };
    let far = |edge: &Edge<K>| meters_2(at, edge.from, edge.to);
    let nearest = borders.edges().min_by(|one, two| far(one).total_cmp(&far(two)));
    let Some(edge) = nearest else { return Err(vec![Fault::new("edit.misses", vec![at])]) };
    let Edge { from, to: end, sides } = edge;
    let pulls = [
        Pull { line: [from, to], corner: end, sides },
        Pull { line: [to, end], corner: from, sides },
    ];
    borders.redraw(&[edge], &pulls, Some(to))
}

/// Removes the vertex of a border at `at`: its two neighbours are joined by a straight edge.
///
/// Refuses as [`shift`] does, and with `edit.bad-line` where more than two edges meet.
pub fn remove<K: Copy + Eq>(
    fabric: &Fabric,
    colors: &[Option<K>],
    at: Pin,
) -> Result<Shaped<K>, Vec<Fault>> {
    let borders = Borders { fabric, colors };
    let spokes = borders.spokes(at)?;
    let [one, two] = spokes[..] else {
        return Err(vec![Fault::new("edit.bad-line", vec![at])]);
    };
    let pull = Pull { line: [one.from, two.from], corner: at, sides: one.sides };
    borders.redraw(&spokes, &[pull], None)
}

/// An edge of a border between colors, with what lies at its left and right.
#[derive(Clone, Copy)]
struct Edge<K> {
    from: Pin,
    to: Pin,
    sides: [Side<K>; 2],
}

/// A new straight edge; its ends and the corner are the triangle it may change.
struct Pull<K> {
    line: [Pin; 2],
    corner: Pin,
    sides: [Side<K>; 2],
}

impl<K> Pull<K> {
    fn triangle(&self) -> [Pin; 3] {
        [self.line[0], self.line[1], self.corner]
    }

    fn holds(&self, pin: Pin) -> bool {
        let [a, b, c] = self.triangle();
        let turns = [turn(a, b, pin), turn(b, c, pin), turn(c, a, pin)];
        Extent::of(&[a, b, c]).holds(pin)
            && !(turns.contains(&Ordering::Less) && turns.contains(&Ordering::Greater))
    }
}

/// The borders between colors, the outer one among them.
struct Borders<'a, K> {
    fabric: &'a Fabric,
    colors: &'a [Option<K>],
}

impl<K: Copy + Eq> Borders<'_, K> {
    fn edges(&self) -> impl Iterator<Item = Edge<K>> + '_ {
        let side = |cell: Option<CellId>| cell.map(|cell| self.colors[cell.index()]);
        self.fabric.seams().flat_map(move |seam| {
            let sides = [side(seam.left), side(seam.right)];
            let pairs = seam.pins.windows(2).filter(move |_| sides[0] != sides[1]);
            pairs.map(move |pair| Edge { from: pair[0], to: pair[1], sides })
        })
    }

    /// Edges that end at `at`, each directed to it.
    fn spokes(&self, at: Pin) -> Result<Vec<Edge<K>>, Vec<Fault>> {
        let inward = |edge: Edge<K>| {
            if edge.to == at {
                Some(edge)
            } else {
                let [left, right] = edge.sides;
                (edge.from == at).then_some(Edge { from: edge.to, to: at, sides: [right, left] })
            }
        };
        let spokes: Vec<Edge<K>> = self.edges().filter_map(inward).collect();
        if spokes.is_empty() {
            return Err(vec![Fault::new("edit.misses", vec![at])]);
        }
        check_inner(&spokes)?;
        Ok(spokes)
    }

    /// Gives up `old` edges for new ones. `landing` is where a vertex comes to lie.
    fn redraw(
        &self,
        old: &[Edge<K>],
        pulls: &[Pull<K>],
        landing: Option<Pin>,
    ) -> Result<Shaped<K>, Vec<Fault>> {
        check_inner(old)?;
        if let Some(pin) = landing
            && locate(self.fabric, pin) == Spot::Outside
        {
            return Err(vec![Fault::new("edit.outside", vec![pin])]);
        }
        let given_up: HashSet<(Pin, Pin)> =
            old.iter().map(|edge| (edge.from.min(edge.to), edge.from.max(edge.to))).collect();
        self.check_free(&given_up, pulls, landing)?;
        let lines: Vec<CutLine> = pulls.iter().map(|pull| stroke(&pull.line)).collect();
        let cutting = Cutting::new(self.fabric, &lines, false)?;
        let painted = Painted::new(&cutting, self.colors);
        let is_given_up = self.links_of(&cutting, &given_up);
        let is_border = |link: usize| {
            let [left, right] = cutting.sides(link).map(|face| painted.side(face));
            left != right && !is_given_up[link]
        };
        check_apart(&cutting, pulls, landing, is_border)?;
        let mut seeds = Vec::new();
        for (pull, course) in pulls.iter().zip(&cutting.courses) {
            for pair in course.windows(2) {
                let (_, faces) = painted.beside(pair[0], pair[1]);
                let sides = faces.into_iter().zip(pull.sides);
                seeds.extend(sides.filter_map(|(face, side)| Some((face, side?))));
            }
        }
        let is_barrier = |link: usize| cutting.label(link).is_line || is_border(link);
        let may = |face: u32| {
            let side = painted.side(face);
            side.is_some() && pulls.iter().any(|pull| pull.sides.contains(&side))
        };
        let Some(after) = painted.flood(&seeds, is_barrier, may) else {
            let place = pulls.iter().flat_map(|pull| pull.line).collect();
            return Err(vec![Fault::new("edit.crosses-border", place)]);
        };
        cutting.shaped(
            |face| after[face as usize].or_else(|| painted.side(face)).flatten(),
            |cell| painted.old(cell),
        )
    }

    /// No border but those given up may reach into the triangles.
    fn check_free(
        &self,
        given_up: &HashSet<(Pin, Pin)>,
        pulls: &[Pull<K>],
        landing: Option<Pin>,
    ) -> Result<(), Vec<Fault>> {
        let all = Extent::of(&pulls.iter().flat_map(Pull::triangle).collect::<Vec<_>>());
        let is_kept = |edge: &Edge<K>| {
            !given_up.contains(&(edge.from.min(edge.to), edge.from.max(edge.to)))
                && Extent::of(&[edge.from, edge.to]).meets(&all)
        };
        for edge in self.edges().filter(is_kept) {
            let ends = [edge.from, edge.to];
            let is_outer = edge.sides.contains(&None);
            if landing.is_some_and(|pin| is_on_segment(edge.from, edge.to, pin)) {
                let code = if is_outer { "edit.outside" } else { "edit.touches" };
                return Err(vec![Fault::new(code, ends.to_vec())]);
            }
            for pull in pulls {
                let [a, b, c] = pull.triangle();
                let is_swept = |&pin: &Pin| ![a, b, c].contains(&pin) && pull.holds(pin);
                let is_crossed = [[a, b], [b, c], [c, a]].iter().any(|&side| do_cross(ends, side));
                if ends.iter().any(is_swept) || is_crossed {
                    let code = if is_outer { "edit.outside" } else { "edit.crosses-border" };
                    return Err(vec![Fault::new(code, ends.to_vec())]);
                }
            }
        }
        Ok(())
    }

    /// For each link whether it is a piece of an edge given up.
    fn links_of(&self, cutting: &Cutting, given_up: &HashSet<(Pin, Pin)>) -> Vec<bool> {
        let mut pieces: HashSet<(Pin, Pin)> = given_up.clone();
        for edge in &cutting.bent {
            let (first, last) = (edge.chain[0], edge.chain[edge.chain.len() - 1]);
            if given_up.contains(&(first.min(last), first.max(last))) {
                let pairs = edge.chain.windows(2);
                pieces.extend(pairs.map(|pair| (pair[0].min(pair[1]), pair[0].max(pair[1]))));
            }
        }
        let is_piece = |link: usize| {
            let mut pins = cutting.pins(link);
            let ends = pins.next().zip(pins.next());
            ends.is_some_and(|(one, two)| pieces.contains(&(one.min(two), one.max(two))))
        };
        (0..cutting.net.n_links()).map(is_piece).collect()
    }
}

/// After rounding the new edges may still meet borders that stay in the pins they begin at only.
fn check_apart<K>(
    cutting: &Cutting,
    pulls: &[Pull<K>],
    landing: Option<Pin>,
    is_border: impl Fn(usize) -> bool,
) -> Result<(), Vec<Fault>> {
    let borders: Vec<usize> = (0..cutting.net.n_links()).filter(|&link| is_border(link)).collect();
    let pins: HashSet<Pin> = borders.iter().flat_map(|&link| cutting.pins(link)).collect();
    for (pull, course) in pulls.iter().zip(&cutting.courses) {
        let inner = course.iter().map(|&pin| cutting.net.pins[pin as usize]);
        let mut inner = inner.filter(|pin| !pull.line.contains(pin) || landing == Some(*pin));
        if let Some(pin) = inner.find(|pin| pins.contains(pin)) {
            return Err(vec![Fault::new("edit.too-tight", vec![pin])]);
        }
    }
    match borders.into_iter().find(|&link| cutting.label(link).is_line) {
        Some(link) => Err(vec![Fault::new("edit.crosses-border", cutting.pins(link).collect())]),
        None => Ok(()),
    }
}

/// The outer border belongs to others too and does not move.
fn check_inner<K: PartialEq>(edges: &[Edge<K>]) -> Result<(), Vec<Fault>> {
    match edges.iter().find(|edge| edge.sides.contains(&None)) {
        Some(edge) => Err(vec![Fault::new("edit.outside", vec![edge.from, edge.to])]),
        None => Ok(()),
    }
}

/// Metres from `pin` to the segment, squared.
fn meters_2(pin: Pin, a: Pin, b: Pin) -> f64 {
    let (east, north) = step_meters(pin.y.clamp(-890_000_000, 890_000_000));
    let place = |to: Pin| {
        let x = (i64::from(to.x) - i64::from(pin.x)) as f64 * east;
        (x, (i64::from(to.y) - i64::from(pin.y)) as f64 * north)
    };
    let ((ax, ay), (bx, by)) = (place(a), place(b));
    let (dx, dy) = (bx - ax, by - ay);
    let along = (-(ax * dx + ay * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    let (x, y) = (ax + along * dx, ay + along * dy);
    x * x + y * y
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, codes, drawn, ground, path};
    use super::*;
    use crate::domain::fabric::check::breaches;
    use crate::sample::ascii::SIDE;

    fn squares(shaped: &Shaped<char>, color: char) -> f64 {
        let ground =
            ground(&shaped.fabric, |cell| shaped.colors[cell.index()] == Some(color)) as f64;
        ground / (2.0 * f64::from(SIDE) * f64::from(SIDE))
    }

    /// A bend between A (west) and B (east), cut into base cells by a line across both.
    fn bent() -> (Fabric, Vec<Option<char>>) {
        let (fabric, colors) = drawn("A A B B\nA A B B");
        let across = super::super::tests::line(path(&[(0.0, 1.3), (4.0, 1.3)]));
        let recut = super::super::cut(&fabric, &[across]).unwrap();
        let colors = recut.parents.iter().map(|cell| colors[cell.index()]).collect();
        (recut.fabric, colors)
    }

    #[test]
    fn a_vertex_goes_where_it_is_put_and_comes_back() {
        let (fabric, colors) = bent();
        let (from, to) = (at(2.0, 1.0), at(2.5, 1.0));
        let shaped = shift(&fabric, &colors, from, to).unwrap();
        assert_eq!(breaches(&shaped.fabric), []);
        // The neighbours on the border are the knot at 1.3 and the outer border at 0.
        assert!((squares(&shaped, 'A') - 4.0 - 0.25 * 1.3).abs() < 1e-4);
        assert!((squares(&shaped, 'A') + squares(&shaped, 'B') - 8.0).abs() < 1e-9);
        let back = shift(&shaped.fabric, &shaped.colors, to, from).unwrap();
        assert!((squares(&back, 'A') - 4.0).abs() < 1e-9);
        assert_eq!(breaches(&back.fabric), []);
    }

    #[test]
    fn a_knot_of_three_moves_whole() {
        let (fabric, colors) = drawn("A A B B\nA A C C");
        let shaped = shift(&fabric, &colors, at(2.0, 1.0), at(1.5, 1.0)).unwrap();
        assert_eq!(breaches(&shaped.fabric), []);
        assert_eq!(['A', 'B', 'C'].map(|color| squares(&shaped, color)), [3.5, 2.25, 2.25]);
    }

    #[test]
    fn a_vertex_is_inserted_and_removed_again() {
        let (fabric, colors) = drawn("A A B B\nA A B B");
        let to = at(2.4, 0.5);
        let shaped = insert(&fabric, &colors, at(2.01, 0.6), to).unwrap();
        assert_eq!(breaches(&shaped.fabric), []);
        assert!((squares(&shaped, 'A') - 4.0 - 0.2).abs() < 1e-9);
        let back = remove(&shaped.fabric, &shaped.colors, to).unwrap();
        assert!((squares(&back, 'A') - 4.0).abs() < 1e-9);
        assert_eq!(codes(remove(&fabric, &colors, at(2.0, 0.0))), ["edit.outside"]);
        let (three, colors) = drawn("A A B B\nA A C C");
        assert_eq!(codes(remove(&three, &colors, at(2.0, 1.0))), ["edit.bad-line"]);
    }

    #[test]
    fn what_would_cross_touch_or_leave_is_refused() {
        // D is an island in B.
        let (fabric, colors) = drawn("A B B B C\nA B D B C\nA B B B C");
        let knot = at(1.0, 1.0);
        let code = |to: (f64, f64)| codes(shift(&fabric, &colors, knot, at(to.0, to.1)));
        assert_eq!(code((2.5, 1.5)), ["edit.crosses-border"]);
        assert_eq!(code((3.5, 1.5)), ["edit.crosses-border"]);
        assert_eq!(code((2.0, 1.0)), ["edit.touches"]);
        assert_eq!(code((4.5, 1.5)), ["edit.crosses-border"]);
        assert_eq!(code((-1.0, 1.5)), ["edit.outside"]);
        assert_eq!(code((0.0, 1.5)), ["edit.outside"]);
        assert_eq!(codes(shift(&fabric, &colors, at(1.5, 1.5), knot)), ["edit.misses"]);
        assert_eq!(codes(shift(&fabric, &colors, at(1.0, 0.0), at(1.5, 0.0))), ["edit.outside"]);
        assert_eq!(codes(shift(&fabric, &colors, at(0.0, 1.0), at(0.5, 1.0))), ["edit.outside"]);
        let stayed = shift(&fabric, &colors, knot, at(1.5, 1.5)).unwrap();
        assert_eq!(breaches(&stayed.fabric), []);
    }
}
