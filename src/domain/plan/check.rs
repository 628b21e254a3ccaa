//! Whether a grid is one piece, and what it encloses: the rules a draft is held to while it is edited.
//!
//! Cells are next to each other when they share a seam, or when a crossing between them is declared;
//! touching in a point is not enough. After an edit the local test ([`is_still_whole`]) looks around the
//! cells that changed and stops as soon as all of them are joined; the full search ([`pieces`]) is its
//! slow twin, and a law says they agree.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::domain::fabric::Fabric;
use crate::domain::ids::{CellId, GridKey};

/// Cells joined by declared crossings.
pub type Links = [(CellId, CellId)];

/// A fabric, the color of each cell, and the crossings declared between cells.
#[derive(Clone, Copy)]
pub struct Canvas<'a> {
    pub fabric: &'a Fabric,
    pub colors: &'a [Option<GridKey>],
    pub links: &'a Links,
}

impl Canvas<'_> {
    /// Cells next to `cell`, some perhaps twice.
    fn beside(&self, cell: CellId) -> impl Iterator<Item = CellId> + '_ {
        let linked = self.links.iter().filter_map(move |&(one, two)| {
            if one == cell { Some(two) } else { (two == cell).then_some(one) }
        });
        self.fabric.across(cell).filter_map(|(_, beside)| beside).chain(linked)
    }

    fn is(&self, cell: CellId, key: GridKey) -> bool {
        self.colors[cell.index()] == Some(key)
    }

    /// Cells of a grid, ascending. Cost: O(cells).
    pub fn cells_of(&self, key: GridKey) -> Vec<CellId> {
        self.fabric.cells().filter(|cell| self.is(*cell, key)).collect()
    }

    /// The pieces a grid lies in, each ascending, in order of their lowest cells. Cost: O(cells).
    pub fn pieces(&self, key: GridKey) -> Vec<Vec<CellId>> {
        let mut is_seen = vec![false; self.fabric.n_cells()];
        let mut pieces = Vec::new();
        for first in self.fabric.cells() {
            if is_seen[first.index()] || !self.is(first, key) {
                continue;
            }
            is_seen[first.index()] = true;
            let mut piece = vec![first];
            let mut at = 0;
            while at < piece.len() {
                for beside in self.beside(piece[at]) {
                    if !is_seen[beside.index()] && self.is(beside, key) {
                        is_seen[beside.index()] = true;
                        piece.push(beside);
                    }
                }
                at += 1;
            }
            piece.sort_unstable();
            pieces.push(piece);
        }
        pieces
    }

    /// Whether a grid that was one piece still is, after `changed` cells came to it or left it.
    ///
    /// Searches outward from the cells that came and from the neighbours of those that left, all fronts
    /// at once, until they have met. Cost: follows the smallest piece, not the grid.
    pub fn is_still_whole(&self, key: GridKey, changed: &[CellId]) -> bool {
        let mut seeds: Vec<CellId> = Vec::new();
        for &cell in changed {
            if self.is(cell, key) {
                seeds.push(cell);
            } else {
                seeds.extend(self.beside(cell).filter(|beside| self.is(*beside, key)));
            }
        }
        // What came has to touch what was there, or be all there is.
        let came: HashSet<CellId> =
            changed.iter().copied().filter(|cell| self.is(*cell, key)).collect();
        let anchor = came
            .iter()
            .flat_map(|cell| self.beside(*cell))
            .find(|beside| self.is(*beside, key) && !came.contains(beside));
        match anchor {
            Some(anchor) => seeds.push(anchor),
            None if !came.is_empty() && self.cells_of(key).len() > came.len() => return false,
            None => {}
        }
        seeds.sort_unstable();
        seeds.dedup();
        self.have_met(key, &seeds)
    }

    /// Whether all `seeds` are joined through cells of `key`.
    fn have_met(&self, key: GridKey, seeds: &[CellId]) -> bool {
        let mut fronts: Vec<VecDeque<CellId>> =
            seeds.iter().map(|&seed| VecDeque::from([seed])).collect();
        let mut owner: HashMap<CellId, usize> =
            seeds.iter().enumerate().map(|(front, &seed)| (seed, front)).collect();
        let mut parent: Vec<usize> = (0..seeds.len()).collect();
        let mut n_apart = seeds.len();
        while n_apart > 1 {
            for (front, queue) in fronts.iter_mut().enumerate() {
                let Some(cell) = queue.pop_front() else { continue };
                for beside in self.beside(cell).filter(|beside| self.is(*beside, key)) {
                    match owner.get(&beside) {
                        Some(&other) => {
                            let (one, two) = (root(&mut parent, front), root(&mut parent, other));
                            if one != two {
                                parent[one.max(two)] = one.min(two);
                                n_apart -= 1;
                            }
                        }
                        None => {
                            owner.insert(beside, front);
                            queue.push_back(beside);
                        }
                    }
                }
            }
            // A group that cannot go on and has not met the others is a piece of its own.
            let groups: HashSet<usize> =
                (0..seeds.len()).map(|front| root(&mut parent, front)).collect();
            let open = fronts.iter().enumerate().filter(|(_, queue)| !queue.is_empty());
            let moving: HashSet<usize> = open.map(|(front, _)| root(&mut parent, front)).collect();
            if groups.len() > 1 && moving.len() < groups.len() {
                return false;
            }
        }
        true
    }

    /// Pieces of ground that lie wholly inside one grid: cells that cannot reach the outside of the fabric
    /// but through it. Cost: O(cells).
    pub fn enclosed(&self, key: GridKey) -> Vec<Vec<CellId>> {
        let mut is_free = vec![false; self.fabric.n_cells()];
        let mut queue: Vec<CellId> = self
            .fabric
            .seams()
            .filter_map(|seam| match (seam.left, seam.right) {
                (Some(cell), None) | (None, Some(cell)) => Some(cell),
                (Some(_), Some(_)) | (None, None) => None,
            })
            .filter(|cell| !self.is(*cell, key))
            .collect();
        for cell in &queue {
            is_free[cell.index()] = true;
        }
        while let Some(cell) = queue.pop() {
            for (_, beside) in self.fabric.across(cell) {
                let Some(beside) = beside else { continue };
                if !is_free[beside.index()] && !self.is(beside, key) {
                    is_free[beside.index()] = true;
                    queue.push(beside);
                }
            }
        }
        let mut found: Vec<Vec<CellId>> = Vec::new();
        for first in self.fabric.cells() {
            if is_free[first.index()] || self.is(first, key) {
                continue;
            }
            is_free[first.index()] = true;
            let mut piece = vec![first];
            let mut at = 0;
            while at < piece.len() {
                for (_, beside) in self.fabric.across(piece[at]) {
                    let Some(beside) = beside else { continue };
                    if !is_free[beside.index()] && !self.is(beside, key) {
                        is_free[beside.index()] = true;
                        piece.push(beside);
                    }
                }
                at += 1;
            }
            piece.sort_unstable();
            found.push(piece);
        }
        found
    }
}

fn root(parent: &mut [usize], mut one: usize) -> usize {
    while parent[one] != one {
        parent[one] = parent[parent[one]];
        one = parent[one];
    }
    one
}
