//! From facts to the next world: the one derivation behind `open` and `next`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::areas::Areas;
use super::eras::Olden;
use super::housing::{Town, TownChange};
use super::parallel::in_parallel;
use super::service::{serve_again, serve_all};
use super::shard::{Around, Redone, Shard, ShardGround};
use super::{Features, STATION_REACH, TOUCHED_KEPT, World};
use crate::domain::change::{Change, Fact, Kinds, Touched};
use crate::domain::ids::{AreaId, GridKey, PlanId, StationId};
use crate::domain::measure::Revision;
use crate::domain::place::Extent;
use crate::domain::register::station::Station;

/// What has to be derived again, gathered while the facts are applied.
#[derive(Default)]
struct Dirt {
    areas: bool,
    features: bool,
    stations: BTreeMap<StationId, Option<Arc<Station>>>,
    /// A plan, a grid or a cut changed; and whether that says anew which plan counts where.
    plans: BTreeSet<PlanId>,
    in_force: bool,
    /// What counts on some day may have changed.
    timeline: bool,
    /// Shards whose cut or grids changed.
    shards: BTreeSet<(PlanId, AreaId)>,
    /// Grids that are called otherwise than before.
    named: BTreeSet<(PlanId, AreaId, GridKey)>,
    town: TownChange,
    kinds: Kinds,
    boxes: Vec<Extent>,
    /// How far a station reaches was set.
    is_reach: bool,
    /// Communities that are served by other stations than before.
    served: BTreeSet<AreaId>,
}

impl World {
    /// The world made by `ground`, a change from nothing, at `revision`. Cost: all of it, on all cores.
    pub fn open(ground: &Change, revision: Revision) -> Self {
        let (mut world, _) = Self::default().next(ground);
        world.revision = revision;
        world.history = Arc::default();
        world
    }

    /// The world after `change`, one revision on, and what was touched. This world stays as it is.
    ///
    /// Facts are believed: `decide` has checked them. Cost: follows the shards touched.
    pub fn next(&self, change: &Change) -> (Self, Arc<Touched>) {
        let mut next = self.clone();
        next.revision = self.revision.next();
        next.brief = Arc::default();
        let mut records = None;
        let mut ground = None;
        let mut dirt = Dirt::default();
        for fact in &change.facts {
            next.apply(fact, &mut records, &mut ground, &mut dirt);
        }
        if dirt.areas {
            let records = records.unwrap_or_else(|| self.areas.records().clone());
            let ground = ground.unwrap_or_else(|| Arc::clone(self.areas.ground()));
            next.areas = Arc::new(Areas::new(records, ground));
            dirt.boxes.extend([self.areas.extent(), next.areas.extent()]);
        }
        if dirt.features {
            next.features = Arc::new(Features::new(&next.features_by_id));
        }
        if dirt.areas || !dirt.stations.is_empty() {
            let stations = self.stations.after(&dirt.stations, &next.areas);
            dirt.served.extend(self.stations.served_otherwise(&stations));
            next.stations = Arc::new(stations);
        }
        if !dirt.plans.is_empty() {
            dirt.timeline |= dirt.plans.iter().any(|plan| {
                let is_published =
                    |world: &Self| world.plans.get(*plan).is_some_and(|plan| plan.is_published());
                is_published(self) || is_published(&next)
            });
        }
        if !dirt.plans.is_empty() || dirt.in_force {
            Arc::make_mut(&mut next.plans).derive(dirt.in_force, next.day);
        }
        let switched = self.switched(&next);
        let (town, rehoused) = self.town.next(&next.areas, dirt.areas, dirt.town);
        add_housing_boxes(&self.town, &town, &rehoused, &mut dirt.boxes);
        next.town = Arc::new(town);
        next.serve(self, &rehoused, dirt.areas || dirt.is_reach);
        if dirt.areas || dirt.is_reach || !dirt.stations.is_empty() || !rehoused.is_empty() {
            next.olden = Olden::default();
        }
        let communities: BTreeSet<AreaId> = rehoused.iter().flatten().copied().collect();
        if !communities.is_empty() {
            let keys = next.plans.cuts().map(|(key, _)| key);
            dirt.shards.extend(keys.filter(|(_, area)| communities.contains(area)));
        }
        if !switched.is_empty() {
            // Another plan counts here: every tile of the community is another.
            dirt.kinds = dirt.kinds.and(Kinds::GRIDS);
            for world in [self, &next] {
                let cuts = switched
                    .iter()
                    .filter_map(|area| world.plans.cut(world.plans.current_of(*area)?, *area));
                dirt.boxes.extend(cuts.map(|cut| cut.fabric.extent()));
            }
        }
        let redone = next.derive_shards(&self.shards, &dirt.shards, &communities);
        for one in &redone {
            dirt.boxes.extend(&one.boxes);
        }
        for (plan, area, key) in &dirt.named {
            for world in [self, &next] {
                let shard = world.shards.get(&(*plan, *area));
                let shape = shard.and_then(|shard| shard.ground.shapes.get(key));
                dirt.boxes.extend(shape.map(|shape| shape.extent));
            }
        }
        next.current = Arc::new(next.shards_in_force());
        let in_force =
            |world: &Self, plan: &PlanId| world.plans.current().values().any(|held| held == plan);
        let is_in_force = !switched.is_empty()
            || dirt.plans.iter().any(|plan| in_force(self, plan) || in_force(&next, plan));
        let mut areas: Vec<AreaId> = communities.into_iter().collect();
        areas.extend(dirt.shards.iter().map(|(_, area)| *area));
        areas.extend(switched);
        areas.extend(dirt.served);
        areas.sort_unstable();
        areas.dedup();
        dirt.boxes.retain(|extent| !extent.is_empty());
        let touched = Arc::new(Touched {
            revision: next.revision,
            kinds: dirt.kinds,
            boxes: merged(dirt.boxes),
            shards: dirt.shards.into_iter().collect(),
            areas,
            plans: dirt.plans.into_iter().collect(),
            is_in_force,
            is_timeline: dirt.timeline,
            n_retested: redone.iter().map(|one| one.n_retested).sum(),
            n_resummed: redone.iter().map(|one| one.n_resummed).sum(),
        });
        let history = Arc::make_mut(&mut next.history);
        history.push_back(Arc::clone(&touched));
        while history.len() > TOUCHED_KEPT {
            history.pop_front();
        }
        (next, touched)
    }

