//! A fabric: one community's ground (or a whole city's communities) cut into cells sewn at seams.
//!
//! A seam is a chain of pins between two knots, held once, with the cell at its left and at its right.
//! A cell is one connected piece of ground. So a shared border is one object, a gap is a cell without a
//! grid, and an overlap cannot be written down. What a cell *means* (which grid, which community) is
//! said beside the fabric, never in it.
//!
//! Files: `weave` (loose polygons → fabric), `check` (its laws), `locate` (the slow truth), `blocks`
//! (the fast answer), `many` (for many pins at once), `outline` (rings, areas, lengths), `pole` (places for
//! names), `reshape` (cutting and redrawing), `stitch` (one border in several fabrics), `meet` (two drawings
//! of one border), `tessellate` (base cells from barriers and buildings), `weight` (thinning), `along` (which
//! seams follow barriers), `overlay` (several fabrics at once).
//!
//! **Why** seams are dense arrays: a fabric is a value, replaced whole; ids are row numbers and mean
//! nothing beyond it. Things that must outlive a redraw are named by grid and building codes.

pub mod along;
pub mod blocks;
pub mod check;
pub mod locate;
pub mod many;
pub mod meet;
pub mod outline;
pub mod overlay;
pub mod pole;
pub mod reshape;
pub mod stitch;
pub mod tessellate;
pub mod weave;
pub mod weight;

use super::ids::{CellId, SeamId};
use super::place::{Extent, Pin};

/// What runs along a seam or a base line, from nothing to what nobody crosses. Ordered by rank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Barrier {
    #[default]
    None,
    Lane,
    Road,
    Avenue,
    Rail,
    Water,
    Wall,
}

impl Barrier {
    pub const ALL: [Self; 7] =
        [Self::None, Self::Lane, Self::Road, Self::Avenue, Self::Rail, Self::Water, Self::Wall];

    /// Its place in [`Barrier::ALL`], as stored.
    pub fn rank(self) -> u8 {
        self as u8
    }

    pub fn of_rank(rank: u8) -> Option<Self> {
        Self::ALL.get(usize::from(rank)).copied()
    }
}

/// One seam as its fabric holds it.
///
/// `pins` has at least two entries. Where first and last are equal the seam is a loop without a knot.
/// `left` and `right` are as seen walking from first to last; `None` is the outside of the fabric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seam<'a> {
    pub id: SeamId,
    pub pins: &'a [Pin],
    pub left: Option<CellId>,
    pub right: Option<CellId>,
    pub barrier: Barrier,
}

/// A seam of one's own, for building a fabric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSeam {
    pub pins: Vec<Pin>,
    pub left: Option<CellId>,
    pub right: Option<CellId>,
    pub barrier: Barrier,
}

impl NewSeam {
    fn view(&self) -> Seam<'_> {
        let Self { pins, left, right, barrier } = self;
        let id = SeamId::from_index(0);
        Seam { id, pins, left: *left, right: *right, barrier: *barrier }
    }
}

/// Cells sewn at seams. Immutable; equality is exact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fabric {
    pins: Vec<Pin>,
    rows: Vec<Row>,
    n_cells: u32,
    /// For each cell the range of its entries in `sides`; one longer than `n_cells`.
    side_starts: Vec<u32>,
    /// Seams around each cell with the side it lies on.
    sides: Vec<Side>,
    extent: Extent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    start: u32,
    end: u32,
    left: Option<CellId>,
    right: Option<CellId>,
    barrier: Barrier,
}

/// A seam as met from one of its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    pub seam: SeamId,
    /// True when the cell is at the seam's left.
    pub is_left: bool,
}

impl Fabric {
    /// Puts seams together; cells are numbered 1 to `n_cells`. Cost: O(pins + seams).
    ///
    /// Says nothing about the laws: see `check`. Panics when a seam has fewer than two pins or names
    /// a cell beyond `n_cells`, which only a bug in the maker of the seams can cause.
    pub fn new(seams: &[NewSeam], n_cells: u32) -> Self {
        Self::of(seams.iter().map(NewSeam::view), n_cells)
    }

