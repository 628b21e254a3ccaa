//! What is wrong in the demo town on purpose, so that there is something to find.
//!
//! | fault | where |
//! |---|---|
//! | a new estate no grid covers | 锦溪新苑, in the east of 锦溪社区: `.` on the board |
//! | an overloaded grid, a tiny one, an empty one | `O`, `T` and `P` on the board |
//! | buildings without a position | [`NOWHERE`] of them, spread over the town |
//! | buildings stated in another community | [`STATED_ELSEWHERE`] |
//! | a community no station serves, one with a quarter of its homes too far from any | 西市社区, 明湖社区: `stations` |
//! | two grids whose imported borders overlap | [`OVERLAP`] |
//!
//! **Why** in a file of its own: the town must be free of faults but for these.

use super::plan::{COLS, ROWS};
use super::streets::STRIDE;
use super::{areas, names, plan, warp};
use crate::domain::place::Pin;
use crate::domain::register::rows::{BuildingRow, GridRow};
use crate::sample::ground::{At, Frame, at};

/// How many buildings lost their position.
pub const NOWHERE: usize = 6;

/// Buildings that stand in the first community and say they belong to the second.
pub const STATED_ELSEWHERE: [(&str, &str); 3] = [
    ("990101001001", "990101001002"),
    ("990102001003", "990102002001"),
    ("990102002004", "990102002002"),
];

/// The patch whose grid reaches over the street east of it into the next grid.
pub const OVERLAP: (usize, usize) = (9, 3);
/// How far it reaches over in the middle, in metres: a lens of some two thousand square metres, all
/// street and verge.
const BULGE: f64 = 22.5;

pub fn spoil_buildings(buildings: &mut [BuildingRow], occupied: &[u16]) {
    let every = buildings.len() / NOWHERE;
    for part in 0..NOWHERE {
        let lost = (part * every + every / 3..buildings.len())
            .find(|&idx| occupied[idx] > 0)
            .expect("people live in every part of the town");
        buildings[lost].pin = None;
        buildings[lost].footprint.clear();
    }
    for (stands_in, says) in STATED_ELSEWHERE {
        let astray = (0..buildings.len())
            .filter(|&idx| occupied[idx] > 10 && buildings[idx].pin.is_some())
            .find(|&idx| buildings[idx].community.as_deref() == Some(stands_in))
            .expect("people live in every community");
        buildings[astray].community = Some(says.into());
    }
}

/// Lets the grid of [`OVERLAP`] bulge over its eastern border; its neighbour keeps the true one.
pub fn overlap_grids(grids: &mut [GridRow], frame: &Frame) {
    let (col, row) = OVERLAP;
    let letter = plan::community(col, row).expect("a patch of the town");
    let number = areas::grids_of(letter)
        .iter()
        .position(|patches| patches.contains(&OVERLAP))
        .expect("a patch of a grid");
    let code = format!("{}{:03}", names::community_code(OVERLAP), number + 1);
    let grid =
        grids.iter_mut().find(|grid| grid.code.as_str() == code).expect("a grid of the town");
    let moved = bulge(frame, col + 1, row);
    for pin in grid.shape.iter_mut().flat_map(|part| &mut part.rings).flatten() {
        if let Some((_, to)) = moved.iter().find(|(from, _)| from == pin) {
            *pin = *to;
        }
    }
}

/// The pins of an upright edge and where they go when it bulges to the east.
fn bulge(frame: &Frame, line: usize, row: usize) -> Vec<(Pin, Pin)> {
    let (south, north) = (at(COLS[line], ROWS[row]), at(COLS[line], ROWS[row + 1]));
    let chain: Vec<At> = warp::chain(south, north, STRIDE);
    let n = chain.len() - 1;
    let east = (chain[n] - chain[0]).unit().left() * -1.0;
    (1..n)
        .map(|idx| {
            let part = idx as f64 / n as f64;
            let out = east * (BULGE * 4.0 * part * (1.0 - part));
            (frame.pin(chain[idx]), frame.pin(chain[idx] + out))
        })
        .collect()
}
