//! Several fabrics of the same ground at once: one fabric that holds the borders of all, and for each of its
//! cells the color it has in each.
//!
//! A fabric woven from another already runs along its borders, bent by a step where its own seams meet them;
//! such borders are followed and not cut again. Only what the ground lacks is put in, as any line is.
//! Knows nothing of plans: what a color means is said by the caller.
//!
//! **Why** not polygon by polygon: the pieces would have to be fitted together again, and slivers would
//! be told from ground that moved by their size alone. Here every piece is made of cells, so areas add up.

use super::blocks::Blocks;
use super::outline::outline;
use super::pole::pole;
use super::reshape::{CutLine, Fault, Recut, cut};
use super::{Fabric, Seam, Spot};
use crate::domain::ids::{CellId, SeamId};
use crate::domain::place::{Extent, Pin};

/// How far, in steps, a seam that was bent by others may run beside the border it follows.
const BEND: f64 = 2.0;
/// Steps of ground to both sides that make a pin safely inside.
const ROOM: f64 = 4.0;

/// A fabric to be laid over the ground.
#[derive(Clone, Copy)]
pub struct Layer<'a, K> {
    pub fabric: &'a Fabric,
    pub blocks: &'a Blocks,
    /// By cell.
    pub colors: &'a [K],
}

/// The ground with the borders of all layers in it.
#[derive(Clone, Debug)]
pub struct Laid<K> {
    /// `None` when the ground had them all.
    pub recut: Option<Recut>,
    /// For each layer the color of each cell; `None` beyond the layer.
    pub colors: Vec<Vec<Option<K>>>,
}

/// Lays `layers` over `ground`. Each cell of the outcome lies in one color of each layer, but for a rim of
/// two steps (2 cm) along borders that other seams have bent.
///
/// Fails where ground is so narrow that rounding to the lattice would break it. Cost: O(seams log seams) and
/// a few look-ups a cell; with borders the ground lacks, that of cutting along them.
pub fn lay<K: Copy + Eq>(ground: &Fabric, layers: &[Layer<'_, K>]) -> Result<Laid<K>, Vec<Fault>> {
    let knots = Knots::new(ground);
    let mut lines: Vec<CutLine> = Vec::new();
    for layer in layers {
        let missing = layer.borders().filter(|seam| !knots.has(seam.pins));
        lines.extend(missing.map(|seam| CutLine {
            pins: seam.pins.to_vec(),
            barrier: seam.barrier,
            within: None,
        }));
    }
    let recut = if lines.is_empty() { None } else { Some(cut(ground, &lines)?) };
    Ok(colored(ground, recut, layers))
}

/// The same without cutting: a cell that lies in several colors of a layer gets that of a pin inside it.
pub fn lay_whole<K: Copy + Eq>(ground: &Fabric, layers: &[Layer<'_, K>]) -> Laid<K> {
    colored(ground, None, layers)
}

fn colored<K: Copy + Eq>(
    ground: &Fabric,
    recut: Option<Recut>,
    layers: &[Layer<'_, K>],
) -> Laid<K> {
    let fabric = recut.as_ref().map_or(ground, |recut| &recut.fabric);
    let mut colors: Vec<Vec<Option<K>>> =
        layers.iter().map(|_| Vec::with_capacity(fabric.n_cells())).collect();
    for cell in fabric.cells() {
        let pin = pin_inside(fabric, cell);
        for (layer, colors) in layers.iter().zip(&mut colors) {
            colors.push(pin.and_then(|pin| layer.color_at(pin)));
        }
    }
    Laid { recut, colors }
}

impl<K: Copy + Eq> Layer<'_, K> {
    /// Seams between two colors.
    fn borders(&self) -> impl Iterator<Item = Seam<'_>> {
        self.fabric.seams().filter(|seam| match (seam.left, seam.right) {
            (Some(left), Some(right)) => self.colors[left.index()] != self.colors[right.index()],
            _ => false,
        })
    }

    fn color_at(&self, pin: Pin) -> Option<K> {
        let cell = match self.blocks.locate(self.fabric, pin) {
            Spot::In(cell) => Some(cell),
            Spot::On(seam) => {
                let seam = self.fabric.seam(seam);
                seam.left.or(seam.right)
            }
            Spot::Outside => None,
        };
        cell.map(|cell| self.colors[cell.index()])
    }
}

/// Seams of a fabric by the knots they leave.
struct Knots<'a> {
    fabric: &'a Fabric,
    /// Knot, seam, whether it is followed from first to last.
    leaving: Vec<(Pin, SeamId, bool)>,
}

