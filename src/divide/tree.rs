//! Balanced tree cuts: a region and a number of parts → parts, each in one piece, by halving.
//!
//! A random spanning tree that prefers costly borders leaves barriers out, so its own cuts run along
//! them. Cutting one branch of a tree leaves two connected sides, whatever the branch; sums over the
//! tree tell for every branch at once how heavy its side is and what its cut costs.
//!
//! **Why** halving and not one tree for all parts: the first cuts see the whole region and run where it
//! is narrow; each half then draws trees of its own.
//! Source: DeFord, Duchin, Solomon, "Recombination", 2021, with the best cut instead of a random one.

use super::chance::Chance;
use super::gauge::Gauge;
use super::graph::{Graph, find};
use super::walk::{Cooling, Walk};
use super::watch::Stop;

/// Trees drawn for each cut.
const N_TREES: usize = 4;
/// How far a side may be off before a shorter cut is no excuse, as a share of its target.
const LOOSE: f64 = 0.04;

/// What it costs, in mean borders, for each part by which a side falls short of a third of them: halves
/// of like size keep the number of cuts one above the other small.
const LOPSIDED: f64 = 1e3;

/// Part of each node, 0 to `n_parts` - 1, each in one piece and none empty.
///
/// `graph` is connected and has at least `n_parts` nodes. Cost: O(m log m log n_parts).
pub(super) fn parts(
    graph: &Graph,
    n_parts: usize,
    target: f64,
    chance: &mut Chance,
    stop: &Stop<'_>,
) -> Vec<u32> {
    let mut part = vec![0; graph.n_nodes()];
    let mut place = vec![u32::MAX; graph.n_nodes()];
    let all: Vec<u32> = (0..graph.n_nodes() as u32).collect();
    let mut open = vec![(all, n_parts, 0u32)];
    while let Some((nodes, n_parts, first)) = open.pop() {
        if n_parts == 1 {
            for node in nodes {
                part[node as usize] = first;
            }
            continue;
        }
        let region = graph.part(&nodes, &mut place);
        let (side, n_first) = halves(&region, n_parts, target, chance, stop);
        let pick = |which: u32| {
            let mine = nodes.iter().enumerate().filter(|&(at, _)| side[at] == which);
            mine.map(|(_, &node)| node).collect::<Vec<u32>>()
        };
        open.push((pick(1), n_parts - n_first, first + n_first as u32));
        open.push((pick(0), n_first, first));
    }
    part
}

/// Which half each node of `region` is in, and how many parts the first half gets.
fn halves(
    region: &Graph,
    n_parts: usize,
    target: f64,
    chance: &mut Chance,
    stop: &Stop<'_>,
) -> (Vec<u32>, usize) {
    let mean_cost = region.mean_cost();
    let mut best: Option<(f64, Vec<u32>, usize)> = None;
    let n_trees = if stop.is_due() { 1 } else { N_TREES };
    for _ in 0..n_trees {
        let tree = Tree::draw(region, chance);
        let cut = tree.best_cut(region, n_parts, target, mean_cost);
        if best.as_ref().is_none_or(|(price, _, _)| cut.price < *price) {
            best = Some((cut.price, tree.side(cut.branch), cut.n_inside));
        }
    }
    let (_, side, n_first) = best.expect("at least one tree was drawn");
    let n_second = n_parts - n_first;
    let total = region.total() as f64;
    // What is off now is shared by all parts of a side.
    let shares = [n_first, n_second].map(|n| total * n as f64 / n_parts as f64);
    let gauge = Gauge {
        targets: shares.map(|share| share.max(1.0)).to_vec(),
        band: (0, i64::MAX),
        slack: 0.002,
        scale: 0.01,
    };
    let grain = region.total() as f64 / region.n_nodes() as f64;
    let gauge = gauge.at_grain(grain);
    let least = vec![n_first as u32, n_second as u32];
    let mut walk = Walk::new(region, &gauge, side, least);
    let cooling = Cooling { n_visits: 100.0, heat: (0.8, 0.05), weight: (0.3, 2.0) };
    walk.anneal(&cooling, chance, stop);
    (walk.part, n_first)
}

