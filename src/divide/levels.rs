//! From coarse to fine: pairs of nodes are joined again and again, the small graph is divided by trees,
//! and at each step back the borders are walked anew.
//!
//! The best of some tries is made coarse again, joining only what is of one part, and walked once more.
//!
//! **Why** levels: a border that runs the wrong way round a park is many nodes long at the finest level,
//! where no search would move it, and three nodes long at a coarse one.
//! Source: Hendrickson and Leland 1995; Karypis and Kumar 1998.

use super::chain;
use super::chance::Chance;
use super::crew;
use super::gauge::Gauge;
use super::graph::Graph;
use super::score::Score;
use super::tree;
use super::walk::{Cooling, Walk};
use super::watch::{Sight, Stop};

/// Nodes a part is made of where trees divide.
const COARSEST: usize = 20;
/// Parts that are walked together; several such groups are walked at once.
const GROUP: usize = 16;
/// Temperatures where trees have divided, on the way back, and at the finest level.
const HEAT: [(f64, f64); 3] = [(1.0, 0.2), (1.0, 0.15), (1.0, 0.03)];
/// How hot a division is walked again, as a share of that.
const AGAIN: f64 = 0.4;
/// Weights of the strain: shapes come first, balance last.
const WEIGHT: (f64, f64) = (0.02, 8.0);

/// Rounds without gain after which no more are made.
const IDLE: u64 = 2;
/// How the last violators are walked once more.
const LUKEWARM: Cooling = Cooling { n_visits: 100.0, heat: (0.02, 0.005), weight: (50.0, 50.0) };

/// What to divide one connected graph into.
pub(super) struct Task<'a> {
    pub graph: &'a Graph,
    pub gauge: &'a Gauge,
    pub seed: u64,
    pub n_threads: usize,
    pub is_brief: bool,
    pub stop: &'a Stop<'a>,
}

