//! The faces between the links of a net, and which polygons cover each.
//!
//! Halves are sorted around every knot by exact turns; walking always along the next half clockwise
//! goes around one face. Pieces that float inside a face are hung into it by an exact ray from their
//! northernmost pin. Covers spread from the outside: crossing a link changes the parts it bounds.

use std::cmp::Ordering;

use super::net::{Net, keep_odd};
use crate::domain::place::{Pin, turn};

/// Number of the face around everything.
pub(in crate::domain::fabric) const OUTSIDE: u32 = 0;

pub(in crate::domain::fabric) struct Faces {
    /// For each half the face at its left.
    pub face_of: Vec<u32>,
    /// For each half the half that follows it around its face.
    pub next: Vec<u32>,
    /// For each face the parts that cover it, ascending.
    pub covers: Vec<Vec<u32>>,
    /// For each face twice its area in lattice steps, holes taken off; the outside has 0.
    pub area_x2: Vec<i128>,
    /// For each face but the outside one half on its outer ring.
    pub ring_start: Vec<u32>,
}

impl Faces {
    pub fn new(net: &Net) -> Self {
        let next = follow(net);
        let (cycle_of, cycle_area, cycle_start) = cycles(net, &next);
        let face_of_cycle = hang(net, &cycle_of, &cycle_area);
        let n_faces = face_of_cycle.iter().max().map_or(1, |&face| face as usize + 1);
        let mut area_x2 = vec![0i128; n_faces];
        let mut ring_start = vec![0u32; n_faces];
        for (cycle, &face) in face_of_cycle.iter().enumerate() {
            area_x2[face as usize] += cycle_area[cycle];
            if cycle_area[cycle] > 0 {
                ring_start[face as usize] = cycle_start[cycle];
            }
        }
        area_x2[OUTSIDE as usize] = 0;
        let face_of: Vec<u32> =
            cycle_of.iter().map(|&cycle| face_of_cycle[cycle as usize]).collect();
        let covers = covers(net, &face_of, n_faces);
        Self { face_of, next, covers, area_x2, ring_start }
    }

    pub fn len(&self) -> usize {
        self.covers.len()
    }

    /// Pins around the outer ring of `face`.
    pub fn ring(&self, net: &Net, face: u32) -> Vec<Pin> {
        let mut ring = Vec::new();
        let start = self.ring_start[face as usize];
        let mut half = start;
        loop {
            let path = net.path(half as usize / 2);
            let pin = |&pin: &u32| net.pins[pin as usize];
            if half.is_multiple_of(2) {
                ring.extend(path[..path.len() - 1].iter().map(pin));
            } else {
                ring.extend(path[1..].iter().rev().map(pin));
            }
            half = self.next[half as usize];
            if half == start {
                return ring;
            }
        }
    }
}

/// For each half the next one around the face at its left.
fn follow(net: &Net) -> Vec<u32> {
    let n_halves = net.n_links() as u32 * 2;
    let mut halves: Vec<u32> = (0..n_halves).collect();
    halves.sort_unstable_by(|&one, &two| {
        let ((knot, one_to), (other_knot, two_to)) = (net.head(one), net.head(two));
        knot.cmp(&other_knot).then_with(|| {
            let pin = |number: u32| net.pins[number as usize];
            // A loop leaves its knot twice; two links never leave it along the same edge.
            around(pin(knot), pin(one_to), pin(two_to)).then(one.cmp(&two))
        })
    });
    let mut next = vec![0u32; n_halves as usize];
    for knot in halves.chunk_by(|&one, &two| net.head(one).0 == net.head(two).0) {
        for (i, &half) in knot.iter().enumerate() {
            // Arriving by the twin of `half`, the face at the left goes on with its clockwise neighbour.
            next[(half ^ 1) as usize] = knot[(i + knot.len() - 1) % knot.len()];
        }
    }
    next
}

