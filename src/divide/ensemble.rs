//! Many different good divisions of the same ground, and where another one stands among them.
//!
//! Each is found by one quick search from a seed of its own, and counts once however often it is found.
//! All are measured by [`measure`], and so is what they are compared with. Of a community those are left out,
//! and counted, in which a grid would lie inside another.
//!
//! **Why** quick searches and not a random walk through all divisions: nobody signs a random division. What
//! a planner wants to know is how the grids of today stand among those an office could have drawn. So the
//! sample says what is within reach, not what is usual; it is no distribution in the sense of statistics.

use std::collections::HashSet;

use super::aim::{Aim, Impossible};
use super::community::{Wish, before, plot};
use super::crew;
use super::ground::Ground;
use super::measure::{Measures, measure};
use super::nested::is_nested;
use super::solve::{Division, divide};
use super::watch::Stop;
use crate::domain::ids::{AreaId, PlanId};
use crate::domain::plan::PlanChoice;
use crate::domain::world::World;

/// How often seeds are tried anew for divisions that were found twice, as a multiple of what is wanted.
const BATCHES: usize = 3;

/// What divisions are compared by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Largest share of the mean by which a part is off; less is better.
    pub deviation: f64,
    /// Share of the border between parts that runs along barriers; more is better.
    pub barrier_share: f64,
    /// Mean Polsby-Popper; more is better.
    pub compactness: f64,
}

impl Figures {
    pub fn of(measures: &Measures) -> Self {
        let cut = measures.cut.meters();
        Self {
            deviation: measures.deviation_max,
            barrier_share: if cut > 0.0 { measures.along_barriers.meters() / cut } else { 0.0 },
            compactness: measures.mean_compactness(),
        }
    }
}

/// Different divisions, in the order of their seeds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ensemble {
    /// Part of each unit, numbered by first units: equal divisions are equal rows.
    pub parts: Vec<Vec<u32>>,
    pub figures: Vec<Figures>,
    /// Searches that were made.
    pub n_tried: usize,
    /// Different divisions left out because nobody may draw them.
    pub n_left_out: usize,
    /// The limit in time came before there were as many as wanted.
    pub is_cut_short: bool,
}

/// Up to `n` different divisions. Deterministic for a seed on any number of threads, unless cut short.
///
/// `may_draw` says whether one counts; `told` hears of every search that has ended. Cost: that of `n` quick
/// searches, three times as many where few divisions differ or may be drawn.
pub fn ensemble(
    ground: &Ground,
    aim: &Aim,
    n: usize,
    stop: &Stop<'_>,
    may_draw: &(dyn Fn(&Division) -> bool + Sync),
    told: &(dyn Fn() + Sync),
) -> Result<Ensemble, Impossible> {
    let mut all = Ensemble::default();
    let mut known = HashSet::new();
    for batch in 0..BATCHES {
        let numbers: Vec<u64> = (0..n).map(|number| (batch * n + number) as u64).collect();
        let found = crew::each(aim.n_threads, &numbers, |_, &number| {
            if stop.is_due() {
                return None;
            }
            let seed = aim.seed ^ (number + 1).wrapping_mul(0xA076_1D64_78BD_642F);
            let aim = Aim { seed, n_threads: 1, is_brief: true, ..aim.clone() };
            let division = divide(ground, &aim, stop);
            told();
            Some(division.map(|division| {
                let figures = Figures::of(&measure(ground, &division.part, division.n_parts));
                let figures = may_draw(&division).then_some(figures);
                (division, figures)
            }))
        });
        if stop.is_cancelled() {
            return Err(Impossible::Cancelled);
        }
        for one in found {
            // What was not searched to its end depends on the machine and does not count.
            let Some(one) = one else { continue };
            let (division, figures) = one?;
            all.n_tried += 1;
            let is_full = all.parts.len() == n;
            if division.is_cut_short || is_full || !known.insert(division.part.clone()) {
                continue;
            }
            match figures {
                Some(figures) => {
                    all.parts.push(division.part);
                    all.figures.push(figures);
                }
                None => all.n_left_out += 1,
            }
        }
        if all.parts.len() >= n || stop.is_late() {
            break;
        }
    }
    all.is_cut_short = stop.is_late() && all.parts.len() < n;
    Ok(all)
}

/// The grids of today among other divisions of a community.
#[derive(Clone, Debug, PartialEq)]
pub struct Survey {
    pub ensemble: Ensemble,
    /// `None` where some of the ground has no grid.
    pub present: Option<Figures>,
}

/// [`ensemble`] of one community of a plan. `Ok(None)` where the plan does not divide it or nothing of it
/// may be dealt out.
pub fn survey(
    world: &World,
    plan: PlanId,
    area: AreaId,
    wish: &Wish,
    n: usize,
    stop: &Stop<'_>,
    told: &(dyn Fn() + Sync),
) -> Result<Option<Survey>, Impossible> {
    let Some(plot) = plot(world, plan, area, wish).filter(|plot| !plot.cells.is_empty()) else {
        return Ok(None);
    };
    let shard = world.shard(PlanChoice::Plan(plan), area);
    let fabric = &shard.expect("the plot is of this shard").ground.cut.fabric;
    let may_draw =
        |division: &Division| !is_nested(fabric, &plot.cells, &division.part, division.n_parts);
    let ensemble = ensemble(&plot.ground, &wish.aim, n, stop, &may_draw, told)?;
    let present = before(&plot).map(|measures| Figures::of(&measures));
    Ok(Some(Survey { ensemble, present }))
}
