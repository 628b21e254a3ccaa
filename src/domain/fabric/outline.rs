//! Cells and groups of cells as rings, with their areas, lengths and places for a label.
//!
//! Rings are walked along seams, so two neighbours show the very same pins. Outer rings run counter-
//! clockwise, holes clockwise, and no ring visits a pin twice: where ground touches itself in one pin
//! its rings part there.
//!
//! Rings can also be put together from *thinned* seams: [`Rings`] is walked once and takes the chain of
//! each seam from its caller. What is put in for a seam appears at both its sides, so neighbours that
//! are thinned seam by seam share every point. A thinned ring may collapse; its user drops it then.
//!
//! **Why** outlines are never stored: a fabric is small, and a stored outline could disagree with it.

use std::collections::{BTreeMap, HashMap};

use super::{Fabric, Seam, Side};
use crate::domain::ids::{CellId, SeamId};
use crate::domain::measure::{Area, Length};
use crate::domain::place::{
    Pin, Polygon, area_under, chain_meters, is_inside, signed_area_x2, turn,
};

/// The borders of groups of cells as closed walks along seams.
///
/// In a walk each [`Side`] says how its seam is followed: forward if `is_left`, else backward, so that
/// the group always lies at the left. Neighbouring cells of one group are merged.
#[derive(Clone, Debug, Default)]
pub struct Rings {
    /// Group of each walk, ascending.
    groups: Vec<u32>,
    /// One longer than `groups`.
    starts: Vec<u32>,
    sides: Vec<Side>,
}

impl Rings {
    /// Walks around all groups. `group_of` says which group a cell is in; `None` leaves it out.
    /// Cost: O(seams log seams), whatever the number of pins.
    pub fn new(fabric: &Fabric, group_of: impl Fn(CellId) -> Option<u32>) -> Self {
        let mut sides: Vec<(u32, Side)> = Vec::new();
        for seam in fabric.seams() {
            let group = |cell: Option<CellId>| cell.and_then(&group_of);
            let (left, right) = (group(seam.left), group(seam.right));
            if left != right {
                let side = |is_left| Side { seam: seam.id, is_left };
                sides.extend(left.map(|group| (group, side(true))));
                sides.extend(right.map(|group| (group, side(false))));
            }
        }
        sides.sort_unstable_by_key(|&(group, side)| (group, side.seam, side.is_left));
        let mut rings = Self { groups: Vec::new(), starts: vec![0], sides: Vec::new() };
        for group in sides.chunk_by(|one, two| one.0 == two.0) {
            rings.walk(fabric, group);
        }
        rings
    }

    /// Joins the sides of one group to closed walks.
    fn walk(&mut self, fabric: &Fabric, group: &[(u32, Side)]) {
        let ends: Vec<Ends> = group.iter().map(|&(_, side)| Ends::of(fabric, side)).collect();
        let mut by_start: Vec<(Pin, u32)> =
            ends.iter().enumerate().map(|(i, ends)| (ends.start, i as u32)).collect();
        by_start.sort_unstable();
        let mut is_used = vec![false; group.len()];
        let mut path: Vec<usize> = Vec::new();
        for first in 0..group.len() {
            let mut at = first;
            path.clear();
            while !is_used[at] {
                is_used[at] = true;
                path.push(at);
                let Ends { end, before, .. } = ends[at];
                let from = by_start.partition_point(|entry| entry.0 < end);
                let leaving = by_start[from..].iter().take_while(|entry| entry.0 == end);
                // The first one clockwise bounds the same wedge of ground.
                let next = leaving.map(|entry| entry.1 as usize).min_by(|&one, &two| {
                    clockwise(end, before, ends[one].second, ends[two].second)
                });
                at = next.unwrap_or(first);
            }
            self.part(group, &ends, &path);
        }
    }

