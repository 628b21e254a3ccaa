//! One community of a plan as ground to divide, and a division as a stroke a planner could have drawn.
//!
//! Units are the cells that may be dealt out: those of unlocked general grids, and gaps. Grids that are
//! locked or of a special kind (a school, a market) keep their ground and count as outside. What is
//! proposed goes through the desk like any other edit. A building weighs where it stands, whatever an
//! override says of it.
//!
//! **Why** grids go on where most of their households stay: a division is judged by how even it is, but
//! what people notice is who answers for them tomorrow.

use std::collections::BTreeMap;

use super::aim::{Aim, Impossible};
use super::ground::{Border, Ground};
use super::measure::{Measures, measure};
use super::nested::is_nested;
use super::reach::Served;
use super::solve::{Division, divide};
use super::watch::Stop;
use crate::domain::ids::{AreaId, CellId, GridKey, PlanId};
use crate::domain::measure::Length;
use crate::domain::plan::PlanChoice;
use crate::domain::plan::edit::{Part, Stroke};
use crate::domain::register::rows::GridKind;
use crate::domain::tally::Tally;
use crate::domain::world::{Shard, World};

/// How much each thing weighs; a grid's weight is the sum over what stands on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weigh {
    pub households: i64,
    pub persons: i64,
    pub buildings: i64,
    /// For every 100 square metres of ground.
    pub area: i64,
}

impl Weigh {
    pub const HOUSEHOLDS: Self = Self { households: 1, persons: 0, buildings: 0, area: 0 };
    pub const PERSONS: Self = Self { households: 0, persons: 1, buildings: 0, area: 0 };
    pub const BUILDINGS: Self = Self { households: 0, persons: 0, buildings: 1, area: 0 };
    pub const AREA: Self = Self { households: 0, persons: 0, buildings: 0, area: 1 };

    /// Most that one thing may count in a mix.
    pub const MOST: i64 = 1_000;

    /// A mix as `households=1,buildings=2`; else what of it cannot be meant.
    pub fn named(text: &str) -> Result<Self, &str> {
        let mut mix = Self { households: 0, persons: 0, buildings: 0, area: 0 };
        for one in text.split(',').map(str::trim) {
            let (name, number) = one.split_once('=').ok_or(one)?;
            let share = match name.trim() {
                "households" => &mut mix.households,
                "persons" => &mut mix.persons,
                "buildings" => &mut mix.buildings,
                "area" => &mut mix.area,
                _ => return Err(one),
            };
            *share = number.trim().parse().map_err(|_| one)?;
        }
        match mix.fault() {
            None => Ok(mix),
            Some(_) => Err(text),
        }
    }

    /// What of a mix is negative, too large, or everything where nothing counts.
    pub fn fault(self) -> Option<&'static str> {
        let Self { households, persons, buildings, area } = self;
        let all = [
            ("households", households),
            ("persons", persons),
            ("buildings", buildings),
            ("area", area),
        ];
        let wrong = all.iter().find(|(_, share)| !(0..=Self::MOST).contains(share));
        let nothing = all.iter().all(|(_, share)| *share == 0).then_some("");
        wrong.map(|(name, _)| *name).or(nothing)
    }

    pub fn of(self, tally: &Tally, square_meters: f64) -> i64 {
        self.households * tally.households.get()
            + self.persons * tally.persons.get()
            + self.buildings * tally.buildings.get()
            + self.area * (square_meters / 100.0).round() as i64
    }
}

/// What is wanted of one community.
#[derive(Clone, Debug)]
pub struct Wish {
    pub aim: Aim,
    pub weigh: Weigh,
    /// Buildings of one estate stay together.
    pub is_estate_bound: bool,
    /// Households of a grid share a station not farther than this, in a straight line, where that can be.
    pub reach: Option<Length>,
}

/// Metres people walk to a station; `None` where that makes no sense.
pub fn reach_of(metres: f64) -> Option<Length> {
    (10.0..=20_000.0).contains(&metres).then(|| Length::from_meters(metres))
}

/// The cells of a community that may be dealt out, as ground.
#[derive(Debug)]
pub struct Plot {
    pub ground: Ground,
    /// Cell of each unit, ascending.
    pub cells: Vec<CellId>,
    /// Grid of each unit today.
    pub held: Vec<Option<GridKey>>,
    /// Households of each unit, whatever it weighs.
    pub households: Vec<i64>,
    /// Where a shared station was asked for.
    pub reach: Option<Reach>,
}