    fn apply(
        &mut self,
        fact: &Fact,
        records: &mut Option<BTreeMap<AreaId, Arc<crate::domain::register::area::AreaRecord>>>,
        ground: &mut Option<Arc<crate::domain::change::AreaGround>>,
        dirt: &mut Dirt,
    ) {
        match fact {
            Fact::Area(id, turned) => {
                let records = records.get_or_insert_with(|| self.areas.records().clone());
                set(records, *id, turned.after.clone());
                dirt.areas = true;
                dirt.kinds = dirt.kinds.and(Kinds::AREAS);
            }
            Fact::AreaGround(turned) => {
                *ground = Some(turned.after.clone().unwrap_or_default());
                dirt.areas = true;
                dirt.kinds = dirt.kinds.and(Kinds::AREAS);
            }
            Fact::AreaEra(day, turned) => {
                set(Arc::make_mut(&mut self.eras), *day, turned.after.clone());
                dirt.areas = true;
                dirt.timeline = true;
                dirt.kinds = dirt.kinds.and(Kinds::AREAS);
            }
            Fact::Plan(id, turned) => {
                Arc::make_mut(&mut self.plans).book_mut(*id).plan = turned.after.clone();
                dirt.plans.insert(*id);
                dirt.kinds = dirt.kinds.and(Kinds::RECORDS);
                let stands = |plan: &Option<Arc<crate::domain::plan::Plan>>| {
                    plan.as_ref().map(|plan| (plan.status, plan.effective_from))
                };
                let is_published = |plan: &Option<Arc<crate::domain::plan::Plan>>| {
                    plan.as_ref().is_some_and(|plan| plan.is_published())
                };
                if stands(&turned.before) != stands(&turned.after) {
                    dirt.in_force = true;
                }
                let counts = is_published(&turned.before) || is_published(&turned.after);
                if counts && stands(&turned.before) != stands(&turned.after) {
                    // Tiles of the days it counts on, be they today's or not.
                    dirt.timeline = true;
                    dirt.kinds = dirt.kinds.and(Kinds::GRIDS);
                    let own = self.plans.areas(*id).filter_map(|area| self.plans.cut(*id, area));
                    dirt.boxes.extend(own.map(|cut| cut.fabric.extent()));
                }
            }
            Fact::Grid(plan, key, turned) => {
                Arc::make_mut(&mut self.plans).book_mut(*plan).set_grid(*key, turned.after.clone());
                dirt.plans.insert(*plan);
                dirt.kinds = dirt.kinds.and(Kinds::GRIDS);
                for grid in [&turned.before, &turned.after].into_iter().flatten() {
                    dirt.shards.insert((*plan, grid.community));
                }
                if is_written_otherwise(turned) {
                    // The tiles of a grid say its name: all of its ground, wherever it was and is.
                    for grid in [&turned.before, &turned.after].into_iter().flatten() {
                        dirt.named.insert((*plan, grid.community, *key));
                    }
                }
            }
            Fact::Cut(plan, area, turned) => {
                let book = Arc::make_mut(&mut self.plans).book_mut(*plan);
                set(&mut book.cuts, *area, turned.after.clone());
                dirt.plans.insert(*plan);
                dirt.in_force |= turned.before.is_none() || turned.after.is_none();
                dirt.kinds = dirt.kinds.and(Kinds::GRIDS);
                dirt.shards.insert((*plan, *area));
            }
            Fact::Log(plan, revision, turned) => {
                let book = Arc::make_mut(&mut self.plans).book_mut(*plan);
                book.set_entry(*revision, turned.after.clone());
                dirt.plans.insert(*plan);
                dirt.kinds = dirt.kinds.and(Kinds::RECORDS);
            }
            Fact::Accepted(plan, key, turned) => {
                let book = Arc::make_mut(&mut self.plans).book_mut(*plan);
                set(&mut book.accepted, key.clone(), turned.after.clone());
                dirt.plans.insert(*plan);
                dirt.kinds = dirt.kinds.and(Kinds::RECORDS);
            }
            Fact::Comment(plan, number, turned) => {
                let book = Arc::make_mut(&mut self.plans).book_mut(*plan);
                set(&mut book.comments, *number, turned.after.clone());
                dirt.plans.insert(*plan);
                dirt.kinds = dirt.kinds.and(Kinds::COMMENTS);
            }
            Fact::Day(turned) => {
                self.day = turned.after;
                dirt.in_force = true;
                dirt.timeline = true;
                dirt.kinds = dirt.kinds.and(Kinds::RECORDS);
            }
            Fact::Building(id, turned) => {
                dirt.town.buildings.insert(*id, turned.after.clone());
                dirt.kinds = dirt.kinds.and(Kinds::BUILDINGS);
            }
            Fact::Counts(id, turned) => {
                dirt.town.counts.insert(*id, turned.after.unwrap_or_default());
                dirt.kinds = dirt.kinds.and(Kinds::PEOPLE);
            }
            Fact::Override(id, turned) => {
                dirt.town.overrides.insert(*id, turned.after);
                dirt.kinds = dirt.kinds.and(Kinds::PEOPLE);
            }
            Fact::Unhoused(reason, turned) => {
                set(Arc::make_mut(&mut self.unhoused), *reason, turned.after);
                dirt.kinds = dirt.kinds.and(Kinds::PEOPLE);
            }
            Fact::Feature(id, turned) => {
                for feature in [&turned.before, &turned.after].into_iter().flatten() {
                    dirt.boxes.push(feature.extent());
                }
                set(Arc::make_mut(&mut self.features_by_id), *id, turned.after.clone());
                dirt.features = true;
                dirt.kinds = dirt.kinds.and(Kinds::BASE);
            }
            Fact::Station(id, turned) => {
                let stations = [&turned.before, &turned.after].into_iter().flatten();
                let places = stations.filter_map(|station| station.at);
                dirt.boxes.extend(places.map(|at| Extent { min: at, max: at }));
                dirt.stations.insert(*id, turned.after.clone());
                dirt.kinds = dirt.kinds.and(Kinds::STATIONS);
            }
            Fact::Batch(id, turned) => {
                set(Arc::make_mut(&mut self.batches), *id, turned.after.clone());
                dirt.kinds = dirt.kinds.and(Kinds::RECORDS);
            }
            Fact::Setting(key, turned) => {
                set(Arc::make_mut(&mut self.settings), key.clone(), turned.after.clone());
                dirt.is_reach |= **key == *STATION_REACH;
                dirt.kinds = dirt.kinds.and(Kinds::RECORDS);
            }
            Fact::Counters(turned) => self.counters = turned.after.unwrap_or_default(),
        }
    }

