//! L12 under edits, and the work edits are held to: what they did not touch is neither built nor asked again.
//!
//! `LIFANG_EDITS` makes the long run: a tenth of as many edits as the other laws get, each followed by every
//! tile of the town.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

use lifang::domain::ids::{CellId, GridKey};
use lifang::domain::place::Extent;
use lifang::domain::plan::PlanChoice;
use lifang::domain::world::{Shard, World};
use lifang::tiles::cache::{TileCache, TileKey};
use lifang::tiles::frame::Frame;
use lifang::tiles::{Layers, build, tiles_meeting};

use crate::edits::Bench;
use crate::tile::decode;

/// What many edits cost, and what there was.
#[derive(Debug, Default)]
struct Counted {
    edits: usize,
    buildings_retested: usize,
    buildings_near: usize,
    buildings: usize,
    grids_resummed: usize,
    grids: usize,
    tiles_changed: usize,
    tiles_touched: usize,
    tiles: usize,
}

/// Every tile of a town, z13 to z18, of the draft and of what is in force, with the tag it had last.
struct Shelf {
    cache: TileCache,
    tiles: Vec<(TileKey, Box<str>)>,
}

impl Shelf {
    fn new(bench: &Bench) -> Self {
        let cache = TileCache::new(NonZeroUsize::new(64 << 20).unwrap());
        let extent = bench.world().areas().extent();
        let mut tiles = Vec::new();
        for zoom in 13..=18 {
            for tile in tiles_meeting(&extent, zoom) {
                for plan in [PlanChoice::Plan(bench.plan), PlanChoice::Current] {
                    let key = TileKey { plan, at: None, layers: Layers::ALL, tile };
                    let tag = cache.get(bench.world(), &key).etag.clone();
                    tiles.push((key, tag));
                }
            }
        }
        Self { cache, tiles }
    }

    /// L12 after one edit.
    fn check(&mut self, world: &World, counted: &mut Counted) {
        let touched = world.last_touched().expect("an edit was done");
        for (key, tag) in &mut self.tiles {
            let is_draft = key.plan != PlanChoice::Current;
            let reads = key.layers.reads(key.tile.z());
            let is_touched = is_draft && touched.meets(&Frame::new(key.tile).extent, reads);
            if !is_touched {
                assert!(self.cache.peek(world, key).is_some(), "{key:?} stayed fresh");
            }
            let served = self.cache.get(world, key);
            let fresh = build(world, key.plan, key.layers, key.tile);
            if served.plain() != fresh {
                let (ours, theirs) = (decode(&served.plain()), decode(&fresh));
                panic!("{key:?} is not as if built from nothing:\n{ours:?}\n{theirs:?}");
            }
            assert!(is_touched || served.etag == *tag, "{key:?} was not touched");
            counted.tiles += usize::from(is_draft);
            counted.tiles_touched += usize::from(is_touched);
            counted.tiles_changed += usize::from(served.etag != *tag);
            tag.clone_from(&served.etag);
        }
    }
}

/// Boxes of the cells of `one` that are not in `other` with the same ground and grid: told apart by their
/// seams' pins, without the means of the world.
fn not_in(one: &Shard, other: &Shard) -> Vec<Extent> {
    let told = |shard: &Shard, cell: CellId| {
        let fabric = &shard.ground.cut.fabric;
        let seams = fabric.sides(cell).iter().map(|side| {
            let seam = fabric.seam(side.seam);
            (seam.pins.to_vec(), side.is_left)
        });
        let mut seams: Vec<_> = seams.collect();
        seams.sort_unstable();
        (seams, shard.ground.cut.grid_of(cell))
    };
    let known: BTreeSet<_> =
        other.ground.cut.fabric.cells().map(|cell| told(other, cell)).collect();
    let fabric = &one.ground.cut.fabric;
    let lost = fabric.cells().filter(|cell| !known.contains(&told(one, *cell)));
    lost.map(|cell| {
        let seams = fabric.sides(cell).iter().map(|side| Extent::of(fabric.seam(side.seam).pins));
        seams.fold(Extent::EMPTY, |all, one| all.union(&one))
    })
    .collect()
}

/// The work of one edit follows the cells it changed, not the community.
fn check_work(before: &World, after: &World, plan: PlanChoice, counted: &mut Counted) {
    let touched = after.last_touched().expect("an edit was done");
    let (mut n_near, mut n_summed, mut n_named) = (0, 0, 0);
    for new in after.shards(plan) {
        let old = before.shard(plan, new.community).expect("communities stay");
        let homes = &after.town().housing(Some(new.community)).expect("is lived in").homes;
        counted.buildings += homes.len();
        counted.grids += new.tallies.len();
        if Arc::ptr_eq(old, new) {
            continue;
        }
        let boxes = [not_in(old, new), not_in(new, old)].concat();
        let is_near = |row: &usize| boxes.iter().any(|one| one.meets(&homes.extent(*row)));
        n_near += (0..homes.len()).filter(is_near).count();
        let turned: BTreeSet<GridKey> = (0..homes.len())
            .map(|row| [old.placements[row].grid, new.placements[row].grid])
            .filter(|[was, is]| was != is)
            .flatten()
            .flatten()
            .collect();
        n_summed += turned.len();
        if !old.tallies.keys().eq(new.tallies.keys()) {
            let overrides = after.town().overrides();
            n_named +=
                (0..homes.len()).filter(|row| overrides.contains_key(&homes.id(*row))).count();
        }
    }
    let n_retested = touched.n_retested as usize;
    assert!(n_retested <= n_near + n_named, "{n_retested} asked again, {n_near} + {n_named} near");
    assert_eq!(touched.n_resummed as usize, n_summed, "grids that gained or lost a building");
    counted.edits += 1;
    counted.buildings_retested += n_retested;
    counted.buildings_near += n_near;
    counted.grids_resummed += n_summed;
}

fn run(seed: u64, edits: usize, counted: &mut Counted) {
    let mut bench = Bench::new(seed);
    let mut shelf = Shelf::new(&bench);
    for number in 0..edits {
        let before = bench.world().clone();
        if number % 7 == 6 {
            bench.take_back(number % 2 == 0);
        } else {
            bench.step(false);
        }
        let world = bench.world();
        if world.revision() != before.revision() {
            shelf.check(world, counted);
            check_work(&before, world, PlanChoice::Plan(bench.plan), counted);
        }
    }
}

#[test]
fn l12_edits_touch_what_they_touch() {
    let mut counted = Counted::default();
    for seed in 500..530 {
        run(seed, 20, &mut counted);
    }
    println!("{counted:?}");
    assert!(counted.edits > 120 && counted.tiles_changed > 500, "{counted:?}");
    // A town here is a few hundred metres wide; still most of it stays as it was.
    assert!(counted.buildings_retested * 2 < counted.buildings, "{counted:?}");
    assert!(counted.grids_resummed * 2 < counted.grids, "{counted:?}");
    assert!(counted.tiles_touched < counted.tiles, "{counted:?}");
}

/// A tenth of `LIFANG_EDITS`; none without it.
#[test]
fn long_quiet_tiles() {
    let Ok(wanted) = std::env::var("LIFANG_EDITS") else { return };
    let wanted: usize = wanted.parse().expect("LIFANG_EDITS is a number");
    let mut counted = Counted::default();
    for seed in 10_000..10_000 + (wanted / 1_000).max(1) as u64 {
        run(seed, 100, &mut counted);
    }
    println!("{counted:?}");
}
