//! L8 neighbours, L12 freshness: what tiles promise.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use lifang::domain::place::Pin;
use lifang::domain::register::rows::Rows;
use lifang::domain::world::{PlanChoice, World};
use lifang::sample::random::RandomTown;
use lifang::tiles::cache::{TileCache, TileKey};
use lifang::tiles::frame::{Frame, TilePoint};
use lifang::tiles::{Layers, TileId, build, tiles_meeting};
use proptest::prelude::*;

use crate::support::Desk;
use crate::tile::{Decoded, Feature, Point, decode};

fn towns() -> impl Strategy<Value = RandomTown> {
    (any::<u64>(), 1usize..6, 1usize..7)
        .prop_map(|(seed, communities, grids)| RandomTown::new(seed, communities, grids))
}

fn world_of(town: &RandomTown) -> World {
    let mut desk = Desk::default();
    desk.import_town(town);
    desk.world
}

type Edge = (Point, Point);

/// Edges of some features, each cut at every corner that lies exactly on it, with how often each runs one
/// way more than the other.
fn balance<'a>(features: impl Iterator<Item = &'a Feature>) -> BTreeMap<Edge, i32> {
    let rings: Vec<&Vec<Point>> =
        features.flat_map(|feature| feature.polygons.iter().flatten()).collect();
    let mut corners: Vec<Point> = rings.iter().flat_map(|ring| ring.iter().copied()).collect();
    corners.sort_unstable();
    corners.dedup();
    let mut balance: BTreeMap<Edge, i32> = BTreeMap::new();
    for ring in rings {
        for (idx, &from) in ring.iter().enumerate() {
            let to = ring[(idx + 1) % ring.len()];
            let mut stops: Vec<Point> =
                corners.iter().copied().filter(|&at| is_on(from, to, at)).collect();
            stops.sort_by_key(|at| (at.0 - from.0).abs() + (at.1 - from.1).abs());
            for pair in stops.windows(2) {
                let (a, b) = (pair[0], pair[1]);
                let (edge, way) = if a < b { ((a, b), 1) } else { ((b, a), -1) };
                *balance.entry(edge).or_default() += way;
            }
        }
    }
    balance.retain(|_, way| *way != 0);
    balance
}

fn is_on(a: Point, b: Point, at: Point) -> bool {
    let wide = |v: i32| i64::from(v);
    let cross = wide(b.0 - a.0) * wide(at.1 - a.1) - wide(b.1 - a.1) * wide(at.0 - a.0);
    cross == 0
        && (a.0.min(b.0)..=a.0.max(b.0)).contains(&at.0)
        && (a.1.min(b.1)..=a.1.max(b.1)).contains(&at.1)
}

fn is_on_box((a, b): Edge) -> bool {
    let on_side = |v: i32, w: i32| v == w && (v == -64 || v == 4160);
    on_side(a.0, b.0) || on_side(a.1, b.1)
}

/// Distance of a point to a chain, in units.
fn distance(chain: &[(f64, f64)], at: Point) -> f64 {
    let (x, y) = (f64::from(at.0), f64::from(at.1));
    let to_segment = |pair: &[(f64, f64)]| {
        let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
        let (dx, dy) = (bx - ax, by - ay);
        let along = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        let along = if along.is_nan() { 0.0 } else { along };
        (ax + along * dx - x).hypot(ay + along * dy - y)
    };
    chain.windows(2).map(to_segment).fold(f64::INFINITY, f64::min)
}

/// The outer border of a world in one tile.
fn outer_border(world: &World, tile: TileId) -> Vec<Vec<(f64, f64)>> {
    let frame = Frame::new(tile);
    let place = |pin: &Pin| {
        let fine = frame.fine(*pin);
        (fine.x as f64 / 64.0, 4096.0 - fine.y as f64 / 64.0)
    };
    let fabric = &world.areas().ground().fabric;
    let outer = fabric.seams().filter(|seam| seam.left.is_none() || seam.right.is_none());
    outer.map(|seam| seam.pins.iter().map(place).collect()).collect()
}

