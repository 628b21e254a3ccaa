//! Laws of publishing, on random towns and random edits: no code ever names two grids, what is over can
//! be asked, outer borders are sewn, and the day alone says what counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lifang::domain::change::{Change, Fact};
use lifang::domain::decide::edits::StartPlan;
use lifang::domain::decide::lifecycle::{Deed, Hindrance, LifeStep};
use lifang::domain::decide::{Command, Refusal, decide};
use lifang::domain::fabric::check::breaches;
use lifang::domain::ids::{AreaId, CellId, Code, GridKey, PlanId};
use lifang::domain::measure::{Day, Stamp};
use lifang::domain::place::Pin;
use lifang::domain::plan::edit::{Edit, Number, Pick, Repair, Stroke};
use lifang::domain::plan::{Grid, PlanChoice};
use lifang::domain::rights::Actor;
use lifang::domain::tally::Tally;
use lifang::domain::world::{Brief, Sleeper, World};

use crate::edits::Bench;
use crate::support::Desk;

/// The first day of the town's own grids is before it.
const TODAY: Day = Day(20_800);

fn life(plan: PlanId, deed: Deed) -> Command {
    Command::Life(Box::new(LifeStep { plan, base: None, reason: "so".into(), deed }))
}

impl Desk {
    /// Carries out a command as `who`, on a day.
    fn by(&mut self, who: &str, today: Day, command: Command) -> Result<(), Refusal> {
        let told = self.world.briefed(Brief { today: Some(today), ..Brief::default() });
        let change = decide(&told, command, &Actor::local(who), Stamp(1))?.change;
        if !change.is_empty() {
            self.world = self.world.next(&change).0;
            self.changes.push(change);
        }
        Ok(())
    }
}

/// What each community's grids add up to under what counts.
type Counted = BTreeMap<AreaId, BTreeMap<GridKey, Tally>>;

fn counted(world: &World) -> Counted {
    let shards = world.shards(PlanChoice::Current).into_iter();
    shards.map(|shard| (shard.community, shard.tallies.clone())).collect()
}

impl Bench {
    /// A new draft of what counts.
    fn draft_again(&mut self, today: Day) {
        let areas = Vec::new();
        let based_on = Some(PlanChoice::Current);
        let start = StartPlan { title: "again".into(), based_on, areas, prepared: Vec::new() };
        self.plan = PlanId::new(self.desk.world.counters().plan).unwrap();
        self.desk.by("ann", today, Command::Start(Box::new(start))).expect("a draft starts");
    }

    fn edit(&mut self, today: Day, strokes: Vec<Stroke>) -> Result<(), Refusal> {
        let base = self.desk.world.revision();
        let edit = Edit { plan: self.plan, base, id: "".into(), strokes, repair: Repair::Carry };
        self.desk.by("ann", today, Command::Edit(Box::new(edit)))
    }

    /// Gives bare ground to grids and declares pieces, as far as that goes.
    fn mend(&mut self, today: Day) {
        let grids: Vec<(Code, AreaId)> = self
            .desk
            .world
            .plans()
            .grids(self.plan)
            .map(|grid| (grid.code.clone(), grid.community))
            .collect();
        for (grid, _) in &grids {
            let stroke = Stroke::Detach { grid: grid.clone(), is_allowed: true };
            let _ = self.edit(today, vec![stroke]);
        }
        for (to, area) in grids {
            let world = &self.desk.world;
            let Some(cut) = world.plans().cut(self.plan, area) else { continue };
            let bare: Vec<CellId> =
                cut.fabric.cells().filter(|cell| cut.grid_of(*cell).is_none()).collect();
            if !bare.is_empty() {
                let community = world.areas().get(area).map(|record| record.code.clone());
                let pick = Pick::Cells { community, cells: bare };
                let _ = self.edit(today, vec![Stroke::Paint { pick, to: Some(to) }]);
            }
        }
    }

    /// Submits and approves for the day after; false when a law stands in the way.
    fn publish(&mut self, today: Day) -> bool {
        match self.desk.by("ann", today, life(self.plan, Deed::Submit)) {
            Ok(()) => {}
            Err(Refusal::Life(Hindrance::Stops(stops))) => {
                assert!(!stops.is_empty());
                return false;
            }
            Err(other) => panic!("{other:?}"),
        }
        let approve = life(self.plan, Deed::Approve(Some(Day(today.0 + 1))));
        let own = self.desk.by("ann", today, approve.clone());
        assert_eq!(own, Err(Refusal::Life(Hindrance::SamePerson)));
        self.desk.by("bob", today, approve).expect("nothing stands in the way");
        true
    }
}