/// The stations around a plot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    pub within: Length,
    /// Row in the world's stations of each station of the ground.
    pub stations: Vec<usize>,
    /// Households of the plot, and of these the ones no open station is near enough to, whatever the grids.
    pub households: i64,
    pub beyond: i64,
}

/// A division of one community, ready to be done and ready to be judged.
#[derive(Debug)]
pub struct Proposal {
    pub area: AreaId,
    pub plot: Plot,
    pub division: Division,
    pub measures: Measures,
    /// The grids of today measured the same way; `None` where some of the ground has no grid.
    pub before: Option<Measures>,
    /// For each part the grid that goes on in it.
    pub keeps: Vec<Option<GridKey>>,
    /// Households that get another grid.
    pub moved: i64,
}

/// The ground of `area` in `plan`; `None` where the plan does not divide it. Cost: O(buildings + seams).
pub fn plot(world: &World, plan: PlanId, area: AreaId, wish: &Wish) -> Option<Plot> {
    let shard = world.shard(PlanChoice::Plan(plan), area)?;
    let cut = &shard.ground.cut;
    let may_deal = |key: Option<GridKey>| {
        key.and_then(|key| world.plans().grid(plan, key))
            .is_none_or(|grid| !grid.is_locked && grid.kind == GridKind::General)
    };
    let cells: Vec<CellId> =
        cut.fabric.cells().filter(|cell| may_deal(cut.grid_of(*cell))).collect();
    let mut unit_of = vec![None; cut.fabric.n_cells()];
    for (unit, cell) in cells.iter().enumerate() {
        unit_of[cell.index()] = Some(unit as u32);
    }
    let Lived { tallies, estates, served, reach } =
        lived(world, shard, &unit_of, cells.len(), wish.reach);
    let terrain = &shard.ground.terrain;
    let areas: Vec<_> = cells.iter().map(|cell| terrain.cell_areas[cell.index()]).collect();
    let weights = tallies
        .iter()
        .zip(&areas)
        .map(|(tally, area)| wish.weigh.of(tally, area.square_meters()))
        .collect();
    let mut ground = Ground {
        weights,
        areas,
        rims: vec![Length::ZERO; cells.len()],
        borders: Vec::new(),
        bound: if wish.is_estate_bound { estates } else { Vec::new() },
        served,
    };
    let unit = |cell: Option<CellId>| cell.and_then(|cell| unit_of[cell.index()]);
    for seam in cut.fabric.seams() {
        let length = terrain.seam_lengths[seam.id.index()];
        match (unit(seam.left), unit(seam.right)) {
            (Some(a), Some(b)) if a != b => {
                ground.borders.push(Border { units: [a, b], length, barrier: seam.barrier });
            }
            (Some(one), None) | (None, Some(one)) => ground.rims[one as usize] += length,
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
    for (one, two) in terrain.joined(&cut.links) {
        if let (Some(a), Some(b)) = (unit(Some(one)), unit(Some(two))) {
            let barrier = Default::default();
            ground.borders.push(Border { units: [a, b], length: Length::ZERO, barrier });
        }
    }
    let held = cells.iter().map(|cell| cut.grid_of(*cell)).collect();
    let households = tallies.iter().map(|tally| tally.households.get()).collect();
    Some(Plot { ground, cells, held, households, reach })
}

/// What stands on the units of a plot.
struct Lived {
    tallies: Vec<Tally>,
    /// Units of each estate that has several.
    estates: Vec<Vec<u32>>,
    /// Stations near enough to each unit's buildings; empty where nobody asked.
    served: Vec<Served>,
    reach: Option<Reach>,
}

fn lived(
    world: &World,
    shard: &Shard,
    unit_of: &[Option<u32>],
    n_units: usize,
    within: Option<Length>,
) -> Lived {
    let mut tallies = vec![Tally::default(); n_units];
    let mut estates: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    let mut near: Vec<BTreeMap<usize, i64>> = vec![BTreeMap::new(); n_units];
    let mut n_reaching = vec![0; n_units];
    if let Some(housing) = world.town().housing(Some(shard.community)) {
        for row in (0..housing.homes.len()).filter(|row| housing.stands_here(*row)) {
            let cell = shard.ground.terrain.cell_of(housing, row);
            let Some(unit) = cell.and_then(|cell| unit_of[cell.index()]) else { continue };
            let (tally, at) = (Tally::of_home(&housing.homes, row), unit as usize);
            tallies[at] += tally;
            let estate = housing.homes.estate(row);
            if !estate.is_empty() {
                estates.entry(estate).or_default().push(unit);
            }
            if let Some((pin, within)) = housing.homes.pin(row).zip(within) {
                let households = tally.households.get();
                let mut n_stations = 0;
                for station in world.stations().within(pin, within) {
                    *near[at].entry(station).or_default() += households;
                    n_stations += 1;
                }
                n_reaching[at] += if n_stations > 0 { households } else { 0 };
            }
        }
    }
    let bound = estates.into_values().filter_map(|mut units| {
        units.sort_unstable();
        units.dedup();
        (units.len() > 1).then_some(units)
    });
    let estates = bound.collect();
    let Some(within) = within else {
        return Lived { tallies, estates, served: Vec::new(), reach: None };
    };
    let mut stations: Vec<usize> = near.iter().flat_map(|near| near.keys().copied()).collect();
    stations.sort_unstable();
    stations.dedup();
    let number = |row: usize| stations.binary_search(&row).expect("it is one of them") as u32;
    let served = near.iter().zip(&n_reaching).map(|(near, &households)| Served {
        households,
        by: near.iter().map(|(row, n)| (number(*row), *n)).collect(),
    });
    let served = served.collect();
    let households = tallies.iter().map(|tally| tally.households.get()).sum();
    let beyond = households - n_reaching.iter().sum::<i64>();
    Lived { tallies, estates, served, reach: Some(Reach { within, stations, households, beyond }) }
}

/// Divides one community of a draft. Deterministic for a seed.
///
/// Cost: that of [`divide`] for its cells. `Ok(None)` where the plan does not divide the community or
/// nothing of it may be dealt out.
pub fn propose(
    world: &World,
    plan: PlanId,
    area: AreaId,
    wish: &Wish,
    stop: &Stop<'_>,
) -> Result<Option<Proposal>, Impossible> {
    let Some(plot) = plot(world, plan, area, wish).filter(|plot| !plot.cells.is_empty()) else {
        return Ok(None);
    };
    let division = unswallowed(world, plan, area, wish, &plot, stop)?;
    let keeps = kept(&plot, &division.part, division.n_parts);
    let stays = |unit: &usize| {
        let keep = keeps[division.part[*unit] as usize];
        keep.is_some() && keep == plot.held[*unit]
    };
    let n_units = plot.cells.len();
    let moved = (0..n_units).filter(|unit| !stays(unit)).map(|unit| plot.households[unit]).sum();
    let measures = measure(&plot.ground, &division.part, division.n_parts);
    let before = before(&plot);
    Ok(Some(Proposal { area, plot, division, measures, before, keeps, moved }))
}

/// A division in which no part lies wholly inside another. Ground where that cannot be helped gets the last that was found, and the desk says what is wrong with it.
fn unswallowed(
    world: &World,
    plan: PlanId,
    area: AreaId,
    wish: &Wish,
    plot: &Plot,
    stop: &Stop<'_>,
) -> Result<Division, Impossible> {
    const TRIES: u64 = 4;
    let shard = world.shard(PlanChoice::Plan(plan), area);
    let cut = &shard.expect("the plot is of this shard").ground.cut;
    let mut aim = wish.aim.clone();
    let mut number = 0;
    loop {
        let division = divide(&plot.ground, &aim, stop)?;
        number += 1;
        if number == TRIES || !is_nested(&cut.fabric, &plot.cells, &division.part, division.n_parts)
        {
            return Ok(division);
        }
        aim.seed = aim.seed.wrapping_add(1 << 32);
    }
}

/// The present grids measured as parts.
pub fn before(plot: &Plot) -> Option<Measures> {
    let mut number: BTreeMap<GridKey, u32> = BTreeMap::new();
    for key in plot.held.iter() {
        let next = number.len() as u32;
        number.entry((*key)?).or_insert(next);
    }
    let part: Vec<u32> = plot.held.iter().flatten().map(|key| number[key]).collect();
    Some(measure(&plot.ground, &part, number.len()))
}

/// Which grid goes on in which part: the matching that keeps most households, then most cells, where they are.
/// Units whose part is none of `n_parts` have no say.
pub fn kept(plot: &Plot, part: &[u32], n_parts: usize) -> Vec<Option<GridKey>> {
    let mut keys: Vec<GridKey> = plot.held.iter().flatten().copied().collect();
    keys.sort_unstable();
    keys.dedup();
    let n = n_parts.max(keys.len());
    let mut gain = vec![vec![0i64; n]; n];
    for (unit, key) in plot.held.iter().enumerate() {
        let Some(row) = key.and_then(|key| keys.binary_search(&key).ok()) else { continue };
        if let Some(gain) = gain[row].get_mut(part[unit] as usize) {
            *gain += plot.households[unit] * 100_000 + 1;
        }
    }
    let column_of = best_matching(&gain);
    let mut keeps = vec![None; n_parts];
    for (row, key) in keys.iter().enumerate() {
        let column = column_of[row];
        if column < keeps.len() && gain[row][column] > 0 {
            keeps[column] = Some(*key);
        }
    }
    keeps
}

/// For each row of a square table a column of its own, so that the sum of the entries is the largest.
/// Cost: O(n³). H. W. Kuhn, The Hungarian method for the assignment problem, 1955, with potentials.
pub(super) fn best_matching(gain: &[Vec<i64>]) -> Vec<usize> {
    let n = gain.len();
    // Rows and columns count from 1; 0 stands for "none yet".
    let (mut row_price, mut column_price) = (vec![0i64; n + 1], vec![0i64; n + 1]);
    let mut row_of = vec![0usize; n + 1];
    for row in 1..=n {
        row_of[0] = row;
        let mut column = 0;
        let mut slack = vec![i64::MAX; n + 1];
        let mut came_from = vec![0usize; n + 1];
        let mut is_used = vec![false; n + 1];
        while row_of[column] != 0 {
            is_used[column] = true;
            let at = row_of[column];
            let (mut least, mut next) = (i64::MAX, 0);
            for other in 1..=n {
                if is_used[other] {
                    continue;
                }
                let cost = -gain[at - 1][other - 1] - row_price[at] - column_price[other];
                if cost < slack[other] {
                    (slack[other], came_from[other]) = (cost, column);
                }
                if slack[other] < least {
                    (least, next) = (slack[other], other);
                }
            }
            for other in 0..=n {
                if is_used[other] {
                    row_price[row_of[other]] += least;
                    column_price[other] -= least;
                } else {
                    slack[other] -= least;
                }
            }
            column = next;
        }
        while column != 0 {
            row_of[column] = row_of[came_from[column]];
            column = came_from[column];
        }
    }
    let mut column_of = vec![0; n];
    for column in 1..=n {
        column_of[row_of[column] - 1] = column - 1;
    }
    column_of
}

impl Proposal {
    /// The stroke that carries it out.
    pub fn stroke(&self, world: &World, plan: PlanId) -> Option<Stroke> {
        let community = world.areas().get(self.area)?.code.clone();
        let code = |key: GridKey| world.plans().grid(plan, key).map(|grid| grid.code.clone());
        let mut parts: Vec<Part> = self
            .keeps
            .iter()
            .map(|keep| Part { cells: Vec::new(), keep: keep.and_then(code), name: "".into() })
            .collect();
        for (cell, part) in self.plot.cells.iter().zip(&self.division.part) {
            parts[*part as usize].cells.push(*cell);
        }
        Some(Stroke::Divide { community, parts })
    }

    /// Whether carrying it out would change nothing.
    pub fn is_as_held(&self) -> bool {
        self.moved == 0
            && self
                .plot
                .held
                .iter()
                .zip(&self.division.part)
                .all(|(held, part)| held.is_some() && *held == self.keeps[*part as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::best_matching;
    use crate::sample::dice::Dice;

    #[test]
    fn the_best_matching_is_the_best_of_all() {
        let mut dice = Dice::new(3);
        for _ in 0..200 {
            let n = dice.between(1, 5) as usize;
            let gain: Vec<Vec<i64>> =
                (0..n).map(|_| (0..n).map(|_| i64::from(dice.between(0, 20))).collect()).collect();
            let of = |columns: &[usize]| -> i64 {
                columns.iter().enumerate().map(|(row, column)| gain[row][*column]).sum()
            };
            let found = best_matching(&gain);
            let mut sorted = found.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..n).collect::<Vec<_>>());
            let mut best = i64::MIN;
            permuted(&mut (0..n).collect::<Vec<_>>(), 0, &mut |columns| {
                best = best.max(of(columns))
            });
            assert_eq!(of(&found), best);
        }
    }

    fn permuted(columns: &mut Vec<usize>, from: usize, look: &mut impl FnMut(&[usize])) {
        if from == columns.len() {
            return look(columns);
        }
        for other in from..columns.len() {
            columns.swap(from, other);
            permuted(columns, from + 1, look);
            columns.swap(from, other);
        }
    }
}
