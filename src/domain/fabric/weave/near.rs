//! Who is near whom: edges and pins that share a square of a sparse grid.
//!
//! Knows nothing of shapes. Every pair closer than the margin shares at least one square, so a caller
//! that looks at all pairs of each square misses nothing; it may see a pair more than once.
//!
//! **Why** a sorted list of squares, not a tree: one sort, then a walk over neighbours in memory.
//! Crowded squares are cut finer, so a dense spot in a wide sheet does not turn quadratic.

use std::ops::ControlFlow;

use crate::domain::place::Pin;

/// More edges than this in one square and it is cut finer.
const CROWD: usize = 24;
/// No square is narrower than this many lattice steps.
const NARROWEST: i64 = 16;

/// Calls `visit(edge numbers, pin numbers)` for every square that holds an edge, until it breaks off.
///
/// Pairs of edges, or a pin and an edge, whose distance along each axis is at most `margin` share a square.
/// Cost: O(n log n) for edges of similar length.
pub(in crate::domain::fabric) fn meetings(
    edges: &[[Pin; 2]],
    pins: &[Pin],
    margin: [i64; 2],
    visit: &mut impl FnMut(&[u32], &[u32]) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let edge_numbers: Vec<u32> = (0..edges.len() as u32).collect();
    let pin_numbers: Vec<u32> = (0..pins.len() as u32).collect();
    let mut low = [i64::MAX; 2];
    let mut high = [i64::MIN; 2];
    for pin in edges.iter().flatten() {
        let at = [i64::from(pin.x), i64::from(pin.y)];
        for axis in 0..2 {
            low[axis] = low[axis].min(at[axis] - margin[axis]);
            high[axis] = high[axis].max(at[axis] + margin[axis]);
        }
    }
    if edges.is_empty() {
        return ControlFlow::Continue(());
    }
    let sheet = Sheet { edges, pins, margin };
    let square = Square { low, high };
    let width = sheet.width(square, &edge_numbers);
    sheet.cut(square, width, &edge_numbers, &pin_numbers, visit)
}

struct Sheet<'a> {
    edges: &'a [[Pin; 2]],
    pins: &'a [Pin],
    margin: [i64; 2],
}

#[derive(Clone, Copy)]
struct Square {
    low: [i64; 2],
    high: [i64; 2],
}

