//! Buildings by the community they belong to, and how they stand in it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::areas::Areas;
use super::parallel::{both, in_parallel};
use crate::domain::ids::{AreaId, BuildingId, Code, GridKey};
use crate::domain::place::{Extent, Index};
use crate::domain::placement::{Reason, settle_building};
use crate::domain::register::area::Level;
use crate::domain::register::building::Building;
use crate::domain::register::homes::{Homes, Rank};
use crate::domain::register::people::HomeCounts;

/// How a building stands in the community it is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Here,
    /// On the community's border; the lower code counts.
    OnEdge,
    /// Registered here without a position.
    NoPosition,
    /// Registered here, but outside every community.
    Outside,
    /// Registered here, but stands in that one.
    Elsewhere(AreaId),
}

impl Standing {
    /// Why a building standing like this has no grid where no plan divides its community.
    pub fn reason(self) -> Reason {
        match self {
            Self::Here | Self::OnEdge => Reason::Gap,
            Self::NoPosition => Reason::NoPosition,
            Self::Outside => Reason::Outside,
            Self::Elsewhere(_) => Reason::OutsideStatedArea,
        }
    }
}

/// The buildings of one community; of those that belong to none, for the strays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Housing {
    pub homes: Homes,
    /// Row by row beside `homes`.
    pub standings: Vec<Standing>,
    /// Whether the footprint reaches noticeably into another community.
    pub straddles: Vec<bool>,
    rows_by_id: Vec<(BuildingId, u32)>,
}

impl Housing {
    fn new(residents: &[Resident]) -> Self {
        let mut ranked: Vec<&Resident> = residents.iter().collect();
        ranked.sort_by_key(|resident| resident.rank);
        let homes = Homes::new(ranked.iter().map(|one| (&*one.building, one.counts)));
        let mut rows_by_id: Vec<(BuildingId, u32)> =
            (0..homes.len()).map(|row| (homes.id(row), row as u32)).collect();
        rows_by_id.sort_unstable();
        Self {
            homes,
            standings: ranked.iter().map(|one| one.home.standing).collect(),
            straddles: ranked.iter().map(|one| one.home.straddles).collect(),
            rows_by_id,
        }
    }

    /// The buildings as values of one's own; `community` is the one they are counted in.
    fn residents(&self, community: Option<AreaId>) -> impl Iterator<Item = Resident> {
        (0..self.homes.len()).map(move |row| {
            let building = Arc::new(self.homes.building(row));
            let (standing, straddles) = (self.standings[row], self.straddles[row]);
            Resident {
                rank: Homes::rank(&building),
                counts: self.homes.counts(row),
                home: Home { community, standing, straddles },
                building,
            }
        })
    }

    /// Whether the building of `row` stands in the community it is counted in.
    pub fn stands_here(&self, row: usize) -> bool {
        matches!(self.standings[row], Standing::Here | Standing::OnEdge)
    }

    pub fn row_of(&self, id: BuildingId) -> Option<usize> {
        let found = self.rows_by_id.binary_search_by_key(&id, |(known, _)| *known).ok()?;
        Some(self.rows_by_id[found].1 as usize)
    }
}

/// Where a building is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Home {
    community: Option<AreaId>,
    standing: Standing,
    straddles: bool,
}

/// A building on its way into its housing, already settled.
#[derive(Debug)]
struct Resident {
    rank: Rank,
    building: Arc<Building>,
    counts: HomeCounts,
    home: Home,
}

