//! Counts as they may be seen. The only place where a table of raw tallies is turned into one of shown ones.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::ids::{AreaId, GridKey, PlanId};
use crate::domain::suppress::{self, RolledUp, ShownTally, community_table, without_members};
use crate::domain::tally;
use crate::domain::world::{PlanChoice, World};

/// `{"shown": n}`, `{"below": 10}` or `{"hidden": true}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Shown {
    Shown(i64),
    Below(i64),
    Hidden(bool),
}

impl From<suppress::Shown> for Shown {
    fn from(shown: suppress::Shown) -> Self {
        match shown {
            suppress::Shown::Number(n) => Self::Shown(n),
            suppress::Shown::Below(k) => Self::Below(k),
            suppress::Shown::Hidden => Self::Hidden(true),
        }
    }
}

/// Counts of a piece of ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tally {
    /// Null where it may not be shown, here and below.
    pub buildings: Option<i64>,
    pub dwellings: Option<i64>,
    pub households: Option<i64>,
    pub persons: Option<i64>,
    pub members: Shown,
}

impl From<ShownTally> for Tally {
    fn from(shown: ShownTally) -> Self {
        let ShownTally { buildings, dwellings, households, persons, members } = shown;
        let number = |shown| match shown {
            suppress::Shown::Number(n) => Some(n),
            suppress::Shown::Below(_) | suppress::Shown::Hidden => None,
        };
        Self {
            buildings: number(buildings),
            dwellings: number(dwellings),
            households: number(households),
            persons: number(persons),
            members: members.into(),
        }
    }
}

/// One grid, or what has no grid (`grid` null) in a community, or in none (`community` null as well).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TallyRow {
    pub grid: Option<String>,
    pub id: Option<u32>,
    pub community: Option<String>,
    pub name: String,
    #[serde(flatten)]
    pub tally: Tally,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TallyList {
    pub revision: u64,
    pub rows: Vec<TallyRow>,
}

/// The rows of one community as they may be seen, together: no cell is shown alone.
pub struct TallyTable {
    /// Grids by key, with the plan they are of.
    pub grids: Vec<(PlanId, GridKey, Tally)>,
    pub unplaced: Tally,
    /// The community's total, for rolling up.
    pub total: RolledUp,
}

impl TallyTable {
    /// Cost: O(grids), and O(buildings) where the plan does not divide the community.
    pub fn new(world: &World, plan: PlanChoice, community: Option<AreaId>) -> Self {
        let shard = community.and_then(|community| world.shard(plan, community));
        let (keys, mut raw): (Vec<(PlanId, GridKey)>, Vec<tally::Tally>) = match shard {
            Some(shard) => {
                shard.tallies.iter().map(|(key, tally)| ((shard.plan, *key), *tally)).unzip()
            }
            None => Default::default(),
        };
        raw.push(match (shard, world.town().housing(community)) {
            (Some(shard), _) => shard.unplaced,
            (None, Some(housing)) => {
                (0..housing.homes.len()).map(|row| tally::Tally::of_home(&housing.homes, row)).sum()
            }
            (None, None) => tally::Tally::default(),
        });
        let shown: Vec<ShownTally> = if is_in_force(world, plan, community) {
            community_table(&raw).0
        } else {
            raw.iter().map(without_members).collect()
        };
        let mut shown: Vec<Tally> = shown.into_iter().map(Tally::from).collect();
        let unplaced = shown.pop().expect("the row of what has no grid was pushed");
        let grids = keys.into_iter().zip(shown).map(|((plan, key), tally)| (plan, key, tally));
        Self { grids: grids.collect(), unplaced, total: RolledUp::community(&raw) }
    }

    pub fn by_grid(&self) -> HashMap<GridKey, Tally> {
        self.grids.iter().map(|(_, key, tally)| (*key, *tally)).collect()
    }

    /// The table as rows with names, what has no grid last.
    pub fn rows(&self, world: &World, community: Option<AreaId>) -> Vec<TallyRow> {
        let record = community.and_then(|community| world.areas().get(community));
        let community = record.map(|record| record.code.to_string());
        let grid_row = |(plan, key, tally): &(PlanId, GridKey, Tally)| {
            let grid = world.plans().grid(*plan, *key);
            TallyRow {
                grid: grid.map(|grid| grid.code.to_string()),
                id: Some(key.get()),
                community: community.clone(),
                name: grid.map_or_else(String::new, |grid| grid.name.to_string()),
                tally: *tally,
            }
        };
        let mut rows: Vec<TallyRow> = self.grids.iter().map(grid_row).collect();
        let name = record.map_or_else(String::new, |record| record.name.to_string());
        rows.push(TallyRow {
            grid: None,
            id: None,
            community: community.clone(),
            name,
            tally: self.unplaced,
        });
        rows
    }
}

/// Whether `plan` is what counts in `community`: member statistics exist for that alone (P6). Of another
/// day there are none: two divisions of the same people would tell what lies between them.
fn is_in_force(world: &World, plan: PlanChoice, community: Option<AreaId>) -> bool {
    match (plan, community) {
        _ if world.is_as_of() => false,
        (PlanChoice::Current, _) | (_, None) => true,
        (PlanChoice::Plan(plan), Some(community)) => {
            world.plans().current_of(community) == Some(plan)
        }
    }
}
