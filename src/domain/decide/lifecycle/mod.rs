//! The life of a plan: submitted, returned, approved, withdrawn, called otherwise, thrown away; what is
//! accepted and remarked along the way; and the day that brings a plan into force.
//!
//! Files: `checks` (what stands in the way, what is worth a look), `publish` (what approving does to the
//! ground), `codes` (who a grid is after it), `sew` (one border on both sides), `papers` (comments and
//! accepted warnings).
//!
//! **Why** approving writes everything at once, also for a later day: the switch itself is then one fact,
//! the day, and cannot fail half way.

pub mod checks;
mod codes;
mod papers;
mod publish;
mod sew;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use checks::{Check, Mend, checks};
pub use codes::Pattern;
pub(in crate::domain::decide) use codes::Registry;
pub use papers::Remark;

use super::edits::{Edited, entries_since, start};
use super::{Decision, Refusal};
use crate::domain::change::{Change, Fact, Turned};
use crate::domain::ids::{GridKey, PlanId};
use crate::domain::measure::{Day, Revision, Stamp};
use crate::domain::plan::lifecycle::Step;
use crate::domain::plan::log::{Act, Did, Entry, Op};
use crate::domain::plan::review::MAX_REASON;
use crate::domain::plan::{Plan, Status, calendar};
use crate::domain::rights::Actor;
use crate::domain::world::World;

/// Something to be done with a plan as a whole.
#[derive(Clone, Debug)]
pub struct LifeStep {
    pub plan: PlanId,
    /// The revision the caller looked at; nothing may have been done to the plan since.
    pub base: Option<Revision>,
    /// Why; may be empty.
    pub reason: Box<str>,
    pub deed: Deed,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    Submit,
    Return,
    /// To count from that day on; from today when none is said.
    Approve(Option<Day>),
    Withdraw,
    Retitle(Box<str>),
    Delete,
    /// Takes a warning as it is, or takes that back.
    Accept {
        key: Box<str>,
        is_accepted: bool,
    },
    Remark(Remark),
    Resolve {
        number: u32,
        is_resolved: bool,
    },
}

/// Why a step of a plan's life is not taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Hindrance {
    NotInReview,
    /// Withdrawn or superseded: nothing more can be done with it.
    Over,
    /// It counts now.
    InForce,
    /// Who started it may not approve it.
    SamePerson,
    PastDay,
    /// Titles of plans that begin on that day in one of its communities.
    DayTaken(Vec<Box<str>>),
    /// The plan it follows begins on this later day.
    BeforeBase(Day),
    /// What has to be mended first.
    Stops(Vec<Check>),
    /// Its border is not that of its communities any more.
    BorderMoved,
    /// Titles of plans that are based on it.
    Followed(Vec<Box<str>>),
    /// It counted, or was let count.
    NotDeletable,
    UnknownCheck,
    /// Only warnings and declared gaps are accepted.
    NotAcceptable,
    NoReason,
    LongReason,
    NoTitle,
    UnknownComment,
    NoText,
    LongText,
}

fn hinder<T>(hindrance: Hindrance) -> Result<T, Refusal> {
    Err(Refusal::Life(hindrance))
}

/// Facts of one step. Cost: approving follows the communities of the plan, all else is small.
pub(super) fn decide_life(
    world: &World,
    step: LifeStep,
    actor: &Actor,
    now: Stamp,
) -> Result<Decision, Refusal> {
    let LifeStep { plan, base, reason, deed } = step;
    let held = world.plans().get(plan).ok_or(Refusal::NotFound)?;
    if reason.chars().count() > MAX_REASON || reason.chars().any(is_unprintable) {
        return hinder(Hindrance::LongReason);
    }
    let since =
        base.map_or(&[][..], |base| entries_since(world.plans().log(plan), Some(base), usize::MAX));
    if !since.is_empty() {
        return Err(Refusal::Stale(since.to_vec()));
    }
    let mut turn = Turning { world, held, actor, now, reason, facts: Vec::new() };
    match deed {
        Deed::Submit => {
            let after = turn.status_after(Step::Submit)?;
            turn.refuse_stops()?;
            turn.step(Op::Submit, Plan { status: after, submitted_at: Some(now), ..turn.plan() });
        }
        Deed::Return => {
            let after = turn.status_after(Step::Return)?;
            turn.step(Op::Return, Plan { status: after, submitted_at: None, ..turn.plan() });
        }
        Deed::Approve(first) => publish::approve(&mut turn, first)?,
        Deed::Withdraw => {
            let after = turn.status_after(Step::Withdraw)?;
            if held.is_published() && calendar::has_come(held, today(world)) {
                return hinder(Hindrance::InForce);
            }
            turn.step(Op::Withdraw, Plan { status: after, ..turn.plan() });
        }
        Deed::Retitle(title) => turn.retitle(&title)?,
        Deed::Delete => turn.delete()?,
        Deed::Accept { key, is_accepted } => papers::accept(&mut turn, key, is_accepted)?,
        Deed::Remark(remark) => papers::remark(&mut turn, remark)?,
        Deed::Resolve { number, is_resolved } => papers::resolve(&mut turn, number, is_resolved)?,
    }
    Ok(turn.finish())
}

/// The civil day of whoever decides: told by the clock, else the one the book is open at.
pub(super) fn today(world: &World) -> Option<Day> {
    world.brief().today.or(world.day())
}

/// The day turns, forward or back. Nothing to do while the same plans count.
pub(super) fn decide_turn(world: &World, day: Day) -> Decision {
    let mut change = Change::default();
    if world.plans().in_force_on(Some(day)) != *world.plans().current() {
        change.facts.extend(day_fact(world, Some(day)));
    }
    Decision { change, ..Decision::default() }
}

