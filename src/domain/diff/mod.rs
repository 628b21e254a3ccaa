//! Two plans side by side: what moves from which grid to which, and what becomes of each grid.
//!
//! Both are taken over the communities that both divide, with the buildings and counts of today. Grids are
//! the same when their keys are, whatever their codes. Buildings, households and persons are counted,
//! members never: two plans that differ by one building would tell who lives there.
//!
//! Files: `ground` (the ground that changes hands, as pieces of an exact overlay).
//!
//! **Why** from placements and shapes alone: they are at hand in every shard, so a whole city is compared
//! in the time it takes to read them once, and shards both plans share are not read at all.

mod ground;

use std::collections::BTreeMap;
use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::sync::Arc;

pub use ground::{Piece, pieces};

use self::ground::Both;
use super::change::Turned;
use super::ids::{AreaId, GridKey};
use super::measure::{Area, Count, Length};
use super::plan::Grid;
use super::register::homes::Homes;
use super::tally::Tally;
use super::world::parallel::in_parallel;
use super::world::{PlanChoice, Shard, World};

/// What is counted of what moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Headcount {
    pub buildings: Count,
    pub households: Count,
    pub persons: Count,
}

impl Headcount {
    /// Of one building.
    pub fn of_home(homes: &Homes, row: usize) -> Self {
        let counts = homes.counts(row);
        Self {
            buildings: Count(1),
            households: Count(i64::from(counts.households)),
            persons: Count(i64::from(counts.persons)),
        }
    }
}

impl From<Tally> for Headcount {
    fn from(tally: Tally) -> Self {
        let Tally { buildings, dwellings: _, households, persons, members: _ } = tally;
        Self { buildings, households, persons }
    }
}

impl Add for Headcount {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            buildings: self.buildings + other.buildings,
            households: self.households + other.households,
            persons: self.persons + other.persons,
        }
    }
}

impl AddAssign for Headcount {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Headcount {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

/// Size and shape of one grid in one plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    pub count: Headcount,
    pub border: Length,
    /// Households above the mean of the community's grids, in per cent of it; `None` where nobody lives.
    pub deviation: Option<f64>,
    pub compactness: Option<f64>,
    /// `None` too where the plan's borders are not known to run along anything: as imported.
    pub barrier_share: Option<f64>,
}

/// One grid before and after; a side it is not in is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct GridTurn {
    pub key: GridKey,
    pub community: AreaId,
    pub grid: Turned<Arc<Grid>>,
    pub figures: Turned<Figures>,
    pub came: Headcount,
    pub left: Headcount,
}

impl GridTurn {
    pub fn is_new(&self) -> bool {
        self.grid.before.is_none()
    }

    pub fn is_gone(&self) -> bool {
        self.grid.after.is_none()
    }

    /// The grid as it will be, or as it was when it is no more.
    pub fn either(&self) -> &Arc<Grid> {
        let side = self.grid.after.as_ref().or(self.grid.before.as_ref());
        side.expect("a grid is in one of the plans")
    }

    /// Whether somebody else is in charge of a grid that stays.
    pub fn has_new_manager(&self) -> bool {
        let (Some(before), Some(after)) = (&self.grid.before, &self.grid.after) else {
            return false;
        };
        before.manager != after.manager
    }
}

/// One building that gets another grid, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    pub community: AreaId,
    /// Its row in the community's housing.
    pub row: u32,
    pub from: Option<GridKey>,
    pub to: Option<GridKey>,
}

/// What goes from one grid of a community to another: counts and ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    pub community: AreaId,
    pub from: Option<GridKey>,
    pub to: Option<GridKey>,
    pub count: Headcount,
    pub area: Area,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub moved: Headcount,
    /// Households of all communities compared, moved or not.
    pub households_all: Count,
    pub n_new: u32,
    pub n_gone: u32,
    /// Grids in both plans that are not as they were.
    pub n_changed: u32,
    /// Grids in both plans with another manager.
    pub n_managers: u32,
    pub area: Area,
}

/// One building that moves, in words of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovedRow<'a> {
    pub building: &'a str,
    pub name: &'a str,
    pub community: &'a str,
    pub from: Option<&'a str>,
    pub to: Option<&'a str>,
    pub count: Headcount,
}

