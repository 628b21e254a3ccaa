//! Who holds which unit, and what it means when some change hands.
//!
//! A [`Board`] never changes; a [`Draft`] is one way the ground could be held.
//!
//! **Why** units and not the engine's graph of joined nodes: a cluster's units need not touch, and each has to be joined to its part
//! by real ground. Parts here are small enough to walk.

use super::{Case, Worth};
use crate::divide::ground::price;
use crate::domain::measure::Length;

/// The part of what nobody holds.
pub(super) const NOBODY: u32 = u32::MAX;

/// One neighbour of a unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Near {
    pub to: u32,
    pub cost: i64,
    /// They share a border, not only a declared crossing.
    is_beside: bool,
}

pub(super) struct Board<'a> {
    pub case: &'a Case<'a>,
    pub near: Vec<Vec<Near>>,
    /// Part of each unit today.
    pub held: Vec<u32>,
    /// Units that move together, and the cluster of each unit.
    pub clusters: Vec<Vec<u32>>,
    pub cluster_of: Vec<u32>,
    is_rim: Vec<bool>,
    first: Draft,
}

/// One way to hold the ground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub part: Vec<u32>,
    pub load: Vec<i64>,
    /// Units of each part.
    pub size: Vec<u32>,
    pub moved: i64,
    pub cost: i64,
}

impl<'a> Board<'a> {
    /// Cost: O(borders log borders).
    pub fn new(case: &'a Case<'a>) -> Self {
        let ground = case.ground;
        let n = ground.n_units();
        let held: Vec<u32> = case.held.iter().map(|part| part.unwrap_or(NOBODY)).collect();
        let mut near: Vec<Vec<Near>> = vec![Vec::new(); n];
        for border in &ground.borders {
            let [a, b] = border.units;
            let (cost, is_beside) = (price(border), border.length > Length::ZERO);
            for (one, to) in [(a, b), (b, a)] {
                match near[one as usize].iter_mut().find(|near| near.to == to) {
                    Some(known) => {
                        known.cost += cost;
                        known.is_beside |= is_beside;
                    }
                    None => near[one as usize].push(Near { to, cost, is_beside }),
                }
            }
        }
        near.iter_mut().for_each(|list| list.sort_unstable_by_key(|near| near.to));
        let (clusters, cluster_of) = clusters(ground.bound.as_slice(), &held);
        let is_rim = ground.rims.iter().map(|rim| *rim > Length::ZERO).collect();
        let n_parts = case.may_change.len();
        let mut first = Draft {
            load: case.fixed.to_vec(),
            size: vec![0; n_parts],
            part: held.clone(),
            moved: 0,
            cost: 0,
        };
        for (unit, &part) in held.iter().enumerate().filter(|(_, part)| **part != NOBODY) {
            first.load[part as usize] += ground.weights[unit];
            first.size[part as usize] += 1;
        }
        let ends = |unit: u32| near[unit as usize].iter().map(move |near| (unit, near));
        let cut = (0..n as u32).flat_map(ends).filter(|(unit, near)| {
            *unit < near.to && held[*unit as usize] != held[near.to as usize]
        });
        first.cost = cut.map(|(_, near)| near.cost).sum();
        Self { case, near, held, clusters, cluster_of, is_rim, first }
    }

    /// As it is today.
    pub fn draft(&self) -> Draft {
        self.first.clone()
    }

    pub fn n_parts(&self) -> usize {
        self.case.may_change.len()
    }

    /// New parts may; so may those with ground that are not barred.
    pub fn may_change(&self, part: u32) -> bool {
        let known = self.case.may_change.get(part as usize);
        part != NOBODY && known.is_none_or(|may| *may && self.first.size[part as usize] > 0)
    }

    /// Weight of `part` beyond the band; what is gone lies within it.
    pub fn part_outside(&self, draft: &Draft, part: u32) -> i64 {
        let at = part as usize;
        if !self.may_change(part) || draft.size[at] == 0 { 0 } else { self.off(draft.load[at]) }
    }

    /// By how much a weight leaves the band.
    pub fn off(&self, load: i64) -> i64 {
        (self.case.band.0 - load).max(load - self.case.band.1).max(0)
    }

