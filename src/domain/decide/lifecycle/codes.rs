//! Who a grid is once its plan counts: codes and keys kept for grids that mostly stay, new ones numbered.
//!
//! A grid stays when most of a grid of the plan before is in it: by households, by ground where nobody
//! lives. Of several that are, the planner's own choice counts, else the one that brings most. New ones
//! are numbered after every number ever used in the community, west to east, from north to south where
//! two stand on one meridian. A number given by hand in the draft is kept, unless it came to name another
//! grid meanwhile. No code ever names two grids.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fabric::outline::Rings;
use crate::domain::fabric::pole::pole;
use crate::domain::ids::{AreaId, Code, Counters, GridKey, PlanId};
use crate::domain::plan::Grid;
use crate::domain::world::{Housing, PlanChoice, Shard, World};

/// How codes of grids are made: a text with `{community}` and `{n:3}` for a number of at least 3 digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    before: Box<str>,
    after: Box<str>,
    digits: usize,
}

impl Default for Pattern {
    fn default() -> Self {
        Self { before: "{community}".into(), after: "".into(), digits: 3 }
    }
}

impl Pattern {
    /// Reads a pattern; `None` without a number, or with one of more than nine digits.
    pub fn new(text: &str) -> Option<Self> {
        let (before, rest) = text.split_once("{n")?;
        let (width, after) = rest.split_once('}')?;
        let digits = match width.strip_prefix(':') {
            Some(width) => width.parse().ok().filter(|digits| (1..=9).contains(digits))?,
            None if width.is_empty() => 1,
            None => return None,
        };
        let fits = !after.contains("{n") && !text.chars().any(char::is_control);
        fits.then(|| Self { before: before.into(), after: after.into(), digits })
    }

    /// That of the setting `code.grid`, else the community's code and three digits.
    pub fn of(world: &World) -> Self {
        world.setting("code.grid").and_then(Self::new).unwrap_or_default()
    }

    /// The code with this number.
    pub fn code(&self, community: &str, number: u64) -> Option<Code> {
        let part = |text: &str| text.replace("{community}", community);
        let digits = self.digits;
        Code::new(&format!("{}{number:0digits$}{}", part(&self.before), part(&self.after)))
    }

    /// The number in a code of this pattern.
    pub fn number(&self, community: &str, code: &Code) -> Option<u64> {
        let part = |text: &str| text.replace("{community}", community);
        let rest = code.as_str().strip_prefix(&*part(&self.before))?;
        let digits = rest.strip_suffix(&*part(&self.after))?;
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse().ok()).flatten()
    }
}

/// Who used which code, in all history; and the next free ids.
pub(in crate::domain::decide) struct Registry {
    pattern: Pattern,
    owners: BTreeMap<Code, GridKey>,
    /// Codes given by hand in the plan at hand: nobody else's number.
    wished: BTreeSet<Code>,
    pub counters: Counters,
}

impl Registry {
    pub fn new(world: &World) -> Self {
        let published = world.plans().all().filter(|plan| plan.is_published());
        let at_hand = published.flat_map(|plan| world.plans().grids(plan.id));
        let owners = at_hand.map(|grid| (grid.code.clone(), grid.key));
        let told = world.brief().owners.iter().map(|(code, key)| (code.clone(), *key));
        Self {
            pattern: Pattern::of(world),
            owners: owners.chain(told).collect(),
            wished: BTreeSet::new(),
            counters: world.counters(),
        }
    }

    /// As [`Registry::new`], with the numbers that were given by hand in `plan` kept for it.
    pub fn for_plan(world: &World, plan: PlanId) -> Self {
        let by_hand = world.plans().grids(plan).filter(|grid| grid.is_numbered);
        let wished = by_hand.map(|grid| grid.code.clone()).collect();
        Self { wished, ..Self::new(world) }
    }

    /// The grid that has, or had, a code.
    pub fn owner(&self, code: &Code) -> Option<GridKey> {
        self.owners.get(code).copied()
    }

    /// The number in a code of the community's.
    pub fn number(&self, community: &str, code: &Code) -> Option<u64> {
        self.pattern.number(community, code)
    }

    /// Gives a code to a grid, unless it is another's already.
    pub fn reserve(&mut self, code: &Code, key: GridKey) {
        self.owners.entry(code.clone()).or_insert(key);
    }

    /// The code `grid` was given by hand, if it may still have it under `key`.
    fn wish_of(&self, grid: &Grid, key: GridKey) -> Option<Code> {
        let is_free = self.owner(&grid.code).is_none_or(|owner| owner == key);
        (grid.is_numbered && is_free).then(|| grid.code.clone())
    }

    fn was_published(&self, key: GridKey) -> bool {
        self.owners.values().any(|owner| *owner == key)
    }

