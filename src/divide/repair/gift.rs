//! What one part gives another: the ground that mends most and moves fewest.
//!
//! A gift grows from the border, cluster by cluster; what a cluster would strand goes with it. Gifts of
//! like weight compete, the best few of each go on, as in filling a knapsack. A giver of up to
//! [`FEW`] clusters is small enough to look at every gift there is.
//!
//! **Why** by weight and not by a single best: the cheapest gift of 40 households is seldom part of the
//! cheapest gift of 60.

use std::collections::{BTreeMap, HashSet};

use super::Worth;
use super::board::{Board, Draft};
use crate::divide::watch::Stop;

/// Clusters of a giver whose gifts are all looked at.
pub(super) const FEW: usize = 12;
/// Steps of weight on the way to what is needed, gifts kept at each, and most gifts that are grown on.
const STEPS: i64 = 128;
const KEPT: usize = 3;
const GROWN: usize = 320;
/// Gifts remembered, and share of what goes over that two gifts told may have in common.
const TOLD: usize = 40;
const ALIKE: f64 = 0.6;
/// Best gifts to a neighbour that may be alike.
const CLOSE: usize = 2;

/// Ground for a part, and what is left of the trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gift {
    pub draft: Draft,
    pub worth: Worth,
}

/// The best gifts: those that lessen what is outside the band, and those that mend the part in question
/// whatever they do to the other one, each best first.
#[derive(Debug, Default)]
pub(super) struct Gifts {
    pub fair: Vec<Gift>,
    pub passing: Vec<Gift>,
}

/// Who gives to whom, and how much there is to give.
pub(super) struct Giving<'a> {
    pub board: &'a Board<'a>,
    pub draft: &'a Draft,
    pub giver: u32,
    /// A part without ground is a new one.
    pub taker: u32,
    /// The part to be mended, one of both.
    pub patient: u32,
    /// Weight that mends it.
    pub need: i64,
}

/// A gift in the making.
#[derive(Clone)]
struct Bundle {
    units: Vec<u32>,
    is_in: Vec<u64>,
    load: i64,
    draft_cost: (i64, i64),
}

impl Bundle {
    fn has(&self, unit: u32) -> bool {
        self.is_in[unit as usize / 64] >> (unit % 64) & 1 == 1
    }
}