impl Task<'_> {
    fn n_parts(&self) -> usize {
        self.gauge.targets.len()
    }

    /// The best division found. The graph is connected and has at least as many nodes as parts.
    pub fn solve(&self) -> Vec<u32> {
        if self.n_parts() == 1 {
            return vec![0; self.graph.n_nodes()];
        }
        let n_nodes = self.graph.n_nodes();
        let effort = match self.is_brief {
            true => Effort::BRIEF,
            false => Effort::new(n_nodes, self.n_parts()),
        };
        let mut best = self.batch(0, &effort);
        for batch in 1..effort.n_batches {
            if best.score.is_settled() || self.stop.is_due() {
                break;
            }
            let other = self.batch(batch, &effort);
            if other.score < best.score {
                best = other;
            }
        }
        best.part
    }

    /// Some attempts, the best of which is made coarse and walked again.
    fn batch(&self, batch: u64, effort: &Effort) -> Scored {
        let n_tries = effort.n_tries as u64;
        let tries: Vec<u64> = (batch * n_tries..(batch + 1) * n_tries).collect();
        let n_inner = if n_tries > 1 { 1 } else { self.n_threads };
        let found = crew::each(self.n_threads, &tries, |_, &number| {
            let mut chance = Chance::fork(self.seed, number);
            self.scored(self.attempt(n_inner, effort.first, &mut chance), number)
        });
        let mut best = found.into_iter().min_by_key(Scored::key).expect("at least one try");
        let mut n_idle = 0;
        for round in 1..=effort.n_rounds + effort.n_more {
            let is_enough = round > effort.n_rounds && best.score.is_settled();
            if is_enough || n_idle == IDLE || self.stop.is_due() {
                break;
            }
            n_idle += 1;
            let better = crew::each(self.n_threads, &tries[..tries.len().min(2)], |_, &number| {
                let mut chance = Chance::fork(self.seed, 1000 * round + number);
                self.scored(self.again(&best.part, n_inner, effort.again, &mut chance), number)
            });
            for other in better {
                if other.score < best.score {
                    best = other;
                    n_idle = 0;
                }
            }
            self.stop.show(|| self.sight(&best.part, &[]));
        }
        if best.score.excess > 0 { self.settled(best) } else { best }
    }

    /// With a longer search for chains, which only the best is worth.
    fn settled(&self, best: Scored) -> Scored {
        let mut walk =
            Walk::new(self.graph, self.gauge, best.part.clone(), vec![1; self.n_parts()]);
        let n_chains = 10 + 2 * self.n_parts();
        chain::settle(&mut walk, n_chains, chain::MANY, self.stop);
        let other = self.scored(walk.part, best.number);
        if other.score < best.score { other } else { best }
    }

    fn scored(&self, part: Vec<u32>, number: u64) -> Scored {
        Scored { score: Score::new(self.graph, self.gauge, &part), number, part }
    }

    /// A division of the graph below all of `levels`, as it would be at the finest.
    fn sight(&self, part: &[u32], levels: &[(Graph, Vec<u32>)]) -> Sight {
        let mut part = part.to_vec();
        for (_, group_of) in levels.iter().rev() {
            part = group_of.iter().map(|&group| part[group as usize]).collect();
        }
        let Score { outside, missed, excess, cost } = Score::new(self.graph, self.gauge, &part);
        Sight { part, n_parts: self.n_parts(), worth: (0, [outside, missed, excess, cost]) }
    }

    fn attempt(&self, n_threads: usize, n_visits: f64, chance: &mut Chance) -> Vec<u32> {
        let levels = self.coarser(None, chance);
        let coarsest = levels.last().map_or(self.graph, |(graph, _)| graph);
        let target = self.gauge.targets[0];
        let part = tree::parts(coarsest, self.n_parts(), target, chance, self.stop);
        self.back(part, &levels, HEAT, n_visits, n_threads, chance)
    }

    /// The same from a division there is: what is joined is of one part, and it is less hot.
    fn again(
        &self,
        part: &[u32],
        n_threads: usize,
        n_visits: f64,
        chance: &mut Chance,
    ) -> Vec<u32> {
        let levels = self.coarser(Some(part), chance);
        let mut coarse = part.to_vec();
        for (_, group_of) in &levels {
            coarse = lifted(&coarse, group_of);
        }
        let heat = HEAT.map(|(first, last)| (first * AGAIN, last));
        self.back(coarse, &levels, heat, n_visits, n_threads, chance)
    }

    /// From the coarsest level back to the finest.
    fn back(
        &self,
        mut part: Vec<u32>,
        levels: &[(Graph, Vec<u32>)],
        heat: [(f64, f64); 3],
        n_visits: f64,
        n_threads: usize,
        chance: &mut Chance,
    ) -> Vec<u32> {
        for depth in (0..=levels.len()).rev() {
            let graph = if depth == 0 { self.graph } else { &levels[depth - 1].0 };
            let grain = graph.total() as f64 / graph.n_nodes() as f64;
            let gauge = self.gauge.at_grain(if depth == 0 { grain * 0.5 } else { grain });
            let heat = match depth {
                0 => heat[2],
                _ if depth == levels.len() => heat[0],
                _ => heat[1],
            };
            let cooling = Cooling { n_visits, heat, weight: WEIGHT };
            let show = |part: &[u32]| self.stop.show(|| self.sight(part, &levels[..depth]));
            let walked = Walked { graph, gauge: &gauge, n_threads, stop: self.stop, show: &show };
            part = walked.walk(part, &cooling, chance);
            if let Some(below) = depth.checked_sub(1) {
                part = levels[below].1.iter().map(|&group| part[group as usize]).collect();
            }
            self.stop.show(|| self.sight(&part, &levels[..depth.saturating_sub(1)]));
        }
        self.finish(part, chance)
    }

    /// The last violators, and once more the borders without giving anything up.
    fn finish(&self, part: Vec<u32>, chance: &mut Chance) -> Vec<u32> {
        let mut walk = Walk::new(self.graph, self.gauge, part, vec![1; self.n_parts()]);
        let n_chains = 40 + 8 * self.n_parts();
        chain::settle(&mut walk, n_chains, chain::FEW, self.stop);
        let mut best = (Score::new(self.graph, self.gauge, &walk.part), walk.part.clone());
        // Borders first; where some part is still off, also by steps that help only later.
        for cooling in [None, Some(LUKEWARM)] {
            match cooling {
                None => walk.relax(LUKEWARM.weight.1, self.stop),
                Some(_) if best.0.is_settled() => break,
                Some(cooling) => walk.anneal(&cooling, chance, self.stop),
            }
            chain::settle(&mut walk, n_chains, chain::FEW, self.stop);
            let score = Score::new(self.graph, self.gauge, &walk.part);
            if score < best.0 {
                best = (score, walk.part.clone());
            }
        }
        best.1
    }

    /// Ever coarser graphs, each with the group of each node of the one before.
    fn coarser(&self, part: Option<&[u32]>, chance: &mut Chance) -> Vec<(Graph, Vec<u32>)> {
        let enough = (COARSEST * self.n_parts()).max(60);
        let heaviest = (self.gauge.targets[0] / 8.0) as i64;
        let mut levels: Vec<(Graph, Vec<u32>)> = Vec::new();
        let mut part = part.map(<[u32]>::to_vec);
        loop {
            let graph = levels.last().map_or(self.graph, |(graph, _)| graph);
            let n = graph.n_nodes();
            if n <= enough * 3 / 2 {
                return levels;
            }
            let (group_of, n_groups) = graph.matched(heaviest, part.as_deref(), chance);
            if n_groups * 10 > n * 9 || n_groups < enough / 2 {
                return levels;
            }
            let coarse = graph.contracted(&group_of, n_groups);
            part = part.map(|part| lifted(&part, &group_of));
            levels.push((coarse, group_of));
        }
    }
}

