//! Links between faces become seams between cells: equal ground joined, knots found, all in one order.

use std::ops::ControlFlow;

use super::face::Faces;
use super::near::meetings;
use super::net::Net;
use super::owner::{Owned, Owner};
use super::snap::Metric;
use crate::domain::fabric::stitch::{sorted, turn_the_one_way};
use crate::domain::fabric::{Barrier, Fabric, NewSeam};
use crate::domain::ids::CellId;
use crate::domain::place::{Extent, Pin};

/// The fabric, and for each of its cells the shape it belongs to (`None` is a gap).
pub(super) fn sew(
    net: &Net,
    faces: &Faces,
    owned: &Owned,
    lines: &[(Vec<Pin>, Barrier)],
    metric: &Metric,
) -> (Fabric, Vec<Option<u32>>) {
    let (cell_of_face, owners) = cells(net, faces, owned);
    let mut seams: Vec<NewSeam> = Vec::new();
    for link in 0..net.n_links() {
        let [left, right] =
            [2 * link, 2 * link + 1].map(|half| cell_of_face[faces.face_of[half] as usize]);
        if left != right {
            let pins = net.path(link).iter().map(|&pin| net.pins[pin as usize]).collect();
            seams.push(NewSeam { pins, left, right, barrier: Barrier::None });
        }
    }
    if !lines.is_empty() {
        seams = along_barriers(seams, lines, metric);
    }
    (Fabric::new(&tidy(seams, |_| false), owners.len() as u32), owners)
}

/// The seams cut where they begin and end to run along a barrier; the highest rank counts.
fn along_barriers(
    seams: Vec<NewSeam>,
    lines: &[(Vec<Pin>, Barrier)],
    metric: &Metric,
) -> Vec<NewSeam> {
    let edges = lines.iter().flat_map(|(line, _)| line.windows(2).map(|pair| [pair[0], pair[1]]));
    let edges: Vec<[Pin; 2]> = edges.collect();
    let line_of: Vec<usize> = lines
        .iter()
        .enumerate()
        .flat_map(|(i, (line, _))| std::iter::repeat_n(i, line.len().saturating_sub(1)))
        .collect();
    let segments: Vec<[Pin; 2]> =
        seams.iter().flat_map(|seam| seam.pins.windows(2).map(|pair| [pair[0], pair[1]])).collect();
    let middles: Vec<Pin> = segments.iter().map(|segment| Extent::of(segment).center()).collect();
    let is_along = |pin: Pin, line: usize| {
        lines[line].0.windows(2).any(|pair| metric.is_beside(pin, pair[0], pair[1]))
    };
    let mut barriers = vec![Barrier::None; segments.len()];
    let _ = meetings(&edges, &middles, metric.reach(), &mut |edges_here, pins| {
        for &segment in pins {
            for &edge in edges_here {
                let [a, b] = edges[edge as usize];
                let line = line_of[edge as usize];
                let best = &mut barriers[segment as usize];
                if lines[line].1 > *best
                    && metric.is_beside(middles[segment as usize], a, b)
                    && segments[segment as usize].iter().all(|&end| is_along(end, line))
                {
                    *best = lines[line].1;
                }
            }
        }
        ControlFlow::Continue(())
    });
    let mut cut = Vec::with_capacity(seams.len());
    let mut first = 0;
    for seam in seams {
        let here = &barriers[first..first + seam.pins.len() - 1];
        first += here.len();
        let mut start = 0;
        for run in here.chunk_by(|one, two| one == two) {
            let pins = seam.pins[start..=start + run.len()].to_vec();
            start += run.len();
            cut.push(NewSeam { pins, barrier: run[0], left: seam.left, right: seam.right });
        }
    }
    cut
}

/// Cells in order of shape, gaps last, and within a shape in order of their first pin.
fn cells(net: &Net, faces: &Faces, owned: &Owned) -> (Vec<Option<CellId>>, Vec<Option<u32>>) {
    let n_faces = faces.len();
    let mut first_pin = vec![u32::MAX; n_faces];
    for link in 0..net.n_links() {
        let lowest = net.path(link).iter().copied().min().unwrap_or(u32::MAX);
        for half in [2 * link, 2 * link + 1] {
            let piece = owned.piece_of[faces.face_of[half] as usize] as usize;
            first_pin[piece] = first_pin[piece].min(lowest);
        }
    }
    let mut pieces: Vec<(Owner, u32, u32)> = (0..n_faces as u32)
        .filter(|&face| owned.piece_of[face as usize] == face)
        .map(|face| (owned.owner[face as usize], first_pin[face as usize], face))
        .filter(|piece| piece.0 != Owner::Outside)
        .collect();
    pieces.sort_unstable();
    let mut cell_of_piece: Vec<Option<CellId>> = vec![None; n_faces];
    let mut owners = Vec::with_capacity(pieces.len());
    for (cell_idx, &(owner, _, piece)) in pieces.iter().enumerate() {
        cell_of_piece[piece as usize] = Some(CellId::from_index(cell_idx));
        owners.push(match owner {
            Owner::Shape(shape) => Some(shape),
            Owner::Gap | Owner::Outside => None,
        });
    }
    let cell_of_face = owned.piece_of.iter().map(|&piece| cell_of_piece[piece as usize]).collect();
    (cell_of_face, owners)
}

