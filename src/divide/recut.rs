//! Two or three neighbouring parts joined and cut anew along random trees, where giving nodes away helps no
//! more.
//!
//! Cutting one branch off a spanning tree leaves two connected sides, cutting off two leaves three, whichever
//! they are: each tree offers hundreds of divisions of a few parts, all of them whole and far from each
//! other. The most even one is taken, and of those that are equally even the one with the cheapest borders.
//!
//! **Why** beside chains: where a part is made of eight heavy nodes, the way from one even division to the
//! next leads over many that are not even at all, and no search that gives nodes one after the other
//! takes it.
//! Source: DeFord, Duchin, Solomon, "Recombination", 2021, with the best of all cuts instead of a random one;
//! trees as in Wilson, "Generating random spanning trees more quickly than the cover time", 1996.

use super::chance::Chance;
use super::gauge::Gauge;
use super::graph::Graph;
use super::walk::Walk;
use super::watch::Stop;

/// Trees drawn for each group of parts: a few, and more where those help none.
const TREES: [usize; 2] = [8, 32];
/// Most nodes that are cut anew at once: pairs of branches grow with the square.
const MOST: usize = 120;
/// Smallest gain worth a cut, as a share of what the worst part costs.
const GAIN: f64 = 0.1;
/// Worst parts in a row that cannot be helped before the rest is left as it is.
const IDLE: usize = 2;

/// Parts to be cut anew, and how.
struct Recut {
    /// What it brings.
    gain: f64,
    parts: Vec<u32>,
    nodes: Vec<u32>,
    /// For each of `nodes` which of `parts` it goes to.
    side: Vec<u32>,
}

/// Cuts parts anew around the worst ones while that helps, at most `n_cuts` times. All parts of the gauge
/// want the same weight.
///
/// Cost of a cut: O(trees × n²) for each group of parts with n nodes, most pairs of branches being passed over.
pub(super) fn settle(walk: &mut Walk<'_>, n_cuts: usize, chance: &mut Chance, stop: &Stop<'_>) {
    let n_parts = walk.load.len();
    let mut is_stuck = vec![false; n_parts];
    let mut n_idle = 0;
    for _ in 0..n_cuts {
        let excess = |part: usize| walk.gauge.excess(part, walk.load[part]);
        let parts = (0..n_parts).filter(|&part| !is_stuck[part] && excess(part) > 0.0);
        let worst = parts.max_by(|&a, &b| excess(a).total_cmp(&excess(b)).then(b.cmp(&a)));
        let Some(worst) = worst.filter(|_| n_idle < IDLE && !stop.is_due()) else { return };
        let beside = walk.graph.beside(&walk.part, n_parts);
        let Some(found) = best(walk, worst as u32, &beside, chance) else {
            is_stuck[worst] = true;
            n_idle += 1;
            continue;
        };
        n_idle = 0;
        for (&node, &side) in found.nodes.iter().zip(&found.side) {
            let to = found.parts[side as usize];
            if walk.part[node as usize] != to {
                walk.shift(node as usize, to);
            }
        }
        for &part in &found.parts {
            is_stuck[part as usize] = false;
            for &other in &beside[part as usize] {
                is_stuck[other as usize] = false;
            }
        }
    }
}

/// The cut that brings most to `worst` and one or two parts that hang together with it.
fn best(walk: &Walk<'_>, worst: u32, beside: &[Vec<u32>], chance: &mut Chance) -> Option<Recut> {
    let least = GAIN * price(walk.gauge, walk.load[worst as usize]);
    let mut place = vec![u32::MAX; walk.graph.n_nodes()];
    let groups = groups(worst, beside);
    TREES.into_iter().find_map(|n_trees| {
        let mut best: Option<Recut> = None;
        for parts in &groups {
            let is_mine = |&node: &u32| parts.contains(&walk.part[node as usize]);
            let nodes: Vec<u32> = (0..walk.part.len() as u32).filter(is_mine).collect();
            if nodes.len() > MOST {
                continue;
            }
            let load = |part: &u32| price(walk.gauge, walk.load[*part as usize]);
            let held: f64 = parts.iter().map(load).sum();
            let region = walk.graph.part(&nodes, &mut place);
            let wanted = Wanted { gauge: walk.gauge, n_parts: parts.len(), most: held - least };
            let Some((price, side)) = wanted.cut(&region, n_trees, chance) else { continue };
            let gain = held - price;
            if best.as_ref().is_none_or(|best| gain > best.gain) {
                best = Some(Recut { gain, parts: parts.clone(), nodes, side });
            }
        }
        best
    })
}

