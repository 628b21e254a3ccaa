//! Which plan counts where on which day, from the plans' records alone.
//!
//! In each community the published plan with the latest first day not after the day asked about counts; of
//! two with the same first day the later plan. So a plan approved for tomorrow comes into force by
//! the day alone, and what counted on any past day can always be told.
//!
//! **Why** from records: a plan of the past keeps its ground on disk until somebody asks for it
//! ([`awake`]), so a long past costs nothing at the start.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Plan, Status};
use crate::domain::ids::{AreaId, PlanId};
use crate::domain::measure::Day;

/// For each community the plan that counts on `day`; without a day every published plan has come.
/// Cost: O(communities of all plans).
pub fn in_force<'a>(
    plans: impl Iterator<Item = &'a Plan>,
    day: Option<Day>,
) -> BTreeMap<AreaId, PlanId> {
    let mut best: HashMap<AreaId, (Option<Day>, PlanId)> = HashMap::new();
    for plan in plans.filter(|plan| plan.is_published() && has_come(plan, day)) {
        let rank = (plan.effective_from, plan.id);
        for area in &plan.areas {
            let held = best.entry(*area).or_insert(rank);
            *held = rank.max(*held);
        }
    }
    best.into_iter().map(|(area, (_, plan))| (area, plan)).collect()
}

/// Whether the first day of a plan is not after `day`.
pub fn has_come(plan: &Plan, day: Option<Day>) -> bool {
    day.is_none_or(|day| plan.effective_from.is_none_or(|first| first <= day))
}

/// Ground that is kept at hand: of drafts and plans in review with what they started from, of what
/// counts on `day`, of what is still to come, of what was withdrawn before anybody approved it (it may
/// yet be deleted). All else sleeps in the store.
pub fn awake<'a>(
    plans: impl Iterator<Item = &'a Plan> + Clone,
    day: Option<Day>,
) -> HashSet<(PlanId, AreaId)> {
    let now = in_force(plans.clone(), day);
    let by_id: HashMap<PlanId, &Plan> = plans.clone().map(|plan| (plan.id, plan)).collect();
    let mut awake: HashSet<(PlanId, AreaId)> =
        now.iter().map(|(area, plan)| (*plan, *area)).collect();
    for plan in plans {
        let is_open = matches!(plan.status, Status::Draft | Status::InReview);
        let is_dropped = plan.status == Status::Withdrawn && plan.published_at.is_none();
        if is_open || is_dropped || (plan.is_published() && !has_come(plan, day)) {
            awake.extend(plan.areas.iter().map(|area| (plan.id, *area)));
        }
        let mut base = plan.based_on.filter(|_| is_open);
        while let Some(id) = base {
            awake.extend(plan.areas.iter().map(|area| (id, *area)));
            // A plan is based on older ones only, so this ends.
            let held = by_id.get(&id).filter(|held| !held.is_published());
            base = held.and_then(|held| held.based_on).filter(|next| *next < id);
        }
    }
    awake
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::measure::{Revision, Stamp};

    fn plan(id: usize, status: Status, first: i32, areas: &[usize]) -> Plan {
        let areas = areas.iter().map(|area| AreaId::from_index(*area)).collect();
        Plan {
            status,
            effective_from: Some(Day(first)),
            ..Plan::draft(PlanId::from_index(id), "".into(), areas, Revision(1))
        }
    }

    /// Plans in force in communities 0, 1, 2 on a day, `-` for none.
    fn check(plans: &[Plan], day: Option<i32>, expected: &str) {
        let found = in_force(plans.iter(), day.map(Day));
        let told = (0..3).map(|area| {
            let plan = found.get(&AreaId::from_index(area));
            plan.map_or("-".to_owned(), |plan| plan.index().to_string())
        });
        assert_eq!(told.collect::<String>(), expected, "{day:?}");
    }

    #[test]
    fn the_latest_first_day_counts() {
        let plans = [
            plan(0, Status::Superseded, 10, &[0, 1, 2]),
            plan(1, Status::Published, 20, &[0]),
            plan(2, Status::Published, 20, &[0, 1]),
            plan(3, Status::Published, 15, &[1, 2]),
            plan(4, Status::Withdrawn, 30, &[0]),
            plan(5, Status::Draft, 30, &[0]),
        ];
        check(&plans, Some(9), "---");
        check(&plans, Some(10), "000");
        check(&plans, Some(15), "033");
        check(&plans, Some(20), "223");
        check(&plans, Some(99), "223");
        check(&plans, None, "223");
    }

    #[test]
    fn what_is_over_sleeps() {
        let mut draft = plan(3, Status::Draft, 0, &[1]);
        draft.based_on = Some(PlanId::from_index(0));
        let plans = [
            plan(0, Status::Published, 10, &[0, 1]),
            plan(1, Status::Published, 20, &[0, 1]),
            plan(2, Status::Published, 30, &[0]),
            draft,
            Plan { published_at: Some(Stamp(1)), ..plan(4, Status::Withdrawn, 5, &[2]) },
            plan(5, Status::Withdrawn, 5, &[2]),
        ];
        let mut found: Vec<(usize, usize)> = awake(plans.iter(), Some(Day(25)))
            .into_iter()
            .map(|(plan, area)| (plan.index(), area.index()))
            .collect();
        found.sort_unstable();
        assert_eq!(found, [(0, 1), (1, 0), (1, 1), (2, 0), (3, 1), (5, 2)]);
    }
}
