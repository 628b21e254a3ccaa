//! Households and members: each row finds its building, then only counts remain.
//!
//! A household is found by its building's code, then estate and number, then address, then position
//! (inside a footprint, else the nearest within [`REACH_M`] metres). Household rows go to the roster by
//! number; member rows leave nothing but counts: a member file is the whole truth about every
//! community it places somebody in.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Draft, HeldHome, Roster};
use crate::domain::change::{Fact, RosterRow, Turned, UnhousedCounts};
use crate::domain::ids::{AreaId, BuildingId, Code};
use crate::domain::issue::{Issue, Severity};
use crate::domain::measure::Count;
use crate::domain::personal::Personal;
use crate::domain::place::{Extent, Index, Pin, Polygon, is_inside, step_meters};
use crate::domain::register::people::{HomeCounts, ResidenceClass, Unhoused};
use crate::domain::register::rows::{HouseholdRow, MemberRow};
use crate::domain::world::World;

/// How far a stated position may lie from a building that is meant, in metres.
pub const REACH_M: f64 = 30.0;

pub(super) fn decide_households(draft: &mut Draft<'_>, rows: &[HouseholdRow], roster: &Roster) {
    let finder = Finder::new(draft.world, rows.iter().any(|row| row.pin.is_some()));
    let mut counts = CountChanges::new(draft.world);
    let mut seen: HashSet<&Personal<Code>> = HashSet::with_capacity(rows.len());
    let mut communities: HashSet<Option<AreaId>> = HashSet::new();
    for row in rows {
        if !seen.insert(&row.number) {
            draft.refuse(Issue::new("row.duplicate-code", Severity::Stop).row(row.row));
            continue;
        }
        let found = finder.find(&Reference {
            building: row.building.as_deref(),
            estate: row.estate.as_deref(),
            address: row.address.is_some(),
            pin: row.pin,
        });
        let (building, unhoused) = (found.ok(), found.err());
        if let Some(reason) = unhoused {
            draft.issue(unhoused_issue(reason, row.row, row.pin));
        }
        let held = roster.get(&row.number).copied();
        let after = HeldHome { building, unhoused, persons: row.persons, pin: row.pin };
        if let Some(building) = building {
            communities.extend(draft.world.town().find(building).map(|(community, ..)| community));
        }
        if draft.compare(held.as_ref(), &after) {
            if let Some(held) = held {
                counts.add_home(&held, -1);
            }
            counts.add_home(&after, 1);
            let HeldHome { building, unhoused, persons, pin } = after;
            draft.change.roster.push(RosterRow {
                number: row.number.clone(),
                building,
                unhoused,
                persons,
                pin,
            });
        }
    }
    draft.summary.gone = roster
        .iter()
        .filter(|(number, home)| {
            let community =
                home.building.and_then(|id| draft.world.town().find(id)).map(|(id, ..)| id);
            !seen.contains(number) && community.is_some_and(|id| communities.contains(&id))
        })
        .count() as u64;
    counts.write(draft);
}

pub(super) fn decide_members(draft: &mut Draft<'_>, rows: &[MemberRow], roster: &Roster) {
    let finder = Finder::new(draft.world, rows.iter().any(|row| row.pin.is_some()));
    let mut counts = CountChanges::new(draft.world);
    let mut seen: HashSet<&Personal<Code>> = HashSet::with_capacity(rows.len());
    let mut placed: BTreeMap<BuildingId, [u32; 6]> = BTreeMap::new();
    let mut unhoused: BTreeMap<Unhoused, i64> = BTreeMap::new();
    let mut communities: HashSet<Option<AreaId>> = HashSet::new();
    for row in rows {
        if !seen.insert(&row.reference) {
            draft.refuse(Issue::new("row.duplicate-code", Severity::Stop).row(row.row));
            continue;
        }
        let by_household = row.household.as_ref().and_then(|number| roster.get(number)?.building);
        let found = by_household.ok_or(()).or_else(|()| {
            finder.find(&Reference {
                building: row.building.as_deref(),
                estate: row.estate.as_deref(),
                address: row.address.is_some() || row.household.is_some(),
                pin: row.pin,
            })
        });
        match found {
            Ok(building) => {
                let class = ResidenceClass::ALL.iter().position(|class| *class == row.class);
                placed.entry(building).or_default()[class.expect("ALL lists every class")] += 1;
                communities
                    .extend(draft.world.town().find(building).map(|(community, ..)| community));
            }
            Err(reason) => {
                *unhoused.entry(reason).or_default() += 1;
                draft.issue(unhoused_issue(reason, row.row, row.pin));
            }
        }
    }
    let (n_new, n_gone) = counts.replace_members(draft.world, &communities, &placed, &unhoused);
    let n_placed: u64 = placed.values().flatten().map(|&n| u64::from(n)).sum();
    draft.summary.new = n_new;
    draft.summary.unchanged = n_placed.saturating_sub(n_new);
    draft.summary.gone = n_gone;
    counts.write(draft);
}

