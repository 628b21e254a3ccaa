//! Where the grids of today stand among many divisions of the same community.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wish::{DivideBody, Hard, MixBody};
use crate::divide::ensemble::{Figures, Survey};
use crate::domain::ids::Code;
use crate::http::lang::Lang;

/// What to compare one community's grids with.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EnsembleBody {
    /// Code of a community.
    pub area: String,
    /// Different divisions wanted: 1 to 1000, 200 when not said.
    pub n: Option<usize>,
    /// As for a division, here and below.
    pub target: Option<i64>,
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub parts: Option<usize>,
    pub weight: Option<String>,
    pub mix: Option<MixBody>,
    pub bind_estates: bool,
    #[schema(value_type = Option<Vec<String>>)]
    pub hard: Option<Hard>,
    pub reach: Option<f64>,
    pub seed: Option<u64>,
    pub time: Option<f64>,
}

impl EnsembleBody {
    /// The same as a wish to divide.
    pub fn into_divide(self) -> DivideBody {
        let Self {
            area,
            n: _,
            target,
            min,
            max,
            parts,
            weight,
            mix,
            bind_estates,
            hard,
            reach,
            seed,
            time,
        } = self;
        DivideBody {
            communities: vec![area],
            target,
            min,
            max,
            parts,
            weight,
            mix,
            bind_estates,
            hard,
            reach,
            bands: Default::default(),
            seed,
            time,
        }
    }
}

/// What an ensemble found, or why it found nothing.
#[derive(Debug)]
pub struct Surveyed {
    pub code: Code,
    pub name: Box<str>,
    pub n_wanted: usize,
    pub outcome: Result<Survey, &'static str>,
}

/// Different divisions of one community, and the grids of today beside them.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnsembleRow {
    pub area: String,
    pub name: String,
    pub n_wanted: usize,
    /// Searches made, and different divisions kept of what they found. All of them are connected.
    pub n: usize,
    pub kept: usize,
    /// Different divisions left out because a grid would lie inside another, which nobody may draw.
    pub nested: usize,
    /// The limit in time came before there were as many as wanted.
    pub cut_short: bool,
    pub measures: MeasuresRow,
    /// Why there are none.
    pub problem: Option<super::division::ProblemRow>,
}

#[derive(Debug, Default, Serialize, ToSchema)]
pub struct MeasuresRow {
    /// Largest share of the mean by which a grid is off; less is better.
    pub deviation: Spread,
    /// Share of the border between grids that runs along barriers; more is better.
    pub barrier_share: Spread,
    /// Mean Polsby-Popper; more is better.
    pub compactness: Spread,
}

/// One figure over the divisions kept.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Spread {
    /// Ascending.
    pub values: Vec<f64>,
    /// The same of the grids of today; null where some of the ground has no grid.
    pub present: Option<f64>,
    /// Divisions the grids of today are better than.
    pub rank: Option<usize>,
}

impl EnsembleRow {
    pub fn new(surveyed: &Surveyed, lang: Lang) -> Self {
        let Surveyed { code, name, n_wanted, outcome } = surveyed;
        let survey = outcome.as_ref();
        let ensemble = survey.map(|survey| &survey.ensemble);
        Self {
            area: code.to_string(),
            name: name.to_string(),
            n_wanted: *n_wanted,
            n: ensemble.map_or(0, |ensemble| ensemble.n_tried),
            kept: ensemble.map_or(0, |ensemble| ensemble.parts.len()),
            nested: ensemble.map_or(0, |ensemble| ensemble.n_left_out),
            cut_short: ensemble.is_ok_and(|ensemble| ensemble.is_cut_short),
            measures: survey.map_or_else(|_| MeasuresRow::default(), MeasuresRow::new),
            problem: survey.err().map(|code| super::division::ProblemRow::new(code, lang)),
        }
    }
}

impl MeasuresRow {
    fn new(survey: &Survey) -> Self {
        Self {
            deviation: Spread::new(survey, |figures| figures.deviation, |mine, other| mine < other),
            barrier_share: Spread::new(
                survey,
                |figures| figures.barrier_share,
                |mine, other| mine > other,
            ),
            compactness: Spread::new(
                survey,
                |figures| figures.compactness,
                |mine, other| mine > other,
            ),
        }
    }
}

impl Spread {
    /// Rounded first, so that whoever counts again counts the same.
    fn new(
        survey: &Survey,
        of: impl Fn(&Figures) -> f64,
        is_better: impl Fn(f64, f64) -> bool,
    ) -> Self {
        let rounded = |figures: &Figures| (of(figures) * 1e4).round() / 1e4;
        let mut values: Vec<f64> = survey.ensemble.figures.iter().map(rounded).collect();
        values.sort_unstable_by(f64::total_cmp);
        let present = survey.present.as_ref().map(rounded);
        let rank = |mine: f64| values.iter().filter(|other| is_better(mine, **other)).count();
        Self { rank: present.map(rank), present, values }
    }
}
