//! Every change goes through here: a command becomes a change (a list of facts) or a refusal.
//!
//! Pure: the world, the command, who and when go in; nothing happens. The same function without the
//! commit is the preview and the dry run. Ids come from the counters in the world.
//!
//! **Why** one door: rights, staleness and laws are asked in one place, in one order, for everybody.

mod areas;
mod border;
mod buildings;
pub mod edits;
mod features;
mod grids;
mod lineage;
pub mod lifecycle;
mod people;
mod stations;

use std::collections::HashMap;
use std::sync::Arc;

use self::edits::{
    Contested, Edited, Fault, Rebase, StartPlan, TakeBack, decide_edit, decide_rebase,
    decide_start, decide_take_back,
};
use self::lifecycle::{Hindrance, LifeStep, decide_life, decide_turn};
use super::change::{Batch, Change, Fact, Summary, Turned};
use super::ids::{BatchId, BuildingId, Code, Counters};
use super::issue::{Issue, Severity};
use super::measure::{Day, Stamp};
use super::personal::Personal;
use super::place::Pin;
use super::plan::edit::Edit;
use super::plan::log::Entry;
use super::register::people::Unhoused;
use super::register::rows::{ImportKind, Rows};
use super::rights::{Actor, may_edit, may_import};
use super::world::World;

/// Something somebody wants done.
#[derive(Clone, Debug)]
pub enum Command {
    Import(Box<Import>),
    /// Rows of the settings table; `None` goes back to the default.
    Settings(Vec<(Box<str>, Option<Box<str>>)>),
    /// A new draft.
    Start(Box<StartPlan>),
    /// Strokes on a draft.
    Edit(Box<Edit>),
    /// The newest edit of a draft taken back, or done again.
    TakeBack(Box<TakeBack>),
    /// A draft merged with what was published since it was started.
    Rebase(Box<Rebase>),
    /// A step of a plan's life.
    Life(Box<LifeStep>),
    /// The civil day by the clock: plans come into force by it.
    Turn(Day),
}

/// One file of one kind, read and ready to be decided.
#[derive(Clone, Debug)]
pub struct Import {
    pub rows: Rows,
    /// Name of the file, without its folder.
    pub file: Box<str>,
    pub datum: Box<str>,
    /// What reading found, in file order.
    pub issues: Vec<Issue>,
    /// Issues beyond those kept.
    pub issues_dropped: u64,
    pub dropped_columns: Vec<Box<str>>,
    /// Rows in the file, and how many of them reading refused.
    pub n_rows: u64,
    pub n_refused: u64,
    /// Slips up to this many metres along borders are sewn together.
    pub tolerance_m: f64,
    /// First day imported grids count.
    pub effective: Day,
    /// Households the store holds already; only asked for households and members.
    pub roster: Roster,
}

/// Households by number, as the store holds them.
pub type Roster = HashMap<Personal<Code>, HeldHome>;

/// One household as held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldHome {
    pub building: Option<BuildingId>,
    pub unhoused: Option<Unhoused>,
    pub persons: u16,
    pub pin: Option<Pin>,
}

/// A change ready to be applied, and what to tell the caller about it.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    pub change: Change,
    pub summary: Summary,
    /// All issues in file order, at most [`ISSUES_KEPT`].
    pub issues: Vec<Issue>,
    /// What was done to a draft.
    pub edited: Option<Edited>,
}

/// Issues carried in a report; the summary counts the rest.
pub const ISSUES_KEPT: usize = 2_000;

/// A command not carried out. Nothing has changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    NotAllowed,
    /// The whole cannot stand; says where.
    Broken(Vec<Issue>),
    NotFound,
    /// An edit that would leave a draft unsound; says where.
    Unsound(Vec<Fault>),
    /// Grids whose border may not move.
    Locked(Vec<Fault>),
    /// Somebody changed what the edit touches; the entries of the plan's log, oldest first.
    Stale(Vec<Arc<Entry>>),
    /// Only drafts are edited.
    NotDraft,
    NothingToUndo,
    NothingToRedo,
    /// What is to be taken back is no longer as it was left.
    BuiltOn(Vec<Fault>),
    /// A draft cannot be brought up to date before these are settled; all are listed.
    Conflicts(Vec<Contested>),
    /// A step of a plan's life that cannot be taken.
    Life(Hindrance),
}

/// What `command` would change, or why it will not be done.
///
/// Cost: follows the rows of the file, and for grids the pins of their communities.
pub fn decide(
    world: &World,
    command: Command,
    actor: &Actor,
    now: Stamp,
) -> Result<Decision, Refusal> {
    let may = match &command {
        Command::Import(_) | Command::Settings(_) => may_import(actor),
        Command::Start(_)
        | Command::Edit(_)
        | Command::TakeBack(_)
        | Command::Rebase(_)
        | Command::Life(_) => may_edit(actor),
        // The clock asks nobody.
        Command::Turn(_) => true,
    };
    if !may {
        return Err(Refusal::NotAllowed);
    }
    match command {
        Command::Start(start) => decide_start(world, *start, actor, now),
        Command::Edit(edit) => decide_edit(world, *edit, actor, now),
        Command::TakeBack(wish) => decide_take_back(world, *wish, actor, now),
        Command::Rebase(wish) => decide_rebase(world, *wish, actor, now),
        Command::Life(step) => decide_life(world, *step, actor, now),
        Command::Turn(day) => Ok(decide_turn(world, day)),
        Command::Import(import) => decide_import(world, *import, actor, now),
        Command::Settings(rows) => Ok(decide_settings(world, rows)),
    }
}

