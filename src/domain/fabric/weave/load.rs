//! Rings taken apart: every pin once, every edge once, with the polygons it bounds.
//!
//! Knows nothing of tolerance or crossings. An edge a polygon walks twice bounds nothing of it
//! (even-odd), so spikes vanish here and neither the start nor the direction of a ring matters.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Weave;
use crate::domain::place::{Pin, Polygon};

/// Stands for the parent's outline where the number of a shape is asked.
pub(super) const BOUNDARY: u32 = u32::MAX;

/// All rings of a weave as distinct pins and edges.
pub(super) struct Loose {
    /// Sorted, each once.
    pub pins: Vec<Pin>,
    /// Numbers of two pins, the lower first; sorted, each once.
    pub edges: Vec<[u32; 2]>,
    tag_starts: Vec<u32>,
    /// Parts (polygons) an edge bounds, ascending.
    tags: Vec<u32>,
    /// Which shape a part belongs to, or [`BOUNDARY`].
    pub part_owner: Vec<u32>,
    /// Shapes with an edge walked twice by one polygon.
    pub spiky: Vec<u32>,
}

impl Loose {
    /// Parts in `left_out` keep their number but bring no edges.
    pub fn new(weave: &Weave, left_out: &BTreeSet<u32>) -> Self {
        let mut part_owner = Vec::new();
        let mut slots: Vec<(u64, u32)> = Vec::new();
        let mut rings: Vec<(Range<u32>, u32)> = Vec::new();
        let mut add = |polygon: &Polygon, owner: u32| {
            let is_kept = !left_out.contains(&(part_owner.len() as u32));
            for ring in polygon.rings.iter().filter(|_| is_kept) {
                let start = slots.len() as u32;
                for &pin in ring {
                    slots.push((key_of(pin), slots.len() as u32));
                }
                rings.push((start..slots.len() as u32, part_owner.len() as u32));
            }
            part_owner.push(owner);
        };
        weave.boundary.into_iter().flatten().for_each(|polygon| add(polygon, BOUNDARY));
        for (shape_idx, shape) in weave.shapes.iter().enumerate() {
            shape.iter().for_each(|polygon| add(polygon, shape_idx as u32));
        }
        let (pins, number_of) = number(slots);
        let mut records: Vec<(u64, u32)> = Vec::with_capacity(number_of.len());
        for (range, part) in rings {
            let ring = &number_of[range.start as usize..range.end as usize];
            let mut from = ring.last().copied().unwrap_or(0);
            for &to in ring {
                if from != to {
                    records.push((u64::from(from.min(to)) << 32 | u64::from(from.max(to)), part));
                }
                from = to;
            }
        }
        Self::of_records(pins, part_owner, records)
    }

    fn of_records(pins: Vec<Pin>, part_owner: Vec<u32>, mut records: Vec<(u64, u32)>) -> Self {
        records.sort_unstable();
        let mut loose = Self {
            pins,
            edges: Vec::new(),
            tag_starts: vec![0],
            tags: Vec::with_capacity(records.len()),
            part_owner,
            spiky: Vec::new(),
        };
        let mut start = 0;
        while start < records.len() {
            let key = records[start].0;
            let n_before = loose.tags.len();
            while start < records.len() && records[start].0 == key {
                let part = records[start].1;
                if loose.tags[n_before..].last() == Some(&part) {
                    loose.tags.pop();
                    loose.spiky.push(loose.part_owner[part as usize]);
                } else {
                    loose.tags.push(part);
                }
                start += 1;
            }
            if loose.tags.len() > n_before {
                loose.edges.push([(key >> 32) as u32, key as u32]);
                loose.tag_starts.push(loose.tags.len() as u32);
            }
        }
        loose.spiky.sort_unstable();
        loose.spiky.dedup();
        loose
    }

    /// Parts that edge `edge` bounds.
    pub fn tags(&self, edge: usize) -> &[u32] {
        &self.tags[self.tag_starts[edge] as usize..self.tag_starts[edge + 1] as usize]
    }

    /// Shapes that edge `edge` bounds, perhaps one more than once.
    pub fn owners(&self, edge: usize) -> impl Iterator<Item = u32> + '_ {
        self.tags(edge).iter().map(|&part| self.part_owner[part as usize])
    }

    pub fn is_boundary(&self, edge: usize) -> bool {
        self.tags(edge).iter().any(|&part| self.part_owner[part as usize] == BOUNDARY)
    }

    /// For each pin the shapes that use it, ascending.
    pub fn users(&self) -> Users {
        let mut records = Vec::with_capacity(self.tags.len() * 2);
        for (edge_idx, ends) in self.edges.iter().enumerate() {
            for &part in self.tags(edge_idx) {
                let owner = self.part_owner[part as usize];
                for &pin in ends {
                    records.push(u64::from(pin) << 32 | u64::from(owner));
                }
            }
        }
        Users::new(records, self.pins.len())
    }
}

/// Which shapes use each pin.
pub(super) struct Users {
    starts: Vec<u32>,
    shapes: Vec<u32>,
}

impl Users {
    /// From (pin, shape) packed in one number each.
    pub fn new(mut records: Vec<u64>, n_pins: usize) -> Self {
        records.sort_unstable();
        records.dedup();
        let mut starts = vec![0u32; n_pins + 1];
        for &record in &records {
            starts[(record >> 32) as usize + 1] += 1;
        }
        for pin_idx in 0..n_pins {
            starts[pin_idx + 1] += starts[pin_idx];
        }
        Self { starts, shapes: records.into_iter().map(|record| record as u32).collect() }
    }

    pub fn of(&self, pin: u32) -> &[u32] {
        let pin = pin as usize;
        &self.shapes[self.starts[pin] as usize..self.starts[pin + 1] as usize]
    }
}

/// Whether two ascending lists have nothing in common.
pub(super) fn are_disjoint(a: &[u32], b: &[u32]) -> bool {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => return false,
        }
    }
    true
}

/// Distinct pins in order, and for each slot the number of its pin.
pub(in crate::domain::fabric) fn number(mut slots: Vec<(u64, u32)>) -> (Vec<Pin>, Vec<u32>) {
    slots.sort_unstable();
    let mut pins: Vec<Pin> = Vec::new();
    let mut number_of = vec![0u32; slots.len()];
    let mut last = None;
    for (key, slot) in slots {
        if last != Some(key) {
            pins.push(pin_of(key));
            last = Some(key);
        }
        number_of[slot as usize] = pins.len() as u32 - 1;
    }
    (pins, number_of)
}

/// A pin as one number with the same order.
pub(in crate::domain::fabric) fn key_of(pin: Pin) -> u64 {
    let flip = |v: i32| u64::from(v as u32 ^ 0x8000_0000);
    flip(pin.x) << 32 | flip(pin.y)
}

pub(super) fn pin_of(key: u64) -> Pin {
    let flip = |v: u64| (v as u32 ^ 0x8000_0000) as i32;
    Pin::new(flip(key >> 32), flip(key & 0xFFFF_FFFF))
}
