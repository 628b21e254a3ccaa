//! Which color of a fabric a building stands on, and why.
//!
//! Order: override > list > shape (the largest share of the footprint, else the point) > unplaced with
//! a reason. On an edge the lower code counts and the building is listed. The same rule settles
//! buildings into communities (colors are areas) and into grids (colors are grids).
//!
//! **Why** corners first: nearly every building stands on one color, and that is seen without cutting
//! anything. Only where a border enters its box are shares measured (`shares`).

mod shares;

use std::cmp::Ordering;

use self::shares::{borders_in, shares};

use super::fabric::blocks::Blocks;
use super::fabric::{Fabric, Spot};
use super::ids::{GridKey, SeamId};
use super::place::{Extent, Pin, Polygon};
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

/// Settles the building of `row` on `ground`, known to be where it stands; `None` when it has no position.
///
/// What reaches beyond the fabric counts for nobody, however much it is: a building across three
/// communities can have less than half of its footprint in the one it belongs to.
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
    let extent = || homes.extent(row);
    let shape = Shape { pin: homes.pin(row)?, extent, polygons, stands_here: true };
    Some(settle_shape(ground, corners, shape, by_code))
}

/// As [`settle`], for a building that is not laid out yet and may stand outside.
pub fn settle_building<K: Copy + PartialEq>(
    ground: &Ground<'_, K>,
    building: &Building,
    by_code: impl Fn(K, K) -> Ordering,
) -> Option<Settled<K>> {
    let corners = building.footprint.iter().flat_map(|polygon| &polygon.rings).flatten();
    let polygons = || building.footprint.as_slice();
    let extent =
        || Extent::of(building.footprint.iter().flat_map(|polygon| &polygon.rings).flatten());
    let shape = Shape { pin: building.pin?, extent, polygons, stands_here: false };
    Some(settle_shape(ground, corners, shape, by_code))
}

/// A footprint, worked out as far as it is asked for.
struct Shape<E, P> {
    pin: Pin,
    extent: E,
    polygons: P,
    /// Whether it is known to stand in this fabric.
    stands_here: bool,
}

/// Where all corners agree with the pin and no border is near, that is the answer; else the shares of
/// the footprint decide.
fn settle_shape<'p, K: Copy + PartialEq, P: AsRef<[Polygon]>>(
    ground: &Ground<'_, K>,
    corners: impl Iterator<Item = &'p Pin>,
    shape: Shape<impl FnOnce() -> Extent, impl FnOnce() -> P>,
    by_code: impl Fn(K, K) -> Ordering,
) -> Settled<K> {
    let Shape { pin, extent, polygons, stands_here } = shape;
    let at_pin = settle_pin(ground, pin, &by_code);
    let agrees = |corner: &Pin| match ground.blocks.locate(ground.fabric, *corner) {
        Spot::In(cell) => at_pin.is_inside && ground.colors[cell.index()] == at_pin.color,
        Spot::On(_) => false,
        Spot::Outside => !at_pin.is_inside,
    };
    let mut corners = corners.peekable();
    if corners.peek().is_none() {
        return at_pin;
    }
    let borders = borders_in(ground, &extent());
    // A border can run between two corners and out again.
    if borders.is_empty() && !at_pin.is_on_edge && corners.all(agrees) {
        return at_pin;
    }
    let mut shares = shares(ground, polygons().as_ref(), &borders);
    if stands_here {
        shares.retain(|(color, _)| color.is_some());
    }
    settle_shares(&shares, at_pin, by_code)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fabric::{Barrier, NewSeam};
    use crate::domain::ids::CellId;

    /// A square of three upright strips; the outer two are one color, the middle one is another.
    fn strips() -> (Fabric, Vec<Option<u8>>) {
        let cell = |number| CellId::new(number);
        let seam = |pins: &[(i32, i32)], left, right| NewSeam {
            pins: pins.iter().map(|(x, y)| Pin::new(*x, *y)).collect(),
            left: cell(left),
            right: cell(right),
            barrier: Barrier::None,
        };
        let seams = [
            seam(&[(250, 1000), (0, 1000), (0, 0), (250, 0)], 1, 0),
            seam(&[(250, 0), (750, 0)], 2, 0),
            seam(&[(750, 0), (1000, 0), (1000, 1000), (750, 1000)], 3, 0),
            seam(&[(750, 1000), (250, 1000)], 2, 0),
            seam(&[(250, 0), (250, 1000)], 1, 2),
            seam(&[(750, 0), (750, 1000)], 2, 3),
        ];
        (Fabric::new(&seams, 3), vec![Some(1), Some(2), Some(1)])
    }

    fn settled(pin: (i32, i32), corners: &[(i32, i32)], stands_here: bool) -> Settled<u8> {
        let (fabric, colors) = strips();
        let blocks = Blocks::new(&fabric);
        let ground = Ground { fabric: &fabric, blocks: &blocks, colors: &colors };
        let ring: Vec<Pin> = corners.iter().map(|(x, y)| Pin::new(*x, *y)).collect();
        let polygons = [Polygon { rings: vec![ring.clone()] }];
        let extent = || Extent::of(&ring);
        let shape =
            Shape { pin: Pin::new(pin.0, pin.1), extent, polygons: || &polygons, stands_here };
        settle_shape(&ground, ring.iter(), shape, |a: u8, b| a.cmp(&b))
    }

    #[test]
    fn a_strip_between_the_corners_counts() {
        let long = [(100, 100), (900, 100), (900, 200), (100, 200)];
        let found = settled((150, 150), &long, true);
        assert_eq!((found.color, found.straddles, found.is_on_edge), (Some(2), true, false));
        let short = [(10, 100), (240, 100), (240, 200), (10, 200)];
        assert_eq!(settled((150, 150), &short, true).color, Some(1));
    }

    #[test]
    fn what_reaches_beyond_the_fabric_counts_for_nobody_who_stands_here() {
        let out = [(900, 100), (2000, 100), (2000, 200), (900, 200)];
        assert_eq!(settled((1500, 150), &out, true).color, Some(1));
        assert_eq!(settled((1500, 150), &out, false).color, None);
    }

    #[test]
    fn halves_are_a_tie_for_the_lower_code() {
        let half = [(200, 100), (300, 100), (300, 200), (200, 200)];
        let found = settled((250, 150), &half, true);
        assert_eq!((found.color, found.is_on_edge), (Some(1), true));
    }

    /// An edge that runs a hair beside a border for its whole length, against plain arithmetic.
    #[test]
    fn edges_beside_a_border_cost_their_own_sliver() {
        for by in -3..=3 {
            let beside = [(250 + by, 100), (740, 100), (740, 900), (251 + by, 900)];
            let found = settled((400, 500), &beside, true);
            assert_eq!((found.color, found.straddles), (Some(2), false), "{by}");
        }
    }
}
