//! Boundary local search: nodes on the rim of a part go over to the part beside it, at first also where
//! that makes things worse, later only where it helps (simulated annealing).
//!
//! `anneal` is that search, `relax` the plain descent that follows it. Every state on the way is a whole
//! division: each part in one piece and none of them empty. So the search can be stopped at any moment.
//!
//! **Why** annealing and not gain buckets: a balance tighter than one node leaves no single move
//! allowed, and what is needed then is a move and its answer a little later, elsewhere. Temperature
//! gives that for one line of code.
//! Source: Kirkpatrick, Gelatt, Vecchi 1983; Johnson et al. 1989 for graph partitions.

use std::collections::VecDeque;

use super::chance::Chance;
use super::contact::Contact;
use super::gauge::Gauge;
use super::graph::Graph;
use super::reach::Shared;
use super::watch::Stop;

/// How a search cools down. Costs are counted in mean borders.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cooling {
    /// Moves looked at, for each node on a rim at the beginning.
    pub n_visits: f64,
    /// Temperature at the beginning and at the end.
    pub heat: (f64, f64),
    /// Weight of the strain at the beginning and at the end.
    pub weight: (f64, f64),
}

/// A division being improved.
pub(super) struct Walk<'a> {
    pub graph: &'a Graph,
    pub gauge: &'a Gauge,
    pub part: Vec<u32>,
    pub load: Vec<i64>,
    pub size: Vec<u32>,
    /// Fewest nodes each part keeps.
    least: Vec<u32>,
    strain: Vec<f64>,
    /// Borders of each node that lead to another part.
    foreign: Vec<u32>,
    /// Nodes with such borders, and where each node stands in that list.
    rim: Vec<u32>,
    place: Vec<u32>,
    contact: Contact,
    mean_cost: f64,
    /// The station each part shares, where that is asked.
    shared: Shared,
}

/// Moves between two looks at the clock.
const BLOCK: usize = 2_048;

impl<'a> Walk<'a> {
    /// `part` is one piece a part, none empty.
    pub fn new(graph: &'a Graph, gauge: &'a Gauge, part: Vec<u32>, least: Vec<u32>) -> Self {
        let n_parts = gauge.targets.len();
        let (mut load, mut size) = (vec![0; n_parts], vec![0; n_parts]);
        for (node, &mine) in part.iter().enumerate() {
            load[mine as usize] += graph.weights[node];
            size[mine as usize] += 1;
        }
        let shared = Shared::new(&graph.reach, &part, n_parts);
        let strain = (0..n_parts).map(|mine| gauge.strain(mine, load[mine])).collect();
        let n = graph.n_nodes();
        let mut walk = Self {
            graph,
            gauge,
            part,
            load,
            size,
            least,
            strain,
            foreign: vec![0; n],
            rim: Vec::new(),
            place: vec![u32::MAX; n],
            contact: Contact::new(n),
            mean_cost: graph.mean_cost(),
            shared,
        };
        for node in 0..n {
            let others = graph.neighbors(node).iter();
            let mine = walk.part[node];
            let n_foreign = others.filter(|&&to| walk.part[to as usize] != mine).count() as u32;
            walk.set_foreign(node, n_foreign);
        }
        walk
    }

    fn set_foreign(&mut self, node: usize, n_foreign: u32) {
        let before = std::mem::replace(&mut self.foreign[node], n_foreign);
        if before == 0 && n_foreign > 0 {
            self.place[node] = self.rim.len() as u32;
            self.rim.push(node as u32);
        } else if before > 0 && n_foreign == 0 {
            let at = self.place[node] as usize;
            self.rim.swap_remove(at);
            if let Some(&moved) = self.rim.get(at) {
                self.place[moved as usize] = at as u32;
            }
            self.place[node] = u32::MAX;
        }
    }

    /// Runs until cold, or until told to stop.
    pub fn anneal(&mut self, cooling: &Cooling, chance: &mut Chance, stop: &Stop<'_>) {
        let n_moves = (cooling.n_visits * self.rim.len() as f64) as usize;
        let n_blocks = n_moves.div_ceil(BLOCK);
        for block in 0..n_blocks {
            if self.rim.is_empty() || stop.is_due() {
                return;
            }
            let done = block as f64 / n_blocks as f64;
            let heat = between(cooling.heat, done);
            let weight = between(cooling.weight, done);
            self.shared.settle();
            for _ in 0..BLOCK.min(n_moves - block * BLOCK) {
                self.attempt(heat, weight, chance);
            }
        }
    }

