//! Where a pin lies in a fabric: the fast answer.
//!
//! The fabric's box is cut into a raster of blocks. A block no seam enters holds its cell. Any other
//! holds the few segments that enter it and the cell at its north-west corner. From a pin the search
//! goes north to the first segment; if the block's north line comes first, west along that line to the
//! first segment; if its corner comes first, the corner's cell is the answer.
//!
//! The lines between blocks run half a step beside the lattice, so no pin lies on one. All questions
//! are answered by exact turns, and the answer is that of [`super::locate`] for every pin (law L11).
//!
//! **Why** not a tree of polygons: a tree finds candidates and then asks each whole ring; here the work
//! after one look-up is a few segments, whatever the number and the size of the cells.

use std::cmp::Ordering;

use super::locate::is_before;
use super::weave::is_below;
use super::{Fabric, Spot};
use crate::domain::ids::{CellId, SeamId};
use crate::domain::place::{Extent, Pin, turn};

/// Blocks for each segment: more means fewer segments to ask, and more memory.
const BLOCKS_PER_SEGMENT: u64 = 6;
/// Marks the word of a block that seams enter.
const BORDER: u32 = 1 << 31;

/// The raster of one fabric; to be asked with that same fabric.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocks {
    /// South-west pin of the raster.
    corner: Pin,
    /// North-east pin of the fabric.
    far: Pin,
    /// Sides of a block are powers of two: 2^shift steps.
    shift_x: u32,
    shift_y: u32,
    n_columns: u32,
    /// For each block, row by row from the south: a cell's number (0 is outside), or [`BORDER`] and its
    /// place among the blocks with borders.
    words: Vec<u32>,
    /// For each block with borders where its entries begin; one longer.
    starts: Vec<u32>,
    /// For each block with borders the cell at its north-west corner.
    corner_cells: Vec<u32>,
    entries: Vec<Entry>,
}

/// A segment: where its first pin stands among the fabric's pins, and its seam.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Entry {
    pin: u32,
    seam: u32,
}

impl Blocks {
    /// Cost: O(segments + blocks), some 20 bytes a segment.
    pub fn new(fabric: &Fabric) -> Self {
        let mut blocks = Self::sized(fabric);
        if fabric.extent.is_empty() {
            return blocks;
        }
        let mut draft = Draft::new(&blocks, fabric);
        for (seam, row) in fabric.rows.iter().enumerate() {
            for pin in row.start..row.end - 1 {
                draft.trace(Entry { pin, seam: seam as u32 });
            }
        }
        let Draft { entered, last_crossing, .. } = draft;
        blocks.gather(&entered);
        blocks.sweep(fabric, &entered, &last_crossing);
        blocks
    }

    /// Where `pin` lies, the same as [`super::locate::locate`]. Cost: O(1) in most blocks, else O(segments
    /// in the block).
    #[inline]
    pub fn locate(&self, fabric: &Fabric, pin: Pin) -> Spot {
        let is_far = pin.x < self.corner.x
            || pin.y < self.corner.y
            || pin.x > self.far.x
            || pin.y > self.far.y;
        if is_far || self.words.is_empty() {
            return Spot::Outside;
        }
        let (column, row) = self.column_row(pin);
        let word = self.words[(row * self.n_columns + column) as usize];
        if word & BORDER == 0 {
            return spot(word);
        }
        self.search(fabric, pin, (word & !BORDER) as usize)
    }

