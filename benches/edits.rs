//! What an edit costs: acknowledged, beside the disk's own flush; previewed; seen in a fresh tile; a draft
//! started. In a small city and a large one, so that what grows with the city shows.
//!
//! `LIFANG_BENCH_BUILDINGS` sets the large size (200000), `LIFANG_BENCH_EDITS` how many edits (400).

#[path = "support/client.rs"]
#[allow(dead_code, reason = "the table of figures asks for more")]
mod client;
#[path = "support/server.rs"]
mod server;

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::{Duration, Instant};

use client::Connection;
use lifang::desk::Desk;
use lifang::domain::decide::edits::{StartPlan, prepare};
use lifang::domain::decide::{Command, Import, Roster};
use lifang::domain::ids::{AreaId, CellId, GridKey, PlanId};
use lifang::domain::measure::Day;
use lifang::domain::place::{LonLat, Pin};
use lifang::domain::plan::PlanChoice;
use lifang::domain::plan::edit::{Edit, Pick, Repair, Stroke};
use lifang::domain::register::rows::Rows;
use lifang::domain::rights::Actor;
use lifang::domain::world::Shard;
use lifang::sample::city::City;
use lifang::sample::dice::Dice;
use lifang::store::StoreOptions;
use lifang::tiles::cache::{TileCache, TileKey};
use lifang::tiles::{Layers, TileId};
use server::Server;

fn number(key: &str, otherwise: usize) -> usize {
    std::env::var(key).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn import(rows: Rows) -> Command {
    let n_rows = rows.len() as u64;
    Command::Import(Box::new(Import {
        rows,
        file: "city".into(),
        datum: "4490".into(),
        issues: Vec::new(),
        issues_dropped: 0,
        dropped_columns: Vec::new(),
        n_rows,
        n_refused: 0,
        tolerance_m: 0.5,
        effective: Day::new(2026, 11, 1).expect("a date"),
        roster: Roster::new(),
    }))
}

fn city(path: &Path, buildings: usize) -> Desk {
    let desk = Desk::open(path, &StoreOptions::default()).expect("a database");
    let city = City::new(buildings, 1);
    let sheets = [
        Rows::Areas(city.areas()),
        Rows::Barriers(city.barriers()),
        Rows::Grids(city.grids()),
        Rows::Buildings(city.buildings().collect()),
    ];
    for rows in sheets {
        desk.submit_blocking(import(rows), Actor::local("bench")).expect("imported");
    }
    desk
}

/// Half of all, ninety-nine of a hundred, in milliseconds.
fn percentiles(times: &mut [Duration]) -> (f64, f64) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    (at(0.5), at(0.99))
}

fn row(measure: &str, of: &str, times: &mut [Duration]) {
    let (half, most) = percentiles(times);
    println!("| {measure} | {half:.2} ms | {most:.2} ms | {} × {of} |", times.len());
}

struct Bench {
    desk: Desk,
    plan: PlanId,
    area: AreaId,
    dice: Dice,
}

impl Bench {
    fn shard(&self) -> std::sync::Arc<Shard> {
        let world = self.desk.world();
        world.shard(PlanChoice::Plan(self.plan), self.area).expect("was started").clone()
    }

    /// Cells on one side of a border, some buildings' worth, and the color beyond it.
    fn draw(&mut self, shard: &Shard) -> (Vec<CellId>, GridKey) {
        let cut = &shard.ground.cut;
        let color = |cell: CellId| cut.colors[cell.index()];
        let borders: Vec<(CellId, CellId)> = cut
            .fabric
            .seams()
            .filter_map(|seam| Some((seam.left?, seam.right?)))
            .filter(|(left, right)| {
                color(*left) != color(*right) && color(*left).is_some() && color(*right).is_some()
            })
            .collect();
        let (first, beyond) = *self.dice.pick(&borders);
        let to = color(beyond).expect("was filtered");
        let mut cells = vec![first];
        let wanted = self.dice.between(1, 50) as usize;
        let mut at = 0;
        while cells.len() < wanted && at < cells.len() {
            for (_, beside) in cut.fabric.across(cells[at]) {
                if let Some(beside) = beside
                    && color(beside) == color(first)
                    && !cells.contains(&beside)
                    && cells.len() < wanted
                {
                    cells.push(beside);
                }
            }
            at += 1;
        }
        (cells, to)
    }

