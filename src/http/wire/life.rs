//! The life of a plan as it is told: checks, comments, the timeline.

use serde::Serialize;
use utoipa::ToSchema;

use super::finding::{message, subject_words};
use super::geometry::{Geometry, Position, position};
use super::{severity_word, time};
use crate::domain::decide::lifecycle::{Check, Mend, checks};
use crate::domain::finding::geometry;
use crate::domain::ids::PlanId;
use crate::domain::issue::Severity;
use crate::domain::measure::Day;
use crate::domain::plan::Status;
use crate::domain::plan::review::{Accepted, Comment};
use crate::domain::world::World;
use crate::http::lang::Lang;

/// Everything worth a look in a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckList {
    pub revision: u64,
    pub stops: Vec<CheckRow>,
    pub warnings: Vec<CheckRow>,
    /// Nothing stands in the way of the step, and the plan is where it can be taken.
    pub may_submit: bool,
    pub may_approve: bool,
}

impl CheckList {
    /// Cost: O(buildings and cells) of the plan's communities.
    pub fn new(world: &World, plan: PlanId, lang: Lang) -> Self {
        let found = checks(world, plan);
        let is_free = !found.iter().any(Check::is_in_the_way);
        let status = world.plans().get(plan).map(|plan| plan.status);
        let (stops, warnings): (Vec<&Check>, Vec<&Check>) =
            found.iter().partition(|check| check.severity == Severity::Stop);
        let rows = |checks: Vec<&Check>| {
            checks.into_iter().map(|check| CheckRow::new(world, check, lang)).collect()
        };
        Self {
            revision: world.revision().0,
            stops: rows(stops),
            warnings: rows(warnings),
            may_submit: is_free && status == Some(Status::Draft),
            may_approve: is_free && status == Some(Status::InReview),
        }
    }
}

/// One thing found, where it is, and which tool mends it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckRow {
    /// The same while the thing is the same.
    pub key: String,
    pub code: &'static str,
    /// `stop` or `warning`.
    pub severity: &'static str,
    pub message: String,
    #[schema(value_type = Option<Object>)]
    pub place: Option<Geometry>,
    pub area: Option<String>,
    pub subject: Option<String>,
    pub subject_name: String,
    pub mend: MendNote,
    pub accepted: Option<AcceptedNote>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MendNote {
    pub tool: Option<&'static str>,
    pub grid: Option<String>,
    pub buildings: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AcceptedNote {
    pub who: String,
    pub when: String,
    pub reason: String,
}

impl CheckRow {
    pub fn new(world: &World, check: &Check, lang: Lang) -> Self {
        let Check { key, code, severity, area, subject, place, figure, mend, accepted } = check;
        let (_, subject, subject_name) = subject_words(world, *subject);
        let Mend { tool, grid, buildings } = mend;
        Self {
            key: key.to_string(),
            code,
            severity: severity_word(*severity),
            message: message(code, *figure, lang),
            place: geometry(world, place).as_ref().map(Geometry::from),
            area: area.as_ref().map(ToString::to_string),
            subject,
            subject_name,
            mend: MendNote {
                tool: *tool,
                grid: grid.as_ref().map(ToString::to_string),
                buildings: buildings.iter().map(ToString::to_string).collect(),
            },
            accepted: accepted.as_deref().map(|accepted| {
                let Accepted { who, at, reason } = accepted;
                AcceptedNote { who: who.to_string(), when: time(*at), reason: reason.to_string() }
            }),
        }
    }
}

/// A remark on a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentRow {
    pub id: u32,
    pub text: String,
    pub at: Option<Position>,
    pub grid: Option<String>,
    pub who: String,
    pub when: String,
    pub resolved: Option<ResolvedNote>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ResolvedNote {
    pub who: String,
    pub when: String,
}

impl CommentRow {
    pub fn new(number: u32, comment: &Comment) -> Self {
        let Comment { text, place, grid, who, at, resolved } = comment;
        Self {
            id: number,
            text: text.to_string(),
            at: place.map(position),
            grid: grid.as_ref().map(ToString::to_string),
            who: who.to_string(),
            when: time(*at),
            resolved: resolved
                .as_ref()
                .map(|(who, at)| ResolvedNote { who: who.to_string(), when: time(*at) }),
        }
    }
}

/// Days on which plans began or will begin to count.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineList {
    pub today: String,
    /// The first day that can be asked about.
    pub first: Option<String>,
    pub days: Vec<TimelineDay>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineDay {
    pub day: String,
    pub plans: Vec<TimelinePlan>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TimelinePlan {
    pub id: u32,
    pub title: String,
    pub areas: Vec<String>,
}

impl TimelineList {
    pub fn new(world: &World, today: Day) -> Self {
        let mut by_day: std::collections::BTreeMap<Day, Vec<TimelinePlan>> = Default::default();
        for plan in world.plans().all().filter(|plan| plan.is_published()) {
            let Some(day) = plan.effective_from else { continue };
            by_day.entry(day).or_default().push(TimelinePlan {
                id: plan.id.get(),
                title: plan.title.to_string(),
                areas: super::plan::codes(world, plan.areas.iter().copied()),
            });
        }
        Self {
            today: today.to_string(),
            first: by_day.keys().next().map(ToString::to_string),
            days: by_day
                .into_iter()
                .map(|(day, plans)| TimelineDay { day: day.to_string(), plans })
                .collect(),
        }
    }
}
