//! Rounded rings of one thing made into valid polygons, or into nothing when too little is left.
//!
//! After rounding a ring may touch itself, run along itself, or be a line. Pieces that run both ways cancel; what
//! is left is walked anew, the ground at the left, so that each ring visits a point once. Points are
//! never moved and never left out where ground remains, so neighbours keep theirs.
//!
//! [`tidy`] takes rings that do not cross (see `snap`). [`tidy_loose`] takes anything, a footprint as
//! published, and puts a point where it crosses itself.

use std::cmp::Ordering;

use super::encode::TilePolygon;
use super::frame::TilePoint;

/// Polygons of rings that do not cross: outer ones counter-clockwise, holes clockwise.
pub fn tidy(mut rings: Vec<Vec<TilePoint>>) -> Vec<TilePolygon> {
    rings.retain(|ring| ring.len() >= 3);
    if has_repeats(&rings) {
        rings = walked(edges_of(&rings));
    }
    nested(rings, false)
}

/// Polygons of rings of any kind, the outer one first.
pub fn tidy_loose(mut rings: Vec<Vec<TilePoint>>) -> Vec<TilePolygon> {
    for (row, ring) in rings.iter_mut().enumerate() {
        ring.dedup();
        while ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        if (area_x2(ring) < 0) == (row == 0) {
            ring.reverse();
        }
    }
    if let [ring] = &*rings
        && is_plain(ring)
    {
        return vec![rings];
    }
    rings.retain(|ring| ring.len() >= 3);
    let mut edges = edges_of(&rings);
    let mut is_simple = !has_repeats(&rings);
    // A point put into an edge bends it by less than a unit, which may make it meet another one. Two
    // or three rounds end it; should they not, the shape is left as it is.
    for _ in 0..8 {
        let new = meetings(&edges);
        if new.is_empty() {
            break;
        }
        is_simple = false;
        edges = split(&edges, new);
    }
    if !is_simple {
        rings = walked(edges);
    }
    nested(rings, true)
}

/// Whether a short ring is valid as it stands: most footprints are, and are told so without any memory.
fn is_plain(ring: &[TilePoint]) -> bool {
    let n = ring.len();
    if !(3..=24).contains(&n) {
        return false;
    }
    let at = |i: usize| ring[if i < n { i } else { i - n }];
    (0..n).all(|i| {
        let (a, b, c) = (at(i), at(i + 1), at(i + 2));
        // Beside each other: they part unless the second turns straight back.
        let back = i64::from(b.x - a.x) * i64::from(c.x - b.x)
            + i64::from(b.y - a.y) * i64::from(c.y - b.y);
        let turns_back = cross(a, b, c) == 0 && back <= 0;
        let last = if i == 0 { n - 1 } else { n };
        !turns_back && (i + 2..last).all(|j| are_apart((a, b), (at(j), at(j + 1))))
    })
}

/// Whether two edges have no point in common.
fn are_apart((a, b): Edge, (c, d): Edge) -> bool {
    if a.y.max(b.y) < c.y.min(d.y)
        || c.y.max(d.y) < a.y.min(b.y)
        || a.x.max(b.x) < c.x.min(d.x)
        || c.x.max(d.x) < a.x.min(b.x)
    {
        return true;
    }
    let one_side = |p: i64, q: i64| (p > 0 && q > 0) || (p < 0 && q < 0);
    one_side(cross(a, b, c), cross(a, b, d)) || one_side(cross(c, d, a), cross(c, d, b))
}

type Edge = (TilePoint, TilePoint);

fn edges_of(rings: &[Vec<TilePoint>]) -> Vec<Edge> {
    let around = |ring: &Vec<TilePoint>| -> Vec<Edge> {
        let next = ring.iter().cycle().skip(1);
        ring.iter().copied().zip(next.copied()).collect()
    };
    rings.iter().flat_map(around).collect()
}

fn has_repeats(rings: &[Vec<TilePoint>]) -> bool {
    let n: usize = rings.iter().map(Vec::len).sum();
    if n <= 12 {
        let mut all = rings.iter().flatten();
        return std::iter::from_fn(|| all.next().map(|point| (*point, all.clone())))
            .any(|(point, mut rest)| rest.any(|other| *other == point));
    }
    let mut all: Vec<TilePoint> = rings.iter().flatten().copied().collect();
    all.sort_unstable();
    all.windows(2).any(|pair| pair[0] == pair[1])
}

/// Positive where `c` lies left of `a` → `b`.
fn cross(a: TilePoint, b: TilePoint, c: TilePoint) -> i64 {
    let minus = |to: i32, from: i32| i64::from(to) - i64::from(from);
    minus(b.x, a.x) * minus(c.y, a.y) - minus(b.y, a.y) * minus(c.x, a.x)
}

