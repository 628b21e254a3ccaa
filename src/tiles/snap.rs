//! Rings rounded to whole units without ever crossing: snap rounding.
//!
//! Rounding each point alone can carry a corner across a border that runs close by. Here every whole
//! unit that holds a corner is *hot*, and a segment that runs through a hot unit takes it as a point of
//! its own. Borders that come together are then the same points, and two neighbours still share all
//! of theirs, because what a segment takes hangs on its two ends and on nothing else.
//!
//! Source: J. Hobby, "Practical segment intersection with finite precision output", 1999.
//!
//! **Why** not repair polygon by polygon: each would be mended its own way, and borders would part.

use super::frame::{BUFFER, EXTENT, FINE, Fine, TilePoint};

/// Rounds rings that belong together (all pieces of a layer). A ring may come back with fewer than
/// three points, with a point twice, or along itself: `tidy` sees to that. Cost: O(points) when spread.
pub fn snap(rings: &[Vec<Fine>]) -> Vec<Vec<TilePoint>> {
    let hot = Hot::new(rings);
    let mut on_way = Vec::new();
    let round = |ring: &Vec<Fine>| {
        let mut points: Vec<TilePoint> = Vec::with_capacity(ring.len() + 4);
        let mut add = |point: TilePoint| {
            if points.last() != Some(&point) {
                points.push(point);
            }
        };
        for (i, &from) in ring.iter().enumerate() {
            let to = ring[if i + 1 == ring.len() { 0 } else { i + 1 }];
            add(from.rounded());
            hot.between(from, to, &mut on_way);
            on_way.iter().for_each(|&(_, point)| add(point));
        }
        while points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        points
    };
    rings.iter().map(round).collect()
}

/// All hot units, by square.
struct Hot {
    points: Vec<TilePoint>,
    /// For each square its first point; one longer.
    starts: Vec<u32>,
    shift: u32,
    side: i64,
}

impl Hot {
    fn new(rings: &[Vec<Fine>]) -> Self {
        let n: usize = rings.iter().map(Vec::len).sum();
        let width = (EXTENT + 2 * BUFFER) as usize + 1;
        // Squares of 128 units for a few points, down to 8 for very many: about a point a square.
        let shift = (3..=7u32).rev().find(|shift| (width >> shift).pow(2) >= n).unwrap_or(3);
        let side = (width >> shift) + 1;
        let mut starts = vec![0u32; side * side + 1];
        let square = |point: TilePoint| {
            let step = |v: i32| ((v + BUFFER) >> shift) as usize;
            step(point.x) * side + step(point.y)
        };
        let all = || rings.iter().flatten().map(|at| at.rounded());
        all().for_each(|point| starts[square(point) + 1] += 1);
        for i in 0..side * side {
            starts[i + 1] += starts[i];
        }
        let mut points = vec![TilePoint::default(); n];
        let mut next = starts.clone();
        for point in all() {
            let place = &mut next[square(point)];
            points[*place as usize] = point;
            *place += 1;
        }
        Self { points, starts, shift, side: side as i64 }
    }

    /// The hot units a segment runs through, from one end to the other, its own two left out. The first
    /// of each pair only serves to sort. The same, reversed, for the reversed segment.
    fn between(&self, from: Fine, to: Fine, found: &mut Vec<(i64, TilePoint)>) {
        found.clear();
        let (a, b) = if from <= to { (from, to) } else { (to, from) };
        let (first, last) = (a.rounded(), b.rounded());
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        // Half a unit to each side of a middle that lies half a fine step low: so no corner of ours is
        // ever on the rim, which rounding gives to one unit only.
        let reach = FINE * (dx.abs() + dy.abs());
        let meets =
            |low: i64, high: i64, middle: i64| 2 * low < middle + FINE && 2 * high > middle - FINE;
        for column in self.step(first.x - 1)..=self.step(last.x + 1) {
            let (low, high) = self.rows(a, b, column);
            for row in self.step(low - 1)..=self.step(high + 1) {
                let square = (column * self.side + row) as usize;
                let range = self.starts[square] as usize..self.starts[square + 1] as usize;
                for &point in &self.points[range] {
                    if point == first || point == last {
                        continue;
                    }
                    let (x, y) =
                        (2 * FINE * i64::from(point.x) - 1, 2 * FINE * i64::from(point.y) - 1);
                    let off = dx * (y - 2 * a.y) - dy * (x - 2 * a.x);
                    if off.abs() < reach
                        && meets(a.x, b.x, x)
                        && meets(a.y.min(b.y), a.y.max(b.y), y)
                    {
                        found.push((dx * x + dy * y, point));
                    }
                }
            }
        }
        if !found.is_empty() {
            found.sort_unstable();
            found.dedup();
            if from > to {
                found.reverse();
            }
        }
    }

