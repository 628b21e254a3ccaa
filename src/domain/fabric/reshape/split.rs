//! A color in two along a line.

use std::collections::BTreeMap;

use super::cutting::Cutting;
use super::drawn::{check_line, stroke};
use super::flood::Painted;
use super::{Fault, Shaped};
use crate::domain::fabric::Fabric;
use crate::domain::fabric::weave::Sets;
use crate::domain::place::Pin;

/// Cuts the ground of `color` along `line`; one side keeps the color, the other gets `new_color`.
///
/// The line crosses the ground from border to border: its ends lie outside or on the border. Where it crosses
/// several times the pieces change sides at each crossing. The side with more ground keeps the color, the left one
/// if they are equal, and parts of the ground that the line does not divide keep it too. Refuses a line that never
/// meets the ground (`edit.misses`), meets it without dividing it or ends inside (`edit.touches`), only runs along
/// its border (`edit.along-border`), or after whose crossings no two sides can be told apart (`edit.bad-line`).
pub fn split<K: Copy + Eq>(
    fabric: &Fabric,
    colors: &[Option<K>],
    color: K,
    line: &[Pin],
    new_color: K,
) -> Result<Shaped<K>, Vec<Fault>> {
    let line = check_line(line)?;
    let is_own = |of: Option<K>| of == Some(color);
    let cutting =
        Cutting::with(fabric, &[stroke(&line)], false, |cell| is_own(colors[cell.index()]))?;
    let painted = Painted::new(&cutting, colors);
    let halves = Halves::new(&painted, is_own);
    halves.check_ends()?;
    let Some(sides) = halves.sides() else {
        return Err(vec![Fault::new("edit.bad-line", line)]);
    };
    if sides.is_empty() {
        return Err(vec![Fault::new(halves.why_not(), line)]);
    }
    let side = |face: usize| sides.get(&halves.piece_of[face]).copied();
    let area = |is_right: bool| -> i128 {
        let faces = (0..cutting.faces.len()).filter(|&face| side(face) == Some(is_right));
        faces.map(|face| cutting.faces.area_x2[face]).sum()
    };
    let is_right_new = area(true) <= area(false);
    cutting.shaped(
        |face| {
            let is_new = side(face as usize) == Some(is_right_new);
            if is_new { Some(new_color) } else { painted.side(face).flatten() }
        },
        |cell| painted.old(cell),
    )
}

/// The ground of one color, in the pieces the line leaves.
struct Halves<'a> {
    cutting: &'a Cutting<'a>,
    is_own: Vec<bool>,
    /// For each face the lowest face of its piece.
    piece_of: Vec<u32>,
    /// Faces at the left and right of the line, from its first edge to its last.
    along: Vec<[u32; 2]>,
}

impl<'a> Halves<'a> {
    fn new<K: Copy + Eq>(painted: &Painted<'a, K>, is_own: impl Fn(Option<K>) -> bool) -> Self {
        let cutting = painted.cutting;
        let n_faces = cutting.faces.len();
        let is_own: Vec<bool> =
            (0..n_faces as u32).map(|face| painted.side(face).is_some_and(&is_own)).collect();
        let mut sets = Sets::new(n_faces);
        for link in 0..cutting.net.n_links() {
            let [left, right] = cutting.sides(link);
            if is_own[left as usize] && is_own[right as usize] && !cutting.label(link).is_line {
                sets.join(left, right);
            }
        }
        let piece_of = (0..n_faces as u32).map(|face| sets.find(face)).collect();
        let edges = cutting.courses[0].windows(2);
        let along = edges.map(|pair| painted.beside(pair[0], pair[1]).1).collect();
        Self { cutting, is_own, piece_of, along }
    }

    fn n_own(&self, faces: [u32; 2]) -> usize {
        faces.iter().filter(|&&face| self.is_own[face as usize]).count()
    }

    /// Whether the line has this pin on the border of the ground.
    fn is_on_rim(&self, pin: u32) -> bool {
        let links = 0..self.cutting.net.n_links();
        let mut rims = links.filter(|&link| self.n_own(self.cutting.sides(link)) == 1);
        rims.any(|link| self.cutting.net.path(link).contains(&pin))
    }

    /// An end of the line may not lie inside the ground.
    fn check_ends(&self) -> Result<(), Vec<Fault>> {
        let course = &self.cutting.courses[0];
        let ends = [(course.first(), self.along.first()), (course.last(), self.along.last())];
        for (pin, faces) in ends {
            if let (Some(&pin), Some(&faces)) = (pin, faces)
                && self.n_own(faces) == 2
                && !self.is_on_rim(pin)
            {
                let place = vec![self.cutting.net.pins[pin as usize]];
                return Err(vec![Fault::new("edit.touches", place)]);
            }
        }
        Ok(())
    }

