//! Whether something drawn makes sense by itself, before any fabric is asked.

use super::{CutLine, Fault};
use crate::domain::fabric::Barrier;
use crate::domain::fabric::weave::bends;
use crate::domain::place::{Pin, signed_area_x2};

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
