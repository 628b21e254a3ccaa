//! Households for a place that has real buildings but no people: made up, spread by floor area.
//!
//! Where a community states how many households and persons it has, the made-up ones add up to just
//! that; elsewhere there is one household to [`M2_PER_HOUSEHOLD`] of floor. No household is anybody's.

use crate::domain::ids::{AreaId, Code};
use crate::domain::measure::Count;
use crate::domain::personal::Personal;
use crate::domain::place::ring_square_meters;
use crate::domain::register::building::Use;
use crate::domain::register::homes::Homes;
use crate::domain::register::rows::HouseholdRow;
use crate::domain::world::World;

/// Floor to one household where nothing is stated, in square metres, walls and stairs included.
pub const M2_PER_HOUSEHOLD: f64 = 110.0;
/// Storeys of a building that does not say.
const FLOORS_UNSTATED: f64 = 5.0;
/// Persons of a made-up household, in turn: 2.5 on average.
const PERSONS: [u16; 8] = [2, 3, 1, 4, 2, 3, 2, 3];

/// One row a household for every building of `world` people may live in, by community and building.
pub fn households(world: &World) -> Vec<HouseholdRow> {
    let mut rows = Vec::new();
    for (community, housing) in world.town().all() {
        let homes = &housing.homes;
        let floors: Vec<f64> = (0..homes.len()).map(|row| living_area(homes, row)).collect();
        let stated = community.and_then(|id| stated(world, id));
        let n_households = stated.map_or_else(
            || (floors.iter().sum::<f64>() / M2_PER_HOUSEHOLD).round() as usize,
            |(households, _)| households,
        );
        let per_building = apportion(n_households, &floors);
        let n_households: usize = per_building.iter().sum();
        let persons = match stated {
            Some((_, persons)) if persons > 0 => apportion(persons, &vec![1.0; n_households]),
            _ => (0..n_households).map(|i| usize::from(PERSONS[i % PERSONS.len()])).collect(),
        };
        let mut persons = persons.into_iter();
        for (row, n) in per_building.into_iter().enumerate() {
            for number in 1..=n {
                let code = homes.code(row);
                rows.push(HouseholdRow {
                    row: rows.len() as u32 + 1,
                    number: Personal::new(
                        Code::new(&format!("H-{code}-{number}")).expect("building codes are short"),
                    ),
                    building: Some(code.into()),
                    estate: None,
                    community: None,
                    address: None,
                    pin: None,
                    persons: persons.next().unwrap_or(0) as u16,
                });
            }
        }
    }
    rows
}

fn stated(world: &World, community: AreaId) -> Option<(usize, usize)> {
    let record = world.areas().get(community)?;
    let number = |count: Option<Count>| count.and_then(|count| usize::try_from(count.get()).ok());
    Some((number(record.stated_households)?, number(record.stated_population).unwrap_or(0)))
}

/// Square metres of floor people may live on.
fn living_area(homes: &Homes, row: usize) -> f64 {
    let share = match homes.usage(row) {
        Use::Unknown | Use::Residential => 1.0,
        Use::Mixed => 0.7,
        Use::Commercial
        | Use::Office
        | Use::Industrial
        | Use::School
        | Use::Hospital
        | Use::Public
        | Use::Other => return 0.0,
    };
    let ground: f64 = homes
        .footprint(row)
        .flat_map(|rings| {
            rings.enumerate().map(|(ring_idx, ring)| {
                let area = ring_square_meters(ring).abs();
                if ring_idx == 0 { area } else { -area }
            })
        })
        .sum();
    let floors =
        if homes.floors(row) == 0 { FLOORS_UNSTATED } else { f64::from(homes.floors(row)) };
    ground.max(0.0) * floors * share
}

/// `total` whole things shared out by weight, by largest remainder; ties to the earlier. Adds up exactly,
/// unless no weight is above zero.
fn apportion(total: usize, weights: &[f64]) -> Vec<usize> {
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        return vec![0; weights.len()];
    }
    let exact: Vec<f64> = weights.iter().map(|weight| total as f64 * weight / sum).collect();
    let mut shares: Vec<usize> = exact.iter().map(|share| share.floor() as usize).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by(|&a, &b| {
        (exact[b] - exact[b].floor()).total_cmp(&(exact[a] - exact[a].floor())).then(a.cmp(&b))
    });
    let missing = total.saturating_sub(shares.iter().sum());
    for idx in by_remainder.into_iter().take(missing) {
        shares[idx] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        assert_eq!(apportion(10, &[1.0, 1.0, 1.0]), [4, 3, 3]);
        assert_eq!(apportion(3, &[0.0, 5.0]), [0, 3]);
        assert_eq!(apportion(3, &[0.0, 0.0]), [0, 0]);
        for total in 0..200 {
            assert_eq!(apportion(total, &[3.1, 0.2, 7.7, 1.0]).iter().sum::<usize>(), total);
        }
    }
}
