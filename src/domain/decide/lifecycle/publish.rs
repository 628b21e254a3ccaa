//! Approving: a plan in review is let count from a day on.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::codes::{Named, Registry, name_grids};
use super::sew::sew;
use super::{Hindrance, Turning, day_fact, hinder, today};
use crate::domain::change::{Fact, Turned};
use crate::domain::decide::Refusal;
use crate::domain::ids::{AreaId, GridKey};
use crate::domain::measure::Day;
use crate::domain::plan::lifecycle::Step;
use crate::domain::plan::log::Op;
use crate::domain::plan::{Cut, Grid, Plan};
use crate::domain::world::World;

/// Whether author and approver have to be two: setting `review.two_persons`, on when not set.
pub(super) fn needs_two(world: &World) -> bool {
    !matches!(world.setting("review.two_persons"), Some("false" | "no" | "0" | "off"))
}

pub(super) fn approve(turn: &mut Turning<'_>, first: Option<Day>) -> Result<(), Refusal> {
    let status = turn.status_after(Step::Approve)?;
    if needs_two(turn.world) && turn.actor.name == turn.held.author {
        return hinder(Hindrance::SamePerson);
    }
    let day = settle_day(turn, first)?;
    turn.refuse_stops()?;
    let (world, plan) = (turn.world, turn.id());
    // Opened today, if it was not yet: else a plan for tomorrow might be taken for one that has come.
    turn.facts.extend(day_fact(world, world.brief().today));
    let followed = world.plans().in_force_on(day);
    let mut registry = Registry::for_plan(world, plan);
    let mut cuts: BTreeMap<AreaId, Cut> = BTreeMap::new();
    let mut changed: Vec<GridKey> = Vec::new();
    for area in &turn.held.areas {
        let named = name_grids(world, plan, *area, followed.get(area).copied(), &mut registry);
        if let Some(cut) = world.plans().cut(plan, *area) {
            cuts.insert(*area, rekeyed(cut, &named));
        }
        changed.extend(put_grids(turn, named));
    }
    turn.facts.extend(sew(world, plan, cuts)?);
    if registry.counters != world.counters() {
        let turned = Turned::new(Some(world.counters()), Some(registry.counters));
        turn.facts.push(Fact::Counters(turned));
    }
    changed.sort_unstable();
    changed.dedup();
    turn.log(Op::Approve, changed);
    turn.put(Plan {
        status,
        effective_from: day,
        approver: turn.actor.name.clone(),
        published_at: Some(turn.now),
        ..turn.plan()
    });
    Ok(())
}

/// The first day, if the plan may begin on it.
fn settle_day(turn: &Turning<'_>, first: Option<Day>) -> Result<Option<Day>, Refusal> {
    let plans = turn.world.plans();
    let today = today(turn.world);
    let day = first.or(today);
    if day < today {
        return hinder(Hindrance::PastDay);
    }
    let base = plans.origin(turn.id()).and_then(|base| plans.get(base)?.effective_from);
    if let Some(base) = base.filter(|base| day < Some(*base)) {
        return hinder(Hindrance::BeforeBase(base));
    }
    let shares = |other: &Plan| other.areas.iter().any(|area| turn.held.areas.contains(area));
    let taken: Vec<Box<str>> = plans
        .all()
        .filter(|other| other.is_published() && other.effective_from == day && shares(other))
        .map(|other| other.title.clone())
        .collect();
    if !taken.is_empty() {
        return hinder(Hindrance::DayTaken(taken));
    }
    Ok(day)
}

/// The cut with the keys its grids will have.
fn rekeyed(cut: &Arc<Cut>, named: &[Named]) -> Cut {
    let keys: BTreeMap<GridKey, GridKey> =
        named.iter().map(|one| (one.before, one.after.key)).collect();
    let key = |color: &Option<GridKey>| color.map(|key| keys.get(&key).copied().unwrap_or(key));
    Cut { colors: cut.colors.iter().map(key).collect(), ..Cut::clone(cut) }
}

/// Facts of every grid that is not as it was; two may have changed places. Returns their keys.
fn put_grids(turn: &mut Turning<'_>, named: Vec<Named>) -> Vec<GridKey> {
    let (world, plan) = (turn.world, turn.id());
    let mut turned: BTreeMap<GridKey, Turned<Arc<Grid>>> = BTreeMap::new();
    for Named { before, after } in named {
        let nothing = || Turned::new(None, None);
        let held = world.plans().grid(plan, before).cloned();
        turned.entry(before).or_insert_with(nothing).before = held;
        let key = after.key;
        turned.entry(key).or_insert_with(nothing).after = Some(Arc::new(after));
    }
    let mut keys = Vec::new();
    for (key, turned) in turned {
        if turned.before != turned.after {
            keys.push(key);
            turn.facts.push(Fact::Grid(plan, key, turned));
        }
    }
    keys
}
