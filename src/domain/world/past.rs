//! What counted on another day, and plans whose ground was put to sleep.
//!
//! [`World::rested`] lets go of the ground of plans that are over, [`World::recalled`] takes it up again,
//! [`World::as_of`] asks of another day. None of them is a change: the revision stays, and what the world
//! says of today stays the same.
//!
//! **Why** sleep: a city with a thousand plans in its past has to open, and to take in a sheet of
//! households, as fast as one with ten.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::shard::Around;
use super::{PlanChoice, Shard, ShardGround, World};
use crate::domain::ids::{AreaId, PlanId};
use crate::domain::measure::Day;
use crate::domain::place::Extent;
use crate::domain::plan::{Cut, Grid};

/// The ground of one community in a plan that is over, ready to be taken up.
#[derive(Clone, Debug)]
pub struct Sleeper {
    pub plan: PlanId,
    pub area: AreaId,
    pub grids: Vec<Arc<Grid>>,
    pub ground: Arc<ShardGround>,
}

impl Sleeper {
    /// Cost: as deriving the ground of one community.
    pub fn new(plan: PlanId, area: AreaId, grids: Vec<Arc<Grid>>, cut: Arc<Cut>) -> Self {
        Self { plan, area, grids, ground: Arc::new(ShardGround::new(cut)) }
    }
}

impl World {
    /// This world without the ground of plans that are over. Cost: O(communities of all plans).
    pub fn rested(&self) -> Self {
        let mut rested = self.clone();
        if !Arc::make_mut(&mut rested.plans).rest(self.day) {
            return self.clone();
        }
        let plans = Arc::clone(&rested.plans);
        let shards = Arc::make_mut(&mut rested.shards);
        shards.retain(|(plan, area), _| plans.cut(*plan, *area).is_some());
        rested
    }

    /// This world with the ground of `sleepers`, its buildings placed anew. Those at hand already stay.
    pub fn recalled(&self, sleepers: &[Arc<Sleeper>]) -> Self {
        let mut recalled = self.clone();
        let plans = Arc::make_mut(&mut recalled.plans);
        for sleeper in sleepers {
            let book = plans.book_mut(sleeper.plan);
            if book.cuts.contains_key(&sleeper.area) {
                continue;
            }
            for grid in &sleeper.grids {
                book.set_grid(grid.key, Some(Arc::clone(grid)));
            }
            book.cuts.insert(sleeper.area, Arc::clone(&sleeper.ground.cut));
        }
        for sleeper in sleepers {
            let key = (sleeper.plan, sleeper.area);
            if recalled.shards.contains_key(&key) {
                continue;
            }
            let around = Around {
                plans: &recalled.plans,
                housing: self.town.housing(Some(sleeper.area)).map(|housing| &**housing),
                overrides: self.town.overrides(),
            };
            let shard = Shard::new(sleeper.plan, sleeper.area, Arc::clone(&sleeper.ground), around);
            Arc::make_mut(&mut recalled.shards).insert(key, Arc::new(shard));
        }
        recalled.current = Arc::new(recalled.shards_in_force());
        recalled
    }

    /// This world as it is asked on another day: what counted then is what counts in it. Ground that
    /// sleeps has to be recalled beforehand; what is not counts as not divided.
    pub fn as_of(&self, day: Day) -> Self {
        let mut then = self.clone();
        then.day = Some(day);
        then.is_as_of = true;
        Arc::make_mut(&mut then.plans).derive(true, Some(day));
        then.go_back(day);
        then.current = Arc::new(then.shards_in_force());
        then
    }

    /// Whether this is a world asked on another day than its own.
    pub fn is_as_of(&self) -> bool {
        self.is_as_of
    }

    /// Ground a reader of `plan` needs that sleeps in the store; for `current` of what counts on `day`.
    /// Only of `areas`, where they are given.
    pub fn asleep(
        &self,
        plan: PlanChoice,
        day: Option<Day>,
        areas: Option<&BTreeSet<AreaId>>,
    ) -> Vec<(PlanId, AreaId)> {
        // What became of a community, or what it came of, may be what counted there on that day.
        let kin = areas.filter(|_| day.is_some()).map(|areas| self.areas.kin(areas));
        let areas = kin.as_ref().or(areas);
        let is_asked = |area: &AreaId| areas.is_none_or(|areas| areas.contains(area));
        match plan {
            PlanChoice::Plan(plan) => {
                self.plans.asleep(plan).filter(is_asked).map(|area| (plan, area)).collect()
            }
            PlanChoice::Current => {
                let all = self.plans.in_force_on(day.or(self.day)).into_iter();
                // A plan that took grids over speaks of a community that is no more, and holds nothing there.
                let is_gone = |area: &AreaId| {
                    let record = self.areas.get(*area);
                    day.is_none() && record.is_some_and(|record| record.is_abolished())
                };
                all.filter(|(area, _)| !is_gone(area))
                    .filter(|(area, plan)| is_asked(area) && self.plans.cut(*plan, *area).is_none())
                    .map(|(area, plan)| (plan, area))
                    .collect()
            }
        }
    }

    /// Communities whose ground may lie within `extent`.
    pub fn communities_meeting(&self, extent: &Extent) -> BTreeSet<AreaId> {
        let colors = &self.areas.ground().colors;
        let cells = self.areas.cells_meeting(*extent);
        cells.iter().filter_map(|cell| colors[cell.index()]).collect()
    }
}