/// Order of directions from `knot`, counter-clockwise from east.
pub(in crate::domain::fabric) fn around(knot: Pin, a: Pin, b: Pin) -> Ordering {
    let is_lower = |pin: Pin| pin.y < knot.y || (pin.y == knot.y && pin.x < knot.x);
    is_lower(a).cmp(&is_lower(b)).then_with(|| turn(knot, a, b).reverse())
}

/// The cycle of each half; twice the area of each cycle, positive where it goes counter-clockwise; a half of each.
fn cycles(net: &Net, next: &[u32]) -> (Vec<u32>, Vec<i128>, Vec<u32>) {
    const NONE: u32 = u32::MAX;
    let link_area: Vec<i128> = (0..net.n_links())
        .map(|link| {
            let pins = net.path(link).iter().map(|&pin| net.pins[pin as usize]);
            let mut sum = 0i128;
            let mut last: Option<Pin> = None;
            for pin in pins {
                if let Some(last) = last {
                    sum += i128::from(i64::from(last.x) * i64::from(pin.y))
                        - i128::from(i64::from(pin.x) * i64::from(last.y));
                }
                last = Some(pin);
            }
            sum
        })
        .collect();
    let mut cycle_of = vec![NONE; next.len()];
    let (mut areas, mut starts) = (Vec::new(), Vec::new());
    for start in 0..next.len() as u32 {
        if cycle_of[start as usize] != NONE {
            continue;
        }
        let mut area = 0i128;
        let mut half = start;
        while cycle_of[half as usize] == NONE {
            cycle_of[half as usize] = areas.len() as u32;
            let link = link_area[half as usize / 2];
            area += if half.is_multiple_of(2) { link } else { -link };
            half = next[half as usize];
        }
        areas.push(area);
        starts.push(start);
    }
    (cycle_of, areas, starts)
}

/// The face of each cycle: a counter-clockwise one opens a face, a clockwise one is a hole in the face around it.
fn hang(net: &Net, cycle_of: &[u32], cycle_area: &[i128]) -> Vec<u32> {
    let mut n_faces = 1;
    let mut face_of: Vec<u32> = cycle_area
        .iter()
        .map(|&area| {
            if area > 0 {
                n_faces += 1;
                n_faces - 1
            } else {
                OUTSIDE
            }
        })
        .collect();
    let mut pieces = Sets::new(cycle_area.len());
    for link in 0..net.n_links() {
        pieces.join(cycle_of[2 * link], cycle_of[2 * link + 1]);
    }
    // Northernmost pin of each piece; its outer ring is the one cycle that is not counter-clockwise.
    let mut tops: Vec<Option<Pin>> = vec![None; cycle_area.len()];
    for link in 0..net.n_links() {
        let top = &mut tops[pieces.find(cycle_of[2 * link]) as usize];
        for &pin in net.path(link) {
            let pin = net.pins[pin as usize];
            if top.is_none_or(|top| (pin.y, pin.x) > (top.y, top.x)) {
                *top = Some(pin);
            }
        }
    }
    let mut holes: Vec<(Pin, u32)> = (0..cycle_area.len() as u32)
        .filter(|&cycle| cycle_area[cycle as usize] <= 0)
        .filter_map(|cycle| Some((tops[pieces.find(cycle) as usize]?, cycle)))
        .collect();
    if holes.len() < 2 {
        return face_of;
    }
    // From north to south: what lies over a pin has its own place settled already.
    holes.sort_unstable_by_key(|&(top, cycle)| (std::cmp::Reverse((top.y, top.x)), cycle));
    let over = above(net, &holes.iter().map(|hole| hole.0).collect::<Vec<_>>());
    for (&(_, cycle), half) in holes.iter().zip(over) {
        if let Some(half) = half {
            face_of[cycle as usize] = face_of[cycle_of[half as usize] as usize];
        }
    }
    face_of
}