/// In one tile: borders between pieces cancel exactly; what does not is the rim of the town or of the tile.
fn check_neighbors(world: &World, tile: TileId, layers: &Decoded, names: &[&str]) {
    let pieces = names.iter().filter_map(|name| layers.get(*name)).flatten();
    let rim = balance(pieces);
    let border = outer_border(world, tile);
    for (edge, way) in rim {
        assert_eq!(way.abs(), 1, "{names:?} overlap along {edge:?} in {tile:?}");
        // Thinning may move a border by a few units, a pixel has eight.
        let is_near = |at: Point| border.iter().any(|chain| distance(chain, at) < 16.0);
        assert!(
            is_on_box(edge) || (is_near(edge.0) && is_near(edge.1)),
            "{names:?} part along {edge:?} in {tile:?}"
        );
    }
}

/// Corners of a seam as the tile shows them: those inside it must be corners of the cells on both sides.
fn check_shared_points(world: &World, plan: PlanChoice, tile: TileId, layers: &Decoded) {
    let frame = Frame::new(tile);
    let Some(grids) = layers.get("grids") else { return };
    let by_key: BTreeMap<u64, &Feature> = grids.iter().map(|grid| (grid.id, grid)).collect();
    let has = |grid: &Feature, at: TilePoint| {
        let at = (at.x, 4096 - at.y);
        grid.polygons.iter().flatten().any(|ring| ring.contains(&at))
    };
    for shard in world.shards(plan) {
        let cut = &shard.ground.cut;
        for seam in cut.fabric.seams() {
            let key = |cell: Option<_>| cell.and_then(|cell| cut.grid_of(cell));
            let (Some(left), Some(right)) = (key(seam.left), key(seam.right)) else { continue };
            let both = (by_key.get(&u64::from(left.get())), by_key.get(&u64::from(right.get())));
            let (Some(left), Some(right)) = both else { continue };
            let thinned = shard.ground.weights().thinned(&cut.fabric, seam.id, frame.thinning());
            for pin in thinned {
                let fine = frame.fine(pin);
                let at = fine.rounded();
                if (0..4096).contains(&at.x) && (0..4096).contains(&at.y) {
                    assert_eq!(
                        has(left, at),
                        has(right, at),
                        "{pin:?} of {:?} in {tile:?}",
                        seam.id
                    );
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// L8: in every tile, two cells that share a seam share its tile points.
    #[test]
    fn l8_neighbors(town in towns()) {
        let world = world_of(&town);
        let extent = world.areas().extent();
        for zoom in 5..=18 {
            let tiles = tiles_meeting(&extent, zoom);
            // At the nearest zooms a few tiles out of many are enough.
            let step = tiles.len().div_ceil(12);
            for tile in tiles.into_iter().step_by(step) {
                let layers = decode(&build(&world, PlanChoice::Current, Layers::ALL, tile));
                if zoom >= 9 {
                    check_neighbors(&world, tile, &layers, &["grids", "gaps"]);
                }
                if zoom >= 10 {
                    check_neighbors(&world, tile, &layers, &["areas"]);
                }
                if zoom >= 16 {
                    check_shared_points(&world, PlanChoice::Current, tile, &layers);
                }
            }
        }
    }

}

/// L8 in drafts: base cells and strokes make new borders; neighbours share their points all the same.
#[test]
fn l8_in_drafts() {
    for seed in 0..8 {
        let (world, plan) = super::edits::drawn(seed, 30);
        let plan = PlanChoice::Plan(plan);
        let extent = world.areas().extent();
        // Where two communities meet their drafts may have knots of their own and thin apart a little.
        let is_alone = world.areas().communities(None).len() == 1;
        for zoom in 10..=18 {
            let tiles = tiles_meeting(&extent, zoom);
            let step = tiles.len().div_ceil(12);
            for tile in tiles.into_iter().step_by(step) {
                let layers = decode(&build(&world, plan, Layers::ALL, tile));
                if is_alone {
                    check_neighbors(&world, tile, &layers, &["grids", "gaps"]);
                }
                if zoom >= 16 {
                    check_shared_points(&world, plan, tile, &layers);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    /// L12: under concurrent requests each tile served is the tile of that revision or a newer one, and once
    /// all is quiet it is the newest; tiles away from what was touched keep their tag.
    #[test]
    fn l12_freshness(seed in any::<u64>()) {
        let town = RandomTown::new(seed, 4, 4);
        let mut desk = Desk::default();
        let mut worlds: Vec<Arc<World>> = vec![Arc::new(desk.world.clone())];
        let cache = TileCache::new(NonZeroUsize::new(4 << 20).unwrap());
        let current = Mutex::new(Arc::clone(&worlds[0]));
        let is_over = AtomicBool::new(false);
        let extent = world_of(&town).areas().extent();
        let keys: Vec<TileKey> = [14, 15, 16]
            .into_iter()
            .flat_map(|zoom| tiles_meeting(&extent, zoom))
            .map(|tile| TileKey { plan: PlanChoice::Current, at: None, layers: Layers::ALL, tile })
            .collect();
        let served = std::thread::scope(|scope| {
            let readers: Vec<_> = (0..3).map(|reader| scope.spawn({
                let (cache, current, is_over, keys) = (&cache, &current, &is_over, &keys);
                move || {
                    let mut served = Vec::new();
                    // Bounded, so that the check afterwards is too.
                    for turn in reader..2_000 {
                        if is_over.load(Ordering::Acquire) {
                            break;
                        }
                        let world = Arc::clone(&current.lock().unwrap());
                        let key = keys[turn * 7 % keys.len()];
                        served.push((world.revision(), key, cache.get(&world, &key)));
                    }
                    served
                }
            })).collect();
            for rows in edits(&town) {
                desk.import(rows);
                worlds.push(Arc::new(desk.world.clone()));
                *current.lock().unwrap() = Arc::clone(worlds.last().unwrap());
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            is_over.store(true, Ordering::Release);
            readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect::<Vec<_>>()
        });
        let fresh = |world: &World, key: &TileKey| build(world, key.plan, key.layers, key.tile);
        let truth: Vec<Vec<Vec<u8>>> =
            keys.iter().map(|key| worlds.iter().map(|world| fresh(world, key)).collect()).collect();
        for (revision, key, tile) in served {
            let plain = tile.plain();
            let row = keys.iter().position(|known| *known == key).unwrap();
            let mut newer = truth[row].iter().zip(&worlds).filter(|(_, world)| world.revision() >= revision);
            prop_assert!(newer.any(|(fresh, _)| *fresh == plain), "{:?} at {:?}", key, revision);
        }
        let last = worlds.last().unwrap();
        for key in &keys {
            prop_assert_eq!(&cache.get(last, key).plain(), &fresh(last, key));
        }
        check_quiet_tiles(&cache, &worlds, &keys);
    }
}

/// The town's files, then some of its buildings again at other places.
fn edits(town: &RandomTown) -> Vec<Rows> {
    let mut edits = vec![
        Rows::Areas(town.areas.clone()),
        Rows::Grids(town.grids.clone()),
        Rows::Buildings(town.buildings.clone()),
        Rows::Households(town.households.clone()),
    ];
    for building in town.buildings.iter().step_by(7) {
        let mut moved = building.clone();
        moved.pin = moved.pin.map(|pin| Pin::new(pin.x + 3_000, pin.y - 2_000));
        moved.name = "改".into();
        edits.push(Rows::Buildings(vec![moved]));
    }
    edits
}

/// A commit leaves the tags of tiles outside its boxes alone, and the cache does not build them again.
fn check_quiet_tiles(cache: &TileCache, worlds: &[Arc<World>], keys: &[TileKey]) {
    for pair in worlds.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        let Some(touched) = after.last_touched().filter(|_| before.revision() < after.revision())
        else {
            continue;
        };
        for key in keys {
            let reads = key.layers.reads(key.tile.z());
            if touched.meets(&Frame::new(key.tile).extent, reads) {
                continue;
            }
            let tag = |world: &World| {
                let cache = TileCache::new(NonZeroUsize::new(1 << 20).unwrap());
                cache.get(world, key).etag.clone()
            };
            assert_eq!(tag(before), tag(after), "{key:?}");
            assert!(cache.peek(after, key).is_some(), "{key:?} was fresh and is newer still");
        }
    }
}
