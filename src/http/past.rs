//! Questions about another day, and about plans that are over.
//!
//! `at=YYYY-MM-DD` goes with the plan `current` and asks of what counted, or will count, on that day. What
//! sleeps in the store is fetched for the communities asked about and no others.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ask::{communities, plan_choice};
use super::problem::{Fault, Problem};
use super::{App, answer};
use crate::domain::ids::{AreaId, PlanId};
use crate::domain::measure::Day;
use crate::domain::world::{PlanChoice, World};

/// What a question is about, as its parameters say.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    /// Number of a plan, or `current`; `current` when not said.
    pub plan: Option<String>,
    pub at: Option<String>,
    /// Code of the only area asked about.
    pub area: Option<String>,
}

impl About {
    pub fn plan(plan: String) -> Self {
        Self { plan: Some(plan), ..Self::default() }
    }
}

/// The plan and the day of a question; a day goes with `current` alone.
pub(super) fn plan_and_day(
    world: &World,
    plan: Option<&str>,
    at: Option<&str>,
) -> Result<(PlanChoice, Option<Day>), Problem> {
    let plan = plan_choice(world, plan.unwrap_or("current"))?;
    // An empty parameter is one that was not given: forms send them so.
    let Some(at) = at.filter(|at| !at.is_empty()) else { return Ok((plan, None)) };
    if plan != PlanChoice::Current {
        return Err(Fault::AtWithPlan.into());
    }
    let day = at.parse().map_err(|()| Fault::BadDay)?;
    Ok((plan, Some(day)))
}

/// The world a question about some communities is answered from; of all where none are named.
pub(super) fn world_of(
    app: &App,
    world: &Arc<World>,
    (plan, day): (PlanChoice, Option<Day>),
    areas: Option<&BTreeSet<AreaId>>,
) -> Result<Arc<World>, Problem> {
    Ok(app.desk.recall(world, plan, day, areas)?)
}

/// The world in which two plans, be they over or not, can be held against each other.
pub(super) fn world_of_both(
    app: &App,
    world: &Arc<World>,
    plans: [PlanChoice; 2],
    areas: Option<&BTreeSet<AreaId>>,
) -> Result<Arc<World>, Problem> {
    let [one, other] = plans;
    let world = world_of(app, world, (one, None), areas)?;
    world_of(app, &world, (other, None), areas)
}

/// The first day of a plan that is over, where it divides communities that are no more: they are asked
/// as they were.
pub(super) fn day_of_its_areas(world: &World, plan: PlanId) -> Option<Day> {
    let plans = world.plans();
    let held = plans.get(plan).filter(|held| held.is_published())?;
    let is_gone = |area| world.areas().get(area).is_some_and(|record| record.is_abolished());
    plans.areas(plan).any(is_gone).then_some(held.effective_from).flatten()
}

/// As [`answer`], from the world as it was on the day asked about.
pub(super) async fn answer_about<T: Send + 'static>(
    app: &Arc<App>,
    about: About,
    question: impl FnOnce(&App, &World, PlanChoice) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let held = app.desk.world();
    answer(app, move |app, _| {
        let About { plan, at, area } = about;
        let (plan, day) = plan_and_day(&held, plan.as_deref(), at.as_deref())?;
        let area = area.filter(|code| !code.is_empty());
        let areas = area.map(|code| communities(&held, Some(&code))).transpose()?;
        let areas: Option<BTreeSet<AreaId>> = areas.map(|areas| areas.into_iter().collect());
        let mut world = world_of(app, &held, (plan, day), areas.as_ref())?;
        if let PlanChoice::Plan(id) = plan
            && let Some(then) = day_of_its_areas(&world, id)
        {
            world = Arc::new(world.as_of(then));
        }
        question(app, &world, plan)
    })
    .await
}
