//! Noded chains joined into a net: links between knots, each with the polygons it bounds.
//!
//! A link is a maximal run of edges that bound the same polygons and pass no fork. Its two halves are
//! numbered 2·link (forward) and 2·link + 1 (backward).

use std::collections::HashMap;

use super::load::{Loose, key_of, number};
use super::snap::Chains;
use crate::domain::place::Pin;

pub(in crate::domain::fabric) struct Net {
    /// Sorted, each once.
    pub pins: Vec<Pin>,
    /// Numbers of pins along all links, one after the other.
    path: Vec<u32>,
    /// One longer than the links.
    starts: Vec<u32>,
    /// For each link the number of its label.
    pub label_of: Vec<u32>,
    /// Parts bounded, ascending, by label.
    pub labels: Vec<Vec<u32>>,
    /// Parts that walk an edge twice, after snapping and noding.
    pub cancelled: Vec<u32>,
}

impl Net {
    pub(super) fn new(loose: &Loose, chains: &Chains) -> Self {
        let slots = chains.pins.iter().enumerate();
        let (pins, number_of) =
            number(slots.map(|(slot, &pin)| (key_of(pin), slot as u32)).collect());
        let mut records: Vec<(u64, u32)> = Vec::with_capacity(number_of.len());
        for edge_idx in 0..loose.edges.len() {
            let range = chains.starts[edge_idx] as usize..chains.starts[edge_idx + 1] as usize;
            for pair in number_of[range].windows(2) {
                let (low, high) = (pair[0].min(pair[1]), pair[0].max(pair[1]));
                if low != high {
                    records.push((u64::from(low) << 32 | u64::from(high), edge_idx as u32));
                }
            }
        }
        records.sort_unstable();
        let mut labels = Labels::default();
        let mut edges: Vec<([u32; 2], u32)> = Vec::with_capacity(records.len());
        let mut parts: Vec<u32> = Vec::new();
        let mut cancelled = Vec::new();
        for group in records.chunk_by(|a, b| a.0 == b.0) {
            let key = group[0].0;
            let label = if let [(_, edge)] = group {
                labels.of(loose.tags(*edge as usize))
            } else {
                parts.clear();
                for &(_, edge) in group {
                    parts.extend_from_slice(loose.tags(edge as usize));
                }
                parts.sort_unstable();
                let twice = parts.windows(2).filter(|pair| pair[0] == pair[1]);
                cancelled.extend(twice.map(|pair| pair[0]));
                keep_odd(&mut parts);
                if parts.is_empty() {
                    continue;
                }
                labels.of(&parts)
            };
            edges.push(([(key >> 32) as u32, key as u32], label));
        }
        Self { cancelled, ..Self::of_edges(pins, &edges, labels.lists) }
    }

    /// From pins, sorted; edges between two of them, the lower first, sorted, each with the number of its label.
    pub fn of_edges(pins: Vec<Pin>, edges: &[([u32; 2], u32)], labels: Vec<Vec<u32>>) -> Self {
        let mut net = Self {
            pins,
            path: Vec::with_capacity(edges.len() + edges.len() / 8),
            starts: vec![0],
            label_of: Vec::new(),
            labels,
            cancelled: Vec::new(),
        };
        net.link(edges);
        net
    }

    pub fn n_links(&self) -> usize {
        self.label_of.len()
    }

    /// Numbers of pins along `link`, from its first to its last.
    pub fn path(&self, link: usize) -> &[u32] {
        &self.path[self.starts[link] as usize..self.starts[link + 1] as usize]
    }

    /// First pin of a half, its second pin.
    pub fn head(&self, half: u32) -> (u32, u32) {
        let path = self.path(half as usize / 2);
        if half.is_multiple_of(2) {
            (path[0], path[1])
        } else {
            (path[path.len() - 1], path[path.len() - 2])
        }
    }

    /// The edges put together to links.
    fn link(&mut self, edges: &[([u32; 2], u32)]) {
        let n_pins = self.pins.len();
        let mut starts = vec![0u32; n_pins + 1];
        for pin in edges.iter().flat_map(|edge| edge.0) {
            starts[pin as usize + 1] += 1;
        }
        for pin in 0..n_pins {
            starts[pin + 1] += starts[pin];
        }
        let mut next = starts.clone();
        let mut around = vec![0u32; edges.len() * 2];
        for (edge_idx, (ends, _)) in edges.iter().enumerate() {
            for &pin in ends {
                around[next[pin as usize] as usize] = edge_idx as u32;
                next[pin as usize] += 1;
            }
        }
        let at =
            |pin: u32| &around[starts[pin as usize] as usize..starts[pin as usize + 1] as usize];
        let is_fork = |pin: u32| match at(pin) {
            [one, two] => edges[*one as usize].1 != edges[*two as usize].1,
            _ => true,
        };
        let mut is_used = vec![false; edges.len()];
        // First from every fork, then what is left are loops: their lowest pin comes up first.
        for wants_fork in [true, false] {
            for pin in 0..n_pins as u32 {
                if starts[pin as usize] == starts[pin as usize + 1] || is_fork(pin) != wants_fork {
                    continue;
                }
                for &first in at(pin) {
                    if is_used[first as usize] {
                        continue;
                    }
                    self.path.push(pin);
                    let (mut edge, mut from) = (first, pin);
                    loop {
                        is_used[edge as usize] = true;
                        let [low, high] = edges[edge as usize].0;
                        let to = if low == from { high } else { low };
                        self.path.push(to);
                        let here = at(to);
                        if is_fork(to) || to == pin {
                            break;
                        }
                        edge = if here[0] == edge { here[1] } else { here[0] };
                        from = to;
                    }
                    self.starts.push(self.path.len() as u32);
                    self.label_of.push(edges[first as usize].1);
                }
            }
        }
    }
}

/// Lists of parts, each once.
#[derive(Default)]
struct Labels {
    lists: Vec<Vec<u32>>,
    number_of: HashMap<Vec<u32>, u32>,
    last: u32,
}

impl Labels {
    fn of(&mut self, parts: &[u32]) -> u32 {
        // Edges in order of place mostly repeat the label before them.
        if self.lists.get(self.last as usize).is_some_and(|list| list == parts) {
            return self.last;
        }
        self.last = match self.number_of.get(parts) {
            Some(&number) => number,
            None => {
                let number = self.lists.len() as u32;
                self.lists.push(parts.to_vec());
                self.number_of.insert(parts.to_vec(), number);
                number
            }
        };
        self.last
    }
}

/// Sorts the list and keeps what is in it an odd number of times, once.
pub(in crate::domain::fabric) fn keep_odd(list: &mut Vec<u32>) {
    list.sort_unstable();
    let mut kept = 0;
    let mut start = 0;
    while start < list.len() {
        let end = start + list[start..].partition_point(|&other| other == list[start]);
        if (end - start) % 2 == 1 {
            list[kept] = list[start];
            kept += 1;
        }
        start = end;
    }
    list.truncate(kept);
}
