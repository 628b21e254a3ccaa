//! Ground of the past, fetched from the store when somebody asks for it, and kept for a while.
//!
//! **Why** a bounded list and no more: whoever drags through the years asks for the same communities over
//! and over; everybody else asks for today, which is in the world.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use super::{Desk, DeskError, Shared};
use crate::domain::ids::{AreaId, Code, GridKey, PlanId};
use crate::domain::measure::{Day, Revision};
use crate::domain::plan::Grid;
use crate::domain::world::{PlanChoice, Sleeper, World};
use crate::store::{Papers, StoreError};

/// Communities of the past kept at hand; each takes about half a megabyte.
const KEPT: usize = 256;

/// What was fetched, with the revision it was fetched at.
type Fetched = (Revision, Arc<Sleeper>);

pub(super) struct Sleepers(Mutex<LruCache<(PlanId, AreaId), Fetched>>);

impl Default for Sleepers {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(NonZeroUsize::new(KEPT).expect("not zero"))))
    }
}

impl std::fmt::Debug for Sleepers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sleepers").finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn today(&self) -> Day {
        let pretended = *self.pretended.lock().unwrap_or_else(PoisonError::into_inner);
        pretended.unwrap_or_else(super::today)
    }

    pub(super) fn pretend(&self, day: Option<Day>) {
        *self.pretended.lock().unwrap_or_else(PoisonError::into_inner) = day;
    }

    /// `world` with the ground a reader of `plan`, on `day`, needs of what sleeps.
    pub(super) fn with_past(
        &self,
        world: &Arc<World>,
        plan: PlanChoice,
        day: Option<Day>,
        areas: Option<&BTreeSet<AreaId>>,
    ) -> Result<Arc<World>, DeskError> {
        let mut sleepers = Vec::new();
        for (plan, area) in world.asleep(plan, day, areas) {
            sleepers.extend(self.sleeper(world, plan, area).map_err(Arc::new)?);
        }
        if sleepers.is_empty() {
            return Ok(Arc::clone(world));
        }
        Ok(Arc::new(world.recalled(&sleepers)))
    }

    /// `world` with what a draft goes back to: in each community what counted when its base came into force.
    pub(super) fn with_bases(
        &self,
        world: &Arc<World>,
        plan: PlanId,
    ) -> Result<Arc<World>, DeskError> {
        let plans = world.plans();
        let origin = plans.origin(plan).and_then(|origin| plans.get(origin));
        let Some(day) = origin.and_then(|origin| origin.effective_from) else {
            return Ok(Arc::clone(world));
        };
        let areas: BTreeSet<AreaId> = plans.areas(plan).collect();
        self.with_past(world, PlanChoice::Current, Some(day), Some(&areas))
    }

    fn sleeper(
        &self,
        world: &World,
        plan: PlanId,
        area: AreaId,
    ) -> Result<Option<Arc<Sleeper>>, StoreError> {
        let kept = || self.sleepers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, held)) = kept().get(&(plan, area))
            && !world.plan_touched_since(*at, plan)
        {
            return Ok(Some(Arc::clone(held)));
        }
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((grids, cut)) = reader.sleeper(plan, area)? else { return Ok(None) };
        drop(reader);
        let fetched = Arc::new(Sleeper::new(plan, area, grids, Arc::new(cut)));
        kept().put((plan, area), (world.revision(), Arc::clone(&fetched)));
        Ok(Some(fetched))
    }
}

impl Desk {
    /// `world` as a reader of `plan` needs it: ground that sleeps is fetched, and with a day what counted
    /// on it is what counts. Only `areas` where they are given. Blocks on the disk.
    pub fn recall(
        &self,
        world: &Arc<World>,
        plan: PlanChoice,
        day: Option<Day>,
        areas: Option<&BTreeSet<AreaId>>,
    ) -> Result<Arc<World>, DeskError> {
        let recalled = self.shared.with_past(world, plan, day, areas)?;
        Ok(match day {
            Some(day)
                if world.has_other_areas(day)
                    || world.plans().in_force_on(Some(day)) != *world.plans().current() =>
            {
                Arc::new(recalled.as_of(day))
            }
            // What counted then counts now.
            Some(_) | None => recalled,
        })
    }

    /// Codes a grid came from and codes that came from it, over all plans ever published, each ascending.
    /// Blocks on the disk.
    pub fn lineage_of(&self, area: AreaId, code: &Code) -> Result<[Vec<Code>; 2], DeskError> {
        let told = self.with_reader(|reader| reader.lineage(area)).map_err(Arc::new)?;
        let mut lineage = [BTreeSet::new(), BTreeSet::new()];
        for (grid, predecessors) in told {
            if predecessors.contains(code) {
                lineage[1].insert(grid.clone());
            }
            if grid == *code {
                lineage[0].extend(predecessors);
            }
        }
        Ok(lineage.map(|codes| codes.into_iter().collect()))
    }

    /// Grids of one community in one plan that sleeps. Blocks on the disk.
    pub fn grids_of(&self, plan: PlanId, area: AreaId) -> Result<Vec<Arc<Grid>>, DeskError> {
        Ok(self.with_reader(|reader| reader.grids_of(plan, area)).map_err(Arc::new)?)
    }

    /// The grid that has, or had, this code in a plan that was let count. Blocks on the disk.
    pub fn owner_of(&self, code: &Code) -> Result<Option<GridKey>, DeskError> {
        let codes = std::slice::from_ref(code);
        let owners = self.with_reader(|reader| reader.owners_of_codes(codes)).map_err(Arc::new)?;
        Ok(owners.first().map(|(_, key)| *key))
    }

    /// Communities in which a grid ever had this code. Blocks on the disk.
    pub fn communities_of(&self, code: &str) -> Result<BTreeSet<AreaId>, DeskError> {
        Ok(self.with_reader(|reader| reader.communities_of(code)).map_err(Arc::new)?)
    }

    /// `world` with the ground a draft is brought up to date from. Blocks on the disk.
    pub fn with_bases(&self, world: &Arc<World>, plan: PlanId) -> Result<Arc<World>, DeskError> {
        self.shared.with_bases(world, plan)
    }

    /// Log, comments and accepted warnings of a plan that sleeps. Blocks on the disk.
    pub fn papers(&self, plan: PlanId) -> Result<Papers, DeskError> {
        Ok(self.with_reader(|reader| reader.papers(plan)).map_err(Arc::new)?)
    }
}