/// Twice the area of a ring, positive when it runs counter-clockwise.
pub fn area_x2(ring: &[TilePoint]) -> i64 {
    let Some(&origin) = ring.first() else { return 0 };
    ring.windows(2).map(|pair| cross(origin, pair[0], pair[1])).sum()
}

/// Rings around the ground at the left of `edges`, after those that run both ways have cancelled, one
/// for one: along the side of a tile a ring may run twice one way and once the other.
fn walked(mut edges: Vec<Edge>) -> Vec<Vec<TilePoint>> {
    edges.sort_unstable();
    let count = |edge: Edge| {
        let first = edges.partition_point(|other| *other < edge);
        edges[first..].iter().take_while(|other| **other == edge).count()
    };
    let is_left = |edge: &&Edge| count(**edge) > count((edge.1, edge.0));
    let mut edges: Vec<Edge> = edges.iter().filter(is_left).copied().collect();
    edges.dedup();
    let mut is_used = vec![false; edges.len()];
    let mut rings = Vec::new();
    for first in 0..edges.len() {
        let mut open: Vec<TilePoint> = Vec::new();
        let mut at = first;
        while !is_used[at] {
            is_used[at] = true;
            let (start, end) = edges[at];
            open.push(start);
            if let Some(from) = open.iter().position(|&point| point == end) {
                rings.push(open.split_off(from));
            }
            let leaving = edges.partition_point(|edge| edge.0 < end)..edges.len();
            let leaving = leaving.take_while(|&idx| edges[idx].0 == end);
            let leaving = leaving.filter(|&idx| !is_used[idx]);
            // The first one clockwise bounds the same wedge of ground.
            let next =
                leaving.min_by(|&one, &two| clockwise(end, start, edges[one].1, edges[two].1));
            let Some(next) = next else { break };
            at = next;
        }
    }
    rings.retain(|ring| ring.len() >= 3);
    rings
}

/// Which of two directions from `knot` comes first when turning clockwise from `from`.
fn clockwise(knot: TilePoint, from: TilePoint, a: TilePoint, b: TilePoint) -> Ordering {
    let half = |to: TilePoint| match cross(knot, from, to).cmp(&0) {
        Ordering::Less => 0,
        Ordering::Equal => 1,
        Ordering::Greater => 2,
    };
    half(a).cmp(&half(b)).then_with(|| 0.cmp(&cross(knot, b, a)))
}

/// Rings sorted into polygons: each hole goes to the smallest ring around it.
fn nested(mut rings: Vec<Vec<TilePoint>>, is_loose: bool) -> Vec<TilePolygon> {
    let mut sized: Vec<(i64, Vec<TilePoint>)> =
        rings.drain(..).map(|ring| (area_x2(&ring), ring)).filter(|(area, _)| *area != 0).collect();
    if sized.iter().all(|(area, _)| *area > 0) {
        return sized.into_iter().map(|(_, ring)| vec![ring]).collect();
    }
    sized.sort_by_key(|(area, _)| std::cmp::Reverse(*area));
    let mut polygons: Vec<TilePolygon> = Vec::new();
    for (area, mut ring) in sized {
        if area > 0 {
            polygons.push(vec![ring]);
            continue;
        }
        match polygons.iter_mut().rev().find(|polygon| is_within(&polygon[0], &ring)) {
            Some(polygon) => polygon.push(ring),
            // The other half of a figure of eight.
            None if is_loose => {
                ring.reverse();
                polygons.push(vec![ring]);
            }
            None => {}
        }
    }
    polygons
}

/// Whether `inner`, which does not cross `outer`, lies in it.
fn is_within(outer: &[TilePoint], inner: &[TilePoint]) -> bool {
    inner.iter().find_map(|&point| side_of(outer, point)).unwrap_or(true)
}

/// Inside, outside, or `None` on the ring.
fn side_of(ring: &[TilePoint], point: TilePoint) -> Option<bool> {
    let mut is_inside = false;
    let mut a = *ring.last()?;
    for &b in ring {
        let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
        let turn = cross(low, high, point);
        let spans = |v: i32, one: i32, two: i32| one.min(two) <= v && v <= one.max(two);
        if turn == 0 && spans(point.x, a.x, b.x) && spans(point.y, a.y, b.y) {
            return None;
        }
        if low.y <= point.y && point.y < high.y && turn > 0 {
            is_inside = !is_inside;
        }
        a = b;
    }
    Some(is_inside)
}

