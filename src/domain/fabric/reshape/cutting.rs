//! Lines and the seams near them as one net, with the old cell each of its faces lies in.
//!
//! Every segment knows where it comes from, so after rounding a link still knows whether it is a seam, a
//! line, or both. An old edge that no line meets is left as it is, however near a pin of another may be.
//!
//! Near the tip of a wedge narrower than a step there is no room for a crossing: a line that would cross there goes
//! through the tip instead, at most a metre aside.
//!
//! **Why** cells two rings around the lines: a line bends seams of the cells it meets, and what a bent seam
//! might run into belongs to the cells across it.

use std::collections::HashMap;

use super::{CutLine, Fault};
use crate::domain::fabric::weave::{Faces, Net, bends, keep_odd, key_of, number};
use crate::domain::fabric::{Barrier, Fabric, SeamId};
use crate::domain::ids::CellId;
use crate::domain::place::{Extent, Pin};

/// A number no cell has: stands for the inside of an area that is drawn.
const AREA: u32 = u32::MAX;

/// A line may be led aside by this many steps, about a metre, to the tip of a narrow wedge.
const LONGEST_DETOUR: i32 = 100;
/// In so many places.
const MOST_DETOURS: usize = 16;

/// What a link is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::domain::fabric) struct Label {
    /// Cells it bounds, by row, and [`AREA`] if it bounds that; ascending.
    parts: Vec<u32>,
    pub is_seam: bool,
    pub is_line: bool,
    /// A seam of a cell that lines may divide, or a line.
    pub is_touched: bool,
    pub barrier: Barrier,
    /// The cells a line is confined to; empty for no limit.
    pub within: Vec<CellId>,
}

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

/// An edge of an old seam with pins put in.
pub(in crate::domain::fabric) struct BentEdge {
    /// From first to last.
    pub chain: Vec<Pin>,
    pub is_outer: bool,
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

/// Edges of seams, then edges of lines.
struct Segments {
    ends: Vec<[Pin; 2]>,
    /// For each edge of a seam that seam, for each edge of a line the row of the line.
    origin: Vec<u32>,
    n_old: usize,
}

/// Pins along each segment.
struct Chains {
    pins: Vec<Pin>,
    /// One longer than the segments.
    starts: Vec<u32>,
}

impl Chains {
    fn range(&self, segment: usize) -> std::ops::Range<usize> {
        self.starts[segment] as usize..self.starts[segment + 1] as usize
    }
}

impl Segments {
    fn new(fabric: &Fabric, is_near: &[bool], lines: &[CutLine]) -> Self {
        let is_any = |cell: Option<CellId>| cell.is_some_and(|cell| is_near[cell.index()]);
        let (mut ends, mut origin) = (Vec::new(), Vec::new());
        for seam in fabric.seams().filter(|seam| is_any(seam.left) || is_any(seam.right)) {
            ends.extend(seam.pins.windows(2).map(|pair| [pair[0], pair[1]]));
            origin.resize(ends.len(), seam.id.get());
        }
        let n_old = ends.len();
        for (line_idx, line) in lines.iter().enumerate() {
            let pairs = line.pins.windows(2).map(|pair| [pair[0], pair[1]]);
            ends.extend(pairs.filter(|pair| pair[0] != pair[1]));
            origin.resize(ends.len(), line_idx as u32);
        }
        Self { ends, origin, n_old }
    }

    /// Lines bent through every pin they pass, seams only where a line meets them.
    fn chains(&self, lines: &[CutLine]) -> Result<Chains, Vec<Fault>> {
        let bends = bends(&self.ends).map_err(|_| {
            let longest = lines.iter().max_by_key(|line| line.pins.len());
            let place = longest.map(|line| line.pins[..1].to_vec()).unwrap_or_default();
            vec![Fault::new("edit.bad-line", place)]
        })?;
        let old: std::collections::HashSet<Pin> =
            self.ends[..self.n_old].iter().flatten().copied().collect();
        let on_lines = self.ends[self.n_old..].iter().flatten().copied();
        let mut new: Vec<Pin> = on_lines.filter(|pin| !old.contains(pin)).collect();
        let of_line = |segment: u32| segment as usize >= self.n_old;
        let crossed = bends.crossings.iter().filter(|(_, one, two)| of_line(*one) || of_line(*two));
        new.extend(crossed.map(|crossing| crossing.0));
        new.sort_unstable();
        new.dedup();
        let mut chains = Chains { pins: Vec::new(), starts: vec![0] };
        let mut hit = 0;
        for (segment, &[a, b]) in self.ends.iter().enumerate() {
            let first = hit;
            while bends.hits.get(hit).is_some_and(|found| found.0 as usize == segment) {
                hit += 1;
            }
            let hits = &bends.hits[first..hit];
            chains.pins.push(a);
            if segment >= self.n_old || hits.iter().any(|hit| new.binary_search(&hit.1).is_ok()) {
                let mut between: Vec<Pin> = hits.iter().map(|hit| hit.1).collect();
                crate::domain::fabric::weave::sort_along(a, b, &mut between);
                chains.pins.extend(between);
            }
            chains.pins.push(b);
            chains.starts.push(chains.pins.len() as u32);
        }
        Ok(chains)
    }

