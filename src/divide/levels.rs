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
use super::groups::Groups;
use super::recut;
use super::score::Score;
use super::tree;
use super::walk::{Cooling, Walk};
use super::watch::{Sight, Stop};

/// Nodes a part is made of where trees divide.
const COARSEST: usize = 20;
/// Temperatures where trees have divided, on the way back, and at the finest level.
const HEAT: [(f64, f64); 3] = [(1.0, 0.2), (1.0, 0.15), (1.0, 0.03)];
/// How hot a division is walked again, as a share of that.
const AGAIN: f64 = 0.4;
/// Weights of the strain: shapes come first, balance last.
const WEIGHT: (f64, f64) = (0.02, 8.0);

/// How often the best of a batch is cut anew along other trees while some part is still off.
const RECUTS: u64 = 4;
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

    /// `other` with its borders walked, if it is better than `part`.
    pub fn better(&self, other: Vec<u32>, part: &[u32]) -> Option<Vec<u32>> {
        let score = |part: &[u32]| Score::new(self.graph, self.gauge, part);
        let walked = self.finish(other.clone());
        let other = if score(&walked) < score(&other) { walked } else { other };
        (score(&other) < score(part)).then_some(other)
    }

    /// Some attempts, the best of which is made coarse and walked again.
    fn batch(&self, batch: u64, effort: &Effort) -> Scored {
        let n_tries = effort.n_tries as u64;
        let tries: Vec<u64> = (batch * n_tries..(batch + 1) * n_tries).collect();
        let n_inner = if n_tries > 1 { 1 } else { self.n_threads };
        let found = crew::each(self.n_threads, &tries, |_, &number| {
            let mut chance = Chance::fork(self.seed, number);
            let part = self.attempt(n_inner, effort.first, &mut chance);
            self.recut(self.scored(part, number), effort.n_cuts, &mut chance)
        });
        let mut best = self.best(found, effort.n_presses, 500);
        for number in 0..RECUTS {
            if best.score.excess == 0 || self.stop.is_due() {
                break;
            }
            let mut chance = Chance::fork(self.seed, 900 + RECUTS * batch + number);
            best = self.recut(best, effort.n_cuts, &mut chance);
        }
        let mut n_idle = 0;
        for round in 1..=effort.n_rounds + effort.n_more {
            let is_enough = round > effort.n_rounds && best.score.is_settled();
            if is_enough || n_idle == IDLE || self.stop.is_due() {
                break;
            }
            n_idle += 1;
            let better = crew::each(self.n_threads, &tries[..tries.len().min(2)], |_, &number| {
                let mut chance = Chance::fork(self.seed, 1000 * round + number);
                let part = self.again(&best.part, n_inner, effort.again, &mut chance);
                self.recut(self.scored(part, number), effort.n_cuts, &mut chance)
            });
            let other = match best.score.is_settled() {
                true => better.into_iter().min_by_key(Scored::key).expect("at least one try"),
                false => self.best(better, effort.n_presses, 1000 * round + 500),
            };
            if other.score < best.score {
                best = other;
                n_idle = 0;
            }
            self.stop.show(|| self.sight(&best.part, &[]));
        }
        if best.score.excess > 0 { self.settled(best) } else { best }
    }

    /// With some parts joined and cut anew, where one is still off and that helps.
    fn recut(&self, one: Scored, n_cuts: usize, chance: &mut Chance) -> Scored {
        if n_cuts == 0 || one.score.excess == 0 {
            return one;
        }
        let mut walk = self.walk(one.part.clone());
        recut::settle(&mut walk, n_cuts, chance, self.stop);
        let other = self.scored(self.finish(walk.part), one.number);
        if other.score < one.score { other } else { one }
    }

    /// With a longer search for chains, which only the best is worth.
    fn settled(&self, best: Scored) -> Scored {
        let mut walk = self.walk(best.part.clone());
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
            let groups = Groups { graph, gauge: &gauge, n_threads, stop: self.stop };
            part = groups.walked(part, &cooling, chance, &show);
            if let Some(below) = depth.checked_sub(1) {
                part = levels[below].1.iter().map(|&group| part[group as usize]).collect();
            }
            self.stop.show(|| self.sight(&part, &levels[..depth.saturating_sub(1)]));
        }
        self.finish(part)
    }

    /// The last violators, and once more the borders without giving anything up.
    fn finish(&self, part: Vec<u32>) -> Vec<u32> {
        let mut walk = self.walk(part);
        self.settle(&mut walk);
        let before = (Score::new(self.graph, self.gauge, &walk.part), walk.part.clone());
        walk.relax(LUKEWARM.weight.1, self.stop);
        self.settle(&mut walk);
        if Score::new(self.graph, self.gauge, &walk.part) < before.0 { walk.part } else { before.1 }
    }

    /// The best of them; where a part of each is still off, after steps that help only later.
    fn best(&self, found: Vec<Scored>, n_presses: usize, seed: u64) -> Scored {
        let key = Scored::key;
        if n_presses == 0 || found.iter().any(|one| one.score.is_settled()) {
            return found.into_iter().min_by_key(key).expect("at least one");
        }
        let n_threads = if found.len() > 1 { 1 } else { self.n_threads };
        let Self { graph, gauge, stop, .. } = *self;
        let groups = Groups { graph, gauge, n_threads, stop };
        let pressed = crew::each(self.n_threads, &found, |_, one| {
            let mut chance = Chance::fork(self.seed, seed + one.number);
            let part = one.part.clone();
            self.scored(groups.pressed(part, n_presses, &LUKEWARM, &mut chance), one.number)
        });
        found.into_iter().chain(pressed).min_by_key(key).expect("at least one")
    }

    fn walk(&self, part: Vec<u32>) -> Walk<'_> {
        Walk::new(self.graph, self.gauge, part, vec![1; self.n_parts()])
    }

    fn settle(&self, walk: &mut Walk<'_>) {
        chain::settle(walk, 40 + 8 * self.n_parts(), chain::FEW, self.stop);
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
    /// How often parts that are off are walked once more with those around them, in each of all these.
    n_presses: usize,
    /// How often parts are joined and cut anew in each of all these that leaves some part off.
    n_cuts: usize,
    /// Moves looked at for each node on a rim, at each level: at first and again.
    first: f64,
    again: f64,
}

