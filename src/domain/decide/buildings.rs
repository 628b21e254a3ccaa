//! Buildings: matched by code, then by community, estate and number.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Draft;
use crate::domain::change::{Fact, Turned};
use crate::domain::ids::{AreaId, BuildingId, Code};
use crate::domain::issue::{Issue, Severity};
use crate::domain::register::area::Level;
use crate::domain::register::building::Building;
use crate::domain::register::rows::BuildingRow;
use crate::domain::world::World;

pub(super) fn decide_buildings(draft: &mut Draft<'_>, rows: Vec<BuildingRow>) {
    let names = CommunityNames::new(draft.world);
    let in_file: HashSet<Code> = rows.iter().map(|row| row.code.clone()).collect();
    let by_number = held_by_number(draft.world, &in_file);
    let mut taken: HashSet<BuildingId> = HashSet::new();
    let mut communities: HashSet<Option<AreaId>> = HashSet::new();
    for row in rows {
        let stated = stated_community(draft, &names, &row);
        let held_id = draft.world.town().id_of(row.code.as_str()).or_else(|| {
            by_number
                .get(&(stated.clone(), row.estate.clone(), row.name.clone()))
                .copied()
                .flatten()
        });
        // A row that matches a building already taken by another row is a building of its own.
        let held_id = held_id.filter(|id| taken.insert(*id));
        let held = held_id.and_then(|id| draft.world.town().find(id));
        let before = held.map(|(community, housing, home_row)| {
            communities.insert(community);
            housing.homes.building(home_row)
        });
        let id = held_id.unwrap_or_else(|| {
            BuildingId::new(draft.counters.building).expect("counters begin at 1")
        });
        let after = building(row, id, stated);
        if draft.compare(before.as_ref(), &after) {
            if before.is_none() {
                draft.counters.building += 1;
            }
            draft
                .fact(Fact::Building(id, Turned::new(before.map(Arc::new), Some(Arc::new(after)))));
        }
    }
    draft.summary.gone = communities
        .iter()
        .filter_map(|community| draft.world.town().housing(*community))
        .map(|housing| {
            (0..housing.homes.len()).filter(|row| !taken.contains(&housing.homes.id(*row))).count()
        })
        .sum::<usize>() as u64;
}

fn building(row: BuildingRow, id: BuildingId, stated_community: Option<Code>) -> Building {
    let BuildingRow {
        row: _,
        code,
        name,
        estate,
        address,
        community: _,
        grid,
        usage,
        floors,
        entrances,
        dwellings,
        pin,
        footprint,
        verified,
    } = row;
    Building {
        id,
        code,
        name,
        estate,
        address,
        stated_community,
        listed_grid: grid,
        usage,
        floors,
        entrances,
        dwellings,
        pin,
        footprint,
        verified,
    }
}

/// The community the row names, as a code. A grid in force says it too where the row does not.
fn stated_community(
    draft: &mut Draft<'_>,
    names: &CommunityNames,
    row: &BuildingRow,
) -> Option<Code> {
    let Some(text) = &row.community else {
        let grid = row.grid.as_ref()?;
        let plans = draft.world.plans();
        let community = plans.current().iter().find_map(|(area, plan)| {
            let key = plans.key_of(*plan, grid.as_str())?;
            (plans.grid(*plan, key)?.community == *area).then_some(*area)
        })?;
        return draft.world.areas().get(community).map(|record| record.code.clone());
    };
    let found = names.find(text);
    if found.is_none() {
        let issue =
            Issue::new("row.unknown-community", Severity::Warning).row(row.row).subject(&row.code);
        draft.issue(issue);
    }
    found
}

type Number = (Option<Code>, Box<str>, Box<str>);

/// Held buildings by community, estate and number; `None` where that names several. Buildings the file
/// names by code are left out: they are matched already.
fn held_by_number(world: &World, in_file: &HashSet<Code>) -> HashMap<Number, Option<BuildingId>> {
    let mut found: HashMap<Number, Option<BuildingId>> = HashMap::new();
    for (community, housing) in world.town().all() {
        let code = community.and_then(|id| world.areas().get(id)).map(|record| record.code.clone());
        let homes = &housing.homes;
        for row in 0..homes.len() {
            let is_named = !homes.estate(row).is_empty() && !homes.name(row).is_empty();
            if is_named && !in_file.contains(homes.code(row)) {
                let number = (code.clone(), homes.estate(row).into(), homes.name(row).into());
                found.entry(number).and_modify(|one| *one = None).or_insert(Some(homes.id(row)));
            }
        }
    }
    found
}

/// Communities by code and by name; a name two communities share finds neither.
pub(super) struct CommunityNames {
    by_text: HashMap<Box<str>, Option<Code>>,
}

impl CommunityNames {
    pub(super) fn new(world: &World) -> Self {
        let mut by_text: HashMap<Box<str>, Option<Code>> = HashMap::new();
        for record in world.areas().records().values() {
            // The name of one that is no more may have gone on to another.
            if record.level == Level::Community && !record.is_abolished() {
                let found = by_text.entry(record.name.clone());
                found.and_modify(|one| *one = None).or_insert(Some(record.code.clone()));
            }
        }
        for record in world.areas().records().values() {
            if record.level != Level::Community {
                continue;
            }
            // A sheet of old speaks of what the community became.
            let now = world.areas().going_on(record.id).and_then(|id| world.areas().get(id));
            let code = now.map_or(&record.code, |now| &now.code).clone();
            if record.is_abolished() {
                by_text.entry(record.name.clone()).or_insert(Some(code.clone()));
            }
            by_text.insert(record.code.as_str().into(), Some(code));
        }
        Self { by_text }
    }

    pub(super) fn find(&self, text: &str) -> Option<Code> {
        self.by_text.get(text.trim()).cloned().flatten()
    }
}