    /// For each divided piece whether it is at the right; empty where nothing is divided, `None` where a piece
    /// would have to be at both sides.
    fn sides(&self) -> Option<BTreeMap<u32, bool>> {
        let inner = self.along.iter().filter(|&&faces| self.n_own(faces) == 2);
        let pieces = inner.map(|faces| faces.map(|face| self.piece_of[face as usize]));
        let divided: Vec<[u32; 2]> = pieces.filter(|[left, right]| left != right).collect();
        let mut across: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for &[left, right] in &divided {
            across.entry(left).or_default().push(right);
            across.entry(right).or_default().push(left);
        }
        let mut sides: BTreeMap<u32, bool> = BTreeMap::new();
        // The first crossing of each part of the ground says what is left and right there.
        for &[first, _] in &divided {
            let mut open = Vec::new();
            if !sides.contains_key(&first) {
                open.push((first, false));
            }
            while let Some((piece, is_right)) = open.pop() {
                match sides.insert(piece, is_right) {
                    Some(before) if before != is_right => return None,
                    Some(_) => {}
                    None => open.extend(across[&piece].iter().map(|&next| (next, !is_right))),
                }
            }
        }
        Some(sides)
    }

    /// The code for a line that divides nothing.
    fn why_not(&self) -> &'static str {
        let met: Vec<usize> = self.along.iter().map(|&faces| self.n_own(faces)).collect();
        if met.contains(&2) {
            "edit.touches"
        } else if met.contains(&1) {
            "edit.along-border"
        } else if self.cutting.courses[0].iter().any(|&pin| self.is_on_rim(pin)) {
            "edit.touches"
        } else {
            "edit.misses"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{codes, drawn, ground, path};
    use super::*;
    use crate::domain::fabric::check::breaches;
    use crate::sample::ascii::SIDE;

    fn parts(drawing: &str, line: &[(f64, f64)]) -> [f64; 2] {
        let (fabric, colors) = drawn(drawing);
        let shaped = split(&fabric, &colors, 'A', &path(line), 'N').unwrap();
        assert_eq!(breaches(&shaped.fabric), []);
        let square = 2.0 * f64::from(SIDE) * f64::from(SIDE);
        ['A', 'N'].map(|color| {
            ground(&shaped.fabric, |cell| shaped.colors[cell.index()] == Some(color)) as f64
                / square
        })
    }

    #[test]
    fn the_larger_side_keeps_the_color() {
        assert_eq!(parts("A A A B", &[(1.0, -1.0), (1.0, 2.0)]), [2.0, 1.0]);
        assert_eq!(parts("A A A B", &[(2.0, 2.0), (2.0, -1.0)]), [2.0, 1.0]);
        // From border to border is enough, and beyond the grid nothing is cut.
        assert_eq!(parts("A A B", &[(0.0, 0.25), (2.0, 0.25)]), [1.5, 0.5]);
        assert_eq!(parts("A A B", &[(-0.5, 0.25), (2.5, 0.25)]), [1.5, 0.5]);
    }

    #[test]
    fn pieces_change_sides_at_each_crossing() {
        // Out at the north and in again: the middle is one side, both ends the other.
        let twice = [(1.0, -1.0), (1.0, 2.0), (3.0, 2.0), (3.0, -1.0)];
        assert_eq!(parts("A A A A A", &twice), [3.0, 2.0]);
        // A horseshoe: both its arms are cut off.
        assert_eq!(parts("A B A\nA A A", &[(-1.0, 1.5), (4.0, 1.5)]), [4.0, 1.0]);
        // A part that the line does not meet keeps the color.
        assert_eq!(parts("A A B A", &[(0.5, -1.0), (0.5, 2.0)]), [2.5, 0.5]);
    }

    #[test]
    fn lines_that_do_not_divide_are_refused() {
        let (fabric, colors) = drawn("A A B");
        let code = |line: &[(f64, f64)]| codes(split(&fabric, &colors, 'A', &path(line), 'N'));
        assert_eq!(code(&[(2.5, -1.0), (2.5, 2.0)]), ["edit.misses"]);
        assert_eq!(code(&[(0.5, 0.5), (1.5, 0.5)]), ["edit.touches"]);
        assert_eq!(code(&[(-1.0, 0.5), (1.5, 0.5)]), ["edit.touches"]);
        assert_eq!(code(&[(-1.0, 1.0), (0.0, 0.0), (-1.0, -1.0)]), ["edit.touches"]);
        assert_eq!(code(&[(2.0, -1.0), (2.0, 2.0)]), ["edit.along-border"]);
        assert_eq!(code(&[(1.0, -1.0), (1.0, 0.7), (1.0, 0.3)]), ["edit.doubles-back"]);
        let knot = [(1.0, -1.0), (1.0, 2.0), (0.5, 0.5), (2.0, 0.5)];
        assert_eq!(code(&knot), ["edit.self-crossing"]);
        assert_eq!(code(&[(1.0, 0.5), (1.0, 0.5)]), ["edit.bad-line"]);
        assert_eq!(code(&[]), ["edit.bad-line"]);
        // A ring cut once is still one.
        let (ring, colors) = drawn("A A A\nA B A\nA A A");
        let once = path(&[(0.5, -1.0), (1.5, 1.0)]);
        assert_eq!(codes(split(&ring, &colors, 'A', &once, 'N')), ["edit.touches"]);
    }
}
