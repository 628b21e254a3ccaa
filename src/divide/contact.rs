//! Does a part stay in one piece when a node leaves it? The local test, and its slow twin.
//!
//! Three answers in turn, each exact where it answers: the neighbours inside the part touch each other
//! around the node (bit masks); fronts that start from each of their groups meet; or one front runs
//! dry before it met the others. So the cost follows the smaller side, not the part.
//!
//! **Why** not a count of border crossings around the node: that needs a drawing in the plane, and
//! declared crossings (bridges, underpasses) do not lie in it.

use super::graph::Graph;

/// Scratch space for the test; one for each walker.
#[derive(Debug, Default)]
pub(super) struct Contact {
    /// When a node was last reached, and by which front.
    reached: Vec<(u32, u16)>,
    now: u32,
    fronts: Vec<Front>,
}

#[derive(Debug, Default)]
struct Front {
    queue: Vec<u32>,
    at: usize,
    /// The front this one has met, itself while it is the first of its kind.
    root: u16,
}

impl Contact {
    pub fn new(n_nodes: usize) -> Self {
        Self { reached: vec![(0, 0); n_nodes], now: 0, fronts: Vec::new() }
    }

    /// Whether the part of `node` without `node` is still one piece, given that it is one now.
    /// True for a part that is `node` alone: nothing is left that could fall apart.
    pub fn stays_whole(&mut self, graph: &Graph, part: &[u32], node: usize) -> bool {
        let mine = part[node];
        let (ends, _, kin) = graph.rows(node);
        if ends.len() > 64 {
            return self.is_reached(graph, part, node);
        }
        let mut own = 0u64;
        for (bit, &to) in ends.iter().enumerate() {
            own |= u64::from(part[to as usize] == mine) << bit;
        }
        let mut rest = own & !flood(own, kin);
        if rest == 0 {
            return true;
        }
        let mut starts = [0u32; 64];
        starts[0] = ends[own.trailing_zeros() as usize];
        let mut n_starts = 1;
        while rest != 0 {
            starts[n_starts] = ends[rest.trailing_zeros() as usize];
            n_starts += 1;
            rest &= !flood(rest, kin);
        }
        self.meet(graph, part, node, &starts[..n_starts])
    }

    fn begin(&mut self) -> u32 {
        self.now = self.now.wrapping_add(1);
        if self.now == 0 {
            self.reached.fill((0, 0));
            self.now = 1;
        }
        self.now
    }

    /// The same for a node with more borders than a mask has bits: one walk until all of them are met.
    fn is_reached(&mut self, graph: &Graph, part: &[u32], node: usize) -> bool {
        let now = self.begin();
        let is_own = |&&to: &&u32| part[to as usize] == part[node];
        let mut n_left = graph.neighbors(node).iter().filter(is_own).count();
        let Some(&first) = graph.neighbors(node).iter().find(is_own) else { return true };
        self.reached[node] = (now, 0);
        for &to in graph.neighbors(node).iter().filter(is_own) {
            // Marked as one to be met.
            self.reached[to as usize] = (now, 1);
        }
        let mut queue = vec![first];
        self.reached[first as usize] = (now, 2);
        n_left -= 1;
        while let Some(at) = queue.pop() {
            if n_left == 0 {
                return true;
            }
            for to in graph.neighbors(at as usize).iter().filter(is_own) {
                let held = &mut self.reached[*to as usize];
                if held.0 != now || held.1 == 1 {
                    n_left -= usize::from(held.0 == now);
                    *held = (now, 2);
                    queue.push(*to);
                }
            }
        }
        n_left == 0
    }

    /// Whether fronts that start from each of `starts` all meet without passing `node`.
    fn meet(&mut self, graph: &Graph, part: &[u32], node: usize, starts: &[u32]) -> bool {
        self.begin();
        let n_fronts = starts.len();
        while self.fronts.len() < n_fronts {
            self.fronts.push(Front::default());
        }
        for (n, &start) in starts.iter().enumerate() {
            let front = &mut self.fronts[n];
            front.queue.clear();
            front.queue.push(start);
            front.at = 0;
            front.root = n as u16;
            self.reached[start as usize] = (self.now, n as u16);
        }
        let mut n_apart = n_fronts;
        loop {
            for front in 0..n_fronts {
                let Some(&at) = self.fronts[front].queue.get(self.fronts[front].at) else {
                    if self.is_dry(n_fronts, front) {
                        return false;
                    }
                    continue;
                };
                self.fronts[front].at += 1;
                for &to in graph.neighbors(at as usize) {
                    if part[to as usize] != part[node] || to as usize == node {
                        continue;
                    }
                    let (when, whose) = self.reached[to as usize];
                    if when != self.now {
                        self.reached[to as usize] = (self.now, front as u16);
                        self.fronts[front].queue.push(to);
                        continue;
                    }
                    let (one, other) = (self.root(front), self.root(usize::from(whose)));
                    if one != other {
                        self.fronts[one.max(other)].root = one.min(other) as u16;
                        n_apart -= 1;
                        if n_apart == 1 {
                            return true;
                        }
                    }
                }
            }
        }
    }

    fn root(&self, mut front: usize) -> usize {
        while usize::from(self.fronts[front].root) != front {
            front = usize::from(self.fronts[front].root);
        }
        front
    }

    /// Whether no front that has met `front` has anywhere left to go.
    fn is_dry(&self, n_fronts: usize, front: usize) -> bool {
        let root = self.root(front);
        (0..n_fronts).all(|other| {
            let Front { queue, at, .. } = &self.fronts[other];
            *at == queue.len() || self.root(other) != root
        })
    }
}

/// The bits of `own` that hang together with its lowest.
fn flood(own: u64, kin: &[u64]) -> u64 {
    let mut found = own & own.wrapping_neg();
    let mut fresh = found;
    while fresh != 0 {
        let bit = fresh.trailing_zeros() as usize;
        fresh &= fresh - 1;
        let more = kin[bit] & own & !found;
        found |= more;
        fresh |= more;
    }
    found
}

/// The slow truth: walks the whole part. Cost: O(part).
#[cfg(test)]
pub(super) fn stays_whole_slowly(graph: &Graph, part: &[u32], node: usize) -> bool {
    let is_left = |other: usize| part[other] == part[node] && other != node;
    let left: Vec<usize> = (0..graph.n_nodes()).filter(|&other| is_left(other)).collect();
    let Some(&first) = left.first() else { return true };
    let mut reached = std::collections::HashSet::from([first]);
    let mut queue = vec![first];
    while let Some(at) = queue.pop() {
        for &to in graph.neighbors(at) {
            if is_left(to as usize) && reached.insert(to as usize) {
                queue.push(to as usize);
            }
        }
    }
    reached.len() == left.len()
}
