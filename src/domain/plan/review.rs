//! What reviewers leave on a plan: comments, and warnings somebody accepted with a reason.
//!
//! Knows nothing of rights and of what the warnings are. Comments are about places and grids; the page
//! says at the field that they hold nothing about persons.

use crate::domain::ids::Code;
use crate::domain::measure::Stamp;
use crate::domain::place::Pin;

/// Longest comment, in characters.
pub const MAX_COMMENT: usize = 2_000;
/// Longest reason given with a step of a plan's life or with an acceptance, in characters.
pub const MAX_REASON: usize = 500;

/// Somebody took a warning as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub who: Box<str>,
    pub at: Stamp,
    pub reason: Box<str>,
}

/// A remark on a plan, on a place of it, or on one of its grids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    pub text: Box<str>,
    pub place: Option<Pin>,
    pub grid: Option<Code>,
    pub who: Box<str>,
    pub at: Stamp,
    /// By whom and when it was settled; `None` while it is open.
    pub resolved: Option<(Box<str>, Stamp)>,
}
