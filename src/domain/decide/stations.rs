//! Stations: matched by code. What a row says of communities nobody knows is kept and noted.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Draft;
use super::buildings::CommunityNames;
use crate::domain::change::{Fact, Turned};
use crate::domain::ids::{AreaId, Code, StationId};
use crate::domain::issue::{Issue, Severity};
use crate::domain::register::rows::StationRow;
use crate::domain::register::station::Station;
use crate::domain::world::communities_of;

pub(super) fn decide_stations(draft: &mut Draft<'_>, rows: Vec<StationRow>) {
    let names = CommunityNames::new(draft.world);
    let mut taken: BTreeSet<StationId> = BTreeSet::new();
    let mut concerned: BTreeSet<AreaId> = BTreeSet::new();
    for row in rows {
        let stations = draft.world.stations();
        let held = stations.row_of(&row.code);
        let before = held.and_then(|held| stations.by_id().get(&stations.get(held).id)).cloned();
        let id = before.as_ref().map_or_else(
            || StationId::new(draft.counters.station).expect("counters begin at 1"),
            |station| station.id,
        );
        if !taken.insert(id) {
            draft.summary.unchanged += 1;
            continue;
        }
        let after = station(draft, &names, row, id);
        concerned.extend(communities_of(draft.world.areas(), &after));
        concerned.extend(held.map_or(&[][..], |held| stations.served_by(held)));
        if draft.compare(before.as_deref(), &after) {
            if before.is_none() {
                draft.counters.station += 1;
            }
            draft.fact(Fact::Station(id, Turned::new(before, Some(Arc::new(after)))));
        }
    }
    let stations = draft.world.stations();
    let serves_here = |row: &usize| {
        let is_concerned = stations.served_by(*row).iter().any(|area| concerned.contains(area));
        is_concerned && !taken.contains(&stations.get(*row).id)
    };
    draft.summary.gone = (0..stations.len()).filter(serves_here).count() as u64;
}

/// The row as it is held; notes what is odd about its place and whom it serves.
fn station(
    draft: &mut Draft<'_>,
    names: &CommunityNames,
    row: StationRow,
    id: StationId,
) -> Station {
    let StationRow { row, code, name, kind, level, pin, floor_area, hall_area, serves, is_open } =
        row;
    let warn = |code_of_issue| {
        Issue::new(code_of_issue, Severity::Warning).row(row).subject(&code).place(pin)
    };
    let areas = draft.world.areas();
    match pin {
        None => draft.issue(warn("placement.no-position")),
        Some(pin) if areas.at(pin).is_none() => draft.issue(warn("placement.outside")),
        Some(_) => {}
    }
    let mut stated: Vec<Code> = Vec::new();
    for text in serves {
        let known = names.find(text.as_str());
        let wider = || areas.by_code(text.as_str()).map(|record| record.code.clone());
        stated.push(known.or_else(wider).unwrap_or_else(|| {
            draft.issue(warn("row.unknown-community"));
            text
        }));
    }
    stated.sort_unstable();
    stated.dedup();
    Station { id, code, name, kind, level, at: pin, floor_area, hall_area, serves: stated, is_open }
}