/// `first` with one or two parts that hang together with it, each group once.
fn groups(first: u32, beside: &[Vec<u32>]) -> Vec<Vec<u32>> {
    let mut groups = Vec::new();
    for &second in &beside[first as usize] {
        groups.push(vec![first, second]);
        for &third in beside[first as usize].iter().chain(&beside[second as usize]) {
            if third != first && third != second {
                groups.push(vec![first, second.min(third), second.max(third)]);
            }
        }
    }
    groups.sort_unstable();
    groups.dedup();
    groups
}

/// What a part costs that weighs `load`: nothing while it counts as even, and the worst outweighs all others.
fn price(gauge: &Gauge, load: i64) -> f64 {
    (100.0 * gauge.excess(0, load)).powi(4)
}

/// What a cut shall be like.
struct Wanted<'a> {
    gauge: &'a Gauge,
    /// Two or three.
    n_parts: usize,
    /// Most the parts may cost together.
    most: f64,
}

impl Wanted<'_> {
    /// The best cut along some trees, as its price and the side of each node; `None` where all are too dear.
    fn cut(&self, region: &Graph, n_trees: usize, chance: &mut Chance) -> Option<(f64, Vec<u32>)> {
        let mut best = Best { price: self.most, cost: i64::MAX, side: Vec::new() };
        let steps = Steps::new(region);
        for _ in 0..n_trees {
            let branches = Branches::new(region, &steps.tree(chance));
            self.along(&branches, region, &mut best);
        }
        (!best.side.is_empty()).then_some((best.price, best.side))
    }

    /// All cuts along one tree.
    fn along(&self, branches: &Branches, region: &Graph, best: &mut Best) {
        // No part may cost more than all may together.
        let off = self.gauge.slack + self.most.max(0.0).powf(0.25) / 100.0;
        let target = self.gauge.targets[0];
        let window = (target * (1.0 - off)).ceil() as i64..=(target * (1.0 + off)).floor() as i64;
        let is_fit = |load: i64| window.contains(&load);
        let mut take = |loads: &[i64], one: usize, two: Option<usize>| {
            let price: f64 = loads.iter().map(|&load| price(self.gauge, load)).sum();
            if price <= best.price && loads.iter().all(|&load| is_fit(load)) {
                best.take(price, branches.side(one, two), region);
            }
        };
        for one in 1..branches.nodes.len() {
            let first = branches.weight[one];
            let rest = branches.weight[0] - first;
            if self.n_parts == 2 {
                take(&[first, rest], one, None);
                continue;
            }
            // Branches at later places lie within this one or beside it, never around it.
            let inside = one + 1..one + branches.size[one];
            let beyond = inside.end..branches.nodes.len();
            let fits = [(is_fit(rest), inside, first, rest), (is_fit(first), beyond, rest, first)];
            for (is_fit_left, places, halved, left) in fits {
                for two in places.take_while(|_| is_fit_left) {
                    let second = branches.weight[two];
                    if is_fit(second) {
                        take(&[second, halved - second, left], one, Some(two));
                    }
                }
            }
        }
    }
}

/// The best cut so far.
struct Best {
    price: f64,
    cost: i64,
    /// Empty before there is one.
    side: Vec<u32>,
}

impl Best {
    fn take(&mut self, price: f64, side: Vec<u32>, region: &Graph) {
        let cut = region.borders().filter(|&(a, b, _)| side[a] != side[b]);
        let cost = cut.map(|(_, _, cost)| cost).sum();
        if price < self.price || cost < self.cost {
            *self = Self { price, cost, side };
        }
    }
}

/// Random walks on a region, which rather cross costly borders: cuts leave those whole.
struct Steps<'a> {
    region: &'a Graph,
    /// For each border of each node, the sum of the weights up to it.
    upto: Vec<f64>,
}

