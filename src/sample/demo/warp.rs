//! From the drawing board to the ground: the town is planned on straight lines and then bent.
//!
//! **Why** a warp: streets, borders and rivers are straight on the board, where they are easy to name
//! and to share, and still lie curved on the map, all by the same function, so they never part.

use std::f64::consts::TAU;

use super::plan::{COLS, RIVER_Y, ROWS};
use crate::sample::ground::{At, at};

/// Middle of the ring road on the board, and half its sides.
const MIDDLE: At = at((COLS[0] + COLS[14]) / 2.0, (ROWS[0] + ROWS[13]) / 2.0);
const HALF: At = at((COLS[14] - COLS[0]) / 2.0, (ROWS[13] - ROWS[0]) / 2.0);

/// Where the drum tower stands on the board: the old town lies turned around it.
const DRUM_TOWER: At = at(COLS[7], ROWS[9]);
/// How far the old town is turned, in degrees.
const OLD_TOWN_TURNED: f64 = -8.0;
const OLD_TOWN_RADIUS: f64 = 470.0;
/// How far the whole town is turned.
const TOWN_TURNED: f64 = 3.5;

/// Ground metres of a place on the board; (0, 0) is the middle of the ring road.
pub fn ground(place: At) -> At {
    let bent = bend(place);
    let tower = bend(DRUM_TOWER);
    let out = bent - tower;
    let near = (-(out.length() / OLD_TOWN_RADIUS).powi(4)).exp();
    (tower + out.turned(OLD_TOWN_TURNED * near)).turned(TOWN_TURNED)
}

/// Rounds the corners of the ring, lets the river swing and the avenues lean.
fn bend(place: At) -> At {
    let (a, b) = ((place.x - MIDDLE.x) / HALF.x, (place.y - MIDDLE.y) / HALF.y);
    let round = |other: f64| {
        let far = other.powi(8);
        1.0 - 0.17 * far / (1.0 + far)
    };
    let by_river = (-((place.y - RIVER_Y) / 420.0).powi(2)).exp();
    let swing = 88.0 * by_river * (TAU * (place.x + 150.0) / 2150.0).sin();
    let lean = 34.0 * (TAU * place.y / 2300.0 + 0.8).sin();
    let sag = 20.0 * (TAU * place.x / 2600.0 + 2.0).sin();
    at(a * round(b) * HALF.x + lean, b * round(a) * HALF.y + swing + sag)
}

/// A straight line on the board as a chain on the ground, with a place about every `stride` metres.
/// Both ends are included.
pub fn chain(from: At, to: At, stride: f64) -> Vec<At> {
    let n = ((to - from).length() / stride).ceil().max(1.0) as usize;
    (0..=n).map(|idx| ground(from.toward(to, idx as f64 / n as f64))).collect()
}

/// A ring on the board as a ring on the ground.
pub fn ring(corners: &[At], stride: f64) -> Vec<At> {
    let mut ring = Vec::new();
    for (idx, &corner) in corners.iter().enumerate() {
        ring.extend(chain(corner, corners[(idx + 1) % corners.len()], stride));
        ring.pop();
    }
    ring
}

/// Which way east on the board points on the ground there, in degrees counter-clockwise.
pub fn turned_at(place: At) -> f64 {
    let east = ground(place + at(5.0, 0.0)) - ground(place - at(5.0, 0.0));
    east.y.atan2(east.x).to_degrees()
}
