//! Chains of moves for the last parts that are too heavy or too light.
//!
//! Where no single move helps, one part gives a node to a second, the second another to a third (or back
//! to the first: an exchange). Only the two ends of the chain change by much; what lies between
//! changes by the difference of two nodes.
//!
//! **Why** a narrow search from the worst part and not a flow through all of them: nodes cannot be
//! divided, so a flow has to be rounded afterwards, and rounding is this search.

use super::gauge::Gauge;
use super::walk::Walk;
use super::watch::Stop;

/// Most moves in one chain.
const LONGEST: usize = 4;
/// Half-made chains kept at each length.
pub(super) const FEW: usize = 10;
pub(super) const MANY: usize = 40;
/// Smallest gain worth a chain, as a share of the worst part's cost.
const GAIN: f64 = 1e-4;
/// Searches in a row after which, when as much is outside the band and the worst part as far off as before,
/// the rest is left as it is: it would only make borders longer.
const IDLE: usize = 30;
/// What households without their station count beside borders.
const MISSED: f64 = 8.0;

#[derive(Clone, Debug, Default)]
struct Chain {
    /// Node, from, to.
    moves: Vec<(u32, u32, u32)>,
    cost: f64,
}

/// One move that could come next.
#[derive(Clone, Copy, Debug)]
struct Next {
    chain: usize,
    node: u32,
    from: u32,
    to: u32,
    cost: f64,
    /// What the whole chain does to all parts it touches.
    change: f64,
    /// The same but for the part at its open end.
    inner: f64,
}

/// Relieves the worst parts while that is possible: at most `n_chains` chains are looked for, with `kept`
/// half-made ones at hand.
pub(super) fn settle(walk: &mut Walk<'_>, n_chains: usize, kept: usize, stop: &Stop<'_>) {
    let mut members = Members::new(walk);
    let mut is_stuck = vec![false; walk.load.len()];
    let (mut least, mut n_idle) = ((i64::MAX, f64::INFINITY), 0);
    for _ in 0..n_chains {
        let excess = |part: usize| walk.gauge.excess(part, walk.load[part]);
        let outside = walk.load.iter().map(|&load| walk.gauge.outside(load)).sum();
        let held = (outside, (0..walk.load.len()).map(excess).fold(0.0, f64::max));
        n_idle = if held < least { 0 } else { n_idle + 1 };
        least = if held < least { held } else { least };
        if n_idle > IDLE || stop.is_due() {
            return;
        }
        let parts = (0..walk.load.len()).filter(|&part| !is_stuck[part] && excess(part) > 0.0);
        let worst = parts.max_by(|&a, &b| excess(a).total_cmp(&excess(b)).then(b.cmp(&a)));
        let Some(worst) = worst else { return };
        match relief(walk, &members, worst, kept) {
            Some(chain) => {
                for (node, from, to) in chain.moves {
                    members.shift(walk, node, to);
                    // Whoever is beside a part that changed may find a way now.
                    for part in [from, to] {
                        is_stuck[part as usize] = false;
                        for beside in members.beside(walk, part) {
                            is_stuck[beside as usize] = false;
                        }
                    }
                }
            }
            None => is_stuck[worst] = true,
        }
    }
}

