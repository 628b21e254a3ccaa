//! Gifts, merges and splits, one after another, until the picked parts lie in the band.
//!
//! A trial knows which parts are still to be mended: those picked, and those a gift has pushed out of the
//! band. So a chain of parts is nothing special: a full neighbour takes what it gets and becomes the next
//! to be mended. The best few trials of each length go on.

use super::board::{Board, Draft};
use super::gift::{Gift, Giving};
use crate::divide::watch::Stop;

/// Trials that go on from each length.
const KEPT: usize = 6;
/// Steps beyond one for each picked part.
const MORE: usize = 3;
/// Gifts to one neighbour that are tried, and ways to become two.
const FAIR: usize = 2;
const HALVES: usize = 4;
/// Ways out that are enough.
const ENOUGH: usize = 60;

/// Some steps on the way.
#[derive(Clone)]
struct Trial {
    draft: Draft,
    /// Parts to be mended.
    open: Vec<u32>,
    /// Who gave to whom; nothing goes back.
    flows: Vec<(u32, u32)>,
}

/// Drafts with less outside the band than `held`, in no order.
pub(super) fn ways_out(board: &Board<'_>, held: &Draft, stop: &Stop<'_>) -> Vec<Draft> {
    let outside = board.outside(held);
    let open = board.to_mend(held);
    let n_steps = open.len() + MORE;
    let mut found: Vec<Draft> = Vec::new();
    let mut trials = vec![Trial { draft: held.clone(), open, flows: Vec::new() }];
    for _ in 0..n_steps {
        let mut next: Vec<Trial> = Vec::new();
        for trial in trials {
            if stop.is_due() || found.len() >= ENOUGH {
                return found;
            }
            steps(board, trial, stop, &mut next);
        }
        next.sort_by_key(|trial| (board.worth(&trial.draft), trial.flows.clone()));
        next.dedup_by(|one, other| one.draft.part == other.draft.part);
        let better = next.iter().filter(|trial| board.outside(&trial.draft) < outside);
        found.extend(better.map(|trial| trial.draft.clone()));
        next.retain(|trial| !trial.open.is_empty());
        trials = varied(next);
        if trials.is_empty() {
            break;
        }
    }
    found
}

/// The best trials, of each first step no more than half.
fn varied(trials: Vec<Trial>) -> Vec<Trial> {
    let mut kept: Vec<Trial> = Vec::new();
    for trial in trials {
        let n_alike = kept.iter().filter(|one| one.flows == trial.flows).count();
        if kept.len() < KEPT && n_alike < FAIR {
            kept.push(trial);
        }
    }
    kept
}

/// All next steps for the part that is worst off; without any it is given up.
fn steps(board: &Board<'_>, mut trial: Trial, stop: &Stop<'_>, next: &mut Vec<Trial>) {
    let draft = &trial.draft;
    trial.open.retain(|&part| board.part_outside(draft, part) > 0);
    let off = |part: &u32| (board.part_outside(draft, *part), std::cmp::Reverse(*part));
    let Some(patient) = trial.open.iter().copied().max_by_key(off) else { return };
    let n_before = next.len();
    if draft.load[patient as usize] > board.case.band.1 {
        relieve(board, &trial, patient, stop, next);
    } else {
        feed(board, &trial, patient, stop, next);
    }
    if next.len() == n_before {
        trial.open.retain(|&part| part != patient);
        if !trial.open.is_empty() {
            next.push(trial);
        }
    }
}

/// Too heavy: gives to neighbours, or becomes two.
fn relieve(board: &Board<'_>, trial: &Trial, patient: u32, stop: &Stop<'_>, next: &mut Vec<Trial>) {
    let draft = &trial.draft;
    let need = draft.load[patient as usize] - board.case.band.1;
    for taker in board.neighbors(draft, patient) {
        if stop.is_due() {
            return;
        }
        if trial.flows.contains(&(taker, patient)) {
            continue;
        }
        let giving = Giving { board, draft, giver: patient, taker, patient, need };
        push_gifts(board, trial, &giving, stop, next);
    }
    let mut room = draft.clone();
    let taker = board.add_part(&mut room);
    let need = need.max(board.case.band.0).max(1);
    let giving = Giving { board, draft: &room, giver: patient, taker, patient, need };
    for gift in giving.gifts(stop).fair.into_iter().take(HALVES) {
        next.push(trial.with(board, gift, (patient, taker)));
    }
}

