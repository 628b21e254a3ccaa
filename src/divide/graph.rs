//! The graph the engine works on: nodes with weights, borders with costs, and who of one's neighbours
//! are neighbours of each other.
//!
//! Knows nothing of units, barriers or millimetres: those have become whole-number costs.
//!
//! **Why** the `kin` masks: whether a part stays in one piece when a node leaves is asked millions of
//! times, and nine times in ten its neighbours already touch each other around it.

use super::chance::Chance;
use super::reach::Reach;

/// Nodes and borders in rows. Borders appear once at each end.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    pub weights: Vec<i64>,
    starts: Vec<u32>,
    ends: Vec<u32>,
    costs: Vec<i64>,
    /// For each border of a node, which other borders of that node lead to neighbours of its far end,
    /// as bits; all zero for nodes of more than 64 borders.
    kin: Vec<u64>,
    /// Stations the households of nodes can walk to, where that is asked.
    pub reach: Reach,
}

/// One border as seen from one of its nodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub to: usize,
    pub cost: i64,
}

impl Graph {
    /// `borders`: both nodes and the cost; several between the same two are added up, loops left out.
    /// Cost: O(n + m log m).
    pub fn new(weights: Vec<i64>, mut borders: Vec<(u32, u32, i64)>) -> Self {
        borders.retain(|&(a, b, _)| a != b);
        for (a, b, _) in &mut borders {
            if a > b {
                std::mem::swap(a, b);
            }
        }
        borders.sort_unstable_by_key(|&(a, b, _)| (a, b));
        borders.dedup_by(|next, kept| {
            let is_same = (next.0, next.1) == (kept.0, kept.1);
            if is_same {
                kept.2 += next.2;
            }
            is_same
        });
        let n = weights.len();
        let mut starts = vec![0u32; n + 1];
        for &(a, b, _) in &borders {
            starts[a as usize + 1] += 1;
            starts[b as usize + 1] += 1;
        }
        for node in 0..n {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let (mut ends, mut costs) = (vec![0; borders.len() * 2], vec![0; borders.len() * 2]);
        // Borders are sorted, so each node meets its lower neighbours first and all in ascending order.
        let mut place = |from: u32, to: u32, cost: i64| {
            let at = &mut next[from as usize];
            ends[*at as usize] = to;
            costs[*at as usize] = cost;
            *at += 1;
        };
        for &(a, b, cost) in &borders {
            place(b, a, cost);
        }
        for &(a, b, cost) in &borders {
            place(a, b, cost);
        }
        let mut graph =
            Self { weights, starts, ends, costs, kin: Vec::new(), reach: Reach::default() };
        graph.find_kin();
        graph
    }

    fn find_kin(&mut self) {
        self.kin = vec![0; self.ends.len()];
        // Where each node stands among the borders of the node looked at, plus one.
        let mut place = vec![0u8; self.n_nodes()];
        for node in 0..self.n_nodes() {
            let range = self.range(node);
            if range.len() > 64 {
                continue;
            }
            for (bit, at) in range.clone().enumerate() {
                place[self.ends[at] as usize] = bit as u8 + 1;
            }
            for at in range.clone() {
                let mut mask = 0u64;
                for beyond in self.range(self.ends[at] as usize) {
                    let bit = place[self.ends[beyond] as usize];
                    if bit > 0 {
                        mask |= 1 << (bit - 1);
                    }
                }
                self.kin[at] = mask;
            }
            for at in range {
                place[self.ends[at] as usize] = 0;
            }
        }
    }

    pub fn n_nodes(&self) -> usize {
        self.weights.len()
    }

    pub fn range(&self, node: usize) -> std::ops::Range<usize> {
        self.starts[node] as usize..self.starts[node + 1] as usize
    }

    /// Far ends, costs and kin of the borders of `node`, all of one length.
    pub fn rows(&self, node: usize) -> (&[u32], &[i64], &[u64]) {
        let range = self.range(node);
        (&self.ends[range.clone()], &self.costs[range.clone()], &self.kin[range])
    }

    pub fn edges(&self, node: usize) -> impl Iterator<Item = Edge> + '_ {
        self.range(node).map(|at| Edge { to: self.ends[at] as usize, cost: self.costs[at] })
    }

    pub fn neighbors(&self, node: usize) -> &[u32] {
        &self.ends[self.range(node)]
    }