    pub fn outside(&self, draft: &Draft) -> i64 {
        (0..draft.load.len() as u32).map(|part| self.part_outside(draft, part)).sum()
    }

    pub fn worth(&self, draft: &Draft) -> Worth {
        Worth { outside: self.outside(draft), moved: draft.moved, cost: draft.cost }
    }

    /// Adds a part without ground.
    pub fn add_part(&self, draft: &mut Draft) -> u32 {
        draft.load.push(0);
        draft.size.push(0);
        draft.load.len() as u32 - 1
    }

    /// Gives one unit to a part.
    pub fn shift(&self, draft: &mut Draft, unit: u32, to: u32) {
        let at = unit as usize;
        let from = std::mem::replace(&mut draft.part[at], to);
        if from == to {
            return;
        }
        for near in &self.near[at] {
            let beside = draft.part[near.to as usize];
            draft.cost += near.cost * (i64::from(beside != to) - i64::from(beside != from));
        }
        let home = self.held[at];
        draft.moved += self.case.households[at] * (i64::from(to != home) - i64::from(from != home));
        let weight = self.case.ground.weights[at];
        draft.load[from as usize] -= weight;
        draft.size[from as usize] -= 1;
        draft.load[to as usize] += weight;
        draft.size[to as usize] += 1;
    }

    pub fn shifted(&self, draft: &Draft, units: &[u32], to: u32) -> Draft {
        let mut next = draft.clone();
        for &unit in units {
            self.shift(&mut next, unit, to);
        }
        next
    }

    /// The pieces `part` lies in, heaviest first.
    pub fn pieces(&self, draft: &Draft, part: u32) -> Vec<Vec<u32>> {
        let units: Vec<u32> = (0..draft.part.len() as u32)
            .filter(|&unit| draft.part[unit as usize] == part)
            .collect();
        self.pieces_of(&units, |unit| draft.part[unit as usize] == part)
    }

    /// The pieces some units lie in, heaviest first; `is_in` says what is among them.
    pub fn pieces_of(&self, units: &[u32], is_in: impl Fn(u32) -> bool) -> Vec<Vec<u32>> {
        let mut is_seen = vec![false; self.near.len()];
        let mut pieces: Vec<(i64, Vec<u32>)> = Vec::new();
        for &first in units {
            if std::mem::replace(&mut is_seen[first as usize], true) {
                continue;
            }
            let mut piece = vec![first];
            let mut at = 0;
            while let Some(&unit) = piece.get(at) {
                for near in &self.near[unit as usize] {
                    if is_in(near.to) && !std::mem::replace(&mut is_seen[near.to as usize], true) {
                        piece.push(near.to);
                    }
                }
                at += 1;
            }
            let weight = piece.iter().map(|&unit| self.case.ground.weights[unit as usize]).sum();
            pieces.push((weight, piece));
        }
        pieces.sort_by_key(|(weight, piece)| std::cmp::Reverse((*weight, piece.len())));
        pieces.into_iter().map(|(_, piece)| piece).collect()
    }

    /// Whether no part that gave or took is in more pieces than today, and none that may not change did.
    pub fn is_whole(&self, draft: &Draft) -> bool {
        let mut touched: Vec<u32> = Vec::new();
        for (unit, &part) in
            draft.part.iter().enumerate().filter(|(unit, p)| **p != self.held[*unit])
        {
            touched.extend([part, self.held[unit]]);
        }
        touched.sort_unstable();
        touched.dedup();
        touched.iter().all(|&part| {
            let n_now = self.pieces(draft, part).len();
            let n_before = self.pieces(&self.first, part).len();
            self.may_change(part) && n_now <= n_before.max(1)
        })
    }