/// Codes and keys of the grids of all plans that were ever published.
fn check_codes(world: &World, is_renumbered: bool) {
    let mut owners: BTreeMap<Code, GridKey> = BTreeMap::new();
    let mut codes: BTreeMap<GridKey, Code> = BTreeMap::new();
    for plan in world.plans().all().filter(|plan| plan.is_published()) {
        let mut seen = BTreeSet::new();
        for grid in world.plans().grids(plan.id) {
            assert!(seen.insert(grid.code.clone()), "{} twice in a plan", grid.code);
            let owner = *owners.entry(grid.code.clone()).or_insert(grid.key);
            assert_eq!(owner, grid.key, "{} names two grids", grid.code);
            let code = codes.entry(grid.key).or_insert(grid.code.clone());
            assert!(is_renumbered || *code == grid.code, "one grid has two codes");
        }
    }
}

/// Outer borders of what counts are those of the areas, chain by chain.
fn check_sewn(world: &World) {
    let one_way = |pins: &[Pin]| {
        let backward: Vec<Pin> = pins.iter().rev().copied().collect();
        backward.min(pins.to_vec())
    };
    let ground = &world.areas().ground().fabric;
    assert_eq!(breaches(ground), []);
    let chains: BTreeSet<Vec<Pin>> = ground.seams().map(|seam| one_way(seam.pins)).collect();
    for shard in world.shards(PlanChoice::Current) {
        let fabric = &shard.ground.cut.fabric;
        assert_eq!(breaches(fabric), []);
        for seam in fabric.seams().filter(|seam| seam.left.is_none() || seam.right.is_none()) {
            assert!(chains.contains(&one_way(seam.pins)), "{:?}", seam.pins);
        }
    }
}

/// The world without its past, and with it again as the store would bring it.
fn woken(world: &World, day: Day) -> World {
    let rested = world.rested();
    let sleepers: Vec<Arc<Sleeper>> = rested
        .asleep(PlanChoice::Current, Some(day), None)
        .into_iter()
        .map(|(plan, area)| {
            let grids = world.plans().grids(plan).filter(|grid| grid.community == area);
            let cut = world.plans().cut(plan, area).expect("was at hand");
            let grids = grids.cloned().collect();
            Arc::new(Sleeper::new(plan, area, grids, Arc::clone(cut)))
        })
        .collect();
    rested.recalled(&sleepers).as_of(day)
}

/// Grids of one community by their numbers, and by where their labels are.
fn check_order(world: &World, area: AreaId) {
    let shard = world.shard(PlanChoice::Current, area).expect("it counts");
    let mut grids: Vec<&Arc<Grid>> =
        world.plans().grids(shard.plan).filter(|grid| grid.community == area).collect();
    grids.sort_by(|a, b| a.code.cmp(&b.code));
    let at = |grid: &Arc<Grid>| shard.ground.shapes.get(&grid.key).map(|shape| shape.label.x);
    let west: Vec<i32> = grids.into_iter().filter_map(at).collect();
    assert!(west.is_sorted(), "{west:?}");
}

/// Codes of the grids of a plan.
fn codes(world: &World, plan: PlanId) -> BTreeSet<Code> {
    world.plans().grids(plan).map(|grid| grid.code.clone()).collect()
}