    /// Segments whose box meets `extent`, each once, in the order of the fabric's pins, with their seams.
    /// Cost: O(blocks under the box).
    pub fn segments_in(&self, fabric: &Fabric, extent: &Extent) -> Vec<(Pin, Pin, SeamId)> {
        let mut found: Vec<(u32, u32)> = Vec::new();
        let (low, high) = (extent.min, extent.max);
        let is_far = extent.is_empty()
            || high.x < self.corner.x
            || high.y < self.corner.y
            || low.x > self.far.x
            || low.y > self.far.y;
        if is_far || self.words.is_empty() {
            return Vec::new();
        }
        let low = Pin::new(low.x.max(self.corner.x), low.y.max(self.corner.y));
        let high = Pin::new(high.x.min(self.far.x), high.y.min(self.far.y));
        let ((west, south), (east, north)) = (self.column_row(low), self.column_row(high));
        for row in south..=north {
            let first = (row * self.n_columns + west) as usize;
            for word in &self.words[first..=first + (east - west) as usize] {
                if word & BORDER != 0 {
                    let border = (word & !BORDER) as usize;
                    let range = self.starts[border] as usize..self.starts[border + 1] as usize;
                    found.extend(self.entries[range].iter().map(|entry| (entry.pin, entry.seam)));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
            .into_iter()
            .map(|(pin, seam)| {
                let [a, b] = ends(fabric, &Entry { pin, seam });
                (a, b, SeamId::from_index(seam as usize))
            })
            .filter(|(a, b, _)| Extent::of(&[*a, *b]).meets(extent))
            .collect()
    }

    /// Bytes held.
    pub fn n_bytes(&self) -> usize {
        4 * (self.words.len() + self.starts.len() + self.corner_cells.len())
            + 8 * self.entries.len()
    }

    /// Asks the segments of a block with borders.
    fn search(&self, fabric: &Fabric, pin: Pin, border: usize) -> Spot {
        let range = self.starts[border] as usize..self.starts[border + 1] as usize;
        let entries = &self.entries[range];
        let mut over: Option<([Pin; 2], u32, bool)> = None;
        for entry in entries {
            let [a, b] = ends(fabric, entry);
            let is_eastward = a.x < b.x;
            let [west, east] = if is_eastward { [a, b] } else { [b, a] };
            if pin.x < west.x || pin.x > east.x {
                continue;
            }
            match turn(west, east, pin) {
                Ordering::Equal => {
                    let is_upright_beyond = pin.y < a.y.min(b.y) || pin.y > a.y.max(b.y);
                    if !is_upright_beyond {
                        return on(fabric, pin, entries);
                    }
                }
                Ordering::Less if pin.x < east.x => {
                    if over.is_none_or(|(lowest, ..)| is_below([west, east], lowest)) {
                        over = Some(([west, east], entry.seam, is_eastward));
                    }
                }
                Ordering::Less | Ordering::Greater => {}
            }
        }
        // The block's north line lies half a step over its last row of pins.
        let north = self.north_row(pin);
        if let Some((segment, seam, is_eastward)) = over
            && is_under_line(segment, pin.x, north)
        {
            let row = &fabric.rows[seam as usize];
            return spot(number(if is_eastward { row.right } else { row.left }));
        }
        self.search_west(fabric, pin, border, north)
    }

    /// Goes west along the block's north line from over `pin`.
    fn search_west(&self, fabric: &Fabric, pin: Pin, border: usize, north: i32) -> Spot {
        let range = self.starts[border] as usize..self.starts[border + 1] as usize;
        let column_start = (i64::from(pin.x) - i64::from(self.corner.x)) >> self.shift_x;
        // Twice the x of the block's west line, half a step before its first column of pins.
        let west_x2 = 2 * ((column_start << self.shift_x) + i64::from(self.corner.x)) - 1;
        let north_x2 = 2 * i64::from(north) + 1;
        let mut nearest: Option<([Pin; 2], u32, bool)> = None;
        for entry in &self.entries[range] {
            let [a, b] = ends(fabric, entry);
            let is_northward = a.y < b.y;
            let [south, up] = if is_northward { [a, b] } else { [b, a] };
            let crosses = south.y <= north && north < up.y;
            if !crosses {
                continue;
            }
            // A crossing right over the pin counts as west of it, as the ray goes a hair to the east.
            let is_west = side_x2(south, up, [2 * i64::from(pin.x), north_x2]) != Ordering::Greater;
            if is_west
                && side_x2(south, up, [west_x2, north_x2]) == Ordering::Greater
                && nearest.is_none_or(|(other, ..)| is_east_of([south, up], other))
            {
                nearest = Some(([south, up], entry.seam, is_northward));
            }
        }
        match nearest {
            Some((_, seam, is_northward)) => {
                let row = &fabric.rows[seam as usize];
                spot(number(if is_northward { row.right } else { row.left }))
            }
            None => spot(self.corner_cells[border]),
        }
    }

    /// The raster without its contents.
    fn sized(fabric: &Fabric) -> Self {
        let extent = fabric.extent;
        if extent.is_empty() {
            return Self::default();
        }
        let span_x = (i64::from(extent.max.x) - i64::from(extent.min.x)) as u64;
        let span_y = (i64::from(extent.max.y) - i64::from(extent.min.y)) as u64;
        let n_wanted = BLOCKS_PER_SEGMENT * fabric.n_pins() as u64 + 16;
        let n_blocks = |shift_x: u32, shift_y: u32| {
            ((span_x >> shift_x) + 1).saturating_mul((span_y >> shift_y) + 1)
        };
        let mut shift = 0;
        while n_blocks(shift, shift) > n_wanted {
            shift += 1;
        }
        let is_room = shift > 0 && n_blocks(shift - 1, shift) <= n_wanted;
        let shift_x = if is_room { shift - 1 } else { shift };
        Self {
            corner: extent.min,
            far: extent.max,
            shift_x,
            shift_y: shift,
            n_columns: (span_x >> shift_x) as u32 + 1,
            words: vec![0; n_blocks(shift_x, shift) as usize],
            ..Self::default()
        }
    }

    #[inline]
    fn column_row(&self, pin: Pin) -> (u32, u32) {
        // Not below the corner, so the wrapped differences are the true ones as u32.
        let column = pin.x.wrapping_sub(self.corner.x) as u32 >> self.shift_x;
        let row = pin.y.wrapping_sub(self.corner.y) as u32 >> self.shift_y;
        (column, row)
    }

    /// The last row of pins of the block `pin` is in.
    fn north_row(&self, pin: Pin) -> i32 {
        let row = (i64::from(pin.y) - i64::from(self.corner.y)) >> self.shift_y;
        self.last_pin_row(row)
    }

    fn last_pin_row(&self, row: i64) -> i32 {
        let north = i64::from(self.corner.y) + ((row + 1) << self.shift_y) - 1;
        // Nothing lies over the highest latitude of the lattice.
        north.min(i64::from(i32::MAX)) as i32
    }

    /// Sorts entries by block; blocks with entries are numbered in order.
    fn gather(&mut self, entered: &[(u32, Entry)]) {
        for &(block, _) in entered {
            self.words[block as usize] += 1;
        }
        self.starts.push(0);
        let mut sum = 0;
        for word in self.words.iter_mut().filter(|word| **word > 0) {
            sum += *word;
            *word = BORDER | (self.starts.len() as u32 - 1);
            self.starts.push(sum);
        }
        let mut next = self.starts.clone();
        self.entries = vec![Entry::default(); entered.len()];
        for &(block, entry) in entered {
            let at = &mut next[(self.words[block as usize] & !BORDER) as usize];
            self.entries[*at as usize] = entry;
            *at += 1;
        }
    }

    /// Goes along each row's north line from the west and writes down the cell at every corner.
    fn sweep(&mut self, fabric: &Fabric, entered: &[(u32, Entry)], last_crossing: &[u32]) {
        self.corner_cells = vec![0; self.starts.len() - 1];
        let n_columns = self.n_columns as usize;
        for (row, crossings) in
            self.words.chunks_mut(n_columns).zip(last_crossing.chunks(n_columns))
        {
            let mut cell = 0;
            for (word, &crossing) in row.iter_mut().zip(crossings) {
                if *word & BORDER == 0 {
                    *word = cell;
                    continue;
                }
                self.corner_cells[(*word & !BORDER) as usize] = cell;
                if crossing > 0 {
                    let entry = entered[crossing as usize - 1].1;
                    let [a, b] = ends(fabric, &entry);
                    let seam = &fabric.rows[entry.seam as usize];
                    cell = number(if a.y < b.y { seam.right } else { seam.left });
                }
            }
        }
    }
}

/// What tracing the segments through the raster collects.
struct Draft<'a> {
    blocks: &'a Blocks,
    fabric: &'a Fabric,
    entered: Vec<(u32, Entry)>,
    /// For each block the easternmost crossing of its north line: one more than its place in `entered`.
    last_crossing: Vec<u32>,
}

impl<'a> Draft<'a> {
    fn new(blocks: &'a Blocks, fabric: &'a Fabric) -> Self {
        Self {
            blocks,
            fabric,
            entered: Vec::with_capacity(fabric.n_pins() * 2),
            last_crossing: vec![0; blocks.words.len()],
        }
    }

    /// Follows a segment north through the rows of blocks.
    fn trace(&mut self, entry: Entry) {
        let [a, b] = ends(self.fabric, &entry);
        let [south, up] = if a.y <= b.y { [a, b] } else { [b, a] };
        let (first_column, first_row) = self.blocks.column_row(south);
        let (last_column, last_row) = self.blocks.column_row(up);
        if first_row == last_row {
            self.enter(first_row, first_column, last_column, entry);
            return;
        }
        let slope = (f64::from(up.x) - f64::from(south.x)) / (f64::from(up.y) - f64::from(south.y));
        let mut column = first_column;
        for row in first_row..last_row {
            let line = f64::from(self.blocks.last_pin_row(i64::from(row))) + 0.5;
            let x = f64::from(south.x) + (line - f64::from(south.y)) * slope;
            let crossed = self.column_of_crossing([south, up], row, x);
            self.enter(row, column, crossed, entry);
            self.cross(row, crossed, [south, up], entry);
            column = crossed;
        }
        self.enter(last_row, column, last_column, entry);
    }

    /// Puts the segment into the blocks of one row between two columns.
    fn enter(&mut self, row: u32, from: u32, to: u32, entry: Entry) {
        let first = row * self.blocks.n_columns;
        for column in from.min(to)..=from.max(to) {
            self.entered.push((first + column, entry));
        }
    }

    /// The column in which the segment crosses the north line of `row`, where `x` is that place but for
    /// rounding. A crossing on the line between two columns belongs to the western one.
    fn column_of_crossing(&self, segment: [Pin; 2], row: u32, x: f64) -> u32 {
        let side = f64::from(1u32 << self.blocks.shift_x.min(31));
        // Column lines run half a step before the first pins of a column.
        let columns = (x - f64::from(self.blocks.corner.x) + 0.5) / side;
        let near = columns.round();
        let last = i64::from(self.blocks.n_columns) - 1;
        let column = if ((columns - near) * side).abs() > 1e-3 {
            columns.floor() as i64
        } else {
            // Too close for f64: ask the column line itself.
            let line_x2 =
                2 * (i64::from(self.blocks.corner.x) + ((near as i64) << self.blocks.shift_x)) - 1;
            let north_x2 = 2 * i64::from(self.blocks.last_pin_row(i64::from(row))) + 1;
            let is_east = side_x2(segment[0], segment[1], [line_x2, north_x2]) == Ordering::Greater;
            if is_east { near as i64 } else { near as i64 - 1 }
        };
        column.clamp(0, last) as u32
    }

    /// Notes the crossing of a north line, just entered, if it is the easternmost of its block.
    fn cross(&mut self, row: u32, column: u32, segment: [Pin; 2], entry: Entry) {
        let block = row * self.blocks.n_columns + column;
        let known = self.last_crossing[block as usize];
        let is_last = known == 0 || {
            let [a, b] = ends(self.fabric, &self.entered[known as usize - 1].1);
            is_east_of(segment, if a.y < b.y { [a, b] } else { [b, a] })
        };
        if is_last {
            // Any entry of this segment names it; the newest is at hand.
            debug_assert_eq!(self.entered.last().map(|entered| entered.1.pin), Some(entry.pin));
            self.last_crossing[block as usize] = self.entered.len() as u32;
        }
    }
}

fn ends(fabric: &Fabric, entry: &Entry) -> [Pin; 2] {
    let at = entry.pin as usize;
    [fabric.pins[at], fabric.pins[at + 1]]
}

fn number(cell: Option<CellId>) -> u32 {
    cell.map_or(0, CellId::get)
}

fn spot(cell: u32) -> Spot {
    CellId::new(cell).map_or(Spot::Outside, Spot::In)
}

/// The seam `pin` lies on, of all that pass through it the first clockwise from north.
#[cold]
fn on(fabric: &Fabric, pin: Pin, entries: &[Entry]) -> Spot {
    let mut first: Option<(Pin, u32)> = None;
    for entry in entries {
        let [a, b] = ends(fabric, entry);
        if !crate::domain::place::is_on_segment(a, b, pin) {
            continue;
        }
        for end in [a, b].into_iter().filter(|&end| end != pin) {
            if first.is_none_or(|(first, _)| is_before(pin, end, first)) {
                first = Some((end, entry.seam));
            }
        }
    }
    first.map_or(Spot::Outside, |(_, seam)| Spot::On(SeamId::from_index(seam as usize)))
}

/// Whether a segment from west to east passes, a hair east of `x`, under the line half a step over `north`.
fn is_under_line([west, east]: [Pin; 2], x: i32, north: i32) -> bool {
    if west.y.max(east.y) <= north {
        return true;
    }
    if west.y.min(east.y) > north {
        return false;
    }
    match side_x2(west, east, [2 * i64::from(x), 2 * i64::from(north) + 1]) {
        Ordering::Greater => true,
        Ordering::Equal => west.y > east.y,
        Ordering::Less => false,
    }
}

/// Whether the first of two segments, both from south to north, lies east of the other where both span a line.
fn is_east_of([a, b]: [Pin; 2], [c, d]: [Pin; 2]) -> bool {
    if a.y >= c.y {
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

/// [`turn`] for a point given in half steps.
pub(super) fn side_x2(a: Pin, b: Pin, point: [i64; 2]) -> Ordering {
    let (abx, aby) = (i64::from(b.x) - i64::from(a.x), i64::from(b.y) - i64::from(a.y));
    let (px, py) = (point[0] - 2 * i64::from(a.x), point[1] - 2 * i64::from(a.y));
    // Within ±2^30 each product stays under 2^60.
    const NEAR: i64 = 1 << 30;
    if abx.abs() < NEAR && aby.abs() < NEAR && px.abs() < NEAR && py.abs() < NEAR {
        (abx * py).cmp(&(aby * px))
    } else {
        (i128::from(abx) * i128::from(py)).cmp(&(i128::from(aby) * i128::from(px)))
    }
}
