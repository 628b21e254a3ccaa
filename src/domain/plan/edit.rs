//! What a planner can ask of a draft: strokes, and how much is mended along the way.
//!
//! Grids and buildings are named by their codes, places by pins. What a stroke does to the ground is
//! decided in `decide::edits`; this file only says what can be said.

use super::log::Op;
use crate::domain::ids::{CellId, Code, PlanId};
use crate::domain::measure::Revision;
use crate::domain::place::Pin;
use crate::domain::register::rows::GridKind;

/// Strokes in one request, at most.
pub const MAX_STROKES: usize = 1_000;
/// Longest name a client may give an edit, in characters.
pub const MAX_ID: usize = 64;

/// Some strokes on one draft, all or nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    pub plan: PlanId,
    /// The revision the planner looked at.
    pub base: Revision,
    /// The client's name for it: the same name twice has the effect of once. May be empty.
    pub id: Box<str>,
    pub strokes: Vec<Stroke>,
    pub repair: Repair,
}

impl Edit {
    /// Whether it gives grids other numbers: then history has a say.
    pub fn numbers(&self) -> bool {
        self.strokes.iter().any(|stroke| stroke.op() == Op::Number)
    }
}

/// What happens to pieces a stroke would strand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Repair {
    /// The whole edit is refused, naming them.
    #[default]
    Refuse,
    /// They go to the neighbour with which they share the longest border.
    Carry,
}

/// Ground picked by what stands on it, by the cells as they were read, or by a shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Pick {
    Buildings(Vec<Code>),
    Cells {
        community: Option<Code>,
        cells: Vec<CellId>,
    },
    /// Rings, outer first; the exact ground inside.
    Shape(Vec<Vec<Pin>>),
    Nothing,
}

/// How a lasso takes ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LassoBy {
    /// Whole cells whose building, or middle, is inside.
    Building,
    /// The exact area.
    Area,
}

/// Some grids, or all of the plan, perhaps of one community only.
#[derive(Clone, Debug, PartialEq)]
pub enum Which {
    Grids(Vec<Code>),
    All { community: Option<Code> },
}

/// The ground of one grid in a division.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub cells: Vec<CellId>,
    /// The grid that goes on here; `None` makes a new one.
    pub keep: Option<Code>,
    /// Of a new grid; may be empty.
    pub name: Box<str>,
}

/// What a grid is to be called by: its number in the community, or its whole code.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    Is(u64),
    Code(Code),
}

/// One thing to do; `to: None` takes ground away from grids.
#[derive(Clone, Debug, PartialEq)]
pub enum Stroke {
    Paint {
        pick: Pick,
        to: Option<Code>,
    },
    Lasso {
        rings: Vec<Vec<Pin>>,
        to: Option<Code>,
        from: Vec<Code>,
        by: LassoBy,
    },
    Split {
        grid: Code,
        line: Vec<Pin>,
        name: Box<str>,
    },
    Reroute {
        between: [Code; 2],
        line: Vec<Pin>,
    },
    Move {
        at: Pin,
        to: Pin,
    },
    Insert {
        at: Pin,
        to: Pin,
    },
    Remove {
        at: Pin,
    },
    Merge {
        grids: Vec<Code>,
        keep: Code,
    },
    Create {
        name: Box<str>,
        kind: GridKind,
        code: Option<Code>,
        community: Option<Code>,
        pick: Pick,
    },
    Rename {
        grid: Code,
        name: Box<str>,
    },
    /// Another number for a grid.
    Number {
        grid: Code,
        number: Number,
    },
    /// Numbers from west to east, of one community or of all.
    Renumber {
        community: Option<Code>,
    },
    Lock {
        which: Which,
        is_locked: bool,
    },
    Detach {
        grid: Code,
        is_allowed: bool,
    },
    Link {
        ends: [Pin; 2],
    },
    Unlink {
        ends: [Pin; 2],
    },
    /// Cells of one community dealt out anew, all at once; grids left without ground are no more.
    Divide {
        community: Code,
        parts: Vec<Part>,
    },
}

impl Stroke {
    /// Its kind, as logs name it.
    pub fn op(&self) -> Op {
        match self {
            Self::Paint { to: Some(_), .. } => Op::Paint,
            Self::Paint { to: None, .. } => Op::Erase,
            Self::Lasso { .. } => Op::Lasso,
            Self::Split { .. } => Op::Split,
            Self::Reroute { .. } => Op::Reroute,
            Self::Move { .. } => Op::Move,
            Self::Insert { .. } => Op::Insert,
            Self::Remove { .. } => Op::Remove,
            Self::Merge { .. } => Op::Merge,
            Self::Create { .. } => Op::Create,
            Self::Rename { .. } => Op::Rename,
            Self::Number { .. } | Self::Renumber { .. } => Op::Number,
            Self::Lock { is_locked: true, .. } => Op::Lock,
            Self::Lock { is_locked: false, .. } => Op::Unlock,
            Self::Detach { .. } => Op::Detach,
            Self::Link { .. } => Op::Link,
            Self::Unlink { .. } => Op::Unlink,
            Self::Divide { .. } => Op::Divide,
        }
    }
}
