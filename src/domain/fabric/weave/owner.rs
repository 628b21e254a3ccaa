//! Who gets each face: the lowest shape that claims it, nobody (a gap), or the outside.
//!
//! What is thinner than the tolerance is no finding: a sliver of a gap, or a loose shaving of a shape,
//! goes to the neighbour it shares the longest border with. Thin means 2 · area / perimeter, the width
//! of a long strip.

use std::collections::BTreeMap;

use super::face::{Faces, OUTSIDE, Sets};
use super::load::BOUNDARY;
use super::net::Net;
use super::snap::Metric;
use super::{Flaw, FlawKind};
use crate::domain::place::Pin;

/// Whose a face is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    Shape(u32),
    Gap,
    Outside,
}

pub(super) struct Owned {
    /// For each face.
    pub owner: Vec<Owner>,
    /// For each face the lowest face of the same connected piece.
    pub piece_of: Vec<u32>,
    pub flaws: Vec<Flaw>,
    /// Slivers given away.
    pub n_snapped: usize,
}

pub(super) struct Judge<'a> {
    pub net: &'a Net,
    pub faces: &'a Faces,
    pub part_owner: &'a [u32],
    pub metric: &'a Metric,
    pub has_boundary: bool,
}

/// Connected faces of one kind, measured.
struct Pieces {
    piece_of: Vec<u32>,
    area: BTreeMap<u32, i128>,
    perimeter: BTreeMap<u32, f64>,
}

