//! What the database costs: a small commit beside the disk's own sync, a city in, a city out, a million
//! household rows. `LIFANG_BENCH_BUILDINGS` sets the size of the city (200000).

use std::collections::HashMap;
use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use lifang::domain::change::{AreaGround, Change, Fact, RosterRow, Turned};
use lifang::domain::fabric::weave::{Weave, weave};
use lifang::domain::ids::{AreaId, BuildingId, Code, GridKey, PlanId};
use lifang::domain::measure::{Revision, Stamp};
use lifang::domain::personal::Personal;
use lifang::domain::place::Polygon;
use lifang::domain::plan::{Cut, Grid, Plan, Status};
use lifang::domain::register::area::{AreaRecord, Level};
use lifang::domain::register::building::Building;
use lifang::domain::register::people::HomeCounts;
use lifang::domain::register::rows::{AreaRow, GridRow};
use lifang::sample::city::City;
use lifang::store::{Reader, Store, StoreOptions};

fn came<T>(value: T) -> Turned<T> {
    Turned::new(None, Some(value))
}

fn plan_id() -> PlanId {
    PlanId::new(1).expect("not zero")
}

fn n_buildings() -> usize {
    let wished = std::env::var("LIFANG_BENCH_BUILDINGS").ok();
    wished.and_then(|n| n.parse().ok()).unwrap_or(200_000)
}

/// The ground of a sample city as it would be after all imports, one fabric a community.
fn ground(city: &City) -> Change {
    let mut facts = Vec::new();
    let areas = city.areas();
    let ids: HashMap<Code, AreaId> = areas
        .iter()
        .enumerate()
        .map(|(idx, area)| (area.code.clone(), AreaId::from_index(idx)))
        .collect();
    facts.extend(areas.iter().map(|area| area_fact(area, &ids)));
    facts.push(area_ground(&areas, &ids));
    let mut communities: Vec<AreaId> = Vec::new();
    let mut grids: HashMap<Box<str>, Vec<GridRow>> = HashMap::new();
    for grid in city.grids() {
        grids.entry(grid.community.clone().expect("stated")).or_default().push(grid);
    }
    for area in areas.iter().filter(|area| area.level == Some(Level::Community)) {
        let rows = grids.remove(area.code.as_str()).unwrap_or_default();
        communities.push(ids[&area.code]);
        facts.extend(cut_facts(area, ids[&area.code], &rows, facts.len()));
    }
    facts.push(Fact::Plan(plan_id(), came(Arc::new(plan(communities)))));
    for (idx, row) in city.buildings().enumerate() {
        let id = BuildingId::from_index(idx);
        let building = Building {
            id,
            code: row.code,
            name: row.name,
            estate: row.estate,
            address: row.address,
            stated_community: row.community.and_then(|code| Code::new(&code)),
            listed_grid: row.grid,
            usage: row.usage,
            floors: row.floors,
            entrances: row.entrances,
            dwellings: row.dwellings,
            pin: row.pin,
            footprint: row.footprint,
            verified: row.verified,
        };
        facts.push(Fact::Building(id, came(Arc::new(building))));
        let counts = HomeCounts { households: 5, persons: 13, members: [1, 0, 0, 0, 0, 0] };
        facts.push(Fact::Counts(id, came(counts)));
    }
    Change { facts, roster: Vec::new() }
}

fn area_fact(row: &AreaRow, ids: &HashMap<Code, AreaId>) -> Fact {
    let area = AreaRecord {
        id: ids[&row.code],
        code: row.code.clone(),
        name: row.name.clone(),
        level: row.level.unwrap_or(Level::Community),
        parent: row.parent.as_ref().and_then(|code| ids.get(code)).copied(),
        kind: row.kind.clone(),
        stated_households: row.households,
        stated_population: row.population,
        source_digest: 1,
        lineage: Default::default(),
    };
    Fact::Area(area.id, came(Arc::new(area)))
}

fn area_ground(areas: &[AreaRow], ids: &HashMap<Code, AreaId>) -> Fact {
    let with_ground: Vec<&AreaRow> =
        areas.iter().filter(|area| area.level == Some(Level::Community)).collect();
    let shapes: Vec<Vec<Polygon>> = with_ground.iter().map(|area| area.shape.clone()).collect();
    let woven = weave(&Weave { shapes: &shapes, boundary: None, lines: &[], tolerance: 0.0 });
    let color = |owner: &Option<u32>| owner.map(|shape| ids[&with_ground[shape as usize].code]);
    let colors = woven.owners.iter().map(color).collect();
    let ground = AreaGround { fabric: Arc::new(woven.fabric), colors, notes: Vec::new() };
    Fact::AreaGround(came(Arc::new(ground)))
}

fn plan(areas: Vec<AreaId>) -> Plan {
    Plan {
        status: Status::Published,
        is_drawn: false,
        ..Plan::draft(plan_id(), "现行网格".into(), areas, Revision(1))
    }
}

