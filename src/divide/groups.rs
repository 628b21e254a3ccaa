//! Parts walked in groups of neighbours: groups at the same time, and each small enough for its memory to
//! be near.
//!
//! `walked` takes all parts, round after round in other groups; `pressed` only those that are still off, with
//! who is near them.

use super::chain;
use super::chance::Chance;
use super::crew;
use super::gauge::Gauge;
use super::graph::Graph;
use super::score::Score;
use super::walk::{Cooling, Walk};
use super::watch::Stop;

/// Most parts that are walked together.
const GROUP: usize = 16;
/// How often groups are drawn anew.
const ROUNDS: usize = 8;

/// A graph whose parts are to be walked.
pub(super) struct Groups<'a> {
    pub graph: &'a Graph,
    pub gauge: &'a Gauge,
    pub n_threads: usize,
    pub stop: &'a Stop<'a>,
}

impl Groups<'_> {
    /// All parts; `show` hears of every round.
    pub fn walked(
        &self,
        part: Vec<u32>,
        cooling: &Cooling,
        chance: &mut Chance,
        show: &(dyn Fn(&[u32]) + Sync),
    ) -> Vec<u32> {
        let n_parts = self.gauge.targets.len();
        if n_parts > 2 * GROUP {
            return self.in_rounds(part, cooling, chance, show);
        }
        let mut walk = Walk::new(self.graph, self.gauge, part, vec![1; n_parts]);
        walk.anneal(cooling, chance, self.stop);
        walk.part
    }

    fn in_rounds(
        &self,
        mut part: Vec<u32>,
        cooling: &Cooling,
        chance: &mut Chance,
        show: &(dyn Fn(&[u32]) + Sync),
    ) -> Vec<u32> {
        for round in 0..ROUNDS {
            if self.stop.is_due() {
                return part;
            }
            let step = |(first, last): (f64, f64)| {
                let at = |round: usize| first * (last / first).powf(round as f64 / ROUNDS as f64);
                (at(round), at(round + 1))
            };
            let cooling = Cooling {
                n_visits: cooling.n_visits / ROUNDS as f64,
                heat: step(cooling.heat),
                weight: step(cooling.weight),
            };
            let groups = self.groups(&part, (0..self.gauge.targets.len() as u32).collect(), chance);
            let seed = chance.word();
            let done = crew::each(self.n_threads, &groups, |number, group| {
                let ground = group.ground(self, &part);
                let mut walk = ground.walk();
                walk.anneal(&cooling, &mut Chance::fork(seed, number as u64), self.stop);
                walk.part
            });
            for (group, mine) in groups.iter().zip(done) {
                group.write(&mine, &mut part);
            }
            show(&part);
        }
        part
    }

    /// Parts that are off with who is near them, up to `n_times`; what makes a group no better is not kept.
    pub fn pressed(
        &self,
        mut part: Vec<u32>,
        n_times: usize,
        cooling: &Cooling,
        chance: &mut Chance,
    ) -> Vec<u32> {
        for _ in 0..n_times {
            let off = self.off(&part);
            if off.is_empty() || self.stop.is_due() {
                break;
            }
            let groups = self.groups(&part, off, chance);
            let seed = chance.word();
            let done = crew::each(self.n_threads, &groups, |number, group| {
                let ground = group.ground(self, &part);
                let mut walk = ground.walk();
                walk.anneal(cooling, &mut Chance::fork(seed, number as u64), self.stop);
                chain::settle(&mut walk, 40 + 8 * group.parts.len(), chain::FEW, self.stop);
                let score = |part| Score::new(&ground.graph, &ground.gauge, part);
                (score(&walk.part) < score(&ground.part)).then_some(walk.part)
            });
            for (group, mine) in groups.iter().zip(done) {
                if let Some(mine) = mine {
                    group.write(&mine, &mut part);
                }
            }
        }
        part
    }

    /// Parts with something left to be mended: all of them where stations are asked for.
    fn off(&self, part: &[u32]) -> Vec<u32> {
        let mut load = vec![0; self.gauge.targets.len()];
        for (node, &mine) in part.iter().enumerate() {
            load[mine as usize] += self.graph.weights[node];
        }
        let is_asked = !self.graph.reach.is_empty();
        let is_off =
            |&mine: &u32| is_asked || self.gauge.excess(mine as usize, load[mine as usize]) > 0.0;
        (0..load.len() as u32).filter(is_off).collect()
    }

    /// Groups of up to [`GROUP`] parts that hang together, each begun with one of `firsts`, drawn anew each
    /// time; none is in two.
    fn groups(&self, part: &[u32], mut firsts: Vec<u32>, chance: &mut Chance) -> Vec<Group> {
        let n_parts = self.gauge.targets.len();
        let beside = self.graph.beside(part, n_parts);
        chance.shuffle(&mut firsts);
        let mut group_of = vec![u32::MAX; n_parts];
        let mut groups: Vec<Group> = Vec::new();
        for first in firsts {
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
            if let Some(group) = groups.get_mut(group_of[mine as usize] as usize) {
                group.nodes.push(node as u32);
            }
        }
        groups
    }
}

