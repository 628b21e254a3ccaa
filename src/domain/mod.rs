//! Floor 0: what the words mean and what follows from what. Pure: no files, clock, randomness, async,
//! logging or serde. The modules stand in reading order; each imports only from those above it.

pub mod ids;
pub mod measure;
pub mod personal;
pub mod place;
pub mod issue;
pub mod fabric;
pub mod register;
pub mod plan;
pub mod placement;
pub mod tally;
pub mod suppress;
pub mod change;
pub mod world;
pub mod diff;
pub mod indicators;
pub mod finding;
pub mod rights;
pub mod decide;