/// The chain that helps most, of the shortest length that helps at all.
fn relief(walk: &mut Walk<'_>, members: &Members, worst: usize, kept: usize) -> Option<Chain> {
    let gives = walk.load[worst] as f64 > walk.gauge.targets[worst];
    let price = Price { gauge: walk.gauge, worst: walk.gauge.excess(worst, walk.load[worst]) };
    let mut moves = Vec::new();
    let mut chains = vec![Chain::default()];
    for _ in 0..LONGEST {
        let mut nexts: Vec<Next> = Vec::new();
        for (number, chain) in chains.iter().enumerate() {
            let end = match chain.moves.last() {
                Some(&(_, from, to)) => {
                    if gives {
                        to
                    } else {
                        from
                    }
                }
                None => worst as u32,
            };
            let shift = Shift::new(walk, chain, end, &price);
            members.moves(walk, end, gives, &mut moves);
            for &(node, from, to) in &moves {
                let weight = walk.graph.weights[node as usize];
                if weight == 0 || chain.moves.iter().any(|&(moved, _, _)| moved == node) {
                    continue;
                }
                let (open, weight) = if gives { (to, weight) } else { (from, -weight) };
                let (change, inner) = shift.with(walk, open, weight, &price);
                if inner < -GAIN || change < -GAIN {
                    let missed = MISSED * walk.missed_more(node as usize, to);
                    let cost = chain.cost + walk.cost_of(node as usize, to) + missed;
                    nexts.push(Next { chain: number, node, from, to, cost, change, inner });
                }
            }
        }
        if let Some(done) = best_complete(walk, &chains, &nexts) {
            return Some(done);
        }
        chains = open_ends(walk, &chains, nexts, kept);
        if chains.is_empty() {
            return None;
        }
    }
    None
}

/// The best chain that is finished by one of `nexts`, and can be walked.
fn best_complete(walk: &mut Walk<'_>, chains: &[Chain], nexts: &[Next]) -> Option<Chain> {
    let complete = nexts.iter().filter(|next| next.change < -GAIN).copied().collect();
    let mut best = first_of(complete, 40, |next| next.change * 20.0 + next.cost).into_iter();
    best.find_map(|next| walked(walk, &chains[next.chain], &next))
}

/// The most promising chains that still have to go on.
fn open_ends(
    walk: &mut Walk<'_>,
    chains: &[Chain],
    mut nexts: Vec<Next>,
    n_kept: usize,
) -> Vec<Chain> {
    nexts.retain(|next| next.inner < -GAIN);
    let best = first_of(nexts, n_kept * 4, |next| next.inner * 20.0 + next.cost).into_iter();
    best.filter_map(|next| walked(walk, &chains[next.chain], &next)).take(n_kept).collect()
}

/// The `n` of least `value`, in order.
fn first_of(mut nexts: Vec<Next>, n: usize, value: impl Fn(&Next) -> f64) -> Vec<Next> {
    let order = |a: &Next, b: &Next| {
        let key = |next: &Next| (next.node, next.chain, next.to);
        value(a).total_cmp(&value(b)).then_with(|| key(a).cmp(&key(b)))
    };
    if nexts.len() > n {
        nexts.select_nth_unstable_by(n, order);
        nexts.truncate(n);
    }
    nexts.sort_unstable_by(order);
    nexts
}

/// The chain with one move more, if no part falls apart on the way. Leaves the walk as it was.
fn walked(walk: &mut Walk<'_>, chain: &Chain, next: &Next) -> Option<Chain> {
    let mut chain = chain.clone();
    chain.moves.push((next.node, next.from, next.to));
    chain.cost = next.cost;
    let mut n_done = 0;
    for &(node, _, to) in &chain.moves {
        let touches = walk.graph.neighbors(node as usize).iter();
        let mut touches = touches.map(|&other| walk.part[other as usize]);
        if !touches.any(|part| part == to) || !walk.may_leave(node as usize) {
            break;
        }
        walk.shift(node as usize, to);
        n_done += 1;
    }
    let is_whole = n_done == chain.moves.len();
    for &(node, from, _) in chain.moves[..n_done].iter().rev() {
        walk.shift(node as usize, from);
    }
    is_whole.then_some(chain)
}

/// What the load of a part costs a chain.
struct Price<'a> {
    gauge: &'a Gauge,
    /// How far the part is off that the chain shall help.
    worst: f64,
}

impl Price<'_> {
    fn of(&self, part: u32, load: i64) -> f64 {
        let off = self.gauge.off(part as usize, load);
        let share = off / (self.gauge.targets[part as usize] * self.worst);
        // Nothing may become worse than the worst is.
        if share > 1.0 { 1e3 * share } else { share.powi(4) }
    }

    /// What it costs more to have `by` more than `held`.
    fn gain(&self, part: u32, held: i64, by: i64) -> f64 {
        if by == 0 { 0.0 } else { self.of(part, held + by) - self.of(part, held) }
    }
}

