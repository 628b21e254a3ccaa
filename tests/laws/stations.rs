//! Laws of stations: found by place as every one of them would be if asked, quiet the second time, the same
//! step by step and at once, and serving what they say or where they stand.

use lifang::domain::decide::Command;
use lifang::domain::ids::Code;
use lifang::domain::issue::Severity;
use lifang::domain::measure::{Area, Length};
use lifang::domain::place::{Pin, distance};
use lifang::domain::register::area::Level;
use lifang::domain::register::rows::{AreaRow, Rows, StationRow};
use lifang::domain::register::station::StationKind;
use lifang::domain::world::{Homes, World};
use lifang::sample::dice::Dice;
use lifang::sample::random::RandomTown;
use proptest::prelude::*;

use crate::lineage;
use crate::support::Desk;

fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

pub fn station(row: u32, pin: Option<Pin>, serves: &[&str]) -> StationRow {
    StationRow {
        row,
        code: code(&format!("S{row:03}")),
        name: format!("第{row}服务站").into(),
        kind: StationKind::Workstation,
        level: None,
        pin,
        floor_area: Some(Area(i64::from(row) * 1_000_000)),
        hall_area: None,
        serves: serves.iter().map(|text| code(text)).collect(),
        is_open: true,
    }
}

const SERVES: [&[&str]; 5] =
    [&[], &[], &["990101001001"], &["990101001002", "第1社区"], &["999999999999"]];

/// Stations in and around the areas of `world`, some closed, some nowhere, some serving what nobody knows.
pub fn some_stations(world: &World, n: u32, dice: &mut Dice) -> Vec<StationRow> {
    let extent = world.areas().extent().grown(3_000);
    (1..=n)
        .map(|row| {
            let pin = Pin::new(
                dice.between(extent.min.x, extent.max.x),
                dice.between(extent.min.y, extent.max.y),
            );
            let serves = *dice.pick(&SERVES);
            StationRow {
                level: *dice.pick(&[None, Some(Level::Community), Some(Level::Subdistrict)]),
                is_open: !dice.is_chance(1, 5),
                ..station(row, (!dice.is_chance(1, 8)).then_some(pin), serves)
            }
        })
        .collect()
}

/// The town under one subdistrict.
fn town_of(seed: u64, communities: usize) -> RandomTown {
    let mut town = RandomTown::new(seed, communities, 2);
    for area in &mut town.areas {
        area.parent = Some(code("990101001"));
    }
    let top = AreaRow {
        code: code("990101001"),
        level: Some(Level::Subdistrict),
        parent: None,
        shape: Vec::new(),
        ..town.areas[0].clone()
    };
    town.areas.insert(0, top);
    town
}

