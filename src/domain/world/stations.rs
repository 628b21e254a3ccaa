//! Stations as the world holds them: in order of their codes, findable by place, each with the communities it
//! serves.
//!
//! Only open stations are found by place and serve anybody; closed ones are kept to be shown and reopened.
//!
//! **Why** served communities are derived and not stored: areas are merged and split, and a station that says
//! nothing serves wherever it stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::areas::Areas;
use crate::domain::ids::{AreaId, Code, StationId};
use crate::domain::measure::Length;
use crate::domain::place::{Extent, Index, Pin, distance, step_meters};
use crate::domain::register::area::Level;
use crate::domain::register::station::Station;

/// All stations.
#[derive(Debug, Default)]
pub struct Stations {
    by_id: BTreeMap<StationId, Arc<Station>>,
    /// By code.
    rows: Vec<Arc<Station>>,
    /// Communities each row serves, by code.
    served: Vec<Vec<AreaId>>,
    /// Rows of open stations with a place.
    index: Index,
}

impl PartialEq for Stations {
    fn eq(&self, other: &Self) -> bool {
        self.by_id == other.by_id && self.served == other.served
    }
}

impl Stations {
    fn new(by_id: BTreeMap<StationId, Arc<Station>>, areas: &Areas) -> Self {
        let mut rows: Vec<Arc<Station>> = by_id.values().cloned().collect();
        rows.sort_by(|a, b| a.code.cmp(&b.code).then(a.id.cmp(&b.id)));
        let served = rows.iter().map(|station| communities_of(areas, station)).collect();
        Self { index: index_of(&rows), by_id, rows, served }
    }

    /// These stations after a change of theirs or of the areas. Cost: O(stations).
    pub(super) fn after(
        &self,
        changed: &BTreeMap<StationId, Option<Arc<Station>>>,
        areas: &Areas,
    ) -> Self {
        let mut by_id = self.by_id.clone();
        for (id, after) in changed {
            match after {
                Some(station) => by_id.insert(*id, Arc::clone(station)),
                None => by_id.remove(id),
            };
        }
        Self::new(by_id, areas)
    }

    /// These stations on the map of areas of another era: a community that was not yet is what it came of.
    pub(super) fn of_era(&self, today: &Areas, then: &Areas) -> Self {
        let was = |area: &AreaId| {
            let ancestors = today.ancestors(*area);
            let known = std::iter::once(*area).chain(ancestors);
            let held = |area: &AreaId| then.get(*area).is_some_and(|one| !one.is_abolished());
            known.filter(held).collect::<Vec<_>>()
        };
        let served = self.served.iter().map(|served| {
            let mut served: Vec<AreaId> = served.iter().flat_map(was).collect();
            served.sort_by(|a, b| then.by_code_order(*a, *b));
            served.dedup();
            served
        });
        Self {
            by_id: self.by_id.clone(),
            rows: self.rows.clone(),
            served: served.collect(),
            index: index_of(&self.rows),
        }
    }