/// A division with what it is worth.
struct Scored {
    score: Score,
    number: u64,
    part: Vec<u32>,
}

impl Scored {
    /// Equal ones by the number of the try, so that threads do not matter.
    fn key(&self) -> (Score, u64) {
        (self.score, self.number)
    }
}

/// Part of each group, from the parts of its nodes, which are all the same.
fn lifted(part: &[u32], group_of: &[u32]) -> Vec<u32> {
    let n_groups = group_of.iter().max().map_or(0, |&last| last as usize + 1);
    let mut above = vec![0; n_groups];
    for (&group, &mine) in group_of.iter().zip(part) {
        above[group as usize] = mine;
    }
    debug_assert!(group_of.iter().zip(part).all(|(&group, mine)| above[group as usize] == *mine));
    above
}

/// How much is tried on a graph; follows from its size and the number of parts alone.
#[derive(Clone, Copy, Debug)]
struct Effort {
    /// How often all of this is done while some part is still off.
    n_batches: u64,
    /// Whole attempts from different trees.
    n_tries: usize,
    /// How often the best is coarsened and walked again, twice each time where tries run side by side.
    n_rounds: u64,
    /// Further rounds while some part is still off.
    n_more: u64,
    /// Moves looked at for each node on a rim, at each level: at first and again.
    first: f64,
    again: f64,
}

impl Effort {
    const BRIEF: Self =
        Self { n_batches: 1, n_tries: 1, n_rounds: 0, n_more: 0, first: 60.0, again: 0.0 };

    fn new(n_nodes: usize, n_parts: usize) -> Self {
        // Many parts of few nodes each: some stay off, whatever is tried.
        let is_coarse = n_parts > 64 && n_nodes < 16 * n_parts;
        match n_nodes {
            0..5_000 if is_coarse => Self {
                n_batches: 1,
                n_tries: 2,
                n_rounds: 2,
                n_more: 0,
                first: 200.0,
                again: 150.0,
            },
            0..1_000 => Self {
                n_batches: 3,
                n_tries: 4,
                n_rounds: 4,
                n_more: 0,
                first: 150.0,
                again: 120.0,
            },
            1_000..5_000 => Self {
                n_batches: 1,
                n_tries: 2,
                n_rounds: 2,
                n_more: 2,
                first: 150.0,
                again: 120.0,
            },
            5_000..50_000 => Self {
                n_batches: 1,
                n_tries: 1,
                n_rounds: 2,
                n_more: 3,
                first: 250.0,
                again: 200.0,
            },
            _ => Self {
                n_batches: 1,
                n_tries: 1,
                n_rounds: 2,
                n_more: 0,
                first: 250.0,
                again: 200.0,
            },
        }
    }
}

/// One level being walked.
struct Walked<'a> {
    graph: &'a Graph,
    gauge: &'a Gauge,
    n_threads: usize,
    stop: &'a Stop<'a>,
    /// Hears of every round.
    show: &'a (dyn Fn(&[u32]) + Sync),
}

