//! Loose polygons → fabric: slips closed, crossings made into knots, every piece of ground given once.
//!
//! Files, in reading order: `load` (rings to edges), `near` (who is near whom), `snap` (slips closed),
//! `node` (crossings to pins), `net` (edges to links), `face` (links to faces), `owner` (whose each face
//! is), `sew` (faces to cells and seams). Knows nothing of codes: a shape is a number in the caller's list,
//! and its place in the list is its rank.
//!
//! The outcome does not depend on where a ring starts, which way it runs or how edges are ordered.
//! Topology is decided in integers; `f64` only says what is near.
//!
//! **Why** not overlay polygon by polygon: errors of each step would be inherited by the next, and two
//! neighbours would compute their shared border twice. Here all lines meet once.

mod face;
mod load;
mod near;
mod net;
mod node;
mod owner;
mod sew;
mod snap;

use std::collections::BTreeSet;

pub(super) use face::{Faces, Sets, around, is_below};
pub(super) use load::{key_of, number};
pub(super) use near::meetings;
pub(super) use net::{Net, keep_odd};
pub(super) use node::bends;
pub(super) use sew::{start_at_lowest, tidy};
pub(super) use snap::sort_along;

use self::load::{BOUNDARY, Loose};
use self::owner::Judge;
use self::snap::Metric;
use super::{Barrier, Fabric};
use crate::domain::place::{Extent, Pin, Polygon};

/// What to weave.
pub struct Weave<'a> {
    /// One entry a thing, each some polygons; sorted by precedence: ground claimed twice goes to the lower.
    ///
    /// Inside one polygon even-odd counts (holes, self-crossings); the polygons of one thing are united.
    pub shapes: &'a [Vec<Polygon>],
    /// The parent's outline, kept pin for pin: never moved, though pins may be inserted on it.
    pub boundary: Option<&'a [Polygon]>,
    /// Barriers; a seam that runs along one within the tolerance carries it. They do not cut.
    pub lines: &'a [(Vec<Pin>, Barrier)],
    /// Slips up to this many metres are closed; 0 to 100.
    pub tolerance: f64,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Woven {
    pub fabric: Fabric,
    /// For each cell the number of its shape; `None` is a gap. Ascending, gaps last.
    pub owners: Vec<Option<u32>>,
    pub flaws: Vec<Flaw>,
    /// Pins inserted into an edge of the boundary: (from, to, new), for [`super::stitch`].
    pub inserted: Vec<(Pin, Pin, Pin)>,
}

/// What weaving found wrong with the shapes, or mended.
#[derive(Clone, Debug, PartialEq)]
pub struct Flaw {
    pub kind: FlawKind,
    /// Shapes concerned, ascending.
    pub shapes: Vec<u32>,
    /// A point, or the ring around the place.
    pub place: Vec<Pin>,
    /// Square metres of ground; for [`FlawKind::Snapped`] the number of pins moved and slivers given away.
    pub figure: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlawKind {
    /// A ring crosses itself or has a spike; mended by even-odd.
    InvalidRing,
    /// No area at all.
    Degenerate,
    /// Small slips were closed.
    Snapped,
    /// Two shapes or more claim the same ground.
    Overlap,
    /// Ground nobody claims.
    Gap,
    /// A claim beyond the boundary.
    Outside,
    /// All its ground went to others.
    Swallowed,
    /// Could not be woven and was left out.
    Broken,
}

impl FlawKind {
    /// The code an issue about it carries.
    pub fn code(self) -> &'static str {
        match self {
            Self::InvalidRing => "fabric.invalid-ring",
            Self::Degenerate => "fabric.degenerate",
            Self::Snapped => "fabric.snapped",
            Self::Overlap => "fabric.overlap",
            Self::Gap => "fabric.gap",
            Self::Outside => "fabric.outside",
            Self::Swallowed => "fabric.swallowed",
            Self::Broken => "fabric.broken",
        }
    }
}

/// Weaves loose polygons into a fabric. Total: no input makes it fail; what cannot be kept is a flaw.
///
/// Cost: O(n log n) in pins and crossings.
pub fn weave(weave: &Weave) -> Woven {
    let extent = weave
        .shapes
        .iter()
        .flatten()
        .chain(weave.boundary.into_iter().flatten())
        .fold(Extent::EMPTY, |extent, polygon| extent.union(&polygon.extent()));
    let metric = Metric::new(extent, weave.tolerance);
    // Parts left out because they are scribbles; each round names one more.
    let mut left_out: BTreeSet<u32> = BTreeSet::new();
    loop {
        let loose = Loose::new(weave, &left_out);
        let is_lost = left_out.iter().any(|&part| loose.part_owner[part as usize] == BOUNDARY);
        if is_lost {
            return Woven { flaws: vec![broken(&loose, &left_out)], ..Woven::default() };
        }
        let noded = snap::snap(&loose, &metric).and_then(|chains| node::node(&loose, chains));
        match noded {
            Ok(noded) => {
                let mut woven = finish(weave, &loose, &noded, &metric);
                if !left_out.is_empty() {
                    let broken = broken(&loose, &left_out);
                    let is_left_out = |flaw: &Flaw| {
                        flaw.kind == FlawKind::Degenerate && broken.shapes.contains(&flaw.shapes[0])
                    };
                    woven.flaws.retain(|flaw| !is_left_out(flaw));
                    woven.flaws.push(broken);
                }
                return woven;
            }
            Err(scribble) => {
                if !left_out.insert(scribble.worst_part) {
                    return Woven { flaws: vec![broken(&loose, &left_out)], ..Woven::default() };
                }
            }
        }
    }
}