    /// Communities that these and `other` stations serve differently.
    pub(super) fn served_otherwise(&self, other: &Self) -> BTreeSet<AreaId> {
        let mut areas = BTreeSet::new();
        for (here, there) in [(self, other), (other, self)] {
            for (station, served) in here.rows.iter().zip(&here.served) {
                let same =
                    there.row_of(&station.code).map(|row| (there.get(row), &there.served[row]));
                if same != Some((station, served)) {
                    areas.extend(served);
                }
            }
        }
        areas
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The station of `row`; rows are in order of codes.
    pub fn get(&self, row: usize) -> &Station {
        &self.rows[row]
    }

    pub fn row_of(&self, code: &Code) -> Option<usize> {
        self.rows.binary_search_by(|station| station.code.cmp(code)).ok()
    }

    /// All stations, by id.
    pub fn by_id(&self) -> &BTreeMap<StationId, Arc<Station>> {
        &self.by_id
    }

    /// Communities that `row` serves while it is open, by code.
    pub fn served_by(&self, row: usize) -> &[AreaId] {
        &self.served[row]
    }

    /// Rows of open stations whose straight-line distance from `at` is `reach` at most, ascending.
    /// Cost: O(log n + hits).
    pub fn within(&self, at: Pin, reach: Length) -> impl Iterator<Item = usize> + use<> {
        let meters = reach.meters();
        let near = |row: &usize| {
            let place = self.rows[*row].at;
            place.is_some_and(|place| distance(at, place) <= meters)
        };
        let mut rows: Vec<usize> = self.open_in(around(at, meters)).filter(near).collect();
        rows.sort_unstable();
        rows.into_iter()
    }

    /// Rows of open stations that stand in `extent`, ascending. Cost: O(log n + hits).
    pub fn open_within(&self, extent: Extent) -> Vec<usize> {
        let mut rows: Vec<usize> = self.open_in(extent).collect();
        rows.sort_unstable();
        rows
    }

    /// Places of open stations that may be within `meters` of something in `extent`, by row.
    pub(super) fn open_around(&self, extent: Extent, meters: f64) -> Vec<Pin> {
        if extent.is_empty() {
            return Vec::new();
        }
        let wide = around(extent.min, meters).union(&around(extent.max, meters));
        let rows = self.open_within(wide).into_iter();
        rows.filter_map(|row| self.rows[row].at).collect()
    }

    fn open_in(&self, extent: Extent) -> impl Iterator<Item = usize> + '_ {
        self.index.meeting(extent).map(|row| row as usize)
    }
}

fn index_of(rows: &[Arc<Station>]) -> Index {
    let open = rows.iter().zip(0..).filter(|(station, _)| station.is_open);
    Index::new(open.filter_map(|(station, row)| {
        let at = station.at?;
        Some((Extent { min: at, max: at }, row))
    }))
}

/// A box that holds every place within `meters` of `at`.
fn around(at: Pin, meters: f64) -> Extent {
    let (_, north) = step_meters(at.y);
    // Steps to the north are longest at the poles and one per cent shorter at the equator.
    let high = steps(meters / north * 1.02);
    let low_y = at.y.saturating_sub(high);
    let high_y = at.y.saturating_add(high);
    // Steps to the east are shortest where the box is nearest to a pole.
    let east = step_meters(low_y).0.min(step_meters(high_y).0).max(1e-6);
    let wide = steps(meters / east);
    Extent {
        min: Pin::new(at.x.saturating_sub(wide), low_y),
        max: Pin::new(at.x.saturating_add(wide), high_y),
    }
}

fn steps(steps: f64) -> i32 {
    // Beyond the lattice `as` stops at its edge.
    steps.ceil() as i32
}

/// Communities that `station` serves, by code: those under the areas it names, else under the area of its
/// level that it stands in. An area that was abolished stands for what became of it.
pub(in crate::domain) fn communities_of(areas: &Areas, station: &Station) -> Vec<AreaId> {
    if !station.is_open {
        return Vec::new();
    }
    let mut tops: Vec<AreaId> = Vec::new();
    if station.serves.is_empty() {
        let level = station.level.unwrap_or(Level::Community);
        let here = station.at.and_then(|at| areas.at(at));
        tops.extend(here.and_then(|here| areas.ancestor_at(here, level)));
    } else {
        let stated = station.serves.iter().filter_map(|code| areas.by_code(code.as_str()));
        let mut named: Vec<AreaId> = stated.map(|record| record.id).collect();
        let mut seen: BTreeSet<AreaId> = BTreeSet::new();
        while let Some(area) = named.pop() {
            let is_gone = areas.get(area).is_some_and(|record| record.is_abolished());
            match (seen.insert(area), is_gone) {
                (false, _) => {}
                (true, true) => named.extend(areas.heirs(area)),
                (true, false) => tops.push(area),
            }
        }
    }
    let mut served: Vec<AreaId> =
        tops.into_iter().flat_map(|top| areas.communities(Some(top))).collect();
    served.sort_by(|a, b| areas.by_code_order(*a, *b));
    served.dedup();
    served
}
