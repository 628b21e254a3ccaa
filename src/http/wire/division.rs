//! Divisions asked for, proposed and judged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ensemble::EnsembleRow;
use super::geometry::Geometry;
use crate::divide::community::{Proposal, Weigh, Wish, kept};
use crate::divide::{Aim, Barriers, Certificate, Count, Measures};
use crate::domain::fabric::outline::outline;
use crate::domain::ids::{AreaId, Code, PlanId};
use crate::domain::issue::words;
use crate::domain::plan::edit::Stroke;
use crate::domain::world::{PlanChoice, Profile, World};
use crate::http::jobs::{Job, Kind};
use crate::http::lang::Lang;
use crate::http::live::Best;

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
        areas.iter().map(|area| self.wish(kind(*area), &world.profile_of(*area))).collect()
    }

    /// The wish for ground of no particular kind; else the code of what is wrong with it.
    pub fn into_wish(self, profile: &Profile) -> Result<Wish, &'static str> {
        self.wish("", profile).map_err(|(code, _)| code)
    }

    fn wish(&self, kind: &str, profile: &Profile) -> Result<Wish, Wrong> {
        let mut aim = Aim::new(self.count(kind, profile)?);
        (aim.hard, aim.seed) = (self.hard()?, self.seed.unwrap_or(1));
        Ok(Wish { aim, weigh: self.weigh()?, is_estate_bound: self.bind_estates })
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

/// What came of one community: told to those who watch, and carried out when accepted.
#[derive(Debug)]
pub struct Offer {
    pub area: AreaId,
    pub code: Code,
    pub name: Box<str>,
    pub seconds: f64,
    pub outcome: Result<Offered, &'static str>,
}

#[derive(Debug)]
pub struct Offered {
    /// The edit it stands for; `None` when everything is already so.
    pub stroke: Option<Stroke>,
    division: DivisionRow,
    certificates: Vec<(&'static str, i64, Vec<u32>, Option<Geometry>)>,
}

/// A proposed division of one community.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DivisionRow {
    pub parts: Vec<PartRow>,
    pub after: Judged,
    /// The grids of today measured the same way; null where some of the ground has no grid.
    pub before: Option<Judged>,
    /// Share of the mean by which some grid is off in every division into as many.
    pub bound: f64,
    pub households: i64,
    /// Households that get another grid.
    pub moved: i64,
    /// Nothing would change.
    pub same: bool,
    /// The limit in time ended the search early.
    pub cut_short: bool,
    /// Parts outside the band that no certificate explains, by place in `parts`.
    pub unproven: Vec<u32>,
}

/// One grid of a division; `grid` is the one that goes on, null for a new one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartRow {
    pub grid: Option<String>,
    pub id: Option<u32>,
    pub name: String,
    pub weight: i64,
    pub households: i64,
    pub band: &'static str,
    pub cells: Vec<u32>,
    pub area_m2: f64,
    pub compactness: f64,
    pub border_m: f64,
    pub barrier_share: Option<f64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Judged {
    pub grids: usize,
    pub deviation_max: f64,
    pub out_of_band: usize,
    pub compactness: f64,
    /// Border between grids, each once, and how much of it runs along barriers.
    pub cut_m: f64,
    pub barrier_share: Option<f64>,
    pub broken: usize,
}

/// Why some ground cannot be divided as asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CertificateRow {
    pub code: &'static str,
    pub message: &'static str,
    pub weight: i64,
    pub cells: Vec<u32>,
    #[schema(value_type = Option<Object>)]
    pub place: Option<Geometry>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CommunityRow {
    pub code: String,
    pub name: String,
    pub seconds: f64,
    pub division: Option<DivisionRow>,
    pub certificates: Vec<CertificateRow>,
    /// Why there is none.
    pub problem: Option<ProblemRow>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemRow {
    pub code: &'static str,
    pub message: &'static str,
}

impl ProblemRow {
    pub fn new(code: &'static str, lang: Lang) -> Self {
        let says = words(code);
        Self { code, message: lang.pick(says.zh, says.en) }
    }
}

/// Long work and how far it has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobRow {
    pub id: u64,
    /// `divide` or `ensemble`
    pub kind: &'static str,
    pub plan: u32,
    pub who: String,
    /// `waiting`, `running`, `done`, `cancelled` or `failed`
    pub state: &'static str,
    pub revision: u64,
    pub done: usize,
    pub of: usize,
    pub communities: Vec<CommunityRow>,
    /// The best so far of each community that is being divided; gone once it is through.
    pub best: Vec<BestRow>,
    /// What an ensemble found, once it is through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ensemble: Option<EnsembleRow>,
}

/// The best division so far.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BestRow {
    pub area: String,
    pub name: String,
    pub parts: usize,
    /// Largest share of the mean by which a grid is off.
    pub deviation: f64,
    /// Grids outside the band.
    pub outside: usize,
    /// Counts up with each better one that was shown.
    pub round: u32,
    /// When asked for: the grids, cells of ground not looked at yet are in none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grids: Option<Vec<BestPart>>,
}