/// Too light: takes from neighbours, or goes into one of them, or is dealt out among all.
fn feed(board: &Board<'_>, trial: &Trial, patient: u32, stop: &Stop<'_>, next: &mut Vec<Trial>) {
    let draft = &trial.draft;
    let need = board.case.band.0 - draft.load[patient as usize];
    let own: Vec<u32> =
        (0..draft.part.len() as u32).filter(|&unit| draft.part[unit as usize] == patient).collect();
    let may_go = board.case.fixed.get(patient as usize).is_none_or(|fixed| *fixed == 0);
    let neighbors = board.neighbors(draft, patient);
    for &other in &neighbors {
        if stop.is_due() {
            return;
        }
        if may_go && board.joins(draft, &own, other) {
            let draft = board.shifted(draft, &own, other);
            if !board.shuts_in_more(&trial.draft, &draft) {
                let worth = board.worth(&draft);
                next.push(trial.with(board, Gift { draft, worth }, (patient, other)));
            }
        }
        if trial.flows.contains(&(patient, other)) {
            continue;
        }
        let giving = Giving { board, draft, giver: other, taker: patient, patient, need };
        push_gifts(board, trial, &giving, stop, next);
    }
    if may_go && neighbors.len() > 1 {
        let dealt = dealt_out(board, draft, patient, &own);
        next.extend(dealt.map(|draft| {
            let worth = board.worth(&draft);
            trial.with(board, Gift { draft, worth }, (patient, patient))
        }));
    }
}

fn push_gifts(
    board: &Board<'_>,
    trial: &Trial,
    giving: &Giving<'_>,
    stop: &Stop<'_>,
    next: &mut Vec<Trial>,
) {
    let gifts = giving.gifts(stop);
    let flow = (giving.giver, giving.taker);
    let fair = gifts.fair.into_iter().take(FAIR);
    next.extend(
        fair.chain(gifts.passing.into_iter().take(1)).map(|gift| trial.with(board, gift, flow)),
    );
}

impl Trial {
    /// One step on: whoever it pushed out of the band is to be mended next.
    fn with(&self, board: &Board<'_>, gift: Gift, flow: (u32, u32)) -> Self {
        let mut open = self.open.clone();
        for part in 0..gift.draft.load.len() as u32 {
            let was = if (part as usize) < self.draft.load.len() {
                board.part_outside(&self.draft, part)
            } else {
                0
            };
            if board.part_outside(&gift.draft, part) > was && !open.contains(&part) {
                open.push(part);
            }
        }
        open.retain(|&part| board.part_outside(&gift.draft, part) > 0);
        let mut flows = self.flows.clone();
        flows.push(flow);
        Self { draft: gift.draft, open, flows }
    }
}

/// All ground of a part dealt out among its neighbours: the longest border first, and nobody beyond the
/// band while somebody has room.
fn dealt_out(board: &Board<'_>, draft: &Draft, part: u32, own: &[u32]) -> Option<Draft> {
    let mut next = draft.clone();
    let mut left: Vec<u32> = own.iter().map(|&unit| board.cluster_of[unit as usize]).collect();
    left.sort_unstable();
    left.dedup();
    while !left.is_empty() {
        let choices = left.iter().enumerate().flat_map(|(at, &cluster)| {
            let units = &board.clusters[cluster as usize];
            let weight: i64 =
                units.iter().map(|&unit| board.case.ground.weights[unit as usize]).sum();
            let beside = units.iter().flat_map(|&unit| &board.near[unit as usize]);
            let mut shared: std::collections::BTreeMap<u32, i64> = Default::default();
            for near in beside {
                let to = next.part[near.to as usize];
                if to != part && board.may_change(to) {
                    *shared.entry(to).or_default() += near.cost;
                }
            }
            let load = next.load.clone();
            shared.into_iter().map(move |(to, cost)| {
                let over = (load[to as usize] + weight - board.case.band.1).max(0);
                (over, std::cmp::Reverse(cost), cluster, to, at)
            })
        });
        let mut choices: Vec<_> = choices.collect();
        choices.sort_unstable();
        let fits = choices.into_iter().find(|(_, _, cluster, to, _)| {
            board.joins(&next, &board.clusters[*cluster as usize], *to)
        });
        let (_, _, cluster, to, at) = fits?;
        for &unit in &board.clusters[cluster as usize] {
            board.shift(&mut next, unit, to);
        }
        left.remove(at);
    }
    (!board.shuts_in_more(draft, &next)).then_some(next)
}