    /// Drawn cells given to the grid beyond their border, and where.
    fn edit(&mut self) -> (Command, Pin) {
        let shard = self.shard();
        let (cells, to) = self.draw(&shard);
        let first = cells[0];
        let world = self.desk.world();
        let code = |key| world.plans().grid(self.plan, key).map(|grid| grid.code.clone());
        let community = world.areas().get(self.area).map(|record| record.code.clone());
        let stroke = Stroke::Paint { pick: Pick::Cells { community, cells }, to: code(to) };
        let edit = Edit {
            plan: self.plan,
            base: world.revision(),
            id: "".into(),
            strokes: vec![stroke],
            repair: Repair::Carry,
        };
        let place = shard.ground.terrain.cell_extents[first.index()].center();
        (Command::Edit(Box::new(edit)), place)
    }

    /// The same as bodies of requests, all against the draft as it stands.
    fn bodies(&mut self, n: usize) -> Vec<String> {
        let shard = self.shard();
        let world = self.desk.world();
        let area = world.areas().get(self.area).expect("is divided").code.clone();
        let base = world.revision().0;
        let body = |_| {
            let (cells, to) = self.draw(&shard);
            let to = &world.plans().grid(self.plan, to).expect("is drawn").code;
            let cells: Vec<u32> = cells.iter().map(|cell| cell.index() as u32 + 1).collect();
            format!(
                r#"{{"base":{base},"repair":"carry","edits":[{{"op":"paint","community":"{area}","cells":{cells:?},"to":"{to}"}}]}}"#
            )
        };
        (0..n).map(body).collect()
    }
}

/// Previews asked of the real binary over one connection: what a pointer on the map waits for.
fn over_http(db: &Path, plan: PlanId, bodies: &[String], of: &str) {
    let server = Server::start(db);
    let mut connection = Connection::open(&server.address);
    let path = format!("/api/v1/plans/{}/edits/preview", plan.get());
    let (mut times, mut refused) = (Vec::new(), 0);
    for body in bodies {
        let from = Instant::now();
        match connection.post(&path, body).0 {
            200 => times.push(from.elapsed()),
            422 => refused += 1,
            status => panic!("{status} to {body}"),
        }
    }
    row("preview over HTTP, answer included", of, &mut times);
    println!("| – refused | | | {refused} of {}: would have broken a grid |", bodies.len());
}

