//! The laws of the house (L1 …) on random towns and random edits. A failure prints its seed.

#[path = "support/mod.rs"]
mod support;

#[path = "support/tile.rs"]
mod tile;

#[path = "laws/diff.rs"]
mod diff;
#[path = "laws/edits.rs"]
mod edits;
#[path = "laws/fabric.rs"]
mod fabric;
#[path = "laws/life.rs"]
mod life;
#[path = "laws/lineage.rs"]
mod lineage;
#[path = "laws/rebase.rs"]
mod rebase;
#[path = "laws/quiet.rs"]
mod quiet;
#[path = "laws/stations.rs"]
mod stations;
#[path = "laws/world.rs"]
mod world;

#[path = "laws/store.rs"]
mod store;
#[path = "laws/tiles.rs"]
mod tiles;
