//! The writing thread: decide, derive, commit, publish, tell; in that order, one command after another.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tracing::{error, info};

use super::{DeskError, Job, Notice, Outcome, Shared, asks_store, changed, now, unchanged};
use crate::domain::change::{Change, Touched};
use crate::domain::decide::{Command, decide};
use crate::domain::measure::Stamp;
use crate::domain::rights::Actor;
use crate::domain::world::World;
use crate::store::{Commit, Store};

/// Commands that share one commit to disk when they wait together.
const GROUP: usize = 64;

/// Owns the writing connection.
///
/// **Why** `shared` stands first: it goes first, and with it the reading connection; the writer is then the
/// last to close and folds the write-ahead log into the file.
pub(super) struct Runner {
    shared: Arc<Shared>,
    store: Store,
}

/// A command decided and derived, not yet on disk.
struct Pending {
    change: Change,
    world: Arc<World>,
    touched: Arc<Touched>,
    who: Box<str>,
    at: Stamp,
    outcome: Outcome,
    reply: oneshot::Sender<Result<Outcome, DeskError>>,
}

impl Runner {
    pub(super) fn new(store: Store, shared: Arc<Shared>) -> Self {
        Self { shared, store }
    }

    /// Works until the last handle is gone.
    pub(super) fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        while let Some(job) = queue.blocking_recv() {
            let mut world = self.shared.world();
            let mut pending: Vec<Pending> = Vec::new();
            let mut next = Some(job);
            while let Some(job) = next {
                // What is decided against the disk waits for those before it to be there.
                if pending.iter().any(|one| asks_store(&job.command, &one.change)) {
                    self.commit(std::mem::take(&mut pending));
                    world = self.shared.world();
                }
                if let Some(done) = self.work(&world, job) {
                    world = Arc::clone(&done.world);
                    pending.push(done);
                }
                next = if pending.len() < GROUP { queue.try_recv().ok() } else { None };
            }
            self.commit(pending);
        }
    }

    /// Opens the book at today's page, on this thread; plans come into force by it.
    pub(super) fn turn(&mut self) {
        let (reply, _) = oneshot::channel();
        let command = Command::Turn(self.shared.today());
        let job = Job { command, actor: Actor::local("clock"), reply };
        if let Some(pending) = self.work(&self.shared.world(), job) {
            self.commit(vec![pending]);
        }
    }

    /// Decides one command on `world`; answers at once what changes nothing.
    fn work(&self, world: &Arc<World>, job: Job) -> Option<Pending> {
        let Job { mut command, actor, reply } = job;
        let world = &match self.shared.bring(world, &mut command) {
            Ok(world) => world,
            Err(failure) => {
                // A caller who stopped listening needs no answer.
                let _ = reply.send(Err(failure));
                return None;
            }
        };
        let at = now();
        let attempt = catch_unwind(AssertUnwindSafe(|| {
            let decision = decide(world, command, &actor, at)?;
            let derived = (!decision.change.is_empty()).then(|| world.next(&decision.change));
            Ok((decision, derived))
        }));
        let answer = match attempt {
            Err(_) => {
                error!("a command panicked; nothing was changed");
                Err(DeskError::Panicked)
            }
            Ok(Err(refusal)) => Err(DeskError::Refused(refusal)),
            Ok(Ok((decision, None))) => Ok(unchanged(world, decision)),
            Ok(Ok((mut decision, Some((next, touched))))) => {
                let next = Arc::new(next);
                let outcome = changed([world, &next], Arc::clone(&touched), &mut decision);
                // What is over now, and what was taken up to decide this, goes to sleep.
                let next = if touched.is_timeline { Arc::new(next.rested()) } else { next };
                let change = decision.change;
                return Some(Pending {
                    change,
                    world: next,
                    touched,
                    who: actor.name,
                    at,
                    outcome,
                    reply,
                });
            }
        };
        let _ = reply.send(answer);
        None
    }

    /// Writes all of `pending` in one transaction, then publishes; or answers all with the failure.
    fn commit(&mut self, pending: Vec<Pending>) {
        if pending.is_empty() {
            return;
        }
        let commits: Vec<Commit<'_>> = pending
            .iter()
            .map(|one| Commit {
                change: &one.change,
                revision: one.world.revision(),
                who: &one.who,
                at: one.at,
            })
            .collect();
        if let Err(failure) = self.store.commit_all(&commits) {
            error!(error = %failure, "a commit failed; nothing was changed");
            let failure = Arc::new(failure);
            for one in pending {
                let _ = one.reply.send(Err(DeskError::Store(Arc::clone(&failure))));
            }
            return;
        }
        for one in pending {
            self.shared.publish(Arc::clone(&one.world));
            info!(revision = one.world.revision().0, facts = one.change.facts.len(), "committed");
            let notice = Arc::new(Notice { touched: one.touched, world: one.world });
            // Nobody listening is fine.
            let _ = self.shared.notices.send(notice);
            let _ = one.reply.send(Ok(one.outcome));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Desk;
    use crate::domain::decide::{Import, Roster};
    use crate::domain::measure::Day;
    use crate::domain::register::rows::Rows;
    use crate::sample::random::RandomTown;

    fn import(rows: Rows) -> Command {
        let n_rows = rows.len() as u64;
        Command::Import(Box::new(Import {
            rows,
            file: "town.csv".into(),
            datum: "4490".into(),
            issues: Vec::new(),
            issues_dropped: 0,
            dropped_columns: Vec::new(),
            n_rows,
            n_refused: 0,
            tolerance_m: 0.5,
            effective: Day(20_000),
            roster: Roster::new(),
        }))
    }

    /// What was acknowledged is in the one file once the desk is closed, not in a log beside it; however
    /// the thread that closes and the one that writes get in each other's way.
    #[test]
    fn closing_leaves_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lifang.db");
        let options = crate::store::StoreOptions::default();
        for title in 0..60 {
            let desk = Desk::open(&path, &options).unwrap();
            let command = Command::Settings(vec![("title".into(), Some(title.to_string().into()))]);
            desk.submit_blocking(command, Actor::local("")).unwrap();
            drop(desk);
            assert!(!folder.path().join("lifang.db-wal").exists(), "closed {title} times before");
        }
        let copy = folder.path().join("copy.db");
        std::fs::copy(&path, &copy).unwrap();
        let desk = Desk::open(&copy, &options).unwrap();
        assert_eq!(desk.world().setting("title"), Some("59"));
    }

    /// Two sheets of households that wait together count each home once.
    #[test]
    fn waiting_households_are_decided_one_after_the_other() {
        let town = RandomTown::new(5, 2, 3);
        let desk = Desk::in_memory().unwrap();
        let store = Store::in_memory().unwrap();
        let reader = store.reader().unwrap();
        *desk.shared.reader.lock().unwrap() = reader;
        let (jobs, queue) = mpsc::channel(8);
        let files = [
            Rows::Areas(town.areas),
            Rows::Buildings(town.buildings),
            Rows::Households(town.households.clone()),
            Rows::Households(town.households.clone()),
        ];
        let answers = files.map(|rows| {
            let (reply, answer) = oneshot::channel();
            let job = Job { command: import(rows), actor: Actor::local(""), reply };
            jobs.blocking_send(job).unwrap();
            answer
        });
        drop(jobs);
        Runner::new(store, Arc::clone(&desk.shared)).run(queue);
        let outcomes = answers.map(|answer| answer.blocking_recv().unwrap().unwrap());
        assert_eq!(outcomes.map(|outcome| outcome.is_changed), [true, true, true, false]);
    }
}
