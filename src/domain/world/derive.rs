//! From facts to the next world: the one derivation behind `open` and `next`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::areas::Areas;
use super::housing::{Town, TownChange};
use super::parallel::in_parallel;
use super::shard::{Shard, ShardGround};
use super::{Features, TOUCHED_KEPT, World};
use crate::domain::change::{Change, Fact, Kinds, Touched};
use crate::domain::ids::{AreaId, PlanId};
use crate::domain::measure::Revision;
use crate::domain::place::Extent;

/// What has to be derived again, gathered while the facts are applied.
#[derive(Default)]
struct Dirt {
    areas: bool,
    features: bool,
    plans: bool,
    shards: BTreeSet<(PlanId, AreaId)>,
    town: TownChange,
    kinds: Kinds,
    boxes: Vec<Extent>,
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
        if dirt.plans {
            Arc::make_mut(&mut next.plans).derive();
        }
        let (town, rehoused) = self.town.next(&next.areas, dirt.areas, dirt.town);
        add_housing_boxes(&self.town, &town, &rehoused, &mut dirt.boxes);
        next.town = Arc::new(town);
        let communities: BTreeSet<AreaId> = rehoused.iter().flatten().copied().collect();
        for key in next.plans.cuts().keys() {
            if communities.contains(&key.1) {
                dirt.shards.insert(*key);
            }
        }
        let shards = next.derive_shards(&self.shards, &dirt.shards);
        next.shards = Arc::new(shards);
        next.current = Arc::new(next.shards_in_force());
        let mut areas: Vec<AreaId> = communities.into_iter().collect();
        areas.extend(dirt.shards.iter().map(|(_, area)| *area));
        areas.sort_unstable();
        areas.dedup();
        dirt.boxes.retain(|extent| !extent.is_empty());
        let touched = Arc::new(Touched {
            revision: next.revision,
            kinds: dirt.kinds,
            boxes: merged(dirt.boxes),
            shards: dirt.shards.into_iter().collect(),
            areas,
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
            Fact::Plan(id, turned) => {
                set(&mut Arc::make_mut(&mut self.plans).plans, *id, turned.after.clone());
                dirt.plans = true;
                dirt.kinds = dirt.kinds.and(Kinds::RECORDS).and(Kinds::GRIDS);
                // A plan that comes into force or leaves it changes every tile of its communities.
                let cuts = self.plans.cuts.iter().filter(|((plan, _), _)| plan == id);
                dirt.boxes.extend(cuts.map(|(_, cut)| cut.fabric.extent()));
            }
            Fact::Grid(plan, key, turned) => {
                set(&mut Arc::make_mut(&mut self.plans).grids, (*plan, *key), turned.after.clone());
                dirt.plans = true;
                dirt.kinds = dirt.kinds.and(Kinds::GRIDS);
                for grid in [&turned.before, &turned.after].into_iter().flatten() {
                    dirt.shards.insert((*plan, grid.community));
                    let cut = self.plans.cuts.get(&(*plan, grid.community));
                    dirt.boxes.extend(cut.map(|cut| cut.fabric.extent()));
                }
            }
            Fact::Cut(plan, area, turned) => {
                set(&mut Arc::make_mut(&mut self.plans).cuts, (*plan, *area), turned.after.clone());
                dirt.plans = true;
                dirt.kinds = dirt.kinds.and(Kinds::GRIDS);
                dirt.shards.insert((*plan, *area));
                let cuts = [&turned.before, &turned.after].into_iter().flatten();
                dirt.boxes.extend(cuts.map(|cut| cut.fabric.extent()));
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
            Fact::Batch(id, turned) => {
                set(Arc::make_mut(&mut self.batches), *id, turned.after.clone());
                dirt.kinds = dirt.kinds.and(Kinds::RECORDS);
            }
            Fact::Setting(key, turned) => {
                set(Arc::make_mut(&mut self.settings), key.clone(), turned.after.clone());
                dirt.kinds = dirt.kinds.and(Kinds::RECORDS);
            }
            Fact::Counters(turned) => self.counters = turned.after.unwrap_or_default(),
        }
    }

    /// The shard in force of each area, by area index.
    fn shards_in_force(&self) -> Vec<Option<Arc<Shard>>> {
        let n_areas = self.areas.records().keys().next_back().map_or(0, |last| last.index() + 1);
        let mut in_force = vec![None; n_areas];
        for (area, plan) in self.plans.current() {
            if let Some(slot) = in_force.get_mut(area.index()) {
                *slot = self.shards.get(&(*plan, *area)).cloned();
            }
        }
        in_force
    }

    /// All shards: the touched ones anew, the others as they were. Grounds are kept where the cut is.
    fn derive_shards(
        &self,
        before: &BTreeMap<(PlanId, AreaId), Arc<Shard>>,
        dirty: &BTreeSet<(PlanId, AreaId)>,
    ) -> BTreeMap<(PlanId, AreaId), Arc<Shard>> {
        let work: Vec<(PlanId, AreaId)> =
            dirty.iter().filter(|key| self.plans.cuts.contains_key(key)).copied().collect();
        let derive = |key: &(PlanId, AreaId)| {
            let (plan, community) = *key;
            let cut = &self.plans.cuts[key];
            let kept = before.get(key).map(|shard| &shard.ground);
            let ground = match kept.filter(|ground| Arc::ptr_eq(&ground.cut, cut)) {
                Some(ground) => Arc::clone(ground),
                None => Arc::new(ShardGround::new(Arc::clone(cut))),
            };
            let housing = self.town.housing(Some(community)).map(|housing| &**housing);
            let overrides = |id| self.town.override_of(id);
            Arc::new(Shard::new(plan, community, ground, &self.plans, housing, overrides))
        };
        let derived = in_parallel(&work, derive);
        let mut shards = before.clone();
        shards.retain(|key, _| self.plans.cuts.contains_key(key));
        shards.extend(work.into_iter().zip(derived));
        shards
    }
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