fn unhoused_issue(reason: Unhoused, row: u32, pin: Option<Pin>) -> Issue {
    let code = match reason {
        Unhoused::UnknownBuilding => "row.unknown-building",
        Unhoused::NoBuildingNear | Unhoused::NothingStated => "placement.no-building",
    };
    Issue::new(code, Severity::Warning).row(row).place(pin)
}

/// How a row says where it belongs. An address is matched as a building text; `address` only tells that
/// something was stated.
struct Reference<'a> {
    building: Option<&'a str>,
    estate: Option<&'a str>,
    address: bool,
    pin: Option<Pin>,
}

/// Finds buildings by what a sheet says of them.
struct Finder<'a> {
    world: &'a World,
    /// By estate and number, and by address; `None` where several share it.
    by_text: HashMap<Box<str>, Option<BuildingId>>,
    /// Every positioned building as (community, row), with an index of the boxes; only when needed.
    standing: Vec<(Option<AreaId>, u32)>,
    index: Index,
}

impl<'a> Finder<'a> {
    fn new(world: &'a World, by_position: bool) -> Self {
        let mut by_text: HashMap<Box<str>, Option<BuildingId>> = HashMap::new();
        let mut standing = Vec::new();
        let mut extents = Vec::new();
        for (community, housing) in world.town().all() {
            let homes = &housing.homes;
            for row in 0..homes.len() {
                let (estate, name, address) =
                    (homes.estate(row), homes.name(row), homes.address(row));
                let mut add = |text: String| {
                    let id = homes.id(row);
                    let entry = by_text.entry(text.into());
                    entry
                        .and_modify(|one| *one = one.filter(|held| *held == id))
                        .or_insert(Some(id));
                };
                if !estate.is_empty() && !name.is_empty() {
                    add(format!("{estate}{name}"));
                }
                if !address.is_empty() {
                    add(address.to_owned());
                }
                if by_position && !homes.extent(row).is_empty() {
                    extents.push((homes.extent(row), standing.len() as u32));
                    standing.push((*community, row as u32));
                }
            }
        }
        Self { world, by_text, standing, index: Index::new(extents) }
    }

    fn find(&self, reference: &Reference<'_>) -> Result<BuildingId, Unhoused> {
        if let Some(text) = reference.building {
            let estate = reference.estate.unwrap_or("");
            let found = self
                .world
                .town()
                .id_of(text)
                .or_else(|| self.by_text.get(format!("{estate}{text}").as_str()).copied().flatten())
                .or_else(|| self.by_text.get(text).copied().flatten());
            if let Some(found) = found {
                return Ok(found);
            }
        }
        match reference.pin {
            Some(pin) => self.at(pin).ok_or(Unhoused::NoBuildingNear),
            None if reference.building.is_some() || reference.address => {
                Err(Unhoused::UnknownBuilding)
            }
            None => Err(Unhoused::NothingStated),
        }
    }

    /// The building whose footprint holds `pin`, else the nearest within reach; ties by lower id.
    fn at(&self, pin: Pin) -> Option<BuildingId> {
        let (east, north) = step_meters(pin.y);
        let reach = (REACH_M / east.min(north)).ceil() as i32;
        let near = Extent { min: pin, max: pin }.grown(reach);
        let mut best: Option<(f64, BuildingId)> = None;
        for number in self.index.meeting(near) {
            let (community, row) = self.standing[number as usize];
            let homes = &self.world.town().housing(community)?.homes;
            let meters = meters_to(homes, row as usize, pin, (east, north));
            let candidate = (meters, homes.id(row as usize));
            if meters <= REACH_M && best.is_none_or(|held| candidate < held) {
                best = Some(candidate);
            }
        }
        best.map(|(_, id)| id)
    }
}