    /// Derives how communities are served, where anything it follows from is another than in `before`.
    fn serve(&mut self, before: &Self, rehoused: &[Option<AreaId>], is_whole: bool) {
        let reach = self.station_reach();
        if is_whole || !Arc::ptr_eq(&before.stations, &self.stations) {
            self.service = Arc::new(serve_all(&self.areas, &self.town, &self.stations, reach));
            return;
        }
        if self.stations.is_empty() {
            return;
        }
        // An override leaves the homes of its community as they are.
        let is_other = |area: &AreaId| {
            let [held, now] = [before, self].map(|world| world.town.housing(Some(*area)));
            match (held, now) {
                (Some(held), Some(now)) => !Arc::ptr_eq(held, now),
                (held, now) => held.is_some() || now.is_some(),
            }
        };
        let changed: Vec<AreaId> = rehoused.iter().flatten().copied().filter(is_other).collect();
        if !changed.is_empty() {
            let again = serve_again(&self.service, &changed, &self.town, &self.stations, reach);
            self.service = Arc::new(again);
        }
    }

    /// Communities in which another plan counts than in `next`, ascending.
    fn switched(&self, next: &Self) -> BTreeSet<AreaId> {
        let (before, after) = (self.plans.current(), next.plans.current());
        if std::ptr::eq(before, after) || before == after {
            return BTreeSet::new();
        }
        let all = before.keys().chain(after.keys());
        all.filter(|area| before.get(area) != after.get(area)).copied().collect()
    }