impl Walked<'_> {
    fn walk(&self, part: Vec<u32>, cooling: &Cooling, chance: &mut Chance) -> Vec<u32> {
        let n_parts = self.gauge.targets.len();
        if n_parts <= 2 * GROUP {
            let mut walk = Walk::new(self.graph, self.gauge, part, vec![1; n_parts]);
            walk.anneal(cooling, chance, self.stop);
            return walk.part;
        }
        self.walk_groups(part, cooling, chance)
    }

    /// In rounds: parts are put into groups of neighbours, each group is walked for itself.
    fn walk_groups(&self, mut part: Vec<u32>, cooling: &Cooling, chance: &mut Chance) -> Vec<u32> {
        const ROUNDS: usize = 8;
        for round in 0..ROUNDS {
            if self.stop.is_due() {
                return part;
            }
            let step = |(first, last): (f64, f64)| {
                let at = |round: usize| first * (last / first).powf(round as f64 / ROUNDS as f64);
                (at(round), at(round + 1))
            };
            let groups = self.groups(&part, chance);
            let seed = chance.word();
            let done = crew::each(self.n_threads, &groups, |number, group| {
                let cooling = Cooling {
                    n_visits: cooling.n_visits / ROUNDS as f64,
                    heat: step(cooling.heat),
                    weight: step(cooling.weight),
                };
                self.walk_group(group, &part, &cooling, Chance::fork(seed, number as u64))
            });
            for (group, mine) in groups.iter().zip(done) {
                for (&node, mine) in group.nodes.iter().zip(mine) {
                    part[node as usize] = group.parts[mine as usize];
                }
            }
            (self.show)(&part);
        }
        part
    }

    fn walk_group(
        &self,
        group: &Group,
        part: &[u32],
        cooling: &Cooling,
        mut chance: Chance,
    ) -> Vec<u32> {
        let mut place = vec![u32::MAX; self.graph.n_nodes()];
        let graph = self.graph.part(&group.nodes, &mut place);
        let mut number = vec![0; self.gauge.targets.len()];
        for (at, &mine) in group.parts.iter().enumerate() {
            number[mine as usize] = at as u32;
        }
        let targets = group.parts.iter().map(|&mine| self.gauge.targets[mine as usize]).collect();
        let gauge = Gauge { targets, ..self.gauge.clone() };
        let mine = group.nodes.iter().map(|&node| number[part[node as usize] as usize]).collect();
        let mut walk = Walk::new(&graph, &gauge, mine, vec![1; group.parts.len()]);
        walk.anneal(cooling, &mut chance, self.stop);
        walk.part
    }

    /// All parts in groups of up to [`GROUP`] that hang together, drawn anew each time.
    fn groups(&self, part: &[u32], chance: &mut Chance) -> Vec<Group> {
        let n_parts = self.gauge.targets.len();
        let mut beside: Vec<Vec<u32>> = vec![Vec::new(); n_parts];
        for (a, b, _) in self.graph.borders() {
            let (one, other) = (part[a], part[b]);
            if one != other {
                beside[one as usize].push(other);
                beside[other as usize].push(one);
            }
        }
        for list in &mut beside {
            list.sort_unstable();
            list.dedup();
        }
        let mut order: Vec<u32> = (0..n_parts as u32).collect();
        chance.shuffle(&mut order);
        let mut group_of = vec![u32::MAX; n_parts];
        let mut groups: Vec<Group> = Vec::new();
        for first in order {
            if group_of[first as usize] != u32::MAX {
                continue;
            }
            let number = groups.len() as u32;
            let mut parts = vec![first];
            group_of[first as usize] = number;
            let mut at = 0;
            while at < parts.len() && parts.len() < GROUP {
                for &to in &beside[parts[at] as usize] {
                    if parts.len() < GROUP && group_of[to as usize] == u32::MAX {
                        group_of[to as usize] = number;
                        parts.push(to);
                    }
                }
                at += 1;
            }
            groups.push(Group { parts, nodes: Vec::new() });
        }
        for (node, &mine) in part.iter().enumerate() {
            groups[group_of[mine as usize] as usize].nodes.push(node as u32);
        }
        groups
    }
}

/// Parts that are walked together, and their nodes.
struct Group {
    parts: Vec<u32>,
    nodes: Vec<u32>,
}
