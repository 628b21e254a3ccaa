//! The table of figures: a made-up city through the real binary, from files to served tiles.
//!
//! `cargo bench --bench table` prints one row a measure with its input size. `LIFANG_BENCH_BUILDINGS`
//! sets the size of the city (default 200,000 buildings, 1,000,000 households); `LIFANG_BENCH_DIR` keeps
//! files and database between runs. The load comes from four connections of this process on the same
//! machine, so client and server share its cores.

#[path = "support/client.rs"]
#[allow(dead_code, reason = "the bench of edits asks for more")]
mod client;
#[path = "support/server.rs"]
mod server;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use client::{CONNECTIONS, Connection, fetch_all};
use lifang::domain::fabric::blocks::Blocks;
use lifang::domain::place::{Extent, Pin, hilbert};
use lifang::domain::world::{PlanChoice, World};
use lifang::sample::dice::Dice;
use lifang::store::{Reader, StoreOptions};
use server::{BINARY, Server};

const POINTS: usize = 1_000_000;
/// Layers of the tile measure: grids, and buildings with their attributes.
const LAYERS: &str = "grids,buildings";

fn main() {
    // `cargo test --benches` only asks whether it builds.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let buildings: usize = std::env::var("LIFANG_BENCH_BUILDINGS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(200_000);
    let kept = std::env::var_os("LIFANG_BENCH_DIR").map(PathBuf::from);
    let temporary = tempfile::tempdir().expect("a folder for the city");
    let folder = kept.as_deref().unwrap_or(temporary.path());
    let files = folder.join(format!("city-{buildings}"));
    let db = folder.join(format!("city-{buildings}.db"));
    println!("city: {buildings} buildings, {} households, seed 1", buildings * 5);
    println!("{:<44} {:>14}  of what", "measure", "figure");
    if !files.exists() {
        let size = buildings.to_string();
        let ran = run(&["sample", "--buildings", &size, "--seed", "1", "--out"], &files);
        row("sample city written", seconds(ran.wall), "all files");
    }
    if !db.exists() {
        import_all(&files, &db);
    }
    let world = open(&db);
    place_points(&world);
    let extent = world.areas().extent();
    drop(world);
    serve_tiles(&db, extent);
}

fn row(measure: &str, figure: String, of_what: &str) {
    println!("{measure:<44} {figure:>14}  {of_what}");
}

fn seconds(took: Duration) -> String {
    format!("{:.3} s", took.as_secs_f64())
}

struct Ran {
    wall: Duration,
    peak_mib: u64,
}

/// Runs the binary with `arguments` and `last`, watching its memory.
fn run(arguments: &[&str], last: &Path) -> Ran {
    let start = Instant::now();
    let mut child = Command::new(BINARY)
        .args(arguments)
        .arg(last)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let mut peak_mib = 0;
    let status = loop {
        peak_mib = peak_mib.max(memory_mib(child.id(), "VmHWM:"));
        if let Some(status) = child.try_wait().expect("the child can be waited for") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.code().is_some_and(|code| code < 2), "{arguments:?} failed: {status}");
    Ran { wall: start.elapsed(), peak_mib }
}

