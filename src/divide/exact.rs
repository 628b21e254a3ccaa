//! Every division of a small graph: the truth the search is measured against.
//!
//! `best` looks at all of them. `within` asks less of somewhat larger graphs: is there any whose parts all
//! weigh between two bounds? Few are near to even, so most branches end early; "no" is a proof.
//!
//! **Why** plain enumeration: up to a dozen nodes there are at most some hundred thousand divisions in
//! connected parts, and what looks at all of them cannot be wrong in a clever way.

use std::ops::RangeInclusive;

use super::gauge::Gauge;
use super::graph::Graph;
use super::score::{Score, millionths};

/// Most nodes that are enumerated.
pub(super) const MOST: usize = 12;

/// Most nodes [`within`] takes.
pub(super) const WIDEST: usize = 64;

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

/// What [`within`] has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Part of each node.
    Found(Vec<u32>),
    /// There is no such division.
    Impossible,
    /// The steps did not last.
    Unknown,
}

/// A division into `n_parts` connected parts whose loads all lie in `loads`, if there is one.
///
/// `n_steps` is how many connected sets may be looked at, and what is left of them afterwards. Cost: O(nodes) a
/// step where a set is a part, O(1) elsewhere.
pub(super) fn within(
    graph: &Graph,
    n_parts: usize,
    loads: RangeInclusive<i64>,
    n_steps: &mut usize,
) -> Verdict {
    let n = graph.n_nodes();
    assert!(n <= WIDEST, "a set of nodes is one word");
    let bits = |ends: &[u32]| ends.iter().fold(0, |mask, &to| mask | 1u64 << to);
    let beside = (0..n).map(|node| bits(graph.neighbors(node))).collect();
    let weights = &graph.weights;
    let mut hunt = Hunt { weights, beside, n_parts, loads, n_steps, parts: Vec::new() };
    match hunt.divide(u64::MAX >> (WIDEST - n)) {
        Some(true) => {
            let owner = |node: usize| hunt.parts.iter().position(|part| part >> node & 1 == 1);
            Verdict::Found(
                (0..n).map(|node| owner(node).expect("all is dealt out") as u32).collect(),
            )
        }
        Some(false) => Verdict::Impossible,
        None => Verdict::Unknown,
    }
}

struct Hunt<'a> {
    weights: &'a [i64],
    beside: Vec<u64>,
    n_parts: usize,
    loads: RangeInclusive<i64>,
    n_steps: &'a mut usize,
    parts: Vec<u64>,
}

/// A connected set that grows.
#[derive(Clone, Copy)]
struct Set {
    nodes: u64,
    /// Those beside any of its nodes.
    beside: u64,
    load: i64,
}

