//! A draft brought up to date: what comes of it, and what has to be settled first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::diff::DiffPlan;
use super::geometry::Geometry;
use crate::domain::decide::edits::{Contested, Outlook, Rebase};
use crate::domain::ids::PlanId;
use crate::domain::measure::Revision;
use crate::domain::plan::merge;
use crate::domain::world::{PlanChoice, World};

/// A wish to bring a draft up to date; all of it may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RebaseBody {
    /// Which side counts, conflict by conflict.
    #[serde(default)]
    settle: Vec<Settled>,
    /// Revision the planner looked at: refused when something was done to the plan since.
    base: Option<u64>,
    /// The client's name for it; the same name twice has the effect of once.
    #[serde(default)]
    id: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    key: String,
    take: Take,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Take {
    /// As the draft has it.
    Ours,
    /// As it counts now.
    Theirs,
}

impl RebaseBody {
    pub fn into_wish(self, plan: PlanId) -> Rebase {
        let take = |take| match take {
            Take::Ours => merge::Take::Ours,
            Take::Theirs => merge::Take::Theirs,
        };
        let settle: BTreeMap<Box<str>, merge::Take> =
            self.settle.into_iter().map(|one| (one.key.into(), take(one.take))).collect();
        Rebase { plan, settle, base: self.base.map(Revision), id: self.id.into() }
    }
}

/// What bringing a draft up to date comes to.
#[derive(Debug, Serialize, ToSchema)]
pub struct RebaseSheet {
    pub revision: u64,
    /// The newest plan in force in its communities; null when nothing is.
    pub onto: Option<DiffPlan>,
    /// Cells of ground that keep what the draft made of them.
    pub carried: usize,
    pub conflicts: Vec<RebaseConflict>,
    /// The draft is based on `onto` now.
    pub is_done: bool,
}

/// Ground the draft and what counts now both changed, each in its way.
#[derive(Debug, Serialize, ToSchema)]
pub struct RebaseConflict {
    /// The same as long as the patch and its sides are.
    pub key: String,
    pub community: String,
    #[schema(value_type = Option<Object>)]
    pub place: Option<Geometry>,
    pub buildings: Vec<String>,
    pub households: i64,
    /// Codes of its grid in what the draft was based on, in the draft, and by now; null is no grid.
    pub base: Option<String>,
    pub ours: Option<String>,
    pub theirs: Option<String>,
    pub take: Option<Take>,
}

impl RebaseSheet {
    pub fn new(world: &World, plan: PlanId, outlook: &Outlook, is_done: bool) -> Self {
        let Outlook { onto, n_carried, conflicts } = outlook;
        let held = world.plans().get(plan).and_then(|plan| plan.based_on);
        let onto = onto.or(held).map(|onto| DiffPlan::new(world, PlanChoice::Plan(onto)));
        Self {
            revision: world.revision().0,
            onto,
            carried: *n_carried,
            conflicts: conflicts.iter().map(RebaseConflict::new).collect(),
            is_done,
        }
    }
}

impl RebaseConflict {
    pub fn new(contested: &Contested) -> Self {
        let Contested { community, key, place, buildings, households, base, ours, theirs, take } =
            contested;
        let text = |code: &Option<crate::domain::ids::Code>| code.as_ref().map(ToString::to_string);
        Self {
            key: key.to_string(),
            community: community.to_string(),
            place: Geometry::of_polygons(place),
            buildings: buildings.iter().map(ToString::to_string).collect(),
            households: households.get(),
            base: text(base),
            ours: text(ours),
            theirs: text(theirs),
            take: take.map(|take| match take {
                merge::Take::Ours => Take::Ours,
                merge::Take::Theirs => Take::Theirs,
            }),
        }
    }
}