/// One grid of the best so far; `id` is the one that would go on, null for a new one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BestPart {
    pub id: Option<u32>,
    pub weight: i64,
    pub band: &'static str,
    pub cells: Vec<u32>,
}

impl BestRow {
    fn new(best: &Best) -> Self {
        let loads = loads(best);
        let sum: i64 = loads.iter().sum();
        let mean = sum as f64 / loads.len().max(1) as f64;
        let off = |load: &i64| (*load as f64 - mean).abs();
        let most = loads.iter().map(off).fold(0.0, f64::max);
        Self {
            area: best.code.to_string(),
            name: best.name.to_string(),
            parts: loads.len(),
            deviation: if mean > 0.0 { rounded(most / mean) } else { 0.0 },
            outside: loads.iter().filter(|load| word(**load, best.limits) != "in").count(),
            round: best.round,
            grids: None,
        }
    }
}

fn loads(best: &Best) -> Vec<i64> {
    let mut loads = vec![0; best.sight.n_parts];
    for (unit, part) in best.sight.part.iter().enumerate() {
        if let Some(load) = loads.get_mut(*part as usize) {
            *load += best.plot.ground.weights[unit];
        }
    }
    loads
}

impl BestPart {
    /// Cost: O(cells) and the matching of grids.
    fn all(best: &Best) -> Vec<Self> {
        let Best { plot, sight, .. } = best;
        let keeps = kept(plot, &sight.part, sight.n_parts);
        let mut parts: Vec<Self> = loads(best)
            .into_iter()
            .zip(keeps)
            .map(|(weight, keep)| Self {
                id: keep.map(|key| key.get()),
                weight,
                band: word(weight, best.limits),
                cells: Vec::new(),
            })
            .collect();
        for (cell, part) in plot.cells.iter().zip(&sight.part) {
            if let Some(part) = parts.get_mut(*part as usize) {
                part.cells.push(cell.get());
            }
        }
        parts
    }
}

impl JobRow {
    /// With the grids of the best so far of one community.
    pub fn with_grids_of(mut self, job: &Job, code: &str) -> Self {
        let bests = job.bests();
        let best = bests.iter().find(|best| *code == *best.code.as_str());
        let row = self.best.iter_mut().find(|row| row.area == code);
        if let (Some(best), Some(row)) = (best, row) {
            *row = BestRow { grids: Some(BestPart::all(best)), ..BestRow::new(best) };
        }
        self
    }

    pub fn new(job: &Job, lang: Lang) -> Self {
        // The phase first: whoever reads "done" has all of it.
        let phase = job.phase();
        let bests = job.bests();
        let offers = job.offers();
        Self {
            id: job.id,
            kind: job.kind.word(),
            plan: job.plan.get(),
            who: job.who.to_string(),
            state: phase.word(),
            revision: job.revision.0,
            done: match job.kind {
                Kind::Divide => offers.len(),
                Kind::Ensemble => job.n_searched().min(job.n_all),
            },
            of: job.n_all,
            communities: offers.iter().map(|offer| CommunityRow::new(offer, lang)).collect(),
            best: bests.iter().map(|best| BestRow::new(best)).collect(),
            ensemble: job.surveyed().map(|surveyed| EnsembleRow::new(&surveyed, lang)),
        }
    }
}

impl CommunityRow {
    fn new(offer: &Offer, lang: Lang) -> Self {
        let message = |code| {
            let says = words(code);
            lang.pick(says.zh, says.en)
        };
        let offered = offer.outcome.as_ref();
        let certificates = offered.map_or(&[][..], |offered| &offered.certificates);
        Self {
            code: offer.code.to_string(),
            name: offer.name.to_string(),
            seconds: rounded(offer.seconds),
            division: offered.ok().map(|offered| offered.division.clone()),
            certificates: certificates
                .iter()
                .map(|(code, weight, cells, place)| CertificateRow {
                    code,
                    message: message(code),
                    weight: *weight,
                    cells: cells.clone(),
                    place: place.clone(),
                })
                .collect(),
            problem: offered.err().map(|code| ProblemRow::new(code, lang)),
        }
    }
}