/// For each pin the half directly over it (a hair to the east) that has the pin's side at its left.
fn above(net: &Net, pins: &[Pin]) -> Vec<Option<u32>> {
    let mut order: Vec<u32> = (0..pins.len() as u32).collect();
    order.sort_unstable_by_key(|&pin| pins[pin as usize].x);
    let sorted_x: Vec<i32> = order.iter().map(|&pin| pins[pin as usize].x).collect();
    let mut best: Vec<Option<([Pin; 2], u32)>> = vec![None; pins.len()];
    for link in 0..net.n_links() {
        for pair in net.path(link).windows(2) {
            let (from, to) = (net.pins[pair[0] as usize], net.pins[pair[1] as usize]);
            // Walking west the ground below is at the left.
            let half = 2 * link as u32 + u32::from(from.x < to.x);
            let (west, east) = if from.x < to.x { (from, to) } else { (to, from) };
            let first = sorted_x.partition_point(|&x| x < west.x);
            let high = west.y.max(east.y);
            for &number in order[first..].iter() {
                let pin = pins[number as usize];
                if pin.x >= east.x {
                    break;
                }
                if high >= pin.y && turn(west, east, pin) == Ordering::Less {
                    let best = &mut best[number as usize];
                    if best.is_none_or(|(lowest, _)| is_below([west, east], lowest)) {
                        *best = Some(([west, east], half));
                    }
                }
            }
        }
    }
    best.into_iter().map(|best| best.map(|(_, half)| half)).collect()
}

/// Whether the first of two segments, both from west to east, is the lower where they share an x.
///
/// They must not cross; where they meet at their west ends the slope decides.
pub(in crate::domain::fabric) fn is_below([a, b]: [Pin; 2], [c, d]: [Pin; 2]) -> bool {
    if a.x >= c.x {
        match turn(c, d, a) {
            Ordering::Equal => turn(c, d, b) == Ordering::Less,
            side => side == Ordering::Less,
        }
    } else {
        match turn(a, b, c) {
            Ordering::Equal => turn(a, b, d) == Ordering::Greater,
            side => side == Ordering::Greater,
        }
    }
}

/// For each face the parts over it, found by walking inward from the outside.
fn covers(net: &Net, face_of: &[u32], n_faces: usize) -> Vec<Vec<u32>> {
    let mut starts = vec![0u32; n_faces + 1];
    for &face in face_of {
        starts[face as usize + 1] += 1;
    }
    for face in 0..n_faces {
        starts[face + 1] += starts[face];
    }
    let mut at = starts.clone();
    let mut halves = vec![0u32; face_of.len()];
    for (half, &face) in face_of.iter().enumerate() {
        halves[at[face as usize] as usize] = half as u32;
        at[face as usize] += 1;
    }
    let mut covers: Vec<Option<Vec<u32>>> = vec![None; n_faces];
    covers[OUTSIDE as usize] = Some(Vec::new());
    let mut queue = vec![OUTSIDE];
    while let Some(face) = queue.pop() {
        let here = covers[face as usize].clone().unwrap_or_default();
        for &half in &halves[starts[face as usize] as usize..starts[face as usize + 1] as usize] {
            let other = face_of[(half ^ 1) as usize];
            if covers[other as usize].is_none() {
                let mut there = here.clone();
                there.extend(&net.labels[net.label_of[half as usize / 2] as usize]);
                keep_odd(&mut there);
                covers[other as usize] = Some(there);
                queue.push(other);
            }
        }
    }
    covers.into_iter().map(Option::unwrap_or_default).collect()
}

/// Disjoint sets of numbers; the lowest number of a set stands for it.
pub(in crate::domain::fabric) struct Sets(Vec<u32>);

impl Sets {
    pub fn new(n: usize) -> Self {
        Self((0..n as u32).collect())
    }

    pub fn find(&mut self, mut one: u32) -> u32 {
        while self.0[one as usize] != one {
            let up = self.0[self.0[one as usize] as usize];
            self.0[one as usize] = up;
            one = up;
        }
        one
    }

    pub fn join(&mut self, one: u32, two: u32) {
        let (one, two) = (self.find(one), self.find(two));
        self.0[one.max(two) as usize] = one.min(two);
    }
}
