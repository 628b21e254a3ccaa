//! Laws of abolishing and merging areas: nothing is lost or counted twice, no code names two areas, and the
//! days before answer as they did.

use std::collections::BTreeMap;
use std::sync::Arc;

use lifang::domain::decide::{Command, Decision, Import, Roster, decide};
use lifang::domain::finding::{Query, findings};
use lifang::domain::ids::{AreaId, BuildingId, Code, GridKey};
use lifang::domain::measure::{Day, Stamp};
use lifang::domain::place::{Pin, Polygon};
use lifang::domain::placement::Reason;
use lifang::domain::plan::PlanChoice;
use lifang::domain::register::area::{Level, Lineage};
use lifang::domain::register::rows::{AreaRow, GridKind, GridRow, Rows};
use lifang::domain::rights::Actor;
use lifang::domain::tally::Tally;
use lifang::domain::world::{Sleeper, World};
use lifang::sample::random::RandomTown;

use crate::support::Desk;

/// The town's grids count from 2026-11-01.
const MERGED: &str = "2026-12-01";

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

pub fn row(number: u32, text: &str, shape: Vec<Polygon>, lineage: Lineage) -> AreaRow {
    AreaRow {
        row: number,
        code: code(text),
        name: format!("社区{text}").into(),
        level: Some(Level::Community),
        parent: None,
        kind: "".into(),
        households: None,
        population: None,
        shape,
        lineage,
    }
}

pub fn came_of(codes: &[&Code]) -> Lineage {
    Lineage {
        predecessors: codes.iter().map(|code| (*code).clone()).collect(),
        ..Lineage::default()
    }
}

/// Imports areas as on a day.
pub fn import(desk: &mut Desk, rows: Vec<AreaRow>, effective: &str) -> Decision {
    let import = Import {
        n_rows: rows.len() as u64,
        rows: Rows::Areas(rows),
        file: "merger.csv".into(),
        datum: "4490".into(),
        issues: Vec::new(),
        issues_dropped: 0,
        dropped_columns: Vec::new(),
        n_refused: 0,
        tolerance_m: 0.5,
        effective: day(effective),
        roster: Roster::new(),
    };
    let command = Command::Import(Box::new(import));
    let decision = decide(&desk.world, command, &Actor::local(""), Stamp(0)).expect("not refused");
    if !decision.change.is_empty() {
        desk.world = desk.world.next(&decision.change).0;
        desk.changes.push(decision.change.clone());
    }
    decision
}

/// Where each building is counted, and in which grid.
fn placed(world: &World) -> BTreeMap<BuildingId, (Option<AreaId>, Option<GridKey>)> {
    let homes = world
        .town()
        .all()
        .values()
        .flat_map(|housing| (0..housing.homes.len()).map(|row| housing.homes.id(row)));
    homes
        .map(|id| {
            let (community, placement) = world.placement_of(PlanChoice::Current, id).unwrap();
            (id, (community, placement.grid))
        })
        .collect()
}

/// Everything that is counted, grids and what no grid holds.
fn total(world: &World) -> Tally {
    world.shards(PlanChoice::Current).into_iter().map(|shard| shard.total()).sum()
}

/// The world of another day, with what slept brought by the store.
fn then(world: &World, awake: &World, day: Day) -> World {
    let sleepers: Vec<Arc<Sleeper>> = world
        .asleep(PlanChoice::Current, Some(day), None)
        .into_iter()
        .filter_map(|(plan, area)| {
            let grids = awake.plans().grids(plan).filter(|grid| grid.community == area);
            let cut = awake.plans().cut(plan, area)?;
            let grids = grids.cloned().collect();
            Some(Arc::new(Sleeper::new(plan, area, grids, Arc::clone(cut))))
        })
        .collect();
    world.recalled(&sleepers).as_of(day)
}

fn refused(decision: &Decision, code: &str) {
    let issue = decision.issues.iter().find(|issue| issue.code == code);
    let issue = issue.unwrap_or_else(|| panic!("{code}: {:?}", decision.issues));
    assert!(issue.row.is_some() && !issue.place.is_empty(), "{issue:?}");
    assert!(decision.change.is_empty(), "refused, and yet something is done");
}

