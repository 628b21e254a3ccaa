//! Every division of a small graph: the truth the search is measured against.
//!
//! **Why** plain enumeration: up to a dozen nodes there are at most some hundred thousand divisions in
//! connected parts, and what looks at all of them cannot be wrong in a clever way.

use super::gauge::Gauge;
use super::graph::Graph;
use super::score::{Score, millionths};

/// Most nodes that are enumerated.
pub(super) const MOST: usize = 12;

/// The best division into as many parts as the gauge has targets, all of which are the same.
/// `None` when there is none: too few nodes, or too many pieces.
pub(super) fn best(graph: &Graph, gauge: &Gauge) -> Option<(Score, Vec<u32>)> {
    let n = graph.n_nodes();
    assert!(n <= MOST, "only small graphs are enumerated");
    let beside: Vec<u32> = (0..n)
        .map(|node| graph.neighbors(node).iter().fold(0, |mask, &to| mask | 1 << to))
        .collect();
    let mut search = Search { graph, gauge, beside, parts: Vec::new(), best: None };
    let missed = -graph.reach.least_missed();
    let worth = Score { outside: 0, missed, excess: 0, cost: 0 };
    search.divide((1u32 << n) - 1, worth);
    search.best.map(|(score, parts)| {
        let mut part = vec![0; n];
        for (number, mask) in parts.iter().enumerate() {
            for (node, mine) in part.iter_mut().enumerate() {
                if mask >> node & 1 == 1 {
                    *mine = number as u32;
                }
            }
        }
        (score, part)
    })
}

struct Search<'a> {
    graph: &'a Graph,
    gauge: &'a Gauge,
    beside: Vec<u32>,
    parts: Vec<u32>,
    best: Option<(Score, Vec<u32>)>,
}

impl Search<'_> {
    /// Divides the nodes of `left` among the parts still to be made.
    fn divide(&mut self, left: u32, so_far: Score) {
        let n_left = self.gauge.targets.len() - self.parts.len();
        if left == 0 || n_left == 0 {
            if left == 0 && n_left == 0 && self.is_better(so_far) {
                self.best = Some((so_far, self.parts.clone()));
            }
            return;
        }
        if (left.count_ones() as usize) < n_left {
            return;
        }
        let first = left & left.wrapping_neg();
        self.grow(first, first, left, so_far);
    }

    /// Every connected set that holds `set` and, of `left`, nothing in `shut` but `set` itself.
    fn grow(&mut self, set: u32, shut: u32, left: u32, so_far: Score) {
        let score = self.with(set, left, so_far);
        if self.is_better(score) {
            self.parts.push(set);
            self.divide(left & !set, score);
            self.parts.pop();
        }
        let mut shut = shut;
        let mut open = self.rim(set) & left & !shut;
        while open != 0 {
            let node = open & open.wrapping_neg();
            shut |= node;
            self.grow(set | node, shut, left, so_far);
            open &= !node;
        }
    }

    fn rim(&self, set: u32) -> u32 {
        let mut rim = 0;
        for (node, mask) in self.beside.iter().enumerate() {
            if set >> node & 1 == 1 {
                rim |= mask;
            }
        }
        rim & !set
    }

    /// The score with one more part. Borders are counted where the rest of `left` begins.
    fn with(&self, set: u32, left: u32, so_far: Score) -> Score {
        let (mut load, mut cost) = (0, 0);
        for node in (0..self.beside.len()).filter(|&node| set >> node & 1 == 1) {
            load += self.graph.weights[node];
            for edge in self.graph.edges(node) {
                if (left & !set) >> edge.to & 1 == 1 {
                    cost += edge.cost;
                }
            }
        }
        let inside = (0..self.beside.len()).filter(|&node| set >> node & 1 == 1);
        let missed = self.graph.reach.missed_by(inside);
        let part = self.parts.len();
        Score {
            outside: so_far.outside + self.gauge.outside(load),
            missed: so_far.missed + missed,
            excess: so_far.excess.max(millionths(self.gauge.excess(part, load))),
            cost: so_far.cost + cost,
        }
    }

    fn is_better(&self, score: Score) -> bool {
        self.best.as_ref().is_none_or(|(best, _)| score < *best)
    }
}
