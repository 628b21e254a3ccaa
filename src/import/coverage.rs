//! Any polygon coverage from GeoJSON, for dividing it: an id, a number and a shape for each feature.
//!
//! Unlike the sheets of the house nothing is dropped or renamed: the caller names the two properties.
//! A feature without the number counts nothing but keeps its ground, so that its neighbours stay
//! neighbours; it is named in an issue, as is every shape that cannot be read.
//!
//! **Why** here and not in `divide`: reading files, telling datums and naming faults is this room's trade.

use std::collections::HashSet;

use geojson::feature::Id;
use geojson::{Feature, JsonValue};

use super::datum::{Converter, DatumChoice, settle};
use super::geojson::{head, parse, plain, stated_datum};
use super::layout::layout;
use super::report::Report;
use super::shapes::{sample, shape};
use super::sheet::{ImportError, ImportOptions};
use super::text;
use crate::domain::issue::{Issue, Severity};
use crate::domain::place::{Pin, Polygon};
use crate::domain::register::rows::ImportKind;

/// Which properties of a feature count.
#[derive(Clone, Debug)]
pub struct CoverageOptions {
    pub weight: Box<str>,
    /// Property that names a unit; otherwise its `id` member, its `id` or `code`, or its row number.
    pub id: Option<Box<str>>,
    pub datum: DatumChoice,
}

/// The features of a file that have a shape, in file order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CoverageSheet {
    pub ids: Vec<Box<str>>,
    pub weights: Vec<i64>,
    pub shapes: Vec<Vec<Polygon>>,
    pub issues: Vec<Issue>,
    pub issues_dropped: u64,
}

/// Reads a coverage. `NoSuchHeader` when no feature has the property that is to be weighed.
pub fn read_coverage(
    bytes: &[u8],
    options: &CoverageOptions,
) -> Result<CoverageSheet, ImportError> {
    let mut reader = Reader::new(bytes, options)?;
    for row in 1..=reader.layout.features.len() as u32 {
        reader.take(row);
    }
    reader.finish()
}

struct Reader<'a> {
    text: text::Text<'a>,
    layout: super::layout::Layout,
    limits: ImportOptions,
    converter: Converter,
    options: &'a CoverageOptions,
    report: Report,
    seen: HashSet<Box<str>>,
    n_weighed: usize,
    n_named: usize,
    sheet: CoverageSheet,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8], options: &'a CoverageOptions) -> Result<Self, ImportError> {
        let limits = ImportOptions::new(ImportKind::Areas);
        if bytes.len() as u64 > limits.max_bytes {
            return Err(ImportError::TooLarge { limit: limits.max_bytes });
        }
        let text = text::decode(bytes)?;
        let layout = layout(&text.text, &limits)?;
        let head = head(&text.text, &layout);
        if head.is_empty() {
            return Err(ImportError::NotGeoJson);
        }
        let mut numbers = Vec::new();
        head.iter()
            .filter_map(|feature| feature.geometry.as_ref())
            .for_each(|geometry| sample(geometry, &mut numbers));
        let stated = match options.datum {
            DatumChoice::Auto => stated_datum(&text.text, &layout)?,
            DatumChoice::Given(_) => None,
        };
        let (converter, _) = settle(options.datum, stated, &numbers, None)?;
        let report = Report::new(limits.max_issues);
        let sheet = CoverageSheet::default();
        let (seen, n_weighed, n_named) = (HashSet::new(), 0, 0);
        Ok(Self {
            text,
            layout,
            limits,
            converter,
            options,
            report,
            seen,
            n_weighed,
            n_named,
            sheet,
        })
    }

    fn take(&mut self, row: u32) {
        let range = self.layout.features[row as usize - 1].clone();
        let feature = match parse(&self.text.text[range]) {
            Ok(feature) => feature,
            Err(code) => return self.report.add(Issue::new(code, Severity::Stop).row(row)),
        };
        let polygons = match &feature.geometry {
            None => Vec::new(),
            Some(geometry) => match shape(geometry, &mut self.converter, &self.limits) {
                Ok(shape) => shape.polygons,
                Err(fault) => {
                    let issue = Issue::new(fault.code, Severity::Stop).row(row);
                    return self.report.add(issue.place(fault.place));
                }
            },
        };
        if polygons.is_empty() {
            return self.report.add(Issue::new("row.no-geometry", Severity::Stop).row(row));
        }
        let at = polygons[0].rings[0][0];
        let weight = self.weight(&feature, row, at);
        let id = self.id(&feature, row, at);
        self.sheet.ids.push(id);
        self.sheet.weights.push(weight);
        self.sheet.shapes.push(polygons);
    }

    fn weight(&mut self, feature: &Feature, row: u32, at: Pin) -> i64 {
        let held = feature.properties.as_ref().and_then(|all| all.get(&*self.options.weight));
        self.n_named += usize::from(held.is_some());
        let number = held.and_then(plain).and_then(|text| text.trim().parse::<f64>().ok());
        let mut fault = |code| {
            let issue = Issue::new(code, Severity::Warning).row(row).place([at]);
            self.report.add(issue.column(&self.options.weight));
        };
        match number {
            None => {
                fault("divide.no-weight");
                0
            }
            // Beyond what an `i64` of weights can add up; the engine would refuse it.
            Some(number) if !(0.0..=1e10).contains(&number) => {
                fault("divide.bad-weight");
                0
            }
            Some(number) => {
                self.n_weighed += 1;
                if number.fract() != 0.0 {
                    fault("divide.rounded-weight");
                }
                number.round() as i64
            }
        }
    }

    fn id(&mut self, feature: &Feature, row: u32, at: Pin) -> Box<str> {
        let property = |name: &str| {
            let held = feature.properties.as_ref()?.get(name).and_then(whole)?;
            (!held.trim().is_empty()).then_some(held)
        };
        let member = || match &feature.id {
            Some(Id::String(id)) => Some(id.clone()),
            Some(Id::Number(id)) => Some(id.to_string()),
            None => None,
        };
        let found = match &self.options.id {
            Some(name) => property(name),
            None => member().or_else(|| property("id")).or_else(|| property("code")),
        };
        if found.is_none() && self.options.id.is_some() {
            self.report.add(Issue::new("row.missing-code", Severity::Warning).row(row).place([at]));
        }
        let id: Box<str> = found.unwrap_or_else(|| row.to_string()).into();
        if !self.seen.insert(id.clone()) {
            self.report.add(Issue::new("divide.same-id", Severity::Warning).row(row).place([at]));
        }
        id
    }

    fn finish(mut self) -> Result<CoverageSheet, ImportError> {
        if self.n_named == 0 || (self.n_weighed == 0 && !self.sheet.ids.is_empty()) {
            return Err(ImportError::NoSuchHeader { header: self.options.weight.clone() });
        }
        (self.sheet.issues, self.sheet.issues_dropped) = self.report.finish();
        Ok(self.sheet)
    }
}

