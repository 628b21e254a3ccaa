//! Looking at a division while it is made, and stopping it.
//!
//! **Why** a limit in time only cuts, it never steers: how much work is done follows from the size of
//! the graph. So the same seed gives the same division unless the limit bites, and the report says
//! when it did. **Why** who looks on is asked first: showing costs a copy of everything, and most of the time
//! nobody looks.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// When to stop, and who looks on meanwhile.
#[derive(Clone, Copy, Default)]
pub struct Stop<'a> {
    pub cancelled: Option<&'a AtomicBool>,
    pub deadline: Option<Instant>,
    /// Changes nothing of what comes out.
    pub onlooker: Option<&'a dyn Onlooker>,
}

impl fmt::Debug for Stop<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cancelled, deadline, onlooker } = self;
        f.debug_struct("Stop")
            .field("cancelled", cancelled)
            .field("deadline", deadline)
            .field("is_watched", &onlooker.is_some())
            .finish()
    }
}

impl Stop<'_> {
    /// Whether the work should end now, with what there is.
    pub fn is_due(&self) -> bool {
        self.is_cancelled() || self.is_late()
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancelled.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    pub fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Shows what `sight` makes, if anybody wants to see it now.
    pub(super) fn show(&self, sight: impl FnOnce() -> Sight) {
        if let Some(onlooker) = self.onlooker.filter(|onlooker| onlooker.is_curious()) {
            onlooker.look(sight());
        }
    }
}

/// A division on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Part of each unit; [`Sight::OPEN`] where none has been looked for yet.
    pub part: Vec<u32>,
    pub n_parts: usize,
    /// Smaller is better, of sights of one division: pieces still open, then the engine's own score.
    pub worth: (usize, [i64; 4]),
}

impl Sight {
    pub const OPEN: u32 = u32::MAX;
}

/// Somebody who looks on while units are divided, from any thread.
pub trait Onlooker: Sync {
    /// Whether it would look now. Asked often, so answered at once.
    fn is_curious(&self) -> bool;
    /// A division that may be kept, or may not: nothing says it is better than the one before.
    fn look(&self, sight: Sight);
}

/// One piece of the ground shown to whoever watches all of it.
pub(super) struct Relay<'a> {
    pub to: &'a dyn Onlooker,
    /// Node of each unit, and part of each node as far as pieces are done, which have `n_parts` together.
    pub node_of: &'a [u32],
    pub done: Vec<u32>,
    pub n_parts: u32,
    /// The nodes of the piece that is worked on, and the group of each, which is what sights are of.
    pub nodes: &'a [u32],
    pub group_of: &'a [u32],
    /// Pieces behind this one.
    pub n_open: usize,
}

impl Onlooker for Relay<'_> {
    fn is_curious(&self) -> bool {
        self.to.is_curious()
    }

    fn look(&self, sight: Sight) {
        let mut part = self.done.clone();
        for (&node, &group) in self.nodes.iter().zip(self.group_of) {
            part[node as usize] = self.n_parts + sight.part[group as usize];
        }
        self.to.look(Sight {
            part: self.node_of.iter().map(|&node| part[node as usize]).collect(),
            n_parts: self.n_parts as usize + sight.n_parts,
            worth: (self.n_open, sight.worth.1),
        });
    }
}
