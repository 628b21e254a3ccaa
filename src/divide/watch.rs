//! Looking at a division while it is made, and stopping it.
//!
//! **Why** a limit in time only cuts, it never steers: how much work is done follows from the size of
//! the graph. So the same seed gives the same division unless the limit bites, and the report says
//! when it did.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// When to stop.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stop<'a> {
    pub cancelled: Option<&'a AtomicBool>,
    pub deadline: Option<Instant>,
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
}