    fn attempt(&mut self, heat: f64, weight: f64, chance: &mut Chance) {
        let word = chance.word();
        let pick = |bits: u64, n: usize| ((bits * n as u64) >> 32) as usize;
        let Some(&node) = self.rim.get(pick(word >> 32, self.rim.len())) else { return };
        let node = node as usize;
        let from = self.part[node] as usize;
        if self.size[from] <= self.least[from] {
            return;
        }
        let (ends, costs, _) = self.graph.rows(node);
        let to = self.foreign_after(ends, pick(word & 0xFFFF_FFFF, ends.len()), from as u32);
        let mut cost = 0;
        for (&end, &border) in ends.iter().zip(costs) {
            let whose = self.part[end as usize];
            // No branches: which it is cannot be foretold.
            cost += border * (i64::from(whose as usize == from) - i64::from(whose == to));
        }
        let moved = self.graph.weights[node];
        let mut worse = cost as f64 / self.mean_cost;
        if !self.shared.is_empty() {
            worse += weight * self.missed_more(node, to);
        }
        // What two parts could win at most by being at ease is not enough for most moves.
        let patience = heat * patience(chance.word());
        if moved != 0 && worse - weight * (self.strain[from] + self.strain[to as usize]) <= patience
        {
            let to = to as usize;
            let strain = self.gauge.strain(from, self.load[from] - moved)
                + self.gauge.strain(to, self.load[to] + moved)
                - self.strain[from]
                - self.strain[to];
            worse += weight * strain;
        }
        if worse <= patience.max(0.0) && self.contact.stays_whole(self.graph, &self.part, node) {
            self.shift(node, to);
        }
    }

    /// The first part but `from` among those of `ends`, beginning at `first`, round and round. There is one.
    fn foreign_after(&self, ends: &[u32], first: usize, from: u32) -> u32 {
        let part = |at: usize| self.part[ends[at] as usize];
        if ends.len() > 64 {
            let mut round = (first..ends.len()).chain(0..first).map(part);
            return round.find(|&part| part != from).expect("a node on the rim has one");
        }
        // All of them, as bits: where to stop looking could not be foretold.
        let bits = (0..ends.len()).map(|at| u64::from(part(at) != from) << at);
        let all = bits.fold(0, |all, bit| all | bit);
        let after = all >> first << first;
        part((if after == 0 { all } else { after }).trailing_zeros() as usize)
    }

    /// Moves nodes while that makes things better, until no single move does.
    ///
    /// Cost: O(rim) and what follows from each move; at most eight moves a node.
    pub fn relax(&mut self, weight: f64, stop: &Stop<'_>) {
        self.shared.settle();
        let mut queue: VecDeque<u32> = self.rim.iter().copied().collect();
        queue.make_contiguous().sort_unstable();
        let mut is_queued = vec![false; self.graph.n_nodes()];
        for &node in &queue {
            is_queued[node as usize] = true;
        }
        let mut n_left = 8 * self.graph.n_nodes();
        while let Some(node) = queue.pop_front() {
            is_queued[node as usize] = false;
            let Some(to) = self.best_move(node as usize, weight) else { continue };
            if n_left == 0 || stop.is_due() {
                return;
            }
            n_left -= 1;
            self.shift(node as usize, to);
            for &next in std::iter::once(&node).chain(self.graph.neighbors(node as usize)) {
                if self.foreign[next as usize] > 0 && !is_queued[next as usize] {
                    is_queued[next as usize] = true;
                    queue.push_back(next);
                }
            }
        }
    }

    /// The part that gains most by having `node`, if any does.
    fn best_move(&mut self, node: usize, weight: f64) -> Option<u32> {
        let from = self.part[node] as usize;
        let (load, moved) = (self.load[from], self.graph.weights[node]);
        let left = self.gauge.strain(from, load - moved) - self.strain[from];
        let mut best: Option<(f64, u32)> = None;
        for at in 0..self.graph.neighbors(node).len() {
            let to = self.part[self.graph.neighbors(node)[at] as usize];
            if to as usize == from || best.is_some_and(|(_, held)| held == to) {
                continue;
            }
            let grown = self.gauge.strain(to as usize, self.load[to as usize] + moved);
            let strain = left + grown - self.strain[to as usize];
            let worse = self.cost_of(node, to) + weight * (strain + self.missed_more(node, to));
            if worse < best.map_or(-1e-9, |(held, _)| held) {
                best = Some((worse, to));
            }
        }
        let (_, to) = best?;
        self.may_leave(node).then_some(to)
    }

    /// Whether `node` may leave its part.
    pub fn may_leave(&mut self, node: usize) -> bool {
        let from = self.part[node] as usize;
        self.size[from] > self.least[from] && self.contact.stays_whole(self.graph, &self.part, node)
    }

