//! Whether something drawn makes sense by itself, before any fabric is asked.

use std::cmp::Ordering;

use super::{CutLine, Fault};
use crate::domain::fabric::Barrier;
use crate::domain::fabric::weave::bends;
use crate::domain::place::{Pin, is_on_segment, signed_area_x2, turn};

/// Rings of an area: each encloses something, and none crosses itself or another.
pub(super) fn check_rings(rings: &[Vec<Pin>]) -> Result<(), Vec<Fault>> {
    let edges = rings.iter().flat_map(|ring| {
        let next = ring.iter().cycle().skip(1);
        ring.iter().zip(next).map(|(&a, &b)| [a, b]).filter(|edge| edge[0] != edge[1])
    });
    check_crossings(&edges.collect::<Vec<_>>())?;
    let flat = rings.iter().find(|ring| signed_area_x2(ring) == 0);
    if rings.is_empty() || flat.is_some() {
        let place = flat.and_then(|ring| ring.first()).copied().into_iter().collect();
        return Err(vec![Fault::new("edit.bad-line", place)]);
    }
    Ok(())
}

/// A line: at least one step long, never back the way it came, and through no place twice. Gives it without
/// repeated pins.
pub(super) fn check_line(line: &[Pin]) -> Result<Vec<Pin>, Vec<Fault>> {
    let mut pins = line.to_vec();
    pins.dedup();
    if pins.len() < 2 {
        return Err(vec![Fault::new("edit.bad-line", pins)]);
    }
    let is_back = |three: &&[Pin]| {
        let [a, b, c] = [three[0], three[1], three[2]];
        let ahead = |from: i32, at: i32, to: i32| {
            (i64::from(at) - i64::from(from)) * (i64::from(to) - i64::from(at)) >= 0
        };
        turn(a, b, c) == Ordering::Equal && !(ahead(a.x, b.x, c.x) && ahead(a.y, b.y, c.y))
    };
    if let Some(three) = pins.windows(3).find(is_back) {
        return Err(vec![Fault::new("edit.doubles-back", three.to_vec())]);
    }
    let segments: Vec<[Pin; 2]> = pins.windows(2).map(|pair| [pair[0], pair[1]]).collect();
    check_crossings(&segments)?;
    let mut sorted = pins.clone();
    sorted.sort_unstable();
    let twice = sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
    let is_on = |pin: &Pin| {
        let others = segments.iter().filter(|segment| !segment.contains(pin));
        others.into_iter().any(|segment| is_on_segment(segment[0], segment[1], *pin))
    };
    match twice.or_else(|| pins.iter().copied().find(is_on)) {
        Some(pin) => Err(vec![Fault::new("edit.self-crossing", vec![pin])]),
        None => Ok(pins),
    }
}

fn check_crossings(segments: &[[Pin; 2]]) -> Result<(), Vec<Fault>> {
    let crossings = match bends(segments) {
        Ok(bends) => bends.crossings,
        Err(crossings) => crossings,
    };
    if crossings.is_empty() {
        return Ok(());
    }
    let faults = crossings.iter().take(16);
    Err(faults.map(|&(pin, _, _)| Fault::new("edit.self-crossing", vec![pin])).collect())
}

/// A line of a stroke as one to cut along.
pub(super) fn stroke(pins: &[Pin]) -> CutLine {
    CutLine { pins: pins.to_vec(), barrier: Barrier::None, within: None }
}
