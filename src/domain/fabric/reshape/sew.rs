//! Faces back into a fabric: pieces of the cells near the lines numbered and sewn, the rest kept as it was.
//!
//! A link of a line is kept only where it divides two pieces; a pin it left on an old edge goes with it, so
//! what was not divided is afterwards what it was before, pin for pin. The part that was sewn is checked.
//!
//! **Why** the check comes last and not first: rounding moves a line by less than a step, and only in ground
//! narrower than that can anything go wrong; to foresee it would be to do it.

use std::collections::{HashMap, HashSet};

use super::cutting::Cutting;
use super::{Fault, Recut};
use crate::domain::fabric::check::breaches_once;
use crate::domain::fabric::stitch::{Insert, sorted, turn_the_one_way};
use crate::domain::fabric::weave::{Sets, start_at_lowest, tidy};
use crate::domain::fabric::{Fabric, NewSeam, Seam};
use crate::domain::ids::CellId;
use crate::domain::place::Pin;

impl Cutting<'_> {
    /// The fabric cut, and checked where it was touched.
    ///
    /// `is_one` joins two faces of one cell across a line between them. Fails with `edit.too-tight`.
    pub fn sew(&self, is_one: impl Fn(u32, u32) -> bool) -> Result<Recut, Vec<Fault>> {
        Ok(self.sew_faces(is_one)?.0)
    }

    /// The same; says also which cell each face came to be part of.
    pub fn sew_faces(
        &self,
        is_one: impl Fn(u32, u32) -> bool,
    ) -> Result<(Recut, Vec<Option<CellId>>), Vec<Fault>> {
        let piece_of = self.pieces(is_one);
        let links = self.seams_between(&piece_of);
        let mut seams = tidy(links, |pin| self.knots.binary_search(&pin).is_ok());
        let removed = self.straighten(&mut seams);
        if !removed.is_empty() {
            seams = sorted(seams);
        }
        let inserted = self.inserted(&removed);
        let numbers = Numbers::new(self, &piece_of, &seams)?;
        for seam in &mut seams {
            seam.left = seam.left.map(|piece| numbers.of_piece[&piece]);
            seam.right = seam.right.map(|piece| numbers.of_piece[&piece]);
        }
        self.check(&seams, &numbers)?;
        let fabric = self.splice(&seams, &numbers);
        let cell_of = |(&piece, parent): (&u32, &Option<CellId>)| match parent {
            Some(old) if !self.is_touched[old.index()] => Some(numbers.of_old[old.index()]),
            Some(_) | None => numbers.of_piece.get(&CellId::from_index(piece as usize)).copied(),
        };
        let cell_of_face = piece_of.iter().zip(&self.parents).map(cell_of).collect();
        Ok((Recut { fabric, parents: numbers.parents, inserted }, cell_of_face))
    }

    /// For each face the lowest face of its piece.
    fn pieces(&self, is_one: impl Fn(u32, u32) -> bool) -> Vec<u32> {
        let mut sets = Sets::new(self.faces.len());
        for link in 0..self.net.n_links() {
            let (label, [left, right]) = (self.label(link), self.sides(link));
            if label.is_seam || left == right {
                continue;
            }
            let parent = self.parents[left as usize];
            let is_beyond =
                !label.within.is_empty() && parent.is_none_or(|cell| !label.within.contains(&cell));
            if is_beyond || parent.is_none() || is_one(left, right) {
                sets.join(left, right);
            }
        }
        (0..self.faces.len() as u32).map(|face| sets.find(face)).collect()
    }

    /// Touched links between pieces; a piece stands in for its cell by the number of its face.
    fn seams_between(&self, piece_of: &[u32]) -> Vec<NewSeam> {
        let cell = |face: u32| {
            self.parents[face as usize]
                .map(|_| CellId::from_index(piece_of[face as usize] as usize))
        };
        let mut seams = Vec::new();
        for link in 0..self.net.n_links() {
            let label = self.label(link);
            let [left, right] = self.sides(link).map(cell);
            if !label.is_touched || left == right {
                continue;
            }
            let pins: Vec<Pin> = self.pins(link).collect();
            let mut start = 0;
            for end in 1..pins.len() {
                if end == pins.len() - 1 || self.knots.binary_search(&pins[end]).is_ok() {
                    let pins = pins[start..=end].to_vec();
                    seams.push(NewSeam { pins, left, right, barrier: label.barrier });
                    start = end;
                }
            }
        }
        seams
    }

    /// Takes away pins put into old edges that nothing ends at any more, and says which.
    fn straighten(&self, seams: &mut [NewSeam]) -> HashSet<Pin> {
        let mut removed = HashSet::new();
        // For each piece of a bent edge that edge.
        let mut edge_of: HashMap<[Pin; 2], usize> = HashMap::new();
        for (row, edge) in self.bent.iter().enumerate() {
            for pair in edge.chain.windows(2) {
                let ends = [pair[0].min(pair[1]), pair[0].max(pair[1])];
                edge_of.insert(ends, row);
            }
        }
        if edge_of.is_empty() {
            return removed;
        }
        let mut n_ends: HashMap<Pin, u32> = HashMap::new();
        for seam in seams.iter() {
            for end in [seam.pins[0], seam.pins[seam.pins.len() - 1]] {
                *n_ends.entry(end).or_default() += 1;
            }
        }
        let find = |a: Pin, b: Pin| edge_of.get(&[a.min(b), a.max(b)]).copied();
        let is_knot = |pin: Pin| self.knots.binary_search(&pin).is_ok();
        for seam in seams.iter_mut() {
            let n = seam.pins.len();
            // A loop without a knot may begin at such a pin; it is looked at all around.
            let is_free = seam.pins[0] == seam.pins[n - 1] && n_ends[&seam.pins[0]] == 2;
            let is_idle = |at: usize, pins: &[Pin]| {
                let before = find(pins[(at + n - 2) % (n - 1)], pins[at]);
                let is_inner = at > 0 && at < n - 1 || is_free && !is_knot(pins[at]);
                is_inner && before.is_some() && before == find(pins[at], pins[at + 1])
            };
            let idle: Vec<usize> = (0..n - 1).filter(|&at| is_idle(at, &seam.pins)).collect();
            if idle.is_empty() {
                continue;
            }
            removed.extend(idle.iter().map(|&at| seam.pins[at]));
            for &at in idle.iter().rev() {
                seam.pins.remove(at);
            }
            if idle[0] == 0 {
                let last = seam.pins.len() - 1;
                seam.pins[last] = seam.pins[0];
                start_at_lowest(&mut seam.pins);
            }
            turn_the_one_way(seam);
        }
        removed
    }

    fn inserted(&self, removed: &HashSet<Pin>) -> Vec<Insert> {
        let mut inserted = Vec::new();
        for edge in self.bent.iter().filter(|edge| edge.is_outer) {
            let n = edge.chain.len();
            let (from, to) = (edge.chain[0], edge.chain[n - 1]);
            let new = edge.chain[1..n - 1].iter().filter(|pin| !removed.contains(pin));
            inserted.extend(new.map(|&pin| (from, to, pin)));
        }
        inserted
    }

    /// The laws on all cells of the net.
    fn check(&self, seams: &[NewSeam], numbers: &Numbers) -> Result<(), Vec<Fault>> {
        let is_near = |cell: Option<CellId>| cell.is_some_and(|cell| self.is_near[cell.index()]);
        let mut rank_of: HashMap<CellId, CellId> = HashMap::new();
        let mut rank = |cell: CellId| {
            let next = CellId::from_index(rank_of.len());
            *rank_of.entry(cell).or_insert(next)
        };
        let mut part: Vec<NewSeam> = Vec::new();
        for seam in self.kept().filter(|seam| is_near(seam.left) || is_near(seam.right)) {
            let mut side = |cell: Option<CellId>| {
                cell.filter(|cell| self.is_near[cell.index()])
                    .map(|cell| rank(numbers.of_old[cell.index()]))
            };
            let (left, right) = (side(seam.left), side(seam.right));
            part.push(NewSeam { pins: seam.pins.to_vec(), left, right, barrier: seam.barrier });
        }
        for seam in seams {
            let (left, right) = (seam.left.map(&mut rank), seam.right.map(&mut rank));
            part.push(NewSeam { pins: seam.pins.clone(), left, right, barrier: seam.barrier });
        }
        let breaches = breaches_once(&Fabric::new(&part, rank_of.len() as u32));
        if breaches.is_empty() {
            return Ok(());
        }
        Err(breaches.into_iter().map(|breach| Fault::new("edit.too-tight", breach.place)).collect())
    }

    /// Seams of the old fabric that no touched cell has a side of.
    fn kept(&self) -> impl Iterator<Item = Seam<'_>> {
        let is_free = |cell: Option<CellId>| cell.is_none_or(|cell| !self.is_touched[cell.index()]);
        self.fabric.seams().filter(move |seam| is_free(seam.left) && is_free(seam.right))
    }

    fn splice(&self, seams: &[NewSeam], numbers: &Numbers) -> Fabric {
        let renumber = |cell: Option<CellId>| cell.map(|cell| numbers.of_old[cell.index()]);
        let kept = self.kept().map(|seam| Seam {
            left: renumber(seam.left),
            right: renumber(seam.right),
            ..seam
        });
        let mut all: Vec<Seam> = kept.chain(seams.iter().map(NewSeam::view)).collect();
        // Two sorted runs: a stable sort merges them in one pass.
        all.sort_by(|one, two| one.pins.cmp(two.pins));
        Fabric::of(all.into_iter(), numbers.parents.len() as u32)
    }
}

