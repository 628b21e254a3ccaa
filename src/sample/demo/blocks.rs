//! Blocks: a patch less the streets around it, and the plots put on it.
//!
//! A building is drawn in the block's own metres, x along its southern street, and refused when it
//! would leave the block or come too near to another.

use super::plan::{self, COLS, Land, RAIL_LINE, RIVER_LINE, ROWS, Rank};
use super::warp;
use crate::domain::register::building::Use;
use crate::sample::footprint::{Form, corners, placed};
use crate::sample::ground::{At, at};
use crate::sample::quilt::Patch;

/// A patch less its streets.
pub struct Block {
    pub patch: Patch,
    pub land: Land,
    /// South-west and north-east corner on the board, streets taken off.
    pub low: At,
    pub high: At,
    /// Outline on the ground.
    ring: Vec<At>,
    middle: At,
    turned: f64,
}

/// A building drawn, without names or codes.
#[derive(Clone, Debug)]
pub struct Draft {
    pub patch: Patch,
    pub ring: Vec<At>,
    pub usage: Use,
    pub floors: u16,
    pub entrances: u16,
    pub dwellings: u16,
    /// A name of its own; empty for numbered buildings.
    pub name: &'static str,
    /// Which lane of the block it stands at, and its number there; (0, 0) for others.
    pub door: (usize, usize),
}

/// A building to be put somewhere on a block.
#[derive(Clone, Copy, Debug)]
pub struct Plot {
    pub form: Form,
    pub width: f64,
    pub depth: f64,
    /// Turned a quarter: the long side runs north.
    pub is_upright: bool,
    pub usage: Use,
    pub floors: u16,
    pub entrances: u16,
    pub dwellings: u16,
    pub name: &'static str,
}

impl Plot {
    /// A plain building of no homes.
    pub const fn work(usage: Use, form: Form, width: f64, depth: f64, floors: u16) -> Self {
        Self {
            form,
            width,
            depth,
            is_upright: false,
            usage,
            floors,
            entrances: 1,
            dwellings: 0,
            name: "",
        }
    }

    /// A residential building with `homes` homes on each floor of each entrance.
    pub const fn homes(
        form: Form,
        (width, depth): (f64, f64),
        floors: u16,
        entrances: u16,
        homes: u16,
    ) -> Self {
        Self {
            form,
            width,
            depth,
            is_upright: false,
            usage: Use::Residential,
            floors,
            entrances,
            dwellings: floors * entrances * homes,
            name: "",
        }
    }

    pub const fn upright(self) -> Self {
        Self { is_upright: true, ..self }
    }

    pub const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }
}

impl Block {
    pub fn new(patch: Patch) -> Self {
        let (col, row) = patch;
        let low = at(
            COLS[col] + clearance(plan::upright_street(col, row)),
            ROWS[row] + level_clearance(row, col),
        );
        let high = at(
            COLS[col + 1] - clearance(plan::upright_street(col + 1, row)),
            ROWS[row + 1] - level_clearance(row + 1, col),
        );
        let ring = warp::ring(&[low, at(high.x, low.y), high, at(low.x, high.y)], 20.0);
        let middle = low.toward(high, 0.5);
        Self {
            patch,
            land: plan::land(col, row),
            low,
            high,
            ring,
            middle: warp::ground(middle),
            turned: warp::turned_at(middle),
        }
    }

    /// Outline on the ground.
    pub fn ground(&self) -> Vec<At> {
        self.ring.clone()
    }

    pub fn width(&self) -> f64 {
        self.high.x - self.low.x
    }

    pub fn depth(&self) -> f64 {
        self.high.y - self.low.y
    }

    /// The ground at `x`, `y` metres from the middle, in the block's own directions.
    pub fn local(&self, x: f64, y: f64) -> At {
        self.middle + at(x, y).turned(self.turned)
    }

    /// Whether a place on the ground lies in the block.
    pub fn holds(&self, place: At) -> bool {
        is_within(&self.ring, place)
    }

    /// The longest stretch of x over which the strip from `south` to `north` lies in the block.
    pub fn stretch(&self, south: f64, north: f64) -> Option<(f64, f64)> {
        const STEP: f64 = 1.5;
        let fits = |x: f64| self.holds(self.local(x, south)) && self.holds(self.local(x, north));
        let (mut best, mut open): (Option<(f64, f64)>, Option<f64>) = (None, None);
        for idx in -100i32..=100 {
            let x = f64::from(idx) * STEP;
            if fits(x) {
                let start = *open.get_or_insert(x);
                if best.is_none_or(|(a, b)| x - start > b - a) {
                    best = Some((start, x));
                }
            } else {
                open = None;
            }
        }
        best
    }
}

/// The buildings of a block so far.
pub struct Site<'a> {
    pub block: &'a Block,
    pub drafts: Vec<Draft>,
    /// What is taken, in the block's own metres: (west, south, east, north).
    taken: Vec<[f64; 4]>,
    /// The lane and the number there of what is added next.
    pub door: (usize, usize),
}

