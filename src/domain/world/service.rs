//! How communities are served: by how many stations, on how much floor, and how many homes have one in reach.
//!
//! Follows from stations, buildings and areas; plans have no part in it, so an edit of a draft never asks for it
//! anew. Distances are straight lines.
//!
//! **Why** numerators and denominators: districts add them up.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::areas::Areas;
use super::housing::{Housing, Town};
use super::parallel::in_parallel;
use super::stations::Stations;
use crate::domain::ids::AreaId;
use crate::domain::measure::{Count, Length, Share};
use crate::domain::place::{Pin, distance};

/// How one community is served.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Service {
    /// Open stations that serve it.
    pub stations: u32,
    /// Square metres of station that fall to it, times a hundred, over its households (I29). A station that
    /// serves several is shared out by their households. `d` is 0 where no station states its floor.
    pub floor: Share,
    pub homes: Homes,
}

/// Homes of a community and how far they are from stations.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Homes {
    pub households: Count,
    /// Households within reach of an open station, of those whose building has a place (I30).
    pub reached: Share,
    /// Of the buildings with homes that are too far, the one that is farthest from the stations around the
    /// community; the first too far where there are none.
    pub farthest: Option<Pin>,
}

/// Service of every community; nothing while there are no stations.
pub(super) type Services = BTreeMap<AreaId, Service>;

/// Everything anew. Cost: O(buildings × stations around their community).
pub(super) fn serve_all(
    areas: &Areas,
    town: &Town,
    stations: &Stations,
    reach: Length,
) -> Services {
    if stations.is_empty() {
        return Services::new();
    }
    let communities = areas.communities(None);
    let homes = in_parallel(&communities, |area| homes_of(town, *area, stations, reach));
    shared_out(stations, communities.into_iter().zip(homes).collect())
}

/// As [`serve_all`] where only the buildings of `changed` are others.
pub(super) fn serve_again(
    before: &Services,
    changed: &[AreaId],
    town: &Town,
    stations: &Stations,
    reach: Length,
) -> Services {
    let mut homes: BTreeMap<AreaId, Homes> =
        before.iter().map(|(area, service)| (*area, service.homes)).collect();
    for area in changed {
        if let Some(homes) = homes.get_mut(area) {
            *homes = homes_of(town, *area, stations, reach);
        }
    }
    shared_out(stations, homes)
}

fn homes_of(town: &Town, area: AreaId, stations: &Stations, reach: Length) -> Homes {
    let housing: Option<&Arc<Housing>> = town.housing(Some(area));
    housing.map_or_else(Homes::default, |housing| measure(housing, stations, reach.meters()))
}

fn measure(housing: &Housing, stations: &Stations, reach: f64) -> Homes {
    let homes = &housing.homes;
    let around = stations.open_around(homes.whole_extent(), reach);
    let mut found = Homes::default();
    let mut farthest = f64::NEG_INFINITY;
    // Rows are near each other: the station that reached the last one most likely reaches the next.
    let mut last = 0;
    for row in 0..homes.len() {
        let households = Count(homes.counts(row).households.into());
        found.households += households;
        let Some(pin) = homes.pin(row) else { continue };
        if households == Count::ZERO {
            continue;
        }
        found.reached.d += households;
        let is_near = |at: &Pin| distance(pin, *at) <= reach;
        let near = around.get(last).filter(|at| is_near(at)).map(|_| last);
        match near.or_else(|| around.iter().position(is_near)) {
            Some(near) => {
                last = near;
                found.reached.n += households;
            }
            None => {
                let far = around.iter().map(|at| distance(pin, *at)).fold(f64::MAX, f64::min);
                if far > farthest {
                    farthest = far;
                    found.farthest = Some(pin);
                }
            }
        }
    }
    found
}

/// Adds to the homes of each community which stations serve it and what floor falls to it.
fn shared_out(stations: &Stations, homes: BTreeMap<AreaId, Homes>) -> Services {
    let mut services: Services = homes
        .into_iter()
        .map(|(area, homes)| (area, Service { homes, ..Service::default() }))
        .collect();
    let mut states_floor = false;
    for row in 0..stations.len() {
        let served = stations.served_by(row);
        for area in served {
            if let Some(service) = services.get_mut(area) {
                service.stations += 1;
            }
        }
        // In hundredths of a square metre, that is, in square metres times a hundred.
        let Some(floor) = stations.get(row).floor_area.map(|area| area.get() / 100) else {
            continue;
        };
        states_floor |= !served.is_empty();
        let weights: Vec<i64> = served
            .iter()
            .map(|area| services.get(area).map_or(0, |service| service.homes.households.get()))
            .collect();
        for (area, part) in served.iter().zip(parts(floor, &weights)) {
            if let Some(service) = services.get_mut(area) {
                service.floor.n += Count(part);
            }
        }
    }
    for service in services.values_mut() {
        service.floor.d = if states_floor { service.homes.households } else { Count::ZERO };
        if !states_floor {
            service.floor.n = Count::ZERO;
        }
    }
    services
}

/// `whole` in parts by weight, evenly where nobody weighs anything; the parts add up to it exactly.
fn parts(whole: i64, weights: &[i64]) -> Vec<i64> {
    let all: i64 = weights.iter().sum();
    let weight = |weight: i64| if all == 0 { 1 } else { weight };
    let all = i128::from(if all == 0 { weights.len() as i64 } else { all });
    let (mut so_far, mut given) = (0i128, 0i64);
    weights
        .iter()
        .map(|one| {
            so_far += i128::from(weight(*one));
            let upto = (i128::from(whole) * so_far / all) as i64;
            let part = upto - given;
            given = upto;
            part
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up() {
        assert_eq!(parts(100, &[1, 1, 1]), [33, 33, 34]);
        assert_eq!(parts(100, &[0, 0]), [50, 50]);
        assert_eq!(parts(10, &[3, 0, 1]), [7, 0, 3]);
        assert_eq!(parts(10, &[]), [0i64; 0]);
    }
}
