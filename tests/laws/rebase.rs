//! Bringing drafts up to date: random edits on two drafts of one plan, one of them published, the other
//! merged with it; every pin of ground is what the rule of three says, and every law holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use lifang::domain::change::{Change, Fact, Turned};
use lifang::domain::decide::edits::{Rebase, StartPlan, TakeBack, outlook};
use lifang::domain::decide::{Command, Refusal};
use lifang::domain::fabric::Spot;
use lifang::domain::fabric::check::breaches;
use lifang::domain::fabric::locate::locate;
use lifang::domain::ids::{AreaId, GridKey, PlanId};
use lifang::domain::measure::Day;
use lifang::domain::place::{Pin, is_inside};
use lifang::domain::plan::check::Canvas;
use lifang::domain::plan::merge::Take;
use lifang::domain::plan::{Cut, Plan, PlanChoice, Status};
use lifang::domain::world::World;
use lifang::sample::dice::Dice;

use super::edits::Bench;

/// Lets a draft count from a day on, by the facts alone.
fn publish(bench: &mut Bench, plan: PlanId, day: i32) {
    let held = bench.world().plans().get(plan).unwrap().clone();
    let after = Plan {
        status: Status::Published,
        effective_from: Some(Day(30_000 + day)),
        ..Plan::clone(&held)
    };
    let fact = Fact::Plan(plan, Turned::new(Some(held), Some(Arc::new(after))));
    let change = Change { facts: vec![fact], roster: Vec::new() };
    bench.desk.world = bench.desk.world.next(&change).0;
    bench.desk.changes.push(change);
}

/// Two drafts of what is in force, each drawn on, the first published: the second is left in hand.
fn forked(seed: u64, edits: usize) -> Option<(Bench, PlanId, PlanId)> {
    let mut bench = Bench::new(seed);
    let base = bench.world().plans().get(bench.plan).unwrap().based_on?;
    let first = bench.plan;
    let start = StartPlan {
        title: "other".into(),
        based_on: Some(PlanChoice::Plan(base)),
        areas: Vec::new(),
        prepared: Vec::new(),
    };
    let second = PlanId::new(bench.world().counters().plan).unwrap();
    bench.desk.run(Command::Start(Box::new(start))).ok()?;
    for plan in [first, second] {
        bench.plan = plan;
        (0..edits).for_each(|_| bench.step(false));
    }
    publish(&mut bench, first, 1);
    Some((bench, base, second))
}

/// The color of a pin that lies well inside a cell; `None` near seams.
fn color(cut: &Cut, pin: Pin) -> Option<Option<GridKey>> {
    let Spot::In(cell) = locate(&cut.fabric, pin) else { return None };
    let around = [(-4, 0), (4, 0), (0, -4), (0, 4)].map(|(x, y)| Pin::new(pin.x + x, pin.y + y));
    let is_in = |near: &Pin| locate(&cut.fabric, *near) == Spot::In(cell);
    around.iter().all(is_in).then(|| cut.grid_of(cell))
}

fn is_behind(world: &World, plan: PlanId) -> bool {
    outlook(world, plan, &BTreeMap::new()).unwrap().onto.is_some()
}

fn check_ground(
    (before, after): (&World, &World),
    [base, ours, theirs]: [PlanId; 3],
    settle: &BTreeMap<Box<str>, Take>,
    dice: &mut Dice,
    told: &str,
) -> [usize; 3] {
    let mut seen = [0; 3];
    let found = outlook(before, ours, settle).unwrap();
    for area in after.plans().areas(ours) {
        let cut = |world: &World, plan| Arc::clone(world.plans().cut(plan, area).unwrap());
        let sides = [cut(before, base), cut(before, ours), cut(before, theirs)];
        let merged = cut(after, ours);
        assert_eq!(breaches(&merged.fabric), [], "{told}");
        let extent = merged.fabric.extent();
        for _ in 0..150 {
            let mut between = |low: i32, high: i32| dice.between(low, high);
            let pin =
                Pin::new(between(extent.min.x, extent.max.x), between(extent.min.y, extent.max.y));
            let colors: Option<Vec<_>> = sides.iter().map(|cut| color(cut, pin)).collect();
            let (Some(colors), Some(is)) = (colors, color(&merged, pin)) else { continue };
            let [was, ours, theirs] = colors[..] else { unreachable!("three sides") };
            let conflict = found
                .conflicts
                .iter()
                .find(|one| one.place.iter().any(|polygon| is_inside(polygon, pin) == Some(true)));
            let expected = match conflict {
                Some(one) => match one.take.unwrap() {
                    Take::Ours => ours,
                    Take::Theirs => theirs,
                },
                None if ours == was => theirs,
                None => {
                    assert!(theirs == was || ours == theirs, "not asked at {pin:?}: {told}");
                    ours
                }
            };
            assert_eq!(is, expected, "{pin:?}: {told}");
            seen[0] += usize::from(conflict.is_some());
            seen[1] += usize::from(conflict.is_none() && ours != was);
            seen[2] += usize::from(conflict.is_none() && theirs != was);
        }
    }
    seen
}