/// What a chain does to the parts it touches, but for the one at its open end.
#[derive(Debug)]
struct Shift {
    /// Part, change of its load, what that costs.
    parts: [(u32, i64, f64); 2 * LONGEST],
    n_parts: usize,
    /// Sum of these costs.
    cost: f64,
    /// The open end: part, load as it stands, what it cost before the chain came.
    end: u32,
    end_load: i64,
    end_held: f64,
}

impl Shift {
    fn new(walk: &Walk<'_>, chain: &Chain, end: u32, price: &Price<'_>) -> Self {
        let mut parts = [(0, 0, 0.0); 2 * LONGEST];
        let (mut n_parts, mut end_by) = (0, 0);
        for &(node, from, to) in &chain.moves {
            let weight = walk.graph.weights[node as usize];
            for (part, by) in [(from, -weight), (to, weight)] {
                if part == end {
                    end_by += by;
                    continue;
                }
                match parts[..n_parts].iter_mut().find(|(held, _, _)| *held == part) {
                    Some((_, change, _)) => *change += by,
                    None => {
                        parts[n_parts] = (part, by, 0.0);
                        n_parts += 1;
                    }
                }
            }
        }
        let mut cost = 0.0;
        for (part, by, gain) in &mut parts[..n_parts] {
            *gain = price.gain(*part, walk.load[*part as usize], *by);
            cost += *gain;
        }
        let held = walk.load[end as usize];
        Self { parts, n_parts, cost, end, end_load: held + end_by, end_held: price.of(end, held) }
    }

    /// What the chain does with one move more that takes `weight` from its end and gives it to `open`
    /// (or the other way round, where it is negative): to all parts it touches, and to all but `open`.
    fn with(&self, walk: &Walk<'_>, open: u32, weight: i64, price: &Price<'_>) -> (f64, f64) {
        let known = self.parts[..self.n_parts].iter().find(|(part, _, _)| *part == open);
        let &(_, by, gain) = known.unwrap_or(&(open, 0, 0.0));
        let end = price.of(self.end, self.end_load - weight) - self.end_held;
        let inner = self.cost - gain + end;
        (inner + price.gain(open, walk.load[open as usize], by + weight), inner)
    }
}

/// Nodes by part.
struct Members {
    nodes: Vec<Vec<u32>>,
    place: Vec<u32>,
}

impl Members {
    fn new(walk: &Walk<'_>) -> Self {
        let mut nodes = vec![Vec::new(); walk.load.len()];
        let mut place = vec![0; walk.part.len()];
        for (node, &part) in walk.part.iter().enumerate() {
            place[node] = nodes[part as usize].len() as u32;
            nodes[part as usize].push(node as u32);
        }
        Self { nodes, place }
    }

    fn shift(&mut self, walk: &mut Walk<'_>, node: u32, to: u32) {
        let from = walk.part[node as usize] as usize;
        let at = self.place[node as usize] as usize;
        self.nodes[from].swap_remove(at);
        if let Some(&moved) = self.nodes[from].get(at) {
            self.place[moved as usize] = at as u32;
        }
        self.place[node as usize] = self.nodes[to as usize].len() as u32;
        self.nodes[to as usize].push(node);
        walk.shift(node as usize, to);
    }

    /// Parts that share a border with `part`.
    fn beside(&self, walk: &Walk<'_>, part: u32) -> Vec<u32> {
        let nodes = self.nodes[part as usize].iter();
        let others = nodes.flat_map(|&node| walk.graph.neighbors(node as usize));
        let mut beside: Vec<u32> = others.map(|&other| walk.part[other as usize]).collect();
        beside.sort_unstable();
        beside.dedup();
        beside
    }