    pub fn new_key(&mut self) -> GridKey {
        let key = GridKey::new(self.counters.grid).expect("counters begin at 1");
        self.counters.grid += 1;
        key
    }

    /// The code with the number after every one ever used in the community.
    pub fn next_code(&self, community: &str) -> Option<Code> {
        let used = self.owners.keys().chain(&self.wished);
        let numbers = used.filter_map(|code| self.pattern.number(community, code));
        self.pattern.code(community, numbers.max().unwrap_or(0) + 1)
    }
}

/// A grid of the draft, as it will be.
pub(super) struct Named {
    pub before: GridKey,
    pub after: Grid,
}

/// Names the grids of one community of `plan`, which follows `followed` there.
/// Cost: a place to be found for each cell, one look at each building.
pub(super) fn name_grids(
    world: &World,
    plan: PlanId,
    area: AreaId,
    followed: Option<PlanId>,
    registry: &mut Registry,
) -> Vec<Named> {
    let shard = world.shard(PlanChoice::Plan(plan), area);
    let old = followed.and_then(|plan| world.shard(PlanChoice::Plan(plan), area));
    let common = match (shard, old) {
        (Some(shard), Some(old)) => {
            let mut common = Common::new(shard, old);
            if let Some(housing) = world.town().housing(Some(area)) {
                common.add_homes(housing, shard, old);
            }
            common
        }
        _ => Common::default(),
    };
    let grids: Vec<&Grid> = world
        .plans()
        .grids(plan)
        .filter(|grid| grid.community == area)
        .map(|grid| &**grid)
        .collect();
    let held = |key: &GridKey| followed.and_then(|plan| world.plans().grid(plan, *key));
    let majorities = common.majorities();
    let mut named = Vec::new();
    let mut fresh: Vec<&Grid> = Vec::new();
    for grid in &grids {
        let came: Vec<GridKey> =
            majorities.iter().filter(|(_, to)| **to == grid.key).map(|(from, _)| *from).collect();
        let own = came.iter().copied().find(|key| *key == grid.key);
        let stays = own.or_else(|| common.largest(grid.key, &came));
        let Some(before) = stays.as_ref().and_then(held) else {
            fresh.push(grid);
            continue;
        };
        let mut predecessors: Vec<Code> = came
            .iter()
            .filter(|key| **key != before.key)
            .filter_map(held)
            .map(|grid| grid.code.clone())
            .collect();
        let key = before.key;
        let code = registry.wish_of(grid, key).unwrap_or_else(|| before.code.clone());
        if code != before.code {
            predecessors.push(before.code.clone());
        }
        predecessors.sort_unstable();
        registry.owners.insert(code.clone(), key);
        let after = Grid { key, code, is_numbered: false, predecessors, ..Grid::clone(grid) };
        named.push(Named { before: grid.key, after });
    }
    number(world, shard.map(|shard| &**shard), (area, &mut fresh), registry, |grid, key, code| {
        let came = common.givers(grid.key).into_iter();
        let mut predecessors: Vec<Code> =
            came.filter_map(|key| held(&key)).map(|grid| grid.code.clone()).collect();
        predecessors.sort_unstable();
        let after = Grid { key, code, is_numbered: false, predecessors, ..Grid::clone(grid) };
        named.push(Named { before: grid.key, after });
    });
    named
}

/// Keys and codes of new grids, west to east. A code that was given by hand stays while it is free.
fn number(
    world: &World,
    shard: Option<&Shard>,
    (area, fresh): (AreaId, &mut Vec<&Grid>),
    registry: &mut Registry,
    mut name: impl FnMut(&Grid, GridKey, Code),
) {
    let community = world.areas().get(area).map_or("", |record| record.code.as_str());
    fresh.sort_by_key(|grid| {
        let label = shard.and_then(|shard| Some(shard.ground.shapes.get(&grid.key)?.label));
        label.map(|pin| (pin.x, std::cmp::Reverse(pin.y)))
    });
    for grid in fresh.iter() {
        let key = match registry.was_published(grid.key) {
            true => registry.new_key(),
            false => grid.key,
        };
        let is_own = registry.pattern.number(community, &grid.code).is_none()
            && registry.owners.get(&grid.code).is_none_or(|owner| *owner == key);
        let numbered = || registry.next_code(community).filter(|_| !is_own);
        let code =
            registry.wish_of(grid, key).or_else(numbered).unwrap_or_else(|| grid.code.clone());
        registry.owners.insert(code.clone(), key);
        name(grid, key, code);
    }
}

/// Weight that two grids have in common: households, and square centimetres of ground.
type Weight = (i64, i64);

/// What the grids of a draft have in common with those of the plan it follows.
#[derive(Default)]
struct Common {
    /// By grid before and grid after.
    pairs: BTreeMap<(GridKey, GridKey), Weight>,
    before: BTreeMap<GridKey, Weight>,
    after: BTreeMap<GridKey, Weight>,
}