/// Publishes a few drafts of random edits; every other seed numbers its grids anew each time. Returns how
/// many were published, and how many of them as they were numbered.
fn run(seed: u64) -> (usize, usize) {
    let renumbers = seed % 2 == 1;
    let mut bench = Bench::new(seed);
    let mut today = TODAY;
    let mut then: Vec<(Day, Counted)> = vec![(today, counted(&bench.desk.world))];
    let (mut n_published, mut n_in_order) = (0, 0);
    for _ in 0..4 {
        bench.draft_again(today);
        for _ in 0..6 {
            bench.step(false);
        }
        bench.mend(today);
        if renumbers {
            bench
                .edit(today, vec![Stroke::Renumber { community: None }])
                .expect("numbers are free");
            let once = bench.desk.world.revision();
            bench
                .edit(today, vec![Stroke::Renumber { community: None }])
                .expect("numbers are free");
            assert_eq!(bench.desk.world.revision(), once, "numbered twice, seed {seed}");
        }
        let before = bench.desk.world.clone();
        let placed = |world: &World, plan: PlanChoice| -> Vec<Option<GridKey>> {
            let shards = world.shards(plan).into_iter();
            shards.flat_map(|shard| shard.placements.iter().map(|one| one.grid)).collect()
        };
        let n_placed = placed(&before, PlanChoice::Plan(bench.plan)).len();
        if !bench.publish(today) {
            continue;
        }
        n_published += 1;
        // A plan for tomorrow changes nothing today.
        assert_eq!(counted(&bench.desk.world), counted(&before), "seed {seed}");
        check_codes(&bench.desk.world, renumbers);
        today = Day(today.0 + 1);
        bench.desk.by("", today, Command::Turn(today)).expect("the clock asks nobody");
        let world = &bench.desk.world;
        check_sewn(world);
        // A grid that came to be mostly another's ground is that other, and called so.
        if renumbers && codes(world, bench.plan) == codes(&before, bench.plan) {
            world.plans().areas(bench.plan).for_each(|area| check_order(world, area));
            n_in_order += 1;
        }
        assert_eq!(placed(world, PlanChoice::Current).len(), n_placed);
        then.push((today, counted(world)));
        // Opening gives what was reached step by step.
        let opened = World::open(&world.to_ground(), world.revision());
        assert!(opened.is_same_as(world), "seed {seed}");
        assert!(world.rested().is_same_as(world), "seed {seed}");
        // A day the book is open at is asked as what counts.
        assert!(world.as_of(today).is_same_as(world), "seed {seed}");
    }
    for (day, expected) in &then {
        assert_eq!(counted(&woken(&bench.desk.world, *day)), *expected, "seed {seed}, {day}");
    }
    // The clock goes back to the first day, and forward again.
    let last = bench.desk.world.clone();
    for (day, expected) in [&then[0], &then[then.len() - 1]] {
        bench.desk.by("", *day, Command::Turn(*day)).expect("the clock asks nobody");
        assert_eq!(counted(&bench.desk.world), *expected, "seed {seed}, {day}");
    }
    assert!(bench.desk.world.is_same_as(&last), "seed {seed}");
    mirrored(&bench, &last);
    (n_published, n_in_order)
}

/// L5: the last change taken back and done again.
fn mirrored(bench: &Bench, last: &World) {
    let Some(change) = bench.desk.changes.last() else { return };
    let forward = change.clone();
    let back: Change = change.clone().mirror();
    let world = last.next(&back).0.next(&forward).0;
    assert!(world.is_same_as(last));
    assert!(forward.facts.iter().all(|fact| !matches!(fact, Fact::Building(..))));
}

#[test]
fn publishing_keeps_the_laws() {
    let told = (0..8).map(run).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert!(told.0 >= 8 && told.1 >= 2, "only {told:?} plans were published, and as numbered");
}

/// A wished number is given, kept by publishing, and refused once it has named another grid.
#[test]
fn a_wished_number_is_kept_and_never_given_twice() {
    let mut bench = Bench::new(2);
    let mut today = TODAY;
    bench.draft_again(today);
    bench.mend(today);
    let mut grids: Vec<Arc<Grid>> = bench.desk.world.plans().grids(bench.plan).cloned().collect();
    grids.sort_by(|a, b| (a.community, &a.code).cmp(&(b.community, &b.code)));
    let [first, second] = [&grids[0], &grids[1]];
    assert_eq!(first.community, second.community);
    let wish = |grid: &Code, number| vec![Stroke::Number { grid: grid.clone(), number }];
    let refused = |found: Result<(), Refusal>, code: &str| match found {
        Err(Refusal::Unsound(faults)) => assert_eq!(faults[0].code, code),
        other => panic!("{other:?}"),
    };
    refused(bench.edit(today, wish(&first.code, Number::Is(0))), "edit.bad-number");
    let taken = Number::Code(second.code.clone());
    refused(bench.edit(today, wish(&first.code, taken)), "edit.taken-code");
    bench.edit(today, wish(&first.code, Number::Is(77))).expect("77 is free");
    let now = bench.desk.world.plans().grid(bench.plan, first.key).unwrap().code.clone();
    assert!(now.as_str().ends_with("077"), "{now}");
    // The number the plan in force has for the first grid is not the second's to take.
    let freed = Number::Code(first.code.clone());
    refused(bench.edit(today, wish(&second.code, freed.clone())), "edit.used-code");
    assert!(bench.publish(today), "a town without edits has no stops");
    today = Day(today.0 + 1);
    bench.desk.by("", today, Command::Turn(today)).expect("the clock asks nobody");
    let counts = bench.desk.world.plans().grid(bench.plan, first.key).unwrap();
    assert_eq!(counts.code, now);
    assert_eq!(counts.predecessors, std::slice::from_ref(&first.code));
    bench.draft_again(today);
    refused(bench.edit(today, wish(&second.code, freed.clone())), "edit.used-code");
    bench.edit(today, wish(&now, freed)).expect("its own number of old");
}