/// A spanning tree, nodes in an order that puts each behind its parent.
struct Tree {
    order: Vec<u32>,
    parent: Vec<u32>,
    depth: Vec<u32>,
}

struct Cut {
    /// The node whose branch is cut off.
    branch: usize,
    /// Parts that go with the branch.
    n_inside: usize,
    price: f64,
}

impl Tree {
    /// Costly borders come early, in an order drawn from `chance`.
    fn draw(graph: &Graph, chance: &mut Chance) -> Self {
        let n = graph.n_nodes();
        let mut borders: Vec<(f64, u32, u32)> = graph
            .borders()
            .map(|(a, b, cost)| {
                ((chance.fraction() + 0.05) / (cost as f64 + 1.0), a as u32, b as u32)
            })
            .collect();
        borders.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut root: Vec<u32> = (0..n as u32).collect();
        let mut beside: Vec<Vec<u32>> = vec![Vec::new(); n];
        for (_, a, b) in borders {
            let (one, other) = (find(&mut root, a), find(&mut root, b));
            if one != other {
                root[one as usize] = other;
                beside[a as usize].push(b);
                beside[b as usize].push(a);
            }
        }
        let mut order = vec![0u32];
        let (mut parent, mut depth) = (vec![u32::MAX; n], vec![0; n]);
        let mut at = 0;
        while let Some(&node) = order.get(at) {
            for &to in &beside[node as usize] {
                if to != parent[node as usize] {
                    parent[to as usize] = node;
                    depth[to as usize] = depth[node as usize] + 1;
                    order.push(to);
                }
            }
            at += 1;
        }
        debug_assert_eq!(order.len(), n, "the region is connected");
        Self { order, parent, depth }
    }

    /// The branch whose cut is shortest and leaves both sides near a whole number of parts.
    fn best_cut(&self, graph: &Graph, n_parts: usize, target: f64, mean_cost: f64) -> Cut {
        let n = graph.n_nodes();
        let mut weight = graph.weights.clone();
        let mut count = vec![1u32; n];
        // What leaves a branch: all costs at its nodes, less twice those that stay within.
        let mut cost: Vec<i64> =
            (0..n).map(|node| graph.edges(node).map(|edge| edge.cost).sum()).collect();
        for (a, b, price) in graph.borders() {
            cost[self.meeting(a, b)] -= 2 * price;
        }
        let mut best = Cut { branch: 0, n_inside: 0, price: f64::INFINITY };
        let total = graph.total() as f64;
        let target = if total > 0.0 { total / n_parts as f64 } else { target.max(1.0) };
        for &node in self.order.iter().skip(1).rev() {
            let node = node as usize;
            let inside = weight[node] as f64;
            let fewest = 1.max((n_parts + count[node] as usize).saturating_sub(n));
            let most = (n_parts - 1).min(count[node] as usize);
            if fewest <= most {
                let wanted = (inside / target).round().clamp(fewest as f64, most as f64);
                let n_inside = wanted as usize;
                let few = n_inside.min(n_parts - n_inside) as f64;
                let off = (inside - wanted * target).abs() / (target * few) / LOOSE;
                let lopsided = (n_parts as f64 / 3.0 - few).ceil().max(0.0);
                let price = cost[node] as f64 / mean_cost + 4.0 * off * off + LOPSIDED * lopsided;
                if price < best.price {
                    best = Cut { branch: node, n_inside, price };
                }
            }
            let parent = self.parent[node] as usize;
            weight[parent] += weight[node];
            count[parent] += count[node];
            cost[parent] += cost[node];
        }
        best
    }

    /// The lowest node whose branch holds both.
    fn meeting(&self, mut a: usize, mut b: usize) -> usize {
        while a != b {
            if self.depth[a] >= self.depth[b] {
                a = self.parent[a] as usize;
            } else {
                b = self.parent[b] as usize;
            }
        }
        a
    }

    /// 0 for nodes of the branch, 1 for the others.
    fn side(&self, branch: usize) -> Vec<u32> {
        let mut side = vec![1; self.order.len()];
        for &node in &self.order {
            let node = node as usize;
            let parent = self.parent[node];
            if node == branch || (parent != u32::MAX && side[parent as usize] == 0) {
                side[node] = 0;
            }
        }
        side
    }
}
