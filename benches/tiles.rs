//! Tiles of a sample city: one cold tile a zoom, packing, one cached tile, and every tile once.
//!
//! `LIFANG_BENCH_BUILDINGS` sets the size (default 20,000; the goals of the README are for 200,000).

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput};
use lifang::domain::register::rows::Rows;
use lifang::domain::world::{PlanChoice, World};
use lifang::sample::city::City;
use lifang::tiles::cache::{Tile, TileCache, TileKey};
use lifang::tiles::{Layers, TileId, build, tiles_meeting};

fn main() {
    let n_buildings = std::env::var("LIFANG_BENCH_BUILDINGS").ok().and_then(|n| n.parse().ok());
    let n_buildings = n_buildings.unwrap_or(20_000);
    let world = city(n_buildings);
    let layers = Layers::parse("grids,buildings").expect("both are layers");
    let mut criterion = Criterion::default().configure_from_args();
    cold(&mut criterion, &world, layers);
    packed(&mut criterion, &world, layers);
    cached(&mut criterion, &world, layers);
    each_once(&world, layers, n_buildings);
    criterion.final_summary();
}

fn city(n_buildings: usize) -> World {
    let city = City::new(n_buildings, 1);
    let start = Instant::now();
    let mut desk = support::Desk::default();
    desk.import(Rows::Areas(city.areas()));
    desk.import(Rows::Grids(city.grids()));
    desk.import(Rows::Buildings(city.buildings().collect()));
    println!(
        "city: {n_buildings} buildings, {} grids, {} communities, made in {:.1?}",
        city.n_grids(),
        city.n_communities(),
        start.elapsed()
    );
    desk.world
}

/// The tile of a zoom in the middle of the city.
fn middle(world: &World, zoom: u8) -> TileId {
    let center = world.areas().extent().center();
    tiles_meeting(&lifang::domain::place::Extent::of(&[center]), zoom)[0]
}

fn cold(criterion: &mut Criterion, world: &World, layers: Layers) {
    let mut group = criterion.benchmark_group("cold tile, grids and buildings");
    for zoom in 10..=17 {
        let tile = middle(world, zoom);
        let bytes = build(world, PlanChoice::Current, layers, tile).len();
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(BenchmarkId::new("zoom", zoom), |bencher| {
            bencher.iter(|| build(world, PlanChoice::Current, layers, black_box(tile)));
        });
    }
    let tile = middle(world, 14);
    group.bench_function("all layers, zoom 14", |bencher| {
        bencher.iter(|| build(world, PlanChoice::Current, Layers::ALL, black_box(tile)));
    });
    group.finish();
}

fn packed(criterion: &mut Criterion, world: &World, layers: Layers) {
    let mut group = criterion.benchmark_group("pack and tag");
    for zoom in [14, 16, 17] {
        let bytes = build(world, PlanChoice::Current, layers, middle(world, zoom));
        let tile = Tile::new(&bytes);
        println!("zoom {zoom}: {} bytes, {} packed", bytes.len(), tile.gzip.len());
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(BenchmarkId::new("zoom", zoom), |bencher| {
            bencher.iter(|| Tile::new(black_box(&bytes)));
        });
    }
    group.finish();
}

fn cached(criterion: &mut Criterion, world: &World, layers: Layers) {
    let cache = TileCache::new(NonZeroUsize::new(64 << 20).expect("not zero"));
    let key = TileKey { plan: PlanChoice::Current, at: None, layers, tile: middle(world, 16) };
    cache.get(world, &key);
    criterion.bench_function("cached tile", |bencher| {
        bencher.iter(|| cache.peek(world, black_box(&key)).expect("is held"));
    });
}

/// Every tile of zooms 10 to 17 once, through the cache, on all cores.
fn each_once(world: &World, layers: Layers, n_buildings: usize) {
    let keys: Vec<TileKey> = (10..=17)
        .flat_map(|zoom| tiles_meeting(&world.areas().extent(), zoom))
        .map(|tile| TileKey { plan: PlanChoice::Current, at: None, layers, tile })
        .collect();
    let cache = TileCache::new(NonZeroUsize::new(256 << 20).expect("not zero"));
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut times: Vec<Duration> = Vec::new();
        while let Some(key) = keys.get(next.fetch_add(1, Ordering::Relaxed)) {
            let start = Instant::now();
            black_box(cache.get(world, key));
            times.push(start.elapsed());
        }
        times
    };
    let start = Instant::now();
    let mut times: Vec<Duration> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..n_threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
    });
    let total = start.elapsed();
    times.sort_unstable();
    println!(
        "each tile once: {} tiles of zooms 10 to 17, {n_buildings} buildings, {n_threads} threads: {:.0} a second, median {:.0?}, p99 {:.1?}, longest {:.1?}, {} MB held",
        times.len(),
        times.len() as f64 / total.as_secs_f64(),
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        times[times.len() - 1],
        cache.n_bytes() >> 20
    );
}