/// A property as an id: text as it stands, numbers in full.
fn whole(value: &JsonValue) -> Option<String> {
    match value {
        JsonValue::String(text) => Some(text.clone()),
        JsonValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(features: &str) -> Result<CoverageSheet, ImportError> {
        let text = format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#);
        let options = CoverageOptions { weight: "n".into(), id: None, datum: DatumChoice::Auto };
        read_coverage(text.as_bytes(), &options)
    }

    fn square(properties: &str, x: f64) -> String {
        let (west, east) = (120.0 + x, 120.1 + x);
        format!(
            r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"Polygon","coordinates":[[[{west},30],[{east},30],[{east},31],[{west},30]]]}}}}"#
        )
    }

    fn codes(sheet: &CoverageSheet) -> Vec<&'static str> {
        sheet.issues.iter().map(|issue| issue.code).collect()
    }

    #[test]
    fn ids_and_weights_are_read_as_they_stand() {
        let rows = [square(r#""id":"007","n":3"#, 0.0), square(r#""code":12,"n":"4.0""#, 0.1)];
        let sheet = read(&rows.join(",")).expect("reads");
        assert_eq!(sheet.ids, ["007".into(), "12".into()]);
        assert_eq!(sheet.weights, [3, 4]);
        assert!(sheet.issues.is_empty());
    }

    #[test]
    fn what_is_missing_is_named_and_counts_nothing() {
        let rows = [
            square(r#""id":"a","n":null"#, 0.0),
            square(r#""id":"a","n":-1"#, 0.1),
            square(r#""n":2.5"#, 0.2),
            r#"{"type":"Feature","properties":{"id":"x","n":1},"geometry":null}"#.to_owned(),
        ];
        let sheet = read(&rows.join(",")).expect("reads");
        assert_eq!(sheet.ids, ["a".into(), "a".into(), "3".into()]);
        assert_eq!(sheet.weights, [0, 0, 3]);
        let mut found = codes(&sheet);
        found.sort_unstable();
        let expected = [
            "divide.bad-weight",
            "divide.no-weight",
            "divide.rounded-weight",
            "divide.same-id",
            "row.no-geometry",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_file_without_the_number_is_refused() {
        let error = read(&square(r#""m":3"#, 0.0)).expect_err("nothing to weigh");
        assert_eq!(error.code(), "file.no-such-header");
        let error = read(&square(r#""n":"many""#, 0.0)).expect_err("no number at all");
        assert_eq!(error.code(), "file.no-such-header");
    }
}
