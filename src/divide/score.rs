//! Which of two divisions is the better one: band, then stations within reach, balance, borders.

use super::gauge::Gauge;
use super::graph::Graph;

/// Smaller is better; compared field by field in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Score {
    /// Weight outside the band, over all parts.
    pub outside: i64,
    /// Households without the station their part shares, beyond those no division could help.
    pub missed: i64,
    /// Largest share of its target by which a part is off beyond the slack, in millionths.
    pub excess: i64,
    /// Cost of all borders between parts.
    pub cost: i64,
}

impl Score {
    /// Nothing is wrong with it but the length of its borders.
    pub fn is_settled(&self) -> bool {
        (self.outside, self.missed, self.excess) == (0, 0, 0)
    }

    pub fn new(graph: &Graph, gauge: &Gauge, part: &[u32]) -> Self {
        let mut load = vec![0; gauge.targets.len()];
        for (node, &mine) in part.iter().enumerate() {
            load[mine as usize] += graph.weights[node];
        }
        let (mut outside, mut excess) = (0, 0);
        for (mine, &load) in load.iter().enumerate() {
            outside += gauge.outside(load);
            excess = excess.max(millionths(gauge.excess(mine, load)));
        }
        let missed = graph.reach.missed(part, load.len()) - graph.reach.least_missed();
        let cut = graph.borders().filter(|&(a, b, _)| part[a] != part[b]);
        Self { outside, missed, excess, cost: cut.map(|(_, _, cost)| cost).sum() }
    }
}

/// A share as millionths, so that it can be compared exactly.
pub(super) fn millionths(share: f64) -> i64 {
    // Shares are ratios of weights: far below 9e12.
    (share * 1e6).ceil() as i64
}
