//! Taking back the newest edit of a plan, and doing it again.
//!
//! What is taken back are the facts the store kept of that edit, mirrored. Each of them must find the
//! world as the edit left it: where somebody built on it, the whole is refused.

use std::sync::Arc;

use super::{Decision, Edited, Fault, Refusal, done_before, entries_since, open_log, repeated};
use crate::domain::change::{Change, Fact, Turned};
use crate::domain::ids::PlanId;
use crate::domain::measure::{Revision, Stamp};
use crate::domain::plan::Cut;
use crate::domain::plan::log::{Act, Entry, redoable, undoable};
use crate::domain::rights::Actor;
use crate::domain::world::World;

/// A wish to take back, or to do again.
#[derive(Clone, Debug)]
pub struct TakeBack {
    pub plan: PlanId,
    pub is_redo: bool,
    /// The revision the planner looked at; nothing may have been done to the plan since.
    pub base: Option<Revision>,
    /// The client's name for the wish: the same name twice has the effect of once. May be empty.
    pub id: Box<str>,
    /// What the store kept of the change to be mirrored; brought by the desk.
    pub taken: Option<Taken>,
}

/// The facts of one commit.
#[derive(Clone, Debug)]
pub struct Taken {
    pub revision: Revision,
    pub facts: Vec<Fact>,
}

/// Revision whose facts have to be mirrored; `None` when there is nothing to take back or do again.
pub fn target(world: &World, plan: PlanId, is_redo: bool) -> Option<Revision> {
    let log = world.plans().log(plan);
    if is_redo {
        // The undo itself is what gets mirrored.
        redoable(log).map(|(_, undo)| undo.revision)
    } else {
        let edit = undoable(log)?;
        // Done again since: then the newest redo holds the facts.
        let again = log.iter().rev().find(|entry| entry.act == Act::Redo(edit.revision));
        Some(again.unwrap_or(edit).revision)
    }
}

pub(crate) fn decide_take_back(
    world: &World,
    wish: TakeBack,
    actor: &Actor,
    now: Stamp,
) -> Result<Decision, Refusal> {
    let TakeBack { plan, is_redo, base, id, taken } = wish;
    let log = open_log(world, plan)?;
    if let Some(done) = done_before(log, &id) {
        return Ok(repeated(plan, done));
    }
    let since = base.map_or(&[][..], |base| entries_since(log, Some(base), usize::MAX));
    if !since.is_empty() {
        return Err(Refusal::Stale(since.to_vec()));
    }
    let nothing = if is_redo { Refusal::NothingToRedo } else { Refusal::NothingToUndo };
    let Some(revision) = target(world, plan, is_redo) else {
        let is_up_to_date = log.iter().any(|entry| entry.act == Act::Rebase);
        let rebased = || Refusal::BuiltOn(vec![Fault::new("edit.rebased")]);
        return Err(if is_up_to_date && !is_redo { rebased() } else { nothing });
    };
    let Some(taken) = taken.filter(|taken| taken.revision == revision) else { return Err(nothing) };
    let edit = if is_redo { redoable(log).map(|(edit, _)| edit) } else { undoable(log) };
    let edit = edit.expect("there is a target");
    let mut facts = Vec::with_capacity(taken.facts.len() + 1);
    for fact in taken.facts.into_iter().rev().map(Fact::mirror) {
        let fact = settle(world, fact)
            .ok_or_else(|| Refusal::BuiltOn(vec![Fault::new("edit.built-on")]))?;
        facts.push(fact);
    }
    let act = if is_redo { Act::Redo(edit.revision) } else { Act::Undo(edit.revision) };
    let entry = Arc::new(Entry {
        revision: world.revision().next(),
        id,
        who: actor.name.clone(),
        at: now,
        act,
        did: edit.did.clone(),
        grids: edit.grids.clone(),
        areas: edit.areas.clone(),
        why: "".into(),
    });
    facts.push(Fact::Log(plan, entry.revision, Turned::new(None, Some(Arc::clone(&entry)))));
    let removed = facts.iter().filter_map(|fact| match fact {
        Fact::Grid(_, _, Turned { before: Some(before), after: None }) => Some(before.code.clone()),
        _ => None,
    });
    let edited = Edited {
        plan,
        id: entry.id.clone(),
        grids: edit.grids.clone(),
        removed: removed.collect(),
        areas: edit.areas.clone(),
        carried: Vec::new(),
        entry: Some(entry),
        is_repeated: false,
    };
    let change = Change { facts, roster: Vec::new() };
    Ok(Decision { change, edited: Some(edited), ..Decision::default() })
}

/// The fact with the world's own values on its near side, so that pointers are shared; `None` when the
/// world is not as the fact expects it.
fn settle(world: &World, fact: Fact) -> Option<Fact> {
    let plans = world.plans();
    match fact {
        Fact::Cut(plan, area, Turned { before, after }) => {
            let held = plans.cut(plan, area).cloned();
            if held != before {
                return None;
            }
            let after = after.map(|after| match &held {
                Some(held) if held.fabric == after.fabric => {
                    Arc::new(Cut { fabric: Arc::clone(&held.fabric), ..Cut::clone(&after) })
                }
                _ => after,
            });
            Some(Fact::Cut(plan, area, Turned::new(held, after)))
        }
        Fact::Grid(plan, key, turned) => {
            let held = plans.grid(plan, key).cloned();
            (held == turned.before).then_some(Fact::Grid(plan, key, turned))
        }
        Fact::Plan(plan, turned) => {
            let held = plans.get(plan).cloned();
            (held == turned.before).then_some(Fact::Plan(plan, turned))
        }
        // The store keeps nothing else of an edit.
        _ => None,
    }
}