fn finish(weave: &Weave, loose: &Loose, noded: &node::Noded, metric: &Metric) -> Woven {
    let net = Net::new(loose, &noded.chains);
    let faces = Faces::new(&net);
    let judge = Judge {
        net: &net,
        faces: &faces,
        part_owner: &loose.part_owner,
        metric,
        has_boundary: weave.boundary.is_some(),
    };
    let mut owned = judge.decide();
    let (fabric, owners) = sew::sew(&net, &faces, &owned, weave.lines, metric);
    let mut flaws = vanished(weave, &faces, &loose.part_owner, &owners);
    // A shape without area has no ring to speak of.
    let mut invalid = invalid_rings(weave, loose, noded, &net);
    invalid.retain(|flaw| {
        let is_same = |other: &Flaw| other.shapes == flaw.shapes;
        !flaws.iter().any(|other| other.kind == FlawKind::Degenerate && is_same(other))
    });
    flaws.append(&mut invalid);
    flaws.append(&mut owned.flaws);
    let n_snapped = noded.chains.n_snapped + owned.n_snapped;
    if n_snapped > 0 {
        flaws.push(Flaw {
            kind: FlawKind::Snapped,
            shapes: Vec::new(),
            place: Vec::new(),
            figure: n_snapped as f64,
        });
    }
    flaws.sort_by(|one, two| (one.kind, &one.shapes).cmp(&(two.kind, &two.shapes)));
    Woven { fabric, owners, flaws, inserted: inserted(loose, noded) }
}

/// Shapes without a cell, and why.
fn vanished(weave: &Weave, faces: &Faces, part_owner: &[u32], owners: &[Option<u32>]) -> Vec<Flaw> {
    let mut has_cell = vec![false; weave.shapes.len()];
    for owner in owners.iter().flatten() {
        has_cell[*owner as usize] = true;
    }
    let mut has_face = vec![false; weave.shapes.len()];
    for part in faces.covers.iter().flatten() {
        let shape = part_owner[*part as usize];
        if shape != BOUNDARY {
            has_face[shape as usize] = true;
        }
    }
    let lost = (0..weave.shapes.len()).filter(|&shape| !has_cell[shape]);
    lost.map(|shape| Flaw {
        kind: if has_face[shape] { FlawKind::Swallowed } else { FlawKind::Degenerate },
        shapes: vec![shape as u32],
        place: first_pin(&weave.shapes[shape]).into_iter().collect(),
        figure: 0.0,
    })
    .collect()
}

fn first_pin(shape: &[Polygon]) -> Option<Pin> {
    shape.iter().flat_map(|polygon| &polygon.rings).flatten().copied().min()
}

/// Shapes whose own rings cross or run back on themselves as given, one flaw a shape.
fn invalid_rings(weave: &Weave, loose: &Loose, noded: &node::Noded, net: &Net) -> Vec<Flaw> {
    let owner = |&part: &u32| loose.part_owner[part as usize];
    let mut suspects: BTreeSet<u32> = loose.spiky.iter().copied().collect();
    suspects.extend(noded.self_crossings.iter().map(|(part, _)| owner(part)));
    suspects.extend(net.cancelled.iter().map(owner));
    suspects.remove(&BOUNDARY);
    let mut flaws = Vec::new();
    for shape in suspects {
        // Snapping may have pinched a sound ring; only what is wrong by itself is reported.
        let place = weave.shapes[shape as usize].iter().find_map(fault_in);
        flaws.extend(place.map(|pin| Flaw {
            kind: FlawKind::InvalidRing,
            shapes: vec![shape],
            place: vec![pin],
            figure: 0.0,
        }));
    }
    flaws
}

/// Where a polygon crosses itself or has a spike.
fn fault_in(polygon: &Polygon) -> Option<Pin> {
    let alone = [vec![polygon.clone()]];
    let weave = Weave { shapes: &alone, boundary: None, lines: &[], tolerance: 0.0 };
    let loose = Loose::new(&weave, &BTreeSet::new());
    let chains = snap::snap(&loose, &Metric::new(polygon.extent(), 0.0)).ok()?;
    let noded = node::node(&loose, chains).ok()?;
    let net = Net::new(&loose, &noded.chains);
    let is_spiky = !loose.spiky.is_empty() || !net.cancelled.is_empty();
    match noded.self_crossings.first() {
        Some(&(_, pin)) => Some(pin),
        None if is_spiky => first_pin(&alone[0]),
        None => None,
    }
}

fn inserted(loose: &Loose, noded: &node::Noded) -> Vec<(Pin, Pin, Pin)> {
    let mut inserted = Vec::new();
    for (edge_idx, ends) in loose.edges.iter().enumerate() {
        let chain = noded.chains.of(edge_idx);
        if chain.len() > 2 && loose.is_boundary(edge_idx) {
            let [from, to] = ends.map(|pin| loose.pins[pin as usize]);
            let between = chain[1..chain.len() - 1].iter();
            let new = between.filter(|&&pin| pin != from && pin != to);
            inserted.extend(new.map(|&pin| (from, to, pin)));
        }
    }
    inserted
}

fn broken(loose: &Loose, left_out: &BTreeSet<u32>) -> Flaw {
    let mut shapes: Vec<u32> =
        left_out.iter().map(|&part| loose.part_owner[part as usize]).collect();
    shapes.retain(|&shape| shape != BOUNDARY);
    shapes.dedup();
    Flaw { kind: FlawKind::Broken, shapes, place: Vec::new(), figure: 0.0 }
}

#[cfg(test)]
mod tests;