impl<'a> Site<'a> {
    pub fn new(block: &'a Block) -> Self {
        Self { block, drafts: Vec::new(), taken: Vec::new(), door: (0, 0) }
    }

    /// Keeps a rectangle around (`x`, `y`) free of buildings; its outline on the ground. `None` when taken.
    pub fn reserve(&mut self, x: f64, y: f64, width: f64, depth: f64) -> Option<Vec<At>> {
        let area = [x - width / 2.0, y - depth / 2.0, x + width / 2.0, y + depth / 2.0];
        let [w, s, e, n] = area;
        let corners = [(w, s), (e, s), (e, n), (w, n)];
        let is_free = !self.taken.iter().any(|other| overlap(&area, other));
        let ring: Vec<At> = corners.iter().map(|&(x, y)| self.block.local(x, y)).collect();
        if !is_free || !ring.iter().all(|&corner| self.block.holds(corner)) {
            return None;
        }
        self.taken.push(area);
        Some(ring)
    }

    /// As [`Site::reserve`], as near to (`x`, `y`) as there is room; the middle of what was reserved.
    pub fn reserve_near(&mut self, x: f64, y: f64, width: f64, depth: f64) -> Option<(f64, f64)> {
        around(x, y).find(|&(x, y)| self.reserve(x, y, width, depth).is_some())
    }

    /// Puts a building at a place or as near to it as it fits, smaller if it must be.
    pub fn put_near(&mut self, plot: Plot, x: f64, y: f64) -> bool {
        [1.0, 0.88, 0.76].into_iter().any(|scale| {
            let plot = Plot { width: plot.width * scale, depth: plot.depth * scale, ..plot };
            around(x, y).any(|(x, y)| self.put(plot, x, y, 4.0))
        })
    }

    /// Puts a building with its middle at (`x`, `y`) if it fits, with `gap` metres to the others.
    pub fn put(&mut self, plot: Plot, x: f64, y: f64, gap: f64) -> bool {
        let plan = corners(plot.form, plot.width, plot.depth);
        let quarter = if plot.is_upright { 90.0 } else { 0.0 };
        let local = placed(&plan, quarter, at(x, y));
        let mut area = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        for corner in &local {
            area = [
                area[0].min(corner.x - gap / 2.0),
                area[1].min(corner.y - gap / 2.0),
                area[2].max(corner.x + gap / 2.0),
                area[3].max(corner.y + gap / 2.0),
            ];
        }
        let ring: Vec<At> =
            local.iter().map(|corner| self.block.local(corner.x, corner.y)).collect();
        if !ring.iter().all(|&corner| self.block.holds(corner))
            || self.taken.iter().any(|other| overlap(&area, other))
        {
            return false;
        }
        self.taken.push(area);
        self.add(plot, ring);
        true
    }

    /// Adds a building whose outline is already on the ground and known to be free.
    pub fn add(&mut self, plot: Plot, ring: Vec<At>) {
        self.drafts.push(Draft {
            patch: self.block.patch,
            ring,
            usage: plot.usage,
            floors: plot.floors,
            entrances: plot.entrances,
            dwellings: plot.dwellings,
            name: plot.name,
            door: self.door,
        });
    }
}

/// A place, then others in wider and wider squares around it, up to eighteen metres off.
fn around(x: f64, y: f64) -> impl Iterator<Item = (f64, f64)> {
    const SIDES: [(f64, f64); 8] = [
        (1.0, 0.0),
        (-1.0, 0.0),
        (0.0, 1.0),
        (0.0, -1.0),
        (1.0, 1.0),
        (-1.0, 1.0),
        (1.0, -1.0),
        (-1.0, -1.0),
    ];
    let wider = (1..10).flat_map(move |ring| {
        let far = f64::from(ring) * 2.0;
        SIDES.iter().map(move |(dx, dy)| (x + dx * far, y + dy * far))
    });
    std::iter::once((x, y)).chain(wider)
}

fn overlap(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// Metres from the middle of a street to where buildings may stand.
const fn clearance(street: Option<Rank>) -> f64 {
    match street {
        Some(Rank::Avenue) => 27.0,
        Some(Rank::Road) => 19.0,
        Some(Rank::Street) => 13.0,
        Some(Rank::Lane) => 7.0,
        None => 5.0,
    }
}

fn level_clearance(line: usize, col: usize) -> f64 {
    match line {
        RAIL_LINE => 30.0,
        RIVER_LINE => 60.0,
        _ => clearance(plan::level_street(line, col)),
    }
}

/// Even-odd test on the ground; borders do not matter here.
pub fn is_within(ring: &[At], place: At) -> bool {
    let mut inside = false;
    for (idx, &a) in ring.iter().enumerate() {
        let b = ring[(idx + 1) % ring.len()];
        if (a.y > place.y) != (b.y > place.y) {
            let x = a.x + (place.y - a.y) / (b.y - a.y) * (b.x - a.x);
            inside ^= place.x < x;
        }
    }
    inside
}
