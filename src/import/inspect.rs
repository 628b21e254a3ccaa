//! A first look at a file: what it is, what its columns would mean, where it would land. Nothing is read.
//!
//! Dropped columns are blank in the preview, and sheets of homes and people have none at all.
//!
//! **Why** beside `read` and not a dry run of it: the page asks before kind and datum are known.

use csv::StringRecord;
use geojson::Feature;

use super::aliases::{Field, aliases, kind_of};
use super::cells;
use super::columns::{Columns, Use};
use super::csv::{Lines, delimiter, head, is_table};
use super::datum::{Datum, DatumChoice, candidates, settle};
use super::geojson::{headers, stated_datum};
use super::layout::layout;
use super::sheet::{ImportError, ImportOptions};
use super::text::{Encoding, decode};
use crate::domain::place::LonLat;
use crate::domain::register::rows::ImportKind;

/// Rows shown.
const PREVIEW: usize = 20;

/// What a file looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspection {
    /// Kind it seems to be; `None` when nothing speaks for any.
    pub kind: Option<ImportKind>,
    pub format: &'static str,
    pub encoding: Encoding,
    /// Of a CSV file.
    pub delimiter: Option<char>,
    /// Rows or features; of a CSV file its lines after the header.
    pub n_rows: u64,
    pub columns: Vec<Column>,
    /// The first rows, one cell a column.
    pub preview: Vec<Vec<Box<str>>>,
    /// Datum it would be read in; `None` when it has to be asked.
    pub datum: Option<Datum>,
    /// Where the first position would land in each datum it can be in.
    pub datum_candidates: Vec<(Datum, LonLat)>,
}

/// One column of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub header: Box<str>,
    pub state: State,
}

/// What would become of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Used for the field of this word.
    Used(&'static str),
    Ignored,
    Dropped,
}

/// Looks at the file `name` of `bytes`.
pub fn inspect(name: &str, bytes: &[u8]) -> Result<Inspection, ImportError> {
    let text = decode(bytes)?;
    let format = super::format_of(name, &text.text).name;
    let mut inspection = if format == super::geojson::FORMAT.name {
        of_geojson(name, &text.text)?
    } else {
        of_csv(name, &text.text)?
    };
    inspection.encoding = text.encoding;
    Ok(inspection)
}

fn of_csv(name: &str, text: &str) -> Result<Inspection, ImportError> {
    let delimiter = delimiter(text);
    is_table(text, delimiter)?;
    let mut first = StringRecord::new();
    let mut lines = Lines::new(text, delimiter);
    let mut headers: Vec<String> = Vec::new();
    for _ in 0..5 {
        if lines.next(&mut first).is_some() {
            headers.extend(first.iter().map(str::to_owned));
        }
    }
    let known: Vec<&str> = headers.iter().map(String::as_str).collect();
    let kind = kind_of(name, &known).filter(|kind| *kind != ImportKind::Barriers);
    let mut lines = Lines::new(text, delimiter);
    let head = head(&mut lines, kind.unwrap_or(ImportKind::Buildings), &[], name)?;
    let mut n_rows = head.rows.len() as u64;
    let mut record = StringRecord::new();
    while lines.next(&mut record).is_some() {
        n_rows += 1;
    }
    let columns = &head.columns;
    let number = |record: &StringRecord, field| {
        cells::coordinate(record.get(columns.column(field)?)?).ok().flatten()
    };
    let numbers: Vec<(f64, f64)> = head
        .rows
        .iter()
        .filter_map(|(_, record)| Some((number(record, Field::Lon)?, number(record, Field::Lat)?)))
        .collect();
    let stated = columns
        .column(Field::Crs)
        .and_then(|column| head.rows.first()?.1.get(column)?.parse().ok());
    let rows = head.rows.iter().take(PREVIEW);
    let rows = rows.map(|(_, record)| record.iter().map(Box::from).collect()).collect();
    Ok(describe(kind, columns, rows, n_rows, stated, &numbers, Some(char::from(delimiter))))
}

fn of_geojson(name: &str, text: &str) -> Result<Inspection, ImportError> {
    let layout = layout(text, &ImportOptions::new(ImportKind::Areas))?;
    let features = super::geojson::head(text, &layout);
    if features.is_empty() {
        return Err(ImportError::NotGeoJson);
    }
    let headers = headers(&features);
    let kind = kind_of(name, &headers);
    let columns = Columns::new(kind.unwrap_or(ImportKind::Areas), &headers, &[])?;
    let mut numbers = Vec::new();
    for geometry in features.iter().filter_map(|feature| feature.geometry.as_ref()) {
        super::shapes::sample(geometry, &mut numbers);
    }
    let cell = |feature: &Feature, header: &str| {
        let value = feature.properties.as_ref().and_then(|properties| properties.get(header));
        let text = value.and_then(super::geojson::plain).unwrap_or_default();
        Box::<str>::from(text)
    };
    let rows = features.iter().take(PREVIEW);
    let rows =
        rows.map(|feature| headers.iter().map(|header| cell(feature, header)).collect()).collect();
    let stated = stated_datum(text, &layout).ok().flatten();
    Ok(describe(kind, &columns, rows, layout.features.len() as u64, stated, &numbers, None))
}

fn describe(
    kind: Option<ImportKind>,
    columns: &Columns,
    mut rows: Vec<Vec<Box<str>>>,
    n_rows: u64,
    stated: Option<Datum>,
    numbers: &[(f64, f64)],
    delimiter: Option<char>,
) -> Inspection {
    // Values are shown only where the kind says that they are about things.
    let is_things = matches!(
        kind,
        Some(
            ImportKind::Areas
                | ImportKind::Grids
                | ImportKind::Buildings
                | ImportKind::Barriers
                | ImportKind::Stations
        )
    );
    if !is_things {
        rows.clear();
    }
    for row in &mut rows {
        row.resize(columns.headers().len(), "".into());
        for (cell, use_) in row.iter_mut().zip(columns.uses()) {
            *cell = if *use_ == Use::Dropped { "".into() } else { cells::text(cell).0 };
        }
    }
    let word = |field: Field| {
        let table = aliases(kind.unwrap_or(ImportKind::Buildings)).iter();
        table
            .chain(aliases(ImportKind::Areas))
            .find(|alias| alias.field == field)
            .map_or("", |alias| alias.word)
    };
    let state = |use_: &Use| match use_ {
        Use::Used(field) => State::Used(word(*field)),
        Use::Ignored => State::Ignored,
        Use::Dropped => State::Dropped,
    };
    let pairs = columns.headers().iter().zip(columns.uses());
    let settled = settle(DatumChoice::Auto, stated, numbers, None).ok();
    let datum = settled.filter(|_| !numbers.is_empty()).map(|(converter, _)| converter.datum);
    Inspection {
        kind,
        format: if delimiter.is_some() {
            super::csv::FORMAT.name
        } else {
            super::geojson::FORMAT.name
        },
        encoding: Encoding::Utf8,
        delimiter,
        n_rows,
        columns: pairs
            .map(|(header, use_)| Column { header: header.clone(), state: state(use_) })
            .collect(),
        preview: rows,
        datum,
        datum_candidates: numbers.first().map_or_else(Vec::new, |&(x, y)| candidates(x, y, None)),
    }
}
