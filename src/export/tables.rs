//! Tables as CSV.

use std::io;

use super::{Export, MemberCells};
use crate::domain::finding::{Finding, Geometry, Query, Subject, findings as find, geometry};
use crate::domain::ids::AreaId;
use crate::domain::issue::words;
use crate::domain::measure::Count;
use crate::domain::placement::Placement;
use crate::domain::suppress::{Shown, ShownTally, community_table, exact};
use crate::domain::tally::Tally;
use crate::domain::world::{Housing, World};

/// `building,community,grid,reason`, one row a building, sorted by building.
pub(super) fn placements(export: &Export<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut rows: Vec<[&str; 4]> = Vec::with_capacity(export.world.town().n_buildings());
    for (community, housing) in wanted_housing(export) {
        for row in 0..housing.homes.len() {
            let placement = placement(export, community, housing, row);
            rows.push([
                housing.homes.code(row),
                community.map_or("", |id| area_code(export.world, id)),
                grid_code(export, community, &placement),
                placement.reason.word(),
            ]);
        }
    }
    rows.sort_unstable();
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["building", "community", "grid", "reason"])?;
    for row in rows {
        csv.write_record(row)?;
    }
    csv.flush()
}

/// One row a grid, then one a community for what has no grid.
pub(super) fn tallies(export: &Export<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let world = export.world;
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "grid",
        "community",
        "name",
        "buildings",
        "dwellings",
        "households",
        "persons",
        "members",
    ])?;
    for community in world.areas().communities(export.area) {
        let (names, tallies) = community_rows(export, community);
        let shown = show(export, &tallies);
        for ((code, name), tally) in names.iter().zip(shown) {
            let ShownTally { buildings, dwellings, households, persons, members } = tally;
            let cells = [buildings, dwellings, households, persons, members].map(cell);
            let head = [code.as_str(), area_code(world, community), name.as_str()];
            csv.write_record(head.into_iter().chain(cells.iter().map(String::as_str)))?;
        }
    }
    if export.area.is_none() {
        let strays: Tally = world.town().housing(None).map_or_else(Tally::default, |housing| {
            (0..housing.homes.len()).map(|row| Tally::of_home(&housing.homes, row)).sum()
        });
        if strays.buildings > Count::ZERO {
            let shown = show(export, &[strays]);
            let ShownTally { buildings, dwellings, households, persons, members } = shown[0];
            let cells = [buildings, dwellings, households, persons, members].map(cell);
            csv.write_record(["", "", ""].into_iter().chain(cells.iter().map(String::as_str)))?;
        }
    }
    csv.flush()
}

/// Names and raw tallies of a community's grids by code, and last what no grid holds.
fn community_rows(export: &Export<'_>, community: AreaId) -> (Vec<(String, String)>, Vec<Tally>) {
    let world = export.world;
    let Some(shard) = world.shard(export.plan, community) else {
        let total = world.town().housing(Some(community)).map_or_else(Tally::default, |housing| {
            (0..housing.homes.len()).map(|row| Tally::of_home(&housing.homes, row)).sum()
        });
        return (vec![Default::default()], vec![total]);
    };
    let mut rows: Vec<((String, String), Tally)> = shard
        .tallies
        .iter()
        .filter_map(|(key, tally)| {
            let grid = world.plans().grid(shard.plan, *key)?;
            Some(((grid.code.to_string(), grid.name.to_string()), *tally))
        })
        .collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows.push((Default::default(), shard.unplaced));
    rows.into_iter().unzip()
}

fn show(export: &Export<'_>, tallies: &[Tally]) -> Vec<ShownTally> {
    match export.members {
        MemberCells::Exact => tallies.iter().map(exact).collect(),
        MemberCells::Shown => community_table(tallies).0,
    }
}

fn cell(shown: Shown) -> String {
    match shown {
        Shown::Number(n) => n.to_string(),
        Shown::Below(k) => format!("<{k}"),
        Shown::Hidden => "*".to_owned(),
    }
}

