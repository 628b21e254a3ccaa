//! Base cells: what a planner paints with. Barriers cut the ground, then each building gets what is nearest.
//!
//! First the fabric is cut along roads, rails, waters and walls. Inside each enclosure so made, the ground
//! nearest to each building is its cell: a Voronoi diagram of points along the footprints, merged by building,
//! its borders thinned and put in by [`super::reshape::cut`]. So old seams are kept exactly, no cell reaches across
//! a barrier, and whatever `f64` said about nearness, the fabric is sewn in integers.
//! Source: M. Fleischmann and others, "Morphological tessellation as a way of partitioning space", 2020, and the
//! enclosed tessellation of momepy.
//!
//! Files: `outline` (footprints to points), `borders` (points to lines), `confine` (lines kept to their enclosure).
//!
//! **Why** points along outlines and not their centres: cells of long blocks would reach into their neighbours.

mod borders;
mod confine;
mod outline;

use std::collections::BTreeMap;

use self::borders::borders;
use self::confine::Enclosures;
use self::outline::{Ground, Sample, samples};
use super::blocks::Blocks;
use super::many::locate_all;
use super::reshape::{CutLine, Cutting, Fault, Recut, both_inserts};
use super::stitch::Insert;
use super::weave::Sets;
use super::{Barrier, Fabric, Spot};
use crate::domain::ids::CellId;
use crate::domain::place::{Extent, Pin, Polygon, chain_meters};

/// A building, or what else gets a cell.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// May be empty: then it is a point.
    pub footprint: &'a [Polygon],
    /// Decides which enclosure it stands in, and lies in its cell.
    pub pin: Pin,
}

/// A fabric of base cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tessellated {
    pub fabric: Fabric,
    /// For each cell the cell of the base fabric it lies in; ascending.
    pub parents: Vec<CellId>,
    /// For each site the cell that holds its pin; sites that cannot be told apart share one. `None` outside.
    pub site_cell: Vec<Option<CellId>>,
    /// Pins put into edges of the outer border: (from, to, new), for [`super::stitch`].
    pub inserted: Vec<Insert>,
}

/// Enclosures with less ground, in square metres, are joined to a neighbour.
const SMALLEST: f64 = 1.0;
/// So are those narrower than this many metres, by the width of a strip of their area and perimeter.
const NARROWEST: f64 = 0.5;
/// How often lines are left out where ground is too tight, before all are.
const ROUNDS: usize = 8;

/// Cuts `base` into base cells. Total: where a line would break narrow ground it is left out.
///
/// `barriers` may reach beyond the base, cross, and end anywhere; what encloses nothing vanishes. Enclosures
/// without a site stay one cell. The outcome depends on nothing but the input. Cost: O(n log n) in pins
/// and points, about 0.1 s for 1,000 buildings.
pub fn tessellate(base: &Fabric, sites: &[Site], barriers: &[(Vec<Pin>, Barrier)]) -> Tessellated {
    let ground = Ground::new(base.extent());
    let lines = barriers.iter().map(|(pins, barrier)| CutLine {
        pins: pins.clone(),
        barrier: *barrier,
        within: None,
    });
    let enclosed = cut_with_care(base, lines.collect(), |cutting| {
        Ok(cutting.sew_faces(joins(cutting, &ground))?.0)
    });
    let enclosed = enclosed.unwrap_or_else(|| whole(base));
    let sited = Sited::new(&enclosed.fabric, sites);
    let enclosures = Enclosures::new(&enclosed.fabric, &sited.blocks, &ground);
    let lines = sited.by_enclosure.iter().flat_map(|(&cell, standing)| {
        let points = samples(sites, standing, &ground);
        enclosures.confined(cell, borders(&points))
    });
    let divided =
        cut_with_care(&enclosed.fabric, lines.collect(), |cutting| divide(cutting, &sited));
    let (recut, site_cell) =
        divided.unwrap_or_else(|| (whole(&enclosed.fabric), sited.enclosure_of.clone()));
    Tessellated {
        fabric: recut.fabric,
        parents: recut.parents.iter().map(|cell| enclosed.parents[cell.index()]).collect(),
        site_cell,
        inserted: both_inserts(&enclosed.inserted, &recut.inserted),
    }
}

