//! One community of a plan as a case to repair, and a way out as strokes a planner could have drawn.
//!
//! Units are all cells of the community. Buildings placed by where they stand weigh on their cells; those
//! placed by a list or an override belong to their grid wherever its border runs. Gaps stay gaps.
//!
//! **Why** strokes of the smallest kind, paint, create and merge: the plan's history then says what was
//! done, and undo and the desk's rules need nothing new.

use std::collections::BTreeMap;

use super::{Case, Remedy, Repairs, repair};
use crate::divide::community::Weigh;
use crate::divide::ground::{Border, Ground};
use crate::divide::watch::Stop;
use crate::domain::fabric::Fabric;
use crate::domain::ids::{AreaId, CellId, Code, GridKey, PlanId};
use crate::domain::measure::Length;
use crate::domain::placement::Reason;
use crate::domain::plan::PlanChoice;
use crate::domain::plan::edit::{Part, Pick, Stroke};
use crate::domain::register::rows::GridKind;
use crate::domain::tally::Tally;
use crate::domain::world::{Shard, World};

/// What grids shall weigh.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub weigh: Weigh,
    pub band: (i64, i64),
    pub target: i64,
    /// Buildings of one estate stay together, as far as one grid holds them.
    pub is_estate_bound: bool,
}

/// One community as a case.
#[derive(Debug)]
pub struct Site {
    pub area: AreaId,
    /// Grid of each part, ascending.
    pub keys: Vec<GridKey>,
    ground: Ground,
    held: Vec<Option<u32>>,
    households: Vec<i64>,
    fixed: Vec<i64>,
    may_change: Vec<bool>,
    wish: Wish,
}