/// Metres from `pin` to a building; 0 inside its footprint.
fn meters_to(
    homes: &crate::domain::register::homes::Homes,
    row: usize,
    pin: Pin,
    (east, north): (f64, f64),
) -> f64 {
    let offset = |other: Pin| {
        (
            (i64::from(other.x) - i64::from(pin.x)) as f64 * east,
            (i64::from(other.y) - i64::from(pin.y)) as f64 * north,
        )
    };
    let mut nearest = f64::INFINITY;
    for rings in homes.footprint(row) {
        let polygon = Polygon { rings: rings.map(<[Pin]>::to_vec).collect() };
        if is_inside(&polygon, pin) != Some(false) {
            return 0.0;
        }
        for ring in &polygon.rings {
            for (i, a) in ring.iter().enumerate() {
                let ((ax, ay), (bx, by)) = (offset(*a), offset(ring[(i + 1) % ring.len()]));
                let (dx, dy) = (bx - ax, by - ay);
                let length = dx * dx + dy * dy;
                let t = if length > 0.0 {
                    (-(ax * dx + ay * dy) / length).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                nearest = nearest.min((ax + t * dx).hypot(ay + t * dy));
            }
        }
    }
    if nearest.is_infinite() {
        let at = homes.pin(row).map(offset);
        nearest = at.map_or(f64::INFINITY, |(x, y)| x.hypot(y));
    }
    nearest
}

/// Counts on their way from what is held to what will be.
struct CountChanges<'a> {
    world: &'a World,
    buildings: BTreeMap<BuildingId, (HomeCounts, HomeCounts)>,
    unhoused: BTreeMap<Unhoused, UnhousedCounts>,
}

impl<'a> CountChanges<'a> {
    fn new(world: &'a World) -> Self {
        Self { world, buildings: BTreeMap::new(), unhoused: world.unhoused().clone() }
    }

    fn of(&mut self, building: BuildingId) -> &mut HomeCounts {
        let world = self.world;
        let entry = self.buildings.entry(building).or_insert_with(|| {
            let held = world.town().find(building);
            let held = held
                .map_or_else(HomeCounts::default, |(_, housing, row)| housing.homes.counts(row));
            (held, held)
        });
        &mut entry.1
    }

    fn add_home(&mut self, home: &HeldHome, sign: i64) {
        let persons = i64::from(home.persons);
        if let Some(building) = home.building {
            let counts = self.of(building);
            counts.households = (i64::from(counts.households) + sign).max(0) as u32;
            counts.persons = (i64::from(counts.persons) + sign * persons).max(0) as u32;
        } else if let Some(reason) = home.unhoused {
            let counts = self.unhoused.entry(reason).or_default();
            counts.households += Count(sign);
            counts.persons += Count(sign * persons);
        }
    }

    /// Sets members of every building of `communities` to what `placed` says; returns how many came and
    /// how many went, building by building and class by class.
    fn replace_members(
        &mut self,
        world: &World,
        communities: &HashSet<Option<AreaId>>,
        placed: &BTreeMap<BuildingId, [u32; 6]>,
        unhoused: &BTreeMap<Unhoused, i64>,
    ) -> (u64, u64) {
        let (mut n_new, mut n_gone) = (0, 0);
        for community in communities {
            let Some(housing) = world.town().housing(*community) else { continue };
            for row in 0..housing.homes.len() {
                let id = housing.homes.id(row);
                let after = placed.get(&id).copied().unwrap_or_default();
                let before = housing.homes.counts(row).members;
                if before != after {
                    for (before, after) in before.iter().zip(&after) {
                        n_new += u64::from(after.saturating_sub(*before));
                        n_gone += u64::from(before.saturating_sub(*after));
                    }
                    self.of(id).members = after;
                }
            }
        }
        for reason in Unhoused::ALL {
            let after = Count(unhoused.get(&reason).copied().unwrap_or(0));
            if self.unhoused.get(&reason).map_or(Count::ZERO, |counts| counts.members) != after {
                self.unhoused.entry(reason).or_default().members = after;
            }
        }
        (n_new, n_gone)
    }

    fn write(self, draft: &mut Draft<'_>) {
        for (building, (before, after)) in self.buildings {
            if before != after {
                draft.fact(Fact::Counts(building, Turned::new(Some(before), Some(after))));
            }
        }
        for (reason, after) in self.unhoused {
            let before = draft.world.unhoused().get(&reason).copied();
            let after = Some(after).filter(|after| *after != UnhousedCounts::default());
            if before != after {
                draft.fact(Fact::Unhoused(reason, Turned::new(before, after)));
            }
        }
    }
}
