//! Imports: what a file looks like, what it did, what was wrong with it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::geometry::Geometry;
use super::{severity_word, time};
use crate::desk::Outcome;
use crate::domain::change::{self, Summary};
use crate::domain::issue::{self, words};
use crate::domain::place::Pin;
use crate::domain::world::World;
use crate::http::lang::Lang;
use crate::import;

/// Something wrong in a file, a plan or a place. Never holds a value of a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct Issue {
    pub code: &'static str,
    /// `note`, `warning` or `stop`.
    pub severity: &'static str,
    /// Line of the file as a person counts it, or feature number from 1.
    pub row: Option<u32>,
    pub column: Option<String>,
    /// Codes of the things concerned, comma-separated.
    pub id: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub place: Option<Geometry>,
    pub message: String,
}

impl Issue {
    pub fn new(issue: &issue::Issue, lang: Lang) -> Self {
        let issue::Issue { code, severity, row, column, subjects, place, figure } = issue;
        let words = words(code);
        let says = lang.pick(words.zh, words.en);
        let message = match figure {
            Some(figure) if code.starts_with("fabric.") => {
                let unit = lang.pick("平方米", "m²");
                format!("{says} ({figure:.1} {unit})")
            }
            Some(figure) => format!("{says} ({figure})"),
            None => says.to_owned(),
        };
        let subjects: Vec<&str> = subjects.iter().map(|code| code.as_str()).collect();
        Self {
            code,
            severity: severity_word(*severity),
            row: *row,
            column: column.as_deref().map(str::to_owned),
            id: (!subjects.is_empty()).then(|| subjects.join(", ")),
            place: Geometry::of_pins(place),
            message,
        }
    }
}

/// What an import did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportReport {
    pub kind: &'static str,
    pub file: String,
    pub datum: String,
    pub dry_run: bool,
    pub rows: u64,
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub gone: u64,
    pub refused: u64,
    pub dropped_columns: Vec<String>,
    /// Null for a dry run, and where nothing changed.
    pub revision: Option<u64>,
    /// The first of the issues, in file order.
    pub issues: Vec<Issue>,
    pub issues_total: u64,
    /// Buildings brought or changed by the reason they are where they are.
    pub placed: Option<BTreeMap<&'static str, u64>>,
}

/// What is told of a file besides what became of it.
pub struct FileNote<'a> {
    pub kind: &'static str,
    pub file: &'a str,
    pub datum: &'a str,
    pub dropped_columns: &'a [Box<str>],
    pub dry_run: bool,
}

/// The report of an import just done or tried.
pub fn import_report(note: &FileNote<'_>, outcome: &Outcome, lang: Lang) -> ImportReport {
    let Summary { rows, new, changed, unchanged, gone, refused, issues } = outcome.summary;
    let placed = &outcome.placed;
    let words = placed.iter().map(|(reason, n)| (reason.word(), *n));
    ImportReport {
        kind: note.kind,
        file: note.file.to_owned(),
        datum: note.datum.to_owned(),
        dry_run: note.dry_run,
        rows,
        new,
        changed,
        unchanged,
        gone,
        refused,
        dropped_columns: texts(note.dropped_columns),
        revision: (outcome.is_changed && !note.dry_run).then_some(outcome.revision.0),
        issues: outcome.issues.iter().map(|issue| Issue::new(issue, lang)).collect(),
        issues_total: issues,
        placed: (!placed.is_empty()).then(|| words.collect()),
    }
}

/// The report of an import of the past.
pub fn batch_report(batch: &change::Batch, lang: Lang) -> ImportReport {
    let change::Batch {
        id: _,
        kind,
        file,
        datum,
        at: _,
        who: _,
        revision,
        summary,
        dropped_columns,
        issues,
    } = batch;
    let Summary { rows, new, changed, unchanged, gone, refused, issues: issues_total } = *summary;
    ImportReport {
        kind: kind.word(),
        file: file.to_string(),
        datum: datum.to_string(),
        dry_run: false,
        rows,
        new,
        changed,
        unchanged,
        gone,
        refused,
        dropped_columns: texts(dropped_columns),
        revision: Some(revision.0),
        issues: issues.iter().map(|issue| Issue::new(issue, lang)).collect(),
        issues_total,
        placed: None,
    }
}

fn texts(texts: &[Box<str>]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}

/// One import of the past, in numbers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Batch {
    pub id: u32,
    pub kind: &'static str,
    pub file: String,
    pub at: String,
    pub who: String,
    pub revision: u64,
    pub rows: u64,
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub gone: u64,
    pub refused: u64,
    pub issues: u64,
}

/// Imports, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchList {
    pub imports: Vec<Batch>,
}

impl From<&change::Batch> for Batch {
    fn from(batch: &change::Batch) -> Self {
        let Summary { rows, new, changed, unchanged, gone, refused, issues } = batch.summary;
        Self {
            id: batch.id.get(),
            kind: batch.kind.word(),
            file: batch.file.to_string(),
            at: time(batch.at),
            who: batch.who.to_string(),
            revision: batch.revision.0,
            rows,
            new,
            changed,
            unchanged,
            gone,
            refused,
            issues,
        }
    }
}

/// A first look at a file, before anything is read.
#[derive(Debug, Serialize, ToSchema)]
pub struct Inspection {
    pub kind: Option<&'static str>,
    pub format: &'static str,
    pub encoding: Option<String>,
    pub delimiter: Option<String>,
    pub rows: u64,
    pub columns: Vec<Column>,
    /// The first rows; dropped columns are blank, and files about homes and members show none.
    pub preview: Vec<Vec<String>>,
    pub datum: Option<String>,
    pub datum_candidates: Vec<DatumCandidate>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Column {
    pub header: String,
    pub field: Option<&'static str>,
    /// `used`, `ignored` or `dropped`.
    pub state: &'static str,
}

/// Where the first position would land in a datum.
#[derive(Debug, Serialize, ToSchema)]
pub struct DatumCandidate {
    pub datum: String,
    pub lon: f64,
    pub lat: f64,
    /// Whether that is inside an area held already.
    pub inside: bool,
}

pub fn inspection(world: &World, found: &import::Inspection) -> Inspection {
    let import::Inspection {
        kind,
        format,
        encoding,
        delimiter,
        n_rows,
        columns,
        preview,
        datum,
        datum_candidates,
    } = found;
    let column = |column: &import::Column| {
        let (field, state) = match column.state {
            import::State::Used(field) => (Some(field), "used"),
            import::State::Ignored => (None, "ignored"),
            import::State::Dropped => (None, "dropped"),
        };
        Column { header: column.header.to_string(), field, state }
    };
    Inspection {
        kind: kind.map(|kind| kind.word()),
        format,
        encoding: Some(encoding.to_string()),
        delimiter: delimiter.map(String::from),
        rows: *n_rows,
        columns: columns.iter().map(column).collect(),
        preview: preview.iter().map(|row| texts(row)).collect(),
        datum: datum.map(|datum| datum.to_string()),
        datum_candidates: datum_candidates
            .iter()
            .map(|(datum, at)| DatumCandidate {
                datum: datum.to_string(),
                lon: at.lon,
                lat: at.lat,
                inside: Pin::of(*at).is_ok_and(|pin| world.areas().at(pin).is_some()),
            })
            .collect(),
    }
}
