//! The resources: one file each, handlers thin. What a reply looks like is in `wire`.

pub(super) mod areas;
pub(super) mod buildings;
pub(super) mod diff;
pub(super) mod divide;
pub(super) mod edits;
pub(super) mod eras;
pub(super) mod exports;
pub(super) mod findings;
pub(super) mod grids;
pub(super) mod imports;
pub(super) mod life;
pub(super) mod locate;
pub(super) mod meta;
pub(super) mod plans;
pub(super) mod rebase;
pub(super) mod repair;
pub(super) mod search;
pub(super) mod stations;
pub(super) mod tallies;
pub(super) mod uploads;
