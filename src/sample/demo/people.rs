//! Homes and members of the demo town: numbers in buildings, nobody behind them.

use super::blocks::Draft;
use super::plan::{self, Land};
use crate::domain::ids::Code;
use crate::domain::register::rows::BuildingRow;
use crate::sample::dice::Dice;
use crate::sample::homes::{Home, Member, Sizes, residence_class};

pub const HOUSEHOLDS: usize = 32_000;
pub const PERSONS: usize = 84_000;
pub const MEMBERS: usize = 3_000;

/// How many households live in each building: most homes are lived in, and all of them together are
/// [`HOUSEHOLDS`].
pub fn occupy(drafts: &[Draft], dice: &mut Dice) -> Vec<u16> {
    let mut homes: Vec<u16> = drafts
        .iter()
        .map(|draft| {
            let share = match plan::land(draft.patch.0, draft.patch.1) {
                Land::Slabs => 0.95,
                Land::Lofty => 0.94,
                Land::Towers => 0.92,
                Land::NewEstate => 0.8,
                Land::OldTown | Land::Market => 0.9,
                _ => 0.93,
            };
            (0..draft.dwellings).filter(|_| dice.fraction() < share).count() as u16
        })
        .collect();
    let mut total: usize = homes.iter().map(|&n| usize::from(n)).sum();
    while total != HOUSEHOLDS {
        let idx = dice.below(drafts.len());
        if total < HOUSEHOLDS && homes[idx] < drafts[idx].dwellings {
            homes[idx] += 1;
            total += 1;
        } else if total > HOUSEHOLDS && homes[idx] > 1 {
            homes[idx] -= 1;
            total -= 1;
        }
    }
    homes
}

/// The households of each building, [`PERSONS`] persons in all.
pub fn homes(buildings: &[BuildingRow], occupied: &[u16], dice: Dice) -> Vec<Home> {
    // Ten homes hold twenty-five; every eighth home one more makes up the rest.
    let stride = HOUSEHOLDS / (PERSONS - HOUSEHOLDS * 5 / 2);
    let doors = buildings
        .iter()
        .zip(occupied)
        .flat_map(|(building, &n)| std::iter::repeat_n(&building.code, usize::from(n)));
    doors
        .zip(Sizes::new(dice))
        .enumerate()
        .map(|(idx, (building, persons))| Home {
            number: format!("H{:05}", idx + 1),
            building: building.clone(),
            persons: persons + u16::from(idx % stride == stride - 1),
        })
        .collect()
}

/// [`MEMBERS`] members, spread over the persons by chance.
pub fn members(homes: &[Home], dice: &mut Dice) -> Vec<Member> {
    let lives_at: Vec<&Code> = homes
        .iter()
        .flat_map(|home| std::iter::repeat_n(&home.building, usize::from(home.persons)))
        .collect();
    let stride = lives_at.len() / MEMBERS;
    (0..MEMBERS)
        .map(|idx| Member {
            reference: format!("M{:04}", idx + 1),
            building: lives_at[idx * stride + dice.below(stride)].clone(),
            class: residence_class(dice),
        })
        .collect()
}
