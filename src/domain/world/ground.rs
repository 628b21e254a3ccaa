//! The ground of a world: the facts from nothing that make it.

use super::World;
use crate::domain::change::{Change, Fact, Turned};
use std::sync::Arc;

impl World {
    /// A change from nothing that [`World::open`] turns into this world again (laws L4, L7). The roster
    /// is not in it: households live in the store only. Cost: a copy of every building.
    pub fn to_ground(&self) -> Change {
        let mut facts = vec![Fact::Counters(new(self.counters))];
        facts.extend(self.day.map(|day| Fact::Day(new(day))));
        facts.extend(
            self.settings.iter().map(|(key, value)| Fact::Setting(key.clone(), new(value.clone()))),
        );
        for (id, record) in self.areas.records() {
            facts.push(Fact::Area(*id, new(Arc::clone(record))));
        }
        if self.areas.ground().fabric.n_seams() > 0 {
            facts.push(Fact::AreaGround(new(Arc::clone(self.areas.ground()))));
        }
        facts.extend(self.eras.iter().map(|(day, era)| Fact::AreaEra(*day, new(Arc::clone(era)))));
        for plan in self.plans.all() {
            facts.push(Fact::Plan(plan.id, new(Arc::clone(plan))));
            let grids = self.plans.grids(plan.id);
            facts.extend(grids.map(|grid| Fact::Grid(plan.id, grid.key, new(Arc::clone(grid)))));
        }
        for ((plan, area), cut) in self.plans.cuts() {
            facts.push(Fact::Cut(plan, area, new(Arc::clone(cut))));
        }
        for plan in self.plans.all() {
            let log = self.plans.log(plan.id).iter();
            facts.extend(log.map(|one| Fact::Log(plan.id, one.revision, new(Arc::clone(one)))));
            let accepted = self.plans.accepted(plan.id).iter();
            facts.extend(
                accepted
                    .map(|(key, one)| Fact::Accepted(plan.id, key.clone(), new(Arc::clone(one)))),
            );
            let comments = self.plans.comments(plan.id).iter();
            facts.extend(
                comments.map(|(number, one)| Fact::Comment(plan.id, *number, new(Arc::clone(one)))),
            );
        }
        self.add_homes(&mut facts);
        facts.extend(
            self.unhoused.iter().map(|(reason, counts)| Fact::Unhoused(*reason, new(*counts))),
        );
        for (id, feature) in self.features_by_id() {
            facts.push(Fact::Feature(*id, new(Arc::clone(feature))));
        }
        for (id, station) in self.stations.by_id() {
            facts.push(Fact::Station(*id, new(Arc::clone(station))));
        }
        facts.extend(
            self.batches.iter().map(|(id, batch)| Fact::Batch(*id, new(Arc::clone(batch)))),
        );
        Change { facts, roster: Vec::new() }
    }

    fn add_homes(&self, facts: &mut Vec<Fact>) {
        for housing in self.town.all().values() {
            let homes = &housing.homes;
            for row in 0..homes.len() {
                let id = homes.id(row);
                facts.push(Fact::Building(id, new(Arc::new(homes.building(row)))));
                if homes.counts(row) != Default::default() {
                    facts.push(Fact::Counts(id, new(homes.counts(row))));
                }
                if let Some(key) = self.town.override_of(id) {
                    facts.push(Fact::Override(id, new(key)));
                }
            }
        }
    }

    /// Whether two worlds hold and derive the same, bit for bit; what they remember of the way there
    /// (revision, touched) may differ, and so may what of the past is at hand. For tests and `lifang check`.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.rested().holds_the_same(&other.rested())
    }

    fn holds_the_same(&self, other: &Self) -> bool {
        let shard_is_same = |(key, shard): (&_, &Arc<super::Shard>)| {
            other.shards.get(key).is_some_and(|theirs| {
                shard.placements == theirs.placements
                    && shard.tallies == theirs.tallies
                    && shard.unplaced == theirs.unplaced
                    && shard.ground.cut == theirs.ground.cut
                    && shard.ground.shapes == theirs.ground.shapes
                    && shard.ground.gaps == theirs.ground.gaps
            })
        };
        self.counters == other.counters
            && self.day == other.day
            && self.settings == other.settings
            && self.areas.records() == other.areas.records()
            && self.areas.ground() == other.areas.ground()
            && self.areas.shapes() == other.areas.shapes()
            && self.eras == other.eras
            && self.features_by_id == other.features_by_id
            && self.stations == other.stations
            && self.service == other.service
            && self.town.all() == other.town.all()
            && self.plans.is_same_as(&other.plans)
            && self.unhoused == other.unhoused
            && self.batches == other.batches
            && self.shards.len() == other.shards.len()
            && self.shards.iter().all(shard_is_same)
    }
}

fn new<T>(after: T) -> Turned<T> {
    Turned::new(None, Some(after))
}