impl Sheet<'_> {
    fn cut(
        &self,
        square: Square,
        width: i64,
        edge_numbers: &[u32],
        pin_numbers: &[u32],
        visit: &mut impl FnMut(&[u32], &[u32]) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let n_edges = self.edges.len() as u32;
        let mut entries: Vec<(u64, u32)> = Vec::with_capacity(edge_numbers.len() * 3);
        for &number in edge_numbers {
            self.enter(square, width, number, &mut entries);
        }
        for &number in pin_numbers {
            let pin = self.pins[number as usize];
            let (x, y) = (i64::from(pin.x), i64::from(pin.y));
            let is_inside = x >= square.low[0]
                && x <= square.high[0]
                && y >= square.low[1]
                && y <= square.high[1];
            if is_inside {
                let column = ((x - square.low[0]) / width) as u64;
                let row = ((y - square.low[1]) / width) as u64;
                entries.push((column << 32 | row, n_edges + number));
            }
        }
        entries.sort_unstable();
        let mut numbers: Vec<u32> = Vec::new();
        let mut start = 0;
        while start < entries.len() {
            let key = entries[start].0;
            numbers.clear();
            let mut end = start;
            while end < entries.len() && entries[end].0 == key {
                numbers.push(entries[end].1);
                end += 1;
            }
            start = end;
            let split = numbers.partition_point(|&number| number < n_edges);
            if split == 0 {
                continue;
            }
            for number in &mut numbers[split..] {
                *number -= n_edges;
            }
            let (edges, pins) = numbers.split_at(split);
            if edges.len() > CROWD {
                let (column, row) = ((key >> 32) as i64, (key & 0xFFFF_FFFF) as i64);
                let low = [square.low[0] + column * width, square.low[1] + row * width];
                let inner = Square { low, high: [low[0] + width - 1, low[1] + width - 1] };
                // It pays only where the crowd is one of short edges.
                let finer = self.width(inner, edges);
                if finer * 2 <= width {
                    let (edges, pins) = (edges.to_vec(), pins.to_vec());
                    self.cut(inner, finer, &edges, &pins, visit)?;
                    continue;
                }
            }
            visit(edges, pins)?;
        }
        ControlFlow::Continue(())
    }

    /// As wide as the edges are long on average, so that an edge enters two or three squares.
    fn width(&self, square: Square, edge_numbers: &[u32]) -> i64 {
        let span = |axis: usize| square.high[axis] - square.low[axis];
        let mut sum = 0i64;
        for &number in edge_numbers {
            let [a, b] = self.edges[number as usize];
            sum += (i64::from(a.x) - i64::from(b.x)).abs().min(span(0));
            sum += (i64::from(a.y) - i64::from(b.y)).abs().min(span(1));
        }
        let mean = sum / edge_numbers.len().max(1) as i64;
        // Rows and columns are kept in 32 bits each, far more than a lattice of 2^32 steps needs.
        mean.max(4 * self.margin[0].max(self.margin[1])).max(NARROWEST)
    }

    fn enter(&self, square: Square, width: i64, number: u32, entries: &mut Vec<(u64, u32)>) {
        let [a, b] = self.edges[number as usize];
        let (west, east) = if a.x <= b.x { (a, b) } else { (b, a) };
        let (wx, ex) = (i64::from(west.x), i64::from(east.x));
        let (wy, ey) = (i64::from(west.y), i64::from(east.y));
        let [mx, my] = self.margin;
        let [low_x, low_y] = square.low;
        let first = (wx - mx).max(low_x);
        let last = (ex + mx).min(square.high[0]);
        if first > last {
            return;
        }
        let slope = if wx == ex { 0.0 } else { (ey - wy) as f64 / (ex - wx) as f64 };
        // f64 holds these products to far below one step; the extra step makes up for truncation.
        let y_at = |x: i64| wy + ((x - wx) as f64 * slope) as i64;
        for column in (first - low_x) / width..=(last - low_x) / width {
            let column_start = low_x + column * width;
            let (from, to) = if wx == ex {
                (wy.min(ey), wy.max(ey))
            } else {
                let x0 = (column_start - mx).clamp(wx, ex);
                let x1 = (column_start + width + mx).clamp(wx, ex);
                let (y0, y1) = (y_at(x0), y_at(x1));
                (y0.min(y1) - 1, y0.max(y1) + 1)
            };
            let from = (from - my).max(low_y);
            let to = (to + my).min(square.high[1]);
            if from > to {
                continue;
            }
            for row in (from - low_y) / width..=(to - low_y) / width {
                entries.push(((column as u64) << 32 | row as u64, number));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_near_pair_shares_a_square() {
        let mut state = 7u64;
        let mut next = |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 33) % bound) as i32
        };
        let edges: Vec<[Pin; 2]> = (0..300)
            .map(|i| {
                let a = Pin::new(next(5000), next(5000));
                let reach = if i % 10 == 0 { 4000 } else { 60 };
                [a, Pin::new(a.x + next(reach) - 30, a.y + next(reach) - 30)]
            })
            .collect();
        let pins: Vec<Pin> = edges.iter().map(|edge| edge[0]).collect();
        let mut met = std::collections::HashSet::new();
        let flow = meetings(&edges, &pins, [5, 5], &mut |edges, pins| {
            for &pin in pins {
                for &edge in edges {
                    met.insert((pin, edge));
                }
            }
            ControlFlow::Continue(())
        });
        assert!(flow.is_continue());
        for (pin_idx, pin) in pins.iter().enumerate() {
            for (edge_idx, [a, b]) in edges.iter().enumerate() {
                // Sampled points of the edge: near enough to the pin along both axes means a meeting.
                let is_near = (0..=200).any(|i| {
                    let t = f64::from(i) / 200.0;
                    let x = f64::from(a.x) + t * f64::from(b.x - a.x);
                    let y = f64::from(a.y) + t * f64::from(b.y - a.y);
                    (x - f64::from(pin.x)).abs() <= 5.0 && (y - f64::from(pin.y)).abs() <= 5.0
                });
                assert!(!is_near || met.contains(&(pin_idx as u32, edge_idx as u32)));
            }
        }
    }
}