impl Giving<'_> {
    /// Cost: some 3,000 looks around a cluster; for up to [`FEW`] clusters every gift is walked.
    pub fn gifts(&self, stop: &Stop<'_>) -> Gifts {
        let mut told = Told::new(self);
        let own: Vec<u32> = (0..self.draft.part.len() as u32)
            .filter(|&unit| self.draft.part[unit as usize] == self.giver)
            .collect();
        let mut clusters: Vec<u32> =
            own.iter().map(|&unit| self.board.cluster_of[unit as usize]).collect();
        clusters.sort_unstable();
        clusters.dedup();
        if clusters.len() <= FEW {
            self.look_at_all(&clusters, &mut told);
        } else {
            self.grow(&own, &mut told, stop);
        }
        told.gifts()
    }

    /// As if there were more clusters than can all be looked at.
    #[cfg(test)]
    pub fn grown(&self, stop: &Stop<'_>) -> Gifts {
        let mut told = Told::new(self);
        let units = 0..self.draft.part.len() as u32;
        let own: Vec<u32> =
            units.filter(|&unit| self.draft.part[unit as usize] == self.giver).collect();
        self.grow(&own, &mut told, stop);
        told.gifts()
    }

    /// Every set of clusters but all of them.
    fn look_at_all(&self, clusters: &[u32], told: &mut Told<'_>) {
        let n_pieces = self.board.pieces(self.draft, self.giver).len().max(1);
        for mask in 1..(1u32 << clusters.len()).saturating_sub(1) {
            let chosen = clusters.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1);
            let units: Vec<u32> = chosen
                .flat_map(|(_, cluster)| &self.board.clusters[*cluster as usize])
                .copied()
                .collect();
            let load =
                units.iter().map(|&unit| self.board.case.ground.weights[unit as usize]).sum();
            if !told.is_of_use(load) || !self.board.joins(self.draft, &units, self.taker) {
                continue;
            }
            let next = self.board.shifted(self.draft, &units, self.taker);
            if self.board.pieces(&next, self.giver).len() <= n_pieces {
                told.tell(units, load, (next.moved, next.cost));
            }
        }
    }

    fn grow(&self, own: &[u32], told: &mut Told<'_>, stop: &Stop<'_>) {
        let board = self.board;
        let n_pieces = board.pieces(self.draft, self.giver).len().max(1);
        let empty = Bundle {
            units: Vec::new(),
            is_in: vec![0; board.near.len().div_ceil(64)],
            load: 0,
            draft_cost: (self.draft.moved, self.draft.cost),
        };
        let mut waiting: BTreeMap<i64, Vec<Bundle>> = BTreeMap::from([(-1, vec![empty])]);
        let mut grown: BTreeMap<i64, usize> = BTreeMap::new();
        let mut known: HashSet<Vec<u64>> = HashSet::new();
        let mut reached = Reached { when: vec![0; board.near.len()], now: 0 };
        let mut n_grown = 0;
        while let Some(mut first) = waiting.first_entry() {
            let step = *first.key();
            let bundles = first.get_mut();
            // The cheapest for its weight first.
            let best =
                (0..bundles.len()).min_by_key(|&at| bundles[at].draft_cost).expect("is not empty");
            let bundle = bundles.swap_remove(best);
            let n_here = grown.entry(step).or_default();
            *n_here += 1;
            if bundles.is_empty() || *n_here >= KEPT {
                waiting.remove(&step);
            }
            n_grown += 1;
            if n_grown > GROWN || stop.is_due() {
                return;
            }
            for cluster in self.open(own, &bundle) {
                let Some(next) = self.with(&bundle, cluster, own, n_pieces, &mut reached) else {
                    continue;
                };
                if !known.insert(next.is_in.clone()) {
                    continue;
                }
                told.tell(next.units.clone(), next.load, next.draft_cost);
                if next.load >= self.need {
                    continue;
                }
                let at = next.load * STEPS.min(self.need) / self.need;
                if at >= step && grown.get(&at).is_none_or(|n| *n < KEPT) {
                    waiting.entry(at).or_default().push(next);
                }
            }
        }
    }

    /// Clusters that could come next: beside the taker or the bundle. A new part begins anywhere.
    fn open(&self, own: &[u32], bundle: &Bundle) -> Vec<u32> {
        let board = self.board;
        let is_first = bundle.units.is_empty() && self.draft.size[self.taker as usize] == 0;
        let is_open = |unit: &&u32| {
            !bundle.has(**unit)
                && (is_first
                    || board.near[**unit as usize].iter().any(|near| {
                        self.draft.part[near.to as usize] == self.taker || bundle.has(near.to)
                    }))
        };
        let mut clusters: Vec<u32> =
            own.iter().filter(is_open).map(|&unit| board.cluster_of[unit as usize]).collect();
        clusters.sort_unstable();
        clusters.dedup();
        clusters
    }

    /// The bundle with one more cluster and all that would be stranded without it. `None` where the giver
    /// would have nothing left, or the cluster does not touch with all its units.
    fn with(
        &self,
        bundle: &Bundle,
        cluster: u32,
        own: &[u32],
        n_pieces: usize,
        reached: &mut Reached,
    ) -> Option<Bundle> {
        let board = self.board;
        let mut next = bundle.clone();
        for &unit in &board.clusters[cluster as usize] {
            self.add(&mut next, unit);
        }
        let n_before = bundle.units.len();
        if next.units.len() >= own.len() {
            return None;
        }
        if !self.rest_meets(&next, n_before, reached) {
            let rest: Vec<u32> = own.iter().copied().filter(|&unit| !next.has(unit)).collect();
            let is_rest =
                |unit: u32| self.draft.part[unit as usize] == self.giver && !next.has(unit);
            let pieces = board.pieces_of(&rest, is_rest);
            for piece in pieces.iter().skip(n_pieces) {
                for &unit in piece {
                    // Bound ones go together, wherever the others are.
                    for &one in &board.clusters[board.cluster_of[unit as usize] as usize] {
                        if !next.has(one) {
                            self.add(&mut next, one);
                        }
                    }
                }
            }
            let is_rest =
                |unit: u32| self.draft.part[unit as usize] == self.giver && !next.has(unit);
            let rest: Vec<u32> = own.iter().copied().filter(|&unit| !next.has(unit)).collect();
            let n_now = board.pieces_of(&rest, is_rest).len();
            if n_now == 0 || n_now > n_pieces {
                return None;
            }
        }
        if next.units.len() > n_before + 1 || board.clusters[cluster as usize].len() > 1 {
            let is_joined = board.joins(self.draft, &next.units, self.taker);
            return is_joined.then_some(next);
        }
        Some(next)
    }

    /// Share of households that two gifts, each ascending, have in common.
    fn common(&self, one: &[u32], other: &[u32]) -> f64 {
        // An empty unit counts a little, so that gifts of nobody can be told apart.
        let size = |unit: &u32| self.board.case.households[*unit as usize] * 100 + 1;
        let both: i64 = one.iter().filter(|unit| other.binary_search(unit).is_ok()).map(size).sum();
        let all: i64 = one.iter().chain(other).map(size).sum();
        both as f64 / (all - both) as f64
    }

    fn add(&self, bundle: &mut Bundle, unit: u32) {
        let (board, at) = (self.board, unit as usize);
        let part_of = |unit: u32| {
            if bundle.has(unit) { self.taker } else { self.draft.part[unit as usize] }
        };
        let (mut moved, mut cost) = bundle.draft_cost;
        for near in &board.near[at] {
            let beside = part_of(near.to);
            cost += near.cost * (i64::from(beside != self.taker) - i64::from(beside != self.giver));
        }
        let home = board.held[at];
        let is_away = i64::from(self.taker != home) - i64::from(self.giver != home);
        moved += board.case.households[at] * is_away;
        bundle.draft_cost = (moved, cost);
        bundle.load += board.case.ground.weights[at];
        bundle.is_in[at / 64] |= 1 << (unit % 64);
        bundle.units.push(unit);
    }

    /// Whether what is left around the units added last still hangs together: one walk that ends as soon
    /// as it has met all of it.
    fn rest_meets(&self, bundle: &Bundle, n_before: usize, reached: &mut Reached) -> bool {
        let board = self.board;
        let is_rest = |unit: u32| self.draft.part[unit as usize] == self.giver && !bundle.has(unit);
        let mut around: Vec<u32> = bundle.units[n_before..]
            .iter()
            .flat_map(|&unit| &board.near[unit as usize])
            .map(|near| near.to)
            .filter(|&unit| is_rest(unit))
            .collect();
        around.sort_unstable();
        around.dedup();
        let Some(&first) = around.first() else { return true };
        reached.now += 1;
        let now = reached.now;
        reached.when[first as usize] = now;
        let mut queue = vec![first];
        let (mut at, mut n_left) = (0, around.len() - 1);
        while let Some(&unit) = queue.get(at) {
            if n_left == 0 {
                return true;
            }
            at += 1;
            for near in &board.near[unit as usize] {
                if is_rest(near.to) && reached.when[near.to as usize] != now {
                    reached.when[near.to as usize] = now;
                    n_left -= usize::from(around.binary_search(&near.to).is_ok());
                    queue.push(near.to);
                }
            }
        }
        n_left == 0
    }
}

