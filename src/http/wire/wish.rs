//! What a division is wished to be like, as it is asked for: parts, band, weights, barriers.
//!
//! Shared by divisions, repairs and ensembles, so that a band or a mix means one thing in all of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::divide::community::{Weigh, Wish, reach_of};
use crate::divide::{Aim, Barriers, Count};
use crate::domain::ids::AreaId;
use crate::domain::measure::Length;
use crate::domain::world::{Profile, World};

/// What to divide, and into what.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DivideBody {
    /// Codes of communities; empty: all of the plan.
    pub communities: Vec<String>,
    /// Weight a grid should have; the size band's own when not said.
    pub target: Option<i64>,
    pub min: Option<i64>,
    pub max: Option<i64>,
    /// Into exactly so many grids instead.
    pub parts: Option<usize>,
    /// `households` (when not said), `persons`, `buildings` or `area` (in units of 100 m²).
    pub weight: Option<String>,
    /// How much each counts, instead of `weight`.
    pub mix: Option<MixBody>,
    /// Buildings of one estate stay together.
    pub bind_estates: bool,
    /// No grid crosses these, but by declared crossings: `lane`, `road`, `avenue`, `rail`, `water`, `wall`,
    /// one or several.
    #[schema(value_type = Option<Vec<String>>)]
    pub hard: Option<Hard>,
    /// Metres, in a straight line, within which the households of a grid should share one open station.
    pub reach: Option<f64>,
    /// Size bands by kind of community (`rc`, `vc`), instead of those above.
    pub bands: BTreeMap<String, BandBody>,
    pub seed: Option<u64>,
    /// Seconds it may work at most, 60 when not said.
    pub time: Option<f64>,
}

/// One word or a list of them.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Hard {
    One(String),
    Several(Vec<String>),
}

/// A size band; what it does not say is as for all.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BandBody {
    pub target: Option<i64>,
    pub min: Option<i64>,
    pub max: Option<i64>,
}

/// What is wrong with a wish: the code, and which field of the body.
pub type Wrong = (&'static str, String);

#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MixBody {
    pub households: i64,
    pub persons: i64,
    pub buildings: i64,
    pub area: i64,
}

impl DivideBody {
    /// The wish for each of `areas`; else what is wrong with the body.
    pub fn into_wishes(self, world: &World, areas: &[AreaId]) -> Result<Vec<Wish>, Wrong> {
        let kind = |area: AreaId| world.areas().get(area).map_or("", |record| &record.kind);
        let strange = |name: &&String| !areas.iter().any(|area| kind(*area) == name.as_str());
        if let Some(name) = self.bands.keys().find(strange) {
            return Err(("divide.no-kind", format!("bands.{name}")));
        }
        if self.reach.is_some() && world.stations().is_empty() {
            return Err(("divide.no-stations", "reach".to_owned()));
        }
        areas.iter().map(|area| self.wish(kind(*area), &world.profile_of(*area))).collect()
    }

    /// The wish for ground of no particular kind; else the code of what is wrong with it.
    pub fn into_wish(self, profile: &Profile) -> Result<Wish, &'static str> {
        self.wish("", profile).map_err(|(code, _)| code)
    }

    fn wish(&self, kind: &str, profile: &Profile) -> Result<Wish, Wrong> {
        let mut aim = Aim::new(self.count(kind, profile)?);
        (aim.hard, aim.seed) = (self.hard()?, self.seed.unwrap_or(1));
        let is_estate_bound = self.bind_estates;
        Ok(Wish { aim, weigh: self.weigh()?, is_estate_bound, reach: self.reach()? })
    }

    fn reach(&self) -> Result<Option<Length>, Wrong> {
        let Some(metres) = self.reach else { return Ok(None) };
        match reach_of(metres) {
            Some(reach) => Ok(Some(reach)),
            None => Err(("divide.bad-reach", "reach".to_owned())),
        }
    }

    fn weigh(&self) -> Result<Weigh, Wrong> {
        match (self.mix, self.weight.as_deref()) {
            (Some(MixBody { households, persons, buildings, area }), _) => {
                let weigh = Weigh { households, persons, buildings, area };
                let place = |what: &str| format!("mix.{what}").trim_end_matches('.').to_owned();
                weigh.fault().map_or(Ok(weigh), |what| Err(("divide.bad-mix", place(what))))
            }
            (None, None | Some("households")) => Ok(Weigh::HOUSEHOLDS),
            (None, Some("persons")) => Ok(Weigh::PERSONS),
            (None, Some("buildings")) => Ok(Weigh::BUILDINGS),
            (None, Some("area")) => Ok(Weigh::AREA),
            (None, Some(_)) => Err(("divide.bad-mix", "weight".to_owned())),
        }
    }

    fn hard(&self) -> Result<Barriers, Wrong> {
        let words = match &self.hard {
            None => return Ok(Barriers::default()),
            Some(Hard::One(word)) => word.clone(),
            Some(Hard::Several(words)) if words.is_empty() => return Ok(Barriers::default()),
            Some(Hard::Several(words)) => words.join(","),
        };
        Barriers::named(&words).map_err(|_| ("divide.bad-barrier", "hard".to_owned()))
    }

    fn count(&self, kind: &str, profile: &Profile) -> Result<Count, Wrong> {
        if let Some(parts) = self.parts {
            let none = ("divide.no-parts", "parts".to_owned());
            return if parts == 0 { Err(none) } else { Ok(Count::Exactly(parts)) };
        }
        let own = self.bands.get(kind).copied().unwrap_or_default();
        let said = own.target.or(self.target);
        let target = said.unwrap_or(profile.target);
        // A target of its own brings a band of its own, as wide as the profile's.
        let scaled = |edge: i64| match said {
            Some(target) => target.saturating_mul(edge) / profile.target.max(1),
            None => edge,
        };
        let min = own.min.or(self.min).unwrap_or_else(|| scaled(profile.min));
        let max = own.max.or(self.max).unwrap_or_else(|| scaled(profile.max));
        let place = |field: &str| match self.bands.contains_key(kind) {
            true => format!("bands.{kind}.{field}"),
            false => field.to_owned(),
        };
        let wrong =
            [(target < 1, "target"), (min < 0 || min > target, "min"), (max < target, "max")];
        match wrong.iter().find(|(is_wrong, _)| *is_wrong) {
            Some((_, field)) => Err(("divide.bad-band", place(field))),
            None => Ok(Count::Around { target, min, max }),
        }
    }
}