/// Points where edges cross or touch other than end to end, with the edge that lacks them.
fn meetings(edges: &[Edge]) -> Vec<(usize, TilePoint)> {
    let mut found = Vec::new();
    let mut order: Vec<u32> = (0..edges.len() as u32).collect();
    let west = |idx: u32| edges[idx as usize].0.x.min(edges[idx as usize].1.x);
    let east = |idx: u32| edges[idx as usize].0.x.max(edges[idx as usize].1.x);
    if edges.len() > 16 {
        order.sort_unstable_by_key(|&idx| west(idx));
    }
    for (rank, &one) in order.iter().enumerate() {
        for &two in &order[rank + 1..] {
            if edges.len() > 16 && west(two) > east(one) {
                break;
            }
            meet(edges, one as usize, two as usize, &mut found);
        }
    }
    found
}

fn meet(edges: &[Edge], one: usize, two: usize, found: &mut Vec<(usize, TilePoint)>) {
    let ((a, b), (c, d)) = (edges[one], edges[two]);
    if a.y.max(b.y) < c.y.min(d.y) || c.y.max(d.y) < a.y.min(b.y) {
        return;
    }
    let [ac, ad, ca, cb] = [cross(a, b, c), cross(a, b, d), cross(c, d, a), cross(c, d, b)];
    if (ac > 0 && ad > 0) || (ac < 0 && ad < 0) || (ca > 0 && cb > 0) || (ca < 0 && cb < 0) {
        return;
    }
    for (turn, edge, point) in [(ac, one, c), (ad, one, d), (ca, two, a), (cb, two, b)] {
        let (from, to) = edges[edge];
        let spans = |v: i32, p: i32, q: i32| p.min(q) <= v && v <= p.max(q);
        if turn == 0
            && point != from
            && point != to
            && spans(point.x, from.x, to.x)
            && spans(point.y, from.y, to.y)
        {
            found.push((edge, point));
        }
    }
    if ac != 0 && ad != 0 && ca != 0 && cb != 0 {
        // Tile coordinates stay under 2^13, crosses under 2^28: products fit.
        let along = |p: i32, q: i32| {
            let (total, part) = (ac - ad, ac * (i64::from(q) - i64::from(p)));
            p + ((2 * part * total.signum() + total.abs()).div_euclid(2 * total.abs())) as i32
        };
        let point = TilePoint { x: along(c.x, d.x), y: along(c.y, d.y) };
        for edge in [one, two] {
            if point != edges[edge].0 && point != edges[edge].1 {
                found.push((edge, point));
            }
        }
    }
}