/// A spanning tree: nodes in an order that puts each behind its parent. The first has none.
struct Tree {
    order: Vec<u32>,
    parent: Vec<u32>,
}

impl<'a> Steps<'a> {
    fn new(region: &'a Graph) -> Self {
        // Borders that cost nothing are crossed as well.
        let least = region.mean_cost() / 4.0;
        let mut upto = Vec::new();
        for node in 0..region.n_nodes() {
            upto.extend(region.edges(node).scan(0.0, |sum, edge| {
                *sum += edge.cost as f64 + least;
                Some(*sum)
            }));
        }
        Self { region, upto }
    }

    fn step(&self, node: usize, chance: &mut Chance) -> u32 {
        let range = self.region.range(node);
        let upto = &self.upto[range];
        let drawn = chance.fraction() * upto[upto.len() - 1];
        let at = upto.iter().take_while(|&&sum| sum <= drawn).count();
        self.region.neighbors(node)[at.min(upto.len() - 1)]
    }

    /// A random tree: from each node a walk to what is there already, without its loops.
    fn tree(&self, chance: &mut Chance) -> Tree {
        let n = self.region.n_nodes();
        let first = chance.below(n);
        let mut order = vec![first as u32];
        let mut parent = vec![u32::MAX; n];
        let mut is_in = vec![false; n];
        is_in[first] = true;
        for start in 0..n {
            let mut at = start;
            while !is_in[at] {
                parent[at] = self.step(at, chance);
                at = parent[at] as usize;
            }
            let n_before = order.len();
            at = start;
            while !std::mem::replace(&mut is_in[at], true) {
                order.push(at as u32);
                at = parent[at] as usize;
            }
            order[n_before..].reverse();
        }
        Tree { order, parent }
    }
}

/// The branches of a tree in a row: each begins at its place and ends `size` places on.
struct Branches {
    /// Node at each place, parents before their children.
    nodes: Vec<u32>,
    size: Vec<usize>,
    weight: Vec<i64>,
}

impl Branches {
    /// Cost: O(n).
    fn new(graph: &Graph, tree: &Tree) -> Self {
        let n = tree.order.len();
        let mut sizes = vec![1; n];
        let mut weights = graph.weights.clone();
        let below = || tree.order[1..].iter().map(|&node| node as usize);
        for node in below().rev() {
            let up = tree.parent[node] as usize;
            sizes[up] += sizes[node];
            weights[up] += weights[node];
        }
        // Each child takes the next free places of its parent's branch.
        let mut place = vec![0; n];
        let mut next = vec![1; n];
        for node in below() {
            let up = tree.parent[node] as usize;
            place[node] = next[up];
            next[up] += sizes[node];
            next[node] = place[node] + 1;
        }
        let mut branches = Self { nodes: vec![0; n], size: vec![0; n], weight: vec![0; n] };
        for (node, &place) in place.iter().enumerate() {
            branches.nodes[place] = node as u32;
            branches.size[place] = sizes[node];
            branches.weight[place] = weights[node];
        }
        branches
    }

