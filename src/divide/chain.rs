//! Chains of moves for the last parts that are too heavy or too light.
//!
//! Where no single move helps, one part gives a node to a second, the second another to a third (or back
//! to the first: an exchange). Only the two ends of the chain change by much; what lies between
//! changes by the difference of two nodes.
//!
//! **Why** a narrow search from the worst part and not a flow through all of them: nodes cannot be
//! divided, so a flow has to be rounded afterwards, and rounding is this search.

use super::walk::Walk;
use super::watch::Stop;

/// Most moves in one chain.
const LONGEST: usize = 4;
/// Half-made chains kept at each length.
pub(super) const FEW: usize = 10;
pub(super) const MANY: usize = 40;
/// Smallest gain worth a chain, as a share of the worst part's cost.
const GAIN: f64 = 1e-4;
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
    for _ in 0..n_chains {
        if stop.is_due() {
            return;
        }
        let excess = |part: usize| walk.gauge.excess(part, walk.load[part]);
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
    let worst_excess = walk.gauge.excess(worst, walk.load[worst]);
    let gives = walk.load[worst] as f64 > walk.gauge.targets[worst];
    let (gauge, before) = (walk.gauge, walk.load.clone());
    let mut moves = Vec::new();
    let price = |part: usize, load: i64| {
        let share = gauge.excess(part, load) / worst_excess;
        // Nothing may become worse than the worst is.
        if share > 1.0 { 1e3 * share } else { share.powi(4) }
    };
    let mut chains = vec![Chain::default()];
    for _ in 0..LONGEST {
        let mut nexts: Vec<Next> = Vec::new();
        for (number, chain) in chains.iter().enumerate() {
            let mut load = Shift::default();
            for &(node, from, to) in &chain.moves {
                load.carry(from, to, walk.graph.weights[node as usize]);
            }
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
            members.moves(walk, end, gives, &mut moves);
            for &(node, from, to) in &moves {
                let weight = walk.graph.weights[node as usize];
                if weight == 0 || chain.moves.iter().any(|&(moved, _, _)| moved == node) {
                    continue;
                }
                let mut after = load;
                after.carry(from, to, weight);
                let open = if gives { to } else { from };
                let (mut change, mut inner) = (0.0, 0.0);
                for &(part, by) in &after.parts[..after.n_parts] {
                    let held = before[part as usize];
                    let gain = price(part as usize, held + by) - price(part as usize, held);
                    change += gain;
                    inner += if part == open { 0.0 } else { gain };
                }
                if inner < -GAIN || change < -GAIN {
                    let missed = MISSED * walk.missed_more(node as usize, to);
                    let cost = chain.cost + walk.cost_of(node as usize, to) + missed;
                    nexts.push(Next { chain: number, node, from, to, cost, change, inner });
                }
            }
        }
        if let Some(done) = best_complete(walk, &chains, &mut nexts) {
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
fn best_complete(walk: &mut Walk<'_>, chains: &[Chain], nexts: &mut [Next]) -> Option<Chain> {
    let value = |next: &Next| next.change * 20.0 + next.cost;
    nexts.sort_by(|a, b| value(a).total_cmp(&value(b)).then(a.node.cmp(&b.node)));
    let complete = nexts.iter().filter(|next| next.change < -GAIN);
    for next in complete.take(40) {
        if let Some(chain) = walked(walk, &chains[next.chain], next) {
            return Some(chain);
        }
    }
    None
}

/// The most promising chains that still have to go on.
fn open_ends(
    walk: &mut Walk<'_>,
    chains: &[Chain],
    mut nexts: Vec<Next>,
    n_kept: usize,
) -> Vec<Chain> {
    let value = |next: &Next| next.inner * 20.0 + next.cost;
    nexts.retain(|next| next.inner < -GAIN);
    nexts.sort_by(|a, b| value(a).total_cmp(&value(b)).then(a.node.cmp(&b.node)));
    let mut kept: Vec<Chain> = Vec::new();
    for next in nexts.iter().take(n_kept * 4) {
        if kept.len() == n_kept {
            break;
        }
        kept.extend(walked(walk, &chains[next.chain], next));
    }
    kept
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

/// What a chain does to the loads of the parts it touches.
#[derive(Clone, Copy, Debug, Default)]
struct Shift {
    parts: [(u32, i64); LONGEST + 1],
    n_parts: usize,
}

impl Shift {
    fn carry(&mut self, from: u32, to: u32, weight: i64) {
        self.add(from, -weight);
        self.add(to, weight);
    }

    fn add(&mut self, part: u32, by: i64) {
        let known = self.parts[..self.n_parts].iter_mut().find(|(held, _)| *held == part);
        match known {
            Some((_, change)) => *change += by,
            None => {
                self.parts[self.n_parts] = (part, by);
                self.n_parts += 1;
            }
        }
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
