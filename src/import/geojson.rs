//! GeoJSON: collections, single features, bare geometries, GeoJSONSeq; one feature at a time.
//!
//! The first two hundred features are read ahead to name the columns and tell the datum. A `crs`
//! member is believed, as old writers meant it. Each feature is parsed from its own bytes, so that one
//! that does not parse costs one row.
//!
//! **Why** the parsing crate only for single features: see `layout`.

use std::borrow::Cow;
use std::ops::Range;

use geojson::feature::Id;
use geojson::{Feature, Geometry, JsonValue};

use super::aliases::{Field, kind_of};
use super::columns::Columns;
use super::datum::{Datum, DatumChoice, settle};
use super::layout::{Layout, layout};
use super::rows::{Ground, Maker, Record};
use super::shapes::{sample, shape};
use super::sheet::{ImportError, ImportOptions, Sheet};
use super::text::Text;
use super::{Format, Progress};
use crate::domain::issue::{Issue, Severity};

pub const FORMAT: Format = Format { name: "geojson", fits, read };

/// Features read before the first is taken.
const HEAD: usize = 200;
/// Bytes after which no more are read ahead.
const HEAD_BYTES: usize = 8 << 20;
/// Header under which a feature's `id` member is offered to the alias table.
pub const ID_MEMBER: &str = "@id";
/// Most different properties looked at in one file.
const MAX_PROPERTIES: usize = 4096;

fn fits(name: &str, text: &str) -> bool {
    let name = name.to_lowercase();
    let first =
        text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{1E}').chars().next();
    matches!(first, Some('{' | '['))
        || [".geojson", ".json", ".geojsonl", ".geojsonseq"].iter().any(|end| name.ends_with(end))
}

/// One feature, parsed or not.
pub fn parse(text: &str) -> Result<Feature, &'static str> {
    match text.parse::<Feature>() {
        Ok(feature) => Ok(feature),
        Err(error) => match text.parse::<Geometry>() {
            Ok(geometry) => Ok(Feature::from(geometry)),
            // The words of the parser name values; only the one thing people ask about is passed on.
            Err(_) if error.to_string().contains("number out of range") => Err("row.not-finite"),
            Err(_) if has_bare_word(text) => Err("row.not-finite"),
            Err(_) => Err("row.bad-geometry"),
        },
    }
}

/// Whether `NaN` or `Infinity` stands outside strings, as some writers put it.
fn has_bare_word(text: &str) -> bool {
    text.split('"')
        .step_by(2)
        .any(|outside| outside.contains("NaN") || outside.contains("Infinity"))
}

/// The datum a `crs` member names. `Ok(None)` without one; `null` means that nothing is said.
pub fn stated_datum(text: &str, layout: &Layout) -> Result<Option<Datum>, ImportError> {
    let Some(range) = layout.crs.clone() else { return Ok(None) };
    let crs = &text[range];
    // {"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4544"}}, or a bare string.
    let name = crs.rsplit_once("\"name\"").map_or(crs, |(_, rest)| rest);
    let mut parts = name.split('"');
    let name = parts.nth(1).unwrap_or("");
    if name.is_empty() { Ok(None) } else { name.parse().map(Some) }
}

/// The first features that parse: two hundred at most, and few when they are large.
pub fn head(text: &str, layout: &Layout) -> Vec<Feature> {
    let mut n_bytes = 0;
    let is_small = |range: &&Range<usize>| {
        let is_first = n_bytes == 0;
        n_bytes += range.len();
        is_first || n_bytes < HEAD_BYTES
    };
    let ranges = layout.features.iter().take(HEAD).take_while(is_small);
    ranges.filter_map(|range| parse(&text[range.clone()]).ok()).collect()
}

fn read(
    name: &str,
    text: &Text<'_>,
    options: &ImportOptions,
    progress: Progress<'_>,
) -> Result<Sheet, ImportError> {
    let layout = layout(&text.text, options)?;
    if layout.features.is_empty() {
        return Err(if text.text.contains("\"features\"") {
            ImportError::NoRows
        } else {
            ImportError::NotGeoJson
        });
    }
    let feature_text = |i: usize| &text.text[layout.features[i].clone()];
    let head = head(&text.text, &layout);
    if head.is_empty() && layout.features.len() <= HEAD {
        return Err(ImportError::NotGeoJson);
    }
    let mut columns = Columns::new(options.kind, &headers(&head), &options.columns)?;
    if let Some(header) = columns.missing_header() {
        return Err(ImportError::NoSuchHeader { header: header.into() });
    }
    columns.add_others();
    let mut numbers = Vec::new();
    head.iter()
        .filter_map(|feature| feature.geometry.as_ref())
        .for_each(|geometry| sample(geometry, &mut numbers));
    let stated = match options.datum {
        DatumChoice::Auto => stated_datum(&text.text, &layout)?,
        DatumChoice::Given(_) => None,
    };
    let (converter, _) = settle(options.datum, stated, &numbers, options.near)?;
    let mut maker = Maker::new(options, name, Some(converter));
    drop(head);
    for i in 0..layout.features.len() {
        let row = u32::try_from(i + 1).expect("fewer features than bytes in 512 MB");
        match parse(feature_text(i)) {
            Ok(feature) => take(&mut maker, &mut columns, row, &feature)?,
            Err(code) => {
                maker.n_rows += 1;
                maker.refuse(Issue::new(code, Severity::Stop).row(row));
            }
        }
        if i % 1024 == 0 {
            progress(layout.features[i].start as u64, text.text.len() as u64);
        }
    }
    progress(text.text.len() as u64, text.text.len() as u64);
    if maker.n_rows == maker.n_wrong_geometry {
        let known: Vec<&str> = columns.headers().iter().map(AsRef::as_ref).collect();
        let guess = kind_of(name, &known).filter(|guess| *guess != options.kind);
        return Err(ImportError::WrongKind { kind: options.kind, guess });
    }
    Ok(super::sheet::finish(maker, &columns, text, FORMAT.name))
}

