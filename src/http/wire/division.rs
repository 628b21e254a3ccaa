//! Divisions proposed and judged, and how far a job has come.

use serde::Serialize;
use utoipa::ToSchema;

use super::ensemble::EnsembleRow;
use super::geometry::Geometry;
use crate::divide::community::{Plot, Proposal, Wish, kept};
use crate::divide::{Certificate, Count, Measures, SharedStation};
use crate::domain::fabric::outline::outline;
use crate::domain::ids::{AreaId, Code, PlanId};
use crate::domain::issue::words;
use crate::domain::plan::edit::Stroke;
use crate::domain::world::{PlanChoice, World};
use crate::http::jobs::{Job, Kind};
use crate::http::lang::Lang;
use crate::http::live::Best;

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
    /// Where a station in reach was asked for.
    pub reach: Option<ReachRow>,
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
    /// The station most of its households reach; null where none does or nobody asked.
    pub station: Option<StationRow>,
}

/// The station a grid shares.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StationRow {
    pub code: String,
    pub name: String,
    /// Households of the grid that reach it.
    pub reached: i64,
    /// Those that reach another one only.
    pub missed: i64,
}

/// How far the households of a community share the stations of their grids.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReachRow {
    pub metres: f64,
    pub households: i64,
    /// Households no open station is near enough to, whatever the grids.
    pub beyond: i64,
    /// Households that reach a station, but not the one their grid shares.
    pub missed: i64,
    /// The same with the grids of today; null where some of the ground has no grid.
    pub missed_before: Option<i64>,
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
                    station: part.shared.and_then(|shared| station(world, plot, shared)),
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
                reach: plot.reach.as_ref().map(|reach| ReachRow {
                    metres: reach.within.meters(),
                    households: reach.households,
                    beyond: reach.beyond,
                    missed: measures.missed(),
                    missed_before: before.as_ref().map(Measures::missed),
                }),
                unproven: division.unproven.clone(),
            },
        }
    }
}

fn station(world: &World, plot: &Plot, shared: SharedStation) -> Option<StationRow> {
    let SharedStation { station, reached, missed } = shared;
    let row = *plot.reach.as_ref()?.stations.get(station? as usize)?;
    let station = world.stations().get(row);
    Some(StationRow {
        code: station.code.to_string(),
        name: station.name.to_string(),
        reached,
        missed,
    })
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
