//! Buildings: the register's facts, the counts of homes and people, the grid and why.

use serde::Serialize;
use utoipa::ToSchema;

use super::area::Link;
use crate::domain::ids::AreaId;
use crate::domain::place::LonLat;
use crate::domain::placement::{Placement, Reason};
use crate::domain::world::{Housing, PlanChoice, Shard, World};

/// One building. Members are never told for a single building.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Building {
    pub id: u32,
    pub code: String,
    pub name: String,
    pub estate: String,
    pub address: String,
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// 0 when not known, like `entrances`.
    pub floors: u16,
    pub entrances: u16,
    pub dwellings: i64,
    pub households: u32,
    pub persons: u32,
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    pub community: Option<String>,
    pub stated_community: Option<String>,
    pub grid: Option<String>,
    /// Why it is in that grid or in none.
    pub reason: &'static str,
    #[schema(example = "2026-11-01")]
    pub verified: Option<String>,
    /// Codes of the findings about it.
    pub attention: Vec<&'static str>,
}

/// The buildings of one grid.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridBuildings {
    pub revision: u64,
    pub grid: String,
    pub buildings: Vec<Building>,
}

/// One building with the areas it is counted in, the community first.
#[derive(Debug, Serialize, ToSchema)]
pub struct BuildingDetail {
    pub revision: u64,
    #[serde(flatten)]
    pub building: Building,
    pub areas: Vec<Link>,
}

impl Building {
    /// The building of `row`; `shard` is its community under the plan asked for.
    pub fn new(
        world: &World,
        community: Option<AreaId>,
        housing: &Housing,
        row: usize,
        shard: Option<&Shard>,
    ) -> Self {
        let homes = &housing.homes;
        let placement = match shard {
            Some(shard) => shard.placements[row],
            None => Placement {
                grid: None,
                reason: housing.standings[row].reason(),
                straddles: housing.straddles[row],
            },
        };
        let grid = placement.grid.zip(shard);
        let grid = grid.and_then(|(key, shard)| world.plans().grid(shard.plan, key));
        let community = community.and_then(|id| world.areas().get(id));
        let place: Option<LonLat> = homes.pin(row).map(|pin| pin.lon_lat());
        let counts = homes.counts(row);
        Self {
            id: homes.id(row).get(),
            code: homes.code(row).to_owned(),
            name: homes.name(row).to_owned(),
            estate: homes.estate(row).to_owned(),
            address: homes.address(row).to_owned(),
            usage: homes.usage(row).word(),
            floors: homes.floors(row),
            entrances: homes.entrances(row),
            dwellings: homes.dwellings(row).get(),
            households: counts.households,
            persons: counts.persons,
            lon: place.map(|place| place.lon),
            lat: place.map(|place| place.lat),
            community: community.map(|area| area.code.to_string()),
            stated_community: homes.stated_community(row).map(str::to_owned),
            grid: grid.map(|grid| grid.code.to_string()),
            reason: placement.reason.word(),
            verified: homes.verified(row).map(|day| day.to_string()),
            attention: attention(placement, shard.is_some()),
        }
    }
}

/// Codes of the findings a placement gives rise to, as `finding` lists them.
fn attention(placement: Placement, has_plan: bool) -> Vec<&'static str> {
    let of_reason = match placement.reason {
        Reason::Override | Reason::List | Reason::Shape => None,
        Reason::Gap if !has_plan => Some("area.no-plan"),
        Reason::Gap => Some("placement.gap"),
        Reason::OnEdge => Some("placement.on-edge"),
        Reason::NoPosition => Some("placement.no-position"),
        Reason::Outside => Some("placement.outside"),
        Reason::OutsideStatedArea => Some("placement.outside-stated-area"),
    };
    let straddles = placement.straddles.then_some("placement.straddles");
    of_reason.into_iter().chain(straddles).collect()
}

impl BuildingDetail {
    pub fn new(world: &World, code: &str) -> Option<Self> {
        let id = world.town().id_of(code)?;
        let (community, housing, row) = world.town().find(id)?;
        let shard = community.and_then(|id| world.shard(PlanChoice::Current, id));
        let building = Building::new(world, community, housing, row, shard.map(|shard| &**shard));
        let chain = community.map(|id| world.areas().chain(id)).unwrap_or_default();
        let areas = chain.into_iter().filter_map(|id| world.areas().get(id));
        Some(Self {
            revision: world.revision().0,
            building,
            areas: areas.map(|record| Link::from(&**record)).collect(),
        })
    }
}

impl GridBuildings {
    /// Buildings placed in one grid, in the order they lie on the ground. Cost: O(buildings of the community).
    pub fn new(world: &World, shard: &Shard, grid: &crate::domain::plan::Grid) -> Self {
        let community = Some(shard.community);
        let mut buildings = Vec::new();
        if let Some(housing) = world.town().housing(community) {
            for (row, placement) in shard.placements.iter().enumerate() {
                if placement.grid == Some(grid.key) {
                    buildings.push(Building::new(world, community, housing, row, Some(shard)));
                }
            }
        }
        Self { revision: world.revision().0, grid: grid.code.to_string(), buildings }
    }
}