    /// The shard in force of each area, by area index.
    pub(super) fn shards_in_force(&self) -> Vec<Option<Arc<Shard>>> {
        let n_areas = self.areas.records().keys().next_back().map_or(0, |last| last.index() + 1);
        let mut in_force = vec![None; n_areas];
        for (area, plan) in self.plans.current() {
            if let Some(slot) = in_force.get_mut(area.index()) {
                *slot = self.shards.get(&(*plan, *area)).cloned();
            }
        }
        in_force
    }

    /// Puts the touched shards in place. Where buildings stayed as they were a shard is taken from the one
    /// before it, with what had to be done again.
    fn derive_shards(
        &mut self,
        before: &BTreeMap<(PlanId, AreaId), Arc<Shard>>,
        dirty: &BTreeSet<(PlanId, AreaId)>,
        rehoused: &BTreeSet<AreaId>,
    ) -> Vec<Redone> {
        let work: Vec<((PlanId, AreaId), &Arc<crate::domain::plan::Cut>)> =
            dirty.iter().filter_map(|key| Some((*key, self.plans.cut(key.0, key.1)?))).collect();
        let derive = |((plan, community), cut): &((PlanId, AreaId), &Arc<_>)| {
            let around = Around {
                plans: &self.plans,
                housing: self.town.housing(Some(*community)).map(|housing| &**housing),
                overrides: self.town.overrides(),
            };
            let held = before.get(&(*plan, *community));
            let ground = match held.map(|shard| &shard.ground) {
                Some(ground) if Arc::ptr_eq(&ground.cut, cut) => Arc::clone(ground),
                ground => Arc::new(ShardGround::after(Arc::clone(cut), ground.map(|one| &**one))),
            };
            match held.filter(|_| !rehoused.contains(community)) {
                Some(held) => {
                    let (shard, mut redone) = held.after(ground, around);
                    redone.boxes.extend(held.moved_labels(&shard));
                    (Arc::new(shard), redone)
                }
                None => {
                    let shard = Shard::new(*plan, *community, ground, around);
                    let redone = shard.wholly_redone(held.map(|held| &**held));
                    (Arc::new(shard), redone)
                }
            }
        };
        let (shards, redone): (Vec<Arc<Shard>>, Vec<Redone>) =
            in_parallel(&work, derive).into_iter().unzip();
        let keys: Vec<(PlanId, AreaId)> = work.into_iter().map(|(key, _)| key).collect();
        let mut all = before.clone();
        all.retain(|key, _| !dirty.contains(key) || self.plans.cut(key.0, key.1).is_some());
        all.extend(keys.into_iter().zip(shards));
        self.shards = Arc::new(all);
        redone
    }
}

/// Whether what tiles say of a grid changed with it.
fn is_written_otherwise(
    turned: &crate::domain::change::Turned<Arc<crate::domain::plan::Grid>>,
) -> bool {
    let said = |grid: &Option<Arc<crate::domain::plan::Grid>>| {
        grid.as_ref().map(|grid| (grid.code.clone(), grid.name.clone(), grid.kind))
    };
    said(&turned.before) != said(&turned.after)
}

fn set<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: Option<V>) {
    match value {
        Some(value) => map.insert(key, value),
        None => map.remove(&key),
    };
}

fn add_housing_boxes(
    before: &Town,
    after: &Town,
    communities: &[Option<AreaId>],
    boxes: &mut Vec<Extent>,
) {
    for community in communities {
        for town in [before, after] {
            let housing = town.housing(*community);
            boxes.extend(housing.map(|housing| housing.homes.whole_extent()));
        }
    }
}

/// Few boxes that hold all of `boxes`: beyond a handful their union says enough.
fn merged(mut boxes: Vec<Extent>) -> Vec<Extent> {
    const FEW: usize = 64;
    boxes.sort_unstable_by_key(|extent| (extent.min, extent.max));
    boxes.dedup();
    if boxes.len() > FEW {
        boxes = vec![boxes.iter().fold(Extent::EMPTY, |all, one| all.union(one))];
    }
    boxes
}