/// New numbers of cells.
struct Numbers {
    /// For each new cell its parent.
    parents: Vec<CellId>,
    /// By the number that stood in for a piece.
    of_piece: HashMap<CellId, CellId>,
    /// For each old cell the first of its pieces.
    of_old: Vec<CellId>,
}

impl Numbers {
    /// In order of old cells; pieces of one in order of their first seam, left before right.
    fn new(cutting: &Cutting, piece_of: &[u32], seams: &[NewSeam]) -> Result<Self, Vec<Fault>> {
        let mut pieces: Vec<Vec<CellId>> = vec![Vec::new(); cutting.fabric.n_cells()];
        let mut is_seen = vec![false; piece_of.len()];
        let mut add = |piece: CellId| {
            if !std::mem::replace(&mut is_seen[piece.index()], true)
                && let Some(parent) = cutting.parents[piece.index()]
            {
                pieces[parent.index()].push(piece);
            }
        };
        seams.iter().flat_map(|seam| [seam.left, seam.right]).flatten().for_each(&mut add);
        let (mut parents, mut of_old) = (Vec::new(), Vec::new());
        let mut of_piece = HashMap::new();
        for (old, pieces) in cutting.fabric.cells().zip(&pieces) {
            of_old.push(CellId::from_index(parents.len()));
            let is_divisible = cutting.is_touched[old.index()];
            if (is_divisible && pieces.is_empty()) || (!is_divisible && pieces.len() > 1) {
                let sides = cutting.fabric.sides(old);
                let place = sides.first().map(|side| cutting.fabric.seam(side.seam).pins[0]);
                return Err(vec![Fault::new("edit.too-tight", place.into_iter().collect())]);
            }
            for &piece in pieces {
                of_piece.insert(piece, CellId::from_index(parents.len()));
                parents.push(old);
            }
            if pieces.is_empty() {
                parents.push(old);
            }
        }
        Ok(Self { parents, of_piece, of_old })
    }
}
