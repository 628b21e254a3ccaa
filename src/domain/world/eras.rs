//! The map of areas as it was before some were abolished, and the buildings as they stood on it.
//!
//! Each abolition leaves the map behind that held until its day. It is taken up when a day before is asked
//! for, once a world, and shared by all who ask.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError};

use super::areas::Areas;
use super::housing::Town;
use super::service::{Services, serve_all};
use super::shard::Around;
use super::stations::Stations;
use super::{Shard, World};
use crate::domain::change::AreaEra;
use crate::domain::ids::AreaId;
use crate::domain::measure::Day;
use crate::domain::register::area::Level;

/// Areas, buildings and service of one era, and the communities that were not what they are.
#[derive(Clone, Debug)]
struct Old {
    areas: Arc<Areas>,
    town: Arc<Town>,
    stations: Arc<Stations>,
    service: Arc<Services>,
    others: Arc<BTreeSet<AreaId>>,
}

/// Eras that were asked for since the areas and buildings are what they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Olden(Arc<Mutex<BTreeMap<Day, Old>>>);

impl World {
    /// Whether the areas were others on `day`.
    pub fn has_other_areas(&self, day: Day) -> bool {
        self.era_of(day).is_some()
    }

    /// The first day on which the map of `day` was no more.
    fn era_of(&self, day: Day) -> Option<Day> {
        let later = (Bound::Excluded(day), Bound::Unbounded);
        self.eras.range(later).next().map(|(first, _)| *first)
    }

    /// The map of areas that held until `day`, where one was put down for it.
    pub fn era(&self, day: Day) -> Option<&Arc<AreaEra>> {
        self.eras.get(&day)
    }

    /// The newest day on which areas were abolished.
    pub fn last_era(&self) -> Option<Day> {
        self.eras.keys().next_back().copied()
    }

    /// Puts the areas of `day`, their buildings and what is counted on them in place of today's.
    pub(super) fn go_back(&mut self, day: Day) {
        let Some(first) = self.era_of(day) else { return };
        let old = {
            // Left whole by a panic: it is only written when the era has been made.
            let mut held = self.olden.0.lock().unwrap_or_else(PoisonError::into_inner);
            held.entry(first).or_insert_with(|| self.old(first)).clone()
        };
        self.areas = old.areas;
        self.town = old.town;
        self.stations = old.stations;
        self.service = old.service;
        let changed: Vec<_> =
            self.shards.iter().filter(|((_, area), _)| old.others.contains(area)).collect();
        let placed: Vec<_> = changed
            .into_iter()
            .map(|((plan, area), shard)| {
                let around = Around {
                    plans: &self.plans,
                    housing: self.town.housing(Some(*area)).map(|housing| &**housing),
                    overrides: self.town.overrides(),
                };
                let shard = Shard::new(*plan, *area, Arc::clone(&shard.ground), around);
                ((*plan, *area), Arc::new(shard))
            })
            .collect();
        Arc::make_mut(&mut self.shards).extend(placed);
    }

    /// Cost: the pins of all areas, and the buildings of communities that were others.
    fn old(&self, first: Day) -> Old {
        let mut records = self.areas.records().clone();
        for era in self.eras.range(first..).rev().map(|(_, era)| era) {
            era.newcomers.iter().for_each(|id| drop(records.remove(id)));
            records.extend(era.records.iter().map(|record| (record.id, Arc::clone(record))));
        }
        let ground = Arc::clone(&self.eras[&first].ground);
        // A community whose ground came later was none.
        let held: BTreeSet<AreaId> = ground.colors.iter().flatten().copied().collect();
        records.retain(|id, record| {
            record.level != Level::Community || held.contains(id) || self.areas.shape(*id).is_none()
        });
        let areas = Areas::new(records, ground);
        let communities = |areas: &Areas| -> BTreeSet<AreaId> {
            let all = areas.shapes().keys().copied();
            all.filter(|id| areas.get(*id).is_some_and(|one| one.level == Level::Community))
                .collect()
        };
        let mut others = &communities(&self.areas) | &communities(&areas);
        others.retain(|id| self.areas.outline(*id) != areas.outline(*id));
        let town = self.town.resettled(&areas, &others);
        let stations = self.stations.of_era(&self.areas, &areas);
        let service = serve_all(&areas, &town, &stations, self.station_reach());
        Old {
            areas: Arc::new(areas),
            town: Arc::new(town),
            stations: Arc::new(stations),
            service: Arc::new(service),
            others: Arc::new(others),
        }
    }
}