impl Site {
    /// `None` where the plan does not divide the community. Cost: O(buildings + seams).
    pub fn new(world: &World, plan: PlanId, area: AreaId, wish: Wish) -> Option<Self> {
        let shard = world.shard(PlanChoice::Plan(plan), area)?;
        let (cut, terrain) = (&shard.ground.cut, &shard.ground.terrain);
        let keys: Vec<GridKey> = shard.tallies.keys().copied().collect();
        let part_of = |key: GridKey| keys.binary_search(&key).ok().map(|part| part as u32);
        let held: Vec<Option<u32>> = cut.colors.iter().map(|key| key.and_then(part_of)).collect();
        let lived = Lived::new(world, shard, wish.weigh, &keys);
        let areas = terrain.cell_areas.clone();
        let weights = lived.tallies.iter().zip(&areas);
        let mut ground = Ground {
            weights: weights
                .map(|(tally, area)| wish.weigh.of(tally, area.square_meters()))
                .collect(),
            rims: vec![Length::ZERO; areas.len()],
            areas,
            borders: Vec::new(),
            bound: if wish.is_estate_bound { lived.estates } else { Vec::new() },
            served: Vec::new(),
        };
        let unit = |cell: CellId| cell.index() as u32;
        for seam in cut.fabric.seams() {
            let length = terrain.seam_lengths[seam.id.index()];
            match (seam.left, seam.right) {
                (Some(a), Some(b)) if a != b => {
                    let units = [unit(a), unit(b)];
                    ground.borders.push(Border { units, length, barrier: seam.barrier });
                }
                (Some(one), None) | (None, Some(one)) => ground.rims[one.index()] += length,
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
        for (one, two) in terrain.joined(&cut.links) {
            let (length, barrier) = (Length::ZERO, Default::default());
            ground.borders.push(Border { units: [unit(one), unit(two)], length, barrier });
        }
        let may_change = |key: &GridKey| {
            let grid = world.plans().grid(plan, *key);
            grid.is_some_and(|grid| !grid.is_locked && grid.kind == GridKind::General)
        };
        let may_change = keys.iter().map(may_change).collect();
        let households = lived.tallies.iter().map(|tally| tally.households.get()).collect();
        Some(Self { area, keys, ground, held, households, fixed: lived.fixed, may_change, wish })
    }

    /// Grids that could be mended and lie outside the band.
    pub fn outside(&self) -> Vec<GridKey> {
        let mut load = self.fixed.clone();
        let mut has_ground = vec![false; self.keys.len()];
        for (unit, part) in self.held.iter().enumerate() {
            if let Some(part) = part {
                load[*part as usize] += self.ground.weights[unit];
                has_ground[*part as usize] = true;
            }
        }
        let (min, max) = self.wish.band;
        let is_off = |part: &usize| {
            self.may_change[*part] && has_ground[*part] && !(min..=max).contains(&load[*part])
        };
        (0..self.keys.len()).filter(is_off).map(|part| self.keys[part]).collect()
    }

    /// At most `n_wanted` ways out for some grids.
    pub fn repairs(&self, grids: &[GridKey], n_wanted: usize, stop: &Stop<'_>) -> Repairs {
        let picked = grids.iter().filter_map(|key| self.keys.binary_search(key).ok());
        let picked: Vec<u32> = picked.map(|part| part as u32).collect();
        let case = Case {
            ground: &self.ground,
            held: &self.held,
            households: &self.households,
            fixed: &self.fixed,
            may_change: &self.may_change,
            band: self.wish.band,
            target: self.wish.target,
            picked: &picked,
        };
        repair(&case, n_wanted, stop)
    }

    /// Cells that change hands, by who gives and who gets them; `None` gets a grid of its own.
    pub fn moves(&self, remedy: &Remedy) -> BTreeMap<(GridKey, Taker), Vec<CellId>> {
        let mut moves: BTreeMap<(GridKey, Taker), Vec<CellId>> = BTreeMap::new();
        for (unit, (from, to)) in self.held.iter().zip(&remedy.part).enumerate() {
            let (Some(from), Some(to)) = (from, to) else { continue };
            if from == to {
                continue;
            }
            let taker = match self.keys.get(*to as usize) {
                Some(key) => Taker::Grid(*key),
                None => Taker::New(*to),
            };
            let cell = CellId::new(unit as u32 + 1).expect("one more than a number");
            moves.entry((self.keys[*from as usize], taker)).or_default().push(cell);
        }
        moves
    }

    /// The strokes that carry it out, as one edit.
    pub fn strokes(&self, world: &World, plan: PlanId, remedy: &Remedy) -> Option<Vec<Stroke>> {
        let community = world.areas().get(self.area)?.code.clone();
        let code = |key: GridKey| Some(world.plans().grid(plan, key)?.code.clone());
        let mut taken: BTreeMap<Taker, Vec<CellId>> = BTreeMap::new();
        let mut givers: Vec<GridKey> = Vec::new();
        for ((from, to), cells) in self.moves(remedy) {
            taken.entry(to).or_default().extend(cells);
            givers.push(from);
        }
        let is_left = |key: &GridKey| {
            let part = self.keys.binary_search(key).ok().map(|part| part as u32);
            remedy.part.contains(&part)
        };
        let gone: Vec<GridKey> = givers.iter().copied().filter(|key| !is_left(key)).collect();
        if gone.is_empty() {
            let stroke = |(to, mut cells): (Taker, Vec<CellId>)| {
                cells.sort_unstable();
                let pick = Pick::Cells { community: Some(community.clone()), cells };
                Some(match to {
                    Taker::Grid(key) => Stroke::Paint { pick, to: Some(code(key)?) },
                    Taker::New(_) => created(&community, pick),
                })
            };
            return taken.into_iter().map(stroke).collect();
        }
        if let [(Taker::Grid(keep), _)] = &taken.iter().collect::<Vec<_>>()[..]
            && givers.len() == gone.len()
        {
            let grids = givers.iter().chain([keep]).map(|key| code(*key));
            return Some(vec![Stroke::Merge {
                grids: grids.collect::<Option<_>>()?,
                keep: code(*keep)?,
            }]);
        }
        let part = |(to, mut cells): (Taker, Vec<CellId>)| {
            cells.sort_unstable();
            let keep = match to {
                Taker::Grid(key) => Some(code(key)?),
                Taker::New(_) => None,
            };
            Some(Part { cells, keep, name: "".into() })
        };
        let parts: Option<Vec<Part>> = taken.into_iter().map(part).collect();
        Some(vec![Stroke::Divide { community, parts: parts? }])
    }
}

/// Who gets ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Taker {
    Grid(GridKey),
    /// A grid that does not exist yet, told apart by the number of its part.
    New(u32),
}

fn created(community: &Code, pick: Pick) -> Stroke {
    let community = Some(community.clone());
    Stroke::Create { name: "".into(), kind: GridKind::General, code: None, community, pick }
}

/// What stands on the cells, and what belongs to grids wherever it stands.
struct Lived {
    tallies: Vec<Tally>,
    fixed: Vec<i64>,
    estates: Vec<Vec<u32>>,
}

impl Lived {
    fn new(world: &World, shard: &Shard, weigh: Weigh, keys: &[GridKey]) -> Self {
        let (cut, terrain) = (&shard.ground.cut, &shard.ground.terrain);
        let mut tallies = vec![Tally::default(); cut.fabric.n_cells()];
        let mut fixed = vec![Tally::default(); keys.len()];
        let mut estates: BTreeMap<(&str, GridKey), Vec<u32>> = BTreeMap::new();
        if let Some(housing) = world.town().housing(Some(shard.community)) {
            for (row, placed) in shard.placements.iter().enumerate() {
                let tally = Tally::of_home(&housing.homes, row);
                let is_by_shape = matches!(placed.reason, Reason::Shape | Reason::OnEdge);
                let cell = if is_by_shape && housing.stands_here(row) {
                    terrain.cell_of(housing, row)
                } else {
                    None
                };
                match (cell.filter(|cell| cut.grid_of(*cell) == placed.grid), placed.grid) {
                    (Some(cell), Some(key)) => {
                        tallies[cell.index()] += tally;
                        let estate = housing.homes.estate(row);
                        if !estate.is_empty() {
                            let units = estates.entry((estate, key)).or_default();
                            units.push(cell.index() as u32);
                        }
                    }
                    (None, Some(key)) => {
                        if let Ok(part) = keys.binary_search(&key) {
                            fixed[part] += tally;
                        }
                    }
                    (_, None) => {}
                }
            }
        }
        let estates = estates.into_values().filter_map(|mut units| {
            units.sort_unstable();
            units.dedup();
            (units.len() > 1).then_some(units)
        });
        Self {
            tallies,
            fixed: fixed.iter().map(|tally| weigh.of(tally, 0.0)).collect(),
            estates: joined(estates.collect(), cut.fabric.n_cells()),
        }
    }
}

/// Groups that share a cell are one: a unit is in one group at most.
fn joined(groups: Vec<Vec<u32>>, n_cells: usize) -> Vec<Vec<u32>> {
    let mut group_of: Vec<Option<usize>> = vec![None; n_cells];
    let mut found: Vec<Vec<u32>> = Vec::new();
    for group in groups {
        let mut met: Vec<usize> =
            group.iter().filter_map(|&unit| group_of[unit as usize]).collect();
        met.sort_unstable();
        met.dedup();
        let mut all = group;
        for &at in &met {
            all.append(&mut found[at]);
        }
        all.sort_unstable();
        all.dedup();
        all.iter().for_each(|&unit| group_of[unit as usize] = Some(found.len()));
        found.push(all);
    }
    found.retain(|group| group.len() > 1);
    found
}

/// Outline of some cells of a fabric.
pub fn outline_of(fabric: &Fabric, cells: &[CellId]) -> Vec<crate::domain::place::Polygon> {
    crate::domain::fabric::outline::outline(fabric, |cell| cells.binary_search(&cell).is_ok())
}
