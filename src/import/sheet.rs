//! What goes in ([`ImportOptions`]) and what comes out ([`Sheet`] or [`ImportError`]).
//!
//! **Why** two kinds of trouble: an issue belongs to a row and the file goes on; an error belongs to
//! the file, and then no row of it counts. An error too has a listed code, so every door can say it
//! in both languages.

use thiserror::Error;

use super::columns::Columns;
use super::datum::{Datum, DatumChoice};
use super::rows::Maker;
use super::text::{Encoding, Text};
use crate::domain::decide::{Command, Import, Roster};
use crate::domain::issue::{Issue, Severity};
use crate::domain::measure::Day;
use crate::domain::place::LonLat;
use crate::domain::register::rows::{ImportKind, Rows};

/// How to read one file.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    pub kind: ImportKind,
    pub datum: DatumChoice,
    /// Community of rows that state none.
    pub community: Option<Box<str>>,
    /// Field and header, as in `--columns 'code=楼栋编号,…'`. Stands above every alias; a column of
    /// the deny list stays dropped all the same.
    pub columns: Vec<(Box<str>, Box<str>)>,
    /// Middle of the data already held, to notice files that land somewhere else.
    pub near: Option<LonLat>,
    pub max_bytes: u64,
    pub max_vertices: u64,
    pub max_ring_vertices: usize,
    /// Deepest nesting of a JSON file.
    pub max_depth: usize,
    /// Issues kept; the rest is counted.
    pub max_issues: usize,
}

impl ImportOptions {
    /// The defaults of `CONTRACT.md`, for one kind.
    pub fn new(kind: ImportKind) -> Self {
        Self {
            kind,
            datum: DatumChoice::Auto,
            community: None,
            columns: Vec::new(),
            near: None,
            max_bytes: 512 << 20,
            max_vertices: 2_000_000,
            max_ring_vertices: 100_000,
            max_depth: 64,
            max_issues: 10_000,
        }
    }

    /// Reads `field=header,field=header`. `None` when a part has no `=` or an empty side.
    pub fn parse_columns(text: &str) -> Option<Vec<(Box<str>, Box<str>)>> {
        text.split([',', '，'])
            .filter(|part| !part.trim().is_empty())
            .map(|part| {
                let (field, header) = part.split_once('=')?;
                let (field, header) = (field.trim(), header.trim());
                (!field.is_empty() && !header.is_empty()).then(|| (field.into(), header.into()))
            })
            .collect()
    }
}

/// One file, read: typed rows of one kind, and everything that was wrong on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    pub rows: Rows,
    pub issues: Vec<Issue>,
    /// Issues found beyond those kept.
    pub issues_dropped: u64,
    /// Headers of columns dropped for privacy, as the file spells them.
    pub dropped_columns: Vec<Box<str>>,
    /// Headers of columns nobody asked for.
    pub ignored_columns: Vec<Box<str>>,
    /// Field and header of each column used.
    pub used_columns: Vec<(&'static str, Box<str>)>,
    /// Rows read, refused ones included; made-up parent areas are not counted.
    pub n_rows: u64,
    pub refused: u64,
    /// Datum the positions were read in.
    pub datum: Datum,
    pub format: &'static str,
    pub encoding: Encoding,
}

impl Sheet {
    /// The command that takes this sheet in. `file` is its name without folder; slips along borders up
    /// to `tolerance_m` metres are closed; imported grids count from `effective`.
    pub fn into_command(self, file: &str, tolerance_m: f64, effective: Day) -> Command {
        Command::Import(Box::new(Import {
            rows: self.rows,
            file: file.into(),
            datum: self.datum.to_string().into(),
            issues: self.issues,
            issues_dropped: self.issues_dropped,
            dropped_columns: self.dropped_columns,
            n_rows: self.n_rows,
            n_refused: self.refused,
            tolerance_m,
            effective,
            roster: Roster::new(),
        }))
    }
}