/// Position first; a building that contradicts its register stays with the register until settled.
fn home_of(areas: &Areas, building: &Building) -> Home {
    let stated = building
        .stated_community
        .as_ref()
        .and_then(|code| areas.by_code(code.as_str()))
        .filter(|record| record.level == Level::Community)
        .map(|record| record.id);
    let home = |community, standing, straddles| Home { community, standing, straddles };
    let by_code = |a, b| areas.by_code_order(a, b);
    let settled = settle_building(&areas.as_ground(), building, by_code);
    let here = settled
        .as_ref()
        .and_then(|settled| settled.color)
        .filter(|area| areas.get(*area).is_some_and(|record| record.level == Level::Community));
    // Who was registered in a community that is no more is registered in what became of it.
    let heirs = stated.map_or(&[][..], |stated| areas.heirs(stated));
    let is_gone = |id: AreaId| areas.get(id).is_some_and(|record| record.is_abolished());
    let stated = match (stated.filter(|stated| is_gone(*stated)), here) {
        (Some(_), Some(here)) if heirs.contains(&here) => Some(here),
        (Some(_), _) => heirs.iter().copied().find(|heir| !is_gone(*heir)),
        (None, _) => stated,
    };
    let Some(settled) = settled else { return home(stated, Standing::NoPosition, false) };
    match (here, stated) {
        (None, stated) => home(stated, Standing::Outside, settled.straddles),
        (Some(here), Some(stated)) if here != stated => {
            home(Some(stated), Standing::Elsewhere(here), settled.straddles)
        }
        (Some(here), _) => {
            let standing = if settled.is_on_edge { Standing::OnEdge } else { Standing::Here };
            home(Some(here), standing, settled.straddles)
        }
    }
}

/// All buildings.
#[derive(Clone, Debug, Default)]
pub struct Town {
    housing: BTreeMap<Option<AreaId>, Arc<Housing>>,
    home_of: Arc<HashMap<BuildingId, Option<AreaId>>>,
    by_code: Arc<HashMap<Code, BuildingId>>,
    overrides: Arc<BTreeMap<BuildingId, GridKey>>,
    runs: Arc<Runs>,
}

/// Short runs of rows that lie close together, with an index of their boxes: finds buildings by where
/// they stand, whatever community they are counted in.
#[derive(Debug, Default)]
struct Runs {
    /// Housing, first row, number of rows.
    rows: Vec<(Option<AreaId>, u32, u32)>,
    index: Index,
}

impl Runs {
    /// Rows in a run at most: rows are in Hilbert order, so a few of them make a small box.
    const LENGTH: u32 = 16;
    /// Widest box of a run of several rows, in lattice steps (about a kilometre): one building that
    /// stands far off must not stretch it.
    const WIDTH: i64 = 100_000;

    fn new(housing: &BTreeMap<Option<AreaId>, Arc<Housing>>) -> Self {
        let mut rows: Vec<(Option<AreaId>, u32, u32)> = Vec::new();
        let mut boxes: Vec<Extent> = Vec::new();
        for (community, housing) in housing {
            let mut is_open = false;
            for row in 0..housing.homes.len() {
                let extent = housing.homes.extent(row);
                if extent.is_empty() {
                    continue;
                }
                if is_open && let (Some(run), Some(around)) = (rows.last_mut(), boxes.last_mut()) {
                    let wider = around.union(&extent);
                    let span = |low: i32, high: i32| i64::from(high) - i64::from(low);
                    let width = span(wider.min.x, wider.max.x).max(span(wider.min.y, wider.max.y));
                    if row as u32 - run.1 < Self::LENGTH && width <= Self::WIDTH {
                        run.2 = row as u32 + 1 - run.1;
                        *around = wider;
                        continue;
                    }
                }
                rows.push((*community, row as u32, 1));
                boxes.push(extent);
                is_open = true;
            }
        }
        let index = Index::new(boxes.into_iter().zip(0..));
        Self { rows, index }
    }
}

/// What a change does to the buildings: `None` takes one away.
#[derive(Debug, Default)]
pub(super) struct TownChange {
    pub buildings: HashMap<BuildingId, Option<Arc<Building>>>,
    pub counts: HashMap<BuildingId, HomeCounts>,
    pub overrides: BTreeMap<BuildingId, Option<GridKey>>,
}

impl Town {
    /// Buildings counted in `community`; in none, for `None`.
    pub fn housing(&self, community: Option<AreaId>) -> Option<&Arc<Housing>> {
        self.housing.get(&community)
    }

    /// All housing, strays first, then by community.
    pub fn all(&self) -> &BTreeMap<Option<AreaId>, Arc<Housing>> {
        &self.housing
    }