/// Headers of `features`: their properties in order of appearance, and the `id` member.
pub fn headers(features: &[Feature]) -> Vec<&str> {
    let mut headers: Vec<&str> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for feature in features {
        for key in feature.properties.iter().flat_map(|properties| properties.keys()) {
            if headers.len() < MAX_PROPERTIES && known.insert(key.as_str()) {
                headers.push(key);
            }
        }
        if feature.id.is_some() && known.insert(ID_MEMBER) {
            headers.push(ID_MEMBER);
        }
    }
    headers
}

fn take(
    maker: &mut Maker<'_>,
    columns: &mut Columns,
    row: u32,
    feature: &Feature,
) -> Result<(), ImportError> {
    learn(columns, feature);
    let values = values(columns, feature);
    let mut record = Record::new(row);
    for (field, value) in &values {
        record.cells[*field as usize] = value;
    }
    let ground = match &feature.geometry {
        None => Ground::Cells,
        Some(geometry) => {
            let converter = maker.converter.as_mut().expect("settled before the first feature");
            match shape(geometry, converter, maker.options) {
                Ok(shape) => Ground::Drawn(shape),
                Err(fault) => Ground::Faulty(fault),
            }
        }
    };
    maker.take(&record, columns, ground)
}

/// Properties that earlier features did not have become columns too.
fn learn(columns: &mut Columns, feature: &Feature) {
    if columns.headers().len() >= MAX_PROPERTIES {
        return;
    }
    let keys = feature.properties.iter().flat_map(|properties| properties.keys());
    let mut new: Vec<&str> = keys.map(String::as_str).filter(|key| !columns.knows(key)).collect();
    if feature.id.is_some() && !columns.knows(ID_MEMBER) {
        new.push(ID_MEMBER);
    }
    if !new.is_empty() {
        columns.learn(&new);
        columns.add_others();
    }
}

/// Text of each used property of `feature`, at most one a field.
fn values<'a>(columns: &Columns, feature: &'a Feature) -> Vec<(Field, Cow<'a, str>)> {
    let mut values: Vec<(Field, Cow<'a, str>)> = Vec::new();
    for (field, header) in columns.reading_order() {
        if values.iter().any(|(known, _)| *known == field) {
            continue;
        }
        let value = match (header, &feature.id) {
            (ID_MEMBER, Some(Id::String(id))) => Some(Cow::Borrowed(id.as_str())),
            (ID_MEMBER, Some(Id::Number(id))) => Some(Cow::Owned(id.to_string())),
            _ => feature
                .properties
                .as_ref()
                .and_then(|properties| properties.get(header))
                .and_then(plain),
        };
        values.extend(value.filter(|value| !value.trim().is_empty()).map(|value| (field, value)));
    }
    values
}

/// A property as the text a cell would hold. Lists are joined; objects say nothing.
pub fn plain(value: &JsonValue) -> Option<Cow<'_, str>> {
    match value {
        JsonValue::String(text) => Some(Cow::Borrowed(text)),
        // A long code that became a number on the way is written so that it is refused as one.
        JsonValue::Number(number) if number.is_f64() && number.as_f64()?.abs() >= 1e11 => {
            Some(Cow::Owned(format!("{:.1E}", number.as_f64()?)))
        }
        JsonValue::Number(number) => Some(Cow::Owned(number.to_string())),
        JsonValue::Bool(is_true) => Some(Cow::Borrowed(if *is_true { "yes" } else { "no" })),
        JsonValue::Array(parts) => {
            let parts: Vec<Cow<'_, str>> = parts.iter().filter_map(plain).collect();
            Some(Cow::Owned(parts.join(",")))
        }
        JsonValue::Null | JsonValue::Object(_) => None,
    }
}
