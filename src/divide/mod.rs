//! Automatic division: units with weights and borders in, parts out. Proposes, never applies.
//!
//! A unit is a base cell, a building's ground, a census block: whatever is not to be cut. Parts are
//! connected, as near to each other in weight as units allow, and run along barriers where they can. The
//! order of what counts: no part outside the band; few households without the station their part shares,
//! where that is asked; balance; borders off barriers (which keeps parts round as well); and last, in
//! naming them, few who leave the part they had. Within the slack (1 % of the mean, up to 2.5 % where
//! units are coarse, unless said otherwise) parts count as balanced.
//!
//! Files, in reading order: `ground` (what is divided), `aim` (into what), `proof` (what cannot be),
//! `share` (how many parts each piece gets), `graph`, `gauge`, `reach` (whom a station leaves out),
//! `score`, `contact` (does a part fall apart), `walk` (borders move), `chain` (the last violators), `recut`
//! (parts joined and cut anew), `tree` (balanced cuts), `groups` (parts walked side by side), `levels` (coarse
//! to fine), `exact` (all divisions of small ground), `measure` (what came of it), `coverage` (units from
//! polygons), `nested` (parts inside parts), `community` (units from the cells of a plan, and a division as a
//! stroke), `ensemble` (many divisions to compare one with), `repair` (parts outside the band mended with few
//! moves), with `chance`, `crew` and `watch` at hand.
//!
//! But for `community`, `repair::plan` and the survey of `ensemble` it knows nothing of plans, grids or
//! buildings: domain's measures only.
//!
//! **Why** one engine for blocks of a census and cells of a community: what is compared with other tools is
//! then what planners get. **Why** a bound and certificates with each answer: a division nobody
//! can judge is a black box; "no division can be nearer than 4.2 %" ends the search for a better one.

mod aim;
mod chain;
mod chance;
mod contact;
pub mod community;
pub mod coverage;
mod crew;
pub mod ensemble;
mod exact;
mod gauge;
mod graph;
mod ground;
mod groups;
mod levels;
mod measure;
mod nested;
mod proof;
mod reach;
mod recut;
pub mod repair;
mod score;
mod share;
mod solve;
mod tree;
mod walk;
mod watch;

pub use aim::{Aim, Barriers, Count, Impossible, Price};
pub use ground::{Border, Ground};
pub use measure::{Measures, PartMeasure, SharedStation, measure};
pub use reach::Served;
pub use solve::{Certificate, Division, Reason, divide};
pub use watch::{Onlooker, Sight, Stop};

#[cfg(test)]
mod tests;