    /// Takes a walk apart wherever it comes back to a pin, so that each ring visits a pin once.
    fn part(&mut self, group: &[(u32, Side)], ends: &[Ends], path: &[usize]) {
        let mut open: Vec<usize> = Vec::new();
        let mut place_of: HashMap<Pin, usize> = HashMap::new();
        for &at in path {
            place_of.insert(ends[at].start, open.len());
            open.push(at);
            if let Some(&from) = place_of.get(&ends[at].end) {
                for &side in &open[from..] {
                    place_of.remove(&ends[side].start);
                    self.sides.push(group[side].1);
                }
                open.truncate(from);
                self.groups.push(group[at].0);
                self.starts.push(self.sides.len() as u32);
            }
        }
    }

    /// All rings: their group (ascending) and the sides around them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, &[Side])> {
        self.groups.iter().enumerate().map(|(i, &group)| {
            (group, &self.sides[self.starts[i] as usize..self.starts[i + 1] as usize])
        })
    }

    /// The rings of one group. Cost: O(log rings).
    pub fn of(&self, group: u32) -> impl Iterator<Item = &[Side]> {
        let first = self.groups.partition_point(|&other| other < group);
        let count = self.groups[first..].iter().take_while(|&&other| other == group).count();
        (first..first + count)
            .map(|i| &self.sides[self.starts[i] as usize..self.starts[i + 1] as usize])
    }

    /// Polygons of one group in full detail. Cost: O(its pins).
    pub fn polygons_of(&self, fabric: &Fabric, group: u32) -> Vec<Polygon> {
        nested(self.of(group).map(|sides| ring(sides, |seam| fabric.seam(seam).pins)))
    }

    /// Polygons of each group in full detail, groups ascending.
    pub fn polygons(&self, fabric: &Fabric) -> Vec<(u32, Vec<Polygon>)> {
        let rings: Vec<(u32, Vec<Pin>)> = self
            .iter()
            .map(|(group, sides)| (group, ring(sides, |seam| fabric.seam(seam).pins)))
            .collect();
        rings
            .chunk_by(|one, two| one.0 == two.0)
            .map(|group| (group[0].0, nested(group.iter().map(|(_, ring)| ring.clone()))))
            .collect()
    }
}

/// Pins around a walk, the first not repeated; `chain_of` gives the pins of a seam from first to last.
pub fn ring<'a>(sides: &[Side], chain_of: impl Fn(SeamId) -> &'a [Pin]) -> Vec<Pin> {
    let mut pins = Vec::new();
    for side in sides {
        let chain = chain_of(side.seam);
        let n = chain.len().saturating_sub(1);
        if side.is_left {
            pins.extend_from_slice(&chain[..n]);
        } else {
            pins.extend(chain[chain.len() - n..].iter().rev());
        }
    }
    pins
}

/// Polygons of the cells that `is_in` picks, merged.
pub fn outline(fabric: &Fabric, is_in: impl Fn(CellId) -> bool) -> Vec<Polygon> {
    let groups = outlines(fabric, |cell| is_in(cell).then_some(0));
    groups.into_iter().next().map(|(_, polygons)| polygons).unwrap_or_default()
}

/// Polygons of all groups of cells in one pass, groups ascending.
pub fn outlines(
    fabric: &Fabric,
    group_of: impl Fn(CellId) -> Option<u32>,
) -> Vec<(u32, Vec<Polygon>)> {
    Rings::new(fabric, group_of).polygons(fabric)
}

/// First, second, last but one and last pin of a seam as followed by a side.
#[derive(Clone, Copy)]
struct Ends {
    start: Pin,
    second: Pin,
    before: Pin,
    end: Pin,
}

impl Ends {
    fn of(fabric: &Fabric, side: Side) -> Self {
        let pins = fabric.seam(side.seam).pins;
        let n = pins.len();
        if side.is_left {
            Self { start: pins[0], second: pins[1], before: pins[n - 2], end: pins[n - 1] }
        } else {
            Self { start: pins[n - 1], second: pins[n - 2], before: pins[1], end: pins[0] }
        }
    }
}