impl Hunt<'_> {
    /// Whether `left` can be dealt out among the parts still to be made; `None` when steps are used up.
    fn divide(&mut self, left: u64) -> Option<bool> {
        let n_left = self.n_parts - self.parts.len();
        if left == 0 || n_left == 0 {
            return Some(left == 0 && n_left == 0);
        }
        if !self.may_be_dealt(left, n_left) {
            return Some(false);
        }
        // A corner: few sets begin there.
        let corner = nodes(left).min_by_key(|&node| (self.beside[node] & left).count_ones());
        let first = corner.expect("something is left");
        let set = Set { nodes: 1 << first, beside: self.beside[first], load: self.weights[first] };
        self.grow(set, set.nodes, left)
    }

    /// Every connected set that holds `set` and nothing else of `shut`.
    fn grow(&mut self, set: Set, mut shut: u64, left: u64) -> Option<bool> {
        *self.n_steps = self.n_steps.checked_sub(1)?;
        if set.load > *self.loads.end() {
            return Some(false);
        }
        if self.loads.contains(&set.load) {
            self.parts.push(set.nodes);
            match self.divide(left & !set.nodes) {
                Some(false) => self.parts.pop(),
                other => return other,
            };
        }
        for node in nodes(set.beside & left & !shut) {
            shut |= 1 << node;
            let wider = Set {
                nodes: set.nodes | 1 << node,
                beside: set.beside | self.beside[node],
                load: set.load + self.weights[node],
            };
            match self.grow(wider, shut, left) {
                Some(false) => {}
                other => return other,
            }
        }
        Some(false)
    }

    /// Whether the pieces of `left` weigh what some numbers of parts, `n_left` in all, may weigh.
    fn may_be_dealt(&self, mut left: u64, n_left: usize) -> bool {
        let (least, most) = (*self.loads.start(), *self.loads.end());
        let (mut fewest, mut many) = (0, 0);
        while left != 0 {
            let mut piece = left & left.wrapping_neg();
            let mut rim = piece;
            while rim != 0 {
                rim = nodes(rim).fold(0, |mask, node| mask | self.beside[node]) & left & !piece;
                piece |= rim;
            }
            left &= !piece;
            let load: i64 = nodes(piece).map(|node| self.weights[node]).sum();
            let n_nodes = i64::from(piece.count_ones());
            let least_parts = if most > 0 { (load + most - 1).div_euclid(most).max(1) } else { 1 };
            let most_parts = if least > 0 { (load / least).min(n_nodes) } else { n_nodes };
            if least_parts > most_parts {
                return false;
            }
            (fewest, many) = (fewest + least_parts, many + most_parts);
        }
        (fewest..=many).contains(&(n_left as i64))
    }
}

/// Places of the bits of `set`, ascending.
fn nodes(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let node = (set != 0).then(|| set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(node)
    })
}

#[cfg(test)]
mod tests {
    use super::super::chance::Chance;
    use super::*;

    /// A connected graph of `n` nodes: a tree and some more borders.
    fn ground(chance: &mut Chance, n: usize) -> Graph {
        let mut borders: Vec<(u32, u32, i64)> = Vec::new();
        for node in 1..n {
            borders.push((chance.below(node) as u32, node as u32, 1));
        }
        for _ in 0..n / 2 {
            borders.push((chance.below(n) as u32, chance.below(n) as u32, 1));
        }
        Graph::new((0..n).map(|_| chance.below(12) as i64).collect(), borders)
    }

    #[test]
    fn nothing_is_nearer_than_the_nearest_of_all() {
        let mut chance = Chance::fork(21, 0);
        for round in 0..300 {
            let graph = ground(&mut chance, 4 + round % 7);
            let n_parts = 2 + round % 3;
            let mean = graph.total() as f64 / n_parts as f64;
            if mean < 1.0 {
                continue;
            }
            let gauge = Gauge::even(n_parts, mean, (0, i64::MAX), 0.0);
            let (_, part) = best(&graph, &gauge).expect("as many nodes as parts");
            let mut load = vec![0; n_parts];
            for (node, &mine) in part.iter().enumerate() {
                load[mine as usize] += graph.weights[node];
            }
            let off = load.iter().map(|&load| (load as f64 - mean).abs()).fold(0.0, f64::max);
            let ask = |loads| within(&graph, n_parts, loads, &mut 1_000_000);
            let nearer = (mean - off).floor() as i64 + 1..=(mean + off).ceil() as i64 - 1;
            assert_eq!(ask(nearer.clone()), Verdict::Impossible, "{nearer:?}");
            let as_near = (mean - off - 1e-9).ceil() as i64..=(mean + off + 1e-9).floor() as i64;
            let Verdict::Found(found) = ask(as_near.clone()) else { panic!("{as_near:?}") };
            let mut place = vec![u32::MAX; graph.n_nodes()];
            for mine in 0..n_parts as u32 {
                let nodes = (0..found.len() as u32).filter(|&node| found[node as usize] == mine);
                let nodes: Vec<u32> = nodes.collect();
                let piece = graph.part(&nodes, &mut place);
                assert_eq!(piece.pieces().len(), 1);
                assert!(as_near.contains(&piece.total()));
            }
            assert_eq!(within(&graph, n_parts, as_near, &mut 0), Verdict::Unknown);
        }
    }
}