/// Buildings with what the register says of them and where they ended up.
pub(super) fn buildings(export: &Export<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "code",
        "name",
        "estate",
        "address",
        "community",
        "grid",
        "reason",
        "use",
        "floors",
        "entrances",
        "dwellings",
        "households",
        "persons",
        "lon",
        "lat",
    ])?;
    for (community, housing) in wanted_housing(export) {
        let homes = &housing.homes;
        for row in 0..homes.len() {
            let placement = placement(export, community, housing, row);
            let counts = homes.counts(row);
            let at = homes.pin(row).map(crate::domain::place::Pin::lon_lat);
            let degrees =
                |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.7}"));
            csv.write_record([
                homes.code(row),
                homes.name(row),
                homes.estate(row),
                homes.address(row),
                community.map_or("", |id| area_code(export.world, id)),
                grid_code(export, community, &placement),
                placement.reason.word(),
                homes.usage(row).word(),
                &homes.floors(row).to_string(),
                &homes.entrances(row).to_string(),
                &homes.dwellings(row).get().to_string(),
                &counts.households.to_string(),
                &counts.persons.to_string(),
                &degrees(at.map(|at| at.lon)),
                &degrees(at.map(|at| at.lat)),
            ])?;
        }
    }
    csv.flush()
}

/// What is not as it should be, worst first; `lon`, `lat` point at it.
pub(super) fn findings(export: &Export<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let world = export.world;
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "code",
        "severity",
        "area",
        "subject",
        "figure",
        "lon",
        "lat",
        "message_zh",
        "message_en",
    ])?;
    for finding in find(world, &Query { plan: export.plan, area: export.area, code: None }) {
        let at = geometry(world, &finding.place).map(|shape| middle(&shape).lon_lat());
        let degrees =
            |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.7}"));
        let said = words(finding.code);
        csv.write_record([
            finding.code,
            severity_word(&finding),
            finding.community.map_or("", |id| area_code(world, id)),
            &subject_code(world, finding.subject),
            &finding.figure.map_or(String::new(), |figure| format!("{figure:.1}")),
            &degrees(at.map(|at| at.lon)),
            &degrees(at.map(|at| at.lat)),
            said.zh,
            said.en,
        ])?;
    }
    csv.flush()
}

fn middle(shape: &Geometry) -> crate::domain::place::Pin {
    match shape {
        Geometry::Point(pin) => *pin,
        Geometry::Polygons(polygons) => crate::domain::fabric::pole::pole(polygons)
            .unwrap_or_else(|| polygons[0].extent().center()),
    }
}

pub(super) fn severity_word(finding: &Finding) -> &'static str {
    use crate::domain::issue::Severity;
    match finding.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Stop => "stop",
    }
}

/// Official code of what a finding is about; empty for nothing in particular.
pub(super) fn subject_code(world: &World, subject: Subject) -> String {
    match subject {
        Subject::Nothing => String::new(),
        Subject::Area(id) => area_code(world, id).to_owned(),
        Subject::Grid(plan, key) => {
            world.plans().grid(plan, key).map_or(String::new(), |grid| grid.code.to_string())
        }
        Subject::Building(id) => world
            .town()
            .find(id)
            .map_or(String::new(), |(_, housing, row)| housing.homes.code(row).to_owned()),
        Subject::Batch(id) => id.get().to_string(),
    }
}

/// Housing under the wanted area; all of it, strays included, when none is named.
pub(super) fn wanted_housing<'a>(
    export: &Export<'a>,
) -> impl Iterator<Item = (Option<AreaId>, &'a Housing)> + 'a {
    let wanted = export.area.map(|area| {
        let mut communities = export.world.areas().communities(Some(area));
        communities.sort_unstable();
        communities
    });
    export.world.town().all().iter().filter_map(move |(community, housing)| {
        let is_wanted = match (&wanted, community) {
            (None, _) => true,
            (Some(wanted), Some(community)) => wanted.binary_search(community).is_ok(),
            (Some(_), None) => false,
        };
        is_wanted.then_some((*community, &**housing))
    })
}

pub(super) fn placement(
    export: &Export<'_>,
    community: Option<AreaId>,
    housing: &Housing,
    row: usize,
) -> Placement {
    match community.and_then(|community| export.world.shard(export.plan, community)) {
        Some(shard) => shard.placements[row],
        None => Placement {
            grid: None,
            reason: housing.standings[row].reason(),
            straddles: housing.straddles[row],
        },
    }
}

pub(super) fn grid_code<'a>(
    export: &Export<'a>,
    community: Option<AreaId>,
    placement: &Placement,
) -> &'a str {
    let world = export.world;
    let shard = community.and_then(|community| world.shard(export.plan, community));
    let grid =
        shard.zip(placement.grid).and_then(|(shard, key)| world.plans().grid(shard.plan, key));
    grid.map_or("", |grid| grid.code.as_str())
}

pub(super) fn area_code(world: &World, id: AreaId) -> &str {
    world.areas().get(id).map_or("", |record| record.code.as_str())
}