/// Why a whole file was not read. Nothing of it counts.
#[derive(Debug, Error)]
pub enum ImportError {
    #[error("the file could not be read")]
    Unreadable(#[source] std::io::Error),
    #[error("the file is empty")]
    Empty,
    #[error("the file holds a header but no rows")]
    NoRows,
    #[error("this is {what}, not text; export it as CSV or GeoJSON")]
    Binary { what: &'static str },
    #[error("the text is neither UTF-8 nor GB18030")]
    Encoding,
    #[error("the file is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("the file holds more than {limit} vertices")]
    TooManyVertices { limit: u64 },
    #[error("the JSON is nested deeper than {limit} levels at feature {row}")]
    TooDeep { limit: usize, row: u32 },
    #[error("the JSON breaks off or does not fit together at feature {row}")]
    BadJson { row: u32 },
    #[error("this is JSON, but not GeoJSON: no features were found")]
    NotGeoJson,
    #[error("a quotation mark opened in line {row} is never closed")]
    UnclosedQuote { row: u32 },
    #[error("line {row} has more than {limit} cells")]
    TooWide { row: u32, limit: usize },
    #[error("no header row with a known column was found in the first five rows")]
    NoHeader { guess: Option<ImportKind> },
    #[error("the column for {field} is missing")]
    MissingColumn { field: &'static str, guess: Option<ImportKind> },
    #[error("the file has no column called {header:?}")]
    NoSuchHeader { header: Box<str> },
    #[error("{field:?} is no field of {}", kind.word())]
    NoSuchField { field: Box<str>, kind: ImportKind },
    #[error("no feature has a shape that fits {}", kind.word())]
    WrongKind { kind: ImportKind, guess: Option<ImportKind> },
    #[error("the datum {name:?} is not known here")]
    UnknownDatum { name: Box<str> },
    #[error(
        "the coordinates are projected metres and the zone is not stated: give the datum, for example one of {}",
        names(candidates)
    )]
    AskDatum { candidates: Vec<Datum> },
    #[error("the coordinates do not fit the datum {datum}")]
    DatumMismatch { datum: Datum },
}

fn names(datums: &[Datum]) -> String {
    let names: Vec<String> = datums.iter().map(Datum::to_string).collect();
    names.join(", ")
}

impl ImportError {
    /// Code listed in [`crate::domain::issue::CODES`], with its words in both languages.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "file.unreadable",
            Self::Empty => "file.empty",
            Self::NoRows => "file.no-rows",
            Self::Binary { .. } => "file.binary",
            Self::Encoding => "file.encoding",
            Self::TooLarge { .. } => "file.too-large",
            Self::TooManyVertices { .. } => "file.too-many-vertices",
            Self::TooDeep { .. } => "file.too-deep",
            Self::BadJson { .. } => "file.bad-json",
            Self::NotGeoJson => "file.not-geojson",
            Self::UnclosedQuote { .. } => "file.unclosed-quote",
            Self::TooWide { .. } => "file.too-wide",
            Self::NoHeader { .. } => "file.no-header",
            Self::MissingColumn { .. } => "file.missing-column",
            Self::NoSuchHeader { .. } => "file.no-such-header",
            Self::NoSuchField { .. } => "file.no-such-field",
            Self::WrongKind { .. } => "file.wrong-kind",
            Self::UnknownDatum { .. } => "file.unknown-datum",
            Self::AskDatum { .. } => "file.ask-datum",
            Self::DatumMismatch { .. } => "file.datum-mismatch",
        }
    }

    /// Kind the file looks like, where it does not look like the kind asked for.
    pub const fn guess(&self) -> Option<ImportKind> {
        match self {
            Self::NoHeader { guess }
            | Self::MissingColumn { guess, .. }
            | Self::WrongKind { guess, .. } => *guess,
            _ => None,
        }
    }

    /// Whether a limit was passed (413 over HTTP) rather than the content being wrong.
    pub const fn is_limit(&self) -> bool {
        matches!(self, Self::TooLarge { .. })
    }

    /// The same as an issue, with its place in the file where there is one.
    pub fn as_issue(&self) -> Issue {
        let issue = Issue::new(self.code(), Severity::Stop);
        match self {
            Self::TooDeep { row, .. }
            | Self::TooWide { row, .. }
            | Self::BadJson { row }
            | Self::UnclosedQuote { row } => issue.row(*row),
            Self::MissingColumn { field, .. } => issue.column(field),
            Self::NoSuchHeader { header } => issue.column(header),
            Self::NoSuchField { field, .. } => issue.column(field),
            _ => issue,
        }
    }
}

/// Puts the parts of a read file together.
pub(super) fn finish(
    mut maker: Maker<'_>,
    columns: &Columns,
    text: &Text<'_>,
    format: &'static str,
) -> Sheet {
    maker.conclude();
    if text.n_mended > 0 {
        let issue = Issue::new("file.damaged-text", Severity::Warning);
        maker.report.add(issue.figure(text.n_mended as f64));
    }
    for header in columns.dropped() {
        maker.report.file("file.dropped-column", Severity::Warning, Some(&header));
    }
    super::afar::notice(&maker.rows, maker.options.near, &mut maker.report);
    let datum = maker.converter.as_ref().map_or(Datum::Wgs84, |converter| converter.datum);
    let rows = match maker.rows {
        Rows::Areas(rows) => Rows::Areas(maker.parents.before(rows)),
        rows => rows,
    };
    let refused = maker.report.refused;
    let (issues, issues_dropped) = maker.report.finish();
    Sheet {
        rows,
        issues,
        issues_dropped,
        dropped_columns: columns.dropped(),
        ignored_columns: columns.ignored(),
        used_columns: columns.used(),
        n_rows: maker.n_rows,
        refused,
        datum,
        format,
        encoding: text.encoding,
    }
}
