//! What may stay, stays; and ground where nobody lives follows the shorter border.

use super::board::{Board, Draft, NOBODY};

/// Rounds over all that moved; each sends something back or is the last.
const ROUNDS: usize = 3;

/// The same way out with as much as possible back in the part it had, the band no worse.
/// Cost: for each cluster that moved a walk of its part.
pub(super) fn tidied(board: &Board<'_>, held: &Draft, mut draft: Draft) -> Draft {
    for _ in 0..ROUNDS {
        let before = draft.clone();
        send_back(board, held, &mut draft);
        straighten(board, held, &mut draft);
        if draft == before {
            break;
        }
    }
    draft
}

fn homes(board: &Board<'_>, cluster: u32) -> i64 {
    board.clusters[cluster as usize].iter().map(|&unit| board.case.households[unit as usize]).sum()
}

fn send_back(board: &Board<'_>, held: &Draft, draft: &mut Draft) {
    let mut moved: Vec<u32> = (0..board.clusters.len() as u32)
        .filter(|&cluster| {
            let first = board.clusters[cluster as usize][0] as usize;
            draft.part[first] != board.held[first]
        })
        .collect();
    moved.sort_by_key(|&cluster| std::cmp::Reverse(homes(board, cluster)));
    for cluster in moved {
        let home = board.held[board.clusters[cluster as usize][0] as usize];
        if home != NOBODY && draft.size[home as usize] > 0 {
            change(board, held, draft, cluster, home);
        }
    }
}

/// Clusters without households, between parts that changed anyway.
fn straighten(board: &Board<'_>, held: &Draft, draft: &mut Draft) {
    let has_changed: Vec<bool> =
        (0..draft.load.len()).map(|part| held.load.get(part) != Some(&draft.load[part])).collect();
    for cluster in 0..board.clusters.len() as u32 {
        let units = &board.clusters[cluster as usize];
        let from = draft.part[units[0] as usize];
        let is_open = from != NOBODY && has_changed[from as usize] && board.may_change(from);
        if !is_open || homes(board, cluster) > 0 {
            continue;
        }
        let mut beside: Vec<u32> = units
            .iter()
            .flat_map(|&unit| &board.near[unit as usize])
            .map(|near| draft.part[near.to as usize])
            .filter(|&to| to != from && to != NOBODY && has_changed[to as usize])
            .collect();
        beside.sort_unstable();
        beside.dedup();
        for to in beside.into_iter().filter(|&to| board.may_change(to)) {
            if change(board, held, draft, cluster, to) {
                break;
            }
        }
    }
}

/// Gives a cluster away where all of it is the better for it.
fn change(board: &Board<'_>, held: &Draft, draft: &mut Draft, cluster: u32, to: u32) -> bool {
    let next = board.shifted(draft, &board.clusters[cluster as usize], to);
    let is_better = board.worth(&next) < board.worth(draft);
    if is_better && board.may_go(draft, cluster, to) && !board.shuts_in_more(held, &next) {
        *draft = next;
        return true;
    }
    false
}
