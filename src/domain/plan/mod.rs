//! A plan: which grid each cell of each community belongs to, and the grids' names and keepers.
//!
//! The ground of one community in one plan is a [`Cut`]: a fabric and the color of each of its cells.
//! Files: `edit` (what can be asked of a draft), `check` (is a grid one piece), `log` (what was done, and
//! what can be taken back), `lifecycle` (which step leads where), `review` (comments, and warnings that were
//! accepted), `calendar` (which plan counts where on which day), `merge` (a draft brought up to date).
//!
//! **Why** colors beside the fabric: repainting, comparing and merging plans never moves a seam.

pub mod calendar;
pub mod check;
pub mod edit;
pub mod lifecycle;
pub mod log;
pub mod merge;
pub mod review;

use std::sync::Arc;

use super::fabric::Fabric;
use super::ids::{AreaId, CellId, Code, GridKey, PlanId};
use super::issue::Issue;
use super::measure::{Day, Revision, Stamp};
use super::place::Pin;
use super::register::rows::GridKind;

/// Where a plan stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    Draft,
    InReview,
    Published,
    Superseded,
    Withdrawn,
}

impl Status {
    pub const ALL: [Self; 5] =
        [Self::Draft, Self::InReview, Self::Published, Self::Superseded, Self::Withdrawn];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::Published => "published",
            Self::Superseded => "superseded",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// Which plan a reader asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanChoice {
    /// For each community the published plan in force.
    Current,
    Plan(PlanId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub id: PlanId,
    pub title: Box<str>,
    pub status: Status,
    pub based_on: Option<PlanId>,
    /// First day it counts; `None` until it is published.
    pub effective_from: Option<Day>,
    /// Revision of its newest change.
    pub revision: Revision,
    /// Communities it divides, ascending.
    pub areas: Vec<AreaId>,
    /// Who started or imported it; empty where that was not kept.
    pub author: Box<str>,
    /// Who let it count; empty until then.
    pub approver: Box<str>,
    pub submitted_at: Option<Stamp>,
    pub published_at: Option<Stamp>,
    /// The last word given with a step of its life.
    pub reason: Box<str>,
    /// Drawn here rather than imported: its shapes alone say whose a building is.
    pub is_drawn: bool,
}

impl Plan {
    /// A draft without a past.
    pub fn draft(id: PlanId, title: Box<str>, areas: Vec<AreaId>, revision: Revision) -> Self {
        Self {
            id,
            title,
            status: Status::Draft,
            based_on: None,
            effective_from: None,
            revision,
            areas,
            author: "".into(),
            approver: "".into(),
            submitted_at: None,
            published_at: None,
            reason: "".into(),
            is_drawn: true,
        }
    }

    /// Whether it was let count: its day may be still to come, or over.
    pub fn is_published(&self) -> bool {
        matches!(self.status, Status::Published | Status::Superseded)
    }
}

/// A grid's identity and keepers within one plan. Its ground is in the plan's cuts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    pub plan: PlanId,
    pub key: GridKey,
    pub code: Code,
    pub name: Box<str>,
    pub community: AreaId,
    pub kind: GridKind,
    /// Grid head, grid manager and work phone: public by office; empty when vacant.
    pub head: Box<str>,
    pub manager: Box<str>,
    pub work_phone: Box<str>,
    /// Digest of the shape as its source gave it, 0 for none.
    pub source_digest: u64,
    /// Its border does not move until it is unlocked.
    pub is_locked: bool,
    /// It may lie in several pieces (飞地).
    pub is_detached: bool,
    /// In a draft: its number was given by hand, and stays when the draft is published.
    pub is_numbered: bool,
    /// Codes of the grids of the plan before that it came from, ascending: of a new grid those that gave
    /// its ground, of one that stayed those that were merged into it and the code it had before it was
    /// renumbered.
    pub predecessors: Vec<Code>,
}

/// A published grid that has, or had, some code: for saying whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Former {
    pub name: Box<str>,
    /// Title of the newest plan that used the code, and its first day.
    pub plan: Box<str>,
    pub from: Option<Day>,
}

/// One community's ground in one plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    pub fabric: Arc<Fabric>,
    /// Grid of each cell; `None` is a gap.
    pub colors: Vec<Option<GridKey>>,
    /// What weaving found and mended: overlaps, parts beyond the border. Kept as findings.
    pub notes: Vec<Issue>,
    /// Declared crossings (a bridge, an underpass): the grids at both ends count as next to each other.
    pub links: Vec<[Pin; 2]>,
}

impl Cut {
    /// Grid that holds `cell`.
    pub fn grid_of(&self, cell: CellId) -> Option<GridKey> {
        self.colors[cell.index()]
    }
}