impl<'a> Knots<'a> {
    fn new(fabric: &'a Fabric) -> Self {
        let mut leaving = Vec::with_capacity(2 * fabric.n_seams());
        for seam in fabric.seams() {
            leaving.push((seam.pins[0], seam.id, true));
            leaving.push((seam.pins[seam.pins.len() - 1], seam.id, false));
        }
        leaving.sort_unstable();
        Self { fabric, leaving }
    }

    /// Whether seams of the fabric run along `line` from its first pin to its last.
    fn has(&self, line: &[Pin]) -> bool {
        let (mut at, mut passed) = (line[0], 0);
        while passed + 1 < line.len() {
            let first = self.leaving.partition_point(|entry| entry.0 < at);
            let mut ways = self.leaving[first..].iter().take_while(|entry| entry.0 == at);
            let gone = ways.find_map(|&(_, seam, is_on)| self.go(seam, is_on, line, passed));
            let Some(gone) = gone else { return false };
            (at, passed) = gone;
        }
        true
    }

    /// Follows one seam beside `line`, of which `passed` edges lie behind: where it ends, and how many are
    /// behind then.
    fn go(
        &self,
        seam: SeamId,
        is_on: bool,
        line: &[Pin],
        mut passed: usize,
    ) -> Option<(Pin, usize)> {
        let pins = self.fabric.seam(seam).pins;
        let last = pins.len() - 1;
        let pin = |n: usize| if is_on { pins[n] } else { pins[last - n] };
        let mut at = pin(0);
        for n in 1..=last {
            let [from, to] = [line[passed], line[passed + 1]];
            let next = pin(n);
            if next == to {
                passed += 1;
            } else if !is_on_the_way(at, next, from, to) {
                return None;
            }
            at = next;
            if passed + 1 == line.len() {
                break;
            }
        }
        Some((at, passed))
    }
}

/// Whether a step from `at` to `next` goes forward beside the edge `from`–`to`.
fn is_on_the_way(at: Pin, next: Pin, from: Pin, to: Pin) -> bool {
    let minus = |a: Pin, b: Pin| (f64::from(a.x) - f64::from(b.x), f64::from(a.y) - f64::from(b.y));
    let ((ex, ey), (px, py), (sx, sy)) = (minus(to, from), minus(next, from), minus(next, at));
    let length = ex.hypot(ey);
    (ex * py - ey * px).abs() <= BEND * length
        && ex * sx + ey * sy > 0.0
        && ex * px + ey * py < length * length
}

/// A pin inside a cell, away from its border where there is room. Cost: O(pins around it).
fn pin_inside(fabric: &Fabric, cell: CellId) -> Option<Pin> {
    let chains = || fabric.sides(cell).iter().map(|side| fabric.seam(side.seam).pins);
    let extent = Extent::of(chains().flatten());
    if extent.is_empty() {
        return None;
    }
    let height = i64::from(extent.max.y) - i64::from(extent.min.y);
    let mut crossings: Vec<f64> = Vec::new();
    for eighths in [4, 3, 5, 2, 6, 1, 7] {
        let y = (i64::from(extent.min.y) + height * eighths / 8) as i32;
        crossings.clear();
        let mut is_free = true;
        for pair in chains().flat_map(|pins| pins.windows(2)) {
            let (low, high) =
                if pair[0].y <= pair[1].y { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
            is_free &= low.y != y && high.y != y;
            if low.y < y && y < high.y {
                let part =
                    (f64::from(y) - f64::from(low.y)) / (f64::from(high.y) - f64::from(low.y));
                crossings.push(f64::from(low.x) + part * (f64::from(high.x) - f64::from(low.x)));
            }
        }
        if !is_free {
            continue;
        }
        crossings.sort_unstable_by(f64::total_cmp);
        let stretches = crossings.chunks_exact(2).map(|ends| (ends[1] - ends[0], ends[0]));
        let widest = stretches.max_by(|one, two| one.0.total_cmp(&two.0));
        if let Some((width, from)) = widest.filter(|(width, _)| *width >= 2.0 * ROOM) {
            // Between two longitudes of the fabric.
            return Some(Pin::new((from + width / 2.0) as i32, y));
        }
    }
    pole(&outline(fabric, |other| other == cell))
}