    /// The same from seams held elsewhere; their ids do not matter.
    fn of<'a>(seams: impl Iterator<Item = Seam<'a>>, n_cells: u32) -> Self {
        let mut pins = Vec::new();
        let mut rows = Vec::with_capacity(seams.size_hint().0);
        let mut counts = vec![0u32; n_cells as usize + 1];
        for seam in seams {
            assert!(seam.pins.len() >= 2, "a seam has two ends");
            let start = pins.len() as u32;
            pins.extend_from_slice(seam.pins);
            rows.push(Row {
                start,
                end: pins.len() as u32,
                left: seam.left,
                right: seam.right,
                barrier: seam.barrier,
            });
            for cell in [seam.left, seam.right].into_iter().flatten() {
                counts[cell.index() + 1] += 1;
            }
        }
        for cell_idx in 0..n_cells as usize {
            counts[cell_idx + 1] += counts[cell_idx];
        }
        let side_starts = counts.clone();
        let mut next = counts;
        let placeholder = Side { seam: SeamId::from_index(0), is_left: true };
        let mut sides = vec![placeholder; side_starts[n_cells as usize] as usize];
        for (seam_idx, row) in rows.iter().enumerate() {
            for (cell, is_left) in [(row.left, true), (row.right, false)] {
                let Some(cell) = cell else { continue };
                sides[next[cell.index()] as usize] =
                    Side { seam: SeamId::from_index(seam_idx), is_left };
                next[cell.index()] += 1;
            }
        }
        let extent = Extent::of(&pins);
        Self { pins, rows, n_cells, side_starts, sides, extent }
    }

    pub fn n_cells(&self) -> usize {
        self.n_cells as usize
    }

    pub fn n_seams(&self) -> usize {
        self.rows.len()
    }

    pub fn n_pins(&self) -> usize {
        self.pins.len()
    }

    /// Box around all seams.
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// The seam `id`. Panics when it is not of this fabric.
    pub fn seam(&self, id: SeamId) -> Seam<'_> {
        let row = self.rows[id.index()];
        Seam {
            id,
            pins: &self.pins[row.start as usize..row.end as usize],
            left: row.left,
            right: row.right,
            barrier: row.barrier,
        }
    }

    pub fn seams(&self) -> impl ExactSizeIterator<Item = Seam<'_>> {
        (0..self.rows.len()).map(|seam_idx| self.seam(SeamId::from_index(seam_idx)))
    }

    pub fn cells(&self) -> impl ExactSizeIterator<Item = CellId> + use<> {
        (0..self.n_cells as usize).map(CellId::from_index)
    }

    /// Seams around `cell`, in no particular order; a seam with the cell on both sides appears twice.
    pub fn sides(&self, cell: CellId) -> &[Side] {
        let (start, end) = (self.side_starts[cell.index()], self.side_starts[cell.index() + 1]);
        &self.sides[start as usize..end as usize]
    }

    /// What lies across each seam of `cell`: `None` is the outside. One entry a seam, not a cell.
    pub fn across(&self, cell: CellId) -> impl Iterator<Item = (SeamId, Option<CellId>)> + '_ {
        self.sides(cell).iter().map(|side| {
            let row = self.rows[side.seam.index()];
            (side.seam, if side.is_left { row.right } else { row.left })
        })
    }

    /// All seams as values of one's own, for building a changed fabric.
    pub fn to_new_seams(&self) -> Vec<NewSeam> {
        self.seams()
            .map(|seam| NewSeam {
                pins: seam.pins.to_vec(),
                left: seam.left,
                right: seam.right,
                barrier: seam.barrier,
            })
            .collect()
    }
}

/// Where a pin lies in a fabric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    In(CellId),
    /// Exactly on a seam; at a knot, on the first of its seams clockwise from just west of north.
    On(SeamId),
    Outside,
}
