//! The best division so far of a community that is being divided, for whoever waits for it.
//!
//! **Why** the ground is worked out again for the onlooker and not taken from the engine: it takes a few
//! milliseconds, only work that lasts longer is looked at, and the engine knows nothing of being watched.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use crate::divide::community::{Plot, Wish, plot};
use crate::divide::{Onlooker, Sight};
use crate::domain::ids::{AreaId, Code, PlanId};
use crate::domain::world::World;
use crate::http::jobs::Job;
use crate::http::wire::limits;

/// Time between two looks: nobody's eye is quicker, and a copy costs.
const EVERY: Duration = Duration::from_millis(100);

/// The best division so far of one community.
#[derive(Clone, Debug)]
pub struct Best {
    pub area: AreaId,
    pub code: Code,
    pub name: Box<str>,
    pub plot: Arc<Plot>,
    pub sight: Sight,
    /// Least and most a grid should weigh.
    pub limits: (i64, i64),
    /// How many better ones were shown before, and this.
    pub round: u32,
}

/// Shows one community's division to those who ask after the job.
pub struct Watcher<'a> {
    job: &'a Job,
    world: &'a World,
    area: AreaId,
    wish: &'a Wish,
    plot: OnceLock<Option<Arc<Plot>>>,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    looked: Option<Instant>,
    worth: Option<(usize, [i64; 4])>,
    round: u32,
}

impl<'a> Watcher<'a> {
    pub fn new(job: &'a Job, world: &'a World, area: AreaId, wish: &'a Wish) -> Self {
        Self { job, world, area, wish, plot: OnceLock::new(), held: Mutex::default() }
    }

    fn plan(&self) -> PlanId {
        self.job.plan
    }
}

impl Onlooker for Watcher<'_> {
    fn is_curious(&self) -> bool {
        // Another thread showing something just now is answer enough.
        let Ok(held) = self.held.try_lock() else { return false };
        held.looked.is_none_or(|looked| looked.elapsed() >= EVERY)
    }

    fn look(&self, sight: Sight) {
        let Ok(mut held) = self.held.lock() else { return };
        if held.worth.is_some_and(|worth| worth <= sight.worth) {
            return;
        }
        let plot = self
            .plot
            .get_or_init(|| plot(self.world, self.plan(), self.area, self.wish).map(Arc::new));
        let record = self.world.areas().get(self.area);
        let (Some(plot), Some(record)) = (plot, record) else { return };
        *held =
            Held { looked: Some(Instant::now()), worth: Some(sight.worth), round: held.round + 1 };
        self.job.show(Best {
            area: self.area,
            code: record.code.clone(),
            name: record.name.clone(),
            plot: Arc::clone(plot),
            sight,
            limits: limits(self.world, self.area, self.wish),
            round: held.round,
        });
    }
}
