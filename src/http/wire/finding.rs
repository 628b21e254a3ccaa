//! Findings in words: what is not as it should be, where, and how much.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::geometry::Geometry;
use super::import::Issue;
use super::severity_word;
use crate::domain::finding::{self, Place, Subject, geometry};
use crate::domain::issue::{self, words};
use crate::domain::world::World;
use crate::http::lang::Lang;

/// One thing to look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct Finding {
    /// The same for the same finding as long as its ground is not cut anew.
    pub id: String,
    pub code: &'static str,
    /// `note`, `warning` or `stop`.
    pub severity: &'static str,
    pub area: Option<String>,
    pub area_name: String,
    pub subject: Option<String>,
    /// `grid`, `building`, `community`, `area` or `batch`.
    pub subject_kind: Option<&'static str>,
    pub subject_name: String,
    /// Households of a grid, square metres of a gap, pieces: whatever the message speaks of.
    pub figure: Option<f64>,
    #[schema(value_type = Option<Object>)]
    pub place: Option<Geometry>,
    /// When it began to be so, where that is known.
    pub since: Option<String>,
    pub message: String,
}

/// A page of findings, worst first. `counts` are of all codes, whatever `code` was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingPage {
    pub revision: u64,
    pub total: usize,
    pub counts: BTreeMap<&'static str, usize>,
    pub findings: Vec<Finding>,
}

impl Finding {
    /// Cost: O(seams of its community) where the place is a grid or a gap.
    pub fn new(world: &World, found: &finding::Finding, lang: Lang) -> Self {
        let finding::Finding { code, severity, community, subject, place, figure } = found;
        let area = community.and_then(|id| world.areas().get(id));
        let (kind, subject_code, name) = subject_words(world, *subject);
        Self {
            id: id_of(code, *subject, place),
            code,
            severity: severity_word(*severity),
            area: area.map(|area| area.code.to_string()),
            area_name: area.map_or_else(String::new, |area| area.name.to_string()),
            subject: subject_code,
            subject_kind: kind,
            subject_name: name,
            figure: figure.map(|figure| (figure * 10.0).round() / 10.0),
            place: geometry(world, place).as_ref().map(Geometry::from),
            since: None,
            message: message(code, *figure, lang),
        }
    }
}

/// What a code says, with its figure and unit where it has one.
pub(super) fn message(code: &'static str, figure: Option<f64>, lang: Lang) -> String {
    let words = words(code);
    let says = lang.pick(words.zh, words.en);
    let Some(figure) = figure else { return says.to_owned() };
    let unit = match code.split('.').next() {
        Some("fabric") => lang.pick("平方米", "m²"),
        Some("grid") if code == "grid.in-pieces" => lang.pick("块", "pieces"),
        Some("grid" | "row" | "placement" | "station") => lang.pick("户", "households"),
        _ => "",
    };
    let figure = if figure.fract() == 0.0 || figure >= 100.0 {
        format!("{figure:.0}")
    } else {
        format!("{figure:.1}")
    };
    match lang {
        Lang::Zh => format!("{says}（{figure} {unit}）"),
        Lang::En => format!("{says} ({figure} {unit})"),
    }
}

pub(super) fn subject_words(
    world: &World,
    subject: Subject,
) -> (Option<&'static str>, Option<String>, String) {
    match subject {
        Subject::Nothing => (None, None, String::new()),
        Subject::Area(id) => match world.areas().get(id) {
            Some(area) => {
                use crate::domain::register::area::Level;
                let is_community = area.level == Level::Community;
                let kind = if is_community { "community" } else { "area" };
                (Some(kind), Some(area.code.to_string()), area.name.to_string())
            }
            None => (None, None, String::new()),
        },
        Subject::Grid(plan, key) => match world.plans().grid(plan, key) {
            Some(grid) => (Some("grid"), Some(grid.code.to_string()), grid.name.to_string()),
            None => (None, None, String::new()),
        },
        Subject::Building(id) => match world.town().find(id) {
            Some((_, housing, row)) => {
                let homes = &housing.homes;
                let name = [homes.estate(row), homes.name(row)].join(" ");
                (Some("building"), Some(homes.code(row).to_owned()), name.trim().to_owned())
            }
            None => (None, None, String::new()),
        },
        Subject::Batch(id) => {
            let file = world.batches().get(&id).map(|batch| batch.file.to_string());
            (Some("batch"), Some(id.get().to_string()), file.unwrap_or_default())
        }
    }
}

fn id_of(code: &str, subject: Subject, place: &Place) -> String {
    let subject = match subject {
        Subject::Nothing => "-".to_owned(),
        Subject::Area(id) => format!("a{}", id.get()),
        Subject::Grid(plan, key) => format!("p{}g{}", plan.get(), key.get()),
        Subject::Building(id) => format!("b{}", id.get()),
        Subject::Batch(id) => format!("i{}", id.get()),
    };
    match place {
        Place::Cell(_, _, cell) => format!("{code}/{subject}/c{}", cell.get()),
        Place::Ring(ring) => {
            let first = ring.first().copied().unwrap_or_default();
            format!("{code}/{subject}/{},{}", first.x, first.y)
        }
        Place::Nowhere | Place::At(_) | Place::Area(_) | Place::Grid(..) => {
            format!("{code}/{subject}")
        }
    }
}

/// What `lifang check --json` says.
#[derive(Debug, Serialize)]
pub struct CheckReport {
    pub revision: u64,
    /// Laws of fabrics that do not hold; empty in a sound database.
    pub broken: Vec<Issue>,
    pub total: usize,
    pub counts: BTreeMap<&'static str, usize>,
    pub findings: Vec<Finding>,
}

/// Broken laws and all findings of a world, for machines: in English.
pub fn check_report(
    world: &World,
    broken: &[issue::Issue],
    found: &[finding::Finding],
) -> CheckReport {
    let lang = Lang::En;
    CheckReport {
        revision: world.revision().0,
        broken: broken.iter().map(|issue| Issue::new(issue, lang)).collect(),
        total: found.len(),
        counts: counts(found),
        findings: found.iter().map(|one| Finding::new(world, one, lang)).collect(),
    }
}

/// How many findings each code has.
pub fn counts<'a>(
    found: impl IntoIterator<Item = &'a finding::Finding>,
) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for one in found {
        *counts.entry(one.code).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_carry_their_figure() {
        assert_eq!(message("grid.overloaded", Some(812.0), Lang::Zh), "超载网格（812 户）");
        assert!(message("fabric.gap", Some(12.34), Lang::En).ends_with("(12.3 m²)"));
        assert!(message("grid.in-pieces", Some(2.0), Lang::En).ends_with("(2 pieces)"));
        assert_eq!(message("placement.gap", None, Lang::Zh), words("placement.gap").zh);
    }
}