fn whole(fabric: &Fabric) -> Recut {
    Recut { fabric: fabric.clone(), parents: fabric.cells().collect(), inserted: Vec::new() }
}

/// Cuts and sews, leaving out the lines near each fault; `None` if that does not help.
fn cut_with_care<T>(
    fabric: &Fabric,
    mut lines: Vec<CutLine>,
    sew: impl Fn(&Cutting) -> Result<T, Vec<Fault>>,
) -> Option<T> {
    for _ in 0..ROUNDS {
        let faults = match Cutting::new(fabric, &lines, false).and_then(|cutting| sew(&cutting)) {
            Ok(sewn) => return Some(sewn),
            Err(faults) => faults,
        };
        let places: Vec<Extent> =
            faults.iter().map(|fault| Extent::of(&fault.place).grown(2)).collect();
        let is_near = |line: &CutLine| {
            let mut pairs = line.pins.windows(2);
            pairs.any(|pair| places.iter().any(|place| place.meets(&Extent::of(pair))))
        };
        let n_before = lines.len();
        lines.retain(|line| !is_near(line));
        if lines.len() == n_before {
            return None;
        }
    }
    None
}

/// Which faces are one: a face too small or narrow to be a cell, and the neighbour it shares most border with.
fn joins(cutting: &Cutting, ground: &Ground) -> impl Fn(u32, u32) -> bool {
    let n_faces = cutting.faces.len();
    let mut perimeter = vec![0.0f64; n_faces];
    let mut shared: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for link in 0..cutting.net.n_links() {
        let [left, right] = cutting.sides(link);
        if left == right {
            continue;
        }
        let pins: Vec<Pin> =
            cutting.net.path(link).iter().map(|&pin| cutting.net.pins[pin as usize]).collect();
        let meters = chain_meters(&pins);
        perimeter[left as usize] += meters;
        perimeter[right as usize] += meters;
        if !cutting.label(link).is_seam {
            *shared.entry((left, right)).or_default() += meters;
            *shared.entry((right, left)).or_default() += meters;
        }
    }
    let is_sliver = |face: u32| {
        let area = ground.square_meters(cutting.faces.area_x2[face as usize]);
        area < SMALLEST || 2.0 * area < NARROWEST * perimeter[face as usize]
    };
    let mut heir: Vec<Option<(f64, u32)>> = vec![None; n_faces];
    for (&(face, other), &meters) in &shared {
        let best = &mut heir[face as usize];
        // Of equal ones the lower face.
        if is_sliver(face) && best.is_none_or(|(most, _)| meters > most) {
            *best = Some((meters, other));
        }
    }
    let is_heir =
        move |face: u32, other: u32| heir[face as usize].is_some_and(|best| best.1 == other);
    move |one, two| is_heir(one, two) || is_heir(two, one)
}

/// Sites by the enclosure they stand in.
struct Sited {
    blocks: Blocks,
    pins: Vec<Pin>,
    /// For each site its enclosure.
    enclosure_of: Vec<Option<CellId>>,
    by_enclosure: BTreeMap<CellId, Vec<u32>>,
}

impl Sited {
    fn new(fabric: &Fabric, sites: &[Site]) -> Self {
        let blocks = Blocks::new(fabric);
        let pins: Vec<Pin> = sites.iter().map(|site| site.pin).collect();
        let enclosure_of = cells_at(fabric, &blocks, &pins);
        let mut by_enclosure: BTreeMap<CellId, Vec<u32>> = BTreeMap::new();
        for (site, cell) in enclosure_of.iter().enumerate() {
            if let Some(cell) = cell {
                by_enclosure.entry(*cell).or_default().push(site as u32);
            }
        }
        Self { blocks, pins, enclosure_of, by_enclosure }
    }
}

