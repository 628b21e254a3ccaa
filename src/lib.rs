//! Lifang: responsibility grids from office files to a living map.
//!
//! Communities are cut into grids, every building belongs to exactly one, every grid has somebody in
//! charge. One binary, one database file, one web page. This page is the map of the house; each room
//! says in its own `//!` what it owns and what it does not know.
//!
//! ```text
//! floor 4   main                                      calls cli, prints the error, exit code
//! floor 3   cli ── config        http                 doors: arguments, files, sockets, browsers
//! floor 2            desk                             the one writer; publishes worlds
//! floor 1   import  export  store  tiles  divide  sample   side by side, never importing each other
//! floor 0            domain                           pure: no I/O, clock, randomness, async, log, serde
//! ```
//! A room imports only from floors below it; on floor 3 only cli looks sideways. Inside `domain` the
//! files have a reading order, and a file imports only from those above it. `tests/house.rs` holds both.
//!
//! **Ideas that hold it up.** Ground facts are stored, all else is computed (`domain::world`). The world
//! is an immutable value; readers keep a handle. Every change is a command at one desk, decided by a pure
//! function (`domain::decide`) into facts. Shared borders exist once (`domain::fabric`), so a gap is a
//! thing and an overlap cannot be written down. Tiles carry shapes and names, counts go by API and event.
//! Persons have no way out: the world holds counts, and only `domain::suppress` makes numbers that leave.
//!
//! **Journeys.** A sheet comes in: `import::read` → `desk.submit` → `decide` → `World::next` → `store`
//! → notice. A tile goes out: `http::tiles` → `tiles::cache` (fresh by `World::touched_since`) → layers →
//! bytes. Every read takes one `Arc<World>` and keeps it. A planner redraws: `http::api::edits` →
//! `desk.submit` → `decide::edits` (strokes on a sketch by `fabric::reshape`, held to `plan::check`) →
//! `World::next` (only what was touched) → `store` (colors alone when the fabric stays; the plan's log) →
//! notice. The same without commit is the preview; taking back is the mirror of what the store kept. A plan
//! comes to count: `decide::lifecycle` (checked, named, sewn to its neighbours at once), then the day turns
//! (`Command::Turn`) and `plan::calendar` says which plan counts. What is over sleeps in the store until
//! `desk.recall` fetches it for a question about its days (`world::past`). Two plans are held against each
//! other by `domain::diff`, from placements and shapes, with the borders of one laid over the ground of the
//! other (`fabric::overlay`); a draft left behind is merged with what counts now by the same overlay
//! (`plan::merge`, `decide::edits::rebase`).
//! A division is proposed: `http::jobs` or `cli::divide` → `divide::community` (cells as units) → engine →
//! one stroke, which goes in as a planner's edit does. Grids outside the band are mended the same way:
//! `divide::repair` finds ways out, `http::api::repair` previews each and offers what the desk would take.

pub mod domain;
pub mod sample;
pub mod import;
pub mod export;
pub mod store;
pub mod tiles;
pub mod divide;
pub mod desk;
pub mod config;
pub mod http;
pub mod cli;