/// What is different between two plans.
#[derive(Clone, Debug, PartialEq)]
pub struct Diff {
    pub from: PlanChoice,
    pub to: PlanChoice,
    /// Communities both plans divide, by code.
    pub communities: Vec<AreaId>,
    /// Grids that are not as they were, by community and code.
    pub grids: Vec<GridTurn>,
    /// By code of the building.
    pub moved: Vec<Moved>,
    /// By community and grids; some move ground alone, some (by lists and overrides) counts alone.
    pub flows: Vec<Flow>,
    pub totals: Totals,
}

/// What becomes different when `to` follows `from`, over all communities that both divide, or those of an area.
///
/// Cost: a look at every building and cell of communities whose shards differ; an overlay where their
/// fabrics do.
pub fn compare(world: &World, from: PlanChoice, to: PlanChoice, area: Option<AreaId>) -> Diff {
    let pairs = shared(world, from, to, area);
    let parts = in_parallel(&pairs, |(one, two)| part(world, one, two));
    let mut diff = Diff {
        from,
        to,
        communities: pairs.iter().map(|(one, _)| one.community).collect(),
        grids: Vec::new(),
        moved: Vec::new(),
        flows: Vec::new(),
        totals: Totals::default(),
    };
    for (mut part, (one, _)) in parts.into_iter().zip(&pairs) {
        diff.totals.households_all += one.total().households;
        diff.grids.append(&mut part.grids);
        diff.moved.append(&mut part.moved);
        diff.flows.append(&mut part.flows);
    }
    // Each community's are in order, and mostly the communities are too.
    diff.moved = by_code(world, diff.moved);
    let totals = &mut diff.totals;
    totals.moved = diff.flows.iter().map(|flow| flow.count).sum();
    totals.area = diff.flows.iter().map(|flow| flow.area).sum();
    for grid in &diff.grids {
        totals.n_new += u32::from(grid.is_new());
        totals.n_gone += u32::from(grid.is_gone());
        totals.n_changed += u32::from(!grid.is_new() && !grid.is_gone());
        totals.n_managers += u32::from(grid.has_new_manager());
    }
    diff
}

impl Diff {
    /// The buildings that move, with their codes and those of their grids on either side.
    pub fn rows<'a>(&'a self, world: &'a World) -> impl Iterator<Item = MovedRow<'a>> {
        self.moved.iter().map(|moved| {
            let Moved { community, row, from, to } = *moved;
            let housing = world.town().housing(Some(community)).expect("what moves is housed");
            let row = row as usize;
            MovedRow {
                building: housing.homes.code(row),
                name: housing.homes.name(row),
                community: world.areas().get(community).map_or("", |area| area.code.as_str()),
                from: grid_code(world, self.from, community, from),
                to: grid_code(world, self.to, community, to),
                count: Headcount::of_home(&housing.homes, row),
            }
        })
    }
}

/// Code of a grid in the plan a choice stands for in a community.
pub fn grid_code(
    world: &World,
    plan: PlanChoice,
    community: AreaId,
    key: Option<GridKey>,
) -> Option<&str> {
    let shard = world.shard(plan, community)?;
    Some(world.plans().grid(shard.plan, key?)?.code.as_str())
}

/// Shards of the communities that both choices divide, by code of the community.
fn shared(
    world: &World,
    from: PlanChoice,
    to: PlanChoice,
    area: Option<AreaId>,
) -> Vec<(Arc<Shard>, Arc<Shard>)> {
    let mut communities: Vec<AreaId> = match area {
        Some(area) => world.areas().communities(Some(area)),
        None => world.shards(to).iter().map(|shard| shard.community).collect(),
    };
    communities.sort_by_key(|area| world.areas().get(*area).map(|record| &record.code));
    let shard = |plan, area| world.shard(plan, area).cloned();
    communities.into_iter().filter_map(|area| shard(from, area).zip(shard(to, area))).collect()
}

/// What is different in one community.
#[derive(Default)]
struct Part {
    grids: Vec<GridTurn>,
    moved: Vec<Moved>,
    flows: Vec<Flow>,
}

type Pair = (Option<GridKey>, Option<GridKey>);