/// A community's cut and its grids; keys are made from `seed`, which differs for each community.
fn cut_facts(area: &AreaRow, id: AreaId, rows: &[GridRow], seed: usize) -> Vec<Fact> {
    let shapes: Vec<Vec<Polygon>> = rows.iter().map(|row| row.shape.clone()).collect();
    let boundary = Some(&area.shape[..]);
    let woven = weave(&Weave { shapes: &shapes, boundary, lines: &[], tolerance: 0.0 });
    let key = |number: usize| GridKey::from_index(seed + number);
    let colors =
        woven.owners.iter().map(|owner| owner.map(|number| key(number as usize))).collect();
    let cut = Cut { fabric: Arc::new(woven.fabric), colors, notes: Vec::new(), links: Vec::new() };
    let mut facts = vec![Fact::Cut(plan_id(), id, came(Arc::new(cut)))];
    for (number, row) in rows.iter().enumerate() {
        let grid = Grid {
            plan: plan_id(),
            key: key(number),
            code: row.code.clone(),
            name: row.name.clone(),
            community: id,
            kind: row.kind,
            head: row.head.clone(),
            manager: row.manager.clone(),
            work_phone: row.work_phone.clone(),
            source_digest: 1,
            is_locked: false,
            is_detached: false,
            is_numbered: false,
            predecessors: Vec::new(),
        };
        facts.push(Fact::Grid(plan_id(), grid.key, came(Arc::new(grid))));
    }
    facts
}

fn city_in_and_out(criterion: &mut Criterion) {
    let n_buildings = n_buildings();
    let ground = ground(&City::new(n_buildings, 1));
    let of = |is: fn(&Fact) -> bool| ground.facts.iter().filter(|fact| is(fact)).count();
    println!(
        "city: {n_buildings} buildings, {} grids, {} cuts, {} facts in all",
        of(|fact| matches!(fact, Fact::Grid(..))),
        of(|fact| matches!(fact, Fact::Cut(..))),
        ground.facts.len()
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.db");
    let started = Instant::now();
    let mut store = Store::open(&path, &StoreOptions::default()).unwrap();
    store.commit(&ground, Revision(1), "bench", Stamp(1)).unwrap();
    println!("city: committed in {:?}", started.elapsed());
    drop(store);
    println!("city: file of {} KiB", std::fs::metadata(&path).unwrap().len() / 1024);
    let mut group = criterion.benchmark_group("city");
    group.sample_size(10).measurement_time(Duration::from_secs(8));
    group.bench_function("open and load", |bencher| {
        bencher.iter(|| {
            let store = Store::open(&path, &StoreOptions::default()).unwrap();
            store.load().unwrap()
        });
    });
    group.bench_function("open and load by one connection", |bencher| {
        bencher.iter(|| Reader::open(&path, &StoreOptions::default()).unwrap().load().unwrap());
    });
    group.finish();
    small_commits(criterion, &path, &ground);
}

fn small_commits(criterion: &mut Criterion, path: &std::path::Path, ground: &Change) {
    let mut group = criterion.benchmark_group("small commit");
    group.sample_size(20);
    let mut file = File::create(path.with_extension("sync")).unwrap();
    group.bench_function("the disk alone: 4 KiB and a sync", |bencher| {
        bencher.iter(|| {
            file.write_all(&[7; 4096]).unwrap();
            file.sync_data().unwrap();
        });
    });
    let mut store = Store::open(path, &StoreOptions::default()).unwrap();
    let mut revision = store.load().unwrap().1;
    let mut next = || {
        revision = revision.next();
        revision
    };
    let setting = Fact::Setting("title".into(), came("立方".into()));
    let setting = Change { facts: vec![setting], roster: Vec::new() };
    group.bench_function("one setting", |bencher| {
        bencher.iter(|| store.commit(&setting, next(), "bench", Stamp(1)).unwrap());
    });
    let cut = ground.facts.iter().find_map(|fact| match fact {
        Fact::Cut(plan, area, turned) => {
            let both = Turned::new(turned.after.clone(), turned.after.clone());
            println!("one cut: {} pins", turned.after.as_ref()?.fabric.n_pins());
            Some(Fact::Cut(*plan, *area, both))
        }
        _ => None,
    });
    let edit = Change { facts: cut.into_iter().collect(), roster: Vec::new() };
    group.bench_function("one redrawn community", |bencher| {
        bencher.iter(|| store.commit(&edit, next(), "bench", Stamp(1)).unwrap());
    });
    group.finish();
}

fn roster(criterion: &mut Criterion) {
    let n_rows = n_buildings() * 5;
    println!("roster: {n_rows} household rows");
    let rows = |persons| {
        let row = |number: usize| RosterRow {
            number: Personal::new(Code::new(&format!("H{number:07}")).unwrap()),
            building: Some(BuildingId::from_index(number / 5)),
            unhoused: None,
            persons,
            pin: None,
        };
        // In no order: 7919 is prime, so every number comes once.
        let roster = (0..n_rows).map(|step| row(step * 7919 % n_rows)).collect();
        Change { facts: Vec::new(), roster }
    };
    let (first, second) = (rows(2), rows(3));
    let folder = tempfile::tempdir().unwrap();
    let mut n_files = 0;
    let mut fresh = || {
        n_files += 1;
        let path = folder.path().join(format!("{n_files}.db"));
        Store::open(&path, &StoreOptions::default()).unwrap()
    };
    let mut group = criterion.benchmark_group("roster");
    group.sample_size(10);
    group.bench_function("written first", |bencher| {
        bencher.iter_batched(
            &mut fresh,
            |mut store| {
                store.commit(&first, Revision(1), "bench", Stamp(1)).unwrap();
                store
            },
            BatchSize::PerIteration,
        );
    });
    let mut store = fresh();
    store.commit(&first, Revision(1), "bench", Stamp(1)).unwrap();
    let mut revision = Revision(1);
    group.bench_function("written again", |bencher| {
        bencher.iter(|| {
            revision = revision.next();
            store.commit(&second, revision, "bench", Stamp(1)).unwrap();
        });
    });
    let reader = store.reader().unwrap();
    group.bench_function("all read by number", |bencher| {
        bencher.iter(|| black_box(reader.prior().unwrap().len()));
    });
    group.finish();
}

criterion_group!(benches, city_in_and_out, roster);
criterion_main!(benches);
