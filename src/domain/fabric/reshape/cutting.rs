//! Lines and the seams near them as one net, with the old cell each of its faces lies in.
//!
//! Near the tip of a wedge narrower than a step there is no room for a crossing: a line that would cross there goes
//! through the tip instead, at most a metre aside.
//!
//! **Why** cells two rings around the lines: a line bends seams of the cells it meets, and what a bent seam
//! might run into belongs to the cells across it.

use super::trace::{AREA, BentEdge, Label, Origins, Segments};
use super::{CutLine, Fault};
use crate::domain::fabric::Fabric;
use crate::domain::fabric::weave::{Faces, Net, key_of, number};
use crate::domain::ids::CellId;
use crate::domain::place::{Extent, Pin};

/// A line may be led aside by this many steps, about a metre, to the tip of a narrow wedge.
const LONGEST_DETOUR: i32 = 100;
/// In so many places.
const MOST_DETOURS: usize = 16;

/// The ground near some lines, taken apart.
pub(in crate::domain::fabric) struct Cutting<'a> {
    pub fabric: &'a Fabric,
    /// For each cell of the fabric whether a line may divide it.
    pub is_touched: Vec<bool>,
    /// For each cell whether its seams are in the net.
    pub is_near: Vec<bool>,
    pub net: Net,
    pub faces: Faces,
    /// By label number.
    pub labels: Vec<Label>,
    /// For each face the cell it lies in; `None` beyond the near cells.
    pub parents: Vec<Option<CellId>>,
    /// For each face whether it is inside the area drawn.
    pub is_in_area: Vec<bool>,
    /// For each line the numbers of the pins along it.
    pub courses: Vec<Vec<u32>>,
    /// Old edges with pins put in: their ends, whether they lie on the outer border, and the pins.
    pub bent: Vec<BentEdge>,
    /// Ends of touched seams that stay ends, sorted.
    pub knots: Vec<Pin>,
}

impl<'a> Cutting<'a> {
    /// With `is_area` the lines are rings of an area, and each closes by itself.
    pub fn new(fabric: &'a Fabric, lines: &[CutLine], is_area: bool) -> Result<Self, Vec<Fault>> {
        Self::with(fabric, lines, is_area, |_| false)
    }

    /// The same with the cells that `is_wanted` picks in the net, near the lines or not.
    pub fn with(
        fabric: &'a Fabric,
        lines: &[CutLine],
        is_area: bool,
        is_wanted: impl Fn(CellId) -> bool,
    ) -> Result<Self, Vec<Fault>> {
        let mut lines = lines.to_vec();
        for line in lines.iter_mut().filter(|_| is_area) {
            line.pins.extend(line.pins.first().copied());
        }
        let mut n_left = MOST_DETOURS;
        loop {
            match Self::once(fabric, &lines, is_area, &is_wanted) {
                Err(faults) if n_left > 0 && detour(fabric, &mut lines, &faults) => n_left -= 1,
                outcome => return outcome,
            }
        }
    }

    fn once(
        fabric: &'a Fabric,
        lines: &[CutLine],
        is_area: bool,
        is_wanted: impl Fn(CellId) -> bool,
    ) -> Result<Self, Vec<Fault>> {
        let is_touched = touched_cells(fabric, lines);
        let mut is_near = with_neighbors(fabric, &is_touched);
        for cell in fabric.cells().filter(|&cell| is_wanted(cell)) {
            is_near[cell.index()] = true;
        }
        let segments = Segments::new(fabric, &is_near, lines);
        let chains = segments.chains(lines)?;
        let (pins, number_of) = number(
            chains.pins.iter().enumerate().map(|(slot, &pin)| (key_of(pin), slot as u32)).collect(),
        );
        let parts_of =
            Origins { fabric, is_near: &is_near, is_touched: &is_touched, lines, is_area };
        let (edges, labels) = parts_of.edges(&segments, &chains, &number_of, &pins)?;
        let parts = labels.iter().map(|label| label.parts.clone()).collect();
        let net = Net::of_edges(pins, &edges, parts);
        let faces = Faces::new(&net);
        let mut parents = Vec::with_capacity(faces.len());
        let mut is_in_area = Vec::with_capacity(faces.len());
        for (face, cover) in faces.covers.iter().enumerate() {
            let cells = cover.iter().filter(|&&part| part != AREA);
            let mut cells = cells.map(|&row| CellId::from_index(row as usize));
            parents.push(cells.next());
            is_in_area.push(cover.last() == Some(&AREA));
            if cells.next().is_some() {
                return Err(vec![Fault::new("edit.too-tight", faces.ring(&net, face as u32))]);
            }
        }
        let courses = segments.courses(lines.len(), &chains, &number_of);
        let bent = segments.bent(fabric, &chains);
        let knots = knots(fabric, &is_touched);
        Ok(Self {
            fabric,
            is_touched,
            is_near,
            net,
            faces,
            labels,
            parents,
            is_in_area,
            courses,
            bent,
            knots,
        })
    }