fn part(world: &World, one: &Arc<Shard>, two: &Arc<Shard>) -> Part {
    if Arc::ptr_eq(one, two) {
        return Part::default();
    }
    let community = one.community;
    let mut part = Part::default();
    let mut flows: BTreeMap<Pair, (Headcount, Area)> = BTreeMap::new();
    if let Some(housing) = world.town().housing(Some(community)) {
        let homes = &housing.homes;
        for (row, (was, is)) in one.placements.iter().zip(&two.placements).enumerate() {
            if was.grid != is.grid {
                let pair = (was.grid, is.grid);
                flows.entry(pair).or_default().0 += Headcount::of_home(homes, row);
                let row = u32::try_from(row).expect("rows are counted in u32");
                part.moved.push(Moved { community, row, from: pair.0, to: pair.1 });
            }
        }
        part.moved.sort_unstable_by_key(|moved| homes.code(moved.row as usize));
    }
    for (pair, area) in Both::new(one, two).areas() {
        flows.entry(pair).or_default().1 += area;
    }
    part.grids = turns(world, one, two, &flows);
    let flow = |((from, to), (count, area))| Flow { community, from, to, count, area };
    part.flows = flows.into_iter().map(flow).collect();
    part
}

/// Grids of either shard that are not as they were, by code.
fn turns(
    world: &World,
    one: &Shard,
    two: &Shard,
    flows: &BTreeMap<Pair, (Headcount, Area)>,
) -> Vec<GridTurn> {
    let mut came: BTreeMap<GridKey, Headcount> = BTreeMap::new();
    let mut left: BTreeMap<GridKey, Headcount> = BTreeMap::new();
    for ((from, to), (count, _)) in flows {
        from.iter().for_each(|key| *left.entry(*key).or_default() += *count);
        to.iter().for_each(|key| *came.entry(*key).or_default() += *count);
    }
    let means = [mean(one), mean(two)];
    let side = |shard: &Shard, mean: Option<f64>, key: GridKey| {
        let grid = world.plans().grid(shard.plan, key)?;
        let tally = shard.tallies.get(&key)?;
        Some((Arc::clone(grid), figures(shard, mean, key, *tally)))
    };
    let mut keys: Vec<GridKey> = one.tallies.keys().chain(two.tallies.keys()).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    let mut turns: Vec<GridTurn> = keys
        .into_iter()
        .filter_map(|key| {
            let was = side(one, means[0], key).unzip();
            let is = side(two, means[1], key).unzip();
            let turn = GridTurn {
                key,
                community: one.community,
                grid: Turned::new(was.0, is.0),
                figures: Turned::new(was.1, is.1),
                came: came.get(&key).copied().unwrap_or_default(),
                left: left.get(&key).copied().unwrap_or_default(),
            };
            let is_moved = came.contains_key(&key) || left.contains_key(&key);
            (is_moved || is_told_otherwise(&turn.grid)).then_some(turn)
        })
        .collect();
    turns.sort_by(|one, two| one.either().code.cmp(&two.either().code));
    turns
}

fn mean(shard: &Shard) -> Option<f64> {
    let households: i64 = shard.tallies.values().map(|tally| tally.households.get()).sum();
    (households > 0).then(|| households as f64 / shard.tallies.len() as f64)
}

fn figures(shard: &Shard, mean: Option<f64>, key: GridKey, tally: Tally) -> Figures {
    let shape = shard.ground.shapes.get(&key);
    let count = Headcount::from(tally);
    Figures {
        count,
        border: shape.map_or(Length::ZERO, |shape| shape.perimeter),
        deviation: mean.map(|mean| (count.households.get() as f64 / mean - 1.0) * 100.0),
        compactness: shape.and_then(|shape| shape.compactness()),
        barrier_share: shape
            .filter(|_| shard.ground.terrain.has_barriers)
            .and_then(|shape| shape.barrier_share()),
    }
}

/// Whether the grid came, went, or is written otherwise; which plan it stands in and its lock are no matter.
fn is_told_otherwise(turned: &Turned<Arc<Grid>>) -> bool {
    let (Some(before), Some(after)) = (&turned.before, &turned.after) else { return true };
    let told = |grid: &Grid| {
        let Grid { code, name, kind, head, manager, work_phone, .. } = grid;
        (code.clone(), name.clone(), *kind, head.clone(), manager.clone(), work_phone.clone())
    };
    told(before) != told(after)
}

/// Sorted by code of the building; each code is read once.
fn by_code(world: &World, moved: Vec<Moved>) -> Vec<Moved> {
    let code = |moved: &Moved| {
        let housing = world.town().housing(Some(moved.community)).expect("what moves is housed");
        housing.homes.code(moved.row as usize)
    };
    let mut coded: Vec<(&str, Moved)> = moved.into_iter().map(|one| (code(&one), one)).collect();
    coded.sort_by(|one, two| one.0.cmp(two.0));
    coded.into_iter().map(|(_, moved)| moved).collect()
}
