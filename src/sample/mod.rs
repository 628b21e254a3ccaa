//! Floor 1: made-up towns. Drawn as text ([`ascii`]), at random for laws ([`random`]), as a
//! city of any size for benches ([`city`]), as the one town everybody meets first ([`demo`]).
//!
//! Knows the domain and nothing else: no files, no clock. All chance comes from a seed by a generator
//! of its own ([`dice`]), so the same seed gives the same bytes on every machine and in every version.
//!
//! **Why** in the house and not in a test folder: the same towns feed tests, benches, the demo and
//! `lifang sample`, so what is shown is what is tested.

pub mod ascii;
pub mod city;
pub mod demo;
pub mod dice;
pub mod footprint;
pub mod ground;
pub mod homes;
pub mod names;
pub mod quilt;
pub mod random;
pub mod spread;
pub mod write;
