//! What no division can do better, and why: bounds and certificates.
//!
//! A pocket that hangs on one node and weighs less than the band asks must share that node's part, in
//! every division that keeps the band. Joining pockets until nothing more is forced leaves compounds;
//! one that is too heavy, or a piece of ground that is too light, is a certificate: it names units, and
//! anybody can check it by hand.
//!
//! **Why** certificates only for what is proven: "the search found nothing" is not one, and is told apart
//! in the answer.

use super::graph::{Graph, find};

/// Groups of nodes that share a part in every division with no part lighter than `least`, as the group
/// of each node and their number. Cost: O(m) a round, few rounds.
pub(super) fn compounds(graph: &Graph, least: i64) -> (Vec<u32>, usize) {
    let n = graph.n_nodes();
    let mut group_of: Vec<u32> = (0..n as u32).collect();
    let mut n_groups = n;
    if least <= 0 || graph.total() < least {
        return (group_of, n_groups);
    }
    loop {
        let small = graph.contracted(&group_of, n_groups);
        let (joined, n_joined) = pockets(&small, least);
        if n_joined == n_groups {
            return (group_of, n_groups);
        }
        for group in &mut group_of {
            *group = joined[*group as usize];
        }
        n_groups = n_joined;
    }
}

/// One round: each pocket joined to the node it hangs on. The graph is connected.
fn pockets(graph: &Graph, least: i64) -> (Vec<u32>, usize) {
    let n = graph.n_nodes();
    let walk = Descent::new(graph);
    let mut root: Vec<u32> = (0..n as u32).collect();
    let total = graph.total();
    let mut light_above: Vec<(i64, u32)> = Vec::new();
    for &node in &walk.order {
        let node = node as usize;
        let mut rest = total - graph.weights[node];
        for &child in &walk.children[node] {
            let child = child as usize;
            if walk.low[child] >= walk.rank[node] {
                rest -= walk.weight[child];
                if walk.weight[child] < least {
                    let (from, to) = (walk.rank[child] as usize, walk.end[child] as usize);
                    for &inside in &walk.order[from..to] {
                        join(&mut root, inside, node as u32);
                    }
                }
            }
        }
        if node as u32 != walk.order[0] && rest < least {
            light_above.push((rest, node as u32));
        }
    }
    // What lies above a node is connected, too. The heaviest such pocket holds the others' nodes.
    light_above.sort_unstable();
    for (_, node) in light_above.into_iter().rev() {
        if find(&mut root, node) == find(&mut root, walk.order[0]) {
            continue;
        }
        let mut is_below = vec![false; n];
        for &child in &walk.children[node as usize] {
            if walk.low[child as usize] >= walk.rank[node as usize] {
                let (from, to) = (walk.rank[child as usize], walk.end[child as usize]);
                is_below[from as usize..to as usize].fill(true);
            }
        }
        for (&above, is_below) in walk.order.iter().zip(is_below) {
            if !is_below {
                join(&mut root, above, node);
            }
        }
    }
    let mut number = vec![u32::MAX; n];
    let mut n_groups = 0;
    let group_of = (0..n as u32)
        .map(|node| {
            let root = find(&mut root, node) as usize;
            if number[root] == u32::MAX {
                number[root] = n_groups;
                n_groups += 1;
            }
            number[root]
        })
        .collect();
    (group_of, n_groups as usize)
}

/// A walk in depth that knows, for each node, how far up its branch reaches by other ways.
/// Source: Tarjan, "Depth-first search and linear graph algorithms", 1972.
struct Descent {
    /// Nodes as first met.
    order: Vec<u32>,
    rank: Vec<u32>,
    /// First rank behind the branch of each node.
    end: Vec<u32>,
    low: Vec<u32>,
    weight: Vec<i64>,
    children: Vec<Vec<u32>>,
}