    fn courses(&self, n_lines: usize, chains: &Chains, number_of: &[u32]) -> Vec<Vec<u32>> {
        let mut courses = vec![Vec::new(); n_lines];
        for segment in self.n_old..self.ends.len() {
            let course: &mut Vec<u32> = &mut courses[self.origin[segment] as usize];
            course.extend(&number_of[chains.range(segment)]);
        }
        courses.iter_mut().for_each(Vec::dedup);
        courses
    }

    fn bent(&self, fabric: &Fabric, chains: &Chains) -> Vec<BentEdge> {
        let mut bent = Vec::new();
        for segment in 0..self.n_old {
            let range = chains.range(segment);
            if range.len() > 2 {
                let seam = fabric.seam(self.seam(segment));
                let is_outer = seam.left.is_none() || seam.right.is_none();
                bent.push(BentEdge { chain: chains.pins[range].to_vec(), is_outer });
            }
        }
        bent
    }

    fn seam(&self, segment: usize) -> SeamId {
        SeamId::new(self.origin[segment]).expect("seams are kept by their numbers, from 1")
    }
}

/// Where segments come from.
struct Origins<'a> {
    fabric: &'a Fabric,
    is_near: &'a [bool],
    is_touched: &'a [bool],
    lines: &'a [CutLine],
    is_area: bool,
}

/// Edges between two pins, each with the number of its label.
type Edges = Vec<([u32; 2], u32)>;

impl Origins<'_> {
    fn edges(
        &self,
        segments: &Segments,
        chains: &Chains,
        number_of: &[u32],
        pins: &[Pin],
    ) -> Result<(Edges, Vec<Label>), Vec<Fault>> {
        let mut records: Vec<(u64, u32)> = Vec::with_capacity(number_of.len());
        for segment in 0..segments.ends.len() {
            for pair in
                number_of[chains.range(segment)].windows(2).filter(|pair| pair[0] != pair[1])
            {
                let (low, high) = (pair[0].min(pair[1]), pair[0].max(pair[1]));
                records.push((u64::from(low) << 32 | u64::from(high), segment as u32));
            }
        }
        records.sort_unstable();
        let mut edges = Vec::with_capacity(records.len());
        let mut labels: Vec<Label> = Vec::new();
        let mut row_of: HashMap<Label, u32> = HashMap::new();
        let mut last_group: Option<(u32, u32)> = None;
        for group in records.chunk_by(|one, two| one.0 == two.0) {
            // Two edges bent onto each other: the ground between them would be lost, and pins with it.
            if let [(_, one), (_, two), ..] = *group
                && (one as usize) < segments.n_old
                && (two as usize) < segments.n_old
            {
                let place = [group[0].0 >> 32, group[0].0 & u64::from(u32::MAX)];
                let place = place.map(|pin| pins[pin as usize]).to_vec();
                return Err(vec![Fault::new("edit.too-tight", place)]);
            }
            let ends = [(group[0].0 >> 32) as u32, group[0].0 as u32];
            // Edges of one seam, or of one line, follow each other often.
            let origin = segments.origin[group[0].1 as usize];
            let key = origin << 1 | u32::from(group[0].1 as usize >= segments.n_old);
            if let (&[_], Some((last, row))) = (group, last_group)
                && last == key
            {
                edges.push((ends, row));
                continue;
            }
            let label = self.label(segments, group);
            let row = *row_of.entry(label).or_insert_with_key(|label| {
                labels.push(label.clone());
                labels.len() as u32 - 1
            });
            last_group = (group.len() == 1).then_some((key, row));
            edges.push((ends, row));
        }
        Ok((edges, labels))
    }

    /// The label of an edge that all of these segments run along.
    fn label(&self, segments: &Segments, group: &[(u64, u32)]) -> Label {
        let mut label = Label::default();
        let mut line_barrier = Barrier::None;
        let mut is_free = false;
        for &(_, segment) in group {
            let segment = segment as usize;
            if segment >= segments.n_old {
                let line = &self.lines[segments.origin[segment] as usize];
                label.is_line = true;
                label.is_touched = true;
                line_barrier = line_barrier.max(line.barrier);
                is_free |= line.within.is_none();
                label.within.extend(line.within);
                if self.is_area {
                    label.parts.push(AREA);
                }
            } else {
                let seam = self.fabric.seam(segments.seam(segment));
                label.is_seam = true;
                label.barrier = seam.barrier;
                for cell in [seam.left, seam.right].into_iter().flatten() {
                    if self.is_near[cell.index()] {
                        label.parts.push(cell.index() as u32);
                    }
                    label.is_touched |= self.is_touched[cell.index()];
                }
            }
        }
        keep_odd(&mut label.parts);
        if !label.is_seam {
            label.barrier = line_barrier;
        }
        if is_free || label.is_seam {
            label.within.clear();
        }
        label.within.sort_unstable();
        label.within.dedup();
        label
    }
}
