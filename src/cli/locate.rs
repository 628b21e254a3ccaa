//! `lifang locate`: a place or a building in, the chain of responsibility out.

use clap::Args;

use super::{Database, Done, Failure};
use crate::domain::place::{LonLat, Pin};
use crate::http::wire;

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// Longitude and latitude, as in 109.6012,38.9034
    #[arg(long, value_name = "LON,LAT", allow_hyphen_values = true)]
    at: Option<String>,
    /// Code of a building
    #[arg(long, value_name = "CODE")]
    building: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Locate {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    database: Database,
    /// Answers as JSON
    #[arg(long)]
    json: bool,
}

impl Locate {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let world = self.database.world()?;
        let found = match (&self.which.at, &self.which.building) {
            (_, Some(code)) => {
                let id = world.town().id_of(code);
                let id = id.ok_or_else(|| Failure(format!("there is no building {code}")))?;
                wire::located_building(&world, id)
            }
            (Some(text), None) => wire::located_pin(&world, parse_pin(text)?),
            (None, None) => return Err(Failure("say --at or --building".to_owned())),
        };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&found).map_err(Failure::of)?);
        } else {
            print!("{}", found.to_text());
        }
        Ok(Done::Clean)
    }
}

fn parse_pin(text: &str) -> Result<Pin, Failure> {
    let numbers = text.split_once(',').and_then(|(lon, lat)| {
        Some(LonLat { lon: lon.trim().parse().ok()?, lat: lat.trim().parse().ok()? })
    });
    let place =
        numbers.ok_or_else(|| Failure("--at takes LON,LAT, as in 109.6012,38.9034".into()))?;
    Pin::of(place).map_err(Failure::of)
}