    /// The row or column of squares that holds `v`, the nearest one for what lies beyond.
    fn step(&self, v: i32) -> i64 {
        i64::from((v + BUFFER).max(0) >> self.shift).min(self.side - 1)
    }

    /// Lowest and highest unit of a segment within one column of squares, a unit wider at each side.
    fn rows(&self, a: Fine, b: Fine, column: i64) -> (i32, i32) {
        let west = ((column << self.shift) - i64::from(BUFFER) - 1) * FINE;
        let east = (((column + 1) << self.shift) - i64::from(BUFFER) + 1) * FINE;
        let y_at = |x: i64| a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x).max(1);
        let (one, other) = if a.x == b.x {
            (a.y, b.y)
        } else {
            (y_at(west.clamp(a.x, b.x)), y_at(east.clamp(a.x, b.x)))
        };
        let unit = |y: i64| Fine { x: 0, y }.rounded().y;
        (unit(one.min(other)), unit(one.max(other)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(f64, f64)]) -> Vec<Fine> {
        let fine = |v: f64| (v * FINE as f64).round() as i64;
        points.iter().map(|&(x, y)| Fine { x: fine(x), y: fine(y) }).collect()
    }

    fn snapped(rings: &[&[(f64, f64)]]) -> Vec<Vec<(i32, i32)>> {
        let rings: Vec<Vec<Fine>> = rings.iter().map(|points| ring(points)).collect();
        let points = |ring: &Vec<TilePoint>| ring.iter().map(|at| (at.x, at.y)).collect();
        snap(&rings).iter().map(points).collect()
    }

    #[test]
    fn a_border_takes_the_corner_it_nearly_meets() {
        let low = [(0.0, 0.0), (100.0, 0.0), (100.0, 10.0)];
        // Its tip is above the long side of the other, but rounds onto it.
        let tip = [(50.0, 5.3), (60.0, 20.0), (40.0, 20.0)];
        let both = snapped(&[&low, &tip]);
        assert_eq!(both[0], [(0, 0), (100, 0), (100, 10), (50, 5)]);
        assert_eq!(both[1], [(50, 5), (60, 20), (40, 20)]);
    }

    #[test]
    fn both_ways_take_the_same() {
        let corners: Vec<(f64, f64)> =
            (0..40).map(|i| (f64::from(i * 53 % 97) * 1.7, f64::from(i * 31 % 89) * 1.3)).collect();
        let rings = [ring(&corners)];
        let hot = Hot::new(&rings);
        let (mut there, mut back) = (Vec::new(), Vec::new());
        let mut n_found = 0;
        for a in &rings[0] {
            for b in &rings[0] {
                hot.between(*a, *b, &mut there);
                hot.between(*b, *a, &mut back);
                back.reverse();
                assert_eq!(there, back);
                n_found += there.len();
            }
        }
        assert!(n_found > 100, "{n_found}");
    }

    #[test]
    fn squares_miss_nothing() {
        let corners: Vec<(f64, f64)> = (0..1500)
            .map(|i| (f64::from(i * 7919 % 4200) - 60.0, f64::from(i * 104_729 % 4210) - 60.0))
            .collect();
        let rings = [ring(&corners)];
        let (fine, coarse) = (Hot::new(&rings), Hot { shift: 13, side: 1, ..Hot::new(&rings) });
        let coarse = Hot { starts: vec![0, coarse.points.len() as u32], ..coarse };
        let (mut some, mut all) = (Vec::new(), Vec::new());
        for pair in rings[0].windows(2) {
            fine.between(pair[0], pair[1], &mut some);
            coarse.between(pair[0], pair[1], &mut all);
            assert_eq!(some, all);
        }
    }
}