    pub fn label(&self, link: usize) -> &Label {
        &self.labels[self.net.label_of[link] as usize]
    }

    pub fn pins(&self, link: usize) -> impl DoubleEndedIterator<Item = Pin> + '_ {
        self.net.path(link).iter().map(|&pin| self.net.pins[pin as usize])
    }

    /// Faces at the left and at the right of a link.
    pub fn sides(&self, link: usize) -> [u32; 2] {
        [self.faces.face_of[2 * link], self.faces.face_of[2 * link + 1]]
    }
}

/// Where a line crosses a wedge closer to its tip than the wedge is wide in steps, it goes through the tip. Whether
/// any line was so changed.
fn detour(fabric: &Fabric, lines: &mut [CutLine], faults: &[Fault]) -> bool {
    let [Fault { place, .. }] = faults else { return false };
    let &[one, two] = &place[..] else { return false };
    let is_old = |pin: Pin| fabric.seams().any(|seam| seam.pins.contains(&pin));
    let (tip, crossing) = match (is_old(one), is_old(two)) {
        (true, false) => (one, two),
        (false, true) => (two, one),
        _ => return false,
    };
    if !Extent::of(&[tip]).grown(LONGEST_DETOUR).holds(crossing) {
        return false;
    }
    let mut is_changed = false;
    for line in lines {
        let passes = |pair: &[Pin]| {
            !pair.contains(&tip)
                && !pair.contains(&crossing)
                && is_beside(crossing, pair[0], pair[1])
        };
        let found = line.pins.windows(2).position(passes);
        if let Some(before) = found {
            line.pins.insert(before + 1, tip);
            is_changed = true;
        }
    }
    is_changed
}

/// Whether the segment comes within a step of `pin`.
fn is_beside(pin: Pin, a: Pin, b: Pin) -> bool {
    let minus = |to: Pin, from: Pin| {
        (f64::from(to.x) - f64::from(from.x), f64::from(to.y) - f64::from(from.y))
    };
    let ((ex, ey), (px, py)) = (minus(b, a), minus(pin, a));
    Extent::of(&[a, b]).grown(1).holds(pin) && (ex * py - ey * px).abs() <= ex.hypot(ey)
}

/// Cells whose box comes within two steps of a segment of a line that may cut them.
fn touched_cells(fabric: &Fabric, lines: &[CutLine]) -> Vec<bool> {
    let mut boxes = vec![Extent::EMPTY; fabric.n_cells()];
    for seam in fabric.seams() {
        let extent = Extent::of(seam.pins);
        for cell in [seam.left, seam.right].into_iter().flatten() {
            boxes[cell.index()] = boxes[cell.index()].union(&extent);
        }
    }
    let mut is_touched = vec![false; fabric.n_cells()];
    for line in lines.iter().filter(|line| line.pins.len() >= 2) {
        let around = Extent::of(&line.pins).grown(2);
        for (cell_idx, extent) in boxes.iter().enumerate() {
            let is_met = || {
                let mut pairs = line.pins.windows(2);
                pairs.any(|pair| Extent::of(pair).grown(2).meets(extent))
            };
            if !is_touched[cell_idx] && extent.meets(&around) && is_met() {
                is_touched[cell_idx] = true;
            }
        }
    }
    is_touched
}

fn with_neighbors(fabric: &Fabric, is_touched: &[bool]) -> Vec<bool> {
    let mut is_near = is_touched.to_vec();
    for seam in fabric.seams() {
        if let (Some(left), Some(right)) = (seam.left, seam.right)
            && (is_touched[left.index()] || is_touched[right.index()])
        {
            is_near[left.index()] = true;
            is_near[right.index()] = true;
        }
    }
    is_near
}

/// Ends of touched seams, but for the start of a loop that has no knot.
fn knots(fabric: &Fabric, is_touched: &[bool]) -> Vec<Pin> {
    let is_any = |cell: Option<CellId>| cell.is_some_and(|cell| is_touched[cell.index()]);
    let mut knots = Vec::new();
    let mut loops: Vec<Pin> = Vec::new();
    for seam in fabric.seams().filter(|seam| is_any(seam.left) || is_any(seam.right)) {
        let [first, last] = [seam.pins[0], seam.pins[seam.pins.len() - 1]];
        if first == last { loops.push(first) } else { knots.extend([first, last]) }
    }
    loops.sort_unstable();
    if !loops.is_empty() {
        // A loop begins at a knot if any other seam ends there, be it far from the lines.
        for seam in fabric.seams() {
            let [first, last] = [seam.pins[0], seam.pins[seam.pins.len() - 1]];
            if first != last {
                let ends = [first, last].into_iter();
                knots.extend(ends.filter(|end| loops.binary_search(end).is_ok()));
            }
        }
        let twice = loops.windows(2).filter(|pair| pair[0] == pair[1]);
        knots.extend(twice.map(|pair| pair[0]));
    }
    knots.sort_unstable();
    knots.dedup();
    knots
}
