//! A place or a building in, the chain of responsibility out: areas, community, grid, whom to call.

use serde::Serialize;
use utoipa::ToSchema;

use super::area::Link;
use crate::domain::fabric::Spot;
use crate::domain::ids::{AreaId, BuildingId, CellId, GridKey};
use crate::domain::place::Pin;
use crate::domain::placement::Reason;
use crate::domain::plan;
use crate::domain::register::area::Level;
use crate::domain::world::{PlanChoice, Shard, World};

/// Where something belongs under the plans in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct Located {
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    /// Code of the building, when one was asked for.
    pub building: Option<String>,
    /// From the smallest area to the widest.
    pub areas: Vec<Link>,
    pub community: Option<CommunityName>,
    pub grid: Option<GridName>,
    pub reason: &'static str,
    pub contact: Option<Contact>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CommunityName {
    pub code: String,
    pub name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GridName {
    pub id: u32,
    pub code: String,
    pub name: String,
}

/// Who is on duty; public by office.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contact {
    pub head: String,
    pub manager: String,
    pub work_phone: String,
}

/// Where `pin` belongs. Cost: two block look-ups.
pub fn located_pin(world: &World, pin: Pin) -> Located {
    let area = world.areas().at(pin);
    let community = area.and_then(|area| world.areas().ancestor_at(area, Level::Community));
    let shard = community.and_then(|community| world.shard(PlanChoice::Current, community));
    let (grid, reason) = match (community, shard) {
        (None, _) => (None, Reason::Outside),
        (Some(_), None) => (None, Reason::Gap),
        (Some(_), Some(shard)) => grid_at(world, shard, pin),
    };
    located(world, Some(pin), area, shard.and_then(|shard| grid_of(world, shard, grid)), reason)
}

/// Where a building belongs, as it is counted.
pub fn located_building(world: &World, id: BuildingId) -> Located {
    let found = world.town().find(id).zip(world.placement_of(PlanChoice::Current, id));
    let Some(((_, housing, row), (community, placement))) = found else {
        return located(world, None, None, None, Reason::NoPosition);
    };
    let shard = community.and_then(|community| world.shard(PlanChoice::Current, community));
    let grid = shard.and_then(|shard| grid_of(world, shard, placement.grid));
    let found = located(world, housing.homes.pin(row), community, grid, placement.reason);
    Located { building: Some(housing.homes.code(row).to_owned()), ..found }
}

fn grid_of<'w>(world: &'w World, shard: &Shard, key: Option<GridKey>) -> Option<&'w plan::Grid> {
    world.plans().grid(shard.plan, key?).map(|grid| &**grid)
}

/// Grid at a pin; on a border the one with the lower code.
fn grid_at(world: &World, shard: &Shard, pin: Pin) -> (Option<GridKey>, Reason) {
    let ground = shard.ground.as_ground();
    let color = |cell: Option<CellId>| cell.and_then(|cell| ground.colors[cell.index()]);
    match ground.blocks.locate(ground.fabric, pin) {
        Spot::In(cell) => {
            let key = color(Some(cell));
            (key, if key.is_some() { Reason::Shape } else { Reason::Gap })
        }
        Spot::On(seam) => {
            let seam = ground.fabric.seam(seam);
            let sides = [color(seam.left), color(seam.right)].into_iter().flatten();
            let lower = |a: &GridKey, b: &GridKey| world.plans().by_code_order(shard.plan, *a, *b);
            let key = sides.min_by(lower);
            (key, if key.is_some() { Reason::OnEdge } else { Reason::Gap })
        }
        Spot::Outside => (None, Reason::Gap),
    }
}

fn located(
    world: &World,
    pin: Option<Pin>,
    area: Option<AreaId>,
    grid: Option<&plan::Grid>,
    reason: Reason,
) -> Located {
    let areas = world.areas();
    let chain = area.map(|area| areas.chain(area)).unwrap_or_default();
    let records: Vec<_> = chain.into_iter().filter_map(|id| areas.get(id)).collect();
    let community = records.iter().find(|record| record.level == Level::Community);
    let place = pin.map(Pin::lon_lat);
    Located {
        lon: place.map(|place| place.lon),
        lat: place.map(|place| place.lat),
        building: None,
        areas: records.iter().map(|record| Link::from(&***record)).collect(),
        community: community.map(|record| CommunityName {
            code: record.code.to_string(),
            name: record.name.to_string(),
        }),
        grid: grid.map(|grid| GridName {
            id: grid.key.get(),
            code: grid.code.to_string(),
            name: grid.name.to_string(),
        }),
        reason: reason.word(),
        contact: grid.map(|grid| Contact {
            head: grid.head.to_string(),
            manager: grid.manager.to_string(),
            work_phone: grid.work_phone.to_string(),
        }),
    }
}

impl Located {
    /// A few lines for the terminal.
    pub fn to_text(&self) -> String {
        let mut lines = Vec::new();
        for area in self.areas.iter().rev() {
            lines.push(format!("{:<12}{}  {}", area.level, area.code, area.name));
        }
        match &self.grid {
            Some(grid) => lines.push(format!("{:<12}{}  {}", "grid", grid.code, grid.name)),
            None => lines.push(format!("{:<12}none", "grid")),
        }
        lines.push(format!("{:<12}{}", "reason", self.reason));
        if let Some(Contact { head, manager, work_phone }) = &self.contact {
            for (label, text) in [("head", head), ("manager", manager), ("work phone", work_phone)]
            {
                if !text.is_empty() {
                    lines.push(format!("{label:<12}{text}"));
                }
            }
        }
        lines.push(String::new());
        lines.join("\n")
    }
}
