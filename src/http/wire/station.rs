//! Stations as replies tell them.

use serde::Serialize;
use utoipa::ToSchema;

use super::area::Link;
use super::geometry::{Position, position};
use crate::domain::measure::Area;
use crate::domain::register::station;
use crate::domain::world::World;

/// One place that serves residents.
#[derive(Debug, Serialize, ToSchema)]
pub struct Station {
    pub id: u32,
    pub code: String,
    pub name: String,
    /// `service_centre`, `workstation`, `service_point`, `venue` or `other`.
    pub kind: &'static str,
    /// `city`, `district`, `subdistrict` or `community`; null where nothing is said.
    pub level: Option<&'static str>,
    pub place: Option<Position>,
    pub floor_area_m2: Option<f64>,
    pub hall_area_m2: Option<f64>,
    pub open: bool,
    /// Communities it serves; none while it is closed.
    pub serves: Vec<Link>,
}

/// All stations, by code.
#[derive(Debug, Serialize, ToSchema)]
pub struct StationList {
    pub revision: u64,
    /// How far a home may be from a station, in metres.
    pub reach_m: f64,
    pub stations: Vec<Station>,
}

impl StationList {
    pub fn new(world: &World) -> Self {
        let stations = world.stations();
        let one = |row: usize| {
            let station::Station {
                id,
                code,
                name,
                kind,
                level,
                at,
                floor_area,
                hall_area,
                serves: _,
                is_open,
            } = stations.get(row);
            let served = stations.served_by(row).iter();
            Station {
                id: id.get(),
                code: code.to_string(),
                name: name.to_string(),
                kind: kind.word(),
                level: level.map(|level| level.word()),
                place: at.map(position),
                floor_area_m2: floor_area.map(Area::square_meters),
                hall_area_m2: hall_area.map(Area::square_meters),
                open: *is_open,
                serves: served
                    .filter_map(|area| world.areas().get(*area))
                    .map(|record| Link::from(&**record))
                    .collect(),
            }
        };
        Self {
            revision: world.revision().0,
            reach_m: world.station_reach().meters(),
            stations: (0..stations.len()).map(one).collect(),
        }
    }
}
