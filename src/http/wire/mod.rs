//! The serializable twins of domain types: what leaves the house, field by field, on purpose.
//!
//! Twins are made from the domain and never parsed back. Domain structs are taken apart without `..`, so
//! a new field has to be thought about here. Member counts arrive as `suppress::Shown` only.
//!
//! **Why** twins: serde stays out of the domain, and the wire changes only when somebody means it.

mod area;
mod building;
mod diff;
mod division;
mod ensemble;
mod edit;
mod eras;
mod fabric;
mod finding;
mod geometry;
mod grid;
mod history;
mod life;
mod import;
mod located;
mod plan;
mod rebase;
mod repair;
mod station;
mod stroke;
mod tally;
mod wish;

pub use area::{Area, AreaBody, AreaDetail, AreaRows, Coverage, Link, Share};
pub use building::{Building, BuildingDetail, GridBuildings};
pub use diff::{DiffPiece, DiffSheet, diff_collection};
pub use division::{JobRow, Offer, Offered, limits};
pub use edit::{BalanceTurn, EditIssue, EditOutcome, EditRow, FindingTurn};
pub use ensemble::{EnsembleBody, Surveyed};
pub use eras::{Era, EraPlan, merged};
pub use fabric::Fabric as FabricSheet;
pub use finding::{CheckReport, Finding, FindingPage, check_report, counts};
pub use geometry::{Bounds, Feature, FeatureCollection, Geometry, Position, bounds, position};
pub use grid::{Grid, GridDetail, GridFeature, GridList, GridNeighbor, grid_collection};
pub use history::{EditNote, HistoryRow, codes as history_codes, edit_note};
pub use import::{
    Batch, BatchList, Column, DatumCandidate, FileNote, ImportReport, Inspection, Issue,
    batch_report, import_report, inspection,
};
pub use life::{
    AcceptedNote, CheckList, CheckRow, CommentRow, MendNote, TimelineDay, TimelineList,
    TimelinePlan,
};
pub use located::{CommunityName, Contact, GridName, Located, located_building, located_pin};
pub use plan::{Plan, PlanKey, PlanList};
pub use rebase::{RebaseBody, RebaseConflict, RebaseSheet};
pub use repair::{Asked as RepairAsked, RepairBody, RepairSheet};
pub use station::{Station, StationList};
pub use stroke::{EditBody, Unsayable};
pub use tally::{Shown, Tally, TallyList, TallyRow, TallyTable};
pub use wish::DivideBody;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::issue::Severity;
use crate::domain::measure::Stamp;

/// RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: &'static str,
    pub status: u16,
    /// Stable: scripts and the page's words hang on it.
    pub code: &'static str,
    pub detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub issues: Vec<AnyIssue>,
    /// With 412: the revision of today, and what was done since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<HistoryRow>>,
    /// With `plan.conflicts`: what has to be settled.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<RebaseConflict>,
}

/// Something wrong in a file, or with an edit.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum AnyIssue {
    OfFile(Issue),
    OfEdit(EditIssue),
    OfPlan(CheckRow),
}

/// The server lives, or is ready.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok")]
    pub status: &'static str,
}

/// Who the caller is, what this server is, how it judges.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    pub actor: String,
    /// Whether accounts exist; without them everybody on this machine may do everything.
    pub accounts: bool,
    pub may: Vec<&'static str>,
    pub loopback: bool,
    pub version: &'static str,
    pub revision: u64,
    pub database: DatabaseNote,
    pub profile: Profile,
    /// Size bands of their own, by kind of community.
    pub bands: Vec<KindBand>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct KindBand {
    pub kind: String,
    #[serde(flatten)]
    pub profile: Profile,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DatabaseNote {
    pub title: Bilingual,
    /// True for sample data: the page says so on the map.
    pub made_up: bool,
    pub attribution: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Bilingual {
    pub zh: String,
    pub en: String,
}

/// Size band of a grid in households; overloaded above `max` times `overload`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profile {
    pub target: i64,
    pub min: i64,
    pub max: i64,
    pub overload: f64,
}

impl From<crate::domain::world::Profile> for Profile {
    fn from(profile: crate::domain::world::Profile) -> Self {
        let crate::domain::world::Profile { target, min, max, overload_percent } = profile;
        Self { target, min, max, overload: overload_percent as f64 / 100.0 }
    }
}

/// Lower bounds of the classes, then the largest value: one number more than there are classes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Classes {
    pub measure: &'static str,
    pub breaks: Vec<i64>,
    pub n: usize,
}

/// What a search found, best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hits {
    pub results: Vec<Hit>,
}

#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct Hit {
    /// `area`, `grid`, `estate`, `building` or `street`.
    pub kind: &'static str,
    pub code: String,
    pub name: String,
    /// Where it is, in words.
    pub detail: String,
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    pub bounds: Option<Bounds>,
}

/// What a commit touched.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeEvent {
    pub revision: u64,
    pub boxes: Vec<Bounds>,
    /// Keys of the grids in the touched communities.
    pub grids: Vec<u32>,
    pub areas: Vec<String>,
    pub tallies: Vec<TallyRow>,
    pub kinds: Vec<&'static str>,
    /// Plans whose grids changed.
    pub plans: Vec<u32>,
    /// What was done to drafts, and by whom.
    pub edits: Vec<EditNote>,
}

/// Ask for everything again.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResyncEvent {
    pub revision: u64,
}

/// The word of a severity.
pub fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Stop => "stop",
    }
}

/// RFC 3339 in UTC, to the second.
pub fn time(stamp: Stamp) -> String {
    let Stamp(milliseconds) = stamp;
    jiff::Timestamp::from_millisecond(milliseconds)
        .map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339() {
        assert_eq!(time(Stamp(0)), "1970-01-01T00:00:00Z");
        assert_eq!(time(Stamp(1_795_287_661_999)), "2026-11-21T19:01:01Z");
        assert_eq!(time(Stamp(i64::MAX)), "");
    }
}