impl Judge<'_> {
    pub fn decide(&self) -> Owned {
        let claims: Vec<Vec<u32>> =
            (0..self.faces.len()).map(|face| self.claims(face as u32)).collect();
        let mut owner: Vec<Owner> =
            (0..self.faces.len()).map(|face| self.first_owner(face as u32, &claims)).collect();
        let link_meters: Vec<f64> =
            (0..self.net.n_links()).map(|link| self.link_meters(link)).collect();
        let mut flaws = Vec::new();
        let mut n_snapped = 0;
        self.find_overlaps(&owner, &claims, &link_meters, &mut flaws, &mut n_snapped);
        // A sliver beside a sliver finds its neighbour in a later round.
        for _ in 0..4 {
            let n_given = self.give_slivers(&mut owner, &link_meters);
            n_snapped += n_given;
            if n_given == 0 {
                break;
            }
        }
        let pieces = self.pieces(&owner, &link_meters);
        for (&piece, &area) in &pieces.area {
            if owner[piece as usize] == Owner::Gap {
                flaws.push(self.flaw(FlawKind::Gap, &pieces, piece, area, Vec::new()));
            }
        }
        Owned { owner, piece_of: pieces.piece_of, flaws, n_snapped }
    }

    /// Shapes over `face`, ascending.
    fn claims(&self, face: u32) -> Vec<u32> {
        let owners = self.faces.covers[face as usize].iter();
        let mut shapes: Vec<u32> = owners
            .map(|&part| self.part_owner[part as usize])
            .filter(|&shape| shape != BOUNDARY)
            .collect();
        shapes.sort_unstable();
        shapes.dedup();
        shapes
    }

    fn first_owner(&self, face: u32, claims: &[Vec<u32>]) -> Owner {
        let is_in_boundary = self.faces.covers[face as usize]
            .iter()
            .any(|&part| self.part_owner[part as usize] == BOUNDARY);
        let is_within = if self.has_boundary { is_in_boundary } else { face != OUTSIDE };
        match claims[face as usize].first() {
            _ if !is_within => Owner::Outside,
            Some(&shape) => Owner::Shape(shape),
            None => Owner::Gap,
        }
    }

    /// Lists ground claimed twice, and claims beyond the boundary.
    fn find_overlaps(
        &self,
        owner: &[Owner],
        claims: &[Vec<u32>],
        link_meters: &[f64],
        flaws: &mut Vec<Flaw>,
        n_snapped: &mut usize,
    ) {
        let is_contested: Vec<bool> = owner
            .iter()
            .zip(claims)
            .map(|(owner, shapes)| match owner {
                Owner::Outside => !shapes.is_empty(),
                Owner::Shape(_) | Owner::Gap => shapes.len() > 1,
            })
            .collect();
        if !is_contested.contains(&true) {
            return;
        }
        // Faces join when the same shapes meet on them.
        let kind = |face: u32| (owner[face as usize], &claims[face as usize]);
        let pieces = self.pieces_by(link_meters, |one, two| {
            is_contested[one as usize] && is_contested[two as usize] && kind(one) == kind(two)
        });
        for (&piece, &area) in pieces.area.iter().filter(|piece| is_contested[*piece.0 as usize]) {
            if self.is_thin(&pieces, piece) {
                *n_snapped += 1;
                continue;
            }
            let kind = match owner[piece as usize] {
                Owner::Outside => FlawKind::Outside,
                Owner::Shape(_) | Owner::Gap => FlawKind::Overlap,
            };
            let shapes = claims[piece as usize].clone();
            flaws.push(self.flaw(kind, &pieces, piece, area, shapes));
        }
    }

    /// Gives every thin piece to its longest neighbour; how many were given.
    fn give_slivers(&self, owner: &mut [Owner], link_meters: &[f64]) -> usize {
        let pieces = self.pieces(owner, link_meters);
        let mut largest: BTreeMap<Owner, (i128, u32)> = BTreeMap::new();
        for (&piece, &area) in &pieces.area {
            let best = largest.entry(owner[piece as usize]).or_insert((area, piece));
            if area > best.0 {
                *best = (area, piece);
            }
        }
        let is_sliver = |piece: u32| match owner[piece as usize] {
            Owner::Outside => false,
            Owner::Gap => self.is_thin(&pieces, piece),
            Owner::Shape(_) => {
                largest[&owner[piece as usize]].1 != piece && self.is_thin(&pieces, piece)
            }
        };
        let slivers: BTreeMap<u32, bool> =
            pieces.area.keys().map(|&piece| (piece, is_sliver(piece))).collect();
        // Border of each sliver with each neighbouring shape.
        let mut borders: BTreeMap<u32, BTreeMap<u32, f64>> = BTreeMap::new();
        for (link, meters) in link_meters.iter().enumerate() {
            let [left, right] = self.sides(link).map(|face| pieces.piece_of[face as usize]);
            for (piece, other) in [(left, right), (right, left)] {
                if piece == other || !slivers[&piece] || slivers[&other] {
                    continue;
                }
                if let Owner::Shape(shape) = owner[other as usize] {
                    let border = borders.entry(piece).or_default().entry(shape).or_default();
                    *border += meters;
                }
            }
        }
        let mut heir: BTreeMap<u32, Owner> = BTreeMap::new();
        for (piece, shapes) in borders {
            // The longest; of equal ones the lowest shape.
            let best = shapes.iter().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0)));
            if let Some((&shape, _)) = best {
                heir.insert(piece, Owner::Shape(shape));
            }
        }
        for (face, piece) in pieces.piece_of.iter().enumerate() {
            if let Some(&to) = heir.get(piece) {
                owner[face] = to;
            }
        }
        heir.len()
    }

    fn pieces(&self, owner: &[Owner], link_meters: &[f64]) -> Pieces {
        self.pieces_by(link_meters, |one, two| owner[one as usize] == owner[two as usize])
    }

    fn pieces_by(&self, link_meters: &[f64], is_one: impl Fn(u32, u32) -> bool) -> Pieces {
        let mut sets = Sets::new(self.faces.len());
        for link in 0..self.net.n_links() {
            let [left, right] = self.sides(link);
            if left != right && is_one(left, right) {
                sets.join(left, right);
            }
        }
        let piece_of: Vec<u32> = (0..self.faces.len() as u32).map(|face| sets.find(face)).collect();
        let mut area: BTreeMap<u32, i128> = BTreeMap::new();
        for (face, &piece) in piece_of.iter().enumerate() {
            *area.entry(piece).or_default() += self.faces.area_x2[face];
        }
        let mut perimeter: BTreeMap<u32, f64> = BTreeMap::new();
        for (link, meters) in link_meters.iter().enumerate() {
            let [left, right] = self.sides(link).map(|face| piece_of[face as usize]);
            if left != right {
                *perimeter.entry(left).or_default() += meters;
                *perimeter.entry(right).or_default() += meters;
            }
        }
        Pieces { piece_of, area, perimeter }
    }

    fn is_thin(&self, pieces: &Pieces, piece: u32) -> bool {
        let area = self.metric.square_meters(pieces.area[&piece]);
        let perimeter = pieces.perimeter.get(&piece).copied().unwrap_or(0.0);
        2.0 * area < self.metric.tolerance * perimeter
    }

    fn flaw(
        &self,
        kind: FlawKind,
        pieces: &Pieces,
        piece: u32,
        area: i128,
        shapes: Vec<u32>,
    ) -> Flaw {
        // Drawn as the ring of its largest face.
        let of_piece = (0..self.faces.len() as u32)
            .filter(|&face| face != OUTSIDE && pieces.piece_of[face as usize] == piece);
        let largest = of_piece.max_by_key(|&face| (self.faces.area_x2[face as usize], face));
        let place: Vec<Pin> =
            largest.map(|face| self.faces.ring(self.net, face)).unwrap_or_default();
        Flaw { kind, shapes, place, figure: self.metric.square_meters(area) }
    }

    fn sides(&self, link: usize) -> [u32; 2] {
        [self.faces.face_of[2 * link], self.faces.face_of[2 * link + 1]]
    }

    fn link_meters(&self, link: usize) -> f64 {
        let path = self.net.path(link);
        let pin = |number: u32| self.net.pins[number as usize];
        path.windows(2).map(|pair| self.metric.distance(pin(pair[0]), pin(pair[1]))).sum()
    }
}
