//! Plans, their grids' identities, and which plan counts where.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::domain::ids::{AreaId, Code, GridKey, PlanId};
use crate::domain::plan::{Cut, Grid, Plan, Status};

/// Which plan a reader asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanChoice {
    /// For each community the published plan in force.
    Current,
    Plan(PlanId),
}

/// All plans with their grids and cuts.
#[derive(Clone, Debug, Default)]
pub struct Plans {
    pub(super) plans: BTreeMap<PlanId, Arc<Plan>>,
    pub(super) grids: BTreeMap<(PlanId, GridKey), Arc<Grid>>,
    pub(super) cuts: BTreeMap<(PlanId, AreaId), Arc<Cut>>,
    by_code: HashMap<(PlanId, Code), GridKey>,
    current: BTreeMap<AreaId, PlanId>,
}

impl Plans {
    pub(super) fn derive(&mut self) {
        self.by_code = self
            .grids
            .iter()
            .map(|((plan, key), grid)| ((*plan, grid.code.clone()), *key))
            .collect();
        self.current.clear();
        for (plan_id, area) in self.cuts.keys() {
            let Some(plan) = self.plans.get(plan_id) else { continue };
            if plan.status != Status::Published {
                continue;
            }
            let rank = |id: &PlanId| (self.plans[id].effective_from, *id);
            match self.current.get(area) {
                Some(held) if rank(held) >= rank(plan_id) => {}
                _ => {
                    self.current.insert(*area, *plan_id);
                }
            }
        }
    }

    pub fn get(&self, plan: PlanId) -> Option<&Arc<Plan>> {
        self.plans.get(&plan)
    }

    pub fn all(&self) -> impl Iterator<Item = &Arc<Plan>> {
        self.plans.values()
    }

    pub fn grid(&self, plan: PlanId, key: GridKey) -> Option<&Arc<Grid>> {
        self.grids.get(&(plan, key))
    }

    /// Grids of a plan, by key.
    pub fn grids(&self, plan: PlanId) -> impl Iterator<Item = &Arc<Grid>> {
        self.grids
            .range((plan, GridKey::from_index(0))..)
            .take_while(move |((id, _), _)| *id == plan)
            .map(|(_, grid)| grid)
    }

    pub fn key_of(&self, plan: PlanId, code: &Code) -> Option<GridKey> {
        self.by_code.get(&(plan, code.clone())).copied()
    }

    pub fn cut(&self, plan: PlanId, community: AreaId) -> Option<&Arc<Cut>> {
        self.cuts.get(&(plan, community))
    }

    pub fn cuts(&self) -> &BTreeMap<(PlanId, AreaId), Arc<Cut>> {
        &self.cuts
    }

    /// Plan in force in each community that has one.
    pub fn current(&self) -> &BTreeMap<AreaId, PlanId> {
        &self.current
    }

    pub fn current_of(&self, community: AreaId) -> Option<PlanId> {
        self.current.get(&community).copied()
    }

    /// Order of two grids of one plan by code.
    pub fn by_code_order(&self, plan: PlanId, a: GridKey, b: GridKey) -> Ordering {
        let code = |key: GridKey| self.grids.get(&(plan, key)).map(|grid| &grid.code);
        code(a).cmp(&code(b)).then(a.cmp(&b))
    }
}
