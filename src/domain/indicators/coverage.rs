//! How much of homes, buildings and ground lies in a grid, and how many grids are of a fair size.

use std::iter::Sum;
use std::ops::Add;

use crate::domain::ids::AreaId;
use crate::domain::measure::{Count, Share};
use crate::domain::placement::Reason;
use crate::domain::tally::Tally;
use crate::domain::world::{Housing, PlanChoice, Profile, Shard, Standing, World};

/// Shares of one community, or the sum over several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Households in a grid, of all households (I01).
    pub households: Share,
    /// Buildings in a grid, of all buildings (I02).
    pub buildings: Share,
    /// Square metres under grids, of the community (I03).
    pub ground: Share,
    /// Buildings with a usable position, of all (I05).
    pub located: Share,
    /// Buildings standing outside the community they are registered in, of the located (I06).
    pub suspect: Share,
    /// Grids within the size band, of all grids (I07).
    pub in_band: Share,
    /// Communities that an open station serves, of all (I28). These three have no denominator while no
    /// station is known at all.
    pub served: Share,
    /// Square metres of station times a hundred, over households (I29).
    pub floor: Share,
    /// Households within reach of a station, of the located (I30).
    pub reached: Share,
    /// Grids above the overload mark (I08), below the band, without a building.
    pub overloaded: Count,
    pub small: Count,
    pub empty: Count,
    pub grids: Count,
    pub tally: Tally,
}

impl Add for Coverage {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let Self {
            households,
            buildings,
            ground,
            located,
            suspect,
            in_band,
            served,
            floor,
            reached,
            overloaded,
            small,
            empty,
            grids,
            tally,
        } = self;
        let sum = |a: Share, b: Share| Share { n: a.n + b.n, d: a.d + b.d };
        Self {
            households: sum(households, other.households),
            buildings: sum(buildings, other.buildings),
            ground: sum(ground, other.ground),
            located: sum(located, other.located),
            suspect: sum(suspect, other.suspect),
            in_band: sum(in_band, other.in_band),
            served: sum(served, other.served),
            floor: sum(floor, other.floor),
            reached: sum(reached, other.reached),
            overloaded: overloaded + other.overloaded,
            small: small + other.small,
            empty: empty + other.empty,
            grids: grids + other.grids,
            tally: tally + other.tally,
        }
    }
}

impl Sum for Coverage {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

/// Size of a grid against the band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// No building at all.
    Empty,
    Small,
    InBand,
    Large,
    Overloaded,
}

/// Where `tally` stands against the band of `profile`.
pub fn size_of(tally: &Tally, profile: &Profile) -> Size {
    let households = tally.households.get();
    if tally.buildings == Count::ZERO {
        Size::Empty
    } else if households < profile.min {
        Size::Small
    } else if households <= profile.max {
        Size::InBand
    } else if households * 100 <= profile.max * profile.overload_percent {
        Size::Large
    } else {
        Size::Overloaded
    }
}

/// Coverage of one community under a plan; without a cut nothing is covered. Cost: O(its buildings).
pub fn coverage_of(world: &World, plan: PlanChoice, community: AreaId) -> Coverage {
    let housing = world.town().housing(Some(community)).map(|housing| &**housing);
    let mut coverage = Coverage::default();
    if let Some(shape) = world.areas().shape(community) {
        coverage.ground.d = square_meters(shape.area);
    }
    if let Some(service) = world.service_of(community) {
        coverage.served = Share { n: Count(i64::from(service.stations > 0)), d: Count(1) };
        coverage.floor = service.floor;
        coverage.reached = service.homes.reached;
    }
    if let Some(housing) = housing {
        count_homes(housing, &mut coverage);
    }
    if let Some(shard) = world.shard(plan, community) {
        count_grids(shard, &world.profile_of(community), &mut coverage);
    }
    coverage
}

fn count_homes(housing: &Housing, coverage: &mut Coverage) {
    for row in 0..housing.homes.len() {
        let is_located = housing.standings[row] != Standing::NoPosition;
        let is_suspect =
            matches!(housing.standings[row], Standing::Elsewhere(_) | Standing::Outside);
        coverage.located.n += Count(i64::from(is_located));
        coverage.suspect.n += Count(i64::from(is_suspect));
        coverage.tally += Tally::of_home(&housing.homes, row);
    }
    coverage.located.d = coverage.tally.buildings;
    coverage.suspect.d = coverage.located.n;
    coverage.households.d = coverage.tally.households;
    coverage.buildings.d = coverage.tally.buildings;
}

fn count_grids(shard: &Shard, profile: &Profile, coverage: &mut Coverage) {
    for tally in shard.tallies.values() {
        coverage.households.n += tally.households;
        coverage.buildings.n += tally.buildings;
        coverage.grids += Count(1);
        match size_of(tally, profile) {
            Size::Empty => coverage.empty += Count(1),
            Size::Small => coverage.small += Count(1),
            Size::InBand => coverage.in_band.n += Count(1),
            Size::Large => {}
            Size::Overloaded => coverage.overloaded += Count(1),
        }
    }
    coverage.in_band.d = coverage.grids;
    coverage.ground.n = shard.ground.shapes.values().map(|shape| square_meters(shape.area)).sum();
}

fn square_meters(area: crate::domain::measure::Area) -> Count {
    Count(area.square_meters().round() as i64)
}

/// How many buildings are where they are for each reason, in the order of [`Reason::ALL`].
pub fn reasons(world: &World, plan: PlanChoice) -> [Count; 8] {
    let mut counts = [Count::ZERO; 8];
    for (community, housing) in world.town().all() {
        let shard = community.and_then(|community| world.shard(plan, community));
        for row in 0..housing.homes.len() {
            let reason = match shard {
                Some(shard) => shard.placements[row].reason,
                None => housing.standings[row].reason(),
            };
            let at = Reason::ALL.iter().position(|known| *known == reason);
            counts[at.expect("ALL lists every reason")] += Count(1);
        }
    }
    counts
}
