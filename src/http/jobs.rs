//! Long work: begun by one request, watched and fetched by others, stopped by anybody who may begin it.
//!
//! Jobs live in memory: what they found is a proposal, and what was accepted of it is in the plan's log.
//! The newest are kept; a restart forgets them all.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::ids::{AreaId, PlanId};
use crate::domain::measure::Revision;
use crate::http::live::Best;
use crate::http::wire::{Offer, Surveyed};

/// Jobs remembered; beyond it the oldest that has ended is forgotten, or the newest is not begun.
const MAX_JOBS: usize = 32;

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Waiting,
    Running,
    Done,
    Cancelled,
    /// It broke; the log says how.
    Failed,
}

impl Phase {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled | Self::Failed)
    }
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Divides some communities of a draft.
    Divide,
    /// Draws many divisions of one community to compare its grids with.
    Ensemble,
}

impl Kind {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Divide => "divide",
            Self::Ensemble => "ensemble",
        }
    }
}

/// Long work on a draft.
#[derive(Debug)]
pub struct Job {
    pub id: u64,
    pub kind: Kind,
    pub plan: PlanId,
    pub who: Box<str>,
    /// Revision of the world it looks at.
    pub revision: Revision,
    /// Communities it divides, or divisions that are wanted.
    pub n_all: usize,
    /// Searches of an ensemble that have ended.
    n_searched: AtomicUsize,
    cancelled: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// One for each community that is through, as they came.
    offers: Vec<Arc<Offer>>,
    /// The best so far of those that are at work.
    bests: BTreeMap<AreaId, Arc<Best>>,
    /// What an ensemble found.
    surveyed: Option<Arc<Surveyed>>,
}

impl Job {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn phase(&self) -> Phase {
        self.state().phase
    }

    /// What is there so far.
    pub fn offers(&self) -> Vec<Arc<Offer>> {
        self.state().offers.clone()
    }

    /// The best so far of each community that is at work.
    pub fn bests(&self) -> Vec<Arc<Best>> {
        self.state().bests.values().cloned().collect()
    }

    /// Searches of an ensemble that have ended.
    pub fn n_searched(&self) -> usize {
        self.n_searched.load(Ordering::Relaxed)
    }

    pub fn count_search(&self) {
        self.n_searched.fetch_add(1, Ordering::Relaxed);
    }

    /// What an ensemble found, once it is through.
    pub fn surveyed(&self) -> Option<Arc<Surveyed>> {
        self.state().surveyed.clone()
    }

    pub fn settle(&self, surveyed: Surveyed) {
        self.state().surveyed = Some(Arc::new(surveyed));
    }

    /// The flag the work looks at.
    pub fn stop(&self) -> &AtomicBool {
        &self.cancelled
    }

    /// Asks the work to stop; what it has found stays.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
        let mut state = self.state();
        if !state.phase.has_ended() {
            state.phase = Phase::Cancelled;
        }
        state.bests.clear();
    }

    pub fn begin(&self) {
        let mut state = self.state();
        if state.phase == Phase::Waiting {
            state.phase = Phase::Running;
        }
    }

    /// What came of a community, which is no longer at work.
    pub fn add(&self, offer: Offer) {
        let mut state = self.state();
        state.bests.remove(&offer.area);
        state.offers.push(Arc::new(offer));
    }

    /// The best so far of a community that is at work.
    pub fn show(&self, best: Best) {
        let mut state = self.state();
        if state.phase == Phase::Running {
            state.bests.insert(best.area, Arc::new(best));
        }
    }

    /// The work has ended; a job that was cancelled stays cancelled.
    pub fn end(&self, phase: Phase) {
        let mut state = self.state();
        if !state.phase.has_ended() {
            state.phase = phase;
        }
        state.bests.clear();
    }
}

/// All jobs of this server.
#[derive(Debug, Default)]
pub struct Jobs {
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    newest: u64,
    jobs: BTreeMap<u64, Arc<Job>>,
}

impl Jobs {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new job; `None` when too many are at work.
    pub fn open(
        &self,
        kind: Kind,
        plan: PlanId,
        who: &str,
        revision: Revision,
        n_all: usize,
    ) -> Option<Arc<Job>> {
        let mut held = self.held();
        if held.jobs.len() >= MAX_JOBS {
            let ended = held.jobs.values().find(|job| job.phase().has_ended())?.id;
            held.jobs.remove(&ended);
        }
        held.newest += 1;
        let job = Arc::new(Job {
            id: held.newest,
            kind,
            plan,
            who: who.into(),
            revision,
            n_all,
            n_searched: AtomicUsize::new(0),
            cancelled: AtomicBool::new(false),
            state: Mutex::new(State {
                phase: Phase::Waiting,
                offers: Vec::new(),
                bests: BTreeMap::new(),
                surveyed: None,
            }),
        });
        held.jobs.insert(job.id, Arc::clone(&job));
        Some(job)
    }

    pub fn get(&self, id: u64) -> Option<Arc<Job>> {
        self.held().jobs.get(&id).cloned()
    }

    /// Asks all work to stop: the server is closing.
    pub fn cancel_all(&self) {
        self.held().jobs.values().for_each(|job| job.cancel());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ended_jobs_make_room_and_running_ones_do_not() {
        let jobs = Jobs::default();
        let open = || jobs.open(Kind::Divide, PlanId::new(1).unwrap(), "me", Revision(1), 1);
        let first = open().unwrap();
        for _ in 1..MAX_JOBS {
            open().unwrap();
        }
        assert!(open().is_none());
        first.cancel();
        first.end(Phase::Done);
        assert_eq!(first.phase(), Phase::Cancelled);
        let newest = open().unwrap();
        assert!(jobs.get(first.id).is_none() && jobs.get(newest.id).is_some());
    }
}
