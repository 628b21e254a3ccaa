//! A quilt: a sheet of four-sided patches whose borders exist once, and the exact outline of any set of them.
//!
//! Made-up maps are sewn from it: neighbours share every pin because both read the same edge. It knows
//! nothing of grids or communities; a set of patches is just a set.
//!
//! **Why** not the domain's fabric: the fabric is what the samples are there to test, so they must not
//! be made by it.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::place::{Pin, Polygon, is_inside, signed_area_x2};

/// A patch by column (from the west) and row (from the south).
pub type Patch = (usize, usize);

/// `cols` × `rows` patches; corners and the pins along each edge are held once.
#[derive(Clone, Debug)]
pub struct Quilt {
    cols: usize,
    rows: usize,
    corners: Vec<Pin>,
    /// Pins strictly between the ends of each edge that runs east from a corner.
    east: Vec<Vec<Pin>>,
    /// Pins strictly between the ends of each edge that runs north from a corner.
    north: Vec<Vec<Pin>>,
}

/// Where lines of a quilt cross.
#[derive(Clone, Copy, Debug)]
pub struct Corner {
    pub col: usize,
    pub row: usize,
    pub pin: Pin,
}

/// Steps to the next corner when heading east, north, west, south.
const HEADINGS: [(isize, isize); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

impl Quilt {
    /// `corner(col, row)` places the corners, (0, 0) in the south-west; `edge(from, to)` gives the pins
    /// between two corners and is asked once for each edge, from west to east or from south to north.
    pub fn new(
        cols: usize,
        rows: usize,
        mut corner: impl FnMut(usize, usize) -> Pin,
        mut edge: impl FnMut(Corner, Corner) -> Vec<Pin>,
    ) -> Self {
        let at = |col: usize, row: usize| row * (cols + 1) + col;
        let corners: Vec<Pin> = (0..=rows)
            .flat_map(|row| (0..=cols).map(move |col| (col, row)))
            .map(|(col, row)| corner(col, row))
            .collect();
        let end = |col: usize, row: usize| Corner { col, row, pin: corners[at(col, row)] };
        let (mut east, mut north) =
            (vec![Vec::new(); corners.len()], vec![Vec::new(); corners.len()]);
        for row in 0..=rows {
            for col in 0..=cols {
                if col < cols {
                    east[at(col, row)] = edge(end(col, row), end(col + 1, row));
                }
                if row < rows {
                    north[at(col, row)] = edge(end(col, row), end(col, row + 1));
                }
            }
        }
        Self { cols, rows, corners, east, north }
    }

    pub fn cols(&self) -> usize {
        self.cols
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn patches(&self) -> impl Iterator<Item = Patch> + use<> {
        let (cols, rows) = (self.cols, self.rows);
        (0..rows).flat_map(move |row| (0..cols).map(move |col| (col, row)))
    }

    /// The corner at column `col` and row `row`, up to and including the last ones.
    pub fn corner(&self, col: usize, row: usize) -> Pin {
        self.corners[row * (self.cols + 1) + col]
    }

    /// The place at `u` of the way east and `v` of the way north in `patch`, its edges taken as straight.
    pub fn within(&self, patch: Patch, u: f64, v: f64) -> Pin {
        let (col, row) = patch;
        let at = |col, row| {
            let pin = self.corner(col, row);
            (f64::from(pin.x), f64::from(pin.y))
        };
        let (sw, se, nw, ne) =
            (at(col, row), at(col + 1, row), at(col, row + 1), at(col + 1, row + 1));
        let mix = |sw: f64, se: f64, nw: f64, ne: f64| {
            let (south, north) = (sw + (se - sw) * u, nw + (ne - nw) * u);
            (south + (north - south) * v).round() as i32
        };
        Pin::new(mix(sw.0, se.0, nw.0, ne.0), mix(sw.1, se.1, nw.1, ne.1))
    }

    /// All pins along the border line below row `row`, from west to east.
    pub fn row_line(&self, row: usize) -> Vec<Pin> {
        self.line((0..=self.cols).map(|col| row * (self.cols + 1) + col), &self.east)
    }

    /// The pins along the south side of a patch, from its south-west corner up to, not including, the next.
    pub fn south_side(&self, (col, row): Patch) -> Vec<Pin> {
        let at = row * (self.cols + 1) + col;
        self.line(std::iter::once(at), &self.east)
    }

    /// All pins along the border line left of column `col`, from south to north.
    pub fn col_line(&self, col: usize) -> Vec<Pin> {
        self.line((0..=self.rows).map(|row| row * (self.cols + 1) + col), &self.north)
    }

    fn line(&self, corners: impl Iterator<Item = usize>, edges: &[Vec<Pin>]) -> Vec<Pin> {
        corners
            .flat_map(|at| std::iter::once(&self.corners[at]).chain(&edges[at]))
            .copied()
            .collect()
    }

    /// Outline of a set of patches: polygons that share no edge, outer rings counter-clockwise.
    ///
    /// Parts that meet at a corner only are apart. Every corner and edge pin is kept, so outlines of
    /// neighbours agree pin for pin. Cost: O(n log n) in the edges around the set.
    pub fn outline(&self, patches: &BTreeSet<Patch>) -> Vec<Polygon> {
        let mut leaving = self.border_steps(patches);
        let mut rings = Vec::new();
        while let Some((start, first)) = leaving.iter().next().map(|(&at, out)| (at, out[0])) {
            let loop_of_steps = walk(&mut leaving, start, first);
            for steps in split_at_returns(&loop_of_steps) {
                rings.push(self.ring(&steps));
            }
        }
        nest(rings)
    }

    /// Steps along the border of the set, the set at their left, by the corner they leave.
    fn border_steps(&self, patches: &BTreeSet<Patch>) -> BTreeMap<Patch, Vec<usize>> {
        let mut leaving: BTreeMap<Patch, Vec<usize>> = BTreeMap::new();
        for &(col, row) in patches {
            assert!(col < self.cols && row < self.rows, "a patch of this quilt");
            let lone = |dc: isize, dr: isize| {
                let (Some(col), Some(row)) =
                    (col.checked_add_signed(dc), row.checked_add_signed(dr))
                else {
                    return true;
                };
                !patches.contains(&(col, row))
            };
            let sides = [
                ((col, row), 0, lone(0, -1)),
                ((col + 1, row), 1, lone(1, 0)),
                ((col + 1, row + 1), 2, lone(0, 1)),
                ((col, row + 1), 3, lone(-1, 0)),
            ];
            for (corner, heading, is_border) in sides {
                if is_border {
                    leaving.entry(corner).or_default().push(heading);
                }
            }
        }
        leaving
    }

    /// The pins along a closed walk of steps.
    fn ring(&self, steps: &[(Patch, usize)]) -> Vec<Pin> {
        let mut ring = Vec::new();
        for &((col, row), heading) in steps {
            ring.push(self.corner(col, row));
            let at = |col: usize, row: usize| row * (self.cols + 1) + col;
            match heading {
                0 => ring.extend(&self.east[at(col, row)]),
                1 => ring.extend(&self.north[at(col, row)]),
                2 => ring.extend(self.east[at(col - 1, row)].iter().rev()),
                _ => ring.extend(self.north[at(col, row - 1)].iter().rev()),
            }
        }
        ring
    }
}

/// Takes one closed walk out of `leaving`, turning left wherever it can.
fn walk(
    leaving: &mut BTreeMap<Patch, Vec<usize>>,
    start: Patch,
    first: usize,
) -> Vec<(Patch, usize)> {
    let (mut corner, mut heading) = (start, first);
    let mut steps = Vec::new();
    loop {
        let headings = leaving.get_mut(&corner).expect("the border goes on");
        headings.retain(|&other| other != heading);
        if headings.is_empty() {
            leaving.remove(&corner);
        }
        steps.push((corner, heading));
        let (dc, dr) = HEADINGS[heading];
        corner = (corner.0.wrapping_add_signed(dc), corner.1.wrapping_add_signed(dr));
        let Some(headings) = leaving.get(&corner) else { return steps };
        let left_first = [(heading + 1) % 4, heading, (heading + 3) % 4];
        match left_first.into_iter().find(|turned| headings.contains(turned)) {
            Some(turned) => heading = turned,
            None => return steps,
        }
        if corner == start && steps[0].1 == heading {
            return steps;
        }
    }
}

/// Cuts a closed walk where it comes back to a corner, so that no ring touches itself.
fn split_at_returns(steps: &[(Patch, usize)]) -> Vec<Vec<(Patch, usize)>> {
    let mut loops = Vec::new();
    let mut open: Vec<(Patch, usize)> = Vec::new();
    for &step in steps {
        if let Some(since) = open.iter().position(|earlier| earlier.0 == step.0) {
            loops.push(open.split_off(since));
        }
        open.push(step);
    }
    loops.push(open);
    loops
}

/// Outer rings with the holes that lie in them.
fn nest(rings: Vec<Vec<Pin>>) -> Vec<Polygon> {
    let (outer, holes): (Vec<_>, Vec<_>) =
        rings.into_iter().partition(|ring| signed_area_x2(ring) > 0);
    let mut polygons: Vec<Polygon> =
        outer.into_iter().map(|ring| Polygon { rings: vec![ring] }).collect();
    for hole in holes {
        let holds = |polygon: &Polygon| {
            let alone = Polygon { rings: vec![polygon.rings[0].clone()] };
            hole.iter().find_map(|&pin| is_inside(&alone, pin)).unwrap_or(true)
        };
        let around = (0..polygons.len())
            .filter(|&idx| holds(&polygons[idx]))
            .min_by_key(|&idx| signed_area_x2(&polygons[idx].rings[0]))
            .expect("a hole lies in a ring");
        polygons[around].rings.push(hole);
    }
    polygons
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(drawing: &[&str], expected: &[usize]) {
        let rows = drawing.len();
        let quilt = Quilt::new(
            drawing[0].len(),
            rows,
            |col, row| Pin::new(col as i32 * 10, row as i32 * 10),
            |_, _| Vec::new(),
        );
        let patches = quilt
            .patches()
            .filter(|&(col, row)| drawing[rows - 1 - row].as_bytes()[col] == b'#')
            .collect::<BTreeSet<_>>();
        let outline = quilt.outline(&patches);
        let mut n_rings: Vec<usize> = outline.iter().map(|polygon| polygon.rings.len()).collect();
        n_rings.sort_unstable();
        assert_eq!(n_rings, expected, "{drawing:?}");
        let area: i128 = outline
            .iter()
            .flat_map(|polygon| &polygon.rings)
            .map(|ring| signed_area_x2(ring))
            .sum();
        assert_eq!(area, patches.len() as i128 * 200, "{drawing:?}");
    }

    #[test]
    fn outlines_know_parts_and_holes() {
        check(&["##", "##"], &[1]);
        check(&["#.", ".#"], &[1, 1]);
        check(&["###", "#.#", "###"], &[2]);
        check(&["####", "#.##", "##.#", "####"], &[3]);
        check(&["##.", "#.#", "###"], &[2]);
        check(&["#####", "#...#", "#.#.#", "#...#", "#####"], &[1, 2]);
    }
}
