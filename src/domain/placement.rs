//! Which color of a fabric a building stands on, and why.
//!
//! Order: override > list > shape (the largest share of the footprint, else the point) > unplaced with
//! a reason. On an edge the lower code counts and the building is listed. The same rule settles
//! buildings into communities (colors are areas) and into grids (colors are grids).
//!
//! **Why** shares by boundary integral: only the seams that run through the footprint are looked at,
//! so a straddling building costs microseconds and no overlay engine is needed. Sub-pieces are told
//! apart at their middle, rounded to the lattice: shares are good to about a square centimetre.

use std::cmp::Ordering;

use super::fabric::blocks::Blocks;
use super::fabric::{Fabric, Spot};
use super::ids::{GridKey, SeamId};
use super::place::{Extent, Pin, Polygon, is_inside};
use super::register::building::Building;
use super::register::homes::Homes;

/// Why a building is in its grid, or in none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    Override,
    List,
    Shape,
    /// On a border; went to the lower code.
    OnEdge,
    /// Inside its community, but no grid is there.
    Gap,
    NoPosition,
    /// Outside every community.
    Outside,
    /// Stands in another community than the one it is registered in.
    OutsideStatedArea,
}

impl Reason {
    pub const ALL: [Self; 8] = [
        Self::Override,
        Self::List,
        Self::Shape,
        Self::OnEdge,
        Self::Gap,
        Self::NoPosition,
        Self::Outside,
        Self::OutsideStatedArea,
    ];

    /// The word used in files and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Override => "override",
            Self::List => "list",
            Self::Shape => "shape",
            Self::OnEdge => "on-edge",
            Self::Gap => "gap",
            Self::NoPosition => "no-position",
            Self::Outside => "outside",
            Self::OutsideStatedArea => "outside-stated-area",
        }
    }
}

/// Where one building belongs in one plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    pub grid: Option<GridKey>,
    pub reason: Reason,
    /// Its footprint lies in more than one grid by a noticeable share.
    pub straddles: bool,
}

/// Smallest share of a footprint in a second color that is worth a word.
pub const STRADDLE_SHARE: f64 = 0.02;

/// A fabric with its fast index and the color of each cell.
pub struct Ground<'a, K> {
    pub fabric: &'a Fabric,
    pub blocks: &'a Blocks,
    /// Box of each seam, by seam index.
    pub seam_extents: &'a [Extent],
    pub colors: &'a [Option<K>],
}

/// What the ground says about one building.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled<K> {
    pub color: Option<K>,
    /// Whether it stands in the fabric at all.
    pub is_inside: bool,
    pub is_on_edge: bool,
    pub straddles: bool,
}

/// Settles the building of `row` on `ground`; `None` when it has no position.
///
/// `by_code` orders colors by their code, for ties. Cost: one block look-up for a point; for a
/// footprint one per vertex, and the seams through its box where they disagree.
pub fn settle<K: Copy + PartialEq>(
    ground: &Ground<'_, K>,
    homes: &Homes,
    row: usize,
    by_code: impl Fn(K, K) -> Ordering,
) -> Option<Settled<K>> {
    let corners = homes.footprint(row).flatten().flatten();
    let polygons = || {
        let polygon = |rings: Vec<&[Pin]>| Polygon {
            rings: rings.into_iter().map(<[Pin]>::to_vec).collect(),
        };
        homes.footprint(row).map(|rings| polygon(rings.collect())).collect::<Vec<_>>()
    };
    Some(settle_shape(ground, homes.pin(row)?, corners, polygons, by_code))
}

/// As [`settle`], for a building that is not laid out yet.
pub fn settle_building<K: Copy + PartialEq>(
    ground: &Ground<'_, K>,
    building: &Building,
    by_code: impl Fn(K, K) -> Ordering,
) -> Option<Settled<K>> {
    let corners = building.footprint.iter().flat_map(|polygon| &polygon.rings).flatten();
    let polygons = || building.footprint.as_slice();
    Some(settle_shape(ground, building.pin?, corners, polygons, by_code))
}

/// Where all corners agree with the pin, that is the answer; else the shares of `polygons` decide.
fn settle_shape<'p, K: Copy + PartialEq, P: AsRef<[Polygon]>>(
    ground: &Ground<'_, K>,
    pin: Pin,
    corners: impl Iterator<Item = &'p Pin>,
    polygons: impl FnOnce() -> P,
    by_code: impl Fn(K, K) -> Ordering,
) -> Settled<K> {
    let at_pin = settle_pin(ground, pin, &by_code);
    let agrees = |corner: &Pin| match ground.blocks.locate(ground.fabric, *corner) {
        Spot::In(cell) => at_pin.is_inside && ground.colors[cell.index()] == at_pin.color,
        Spot::On(_) => false,
        Spot::Outside => !at_pin.is_inside,
    };
    let mut corners = corners.peekable();
    if corners.peek().is_none() || (!at_pin.is_on_edge && corners.all(agrees)) {
        return at_pin;
    }
    settle_shares(&shares(ground, polygons().as_ref()), at_pin, by_code)
}