impl Effort {
    const BRIEF: Self = Self {
        n_batches: 1,
        n_tries: 1,
        n_rounds: 0,
        n_more: 0,
        n_presses: 1,
        n_cuts: 0,
        first: 60.0,
        again: 0.0,
    };

    fn new(n_nodes: usize, n_parts: usize) -> Self {
        // Many parts of few nodes each: some stay off, whatever is tried.
        let is_coarse = n_parts > 64 && n_nodes < 16 * n_parts;
        match n_nodes {
            0..5_000 if is_coarse => Self {
                n_batches: 1,
                n_tries: 2,
                n_rounds: 4,
                n_more: 0,
                n_presses: 0,
                n_cuts: 0,
                first: 200.0,
                again: 150.0,
            },
            0..1_000 => Self {
                n_batches: 2,
                n_tries: 4,
                n_rounds: 4,
                n_more: 0,
                n_presses: 0,
                n_cuts: 30,
                first: 150.0,
                again: 120.0,
            },
            1_000..5_000 => Self {
                n_batches: 1,
                n_tries: 2,
                n_rounds: 2,
                n_more: 2,
                n_presses: 3,
                n_cuts: 0,
                first: 150.0,
                again: 120.0,
            },
            5_000..50_000 => Self {
                n_batches: 1,
                n_tries: 1,
                n_rounds: 3,
                n_more: 2,
                n_presses: 3,
                n_cuts: 0,
                first: 250.0,
                again: 200.0,
            },
            _ => Self {
                n_batches: 1,
                n_tries: 1,
                n_rounds: 3,
                n_more: 0,
                n_presses: 3,
                n_cuts: 0,
                first: 250.0,
                again: 200.0,
            },
        }
    }
}