fn served(world: &World, station: &str) -> Vec<String> {
    let row = world.stations().row_of(&code(station)).expect("a station");
    let codes = world.stations().served_by(row).iter();
    codes.map(|area| world.areas().get(*area).expect("an area").code.to_string()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The index answers as a look at every station does, from the equator to the far north.
    #[test]
    fn within_is_every_station_that_is_near(seed in any::<u64>(), lat in -85i32..85) {
        let mut dice = Dice::new(seed);
        let near = |dice: &mut Dice| {
            let (dx, dy) = (dice.between(-200_000, 200_000), dice.between(-200_000, 200_000));
            Pin::new(1_096_000_000 + dx, lat * 10_000_000 + dy)
        };
        let rows = (1..60).map(|row| {
            let is_open = !dice.is_chance(1, 4);
            let pin = (!dice.is_chance(1, 6)).then(|| near(&mut dice));
            StationRow { is_open, ..station(row, pin, &[]) }
        });
        let mut desk = Desk::default();
        desk.import(Rows::Stations(rows.collect()));
        let stations = desk.world.stations();
        let mut n_found = 0;
        for _ in 0..40 {
            let (at, meters) = (near(&mut dice), 20_000.0 * dice.fraction() * dice.fraction());
            let reach = Length::from_meters(meters);
            let found: Vec<usize> = stations.within(at, reach).collect();
            let all = (0..stations.len()).filter(|row| {
                let station = stations.get(*row);
                let place = station.at.filter(|_| station.is_open);
                place.is_some_and(|place| distance(at, place) <= reach.meters())
            });
            prop_assert_eq!(&found, &all.collect::<Vec<_>>());
            n_found += found.len();
        }
        prop_assert!(n_found > 0);
    }

    /// L4, L9 and the mirror, for stations.
    #[test]
    fn stations_are_the_same_either_way(seed in any::<u64>(), communities in 1usize..4) {
        let mut dice = Dice::new(seed);
        let mut desk = Desk::default();
        desk.import_town(&town_of(seed, communities));
        let before = desk.world.clone();
        let rows = some_stations(&desk.world, 12, &mut dice);
        let decision = desk.import(Rows::Stations(rows.clone()));
        prop_assert_eq!(decision.summary.new, 12);
        let revision = desk.world.revision();
        prop_assert!(desk.import(Rows::Stations(rows.clone())).change.is_empty());
        prop_assert_eq!(desk.world.revision(), revision);
        let back = desk.world.next(&decision.change.mirror()).0;
        prop_assert!(back.is_same_as(&before));
        // Some go on otherwise, some are new.
        let others = some_stations(&desk.world, 15, &mut dice);
        desk.import(Rows::Stations(others));
        desk.import(Rows::Buildings(RandomTown::new(!seed, 2, 2).buildings));
        let opened = World::open(&desk.world.to_ground(), desk.world.revision());
        prop_assert!(opened.is_same_as(&desk.world));
    }
}

#[test]
fn a_station_serves_what_it_says_or_where_it_stands() {
    let mut desk = Desk::default();
    desk.import_town(&town_of(5, 3));
    let label = |number: usize| {
        let record = desk.world.areas().by_code(&format!("99010100100{number}")).expect("known");
        desk.world.areas().shape(record.id).map(|shape| shape.label)
    };
    let (first, third) = (label(1), label(3));
    let outside = Some(Pin::new(1_000_000_000, 389_000_000));
    let rows = vec![
        station(1, first, &[]),
        StationRow { level: Some(Level::Subdistrict), ..station(2, third, &[]) },
        station(3, first, &["990101001003", "第2社区"]),
        station(4, None, &["990101001"]),
        StationRow { is_open: false, ..station(5, first, &[]) },
        station(6, outside, &[]),
        station(7, None, &[]),
        station(8, third, &["没有的社区"]),
        StationRow { level: Some(Level::District), ..station(9, third, &[]) },
    ];
    let decision = desk.import(Rows::Stations(rows));
    let all = ["990101001001", "990101001002", "990101001003"];
    let expected: [&[&str]; 9] = [&all[..1], &all, &all[1..], &all, &[], &[], &[], &[], &[]];
    for (number, expected) in (1..).zip(expected) {
        assert_eq!(served(&desk.world, &format!("S{number:03}")), expected, "station {number}");
    }
    let notes: Vec<(u32, &str)> = decision
        .issues
        .iter()
        .inspect(|issue| assert_eq!(issue.severity, Severity::Warning))
        .map(|issue| (issue.row.expect("a row"), issue.code))
        .collect();
    assert_eq!(
        notes,
        [
            (4, "placement.no-position"),
            (6, "placement.outside"),
            (7, "placement.no-position"),
            (8, "row.unknown-community"),
        ]
    );
    assert_eq!(decision.summary.new, 9);
    // One station of the same communities is not in the next file, one serves nobody; both are kept.
    let decision = desk.import(Rows::Stations(vec![station(1, first, &[])]));
    assert_eq!((decision.summary.unchanged, decision.summary.gone), (1, 2));
    assert_eq!(desk.world.stations().len(), 9);
}

#[test]
fn whoever_served_a_community_serves_what_became_of_it() {
    let mut desk = Desk::default();
    desk.import_town(&town_of(5, 3));
    desk.import(Rows::Stations(vec![station(1, None, &["990101001002"])]));
    let two = ["990101001001", "990101001002"].map(code);
    let merged = lineage::row(2, "990101001601", Vec::new(), lineage::came_of(&[&two[0], &two[1]]));
    lineage::import(&mut desk, vec![merged], "2026-12-01");
    assert!(desk.world.areas().by_code(two[1].as_str()).expect("kept").is_abolished());
    assert_eq!(served(&desk.world, "S001"), ["990101001601"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// I28 to I30 as whoever asks every household about every station would count them, also after homes
    /// have moved and a station has closed.
    #[test]
    fn service_is_every_household_against_every_station(seed in any::<u64>(), communities in 1usize..4) {
        let mut dice = Dice::new(seed);
        let mut desk = Desk::default();
        desk.import_town(&town_of(seed, communities));
        let meters = dice.between(5, 90);
        let reach = vec![("station.reach".into(), Some(meters.to_string().into()))];
        desk.run(Command::Settings(reach)).expect("may be set");
        let rows = some_stations(&desk.world, 8, &mut dice);
        desk.import(Rows::Stations(rows.clone()));
        service_is_right(&desk.world, meters.into())?;
        desk.import(Rows::Buildings(town_of(!seed, communities).buildings));
        service_is_right(&desk.world, meters.into())?;
        let closed = rows.into_iter().map(|row| StationRow { is_open: false, ..row });
        desk.import(Rows::Stations(closed.collect()));
        service_is_right(&desk.world, meters.into())?;
    }
}

fn service_is_right(world: &World, meters: f64) -> Result<(), TestCaseError> {
    let stations = world.stations();
    let open: Vec<_> = stations.by_id().values().filter(|station| station.is_open).collect();
    let mut floor = 0;
    for community in world.areas().communities(None) {
        let service = world.service_of(community).expect("there are stations");
        let serving =
            (0..stations.len()).filter(|row| stations.served_by(*row).contains(&community));
        prop_assert_eq!(service.stations as usize, serving.count());
        let (mut all, mut located, mut reached) = (0, 0, 0);
        let housing = world.town().housing(Some(community));
        for (homes, row) in
            housing.iter().flat_map(|one| (0..one.homes.len()).map(|row| (&one.homes, row)))
        {
            let households = i64::from(homes.counts(row).households);
            all += households;
            let Some(pin) = homes.pin(row) else { continue };
            located += households;
            let near = |at: Pin| distance(pin, at) <= meters;
            if open.iter().any(|station| station.at.is_some_and(near)) {
                reached += households;
            }
        }
        let Homes { households, reached: share, farthest } = service.homes;
        prop_assert_eq!((households.get(), share.n.get(), share.d.get()), (all, reached, located));
        prop_assert_eq!(farthest.is_some(), reached < located);
        floor += service.floor.n.get();
    }
    let serves = |row: &usize| !stations.served_by(*row).is_empty();
    let areas = (0..stations.len()).filter(serves).filter_map(|row| stations.get(row).floor_area);
    let held: i64 = areas.map(|area| area.get() / 100).sum();
    prop_assert_eq!(floor, held, "floor is shared out without rest");
    Ok(())
}