    /// Buildings whose box meets `extent`, wherever they are counted: housing and row, in the order of
    /// [`Town::all`]. Cost: O(log n + hits).
    pub fn standing_in(&self, extent: Extent) -> impl Iterator<Item = (&Arc<Housing>, usize)> {
        let mut runs: Vec<u32> = self.runs.index.meeting(extent).collect();
        runs.sort_unstable();
        runs.into_iter().flat_map(move |run| {
            let (community, first, n) = self.runs.rows[run as usize];
            let housing = &self.housing[&community];
            let rows = (first..first + n).map(|row| row as usize);
            rows.filter(move |row| housing.homes.extent(*row).meets(&extent))
                .map(move |row| (housing, row))
        })
    }

    pub fn n_buildings(&self) -> usize {
        self.home_of.len()
    }

    pub fn id_of(&self, code: &str) -> Option<BuildingId> {
        self.by_code.get(code).copied()
    }

    /// Where a building is kept: its housing and its row there.
    pub fn find(&self, id: BuildingId) -> Option<(Option<AreaId>, &Arc<Housing>, usize)> {
        let community = *self.home_of.get(&id)?;
        let housing = self.housing.get(&community)?;
        Some((community, housing, housing.row_of(id)?))
    }

    pub fn overrides(&self) -> &BTreeMap<BuildingId, GridKey> {
        &self.overrides
    }

    pub fn override_of(&self, id: BuildingId) -> Option<GridKey> {
        self.overrides.get(&id).copied()
    }

    /// This town after a change, and the communities whose housing is new, ascending.
    ///
    /// With `areas_changed` every building is settled anew. Cost: O(buildings of the communities touched).
    pub(super) fn next(
        &self,
        areas: &Areas,
        areas_changed: bool,
        change: TownChange,
    ) -> (Self, Vec<Option<AreaId>>) {
        let mut next = self.clone();
        let mut dirty: Vec<Option<AreaId>> = Vec::new();
        if !change.overrides.is_empty() {
            let overrides = Arc::make_mut(&mut next.overrides);
            for (id, grid) in &change.overrides {
                match grid {
                    Some(grid) => overrides.insert(*id, *grid),
                    None => overrides.remove(id),
                };
                dirty.extend(self.home_of.get(id).copied());
            }
        }
        if areas_changed || !change.buildings.is_empty() {
            next.resettle(areas, areas_changed, change, &mut dirty);
        } else if !change.counts.is_empty() {
            next.recount(&change.counts, &mut dirty);
        }
        dirty.sort_unstable();
        dirty.dedup();
        (next, dirty)
    }

    /// This town with the buildings of some communities, and those of none, settled anew on `areas`.
    /// Cost: follows those communities; an index over all buildings.
    pub(super) fn resettled(&self, areas: &Areas, communities: &BTreeSet<AreaId>) -> Self {
        let mut town = self.clone();
        let mut moving: Vec<(Arc<Building>, HomeCounts)> = Vec::new();
        for community in communities.iter().map(|area| Some(*area)).chain([None]) {
            let housing = town.housing.remove(&community);
            let residents = housing.iter().flat_map(|housing| housing.residents(community));
            moving.extend(residents.map(|one| (one.building, one.counts)));
        }
        let mut homes: BTreeMap<Option<AreaId>, Vec<Resident>> = BTreeMap::new();
        settle_all(areas, moving, &mut homes);
        for (community, residents) in &mut homes {
            if let Some(housing) = town.housing.remove(community) {
                residents.extend(housing.residents(*community));
            }
            town.housing.insert(*community, Arc::new(Housing::new(residents)));
        }
        town.reindex();
        town
    }

    fn recount(
        &mut self,
        counts: &HashMap<BuildingId, HomeCounts>,
        dirty: &mut Vec<Option<AreaId>>,
    ) {
        let mut touched: Vec<Option<AreaId>> =
            counts.keys().filter_map(|id| self.home_of.get(id).copied()).collect();
        touched.sort_unstable();
        touched.dedup();
        for community in &touched {
            let Some(housing) = self.housing.get_mut(community) else { continue };
            let housing = Arc::make_mut(housing);
            housing.homes = housing.homes.with_counts(|id| counts.get(&id).copied());
        }
        dirty.extend(touched);
    }

