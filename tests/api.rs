//! The server by its doors: every route's reply, every limit, every refusal.

#[path = "support/golden.rs"]
mod golden;

#[path = "api/house.rs"]
mod house;

#[path = "api/diff.rs"]
mod diff;
#[path = "api/divide.rs"]
mod divide;
#[path = "api/edits.rs"]
mod edits;
#[path = "api/events.rs"]
mod events;
#[path = "api/life.rs"]
mod life;
#[path = "api/limits.rs"]
mod limits;
#[path = "api/past.rs"]
mod past;
#[path = "api/privacy.rs"]
mod privacy;
#[path = "api/reach.rs"]
mod reach;
#[path = "api/rebase.rs"]
mod rebase;
#[path = "api/repair.rs"]
mod repair;
#[path = "api/replies.rs"]
mod replies;
#[path = "api/routes.rs"]
mod routes;
#[path = "api/stations.rs"]
mod stations;
#[path = "api/tiles.rs"]
mod tiles;
#[path = "api/uploads.rs"]
mod uploads;