/// As [`settle`], for a point alone. Cost: one block look-up.
pub fn settle_pin<K: Copy + PartialEq>(
    ground: &Ground<'_, K>,
    pin: Pin,
    by_code: &impl Fn(K, K) -> Ordering,
) -> Settled<K> {
    let settled =
        |color, is_inside, is_on_edge| Settled { color, is_inside, is_on_edge, straddles: false };
    match ground.blocks.locate(ground.fabric, pin) {
        Spot::In(cell) => settled(ground.colors[cell.index()], true, false),
        Spot::Outside => settled(None, false, false),
        Spot::On(seam) => {
            let (left, right) = sides_of(ground, seam);
            let color = match (left.flatten(), right.flatten()) {
                (Some(a), Some(b)) => Some(if by_code(a, b).is_le() { a } else { b }),
                (one, other) => one.or(other),
            };
            settled(color, true, left != right)
        }
    }
}

/// Colors left and right of a seam: the outer `None` is outside the fabric, the inner one a gap.
fn sides_of<K: Copy>(
    ground: &Ground<'_, K>,
    seam: SeamId,
) -> (Option<Option<K>>, Option<Option<K>>) {
    let seam = ground.fabric.seam(seam);
    let color = |cell: Option<super::ids::CellId>| cell.map(|cell| ground.colors[cell.index()]);
    (color(seam.left), color(seam.right))
}

fn settle_shares<K: Copy + PartialEq>(
    shares: &[(Option<Option<K>>, f64)],
    at_pin: Settled<K>,
    by_code: impl Fn(K, K) -> Ordering,
) -> Settled<K> {
    let total: f64 = shares.iter().map(|(_, share)| share.max(0.0)).sum();
    if total <= 0.0 {
        return at_pin;
    }
    let order = |a: &(Option<Option<K>>, f64), b: &(Option<Option<K>>, f64)| {
        let near = (a.1 - b.1).abs() <= total * 1e-9;
        match (near, a.0.flatten(), b.0.flatten()) {
            (false, ..) => b.1.total_cmp(&a.1),
            (true, Some(x), Some(y)) => by_code(x, y),
            (true, x, y) => y.is_some().cmp(&x.is_some()),
        }
    };
    let mut ranked: Vec<_> = shares.to_vec();
    ranked.sort_by(order);
    let is_tied = ranked.len() > 1 && ranked[0].1 - ranked[1].1 <= total * 1e-9;
    let straddles = ranked.len() > 1 && ranked[1].1 > total * STRADDLE_SHARE;
    Settled {
        color: ranked[0].0.flatten(),
        is_inside: ranked[0].0.is_some(),
        is_on_edge: is_tied,
        straddles,
    }
}

/// How much of `polygons` lies on each color, in square lattice steps (signs of rings settled even-odd
/// by orientation). The outer `None` is outside the fabric, the inner one a gap.
///
/// Green's theorem: footprint edges count for the color they run through, seams inside the footprint
/// for the color at their left, and against the color at their right.
fn shares<K: Copy + PartialEq>(
    ground: &Ground<'_, K>,
    polygons: &[Polygon],
) -> Vec<(Option<Option<K>>, f64)> {
    let extent = polygons.iter().fold(Extent::EMPTY, |all, one| all.union(&one.extent()));
    let origin = extent.min;
    let segments = seam_segments(ground, &extent);
    let mut sums: Vec<(Option<Option<K>>, f64)> = Vec::new();
    let mut add = |color: Option<Option<K>>, amount: f64| match sums
        .iter_mut()
        .find(|(known, _)| *known == color)
    {
        Some((_, sum)) => *sum += amount,
        None => sums.push((color, amount)),
    };
    let edges: Vec<(Pin, Pin)> = polygons.iter().flat_map(oriented_edges).collect();
    for &(a, b) in &edges {
        for piece in pieces(a, b, segments.iter().map(|&(c, d, _)| (c, d))) {
            let middle = piece.middle();
            let color = match ground.blocks.locate(ground.fabric, middle) {
                Spot::In(cell) => Some(ground.colors[cell.index()]),
                // Runs along a seam: the ground at its left, where the footprint is.
                Spot::On(seam) => {
                    let (left, right) = sides_of(ground, seam);
                    if runs_along(ground, seam, a, b) { left } else { right }
                }
                Spot::Outside => None,
            };
            add(color, piece.cross(origin));
        }
    }
    for &(c, d, seam) in &segments {
        for piece in pieces(c, d, edges.iter().copied()) {
            let inside =
                polygons.iter().any(|polygon| is_inside(polygon, piece.middle()) == Some(true));
            if inside {
                let (left, right) = sides_of(ground, seam);
                add(left, piece.cross(origin));
                add(right, -piece.cross(origin));
            }
        }
    }
    sums.retain(|(_, sum)| *sum > 0.0);
    sums
}

