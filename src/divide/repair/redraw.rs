//! Some parts drawn anew by the engine, each going on where most of its households stay.
//!
//! **Why** last: it moves more than it must. What it is for is ground where nothing smaller helps, and for
//! saying why nothing does: the engine's certificates speak of all divisions of that ground, and so of all
//! repairs as well.

use super::board::{Board, Draft, NOBODY};
use crate::divide::aim::{Aim, Count};
use crate::divide::community::best_matching;
use crate::divide::ground::{Border, Ground};
use crate::divide::solve::{Certificate, divide};
use crate::divide::watch::Stop;

/// Units that are drawn anew when smaller ways out were found already.
const MANY: usize = 600;
/// Within which parts count as even: a repair is asked for the band, and more evenness would move more.
const SLACK: f64 = 0.05;

/// Each part to be mended with its neighbours; when nothing mends, all ground that hangs together
/// with it, and then the certificates for that.
pub(super) fn drawn_anew(
    board: &Board<'_>,
    held: &Draft,
    is_stuck: bool,
    stop: &Stop<'_>,
) -> (Vec<Draft>, Vec<Certificate>) {
    let (mut found, mut reasons) = (Vec::new(), Vec::new());
    for patient in board.to_mend(held).into_iter().take(2) {
        let mut parts = board.neighbors(held, patient);
        parts.push(patient);
        let units = units_of(board, held, &parts);
        if units.len() <= MANY && !stop.is_due() {
            found.extend(divided(board, held, &units, stop).map(|(draft, _)| draft));
        }
    }
    if !is_stuck || found.iter().any(|draft| board.is_mended(draft)) {
        return (found, reasons);
    }
    let parts: Vec<u32> =
        (0..board.n_parts() as u32).filter(|&part| board.may_change(part)).collect();
    let free = units_of(board, held, &parts);
    let pieces = board.pieces_of(&free, |unit| free.binary_search(&unit).is_ok());
    let sick = board.to_mend(held);
    for mut piece in pieces {
        piece.sort_unstable();
        let is_whole = |part: &u32| {
            let units = units_of(board, held, &[*part]);
            units.iter().all(|unit| piece.binary_search(unit).is_ok())
        };
        let own: Vec<u32> = parts.iter().copied().filter(is_whole).collect();
        if !own.iter().any(|part| sick.contains(part)) || stop.is_due() {
            continue;
        }
        let Some((draft, certificates)) = divided(board, held, &piece, stop) else { continue };
        found.push(draft);
        // What belongs to a part wherever its ground is, the engine did not weigh.
        if own.iter().all(|&part| board.case.fixed[part as usize] == 0) {
            reasons.extend(certificates);
        }
    }
    (found, reasons)
}

fn units_of(board: &Board<'_>, held: &Draft, parts: &[u32]) -> Vec<u32> {
    let units = 0..board.near.len() as u32;
    units.filter(|&unit| parts.contains(&held.part[unit as usize])).collect()
}

/// Some units divided anew, the others as they were.
fn divided(
    board: &Board<'_>,
    held: &Draft,
    units: &[u32],
    stop: &Stop<'_>,
) -> Option<(Draft, Vec<Certificate>)> {
    let ground = ground_of(board, units);
    let (min, max) = board.case.band;
    let target = board.case.target.clamp(min.max(1), max.max(1));
    let mut aim = Aim::new(Count::Around { target, min, max });
    aim.slack = Some(SLACK);
    let division = divide(&ground, &aim, stop).ok()?;
    let mut own: Vec<u32> = units.iter().map(|&unit| held.part[unit as usize]).collect();
    own.sort_unstable();
    own.dedup();
    let n = division.n_parts.max(own.len());
    let mut gain = vec![vec![0i64; n]; n];
    for (at, &unit) in units.iter().enumerate() {
        let row = own.binary_search(&held.part[unit as usize]).expect("its part is among them");
        gain[row][division.part[at] as usize] += board.case.households[unit as usize] * 100_000 + 1;
    }
    let column_of = best_matching(&gain);
    let mut part_of = vec![NOBODY; division.n_parts];
    for (row, &column) in column_of.iter().enumerate().take(own.len()) {
        if column < division.n_parts {
            part_of[column] = own[row];
        }
    }
    let mut draft = held.clone();
    for part in part_of.iter_mut().filter(|part| **part == NOBODY) {
        *part = board.add_part(&mut draft);
    }
    for (at, &unit) in units.iter().enumerate() {
        board.shift(&mut draft, unit, part_of[division.part[at] as usize]);
    }
    let is_sound = board.is_whole(&draft)
        && (0..board.n_parts()).all(|part| board.case.fixed[part] == 0 || draft.size[part] > 0);
    let certificates = division.certificates.into_iter().map(|mut one| {
        one.units.iter_mut().for_each(|unit| *unit = units[*unit as usize]);
        one
    });
    let certificates = certificates.collect();
    Some((if is_sound { draft } else { held.clone() }, certificates))
}

fn ground_of(board: &Board<'_>, units: &[u32]) -> Ground {
    let whole = board.case.ground;
    let mut place = vec![u32::MAX; whole.n_units()];
    for (at, &unit) in units.iter().enumerate() {
        place[unit as usize] = at as u32;
    }
    let border = |border: &Border| {
        let ends = border.units.map(|unit| place[unit as usize]);
        (!ends.contains(&u32::MAX)).then_some(Border { units: ends, ..*border })
    };
    let inside = |cluster: &&Vec<u32>| cluster.len() > 1 && place[cluster[0] as usize] != u32::MAX;
    let numbered = |cluster: &Vec<u32>| cluster.iter().map(|&unit| place[unit as usize]).collect();
    Ground {
        weights: units.iter().map(|&unit| whole.weights[unit as usize]).collect(),
        areas: units.iter().map(|&unit| whole.areas[unit as usize]).collect(),
        rims: units.iter().map(|&unit| whole.rims[unit as usize]).collect(),
        borders: whole.borders.iter().filter_map(border).collect(),
        bound: board.clusters.iter().filter(inside).map(numbered).collect(),
        served: Vec::new(),
    }
}