/// A line of `/proc/PID/status` in MiB; 0 where there is none.
fn memory_mib(pid: u32, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let found = status.lines().find_map(|text| text.strip_prefix(line));
    let kib = found.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

fn import_all(files: &Path, db: &Path) {
    let mut total = Duration::ZERO;
    let mut peak_mib = 0;
    for (kind, file) in [
        ("areas", "areas.geojson"),
        ("barriers", "barriers.geojson"),
        ("grids", "grids.geojson"),
        ("buildings", "buildings.geojson"),
        ("households", "households.csv"),
        ("members", "members.csv"),
    ] {
        let path = files.join(file);
        let size = std::fs::metadata(&path).map_or(0, |about| about.len()) >> 20;
        let db = db.to_str().expect("the path is text");
        let ran = run(&["import", kind, "--db", db], &path);
        let of_what = format!("{size} MiB, peak {} MiB", ran.peak_mib);
        row(&format!("import {kind}"), seconds(ran.wall), &of_what);
        total += ran.wall;
        peak_mib = peak_mib.max(ran.peak_mib);
    }
    row("import of all files", seconds(total), &format!("peak {peak_mib} MiB"));
}

fn open(db: &Path) -> World {
    let start = Instant::now();
    let reader = Reader::open(db, &StoreOptions::default()).expect("the database opens");
    let (ground, revision) = reader.load().expect("the ground loads");
    let loaded = start.elapsed();
    let world = World::open(&ground, revision);
    row("load the ground", seconds(loaded), "rows to facts");
    let of_what = format!(
        "{} buildings, {} communities, {} shards",
        world.town().n_buildings(),
        world.areas().communities(None).len(),
        world.all_shards().len()
    );
    row("derive the world", seconds(start.elapsed().saturating_sub(loaded)), &of_what);
    world
}

/// Random points over the city's box, shuffled and sorted along the Hilbert curve, to grids.
fn place_points(world: &World) {
    let shards = world.shards(PlanChoice::Current);
    let start = Instant::now();
    let area_blocks = Blocks::new(&world.areas().ground().fabric);
    let grid_blocks: Vec<Blocks> =
        shards.iter().map(|shard| Blocks::new(&shard.ground.cut.fabric)).collect();
    let n_grids: usize = shards.iter().map(|shard| shard.tallies.len()).sum();
    let n_pins: usize = shards.iter().map(|shard| shard.ground.cut.fabric.n_pins()).sum();
    let of_what = format!("{n_grids} grids, {n_pins} pins, one core");
    row("index of all grids", seconds(start.elapsed()), &of_what);
    drop((area_blocks, grid_blocks));

    let extent = world.areas().extent();
    let mut dice = Dice::new(7);
    let mut points: Vec<Pin> = (0..POINTS)
        .map(|_| {
            let x = dice.between(extent.min.x, extent.max.x);
            Pin::new(x, dice.between(extent.min.y, extent.max.y))
        })
        .collect();
    let one_by_one = |points: &[Pin], name: &str| {
        let start = Instant::now();
        let found: Vec<_> =
            points.iter().map(|pin| world.grid_at(PlanChoice::Current, *pin)).collect();
        placed_row(name, start.elapsed(), &found);
        found
    };
    let at_once = |points: &[Pin], name: &str| {
        let start = Instant::now();
        let found = world.grids_at(PlanChoice::Current, points);
        placed_row(name, start.elapsed(), &found);
        found
    };
    let shuffled = at_once(&points, "points to grids, shuffled");
    let singly = one_by_one(&points, "the same, asked one by one");
    assert!(shuffled == singly, "asking at once changes nothing");
    points.sort_by_key(|pin| hilbert(*pin));
    let sorted = one_by_one(&points, "points to grids, sorted by place");
    at_once(&points, "the same, asked at once");
    let n = |found: &[Option<_>]| found.iter().flatten().count();
    assert_eq!(n(&shuffled), n(&sorted), "order changes nothing");
}

fn placed_row<T>(name: &str, took: Duration, found: &[Option<T>]) {
    let n = found.iter().flatten().count();
    row(name, seconds(took), &format!("{POINTS} points, {n} in a grid, one core"));
}

fn serve_tiles(db: &Path, extent: Extent) {
    let begin = Instant::now();
    let server = Server::start(db);
    let (status, _) = Connection::open(&server.address).get("/readyz");
    assert_eq!(status, 200);
    row(
        "serve ready from the database",
        seconds(begin.elapsed()),
        "process start to 200 on /readyz",
    );
    let memory = |line| format!("{} MiB", memory_mib(server.child.id(), line));
    row("memory after start", memory("VmRSS:"), "resident");

    let tiles = tiles_over(extent);
    for (name, rounds) in [("tiles cold, each once", 1), ("tiles warm", 8)] {
        let fetched = fetch_all(&server.address, &tiles, rounds);
        let of_what = format!(
            "{} requests for {} tiles z10-z17 of {LAYERS}, {} empty, {CONNECTIONS} connections, \
             mean {:.1} kB, p50 {:.2} ms, p99 {:.2} ms",
            fetched.latencies.len(),
            tiles.len(),
            fetched.n_empty,
            fetched.mean_kb(),
            fetched.milliseconds_at(0.5),
            fetched.milliseconds_at(0.99)
        );
        row(name, format!("{:.0} /s", fetched.per_second()), &of_what);
    }
    row("memory after tiles", memory("VmRSS:"), "resident");
    row("peak memory while serving", memory("VmHWM:"), "resident");
}

/// Every tile over the city at z10 to z15, and a scatter of those at z16 and z17, shuffled.
fn tiles_over(extent: Extent) -> Vec<String> {
    let mut dice = Dice::new(3);
    let mut tiles = BTreeSet::new();
    let tile = |pin: Pin, z: u32| {
        let at = pin.lon_lat();
        let n = f64::from(1u32 << z);
        let lat = at.lat.to_radians();
        let x = ((at.lon + 180.0) / 360.0 * n) as u32;
        let y = ((1.0 - lat.tan().asinh() / std::f64::consts::PI) / 2.0 * n) as u32;
        (z, x, y)
    };
    for z in 10..=15 {
        let (_, west, north) = tile(Pin::new(extent.min.x, extent.max.y), z);
        let (_, east, south) = tile(Pin::new(extent.max.x, extent.min.y), z);
        tiles.extend((west..=east).flat_map(|x| (north..=south).map(move |y| (z, x, y))));
    }
    for z in [16, 17] {
        for _ in 0..4_000 {
            let x = dice.between(extent.min.x, extent.max.x);
            let y = dice.between(extent.min.y, extent.max.y);
            tiles.insert(tile(Pin::new(x, y), z));
        }
    }
    let mut paths: Vec<String> =
        tiles.into_iter().map(|(z, x, y)| format!("/tiles/current/{LAYERS}/{z}/{x}/{y}")).collect();
    dice.shuffle(&mut paths);
    paths
}