/// Whether the seam runs in the direction of `a` → `b` where they share a line.
fn runs_along<K>(ground: &Ground<'_, K>, seam: SeamId, a: Pin, b: Pin) -> bool {
    let direction = (i64::from(b.x) - i64::from(a.x), i64::from(b.y) - i64::from(a.y));
    let pins = ground.fabric.seam(seam).pins;
    let along = |pair: &[Pin]| {
        let run = (
            i64::from(pair[1].x) - i64::from(pair[0].x),
            i64::from(pair[1].y) - i64::from(pair[0].y),
        );
        i128::from(run.0) * i128::from(direction.0) + i128::from(run.1) * i128::from(direction.1)
    };
    pins.windows(2)
        .filter(|pair| {
            super::place::turn(a, b, pair[0]).is_eq() && super::place::turn(a, b, pair[1]).is_eq()
        })
        .map(along)
        .next()
        .is_none_or(|sign| sign > 0)
}

/// Segments of seams whose box meets `extent`.
fn seam_segments<K>(ground: &Ground<'_, K>, extent: &Extent) -> Vec<(Pin, Pin, SeamId)> {
    let mut found = Vec::new();
    for (seam_idx, seam_extent) in ground.seam_extents.iter().enumerate() {
        if !seam_extent.meets(extent) {
            continue;
        }
        let id = SeamId::from_index(seam_idx);
        for pair in ground.fabric.seam(id).pins.windows(2) {
            if Extent::of(pair).meets(extent) {
                found.push((pair[0], pair[1], id));
            }
        }
    }
    found
}

/// Edges with the inside at their left: outer rings counter-clockwise, holes clockwise.
fn oriented_edges(polygon: &Polygon) -> impl Iterator<Item = (Pin, Pin)> + '_ {
    polygon.rings.iter().enumerate().flat_map(|(ring_idx, ring)| {
        let is_ccw = super::place::signed_area_x2(ring) > 0;
        let forward = is_ccw == (ring_idx == 0);
        (0..ring.len()).map(move |i| {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            if forward { (a, b) } else { (b, a) }
        })
    })
}

/// A part of a straight segment, in floats: only areas are taken from it.
struct Piece {
    from: (f64, f64),
    to: (f64, f64),
}

impl Piece {
    fn middle(&self) -> Pin {
        let half = |a: f64, b: f64| ((a + b) / 2.0).round() as i32;
        Pin::new(half(self.from.0, self.to.0), half(self.from.1, self.to.1))
    }

    fn cross(&self, origin: Pin) -> f64 {
        let (ox, oy) = (f64::from(origin.x), f64::from(origin.y));
        (self.from.0 - ox) * (self.to.1 - oy) - (self.to.0 - ox) * (self.from.1 - oy)
    }
}

/// The segment `a`–`b` cut wherever one of `others` meets it, in order from `a`.
fn pieces(a: Pin, b: Pin, others: impl Iterator<Item = (Pin, Pin)>) -> Vec<Piece> {
    let at = |pin: Pin| (f64::from(pin.x), f64::from(pin.y));
    let ((ax, ay), (bx, by)) = (at(a), at(b));
    let mut cuts = vec![0.0, 1.0];
    for (c, d) in others {
        let ((cx, cy), (dx, dy)) = (at(c), at(d));
        let area = |px: f64, py: f64, qx: f64, qy: f64, rx: f64, ry: f64| {
            (qx - px) * (ry - py) - (rx - px) * (qy - py)
        };
        let (from, to) = (area(cx, cy, dx, dy, ax, ay), area(cx, cy, dx, dy, bx, by));
        let (near, far) = (area(ax, ay, bx, by, cx, cy), area(ax, ay, bx, by, dx, dy));
        if from != to && near * far <= 0.0 {
            cuts.push((from / (from - to)).clamp(0.0, 1.0));
        } else if from == 0.0 && to == 0.0 {
            let length = (bx - ax).powi(2) + (by - ay).powi(2);
            let along = |px: f64, py: f64| ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length;
            cuts.extend([along(cx, cy), along(dx, dy)].map(|t| t.clamp(0.0, 1.0)));
        }
    }
    cuts.sort_by(f64::total_cmp);
    cuts.windows(2)
        .filter(|pair| pair[1] > pair[0])
        .map(|pair| {
            let point = |t: f64| (ax + (bx - ax) * t, ay + (by - ay) * t);
            Piece { from: point(pair[0]), to: point(pair[1]) }
        })
        .collect()
}
