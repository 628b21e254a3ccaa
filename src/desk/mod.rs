//! Floor 2: the one writer. Every change is a command given to the desk; every reader takes a world.
//!
//! [`Desk`] is a handle: cheap to clone, usable from any thread. Behind it one plain thread (`run`)
//! decides, derives, commits, publishes, tells. [`Desk::preview`] is the same without the last three.
//! Knows nothing of files, sockets or words.
//!
//! **Why** one writer: SQLite has one anyway, and the order of revisions is then a fact, not a hope.
//! Waiting commands share one commit to disk.

mod clock;
mod notice;
mod past;
mod run;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use thiserror::Error;
use tokio::sync::{broadcast, mpsc, oneshot};

pub use clock::{ClockError, pretended, today};
pub use notice::Notice;

use crate::domain::change::{Change, Fact, Summary, Touched};
use crate::domain::decide::edits::{Edited, Taken, target, wished};
use crate::domain::decide::lifecycle::Deed;
use crate::domain::decide::{Command, Decision, Refusal, Roster, decide};
use crate::domain::ids::{AreaId, BuildingId, Code, GridKey};
use crate::domain::issue::Issue;
use crate::domain::measure::{Day, Revision, Stamp};
use crate::domain::placement::Reason;
use crate::domain::plan::edit::Edit;
use crate::domain::register::rows::{ImportKind, Rows};
use crate::domain::rights::Actor;
use crate::domain::world::{Brief, PlanChoice, World};
use crate::store::{Reader, Store, StoreError, StoreOptions};

/// Commands that may wait at the desk before a caller has to.
const QUEUE: usize = 256;
/// Notices a slow listener may fall behind before it has to start over.
const NOTICES: usize = 256;

/// What became of a command.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Revision it stands in; the current one when nothing changed.
    pub revision: Revision,
    pub is_changed: bool,
    pub summary: Summary,
    pub issues: Vec<Issue>,
    /// For an import of buildings: how many of its new and changed ones are where they are, and why.
    pub placed: BTreeMap<Reason, u64>,
    /// What was touched; `None` when nothing changed or for a preview that stops before.
    pub touched: Option<Arc<Touched>>,
    /// What was done to a draft, with the worlds before and after.
    pub edited: Option<(Edited, [Arc<World>; 2])>,
}

/// Why a command was not carried out. The world has not moved.
#[derive(Debug, Error)]
pub enum DeskError {
    #[error("the command was refused")]
    Refused(Refusal),
    #[error(transparent)]
    Store(#[from] Arc<StoreError>),
    #[error("deciding the command failed inside; nothing was changed")]
    Panicked,
    #[error("the desk is closed")]
    Closed,
}

/// A handle to the one writer. Dropping the last one waits until all of it is in the database file.
///
/// **Why** the fields in this order: they go in it, so the writing thread, which stays while `jobs` is
/// held, is always the one to close the reading connection, and then its own. Two connections that close in
/// the same moment on two threads each see the other's lock, and neither folds the write-ahead log into
/// the file.
#[derive(Clone, Debug)]
pub struct Desk {
    shared: Arc<Shared>,
    jobs: mpsc::Sender<Job>,
    _thread: Arc<Writing>,
}

/// The writing thread; waited for when nobody can ask it for anything any more.
#[derive(Debug)]
struct Writing(Option<std::thread::JoinHandle<()>>);

impl Drop for Writing {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            // A desk that panicked has already logged why.
            let _ = thread.join();
        }
    }
}

#[derive(Debug)]
struct Shared {
    current: RwLock<Arc<World>>,
    notices: broadcast::Sender<Arc<Notice>>,
    /// For reading single homes, what sleeps, and for backups while serving.
    reader: Mutex<Reader>,
    /// Ground of the past that was asked for lately.
    sleepers: past::Sleepers,
    /// The day this desk was told to take for today.
    pretended: Mutex<Option<Day>>,
}

/// A command on its way, and where the answer goes.
struct Job {
    command: Command,
    actor: Actor,
    reply: oneshot::Sender<Result<Outcome, DeskError>>,
}

impl Desk {
    /// Opens the database at `path`, derives the world and starts the writing thread.
    ///
    /// The thread ends when the last handle is dropped; what it acknowledged is on disk.
    pub fn open(path: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        Self::start(Store::open(path, options)?, None)
    }

    /// As [`Desk::open`], taking `day` for today: see [`Desk::pretend`].
    pub fn open_on(path: &Path, options: &StoreOptions, day: Day) -> Result<Self, StoreError> {
        Self::start(Store::open(path, options)?, Some(day))
    }