/// When a unit was last walked over.
struct Reached {
    when: Vec<u32>,
    now: u32,
}

/// The best gifts so far.
struct Told<'a> {
    giving: &'a Giving<'a>,
    outside: i64,
    fair: Vec<(Worth, Vec<u32>)>,
    passing: Vec<(Worth, Vec<u32>)>,
}

impl<'a> Told<'a> {
    fn new(giving: &'a Giving<'a>) -> Self {
        let outside = giving.board.outside(giving.draft);
        Self { giving, outside, fair: Vec::new(), passing: Vec::new() }
    }

    /// Weight outside the band after `load` has gone over; of the patient, and in all.
    fn outside_after(&self, load: i64) -> (i64, i64) {
        let Giving { board, draft, giver, taker, patient, .. } = self.giving;
        let loads = |part: u32| draft.load[part as usize];
        let (of_giver, of_taker) =
            (board.off(loads(*giver) - load), board.off(loads(*taker) + load));
        let before = board.part_outside(draft, *giver) + board.part_outside(draft, *taker);
        let of_patient = if patient == giver { of_giver } else { of_taker };
        (of_patient, self.outside - before + of_giver + of_taker)
    }

    fn is_of_use(&self, load: i64) -> bool {
        let (of_patient, outside) = self.outside_after(load);
        of_patient == 0 || outside < self.outside
    }

    fn tell(&mut self, units: Vec<u32>, load: i64, (moved, cost): (i64, i64)) {
        let (of_patient, outside) = self.outside_after(load);
        let worth = Worth { outside, moved, cost };
        if outside < self.outside {
            insert(&mut self.fair, worth, units);
        } else if of_patient == 0 {
            insert(&mut self.passing, worth, units);
        }
    }

    /// Those that shut nobody in, each unlike the better ones.
    fn gifts(self) -> Gifts {
        let Giving { board, draft, taker, .. } = self.giving;
        let made = |told: Vec<(Worth, Vec<u32>)>| {
            let (mut gifts, mut kept) = (Vec::new(), Vec::<Vec<u32>>::new());
            for (worth, mut units) in told {
                units.sort_unstable();
                // The next best for a neighbour may be what fits with the step after it.
                let must_differ = draft.size[*taker as usize] == 0 || gifts.len() >= CLOSE;
                let is_alike = |other: &Vec<u32>| self.giving.common(&units, other) > ALIKE;
                if must_differ && kept.iter().any(is_alike) {
                    continue;
                }
                let next = board.shifted(draft, &units, *taker);
                if !board.shuts_in_more(draft, &next) {
                    gifts.push(Gift { draft: next, worth });
                    kept.push(units);
                }
            }
            gifts
        };
        Gifts { fair: made(self.fair), passing: made(self.passing) }
    }
}

fn insert(told: &mut Vec<(Worth, Vec<u32>)>, worth: Worth, units: Vec<u32>) {
    let at = told.partition_point(|(held, _)| *held <= worth);
    if at < TOLD {
        told.insert(at, (worth, units));
        told.truncate(TOLD);
    }
}
