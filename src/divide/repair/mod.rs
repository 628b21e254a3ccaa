//! Repair: parts that are too heavy or too light are brought into the band, and few households notice.
//!
//! Given is who holds which unit today; wanted are a few different ways out, each as small as can be
//! found: ground goes from one part to its neighbour, along a chain of parts, a part is split, or merged,
//! or dealt out among its neighbours, or some parts are drawn anew and what may stay is put back. What
//! counts, in this order: weight left outside the band, households that get another part, the cost of
//! borders. Units bound together move together; parts that may not change give and take nothing; every
//! part stays in as many pieces as it was; none is shut in by another.
//!
//! Files: `board` (who holds what, and what a move does), `gift` (the best ground for one part to give
//! another), `search` (gifts, merges and splits one after another), `redraw` (parts drawn anew), `tidy`
//! (what may stay stays), `plan` (a community of a plan as a case, a way out as strokes). Only the last
//! knows of plans.
//!
//! **Why** not the engine with a price on leaving: it deals out all ground and then asks who stayed. Here
//! nothing moves that need not, the ways out differ in kind, and each can be told in one sentence. Up to
//! twelve clusters a part can give are all looked at, so that the smallest gift is found; beyond that the
//! search is narrow, and `least` says how far at most it can be from the truth.

mod board;
mod gift;
pub mod plan;
mod redraw;
mod search;
mod tidy;

use super::ground::Ground;
use super::solve::Certificate;
use super::watch::Stop;
use board::{Board, Draft, NOBODY};

/// Ground, who holds it, and what is wrong.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// Bound units of one part move together; those held by several parts are bound within each.
    pub ground: &'a Ground,
    /// Part of each unit; `None`: nobody's, and it stays so.
    pub held: &'a [Option<u32>],
    /// Households on each unit, whatever it weighs.
    pub households: &'a [i64],
    /// By part, here and below: weight that belongs to it wherever its ground is.
    pub fixed: &'a [i64],
    /// Locked parts, and those of a special kind, may not.
    pub may_change: &'a [bool],
    /// Smallest and largest weight of a part, and what it should be.
    pub band: (i64, i64),
    pub target: i64,
    /// Parts to be brought into the band.
    pub picked: &'a [u32],
}

/// What is done, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Some parts give ground to others.
    Transfer,
    /// Some part gives on what it gets, or as much.
    Chain,
    /// Several parts exchange ground.
    Redraw,
    /// There is one part more.
    Split,
    /// There is one part less.
    Merge,
}

impl Kind {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::Chain => "chain",
            Self::Redraw => "redraw",
            Self::Split => "split",
            Self::Merge => "merge",
        }
    }
}

/// What counts, smaller is better; compared field by field in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Worth {
    /// Weight outside the band, over all parts that may change.
    pub outside: i64,
    /// Households that get another part.
    pub moved: i64,
    /// Cost of all borders, as the engine counts it.
    pub cost: i64,
}

/// One way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    pub kind: Kind,
    /// Part of each unit; numbers from the count of parts on are new ones.
    pub part: Vec<Option<u32>>,
    pub worth: Worth,
}

/// Ways out, the best first.
#[derive(Clone, Debug, PartialEq)]
pub struct Repairs {
    pub remedies: Vec<Remedy>,
    /// Weight outside the band today.
    pub outside: i64,
    /// At least so much weight changes hands in whatever keeps the band.
    pub least: i64,
    /// Why the band cannot be kept, where no way out keeps it. Proven.
    pub certificates: Vec<Certificate>,
    /// The limit in time ended the search early.
    pub is_cut_short: bool,
}

/// Share of what moves that two ways out may have in common.
const ALIKE: f64 = 0.8;

/// At most `n_wanted` ways out. Deterministic unless cut short.
///
/// Cost: some milliseconds for each pair of neighbours tried. Nothing to do gives no way out.
pub fn repair(case: &Case<'_>, n_wanted: usize, stop: &Stop<'_>) -> Repairs {
    let board = Board::new(case);
    let held = board.draft();
    let outside = board.outside(&held);
    let least = board.least();
    let mut found = search::ways_out(&board, &held, stop);
    let keeps = |found: &[Draft]| found.iter().filter(|one| board.is_mended(one)).count();
    let mut certificates = Vec::new();
    if !board.to_mend(&held).is_empty() && keeps(&found) < n_wanted.min(5) {
        let (drawn, reasons) = redraw::drawn_anew(&board, &held, keeps(&found) == 0, stop);
        found.extend(drawn);
        if keeps(&found) == 0 {
            certificates = reasons;
        }
    }
    let mut remedies: Vec<Remedy> = found
        .into_iter()
        .map(|draft| tidy::tidied(&board, &held, draft))
        .filter(|draft| board.outside(draft) < outside && !board.shuts_in_more(&held, draft))
        .map(|draft| board.remedy(&draft))
        .collect();
    remedies.sort_by(|a, b| a.worth.cmp(&b.worth).then_with(|| a.part.cmp(&b.part)));
    // Where the band can be kept, what does not keep it is no way out.
    if let Some(best) = remedies.first().map(|best| best.worth.outside) {
        let rest = board.unpicked_outside(&held);
        remedies.retain(|one| best > rest || one.worth.outside <= rest);
    }
    let mut kept: Vec<Remedy> = Vec::new();
    for remedy in remedies {
        if kept.len() < n_wanted && kept.iter().all(|other| !board.is_alike(other, &remedy)) {
            kept.push(remedy);
        }
    }
    Repairs { remedies: kept, outside, least, certificates, is_cut_short: stop.is_late() }
}