/// Which of two directions from `knot` comes first when turning clockwise from `from`.
fn clockwise(knot: Pin, from: Pin, a: Pin, b: Pin) -> std::cmp::Ordering {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let half = |pin: Pin| match turn(knot, from, pin) {
        Less => 0,
        // Straight on is half a turn; the way back is a whole one.
        Equal => {
            if is_ahead(knot, from, pin) {
                3
            } else {
                1
            }
        }
        Greater => 2,
    };
    half(a).cmp(&half(b)).then_with(|| turn(knot, a, b))
}

/// Whether two directions on one line are the same.
fn is_ahead(knot: Pin, a: Pin, b: Pin) -> bool {
    (a.x > knot.x) == (b.x > knot.x)
        && (a.x < knot.x) == (b.x < knot.x)
        && (a.y > knot.y) == (b.y > knot.y)
        && (a.y < knot.y) == (b.y < knot.y)
}

/// Rings sorted into polygons: each hole goes to the smallest ring around it.
fn nested(rings: impl Iterator<Item = Vec<Pin>>) -> Vec<Polygon> {
    let (mut outer, mut holes) = (Vec::new(), Vec::new());
    for ring in rings {
        let area = signed_area_x2(&ring);
        if area > 0 {
            outer.push((area, Polygon { rings: vec![ring] }));
        } else {
            holes.push(ring);
        }
    }
    // Smallest first, so that the first ring around a hole is its own.
    outer.sort_by_key(|&(area, _)| area);
    for hole in holes {
        let is_around = |polygon: &Polygon| {
            let whole = Polygon { rings: vec![polygon.rings[0].clone()] };
            hole.iter().find_map(|&pin| is_inside(&whole, pin)).unwrap_or(false)
        };
        if let Some((_, polygon)) = outer.iter_mut().find(|(_, polygon)| is_around(polygon)) {
            polygon.rings.push(hole);
        }
    }
    outer.reverse();
    outer.into_iter().map(|(_, polygon)| polygon).collect()
}

/// Area of one cell. Cost: O(pins around it).
pub fn cell_area(fabric: &Fabric, cell: CellId) -> Area {
    let sum: f64 = fabric
        .sides(cell)
        .iter()
        .map(|side| {
            let area = area_beside(fabric.seam(side.seam));
            if side.is_left { area } else { -area }
        })
        .sum();
    Area::from_square_meters(sum)
}

/// Area of every cell. Rounded once per cell, so any sum of cells is exact whatever its order.
pub fn areas(fabric: &Fabric) -> Vec<Area> {
    let beside: Vec<f64> = fabric.seams().map(area_beside).collect();
    fabric
        .cells()
        .map(|cell| {
            let sides = fabric.sides(cell).iter().map(|side| {
                let area = beside[side.seam.index()];
                if side.is_left { area } else { -area }
            });
            Area::from_square_meters(sides.sum())
        })
        .collect()
}

/// What a seam adds to the area of the cell at its left.
pub fn area_beside(seam: Seam) -> f64 {
    seam.pins.windows(2).map(|pair| area_under(pair[0], pair[1])).sum()
}

/// Length of a seam, rounded once.
pub fn seam_length(seam: Seam) -> Length {
    Length::from_meters(chain_meters(seam.pins))
}

/// Length of the border of the cells that `is_in` picks, holes included.
pub fn perimeter(fabric: &Fabric, is_in: impl Fn(CellId) -> bool) -> Length {
    let is_in = |cell: Option<CellId>| cell.is_some_and(&is_in);
    fabric.seams().filter(|seam| is_in(seam.left) != is_in(seam.right)).map(seam_length).sum()
}

/// Length of the border between each two groups of cells that meet, the lower group first.
pub fn borders(
    fabric: &Fabric,
    group_of: impl Fn(CellId) -> Option<u32>,
) -> BTreeMap<(u32, u32), Length> {
    let mut borders = BTreeMap::new();
    for seam in fabric.seams() {
        let (left, right) = (seam.left.and_then(&group_of), seam.right.and_then(&group_of));
        if let (Some(left), Some(right)) = (left, right)
            && left != right
        {
            *borders.entry((left.min(right), left.max(right))).or_default() += seam_length(seam);
        }
    }
    borders
}