    /// Every move out of `end` (where it gives) or into it, as node, from, to.
    fn moves(&self, walk: &Walk<'_>, end: u32, gives: bool, moves: &mut Vec<(u32, u32, u32)>) {
        moves.clear();
        for &node in &self.nodes[end as usize] {
            for &other in walk.graph.neighbors(node as usize) {
                let beside = walk.part[other as usize];
                if beside != end {
                    moves.push(if gives { (node, end, beside) } else { (other, beside, end) });
                }
            }
        }
        moves.sort_unstable();
        moves.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::super::chance::Chance;
    use super::super::graph::Graph;
    use super::*;

    /// A strip of squares, five high, with weights up to `heaviest`.
    fn strip(chance: &mut Chance, n_cols: usize, heaviest: usize) -> Graph {
        let at = |col: usize, row: usize| (col * 5 + row) as u32;
        let cells = (0..n_cols).flat_map(|col| (0..5).map(move |row| (col, row)));
        let borders = cells.flat_map(|(col, row)| {
            let right = (col + 1 < n_cols).then(|| (at(col, row), at(col + 1, row), 1));
            let up = (row < 4).then(|| (at(col, row), at(col, row + 1), 1));
            right.into_iter().chain(up)
        });
        let weights = (0..n_cols * 5).map(|_| chance.below(heaviest) as i64).collect();
        Graph::new(weights, borders.collect())
    }

    #[test]
    fn what_a_chain_does_is_what_all_parts_tell() {
        let mut chance = Chance::fork(5, 0);
        for _ in 0..300 {
            let graph = strip(&mut chance, 12, 30);
            let part: Vec<u32> = (0..60).map(|node| node / 10).collect();
            let gauge = Gauge::even(6, graph.total() as f64 / 6.0, (100, 200), 0.01);
            let walk = Walk::new(&graph, &gauge, part, vec![1; 6]);
            let price = Price { gauge: &gauge, worst: 0.1 };
            // Out of part 0 by three moves, some of them back into parts that gave before.
            let mut at = 0;
            let mut chain = Chain::default();
            for step in 0..1 + chance.below(3) {
                let to = (at + 1 + chance.below(5) as u32) % 6;
                chain.moves.push((step as u32 * 7, at, to));
                at = to;
            }
            let (open, weight) = ((at + 1 + chance.below(5) as u32) % 6, chance.below(40) as i64);
            let told = Shift::new(&walk, &chain, at, &price).with(&walk, open, weight, &price);

            let mut load = walk.load.clone();
            for &(node, from, to) in &chain.moves {
                load[from as usize] -= graph.weights[node as usize];
                load[to as usize] += graph.weights[node as usize];
            }
            load[at as usize] -= weight;
            load[open as usize] += weight;
            let gain = |part: u32| {
                price.of(part, load[part as usize]) - price.of(part, walk.load[part as usize])
            };
            let change: f64 = (0..6).map(gain).sum();
            let inner = change - gain(open);
            let is_near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()));
            assert!(is_near(told.0, change), "{told:?} {change}");
            assert!(is_near(told.1, inner), "{told:?} {inner}");
        }
    }

    #[test]
    fn a_part_nobody_can_help_keeps_no_other_from_being_helped() {
        // One square weighs more than three parts, and hangs on the end of the strip.
        let mut chance = Chance::fork(6, 0);
        let mut graph = strip(&mut chance, 240, 9);
        graph.weights[0] = graph.total();
        let part: Vec<u32> = (0..1_200).map(|node| node / 10).collect();
        let mean = (graph.total() - graph.weights[0]) as f64 / 119.0;
        let band = (mean as i64 - 3, mean as i64 + 3);
        let gauge = Gauge::even(120, mean, band, 0.01);
        let outside =
            |walk: &Walk<'_>| walk.load[1..].iter().map(|&load| gauge.outside(load)).sum::<i64>();
        let mut walk = Walk::new(&graph, &gauge, part, vec![1; 120]);
        let before = outside(&walk);
        settle(&mut walk, 1_000, FEW, &Stop::default());
        let after = outside(&walk);
        assert!(after * 2 < before, "{before} households outside the band, then {after}");
    }
}