impl Descent {
    fn new(graph: &Graph) -> Self {
        let n = graph.n_nodes();
        let mut walk = Self {
            order: Vec::with_capacity(n),
            rank: vec![u32::MAX; n],
            end: vec![0; n],
            low: vec![u32::MAX; n],
            weight: graph.weights.clone(),
            children: vec![Vec::new(); n],
        };
        let mut next = vec![0usize; n];
        let mut trail: Vec<u32> = Vec::new();
        if n > 0 {
            walk.meet(0, &mut trail);
        }
        while let Some(&node) = trail.last() {
            let at = node as usize;
            if let Some(&to) = graph.neighbors(at).get(next[at]) {
                next[at] += 1;
                if walk.rank[to as usize] == u32::MAX {
                    walk.children[at].push(to);
                    walk.meet(to, &mut trail);
                } else {
                    walk.low[at] = walk.low[at].min(walk.rank[to as usize]);
                }
                continue;
            }
            trail.pop();
            walk.end[at] = walk.order.len() as u32;
            if let Some(&parent) = trail.last() {
                let parent = parent as usize;
                walk.low[parent] = walk.low[parent].min(walk.low[at]);
                walk.weight[parent] += walk.weight[at];
            }
        }
        walk
    }

    fn meet(&mut self, node: u32, trail: &mut Vec<u32>) {
        self.rank[node as usize] = self.order.len() as u32;
        self.low[node as usize] = self.order.len() as u32;
        self.order.push(node);
        trail.push(node);
    }
}

fn join(root: &mut [u32], one: u32, other: u32) {
    let (one, other) = (find(root, one), find(root, other));
    root[one.max(other) as usize] = one.min(other);
}

/// The share of the mean by which some part is off in every division of units of these weights into
/// `n_parts`, connected or not: the heaviest unit alone, two heavy ones in one part, whole numbers.
pub(super) fn least_deviation(weights: &[i64], n_parts: usize) -> f64 {
    let total: i64 = weights.iter().sum();
    if total <= 0 || n_parts == 0 {
        return 0.0;
    }
    let mean = total as f64 / n_parts as f64;
    let mut sorted: Vec<i64> = weights.iter().copied().filter(|&weight| weight > 0).collect();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let mut heaviest = sorted[0];
    if let Some(pair) = sorted.get(n_parts - 1..=n_parts) {
        // Of the n + 1 heaviest two share a part.
        heaviest = heaviest.max(pair[0] + pair[1]);
    }
    let mut bound = (heaviest as f64 - mean).max(0.0);
    if sorted.len() < n_parts {
        // Some part has nothing.
        bound = bound.max(mean);
    }
    // Every part weighs a multiple of what divides all weights.
    let step = sorted.iter().copied().fold(0, gcd);
    if total % (step * n_parts as i64) != 0 {
        let below = (mean / step as f64).floor() * step as f64;
        bound = bound.max(mean - below).max(below + step as f64 - mean);
    }
    bound / mean
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(weights: &[i64]) -> Graph {
        let borders = (1..weights.len() as u32).map(|node| (node - 1, node, 1)).collect();
        Graph::new(weights.to_vec(), borders)
    }

    #[test]
    fn pockets_join_what_they_hang_on() {
        let (group_of, n) = compounds(&line(&[5, 400, 400, 20, 10]), 300);
        assert_eq!((group_of, n), (vec![0, 0, 1, 1, 1], 2));
        let (_, n) = compounds(&line(&[100, 100, 100, 100]), 300);
        assert_eq!(n, 1, "300 from either end is more than half");
        let (_, n) = compounds(&line(&[400, 400, 400]), 300);
        assert_eq!(n, 3);
        let (_, n) = compounds(&line(&[1, 2]), 0);
        assert_eq!(n, 2, "without a lower limit nothing is forced");
    }

    #[test]
    fn a_ring_has_no_pockets() {
        let ring = (0..6u32).map(|node| (node, (node + 1) % 6, 1)).collect();
        assert_eq!(compounds(&Graph::new(vec![100; 6], ring), 150).1, 6);
    }

    #[test]
    fn bounds_of_the_best() {
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}");
        near(least_deviation(&[10, 10, 10, 10], 2), 0.0);
        near(least_deviation(&[30, 10], 2), 0.5);
        near(least_deviation(&[10, 10, 10], 2), 1.0 / 3.0);
        near(least_deviation(&[10, 0, 0], 2), 1.0);
        near(least_deviation(&[1, 1, 1, 1, 1], 2), 0.2);
        near(least_deviation(&[0, 0], 2), 0.0);
    }
}