impl Offered {
    /// Cost: O(cells and seams) of the community.
    pub fn new(world: &World, plan: PlanId, wish: &Wish, proposal: &Proposal) -> Self {
        let Proposal { area, plot, division, measures, before, keeps, moved } = proposal;
        let band = band(world, *area, wish);
        let mut parts: Vec<PartRow> = measures
            .parts
            .iter()
            .zip(keeps)
            .map(|(part, keep)| {
                let grid = keep.and_then(|key| world.plans().grid(plan, key));
                PartRow {
                    grid: grid.map(|grid| grid.code.to_string()),
                    id: keep.map(|key| key.get()),
                    name: grid.map_or_else(String::new, |grid| grid.name.to_string()),
                    weight: part.weight,
                    households: 0,
                    band: band(part.weight),
                    cells: Vec::new(),
                    area_m2: part.area.square_meters().round(),
                    compactness: rounded(part.compactness),
                    border_m: part.border.meters().round(),
                    barrier_share: share(part.along_barriers.meters(), part.border.meters()),
                }
            })
            .collect();
        for (unit, part) in division.part.iter().enumerate() {
            let row = &mut parts[*part as usize];
            row.cells.push(plot.cells[unit].get());
            row.households += plot.households[unit];
        }
        let is_as_held = proposal.is_as_held();
        Self {
            stroke: if is_as_held { None } else { proposal.stroke(world, plan) },
            certificates: division
                .certificates
                .iter()
                .map(|one| certified(world, plan, *area, proposal, one))
                .collect(),
            division: DivisionRow {
                parts,
                after: judged(measures, &band),
                before: before.as_ref().map(|before| judged(before, &band)),
                bound: rounded(division.bound),
                households: plot.households.iter().sum(),
                moved: *moved,
                same: is_as_held,
                cut_short: division.is_cut_short,
                unproven: division.unproven.clone(),
            },
        }
    }
}

fn certified(
    world: &World,
    plan: PlanId,
    area: AreaId,
    proposal: &Proposal,
    certificate: &Certificate,
) -> (&'static str, i64, Vec<u32>, Option<Geometry>) {
    let cells: Vec<_> =
        certificate.units.iter().map(|unit| proposal.plot.cells[*unit as usize]).collect();
    let shard = world.shard(PlanChoice::Plan(plan), area);
    let place = shard.and_then(|shard| {
        let shape = outline(&shard.ground.cut.fabric, |cell| cells.binary_search(&cell).is_ok());
        Geometry::of_polygons(&shape)
    });
    let numbers = cells.iter().map(|cell| cell.get()).collect();
    (certificate.reason.code(), certificate.weight, numbers, place)
}

/// How a weight stands to what was asked for.
fn band(world: &World, area: AreaId, wish: &Wish) -> impl Fn(i64) -> &'static str + use<> {
    let limits = limits(world, area, wish);
    move |weight| word(weight, limits)
}

fn word(weight: i64, (min, max): (i64, i64)) -> &'static str {
    match weight {
        _ if weight < min => "small",
        _ if weight > max => "large",
        _ => "in",
    }
}

/// Least and most a grid should weigh: as asked for, else the profile's.
pub fn limits(world: &World, area: AreaId, wish: &Wish) -> (i64, i64) {
    let profile = world.profile_of(area);
    match wish.aim.count {
        Count::Around { min, max, .. } => (min, max),
        Count::Exactly(_) => (profile.min, profile.max),
    }
}

fn judged(measures: &Measures, band: &impl Fn(i64) -> &'static str) -> Judged {
    Judged {
        grids: measures.parts.len(),
        deviation_max: rounded(measures.deviation_max),
        out_of_band: measures.parts.iter().filter(|part| band(part.weight) != "in").count(),
        compactness: rounded(measures.mean_compactness()),
        cut_m: measures.cut.meters().round(),
        barrier_share: share(measures.along_barriers.meters(), measures.cut.meters()),
        broken: measures.n_broken,
    }
}

fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| rounded(part / whole))
}

fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}