    /// For each node 1 in the branch at `one`, 2 in that at `two`, which lies within it or beside it, else 0.
    fn side(&self, one: usize, two: Option<usize>) -> Vec<u32> {
        let mut side = vec![0; self.nodes.len()];
        for (place, number) in [Some(one), two].into_iter().flatten().zip(1..) {
            for &node in &self.nodes[place..place + self.size[place]] {
                side[node as usize] = number;
            }
        }
        side
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree of `n` nodes and nothing else, so that it is the one tree that can be drawn.
    fn tree(chance: &mut Chance, n: usize) -> Graph {
        let borders = (1..n as u32).map(|node| {
            let up = chance.below(node as usize) as u32;
            (up, node, 1 + chance.below(9) as i64)
        });
        let borders = borders.collect();
        Graph::new((0..n).map(|_| chance.below(30) as i64).collect(), borders)
    }

    /// Weights of the pieces that are left without some borders, and what those cost.
    fn without(graph: &Graph, cut: &[(usize, usize, i64)]) -> (Vec<i64>, i64) {
        let left = graph.borders().filter(|border| !cut.contains(border));
        let left = left.map(|(a, b, cost)| (a as u32, b as u32, cost)).collect();
        let pieces = Graph::new(graph.weights.clone(), left).pieces();
        let weight =
            |piece: &Vec<u32>| piece.iter().map(|&node| graph.weights[node as usize]).sum();
        (pieces.iter().map(weight).collect(), cut.iter().map(|(_, _, cost)| cost).sum())
    }

    #[test]
    fn the_best_cut_of_a_tree_is_the_best_of_all() {
        let mut chance = Chance::fork(12, 0);
        let mut n_found = 0;
        for round in 0..400 {
            let graph = tree(&mut chance, 4 + round % 12);
            let n_parts = 2 + round % 2;
            let target = (graph.total() as f64 / n_parts as f64).max(1.0);
            let gauge = Gauge::even(n_parts, target, (0, i64::MAX), 0.05);
            let most = [1e9, 1e5, 100.0][round % 3];
            let wanted = Wanted { gauge: &gauge, n_parts, most };
            let found = wanted.cut(&graph, 1, &mut chance);

            let borders: Vec<_> = graph.borders().collect();
            let mut all = Vec::new();
            for (at, &one) in borders.iter().enumerate() {
                match n_parts {
                    2 => all.push(vec![one]),
                    _ => all.extend(borders[at + 1..].iter().map(|&two| vec![one, two])),
                }
            }
            let value = |(loads, cost): (Vec<i64>, i64)| {
                (loads.iter().map(|&load| price(&gauge, load)).sum::<f64>(), cost)
            };
            let values = all.iter().map(|cut| value(without(&graph, cut)));
            let best = values
                .filter(|&(price, _)| price <= most)
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let found = found.map(|(price, side)| {
                let cut: Vec<_> = borders.iter().filter(|&&(a, b, _)| side[a] != side[b]).collect();
                assert_eq!(cut.len(), n_parts - 1, "each side is one piece");
                (price, cut.iter().map(|(_, _, cost)| cost).sum::<i64>())
            });
            match (found, best) {
                (None, None) => {}
                (Some(found), Some(best)) => {
                    n_found += 1;
                    assert!((found.0 - best.0).abs() <= 1e-9 * best.0, "{found:?} {best:?}");
                    assert_eq!(found.1, best.1);
                }
                other => panic!("{other:?}"),
            }
        }
        assert!((150..350).contains(&n_found), "{n_found}");
    }

    #[test]
    fn parts_stay_whole_and_the_worst_gets_no_worse() {
        let mut chance = Chance::fork(13, 0);
        let mut n_better = 0;
        for _ in 0..60 {
            // A board of heavy squares, six high, in parts of two columns.
            let at = |col: u32, row: u32| col * 6 + row;
            let squares = (0..8).flat_map(|col| (0..6).map(move |row| (col, row)));
            let borders = squares.flat_map(|(col, row)| {
                let right = (col < 7).then(|| (at(col, row), at(col + 1, row), 1));
                let up = (row < 5).then(|| (at(col, row), at(col, row + 1), 1));
                right.into_iter().chain(up)
            });
            let weights = (0..48).map(|_| 30 + chance.below(40) as i64).collect();
            let graph = Graph::new(weights, borders.collect());
            let part: Vec<u32> = (0..48).map(|node| node / 12).collect();
            let gauge = Gauge::even(4, graph.total() as f64 / 4.0, (0, i64::MAX), 0.005);
            let mut walk = Walk::new(&graph, &gauge, part, vec![1; 4]);
            let worst = |walk: &Walk<'_>| {
                (0..4).map(|part| gauge.excess(part, walk.load[part])).fold(0.0, f64::max)
            };
            let before = worst(&walk);
            settle(&mut walk, 20, &mut chance, &Stop::default());
            assert!(worst(&walk) <= before);
            n_better += usize::from(worst(&walk) < before);
            let mut place = vec![u32::MAX; 48];
            for mine in 0..4 {
                let nodes: Vec<u32> =
                    (0..48).filter(|&node| walk.part[node as usize] == mine).collect();
                assert_eq!(graph.part(&nodes, &mut place).pieces().len(), 1);
                let load: i64 = nodes.iter().map(|&node| graph.weights[node as usize]).sum();
                assert_eq!(load, walk.load[mine as usize]);
            }
        }
        assert!(n_better > 50, "{n_better}");
    }
}
