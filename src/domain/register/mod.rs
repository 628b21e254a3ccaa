//! Ground facts that are not shapes of a fabric: areas, buildings, counts of people, base features,
//! stations.
//!
//! `rows` is what a sheet can say before anything is decided; the other files are what is held.
//! No person is here: people are counts per building ([`people`]).

pub mod area;
pub mod building;
pub mod feature;
pub mod homes;
pub mod people;
pub mod rows;
pub mod station;