    /// What the cut grows by when `node` goes to `to`, in mean borders.
    pub fn cost_of(&self, node: usize, to: u32) -> f64 {
        let mut cost = 0;
        for edge in self.graph.edges(node) {
            let whose = self.part[edge.to];
            if whose == self.part[node] {
                cost += edge.cost;
            } else if whose == to {
                cost -= edge.cost;
            }
        }
        cost as f64 / self.mean_cost
    }

    /// What households lose by it who do not reach the station of `to`, on the scale of the strain: one
    /// in a hundred of a part counts as much as a part that is two hundredths off.
    pub fn missed_more(&self, node: usize, to: u32) -> f64 {
        if self.shared.is_empty() {
            return 0.0;
        }
        let (from, to) = (self.part[node] as usize, to as usize);
        let missed = self.shared.worse(&self.graph.reach, node, from, to);
        4.0 * missed as f64 / (self.gauge.targets[to] * self.gauge.scale)
    }

    /// Gives `node` to the part `to`.
    pub fn shift(&mut self, node: usize, to: u32) {
        let from = self.part[node];
        self.part[node] = to;
        let moved = self.graph.weights[node];
        for (part, change) in [(from as usize, -moved), (to as usize, moved)] {
            self.load[part] += change;
            self.strain[part] = self.gauge.strain(part, self.load[part]);
        }
        if !self.shared.is_empty() {
            self.shared.shift(&self.graph.reach, node, from as usize, to as usize);
        }
        self.size[from as usize] -= 1;
        self.size[to as usize] += 1;
        let mut n_foreign = 0;
        for at in 0..self.graph.neighbors(node).len() {
            let other = self.graph.neighbors(node)[at] as usize;
            let whose = self.part[other];
            n_foreign += u32::from(whose != to);
            if whose == from {
                self.set_foreign(other, self.foreign[other] + 1);
            } else if whose == to {
                self.set_foreign(other, self.foreign[other] - 1);
            }
        }
        self.set_foreign(node, n_foreign);
    }
}

/// From first to last by equal factors.
fn between((first, last): (f64, f64), done: f64) -> f64 {
    first * (last / first).powf(done)
}

/// An exponentially distributed number from 64 random bits: by how many degrees a move may be worse.
///
/// By its quantiles and straight lines between them, so that it needs no logarithm at each move.
fn patience(bits: u64) -> f64 {
    // -ln(u) for u = 2^-exponent * (1 + fraction): the exponent counts leading zeros.
    let exponent = bits.leading_zeros().min(62);
    let fraction = ((bits << (exponent + 1)) >> 11) as f64 / (1u64 << 53) as f64;
    // ln(1 + f) by a polynomial that is exact at both ends and off by less than 0.003 between.
    let ln = fraction * (0.999_5 - fraction * (0.463_5 - fraction * 0.157_147));
    (f64::from(exponent) + 1.0) * std::f64::consts::LN_2 - ln
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_foreign_part_is_what_a_plain_search_finds() {
        let mut chance = Chance::fork(3, 0);
        // A hub with few neighbours, with as many as a word has bits, and with more.
        for n_ends in [1, 2, 5, 63, 64, 65, 90] {
            let borders = (1..=n_ends as u32).map(|end| (0, end, 1)).collect();
            let graph = Graph::new(vec![1; n_ends + 1], borders);
            let gauge = Gauge::even(4, 10.0, (0, i64::MAX), 0.01);
            for _ in 0..50 {
                let mut part: Vec<u32> = (0..=n_ends).map(|_| chance.below(4) as u32).collect();
                let foreign = 1 + chance.below(n_ends);
                part[foreign] = (part[0] + 1) % 4;
                let walk = Walk::new(&graph, &gauge, part.clone(), vec![0; 4]);
                for first in 0..n_ends {
                    let mut at = first;
                    while part[1 + at] == part[0] {
                        at = (at + 1) % n_ends;
                    }
                    let found = walk.foreign_after(graph.neighbors(0), first, part[0]);
                    assert_eq!(found, part[1 + at], "{n_ends} ends from {first}");
                }
            }
        }
    }

    #[test]
    fn patience_is_exponential() {
        let mut chance = Chance::fork(1, 0);
        let n = 200_000;
        let all: Vec<f64> = (0..n).map(|_| patience(chance.word())).collect();
        let mean = all.iter().sum::<f64>() / f64::from(n);
        let beyond = all.iter().filter(|&&one| one > 2.0).count() as f64 / f64::from(n);
        assert!((mean - 1.0).abs() < 0.01, "{mean}");
        assert!((beyond - (-2.0f64).exp()).abs() < 0.005, "{beyond}");
        assert!(all.iter().all(|&one| one >= -3e-3));
    }
}
