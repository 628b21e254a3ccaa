//! A fabric cut along lines, and the strokes that stand on it.
//!
//! [`cut`] puts lines into a fabric: every cell a line divides becomes several, and no old pin moves. Lines
//! meet seams and each other once, by snap rounding on the lattice, so ground is neither lost nor claimed
//! twice. Only cells near the lines are taken apart and sewn again; all others keep their seams.
//!
//! Files: `trace` (lines and seams as edges that know their origin), `cutting` (those as one net), `sew` (its faces
//! back into a fabric), `drawn` (whether a line makes sense by itself), `flood` (colors spread between borders),
//! `take` (an area for a color), `split` (a color in two), `reroute` (a border along a line), `pull` (a vertex of
//! a border moved, inserted, removed). Knows nothing of grids or buildings: what a cell means is a color of any
//! kind, said beside the fabric.
//!
//! **Why** one cut for every stroke: whatever is asked, borders change by lines put in and ground colored
//! anew, so there is one place where a fabric could break, and one check behind it.

mod cutting;
mod drawn;
mod flood;
mod pull;
mod reroute;
mod sew;
mod split;
mod take;
mod trace;

pub(super) use cutting::Cutting;
pub use pull::{insert, remove, shift};
pub use reroute::reroute;
pub use split::split;
pub use take::take;

use std::collections::HashMap;

use super::stitch::Insert;
use super::weave::sort_along;
use super::{Barrier, Fabric};
use crate::domain::ids::CellId;
use crate::domain::place::Pin;

/// A line to cut along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutLine {
    pub pins: Vec<Pin>,
    /// What the new seams carry. Where the line runs along an old seam, that keeps its own.
    pub barrier: Barrier,
    /// The one cell it cuts; with `None` it cuts every cell it meets.
    pub within: Option<CellId>,
}

/// A fabric after cutting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recut {
    pub fabric: Fabric,
    /// For each cell the cell of the old fabric it lies in; ascending.
    pub parents: Vec<CellId>,
    /// Pins put into edges of the outer border: (from, to, new), for [`super::stitch`].
    pub inserted: Vec<Insert>,
}

/// Why a stroke cannot be done, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: &'static str,
    pub place: Vec<Pin>,
}

impl Fault {
    fn new(code: &'static str, place: Vec<Pin>) -> Self {
        Self { code, place }
    }
}

/// A fabric after a stroke.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shaped<K> {
    pub fabric: Fabric,
    /// For each cell its color.
    pub colors: Vec<Option<K>>,
    /// For each cell the cell of the old fabric it lies in; ascending.
    pub parents: Vec<CellId>,
    /// Pins put into edges of the outer border, as in [`Recut`].
    pub inserted: Vec<Insert>,
}

/// What two cuts after each other put into the border as it was before both.
pub fn both_inserts(first: &[Insert], second: &[Insert]) -> Vec<Insert> {
    let mut by_edge: HashMap<(Pin, Pin), Vec<Pin>> = HashMap::new();
    for &(from, to, new) in first {
        by_edge.entry((from, to)).or_default().push(new);
    }
    // Which edge of the first border each edge of the second is a piece of.
    let mut edge_of: HashMap<(Pin, Pin), (Pin, Pin)> = HashMap::new();
    for (&(from, to), pins) in &mut by_edge {
        sort_along(from, to, pins);
        let chain: Vec<Pin> = [from].into_iter().chain(pins.iter().copied()).chain([to]).collect();
        edge_of.extend(chain.windows(2).map(|pair| (ends_of(pair[0], pair[1]), (from, to))));
    }
    let traced = second.iter().map(|&(from, to, new)| {
        let (from, to) = edge_of.get(&ends_of(from, to)).copied().unwrap_or((from, to));
        (from, to, new)
    });
    first.iter().copied().chain(traced).collect()
}

fn ends_of(a: Pin, b: Pin) -> (Pin, Pin) {
    (a.min(b), a.max(b))
}

/// Cuts `fabric` along `lines`.
///
/// Old pins stay where they are and seams keep their barriers. Ends of lines that divide nothing vanish, as
/// does what lies outside. Cells are numbered in the order of their parents, the pieces of one by their first
/// seam. Fails with `edit.bad-line` for a scribble and with `edit.too-tight` where ground is so narrow
/// that rounding to the lattice would break it. Cost: O(n log n) for the cells whose boxes the lines meet, and a
/// copy of the rest.
pub fn cut(fabric: &Fabric, lines: &[CutLine]) -> Result<Recut, Vec<Fault>> {
    let cutting = Cutting::new(fabric, lines, false)?;
    cutting.sew(|_, _| false)
}

impl Cutting<'_> {
    /// Sews with pieces of one cell joined again where they have one color. `of_face` gives the new color of a
    /// face, `of_rest` that of an old cell beyond the net.
    fn shaped<K: Copy + Eq>(
        &self,
        of_face: impl Fn(u32) -> Option<K>,
        of_rest: impl Fn(CellId) -> Option<K>,
    ) -> Result<Shaped<K>, Vec<Fault>> {
        let (recut, cell_of_face) = self.sew_faces(|one, two| of_face(one) == of_face(two))?;
        let Recut { fabric, parents, inserted } = recut;
        let mut colors: Vec<Option<K>> = parents.iter().map(|&parent| of_rest(parent)).collect();
        for (face, cell) in cell_of_face.iter().enumerate() {
            if let Some(cell) = cell {
                colors[cell.index()] = of_face(face as u32);
            }
        }
        Ok(Shaped { fabric, colors, parents, inserted })
    }
}

#[cfg(test)]
mod tests;