impl Common {
    fn new(shard: &Shard, old: &Shard) -> Self {
        let mut common = Self::default();
        for (key, tally) in &old.tallies {
            let area = old.ground.shapes.get(key).map_or(0, |shape| shape.area.get());
            common.before.insert(*key, (tally.households.get(), area));
        }
        for (key, tally) in &shard.tallies {
            let area = shard.ground.shapes.get(key).map_or(0, |shape| shape.area.get());
            common.after.insert(*key, (tally.households.get(), area));
        }
        common.add_ground(shard, old);
        common
    }

    /// Ground by a place inside each cell: cells of a draft lie in those it was woven from, mostly.
    fn add_ground(&mut self, shard: &Shard, old: &Shard) {
        let cut = &shard.ground.cut;
        let rings = Rings::new(&cut.fabric, |cell| Some(cell.get()));
        for cell in cut.fabric.cells() {
            let inside = pole(&rings.polygons_of(&cut.fabric, cell.get()));
            let from = inside.and_then(|pin| old.ground.terrain.cell_at(pin));
            let from = from.and_then(|cell| old.ground.cut.grid_of(cell));
            let area = shard.ground.terrain.cell_areas[cell.index()].get();
            self.add(from, cut.grid_of(cell), (0, area));
        }
    }

    /// Households by where each building was and is; both list the community's buildings row by row.
    fn add_homes(&mut self, housing: &Housing, shard: &Shard, old: &Shard) {
        for (row, (from, to)) in old.placements.iter().zip(&shard.placements).enumerate() {
            let households = i64::from(housing.homes.counts(row).households);
            self.add(from.grid, to.grid, (households, 0));
        }
    }

    fn add(&mut self, from: Option<GridKey>, to: Option<GridKey>, weight: Weight) {
        if let (Some(from), Some(to)) = (from, to) {
            let pair = self.pairs.entry((from, to)).or_default();
            *pair = (pair.0 + weight.0, pair.1 + weight.1);
        }
    }

    /// How much of a grid of `whole` a part is: by households where it has any, else by ground.
    fn is_over(part: Weight, whole: Weight, n: i64, d: i64) -> bool {
        let (part, whole) = if whole.0 > 0 { (part.0, whole.0) } else { (part.1, whole.1) };
        i128::from(part) * i128::from(d) > i128::from(whole) * i128::from(n)
    }

    /// For each grid before the one after that holds most of it, where there is one.
    fn majorities(&self) -> BTreeMap<GridKey, GridKey> {
        let most = self.pairs.iter().filter(|((from, _), weight)| {
            Self::is_over(**weight, self.before.get(from).copied().unwrap_or_default(), 1, 2)
        });
        most.map(|((from, to), _)| (*from, *to)).collect()
    }

    /// Of some grids before the one that brings most to `to`.
    fn largest(&self, to: GridKey, came: &[GridKey]) -> Option<GridKey> {
        let weight = |from: &GridKey| self.pairs.get(&(*from, to)).copied().unwrap_or_default();
        came.iter().copied().max_by_key(|from| (weight(from), std::cmp::Reverse(*from)))
    }

    /// Grids before that gave a tenth of `to` or more; at least the largest giver.
    fn givers(&self, to: GridKey) -> BTreeSet<GridKey> {
        let whole = self.after.get(&to).copied().unwrap_or_default();
        let gave: Vec<(GridKey, Weight)> = self
            .pairs
            .iter()
            .filter(|((_, other), _)| *other == to)
            .map(|((from, _), weight)| (*from, *weight))
            .collect();
        let mut givers: BTreeSet<GridKey> = gave
            .iter()
            .filter(|(_, weight)| Self::is_over(*weight, whole, 1, 10))
            .map(|(from, _)| *from)
            .collect();
        let all: Vec<GridKey> = gave.iter().map(|(from, _)| *from).collect();
        givers.extend(self.largest(to, &all));
        givers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_make_codes_and_read_them() {
        let check = |pattern: &str, number, expected: &str| {
            let pattern = Pattern::new(pattern).unwrap();
            let code = pattern.code("990101", number).unwrap();
            assert_eq!(code.as_str(), expected);
            assert_eq!(pattern.number("990101", &code), Some(number));
            assert_eq!(pattern.number("990102", &Code::new("990101").unwrap()), None);
        };
        check("{community}{n:3}", 7, "990101007");
        check("{community}{n:3}", 1234, "9901011234");
        check("G-{n}-{community}", 7, "G-7-990101");
        for wrong in ["{community}", "{n:0}", "{n:10}", "{n", "{nx}", "{n}{n}"] {
            assert_eq!(Pattern::new(wrong), None, "{wrong}");
        }
    }
}