/// Edges with points put into them, in order along each.
fn split(edges: &[Edge], mut new: Vec<(usize, TilePoint)>) -> Vec<Edge> {
    let along = |(edge, point): &(usize, TilePoint)| {
        let (from, to) = edges[*edge];
        let minus = |to: i32, from: i32| i64::from(to) - i64::from(from);
        let dot = minus(to.x, from.x) * minus(point.x, from.x)
            + minus(to.y, from.y) * minus(point.y, from.y);
        (*edge, dot, *point)
    };
    new.sort_by_key(along);
    new.dedup();
    let mut parts = Vec::with_capacity(edges.len() + new.len());
    let mut new = new.into_iter().peekable();
    for (idx, &(from, to)) in edges.iter().enumerate() {
        let mut start = from;
        while let Some((_, point)) = new.next_if(|(edge, _)| *edge == idx) {
            parts.push((start, point));
            start = point;
        }
        parts.push((start, to));
    }
    parts.retain(|(from, to)| from != to);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(i32, i32)]) -> Vec<TilePoint> {
        points.iter().map(|&(x, y)| TilePoint { x, y }).collect()
    }

    fn areas(polygons: &[TilePolygon]) -> Vec<Vec<i64>> {
        polygons.iter().map(|polygon| polygon.iter().map(|ring| area_x2(ring)).collect()).collect()
    }

    #[test]
    fn lines_and_points_are_nothing() {
        assert!(tidy(vec![ring(&[(0, 0), (5, 5)]), ring(&[(1, 1)])]).is_empty());
        assert!(tidy(vec![ring(&[(0, 0), (5, 5), (2, 2)])]).is_empty());
    }

    #[test]
    fn a_spike_falls_and_its_foot_stays() {
        let spiked = ring(&[(0, 0), (10, 0), (15, 0), (10, 0), (10, 10), (0, 10)]);
        let polygons = tidy(vec![spiked]);
        assert_eq!(areas(&polygons), [[200]]);
        assert_eq!(polygons[0][0].len(), 4);
    }

    /// Clipped to a side, a ring leaves one stretch of it twice one way and once the other.
    #[test]
    fn what_runs_twice_and_back_once_is_still_there() {
        let bottom = [(30, 0), (20, 0), (10, 0), (0, 0)];
        let outer: Vec<(i32, i32)> =
            bottom.iter().rev().copied().chain([(30, 10), (0, 10)]).collect();
        let to_and_fro = [(10, 0), (20, 0), (20, -1), (10, -1)];
        let back = [(20, 0), (10, 0), (10, -1), (10, -2), (20, -2), (20, -1)];
        let rings = vec![ring(&outer), ring(&to_and_fro), ring(&back)];
        let sum: i64 = rings.iter().map(|ring| area_x2(ring)).sum();
        assert_eq!(areas(&tidy(rings)).iter().flatten().sum::<i64>(), sum);
    }

    /// A hole that touches the border in one point and opens to the side of the tile leaves two pieces.
    #[test]
    fn both_pieces_beside_a_knot_are_found() {
        let hole = [(60, 40), (60, 0), (20, 0), (20, 10), (50, 10), (50, 40)];
        let outer = [(70, 0), (70, 30), (60, 40), (30, 60), (0, 0), (20, 0), (60, 0)];
        let polygons = tidy(vec![ring(&hole), ring(&outer)]);
        assert_eq!(polygons.len(), 2, "{polygons:?}");
    }

    #[test]
    fn a_waist_parts_and_a_hole_that_touches_stays_one() {
        let waist = ring(&[(0, 0), (5, 5), (10, 0), (10, 10), (5, 5), (0, 10)]);
        assert_eq!(areas(&tidy(vec![waist])), [[50], [50]]);
        let square = ring(&[(0, 0), (20, 0), (20, 20), (0, 20)]);
        let hole = ring(&[(0, 0), (5, 9), (9, 5)]);
        assert_eq!(areas(&tidy(vec![square, hole])), [[800, -56]]);
    }

    #[test]
    fn two_lobes_along_one_line_are_one_ring() {
        // Two squares of one thing that came to share a side.
        let west = ring(&[(0, 0), (5, 0), (5, 5), (0, 5)]);
        let east = ring(&[(5, 0), (9, 0), (9, 5), (5, 5)]);
        assert_eq!(areas(&tidy(vec![west, east])), [[90]]);
    }

    #[test]
    fn plain_rings_are_those_that_need_no_mending() {
        let plain = |points: &[(i32, i32)]| is_plain(&ring(points));
        assert!(plain(&[(0, 0), (4, 0), (4, 4)]));
        assert!(plain(&[(0, 0), (4, 0), (8, 0), (8, 4), (0, 4)]));
        assert!(!plain(&[(0, 0), (4, 0), (8, 0)]), "a line");
        assert!(!plain(&[(0, 0), (9, 0), (4, 0), (4, 4)]), "turns back");
        assert!(!plain(&[(0, 0), (10, 10), (10, 0), (0, 10)]), "a bow tie");
        assert!(!plain(&[(0, 0), (10, 0), (10, 10), (5, 0), (0, 10)]), "touches itself");
        assert!(!plain(&[(0, 0), (5, 5), (10, 0), (10, 10), (5, 5), (0, 10)]), "a waist");
        // Whatever it says, mending agrees.
        for seed in 0..3_000i32 {
            let corner = |i: i32| (seed * 31 * (i + 3) % 13, seed * 17 * (i + 5) % 11);
            let points: Vec<(i32, i32)> = (0..3 + seed % 5).map(corner).collect();
            let mut given = ring(&points);
            given.dedup();
            while given.len() > 1 && given.first() == given.last() {
                given.pop();
            }
            let edges = edges_of(std::slice::from_ref(&given));
            let is_whole = given.len() >= 3
                && !has_repeats(std::slice::from_ref(&given))
                && meetings(&edges).is_empty();
            assert_eq!(is_plain(&given), is_whole, "{points:?}");
        }
    }

    #[test]
    fn loose_rings_are_mended() {
        let bow_tie = ring(&[(0, 0), (10, 10), (10, 0), (0, 10)]);
        assert_eq!(areas(&tidy_loose(vec![bow_tie])), [[50], [50]]);
        let wrong_way = ring(&[(0, 0), (0, 10), (10, 10), (10, 0), (0, 0)]);
        assert_eq!(areas(&tidy_loose(vec![wrong_way])), [[200]]);
        let touching = ring(&[(0, 0), (10, 0), (10, 10), (5, 0), (0, 10)]);
        assert_eq!(areas(&tidy_loose(vec![touching])).concat().iter().sum::<i64>(), 100);
    }
}