impl Board<'_> {
    /// What of the picked parts can be mended and is not yet.
    fn to_mend(&self, draft: &Draft) -> Vec<u32> {
        let picked = self.case.picked.iter().copied();
        picked.filter(|&part| self.may_change(part) && self.part_outside(draft, part) > 0).collect()
    }

    fn is_mended(&self, draft: &Draft) -> bool {
        self.outside(draft) <= self.unpicked_outside(&self.draft())
    }

    /// Weight outside the band in parts that nobody wants mended.
    fn unpicked_outside(&self, draft: &Draft) -> i64 {
        let is_picked = |part: &u32| self.case.picked.contains(part);
        let others = (0..self.n_parts() as u32).filter(|part| !is_picked(part));
        others.map(|part| self.part_outside(draft, part)).sum()
    }

    /// Weight that changes hands whatever is done. What is too much leaves; what is too light gets the
    /// rest, or gives up all it has. What leaves one part may be what another gets, so that half of all
    /// is certain, and all of what any one part needs.
    fn least(&self) -> i64 {
        let (mut heavy, mut light, mut most) = (0, 0, 0);
        let draft = self.draft();
        for part in self.to_mend(&draft) {
            let load = draft.load[part as usize];
            heavy += (load - self.case.band.1).max(0);
            let wants = (self.case.band.0 - load).max(0).min(load);
            light += wants;
            most = most.max(wants);
        }
        heavy.max(most).max((heavy + light + 1) / 2)
    }

    fn remedy(&self, draft: &Draft) -> Remedy {
        let part = draft.part.iter().map(|&part| (part != NOBODY).then_some(part)).collect();
        Remedy { kind: self.kind(draft), part, worth: self.worth(draft) }
    }

    /// What was done, seen from what came of it.
    fn kind(&self, draft: &Draft) -> Kind {
        let pairs = self.pairs(draft);
        let n_before = self.n_parts() as u32;
        let is_new = pairs.iter().any(|&(_, to)| to >= n_before);
        let is_gone = pairs.iter().any(|&(from, _)| draft.size[from as usize] == 0);
        let n_between =
            pairs.iter().filter(|(_, to)| pairs.iter().any(|(from, _)| from == to)).count();
        match (is_new, is_gone) {
            (true, true) => Kind::Redraw,
            (true, false) => Kind::Split,
            (false, true) => Kind::Merge,
            (false, false) if n_between == 0 => Kind::Transfer,
            // Going round in a circle is no chain.
            (false, false) if pairs.iter().any(|&(a, b)| pairs.contains(&(b, a))) => Kind::Redraw,
            (false, false) => Kind::Chain,
        }
    }

    /// Who gives to whom, ascending.
    fn pairs(&self, draft: &Draft) -> Vec<(u32, u32)> {
        let moved = (0..draft.part.len()).filter(|&unit| draft.part[unit] != self.held[unit]);
        let mut pairs: Vec<(u32, u32)> =
            moved.map(|unit| (self.held[unit], draft.part[unit])).collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// Whether two ways out are nearly one: the same pairs of parts, and mostly the same homes.
    fn is_alike(&self, one: &Remedy, other: &Remedy) -> bool {
        let (mut both, mut either) = (0, 0);
        let mut pairs = [Vec::new(), Vec::new()];
        for (unit, &held) in self.held.iter().enumerate() {
            let now = [&one.part, &other.part].map(|part| part[unit].unwrap_or(NOBODY));
            let moves = now.map(|part| part != held);
            for (pairs, (part, is_moved)) in pairs.iter_mut().zip(now.into_iter().zip(moves)) {
                if is_moved {
                    pairs.push((held, part));
                }
            }
            // An empty unit counts a little, so that two ways of moving nobody can be told apart.
            let size = self.case.households[unit] * 100 + 1;
            both += if moves[0] && now[0] == now[1] { size } else { 0 };
            either += if moves[0] || moves[1] { size } else { 0 };
        }
        for pairs in &mut pairs {
            pairs.sort_unstable();
            pairs.dedup();
        }
        pairs[0] == pairs[1] && both as f64 >= ALIKE * either as f64
    }
}

#[cfg(test)]
mod tests;