/// Parts that are walked together, and their nodes.
struct Group {
    parts: Vec<u32>,
    nodes: Vec<u32>,
}

impl Group {
    fn ground(&self, of: &Groups<'_>, part: &[u32]) -> GroupGround {
        let mut place = vec![u32::MAX; of.graph.n_nodes()];
        let graph = of.graph.part(&self.nodes, &mut place);
        let mut number = vec![0; of.gauge.targets.len()];
        for (at, &mine) in self.parts.iter().enumerate() {
            number[mine as usize] = at as u32;
        }
        let targets = self.parts.iter().map(|&mine| of.gauge.targets[mine as usize]).collect();
        let gauge = Gauge { targets, ..of.gauge.clone() };
        let part = self.nodes.iter().map(|&node| number[part[node as usize] as usize]).collect();
        GroupGround { graph, gauge, part }
    }

    /// Parts of its nodes, by their numbers in the group, as those of all.
    fn write(&self, mine: &[u32], part: &mut [u32]) {
        for (&node, &mine) in self.nodes.iter().zip(mine) {
            part[node as usize] = self.parts[mine as usize];
        }
    }
}

/// A group as a graph of its own, its parts numbered within it.
struct GroupGround {
    graph: Graph,
    gauge: Gauge,
    part: Vec<u32>,
}

impl GroupGround {
    fn walk(&self) -> Walk<'_> {
        let least = vec![1; self.gauge.targets.len()];
        Walk::new(&self.graph, &self.gauge, self.part.clone(), least)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    /// A board of `side` times `side` squares of uneven weight.
    fn board(side: usize, chance: &mut Chance) -> Graph {
        let at = |col: usize, row: usize| (col * side + row) as u32;
        let cells = (0..side).flat_map(|col| (0..side).map(move |row| (col, row)));
        let borders = cells.flat_map(|(col, row)| {
            let right = (col + 1 < side).then(|| (at(col, row), at(col + 1, row), 10));
            let up = (row + 1 < side).then(|| (at(col, row), at(col, row + 1), 10));
            right.into_iter().chain(up)
        });
        let weights = (0..side * side).map(|_| chance.below(12) as i64).collect();
        Graph::new(weights, borders.collect())
    }

    fn n_broken(graph: &Graph, part: &[u32], n_parts: usize) -> usize {
        let pieces = |mine: u32| {
            let nodes: Vec<u32> =
                (0..part.len() as u32).filter(|&n| part[n as usize] == mine).collect();
            graph.part(&nodes, &mut vec![u32::MAX; part.len()]).pieces().len()
        };
        (0..n_parts as u32).filter(|&mine| pieces(mine) != 1).count()
    }

    #[test]
    fn pressing_mends_what_is_off_and_breaks_nothing() {
        let mut chance = Chance::fork(8, 0);
        let graph = board(40, &mut chance);
        let n_parts = 40;
        let target = graph.total() as f64 / n_parts as f64;
        let gauge = Gauge::even(n_parts, target, (0, i64::MAX), 0.01);
        let stop = Stop::default();
        let part = tree::parts(&graph, n_parts, target, &mut chance, &stop);
        assert_eq!(n_broken(&graph, &part, n_parts), 0);
        let cooling = Cooling { n_visits: 100.0, heat: (0.02, 0.005), weight: (50.0, 50.0) };
        let [one, two] = [1, 2].map(|n_threads| {
            let groups = Groups { graph: &graph, gauge: &gauge, n_threads, stop: &stop };
            groups.pressed(part.clone(), 3, &cooling, &mut Chance::fork(9, 0))
        });
        assert_eq!(one, two, "whatever the threads");
        assert_eq!(n_broken(&graph, &one, n_parts), 0);
        let excess = |part: &[u32]| Score::new(&graph, &gauge, part).excess;
        assert!(excess(&one) * 4 < excess(&part), "{} {}", excess(&one), excess(&part));
    }

    #[test]
    fn what_is_even_already_is_left_alone() {
        let mut chance = Chance::fork(10, 0);
        let mut graph = board(12, &mut chance);
        graph.weights.fill(3);
        let part: Vec<u32> = (0..144).map(|node| node / 24).collect();
        let gauge = Gauge::even(6, 72.0, (0, i64::MAX), 0.01);
        let stop = Stop::default();
        let groups = Groups { graph: &graph, gauge: &gauge, n_threads: 2, stop: &stop };
        let cooling = Cooling { n_visits: 100.0, heat: (1.0, 1.0), weight: (1.0, 1.0) };
        assert_eq!(groups.pressed(part.clone(), 3, &cooling, &mut chance), part);
    }
}