/// Seams joined wherever just two ends of equal labels meet, each turned and started the one way, sorted.
///
/// An open seam begins at its lower end pin; a loop at its lowest pin, going first to the lower of the
/// two pins beside it. So a chain of pins is written alike in every fabric that holds it.
/// Seams that end at a pin that `is_knot` picks stay apart there.
pub(in crate::domain::fabric) fn tidy(
    seams: Vec<NewSeam>,
    is_knot: impl Fn(Pin) -> bool,
) -> Vec<NewSeam> {
    let mut ends: Vec<(Pin, u32, bool)> = Vec::with_capacity(seams.len() * 2);
    for (number, seam) in seams.iter().enumerate() {
        ends.push((seam.pins[0], number as u32, true));
        ends.push((seam.pins[seam.pins.len() - 1], number as u32, false));
    }
    ends.sort_unstable();
    // For each end of a seam the end it is joined to.
    let mut joined: Vec<[Option<(u32, bool)>; 2]> = vec![[None; 2]; seams.len()];
    for knot in ends.chunk_by(|one, two| one.0 == two.0) {
        if let [(pin, one, one_starts), (_, two, two_starts)] = *knot
            && !is_knot(pin)
            && continues(&seams[one as usize], one_starts, &seams[two as usize], two_starts)
        {
            joined[one as usize][usize::from(one_starts)] = Some((two, two_starts));
            joined[two as usize][usize::from(two_starts)] = Some((one, one_starts));
        }
    }
    let mut is_used = vec![false; seams.len()];
    let mut whole: Vec<NewSeam> = Vec::with_capacity(seams.len());
    for wants_end in [true, false] {
        for number in 0..seams.len() {
            let starts = if joined[number][1].is_none() {
                true
            } else if joined[number][0].is_none() {
                false
            } else if wants_end {
                continue;
            } else {
                true
            };
            if !is_used[number] {
                let seam = chain(&seams, &joined, &mut is_used, number as u32, starts);
                whole.push(turned(seam, !wants_end));
            }
        }
    }
    sorted(whole)
}

/// Whether the ground left and right of one seam goes on beside the other at the end where they meet.
fn continues(one: &NewSeam, one_starts: bool, two: &NewSeam, two_starts: bool) -> bool {
    let labels = if one_starts == two_starts {
        (one.left, one.right) == (two.right, two.left)
    } else {
        (one.left, one.right) == (two.left, two.right)
    };
    labels && one.barrier == two.barrier
}

/// Follows joined seams from the free end of `number`.
fn chain(
    seams: &[NewSeam],
    joined: &[[Option<(u32, bool)>; 2]],
    is_used: &mut [bool],
    number: u32,
    starts: bool,
) -> NewSeam {
    let first = &seams[number as usize];
    let (left, right) = if starts { (first.left, first.right) } else { (first.right, first.left) };
    let mut whole = NewSeam { pins: Vec::new(), left, right, barrier: first.barrier };
    let (mut number, mut starts) = (number, starts);
    loop {
        is_used[number as usize] = true;
        let pins = &seams[number as usize].pins;
        let skip = usize::from(!whole.pins.is_empty());
        if starts {
            whole.pins.extend(&pins[skip..]);
        } else {
            whole.pins.extend(pins.iter().rev().skip(skip));
        }
        match joined[number as usize][usize::from(!starts)] {
            Some((next, next_starts)) if !is_used[next as usize] => {
                (number, starts) = (next, next_starts);
            }
            _ => return whole,
        }
    }
}

/// The seam written the one way there is; a loop without a knot may start anywhere.
fn turned(mut seam: NewSeam, is_free: bool) -> NewSeam {
    let last = seam.pins.len() - 1;
    let is_loop = seam.pins[0] == seam.pins[last];
    if is_loop && is_free {
        start_at_lowest(&mut seam.pins);
    }
    turn_the_one_way(&mut seam);
    seam
}

/// Turns a closed chain so that it begins and ends at its lowest pin.
pub(in crate::domain::fabric) fn start_at_lowest(pins: &mut Vec<Pin>) {
    pins.pop();
    let lowest = (0..pins.len()).min_by_key(|&i| pins[i]).unwrap_or(0);
    pins.rotate_left(lowest);
    pins.extend(pins.first().copied());
}