    /// Units that cannot reach the rim but through `part`.
    fn shut_in(&self, draft: &Draft, part: u32) -> Vec<u32> {
        let n = draft.part.len();
        let is_other = |unit: usize| draft.part[unit] != part;
        let mut is_free = vec![false; n];
        let mut queue: Vec<u32> = (0..n as u32)
            .filter(|&unit| self.is_rim[unit as usize] && is_other(unit as usize))
            .collect();
        queue.iter().for_each(|&unit| is_free[unit as usize] = true);
        while let Some(unit) = queue.pop() {
            for near in self.near[unit as usize].iter().filter(|near| near.is_beside) {
                let to = near.to as usize;
                if is_other(to) && !std::mem::replace(&mut is_free[to], true) {
                    queue.push(near.to);
                }
            }
        }
        (0..n as u32).filter(|&unit| is_other(unit as usize) && !is_free[unit as usize]).collect()
    }

    /// Whether a part that took ground encloses now what it did not enclose in `before`.
    pub fn shuts_in_more(&self, before: &Draft, draft: &Draft) -> bool {
        let taken = (0..draft.part.len()).filter(|&unit| draft.part[unit] != before.part[unit]);
        let mut takers: Vec<u32> = taken.map(|unit| draft.part[unit]).collect();
        takers.sort_unstable();
        takers.dedup();
        takers.into_iter().any(|part| {
            let now = self.shut_in(draft, part);
            if now.is_empty() {
                return false;
            }
            let was = self.shut_in(before, part);
            now.iter().any(|unit| was.binary_search(unit).is_err())
        })
    }

    /// Parts beside `part` that may change, ascending.
    pub fn neighbors(&self, draft: &Draft, part: u32) -> Vec<u32> {
        let own = (0..draft.part.len()).filter(|&unit| draft.part[unit] == part);
        let beside = own.flat_map(|unit| &self.near[unit]).map(|near| draft.part[near.to as usize]);
        let mut found: Vec<u32> =
            beside.filter(|&other| other != part && self.may_change(other)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether each of `units` reaches `part` over the others and `part` itself; `part` may be empty
    /// when they hang together.
    pub fn joins(&self, draft: &Draft, units: &[u32], part: u32) -> bool {
        let is_in = |unit: u32| units.contains(&unit);
        let is_own = |unit: u32| draft.part[unit as usize] == part;
        let pieces = self.pieces_of(units, is_in);
        if draft.size[part as usize] == 0 {
            return pieces.len() <= 1;
        }
        pieces.iter().all(|piece| {
            piece.iter().any(|&unit| self.near[unit as usize].iter().any(|near| is_own(near.to)))
        })
    }

    /// Whether a cluster may go to `to` without tearing its part or standing apart in the other.
    pub fn may_go(&self, draft: &Draft, cluster: u32, to: u32) -> bool {
        let units = &self.clusters[cluster as usize];
        let from = draft.part[units[0] as usize];
        if draft.size[from as usize] as usize <= units.len() || !self.joins(draft, units, to) {
            return false;
        }
        let before = self.pieces(draft, from).len();
        let rest: Vec<u32> = (0..draft.part.len() as u32)
            .filter(|&unit| draft.part[unit as usize] == from && !units.contains(&unit))
            .collect();
        let is_in = |unit: u32| draft.part[unit as usize] == from && !units.contains(&unit);
        self.pieces_of(&rest, is_in).len() <= before.max(1)
    }
}

/// Bound units of one part; every other unit is alone.
fn clusters(bound: &[Vec<u32>], held: &[u32]) -> (Vec<Vec<u32>>, Vec<u32>) {
    let mut leader: Vec<u32> = (0..held.len() as u32).collect();
    for group in bound {
        let mut units = group.clone();
        units.sort_unstable_by_key(|&unit| (held[unit as usize], unit));
        for two in units.windows(2).filter(|two| held[two[0] as usize] == held[two[1] as usize]) {
            leader[two[1] as usize] = leader[two[0] as usize];
        }
    }
    let (mut clusters, mut cluster_of) = (Vec::<Vec<u32>>::new(), vec![u32::MAX; held.len()]);
    for unit in 0..held.len() {
        let first = leader[unit] as usize;
        if cluster_of[first] == u32::MAX {
            cluster_of[first] = clusters.len() as u32;
            clusters.push(Vec::new());
        }
        cluster_of[unit] = cluster_of[first];
        clusters[cluster_of[unit] as usize].push(unit as u32);
    }
    (clusters, cluster_of)
}