    /// A desk on a database in memory, for trials.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::start(Store::in_memory()?, None)
    }

    fn start(store: Store, day: Option<Day>) -> Result<Self, StoreError> {
        let (ground, revision) = store.load_awake()?;
        let reader = store.reader()?;
        let world = Arc::new(World::open(&ground, revision));
        drop(ground);
        let shared = Arc::new(Shared {
            current: RwLock::new(world),
            notices: broadcast::channel(NOTICES).0,
            reader: Mutex::new(reader),
            sleepers: past::Sleepers::default(),
            pretended: Mutex::new(day),
        });
        let (jobs, queue) = mpsc::channel(QUEUE);
        let mut runner = run::Runner::new(store, Arc::clone(&shared));
        // What was approved for a day that has come counts from the first answer on.
        runner.turn();
        let thread = std::thread::Builder::new()
            .name("desk".into())
            .spawn(move || runner.run(queue))
            .expect("the system starts a thread");
        Ok(Self { shared, jobs, _thread: Arc::new(Writing(Some(thread))) })
    }

    /// The world as it is now. Keep the handle for a whole request; it never changes.
    pub fn world(&self) -> Arc<World> {
        self.shared.world()
    }

    /// Told of every commit from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Notice>> {
        self.shared.notices.subscribe()
    }

    /// Carries out `command`: acknowledged means on disk.
    pub async fn submit(&self, command: Command, actor: Actor) -> Result<Outcome, DeskError> {
        let (reply, answer) = oneshot::channel();
        let job = Job { command, actor, reply };
        self.jobs.send(job).await.map_err(|_| DeskError::Closed)?;
        answer.await.unwrap_or(Err(DeskError::Closed))
    }

    /// As [`Desk::submit`], for callers without a runtime. Panics inside one.
    pub fn submit_blocking(&self, command: Command, actor: Actor) -> Result<Outcome, DeskError> {
        let (reply, answer) = oneshot::channel();
        let job = Job { command, actor, reply };
        self.jobs.blocking_send(job).map_err(|_| DeskError::Closed)?;
        answer.blocking_recv().unwrap_or(Err(DeskError::Closed))
    }

    /// What `command` would do, on this thread; nothing is changed. The revision is the one it would get.
    pub fn preview(&self, mut command: Command, actor: &Actor) -> Result<Outcome, DeskError> {
        let world = self.shared.bring(&self.world(), &mut command)?;
        let mut decision = decide(&world, command, actor, now()).map_err(DeskError::Refused)?;
        if decision.change.is_empty() {
            return Ok(unchanged(&world, decision));
        }
        let (next, touched) = world.next(&decision.change);
        Ok(changed([&world, &Arc::new(next)], touched, &mut decision))
    }

    /// The reading connection, for single homes, history and backups.
    pub fn with_reader<T>(&self, read: impl FnOnce(&Reader) -> T) -> T {
        read(&self.shared.reader.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shared {
    fn world(&self) -> Arc<World> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn publish(&self, world: Arc<World>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = world;
    }

    /// The world a command is decided on, with what it needs of the store: households, what an edit did,
    /// ground of the past, whose codes are whose; and with the day by the clock.
    fn bring(&self, world: &Arc<World>, command: &mut Command) -> Result<Arc<World>, DeskError> {
        let reader = || self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        match command {
            Command::Import(import) if asks_roster_of(import.rows.kind()) => {
                let roster: Roster = reader().prior().map_err(Arc::new)?;
                import.roster = roster;
            }
            Command::TakeBack(wish) => {
                if let Some(revision) = target(world, wish.plan, wish.is_redo) {
                    let facts = reader().facts_of(revision).map_err(Arc::new)?;
                    wish.taken = Some(Taken { revision, facts });
                }
            }
            Command::Import(import) => {
                if let Rows::Areas(rows) = &import.rows {
                    let areas = world.areas();
                    let named = rows.iter().flat_map(|row| {
                        row.lineage.predecessors.iter().chain([&row.code]).map(Code::as_str)
                    });
                    let held: Vec<AreaId> =
                        named.filter_map(|code| Some(areas.by_code(code)?.id)).collect();
                    let owners = reader().codes_in_history(&held).map_err(Arc::new)?;
                    return Ok(self.briefed(world, owners));
                }
                if let Rows::Grids(rows) = &import.rows {
                    let codes: Vec<Code> = rows.iter().map(|row| row.code.clone()).collect();
                    let owners = reader().owners_of_codes(&codes).map_err(Arc::new)?;
                    let then = Some(import.effective);
                    let world = self.with_past(world, PlanChoice::Current, then, None)?;
                    return Ok(self.briefed(&world, owners));
                }
            }
            Command::Start(start) => {
                if let Some(PlanChoice::Plan(plan)) = start.based_on {
                    return self.with_past(world, PlanChoice::Plan(plan), None, None);
                }
            }
            Command::Life(step) => {
                let mut owners = Vec::new();
                if matches!(step.deed, Deed::Approve(_)) {
                    let plans = world.plans();
                    let areas: Vec<AreaId> = plans.areas(step.plan).collect();
                    let codes: Vec<Code> =
                        plans.grids(step.plan).map(|grid| grid.code.clone()).collect();
                    let reader = reader();
                    owners = reader.codes_in_history(&areas).map_err(Arc::new)?;
                    owners.extend(reader.owners_of_codes(&codes).map_err(Arc::new)?);
                }
                return Ok(self.briefed(world, owners));
            }
            Command::Turn(day) => {
                return self.with_past(world, PlanChoice::Current, Some(*day), None);
            }
            Command::Rebase(wish) => return self.with_bases(world, wish.plan),
            Command::Edit(edit) if edit.numbers() => return self.with_numbers(world, edit),
            Command::Settings(_) | Command::Edit(_) => {}
        }
        Ok(Arc::clone(world))
    }

    /// `world` with whose the numbers are, and were, that an edit may give.
    fn with_numbers(&self, world: &Arc<World>, edit: &Edit) -> Result<Arc<World>, DeskError> {
        let areas: Vec<AreaId> = world.plans().areas(edit.plan).collect();
        let wished = wished(world, edit);
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let mut owners = reader.codes_in_history(&areas).map_err(Arc::new)?;
        owners.extend(reader.owners_of_codes(&wished).map_err(Arc::new)?);
        let mut formers = BTreeMap::new();
        for code in wished {
            if let Some(former) = reader.former(&code).map_err(Arc::new)? {
                formers.insert(code, former);
            }
        }
        let owners = owners.into_iter().collect();
        Ok(Arc::new(world.briefed(Brief { today: Some(self.today()), owners, formers })))
    }

    fn briefed(&self, world: &Arc<World>, owners: Vec<(Code, GridKey)>) -> Arc<World> {
        let owners = owners.into_iter().collect();
        let today = Some(self.today());
        Arc::new(world.briefed(Brief { today, owners, formers: BTreeMap::new() }))
    }
}

/// What deciding `command` needs of the store: commands before it have to be on disk.
fn asks_store(command: &Command, pending: &Change) -> bool {
    match command {
        Command::Import(import)
            if matches!(import.rows.kind(), ImportKind::Areas | ImportKind::Grids) =>
        {
            true
        }
        Command::Import(import) => asks_roster_of(import.rows.kind()) && !pending.roster.is_empty(),
        Command::Life(step) => matches!(step.deed, Deed::Approve(_)),
        Command::TakeBack(_) | Command::Start(_) | Command::Rebase(_) | Command::Turn(_) => true,
        Command::Edit(edit) => edit.numbers(),
        Command::Settings(_) => false,
    }
}

fn asks_roster_of(kind: ImportKind) -> bool {
    matches!(kind, ImportKind::Households | ImportKind::Members)
}

fn unchanged(world: &Arc<World>, decision: Decision) -> Outcome {
    Outcome {
        revision: world.revision(),
        is_changed: false,
        summary: decision.summary,
        issues: decision.issues,
        placed: BTreeMap::new(),
        touched: None,
        edited: decision.edited.map(|edited| (edited, [Arc::clone(world), Arc::clone(world)])),
    }
}

fn changed(
    [world, next]: [&Arc<World>; 2],
    touched: Arc<Touched>,
    decision: &mut Decision,
) -> Outcome {
    let worlds = [Arc::clone(world), Arc::clone(next)];
    Outcome {
        edited: decision.edited.take().map(|edited| (edited, worlds)),
        revision: next.revision(),
        is_changed: true,
        placed: placed(next, &decision.change),
        summary: decision.summary,
        issues: std::mem::take(&mut decision.issues),
        touched: Some(touched),
    }
}

/// Reasons of the buildings a change brought or changed, in the plans in force.
fn placed(world: &World, change: &Change) -> BTreeMap<Reason, u64> {
    let mut counts = BTreeMap::new();
    let brought = change.facts.iter().filter_map(|fact| match fact {
        Fact::Building(id, turned) if turned.after.is_some() => Some(*id),
        _ => None,
    });
    for reason in brought.filter_map(|id: BuildingId| world.reason_of(PlanChoice::Current, id)) {
        *counts.entry(reason).or_default() += 1;
    }
    counts
}

/// The one place where the desk reads the clock.
fn now() -> Stamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Stamp(since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}