    /// Every border once: lower node, higher node, cost.
    pub fn borders(&self) -> impl Iterator<Item = (usize, usize, i64)> + '_ {
        (0..self.n_nodes()).flat_map(move |node| {
            let higher = self.edges(node).filter(move |edge| edge.to > node);
            higher.map(move |edge| (node, edge.to, edge.cost))
        })
    }

    /// Parts that share a border with each of `n_parts`, ascending. `part`: that of each node.
    pub fn beside(&self, part: &[u32], n_parts: usize) -> Vec<Vec<u32>> {
        let mut beside: Vec<Vec<u32>> = vec![Vec::new(); n_parts];
        for (a, b, _) in self.borders() {
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
        beside
    }

    pub fn total(&self) -> i64 {
        self.weights.iter().sum()
    }

    /// Mean cost of a border; 1 where there are none or all are free.
    pub fn mean_cost(&self) -> f64 {
        let sum: i64 = self.costs.iter().sum();
        if sum == 0 { 1.0 } else { sum as f64 / self.costs.len() as f64 }
    }

    /// The graph of some nodes, numbered in the order of `nodes`, with the borders between them.
    /// `place` is as long as this graph, all `u32::MAX`, and is left so.
    pub fn part(&self, nodes: &[u32], place: &mut [u32]) -> Self {
        for (at, &node) in nodes.iter().enumerate() {
            place[node as usize] = at as u32;
        }
        let weights = nodes.iter().map(|&node| self.weights[node as usize]).collect();
        let (mut starts, mut ends, mut costs) = (vec![0u32], Vec::new(), Vec::new());
        for &node in nodes {
            for edge in self.edges(node as usize) {
                let to = place[edge.to];
                if to != u32::MAX {
                    ends.push(to);
                    costs.push(edge.cost);
                }
            }
            starts.push(ends.len() as u32);
        }
        for &node in nodes {
            place[node as usize] = u32::MAX;
        }
        let reach = self.reach.part(nodes);
        let mut part = Self { weights, starts, ends, costs, kin: Vec::new(), reach };
        part.find_kin();
        part
    }

    /// The graph of groups of nodes: `group_of` gives each node's group, 0 to `n_groups` - 1.
    pub fn contracted(&self, group_of: &[u32], n_groups: usize) -> Self {
        let mut weights = vec![0; n_groups];
        for (node, &group) in group_of.iter().enumerate() {
            weights[group as usize] += self.weights[node];
        }
        let borders = self.borders().map(|(a, b, cost)| (group_of[a], group_of[b], cost)).collect();
        let mut small = Self::new(weights, borders);
        small.reach = self.reach.contracted(group_of, n_groups);
        small
    }

    /// Connected pieces as lists of nodes, each ascending, in the order of their first nodes.
    pub fn pieces(&self) -> Vec<Vec<u32>> {
        let mut is_seen = vec![false; self.n_nodes()];
        let mut pieces = Vec::new();
        for first in 0..self.n_nodes() {
            if std::mem::replace(&mut is_seen[first], true) {
                continue;
            }
            let mut piece = vec![first as u32];
            let mut at = 0;
            while let Some(&node) = piece.get(at) {
                for &to in self.neighbors(node as usize) {
                    if !std::mem::replace(&mut is_seen[to as usize], true) {
                        piece.push(to);
                    }
                }
                at += 1;
            }
            piece.sort_unstable();
            pieces.push(piece);
        }
        pieces
    }

    /// Pairs nodes up, costly borders first, never beyond `heaviest` nor out of its part in
    /// `within`: each node's group and their number.
    /// Cheap borders lie along barriers, so barriers last longest. Cost: O(m).
    pub fn matched(
        &self,
        heaviest: i64,
        within: Option<&[u32]>,
        chance: &mut Chance,
    ) -> (Vec<u32>, usize) {
        let n = self.n_nodes();
        let mut order: Vec<u32> = (0..n as u32).collect();
        chance.shuffle(&mut order);
        let mut mate = vec![u32::MAX; n];
        for &node in &order {
            let node = node as usize;
            if mate[node] != u32::MAX {
                continue;
            }
            let is_free = |edge: &Edge| {
                mate[edge.to] == u32::MAX
                    && self.weights[node] + self.weights[edge.to] <= heaviest
                    && within.is_none_or(|part| part[node] == part[edge.to])
            };
            // Relative to the smaller of both rims a long border makes a round pair.
            let rate = |edge: &Edge| {
                let size = (self.range(node).len() + self.range(edge.to).len()) as f64;
                edge.cost as f64 / size
            };
            let best = self
                .edges(node)
                .filter(is_free)
                .max_by(|one, other| rate(one).total_cmp(&rate(other)).then(other.to.cmp(&one.to)));
            if let Some(edge) = best {
                mate[node] = edge.to as u32;
                mate[edge.to] = node as u32;
            }
        }
        let mut group_of = vec![u32::MAX; n];
        let mut n_groups = 0;
        for node in 0..n {
            if group_of[node] == u32::MAX {
                group_of[node] = n_groups;
                if mate[node] != u32::MAX {
                    group_of[mate[node] as usize] = n_groups;
                }
                n_groups += 1;
            }
        }
        (group_of, n_groups as usize)
    }
}

/// The leader of `one` in a forest of pointers, which is made shallower on the way.
pub(super) fn find(root: &mut [u32], mut one: u32) -> u32 {
    while root[one as usize] != one {
        root[one as usize] = root[root[one as usize] as usize];
        one = root[one as usize];
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_are_summed_and_sorted() {
        let graph = Graph::new(vec![1, 2, 3], vec![(2, 0, 5), (0, 1, 1), (0, 2, 2), (1, 1, 9)]);
        let borders: Vec<_> = graph.borders().collect();
        assert_eq!(borders, [(0, 1, 1), (0, 2, 7)]);
        assert_eq!(graph.neighbors(2), [0]);
        assert_eq!(graph.pieces(), [vec![0, 1, 2]]);
    }

    #[test]
    fn kin_are_neighbours_of_each_other() {
        // A square 0 1 2 3 with the diagonal 0-2.
        let square = vec![(0, 1, 1), (1, 2, 1), (2, 3, 1), (3, 0, 1), (0, 2, 1)];
        let graph = Graph::new(vec![1; 4], square);
        let (ends, _, kin) = graph.rows(0);
        assert_eq!(ends, [1, 2, 3]);
        assert_eq!(kin, [0b010, 0b101, 0b010]);
    }

    #[test]
    fn contracting_keeps_weights_and_outer_borders() {
        let graph = Graph::new(vec![1, 2, 4], vec![(0, 1, 3), (1, 2, 5), (0, 2, 7)]);
        let small = graph.contracted(&[0, 0, 1], 2);
        assert_eq!(small.weights, [3, 4]);
        assert_eq!(small.borders().collect::<Vec<_>>(), [(0, 1, 12)]);
    }
}