fn merge_two(seed: u64) {
    let town = RandomTown::new(seed, 3, 3);
    let mut desk = Desk::default();
    desk.import_town(&town);
    let before = desk.world.clone();
    let [one, two, _] = before.areas().communities(None)[..] else { panic!("three communities") };
    let [old_one, old_two] = [one, two].map(|id| before.areas().get(id).unwrap().clone());
    let merged = row(2, "990101001601", Vec::new(), came_of(&[&old_one.code, &old_two.code]));

    refused(&import(&mut desk, vec![merged.clone()], "2026-10-01"), "area.plan-after");
    let lost = Lineage { to: Some(day(MERGED)), ..Lineage::default() };
    let alone = row(2, old_one.code.as_str(), Vec::new(), lost);
    refused(&import(&mut desk, vec![alone], MERGED), "area.no-successor");

    let decision = import(&mut desk, vec![merged.clone()], MERGED);
    assert!(decision.issues.is_empty(), "{:?}", decision.issues);
    let after = desk.world.clone();
    let areas = after.areas();
    let heir = areas.by_code("990101001601").unwrap().id;
    assert_eq!(areas.heirs(one), [heir]);
    assert!(areas.get(one).unwrap().is_abolished() && areas.shape(one).is_none());
    assert!(!areas.communities(None).contains(&one) && areas.communities(None).contains(&heir));

    // Buildings and households are those of before, each in the grid it was in.
    assert_eq!(total(&after), total(&before), "seed {seed}");
    let goes_to = |area: Option<AreaId>| match area {
        Some(area) if area == one || area == two => Some(heir),
        other => other,
    };
    let expected: BTreeMap<_, _> = placed(&before)
        .into_iter()
        .map(|(id, (community, grid))| {
            // Registered in one of the two and standing in the other: they contradict each other no more.
            let now = after.placement_of(PlanChoice::Current, id).unwrap().1.grid;
            let reason = before.reason_of(PlanChoice::Current, id);
            let is_settled = reason == Some(Reason::OutsideStatedArea);
            (id, (goes_to(community), if is_settled { now } else { grid }))
        })
        .collect();
    assert_eq!(placed(&after), expected, "seed {seed}");
    let query = Query { plan: PlanChoice::Current, area: None, code: None };
    let about = findings(&after, &query);
    assert!(
        about
            .iter()
            .all(|one| one.community.is_none_or(|id| !areas.get(id).unwrap().is_abolished()))
    );
    assert!(about.iter().all(|one| one.code != "area.no-plan"), "the grids went along");

    // The day before answers as before: areas, buildings, places, counts.
    let past = then(&after.rested(), &after, Day(day(MERGED).0 - 1));
    assert_eq!(past.areas().records(), before.areas().records());
    assert_eq!(past.areas().shapes(), before.areas().shapes());
    assert_eq!(placed(&past), placed(&before), "seed {seed}");
    assert_eq!(total(&past), total(&before));
    for shape in before.areas().shapes().values() {
        let found = |world: &World| world.grid_at(PlanChoice::Current, shape.label);
        assert_eq!(found(&past), found(&before));
    }
    let on_the_day = after.as_of(day(MERGED));
    assert_eq!(placed(&on_the_day), placed(&after));
    assert_eq!(on_the_day.areas().records(), areas.records());

    // Opened again it is the same, taken back it is what it was.
    assert!(World::open(&after.to_ground(), after.revision()).is_same_as(&after), "seed {seed}");
    let back = after.next(&decision.change.clone().mirror()).0;
    assert!(back.is_same_as(&before), "seed {seed}");

    // Said again it changes nothing; the codes of old are not given again.
    assert!(import(&mut desk, vec![merged.clone()], "2026-12-24").change.is_empty());
    let elsewhere = desk.world.areas().outline(heir);
    refused(
        &import(
            &mut desk,
            vec![row(5, old_one.code.as_str(), elsewhere, Lineage::default())],
            MERGED,
        ),
        "area.code-used",
    );
    let unchanged =
        row(5, old_one.code.as_str(), town_shape(&town, &old_one.code), Lineage::default());
    let again = import(&mut desk, vec![unchanged], "2026-12-24");
    assert!(again.change.is_empty() && again.issues[0].code == "area.abolished");
}

fn town_shape(town: &RandomTown, code: &Code) -> Vec<Polygon> {
    town.areas.iter().find(|row| row.code == *code).unwrap().shape.clone()
}

#[test]
fn merged_communities_lose_nothing() {
    (0..6).for_each(merge_two);
}

/// A square of hundreds of metres.
fn square(west: i32, east: i32) -> Vec<Polygon> {
    let pin = |x: i32, y: i32| Pin { x: 1_096_000_000 + 10_000 * x, y: 389_000_000 + 10_000 * y };
    vec![Polygon { rings: vec![vec![pin(west, 0), pin(east, 0), pin(east, 3), pin(west, 3)]] }]
}

/// One community of one grid is split in two: most of the grid goes on, the rest is a new grid of its own.
#[test]
fn a_grid_cut_by_new_borders_goes_on_where_most_of_it_is() {
    let mut desk = Desk::default();
    import(&mut desk, vec![row(1, "990101001001", square(0, 5), Lineage::default())], "2026-11-01");
    desk.import(Rows::Grids(vec![GridRow {
        row: 1,
        code: code("990101001001001"),
        name: "一".into(),
        community: Some("990101001001".into()),
        kind: GridKind::General,
        buildings: Vec::new(),
        head: "".into(),
        manager: "甲".into(),
        work_phone: "".into(),
        shape: square(0, 5),
    }]));
    let old = code("990101001001");
    let halves = vec![
        row(1, "990101001601", square(0, 3), came_of(&[&old])),
        row(2, "990101001602", square(3, 5), came_of(&[&old])),
    ];
    let decision = import(&mut desk, halves.clone(), MERGED);
    assert!(decision.issues.is_empty(), "{:?}", decision.issues);
    let world = &desk.world;
    let mut told = Vec::new();
    for shard in world.shards(PlanChoice::Current) {
        let community = &world.areas().get(shard.community).unwrap().code;
        for key in shard.tallies.keys() {
            let grid = world.plans().grid(shard.plan, *key).unwrap();
            assert_eq!(&*grid.manager, "甲");
            told.push((community.as_str(), grid.code.as_str(), grid.predecessors.len()));
        }
    }
    assert_eq!(
        told,
        [("990101001601", "990101001001001", 0), ("990101001602", "990101001602001", 1)]
    );
    assert!(import(&mut desk, halves, MERGED).change.is_empty());
}