    /// Takes out what changed, settles it again, and lays out the housing it left and entered.
    fn resettle(
        &mut self,
        areas: &Areas,
        areas_changed: bool,
        change: TownChange,
        dirty: &mut Vec<Option<AreaId>>,
    ) {
        let TownChange { buildings: mut changed, counts, overrides: _ } = change;
        let mut moving: Vec<(Arc<Building>, HomeCounts)> = Vec::with_capacity(changed.len());
        let mut staying: BTreeMap<Option<AreaId>, Vec<Resident>> = BTreeMap::new();
        let mut leaving: Vec<Option<AreaId>> = changed
            .keys()
            .chain(counts.keys())
            .filter_map(|id| self.home_of.get(id).copied())
            .collect();
        if areas_changed {
            leaving.extend(self.housing.keys());
        }
        leaving.sort_unstable();
        leaving.dedup();
        for community in leaving {
            let housing = self.housing.remove(&community).expect("homes stand in housing");
            for mut resident in housing.residents(community) {
                let id = resident.building.id;
                resident.counts = counts.get(&id).copied().unwrap_or(resident.counts);
                match changed.remove(&id) {
                    Some(None) => {}
                    Some(Some(newer)) => moving.push((newer, resident.counts)),
                    None if areas_changed => moving.push((resident.building, resident.counts)),
                    None => staying.entry(community).or_default().push(resident),
                }
            }
            dirty.push(community);
        }
        for newer in changed.into_values().flatten() {
            let new_counts = counts.get(&newer.id).copied().unwrap_or_default();
            moving.push((newer, new_counts));
        }
        settle_all(areas, moving, &mut staying);
        for (community, residents) in &mut staying {
            if let Some(housing) = self.housing.remove(community) {
                residents.extend(housing.residents(*community));
            }
            dirty.push(*community);
        }
        let staying: Vec<_> = staying.into_iter().collect();
        let housing = in_parallel(&staying, |(community, residents)| {
            (*community, Arc::new(Housing::new(residents)))
        });
        self.housing.extend(housing);
        self.reindex();
    }

    fn reindex(&mut self) {
        let n = self.housing.values().map(|housing| housing.homes.len()).sum();
        let rows = || {
            self.housing.iter().flat_map(|(community, housing)| {
                (0..housing.homes.len()).map(move |row| (community, &housing.homes, row))
            })
        };
        let by_code = || {
            let mut by_code = HashMap::with_capacity(n);
            by_code.extend(rows().map(|(_, homes, row)| {
                (Code::new(homes.code(row)).expect("was a code"), homes.id(row))
            }));
            by_code
        };
        let home_of_and_runs = || {
            let mut home_of = HashMap::with_capacity(n);
            home_of.extend(rows().map(|(community, homes, row)| (homes.id(row), *community)));
            (home_of, Runs::new(&self.housing))
        };
        let (by_code, (home_of, runs)) = both(by_code, home_of_and_runs);
        self.runs = Arc::new(runs);
        self.home_of = Arc::new(home_of);
        self.by_code = Arc::new(by_code);
    }
}

/// Settles each building once, in Hilbert order, so that settling walks the map and not the file.
fn settle_all(
    areas: &Areas,
    moving: Vec<(Arc<Building>, HomeCounts)>,
    into: &mut BTreeMap<Option<AreaId>, Vec<Resident>>,
) {
    let ranks = in_parallel(&moving, |(building, _)| Homes::rank(building));
    let mut ranked: Vec<(Rank, Arc<Building>, HomeCounts)> = ranks
        .into_iter()
        .zip(moving)
        .map(|(rank, (building, counts))| (rank, building, counts))
        .collect();
    ranked.sort_unstable_by_key(|(rank, ..)| *rank);
    let homes = in_parallel(&ranked, |(_, building, _)| home_of(areas, building));
    for ((rank, building, counts), home) in ranked.into_iter().zip(homes) {
        into.entry(home.community).or_default().push(Resident { rank, building, counts, home });
    }
}
