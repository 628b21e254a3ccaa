//! Pieces of a fabric as they are drawn in one tile: thinned, sewn together, cut, rounded.
//!
//! Seams are thinned before rings are put together, so both neighbours of a border show the same
//! points; the rest of the way treats a segment the same whichever ring it is in.
//!
//! **Why** a seam beside the tile counts by its two ends only: its box lies wholly on one side of the
//! tile, and so does the straight line between its ends, so nothing inside the tile changes. The cost
//! of a tile then follows what is in it, however long the borders of a district are.

use super::clip::clip_ring;
use super::encode::TilePolygon;
use super::frame::{Fine, Frame};
use super::snap::snap;
use super::tidy::tidy;
use crate::domain::fabric::weight::Weights;
use crate::domain::fabric::{Fabric, Side};
use crate::domain::ids::SeamId;
use crate::domain::place::{Extent, Pin};

/// A fabric with what is known of its seams.
#[derive(Clone, Copy)]
pub struct Cloth<'a> {
    pub fabric: &'a Fabric,
    pub weights: &'a Weights,
    pub seam_extents: &'a [Extent],
}

impl<'a> Cloth<'a> {
    /// The thinned pins of a seam; of one that does not come near the tile, its ends.
    pub fn chain(&self, frame: &Frame, seam: SeamId) -> impl Iterator<Item = Pin> + 'a {
        let is_near = self.seam_extents[seam.index()].meets(&frame.extent);
        let threshold = if is_near { frame.thinning() } else { f64::MAX };
        self.weights.thinned(self.fabric, seam, threshold)
    }
}

/// Seams of one fabric in one tile, each carried over once.
pub struct Chains<'a> {
    cloth: Cloth<'a>,
    frame: &'a Frame,
    /// Range of each seam in `points`, by seam index; the end is 0 while not carried over.
    ranges: Vec<(u32, u32)>,
    points: Vec<Fine>,
}

impl<'a> Chains<'a> {
    pub fn new(cloth: Cloth<'a>, frame: &'a Frame) -> Self {
        let ranges = vec![(0, 0); cloth.fabric.n_seams()];
        Self { cloth, frame, ranges, points: Vec::new() }
    }

    fn get(&mut self, seam: SeamId) -> &[Fine] {
        if self.ranges[seam.index()].1 == 0 {
            let start = self.points.len() as u32;
            let frame = self.frame;
            self.points.extend(self.cloth.chain(frame, seam).map(|pin| frame.fine(pin)));
            self.ranges[seam.index()] = (start, self.points.len() as u32);
        }
        let (start, end) = self.ranges[seam.index()];
        &self.points[start as usize..end as usize]
    }

    /// The closed walk along `sides`, its first point not repeated.
    fn ring(&mut self, sides: &[Side]) -> Vec<Fine> {
        let mut ring = Vec::new();
        for side in sides {
            let chain = self.get(side.seam);
            let n = chain.len() - 1;
            if side.is_left {
                ring.extend_from_slice(&chain[..n]);
            } else {
                ring.extend(chain[1..].iter().rev());
            }
        }
        ring
    }
}

/// Pieces that are rounded together, each with its owner.
pub struct Mosaic<T> {
    rings: Vec<Vec<Fine>>,
    /// Owners with the end of their rings.
    owners: Vec<(T, usize)>,
    spare: Vec<Fine>,
}

impl<T> Mosaic<T> {
    pub fn new() -> Self {
        Self { rings: Vec::new(), owners: Vec::new(), spare: Vec::new() }
    }

    /// Adds what the tile shows of one piece.
    pub fn add<'s>(
        &mut self,
        chains: &mut Chains<'_>,
        walks: impl Iterator<Item = &'s [Side]>,
        owner: T,
    ) {
        let before = self.rings.len();
        for sides in walks {
            let mut ring = chains.ring(sides);
            clip_ring(&mut ring, &mut self.spare);
            if ring.len() >= 3 {
                self.rings.push(ring);
            }
        }
        if self.rings.len() > before {
            self.owners.push((owner, self.rings.len()));
        }
    }

    /// All pieces that are more than a line, in the order they were added.
    pub fn finish(self) -> Vec<(T, Vec<TilePolygon>)> {
        let mut rings = snap(&self.rings).into_iter();
        let mut start = 0;
        let mut pieces = Vec::with_capacity(self.owners.len());
        for (owner, end) in self.owners {
            let mut polygons = tidy(rings.by_ref().take(end - start).collect());
            in_order(&mut polygons);
            start = end;
            if !polygons.is_empty() {
                pieces.push((owner, polygons));
            }
        }
        pieces
    }
}

/// One order for the same ground: rings begin at their lowest corner. A walk begins wherever the fabric's
/// first seam lies, and that may change with ground far outside the tile.
fn in_order(polygons: &mut [TilePolygon]) {
    for polygon in polygons.iter_mut() {
        for ring in polygon.iter_mut() {
            let n = ring.len();
            let lowest = (0..n).min_by_key(|&at| (ring[at], ring[(at + 1) % n])).unwrap_or(0);
            ring.rotate_left(lowest);
        }
        if let [_, holes @ ..] = &mut polygon[..] {
            holes.sort_unstable();
        }
    }
    polygons.sort_unstable();
}