fn tile_at(pin: Pin, z: u8) -> TileId {
    let LonLat { lon, lat } = pin.lon_lat();
    let n = f64::from(1u32 << z);
    let x = ((lon + 180.0) / 360.0 * n) as u32;
    let y = ((1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * n) as u32;
    TileId::new(z, x, y).expect("within the map")
}

/// How long a draft of some communities took, and its number.
fn start(desk: &Desk, areas: Vec<AreaId>) -> (Duration, PlanId) {
    let from = Instant::now();
    let based_on = Some(PlanChoice::Current);
    let mut start = StartPlan { title: "bench".into(), based_on, areas, prepared: Vec::new() };
    start.prepared = prepare(&desk.world(), &start);
    let command = Command::Start(Box::new(start));
    let done = desk.submit_blocking(command, Actor::local("bench")).expect("started");
    (from.elapsed(), done.edited.expect("a draft").0.plan)
}

fn of_city(buildings: usize, n_edits: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let db = folder.path().join("city.db");
    let desk = city(&db, buildings);
    let world = desk.world();
    let of = format!("city of {buildings} buildings");
    let communities = world.areas().communities(None);
    let actor = || Actor::local("bench");
    let mut starts = Vec::new();
    let mut plan = None;
    for area in communities.iter().copied().cycle().skip(communities.len() / 2).take(20) {
        let (took, draft) = start(&desk, vec![area]);
        starts.push(took);
        plan = Some((draft, area));
    }
    let (plan, area) = plan.expect("drafts were started");
    let n_homes = world.town().housing(Some(area)).map_or(0, |housing| housing.homes.len());
    row("draft started", &format!("one community of {n_homes} buildings, {of}"), &mut starts);
    // No community of the city has 1,000 buildings: as many as make them up are woven together.
    let (mut several, mut n_several) = (Vec::new(), 0);
    for area in communities.iter().copied() {
        if n_several < 1_000 {
            n_several += world.town().housing(Some(area)).map_or(0, |housing| housing.homes.len());
            several.push(area);
        }
    }
    let mut starts: Vec<Duration> = (0..20).map(|_| start(&desk, several.clone()).0).collect();
    let what = format!("{} communities of {n_several} buildings together, {of}", several.len());
    row("draft started", &what, &mut starts);
    let mut bench = Bench { desk, plan, area, dice: Dice::new(7) };
    let shard = bench.shard();
    let fabric = &shard.ground.cut.fabric;
    println!(
        "| – its ground | | | {} cells, {} seams, {} pins |",
        fabric.n_cells(),
        fabric.n_seams(),
        fabric.n_pins()
    );
    let layers = Layers::parse("grids,borders,labels,buildings").expect("layers");
    let cache = TileCache::new(NonZeroUsize::new(64 << 20).expect("not zero"));
    let (mut previews, mut acks, mut refused) = (Vec::new(), Vec::new(), 0);
    let mut flushes: Vec<Duration> = Vec::new();
    let mut tiles: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    for n in 0..n_edits {
        let (command, place) = bench.edit();
        let z = if n % 2 == 0 { 16 } else { 14 };
        let key =
            TileKey { plan: PlanChoice::Plan(plan), at: None, layers, tile: tile_at(place, z) };
        cache.get(&bench.desk.world(), &key);
        // In turns with the edits, so that both meet the same disk.
        let setting = Command::Settings(vec![("bench".into(), Some(n.to_string().into()))]);
        let from = Instant::now();
        bench.desk.submit_blocking(setting, actor()).expect("written");
        flushes.push(from.elapsed());
        let Command::Edit(mut edit) = command else { unreachable!("edits are drawn") };
        edit.base = bench.desk.world().revision();
        let command = Command::Edit(edit);
        let from = Instant::now();
        let seen = bench.desk.preview(command.clone(), &actor());
        let took = from.elapsed();
        let from = Instant::now();
        match bench.desk.submit_blocking(command, actor()) {
            Ok(_) => {
                acks.push(from.elapsed());
                previews.push(took);
                cache.get(&bench.desk.world(), &key);
                tiles[n % 2].push(from.elapsed());
                assert!(seen.is_ok(), "a preview says what the edit says");
            }
            Err(_) => refused += 1,
        }
    }
    row("a setting written: the disk's flush", &of, &mut flushes);
    row("preview of an edit of 1-50 cells", &of, &mut previews);
    row("edit acknowledged, flush included", &of, &mut acks);
    let [z16, z14] = &mut tiles;
    row("edit to fresh z16 tile, flush included", &of, z16);
    row("edit to fresh z14 tile, flush included", &of, z14);
    println!("| – refused | | | {refused} of {n_edits}: would have broken a grid |");
    let bodies = bench.bodies(n_edits);
    drop(world);
    drop(bench.desk);
    over_http(&db, plan, &bodies, &of);
}

fn main() {
    let n_edits = number("LIFANG_BENCH_EDITS", 400);
    println!("| measure | p50 | p99 | of |\n|---|---|---|---|");
    for buildings in [10_000, number("LIFANG_BENCH_BUILDINGS", 200_000)] {
        of_city(buildings, n_edits);
    }
}