/// The cell of each pin; on a seam the one at its left, or its right where there is none.
fn cells_at(fabric: &Fabric, blocks: &Blocks, pins: &[Pin]) -> Vec<Option<CellId>> {
    let cell = |spot: Spot| match spot {
        Spot::In(cell) => Some(cell),
        Spot::On(seam) => {
            let seam = fabric.seam(seam);
            seam.left.or(seam.right)
        }
        Spot::Outside => None,
    };
    locate_all(fabric, blocks, pins).into_iter().map(cell).collect()
}

/// Cuts enclosures along the borders; pieces without a site go to a neighbour that has one.
fn divide(cutting: &Cutting, sited: &Sited) -> Result<(Recut, Vec<Option<CellId>>), Vec<Fault>> {
    let (fine, fine_cell_of) = cutting.sew_faces(|_, _| false)?;
    let site_cell = cells_at(&fine.fabric, &Blocks::new(&fine.fabric), &sited.pins);
    let group_of = grouped(&fine, &site_cell);
    let group = |face: u32| fine_cell_of[face as usize].map(|cell| group_of[cell.index()]);
    let (recut, cell_of) = cutting.sew_faces(|one, two| group(one) == group(two))?;
    // From pieces to the cells they became part of.
    let mut cell_of_fine: Vec<Option<CellId>> = vec![None; fine.fabric.n_cells()];
    for (before, after) in fine_cell_of.iter().zip(&cell_of) {
        if let (Some(before), Some(after)) = (before, after) {
            cell_of_fine[before.index()] = Some(*after);
        }
    }
    // A cell no line came near is one piece, before and after.
    let mut whole = vec![None; cutting.fabric.n_cells()];
    for (cell_idx, parent) in recut.parents.iter().enumerate() {
        whole[parent.index()] = Some(CellId::from_index(cell_idx));
    }
    let last =
        |cell: CellId| cell_of_fine[cell.index()].or(whole[fine.parents[cell.index()].index()]);
    let site_cell = site_cell.into_iter().map(|cell| cell.and_then(last)).collect();
    Ok((recut, site_cell))
}

/// For each piece the number of its group. A piece without a site joins, inside its enclosure, the group with a
/// site it shares most border with; those that touch none wait for a neighbour to join.
fn grouped(fine: &Recut, site_cell: &[Option<CellId>]) -> Vec<u32> {
    let n_cells = fine.fabric.n_cells();
    let mut is_sited = vec![false; n_cells];
    site_cell.iter().flatten().for_each(|cell| is_sited[cell.index()] = true);
    let mut shared: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for seam in fine.fabric.seams() {
        let (Some(left), Some(right)) = (seam.left, seam.right) else { continue };
        let [left, right] = [left, right].map(CellId::index);
        if fine.parents[left] == fine.parents[right] && !(is_sited[left] && is_sited[right]) {
            let meters = chain_meters(seam.pins);
            *shared.entry((left as u32, right as u32)).or_default() += meters;
            *shared.entry((right as u32, left as u32)).or_default() += meters;
        }
    }
    let mut sets = Sets::new(n_cells);
    loop {
        let mut heirs: BTreeMap<u32, (f64, u32)> = BTreeMap::new();
        for (&(piece, other), &meters) in &shared {
            if !is_sited[piece as usize] && is_sited[other as usize] {
                let best = heirs.entry(piece).or_insert((meters, other));
                if meters > best.0 {
                    *best = (meters, other);
                }
            }
        }
        if heirs.is_empty() {
            break;
        }
        for (piece, (_, other)) in heirs {
            sets.join(piece, other);
            is_sited[piece as usize] = true;
        }
    }
    (0..n_cells as u32).map(|cell| sets.find(cell)).collect()
}

#[cfg(test)]
mod tests;