/// The fact that opens the book at `day`, unless it is open there.
pub(in crate::domain::decide) fn day_fact(world: &World, day: Option<Day>) -> Option<Fact> {
    let is_new = day.is_some() && day != world.day();
    is_new.then(|| Fact::Day(Turned::new(world.day(), day)))
}

fn is_unprintable(letter: char) -> bool {
    letter.is_control() && letter != '\n' && letter != '\t'
}

/// A step in the making.
struct Turning<'a> {
    world: &'a World,
    held: &'a Arc<Plan>,
    actor: &'a Actor,
    now: Stamp,
    reason: Box<str>,
    facts: Vec<Fact>,
}

impl Turning<'_> {
    fn id(&self) -> PlanId {
        self.held.id
    }

    /// The record as it will be at the next revision, with the reason given.
    fn plan(&self) -> Plan {
        Plan {
            revision: self.world.revision().next(),
            reason: self.reason.clone(),
            ..Plan::clone(self.held)
        }
    }

    fn status_after(&self, step: Step) -> Result<Status, Refusal> {
        match (step.from(self.held.status), step) {
            (Some(after), _) => Ok(after),
            (None, Step::Submit) => Err(Refusal::NotDraft),
            (None, Step::Return | Step::Approve) => hinder(Hindrance::NotInReview),
            (None, Step::Withdraw) => hinder(Hindrance::Over),
        }
    }

    fn refuse_stops(&self) -> Result<(), Refusal> {
        let mut found = checks(self.world, self.id());
        found.retain(Check::is_in_the_way);
        if found.is_empty() { Ok(()) } else { hinder(Hindrance::Stops(found)) }
    }

    /// The plan as it is after a step, and the entry in its log.
    fn step(&mut self, op: Op, after: Plan) {
        self.log(op, Vec::new());
        self.put(after);
    }

    fn put(&mut self, after: Plan) {
        let turned = Turned::new(Some(Arc::clone(self.held)), Some(Arc::new(after)));
        self.facts.push(Fact::Plan(self.id(), turned));
    }

    fn log(&mut self, op: Op, grids: Vec<GridKey>) {
        let entry = Entry {
            revision: self.world.revision().next(),
            id: "".into(),
            who: self.actor.name.clone(),
            at: self.now,
            act: Act::Life,
            did: vec![Did { op, grids: Vec::new(), buildings: 0 }],
            grids,
            areas: self.held.areas.clone(),
            why: self.reason.clone(),
        };
        let turned = Turned::new(None, Some(Arc::new(entry)));
        self.facts.push(Fact::Log(self.id(), self.world.revision().next(), turned));
    }

    fn retitle(&mut self, title: &str) -> Result<(), Refusal> {
        if matches!(self.held.status, Status::Withdrawn | Status::Superseded) {
            return hinder(Hindrance::Over);
        }
        let title = start::title(title);
        if title.is_empty() {
            return hinder(Hindrance::NoTitle);
        }
        if title != self.held.title {
            let reason = self.held.reason.clone();
            self.step(Op::Retitle, Plan { title, reason, ..self.plan() });
        }
        Ok(())
    }

    /// Takes back whatever was ever written of a plan nobody let count.
    fn delete(&mut self) -> Result<(), Refusal> {
        let is_own = match self.held.status {
            Status::Draft => true,
            Status::Withdrawn => self.held.published_at.is_none(),
            Status::InReview | Status::Published | Status::Superseded => false,
        };
        if !is_own {
            return hinder(Hindrance::NotDeletable);
        }
        let (plan, plans) = (self.id(), self.world.plans());
        let followers: Vec<Box<str>> =
            plans.followers(plan).map(|other| other.title.clone()).collect();
        if !followers.is_empty() {
            return hinder(Hindrance::Followed(followers));
        }
        fn gone<T: Clone>(held: &T) -> Turned<T> {
            Turned::new(Some(held.clone()), None)
        }
        let facts = &mut self.facts;
        let comments = plans.comments(plan).iter();
        facts.extend(comments.map(|(number, one)| Fact::Comment(plan, *number, gone(one))));
        let accepted = plans.accepted(plan).iter();
        facts.extend(accepted.map(|(key, one)| Fact::Accepted(plan, key.clone(), gone(one))));
        let log = plans.log(plan).iter();
        facts.extend(log.map(|entry| Fact::Log(plan, entry.revision, gone(entry))));
        for area in plans.areas(plan) {
            facts.extend(plans.cut(plan, area).map(|cut| Fact::Cut(plan, area, gone(cut))));
        }
        facts.extend(plans.grids(plan).map(|grid| Fact::Grid(plan, grid.key, gone(grid))));
        facts.push(Fact::Plan(plan, gone(self.held)));
        Ok(())
    }

    fn finish(self) -> Decision {
        let mut grids: BTreeMap<GridKey, ()> = BTreeMap::new();
        for fact in &self.facts {
            if let Fact::Grid(_, key, _) = fact {
                grids.insert(*key, ());
            }
        }
        let edited = Edited {
            plan: self.held.id,
            id: "".into(),
            grids: grids.into_keys().collect(),
            removed: Vec::new(),
            areas: self.held.areas.clone(),
            carried: Vec::new(),
            entry: None,
            is_repeated: false,
        };
        let change = Change { facts: self.facts, roster: Vec::new() };
        Decision { change, edited: Some(edited), ..Decision::default() }
    }
}