/// No grid in more pieces than on both sides, unless it may be; every color has a grid; codes are unique.
fn check_grids((before, after): (&World, &World), [ours, theirs]: [PlanId; 2], told: &str) {
    let mut codes: Vec<_> =
        after.plans().grids(ours).map(|grid| (grid.community, grid.code.clone())).collect();
    codes.sort();
    let n_codes = codes.len();
    codes.dedup();
    assert_eq!(codes.len(), n_codes, "a code twice: {told}");
    for area in after.plans().areas(ours) {
        let pieces = |world: &World, plan, key: GridKey| {
            let cut = world.plans().cut(plan, area).unwrap();
            let shard = world.shard(PlanChoice::Plan(plan), area).unwrap();
            let cell = |pin| shard.ground.terrain.cell_at(pin);
            let links: Vec<_> = cut
                .links
                .iter()
                .filter_map(|[one, two]| Some((cell(*one)?, cell(*two)?)))
                .collect();
            Canvas { fabric: &cut.fabric, colors: &cut.colors, links: &links }.pieces(key).len()
        };
        let cut = after.plans().cut(ours, area).unwrap();
        for key in cut.colors.iter().flatten() {
            let grid = after.plans().grid(ours, *key).expect("every color has a grid");
            let is = pieces(after, ours, *key);
            let was = pieces(before, ours, *key).max(pieces(before, theirs, *key)).max(1);
            // A crossing one side withdrew may have held a grid of the other together.
            let has_links = !cut.links.is_empty()
                || [ours, theirs]
                    .iter()
                    .any(|plan| !before.plans().cut(*plan, area).unwrap().links.is_empty());
            assert!(is <= was || grid.is_detached || has_links, "{key:?} {is} > {was}: {told}");
        }
    }
}

/// Settles everything by chance; when that cannot stand, all one way.
fn bring_up(
    bench: &mut Bench,
    plan: PlanId,
    dice: &mut Dice,
    told: &str,
) -> BTreeMap<Box<str>, Take> {
    let mut settle: BTreeMap<Box<str>, Take> = BTreeMap::new();
    for round in 0..12 {
        let found = outlook(bench.world(), plan, &settle).unwrap();
        for one in &found.conflicts {
            let take = match round {
                0..6 if dice.is_chance(1, 2) => Take::Ours,
                0..6 => Take::Theirs,
                // The way out that is always there.
                _ => Take::Ours,
            };
            let held = settle.entry(one.key.clone()).or_insert(take);
            if round >= 6 {
                *held = take;
            }
        }
        let wish =
            Rebase { plan, settle: settle.clone(), base: None, id: format!("up {round}").into() };
        match bench.desk.run(Command::Rebase(Box::new(wish))) {
            Ok(_) => return settle,
            Err(Refusal::Conflicts(open)) => {
                assert!(open.iter().any(|one| one.take.is_none()), "{told}");
            }
            Err(Refusal::Unsound(faults)) => {
                assert!(!faults.is_empty() && round < 11, "{faults:?}: {told}");
                if round < 6 {
                    settle.clear();
                }
            }
            Err(other) => panic!("{other:?}: {told}"),
        }
    }
    panic!("no way out: {told}");
}

fn opened(world: &World) -> bool {
    world.is_same_as(&World::open(&world.to_ground(), world.revision()))
}

#[test]
fn a_draft_is_brought_up_to_date() {
    let (mut n_done, mut seen) = (0, [0; 3]);
    for seed in 0..40 {
        let Some((mut bench, base, plan)) = forked(seed, 8) else { continue };
        let told = format!("seed {seed}");
        let mut dice = Dice::fork(seed, 5);
        let theirs = bench.world().plans().current().values().copied().max().unwrap();
        assert!(is_behind(bench.world(), plan), "{told}");
        let before = bench.world().clone();
        let settle = bring_up(&mut bench, plan, &mut dice, &told);
        let after = bench.world().clone();
        let more = check_ground((&before, &after), [base, plan, theirs], &settle, &mut dice, &told);
        seen = std::array::from_fn(|n| seen[n] + more[n]);
        check_grids((&before, &after), [plan, theirs], &told);
        assert!(opened(&after), "{told}");
        assert_eq!(after.plans().get(plan).unwrap().based_on, Some(theirs), "{told}");
        assert!(!is_behind(&after, plan), "{told}");
        // Nothing is done twice, nothing is taken back over it, and edits go on.
        let again = Rebase { plan, settle: BTreeMap::new(), base: None, id: "".into() };
        assert!(bench.desk.run(Command::Rebase(Box::new(again))).unwrap().change.is_empty());
        let undo = TakeBack { plan, is_redo: false, base: None, id: "".into(), taken: None };
        let undone = bench.desk.run(Command::TakeBack(Box::new(undo)));
        assert!(matches!(undone, Err(Refusal::BuiltOn(_))), "{undone:?} {told}");
        bench.plan = plan;
        (0..3).for_each(|_| bench.step(false));
        n_done += 1;
    }
    assert!(n_done > 20 && seen.iter().all(|n| *n > 100), "{n_done} {seen:?}");
}

/// Where only one side changed anything, the other's work is all there and nothing is asked.
#[test]
fn one_sided_work_is_carried_whole() {
    let mut n_done = 0;
    for seed in 0..40 {
        let Some((mut bench, _, second)) = forked(seed, 0) else { continue };
        let first = bench.world().plans().current().values().copied().max().unwrap();
        bench.plan = second;
        (0..10).for_each(|_| bench.step(false));
        let colors = |world: &World, plan: PlanId| -> Vec<(AreaId, Vec<Option<GridKey>>)> {
            let cuts = world.plans().areas(plan).map(|area| (area, world.plans().cut(plan, area)));
            cuts.map(|(area, cut)| (area, cut.unwrap().colors.clone())).collect()
        };
        let before = colors(bench.world(), second);
        let found = outlook(bench.world(), second, &BTreeMap::new()).unwrap();
        assert_eq!((found.onto, found.conflicts.len()), (Some(first), 0), "seed {seed}");
        let wish = Rebase { plan: second, settle: BTreeMap::new(), base: None, id: "".into() };
        bench.desk.run(Command::Rebase(Box::new(wish))).expect("nothing is asked");
        assert_eq!(colors(bench.world(), second), before, "seed {seed}");
        n_done += 1;
    }
    assert!(n_done > 20);
}