fn decide_import(
    world: &World,
    import: Import,
    actor: &Actor,
    now: Stamp,
) -> Result<Decision, Refusal> {
    let mut draft = Draft::new(world, &import);
    let kind = import.rows.kind();
    let Import { rows, file, datum, dropped_columns, roster, tolerance_m, effective, .. } = import;
    match rows {
        Rows::Areas(rows) => {
            let by = (actor, now);
            areas::decide_areas(&mut draft, rows, &file, tolerance_m, effective, by);
        }
        Rows::Grids(rows) => {
            let by = (actor, now);
            grids::decide_grids(&mut draft, rows, &file, tolerance_m, effective, by);
        }
        Rows::Buildings(rows) => buildings::decide_buildings(&mut draft, rows),
        Rows::Households(rows) => people::decide_households(&mut draft, &rows, &roster),
        Rows::Members(rows) => people::decide_members(&mut draft, &rows, &roster),
        Rows::Barriers(rows) => features::decide_features(&mut draft, rows),
        Rows::Stations(rows) => stations::decide_stations(&mut draft, rows),
    }
    let note = BatchNote { kind, file, datum, dropped_columns };
    Ok(draft.finish(note, actor, now))
}

fn decide_settings(world: &World, rows: Vec<(Box<str>, Option<Box<str>>)>) -> Decision {
    let mut change = Change::default();
    for (key, after) in rows {
        let before = world.setting(&key).map(Box::from);
        if before != after {
            change.facts.push(Fact::Setting(key, Turned::new(before, after)));
        }
    }
    Decision { change, ..Decision::default() }
}

/// A change in the making.
struct Draft<'a> {
    world: &'a World,
    counters: Counters,
    change: Change,
    summary: Summary,
    issues: Vec<Issue>,
    issues_dropped: u64,
}

struct BatchNote {
    kind: ImportKind,
    file: Box<str>,
    datum: Box<str>,
    dropped_columns: Vec<Box<str>>,
}

impl<'a> Draft<'a> {
    fn new(world: &'a World, import: &Import) -> Self {
        Self {
            world,
            counters: world.counters(),
            change: Change::default(),
            summary: Summary {
                rows: import.n_rows,
                refused: import.n_refused,
                ..Summary::default()
            },
            issues: import.issues.clone(),
            issues_dropped: import.issues_dropped,
        }
    }

    /// A change that is no import.
    fn bare(world: &'a World) -> Self {
        Self {
            world,
            counters: world.counters(),
            change: Change::default(),
            summary: Summary::default(),
            issues: Vec::new(),
            issues_dropped: 0,
        }
    }

    fn issue(&mut self, issue: Issue) {
        if self.issues.len() < ISSUES_KEPT {
            self.issues.push(issue);
        } else {
            self.issues_dropped += 1;
        }
    }

    /// Counts a row that cannot be used, and says why.
    fn refuse(&mut self, issue: Issue) {
        debug_assert_eq!(issue.severity, Severity::Stop);
        self.summary.refused += 1;
        self.issue(issue);
    }

    fn fact(&mut self, fact: Fact) {
        self.change.facts.push(fact);
    }

    /// Counts one thing against how it was held before; true when it has to be written.
    fn compare<T: PartialEq>(&mut self, before: Option<&T>, after: &T) -> bool {
        match before {
            None => self.summary.new += 1,
            Some(held) if held == after => {
                self.summary.unchanged += 1;
                return false;
            }
            Some(_) => self.summary.changed += 1,
        }
        true
    }

    /// Closes the change: a batch and the counters when there is anything to do.
    fn finish(mut self, note: BatchNote, actor: &Actor, now: Stamp) -> Decision {
        self.issues.sort_by_key(|issue| (issue.row.is_none(), issue.row));
        self.summary.issues = self.issues.len() as u64 + self.issues_dropped;
        if !self.change.is_empty() {
            let id = BatchId::new(self.counters.batch).expect("counters begin at 1");
            self.counters.batch += 1;
            let batch = Batch {
                id,
                kind: note.kind,
                file: note.file,
                datum: note.datum,
                at: now,
                who: actor.name.clone(),
                revision: self.world.revision().next(),
                summary: self.summary,
                dropped_columns: note.dropped_columns,
                issues: self.issues.clone(),
            };
            self.fact(Fact::Batch(id, Turned::new(None, Some(Arc::new(batch)))));
            let turned = Turned::new(Some(self.world.counters()), Some(self.counters));
            self.fact(Fact::Counters(turned));
        }
        Decision { change: self.change, summary: self.summary, issues: self.issues, edited: None }
    }
}
