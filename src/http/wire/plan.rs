//! Plans: what divides which communities, since when, by whom, and until when.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::time;
use crate::domain::decide::lifecycle::checks::is_behind;
use crate::domain::ids::{AreaId, PlanId};
use crate::domain::measure::Day;
use crate::domain::plan;
use crate::domain::plan::calendar::has_come;
use crate::domain::plan::log::{redoable, undoable};
use crate::domain::world::{PlanChoice, World};

/// Number of a plan, or `current`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum PlanKey {
    Number(u32),
    Current(&'static str),
}

/// One plan. `current` stands for all published plans in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct Plan {
    pub id: PlanKey,
    pub title: String,
    /// `draft`, `in_review`, `published`, `superseded` or `withdrawn`.
    pub status: &'static str,
    pub revision: u64,
    pub based_on: Option<u32>,
    #[schema(example = "2026-11-01")]
    pub effective_from: Option<String>,
    /// Communities it divides.
    pub areas: Vec<String>,
    /// Grids whose border may not move.
    pub locked_grids: usize,
    pub can_undo: bool,
    pub can_redo: bool,
    /// Who changed it last, and when; null for a plan that was imported.
    pub changed_by: Option<String>,
    pub changed_at: Option<String>,
    pub cells: usize,
    /// Who started it; empty where that is not known.
    pub author: String,
    /// Who let it count; empty until then.
    pub approver: String,
    pub submitted_at: Option<String>,
    pub published_at: Option<String>,
    /// The last word given with a step of its life.
    pub reason: String,
    /// The last day it counts anywhere; null while it is open.
    pub effective_to: Option<String>,
    pub is_in_force: bool,
    /// A draft whose start no longer counts.
    pub is_behind: bool,
    pub based_on_title: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PlanList {
    pub revision: u64,
    pub plans: Vec<Plan>,
}

impl Plan {
    /// Cost: O(communities of all plans).
    pub fn new(world: &World, plan: &plan::Plan) -> Self {
        Self::among(world, &Succession::new(world), plan)
    }

    /// All plans, oldest first.
    pub fn all(world: &World) -> Vec<Self> {
        let succession = Succession::new(world);
        world.plans().all().map(|plan| Self::among(world, &succession, plan)).collect()
    }

    fn among(world: &World, succession: &Succession, plan: &plan::Plan) -> Self {
        let plan::Plan {
            id,
            title,
            status,
            based_on,
            effective_from,
            revision,
            areas,
            author,
            approver,
            submitted_at,
            published_at,
            reason,
            is_drawn: _,
        } = plan;
        let plans = world.plans();
        let log = plans.log(*id);
        let last = log.last();
        let is_in_force = succession.in_force.contains(id);
        let is_over = plan.is_published() && has_come(plan, world.day()) && !is_in_force;
        let base = based_on.and_then(|base| plans.get(base));
        Self {
            id: PlanKey::Number(id.get()),
            title: title.to_string(),
            status: if is_over { plan::Status::Superseded.word() } else { status.word() },
            revision: revision.0.max(world.plans().revision_of(*id).0),
            based_on: based_on.map(|id| id.get()),
            effective_from: effective_from.map(|day: Day| day.to_string()),
            areas: codes(world, areas.iter().copied()),
            locked_grids: plans.grids(*id).filter(|grid| grid.is_locked).count(),
            can_undo: *status == plan::Status::Draft && undoable(log).is_some(),
            can_redo: *status == plan::Status::Draft && redoable(log).is_some(),
            changed_by: last.map(|entry| entry.who.to_string()),
            changed_at: last.map(|entry| time(entry.at)),
            cells: plans
                .areas(*id)
                .filter_map(|area| plans.cut(*id, area))
                .map(|cut| cut.fabric.n_cells())
                .sum(),
            author: author.to_string(),
            approver: approver.to_string(),
            submitted_at: submitted_at.map(time),
            published_at: published_at.map(time),
            reason: reason.to_string(),
            effective_to: succession.last_day(plan).map(|day| day.to_string()),
            is_in_force,
            is_behind: is_behind(world, plan),
            based_on_title: base.map(|base| base.title.to_string()),
        }
    }

    /// What is in force, as one plan; its first day is the newest of theirs.
    pub fn current(world: &World) -> Self {
        let plans = world.plans();
        let in_force = || plans.current().values().filter_map(|id| plans.get(*id));
        let first_days = in_force().filter_map(|plan| plan.effective_from);
        Self {
            id: PlanKey::Current("current"),
            title: String::new(),
            status: plan::Status::Published.word(),
            revision: in_force().map(|plan| plan.revision.0).max().unwrap_or(0),
            based_on: None,
            effective_from: first_days.max().map(|day| day.to_string()),
            areas: codes(world, plans.current().keys().copied()),
            locked_grids: 0,
            can_undo: false,
            can_redo: false,
            changed_by: None,
            changed_at: None,
            cells: world
                .shards(PlanChoice::Current)
                .iter()
                .map(|shard| shard.ground.cut.fabric.n_cells())
                .sum(),
            author: String::new(),
            approver: String::new(),
            submitted_at: None,
            published_at: None,
            reason: String::new(),
            effective_to: None,
            is_in_force: true,
            is_behind: false,
            based_on_title: None,
        }
    }
}

/// Who follows whom in each community.
struct Succession {
    in_force: BTreeSet<PlanId>,
    /// First days and plans by community, ascending.
    by_area: BTreeMap<AreaId, Vec<(Day, PlanId)>>,
}

impl Succession {
    fn new(world: &World) -> Self {
        let mut by_area: BTreeMap<AreaId, Vec<(Day, PlanId)>> = BTreeMap::new();
        for plan in world.plans().all().filter(|plan| plan.is_published()) {
            for area in &plan.areas {
                by_area
                    .entry(*area)
                    .or_default()
                    .extend(plan.effective_from.map(|day| (day, plan.id)));
            }
        }
        by_area.values_mut().for_each(|days| days.sort_unstable());
        Self { in_force: world.plans().current().values().copied().collect(), by_area }
    }

    /// The day before its last successor begins; `None` while it has none somewhere.
    fn last_day(&self, plan: &plan::Plan) -> Option<Day> {
        let first = plan.effective_from.filter(|_| plan.is_published())?;
        let ends = plan.areas.iter().map(|area| {
            let days = self.by_area.get(area)?;
            let next = days.iter().find(|after| **after > (first, plan.id))?;
            Some(Day(next.0.0 - 1))
        });
        ends.collect::<Option<Vec<Day>>>()?.into_iter().max()
    }
}

pub(super) fn codes(world: &World, areas: impl Iterator<Item = AreaId>) -> Vec<String> {
    areas.filter_map(|id| world.areas().get(id)).map(|area| area.code.to_string()).collect()
}
