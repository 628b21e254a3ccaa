//! What a long past costs: opening a city with ten and with a thousand published plans behind it, and the
//! first answer of a past day for one community.
//!
//! `LIFANG_BENCH_BUILDINGS` sets the size (default 20,000; the goals of the README are for 200,000).

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lifang::desk::Desk;
use lifang::domain::change::{Change, Fact, Turned};
use lifang::domain::decide::edits::{PreparedCut, StartPlan, prepare};
use lifang::domain::ids::{AreaId, PlanId};
use lifang::domain::measure::{Day, Revision, Stamp};
use lifang::domain::place::Extent;
use lifang::domain::plan::{Grid, Plan, Status};
use lifang::domain::register::rows::Rows;
use lifang::domain::world::{PlanChoice, World};
use lifang::sample::city::City;
use lifang::store::{Store, StoreOptions};
use lifang::tiles::{Layers, build, tiles_meeting};

/// The first day of the oldest plan; each later one begins a day after the one before it.
const FIRST: i32 = 15_000;

fn main() {
    let n_buildings = std::env::var("LIFANG_BENCH_BUILDINGS").ok().and_then(|n| n.parse().ok());
    let n_buildings = n_buildings.unwrap_or(20_000);
    let world = city(n_buildings);
    let cuts = base_cells(&world);
    let folder = tempfile::tempdir().expect("a folder");
    let mut desks = Vec::new();
    for n_plans in [10, 1_000] {
        let path = folder.path().join(format!("{n_plans}.db"));
        write(&path, &world, &cuts, n_plans);
        let bytes = std::fs::metadata(&path).expect("was written").len();
        let timed = |_| {
            let (time, desk) = opened(&path);
            drop(desk);
            time
        };
        let mut times: Vec<Duration> = (0..5).map(timed).collect();
        times.sort_unstable();
        let mebibytes = bytes >> 20;
        println!("{n_plans} past plans, {mebibytes} MiB: opened in {:.0?} (median of 5)", times[2]);
        desks.push(opened(&path).1);
    }
    cold(&desks[1], &cuts);
}

fn opened(path: &Path) -> (Duration, Desk) {
    let start = Instant::now();
    let desk = Desk::open(path, &StoreOptions::default()).expect("a sound database");
    (start.elapsed(), desk)
}

fn city(n_buildings: usize) -> World {
    let city = City::new(n_buildings, 1);
    let mut desk = support::Desk::default();
    desk.import(Rows::Areas(city.areas()));
    desk.import(Rows::Grids(city.grids()));
    desk.import(Rows::Buildings(city.buildings().collect()));
    let n_communities = city.n_communities();
    println!(
        "city: {n_buildings} buildings, {} grids, {n_communities} communities",
        city.n_grids()
    );
    desk.world
}

/// Ground as drafts have it, of thirty communities at most.
fn base_cells(world: &World) -> Vec<PreparedCut> {
    let areas = world.areas().communities(None).into_iter().take(30).collect();
    let based_on = Some(PlanChoice::Current);
    prepare(world, &StartPlan { title: "".into(), based_on, areas, prepared: Vec::new() })
}

fn came<T>(value: T) -> Turned<T> {
    Turned::new(None, Some(value))
}

/// The city, and plans of single communities that counted before it, one a day.
fn write(path: &Path, world: &World, cuts: &[PreparedCut], n_plans: usize) {
    let mut store = Store::open(path, &StoreOptions::default()).expect("a new database");
    let mut ground = world.to_ground();
    let current = *world.plans().current().values().next().expect("the city has a plan");
    for number in 0..n_plans {
        let PreparedCut { area, cut, .. } = &cuts[number % cuts.len()];
        let id = PlanId::from_index(1_000 + number);
        let plan = Plan {
            status: Status::Published,
            effective_from: Some(Day(FIRST + number as i32)),
            published_at: Some(Stamp(1)),
            ..Plan::draft(id, "past".into(), vec![*area], Revision(1))
        };
        ground.facts.push(Fact::Plan(id, came(Arc::new(plan))));
        ground.facts.push(Fact::Cut(id, *area, came(Arc::clone(cut))));
        for grid in world.plans().grids(current).filter(|grid| grid.community == *area) {
            let grid = Grid { plan: id, ..Grid::clone(grid) };
            ground.facts.push(Fact::Grid(id, grid.key, came(Arc::new(grid))));
        }
    }
    let change = Change { facts: ground.facts, roster: Vec::new() };
    store.commit(&change, Revision(1), "bench", Stamp(1)).expect("committed");
}

/// First answers of past days, each of another plan.
fn cold(desk: &Desk, cuts: &[PreparedCut]) {
    let layers = Layers::parse("grids,borders,labels").expect("all are layers");
    let world = desk.world();
    let (mut recalls, mut tiles) = (Vec::new(), Vec::new());
    for (number, PreparedCut { area, cut, .. }) in cuts.iter().enumerate() {
        let areas: BTreeSet<AreaId> = [*area].into();
        let day = Some(Day(FIRST + number as i32));
        let start = Instant::now();
        let then = desk.recall(&world, PlanChoice::Current, day, Some(&areas)).expect("recalled");
        let shard = then.shard(PlanChoice::Current, *area).expect("is divided");
        assert!(!shard.tallies.is_empty());
        recalls.push(start.elapsed());
        let center = Extent::of(&[cut.fabric.extent().center()]);
        assert!(
            !build(&then, PlanChoice::Current, layers, tiles_meeting(&center, 15)[0]).is_empty()
        );
        tiles.push(start.elapsed());
    }
    for (what, mut times) in [("tally", recalls), ("tile", tiles)] {
        times.sort_unstable();
        let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
        println!("cold {what} of a past day: median {median:.1?}, worst {worst:.1?}");
    }
}
