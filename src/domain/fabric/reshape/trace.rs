//! Where the edges of a cutting come from: seams and lines as segments, bent where they meet, and labelled.
//!
//! Every segment knows its origin, so after rounding an edge still knows whether it is a seam, a line, or
//! both. An old edge that no line meets is left as it is, however near a pin of another may be.

use std::collections::{HashMap, HashSet};

use super::{CutLine, Fault};
use crate::domain::fabric::weave::{bends, keep_odd, sort_along};
use crate::domain::fabric::{Barrier, Fabric};
use crate::domain::ids::{CellId, SeamId};
use crate::domain::place::Pin;

/// A number no cell has: stands for the inside of an area that is drawn.
pub(super) const AREA: u32 = u32::MAX;

/// What a link is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::domain::fabric) struct Label {
    /// Cells it bounds, by row, and [`AREA`] if it bounds that; ascending.
    pub parts: Vec<u32>,
    pub is_seam: bool,
    pub is_line: bool,
    /// A seam of a cell that lines may divide, or a line.
    pub is_touched: bool,
    pub barrier: Barrier,
    /// The cells a line is confined to; empty for no limit.
    pub within: Vec<CellId>,
}

/// An edge of an old seam with pins put in.
pub(in crate::domain::fabric) struct BentEdge {
    /// From first to last.
    pub chain: Vec<Pin>,
    pub is_outer: bool,
}

/// Edges of seams, then edges of lines.
pub(super) struct Segments {
    ends: Vec<[Pin; 2]>,
    /// For each edge of a seam that seam, for each edge of a line the row of the line.
    origin: Vec<u32>,
    n_old: usize,
}

/// Pins along each segment.
pub(super) struct Chains {
    pub pins: Vec<Pin>,
    /// One longer than the segments.
    starts: Vec<u32>,
}

impl Chains {
    fn range(&self, segment: usize) -> std::ops::Range<usize> {
        self.starts[segment] as usize..self.starts[segment + 1] as usize
    }
}

impl Segments {
    pub fn new(fabric: &Fabric, is_near: &[bool], lines: &[CutLine]) -> Self {
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
    pub fn chains(&self, lines: &[CutLine]) -> Result<Chains, Vec<Fault>> {
        let bends = bends(&self.ends).map_err(|_| {
            let longest = lines.iter().max_by_key(|line| line.pins.len());
            let place = longest.map(|line| line.pins[..1].to_vec()).unwrap_or_default();
            vec![Fault::new("edit.bad-line", place)]
        })?;
        let old: HashSet<Pin> = self.ends[..self.n_old].iter().flatten().copied().collect();
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
                sort_along(a, b, &mut between);
                chains.pins.extend(between);
            }
            chains.pins.push(b);
            chains.starts.push(chains.pins.len() as u32);
        }
        Ok(chains)
    }

    pub fn courses(&self, n_lines: usize, chains: &Chains, number_of: &[u32]) -> Vec<Vec<u32>> {
        let mut courses = vec![Vec::new(); n_lines];
        for segment in self.n_old..self.ends.len() {
            let course: &mut Vec<u32> = &mut courses[self.origin[segment] as usize];
            course.extend(&number_of[chains.range(segment)]);
        }
        courses.iter_mut().for_each(Vec::dedup);
        courses
    }

    pub fn bent(&self, fabric: &Fabric, chains: &Chains) -> Vec<BentEdge> {
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
pub(super) struct Origins<'a> {
    pub fabric: &'a Fabric,
    pub is_near: &'a [bool],
    pub is_touched: &'a [bool],
    pub lines: &'a [CutLine],
    pub is_area: bool,
}

/// Edges between two pins, each with the number of its label.
pub(super) type Edges = Vec<([u32; 2], u32)>;

impl Origins<'_> {
    pub fn edges(
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
