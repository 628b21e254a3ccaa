//! What comparing two plans costs where every community differs: a draft of a whole city against the plan in
//! force (other cells, so the borders are laid over each other) and against another draft (the same cells).
//!
//! `LIFANG_BENCH_BUILDINGS` sets the size (200000), `LIFANG_BENCH_EDITS` the edits a community (3).

use std::time::{Duration, Instant};

use lifang::domain::decide::edits::{StartPlan, prepare};
use lifang::domain::decide::{Command, Import, Roster, decide};
use lifang::domain::diff::{compare, pieces};
use lifang::domain::ids::{AreaId, CellId, PlanId};
use lifang::domain::measure::{Day, Stamp};
use lifang::domain::plan::PlanChoice;
use lifang::domain::plan::edit::{Edit, Pick, Repair, Stroke};
use lifang::domain::register::rows::Rows;
use lifang::domain::rights::Actor;
use lifang::domain::world::World;
use lifang::http::Lang;
use lifang::http::wire::{DiffSheet, diff_collection};
use lifang::sample::city::City;
use lifang::sample::dice::Dice;

fn number(key: &str, otherwise: usize) -> usize {
    std::env::var(key).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Carries a command out on `world`; whether it was.
fn run(world: &mut World, command: Command) -> bool {
    let Ok(decision) = decide(world, command, &Actor::local("bench"), Stamp(0)) else {
        return false;
    };
    let is_changed = !decision.change.is_empty();
    if is_changed {
        *world = world.next(&decision.change).0;
    }
    is_changed
}

fn city(buildings: usize) -> World {
    let city = City::new(buildings, 1);
    let sheets = [
        Rows::Areas(city.areas()),
        Rows::Barriers(city.barriers()),
        Rows::Grids(city.grids()),
        Rows::Buildings(city.buildings().collect()),
    ];
    let mut world = World::default();
    for rows in sheets {
        let n_rows = rows.len() as u64;
        let import = Import {
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
        };
        run(&mut world, Command::Import(Box::new(import)));
    }
    world
}

fn start(world: &mut World, based_on: PlanChoice) -> PlanId {
    let mut start = StartPlan {
        title: "bench".into(),
        based_on: Some(based_on),
        areas: Vec::new(),
        prepared: Vec::new(),
    };
    start.prepared = prepare(world, &start);
    let plan = PlanId::new(world.counters().plan).expect("counters begin at 1");
    assert!(run(world, Command::Start(Box::new(start))), "a draft starts");
    plan
}

/// Cells on one side of a border, some buildings' worth, given to the grid beyond it.
fn edit(world: &World, plan: PlanId, area: AreaId, dice: &mut Dice) -> Option<Command> {
    let cut = &world.shard(PlanChoice::Plan(plan), area)?.ground.cut;
    let color = |cell: CellId| cut.colors[cell.index()];
    let borders: Vec<(CellId, CellId)> = cut
        .fabric
        .seams()
        .filter_map(|seam| Some((seam.left?, seam.right?)))
        .filter(|(left, right)| {
            color(*left) != color(*right) && color(*left).is_some() && color(*right).is_some()
        })
        .collect();
    if borders.is_empty() {
        return None;
    }
    let (first, beyond) = *dice.pick(&borders);
    let mut cells = vec![first];
    let wanted = dice.between(1, 50) as usize;
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
    let to = color(beyond).and_then(|key| world.plans().grid(plan, key));
    let community = world.areas().get(area).map(|record| record.code.clone());
    Some(Command::Edit(Box::new(Edit {
        plan,
        base: world.revision(),
        id: "".into(),
        strokes: vec![Stroke::Paint {
            pick: Pick::Cells { community, cells },
            to: to.map(|grid| grid.code.clone()),
        }],
        repair: Repair::Carry,
    })))
}

fn row(measure: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("| {measure} | {:.1} ms | {:.1} ms | {} |", at(0.5), at(1.0), times.len());
}

fn measure(world: &World, from: PlanChoice, to: PlanChoice, what: &str) {
    let (mut alone, mut told, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
    let mut size = String::new();
    for _ in 0..15 {
        let began = Instant::now();
        let diff = compare(world, from, to, None);
        alone.push(began.elapsed());
        let bytes =
            serde_json::to_vec(&DiffSheet::new(world, &diff, Lang::En)).expect("plain data");
        told.push(began.elapsed());
        let began = Instant::now();
        let again = compare(world, from, to, None);
        let found = pieces(world, from, to, None);
        let features = serde_json::to_vec(&diff_collection(world, &again, &found));
        shapes.push(began.elapsed());
        size = format!(
            "{} communities, {} grids changed, {} buildings moved, {} pieces; {} kB JSON, {} kB GeoJSON",
            diff.communities.len(),
            diff.grids.len(),
            diff.moved.len(),
            found.len(),
            bytes.len() / 1000,
            features.expect("plain data").len() / 1000,
        );
    }
    row(&format!("{what}: compared"), &mut alone);
    row(&format!("{what}: compared and told as JSON"), &mut told);
    row(&format!("{what}: compared and drawn as GeoJSON"), &mut shapes);
    println!("| – | | | {size} |");
}

fn main() {
    let buildings = number("LIFANG_BENCH_BUILDINGS", 200_000);
    let n_edits = number("LIFANG_BENCH_EDITS", 3);
    let mut world = city(buildings);
    let one = start(&mut world, PlanChoice::Current);
    let two = start(&mut world, PlanChoice::Plan(one));
    let mut dice = Dice::new(7);
    let (mut n_done, mut n_asked) = (0, 0);
    for area in world.areas().communities(None) {
        for plan in [one, two] {
            for _ in 0..n_edits {
                n_asked += 1;
                let command = edit(&world, plan, area, &mut dice);
                n_done += usize::from(command.is_some_and(|command| run(&mut world, command)));
            }
        }
    }
    let shards = world.shards(PlanChoice::Plan(one));
    let cells: usize = shards.iter().map(|shard| shard.ground.cut.fabric.n_cells()).sum();
    println!(
        "A city of {buildings} buildings in {} communities, {} grids, {cells} cells; {n_done} of {n_asked} edits done.",
        shards.len(),
        world.plans().grids(one).count(),
    );
    println!("| measure | p50 | slowest | of |\n|---|---|---|---|");
    let [one, two] = [one, two].map(PlanChoice::Plan);
    measure(&world, PlanChoice::Current, one, "draft against the plan in force");
    measure(&world, one, two, "draft against draft");
    measure(&world, one, one, "a plan against itself");
}
