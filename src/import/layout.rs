//! Where the features of a JSON text lie, found without reading them.
//!
//! One pass over the bytes: brackets must match, strings must close, nesting has a limit, positions are
//! counted. What comes out are byte ranges; each feature is parsed on its own afterwards, so a file of
//! half a gigabyte never stands in memory as a tree, and one bad feature spoils only its row.
//!
//! Understood: a FeatureCollection (members in any order), one Feature, one geometry, a
//! GeometryCollection, an array of any of them, and values one after another (GeoJSONSeq, with or
//! without record separators).
//!
//! **Why** by hand: streaming readers find the features by the first `[` in the file, which is the
//! bounding box as often as not, and they cannot go on after a feature that does not parse.

use std::ops::Range;

use super::sheet::{ImportError, ImportOptions};

/// The parts of a GeoJSON text, as byte ranges.
#[derive(Debug, Default, PartialEq)]
pub struct Layout {
    /// One range a feature or bare geometry.
    pub features: Vec<Range<usize>>,
    /// Value of the `crs` member.
    pub crs: Option<Range<usize>>,
    /// Opening brackets inside features: at least one a position.
    pub n_brackets: u64,
    /// Commas in the feature that has most: parsed, each may become a value of 32 bytes.
    pub most_commas: u64,
}

/// Lays out `text`. Refuses JSON nested deeper than the limit, what breaks off or does not match, and
/// what holds more vertices, or more features, than a file may have vertices: before anything is parsed.
pub fn layout(text: &str, options: &ImportOptions) -> Result<Layout, ImportError> {
    let layout = whole_layout(text, options)?;
    // Each position opens a bracket, each ring and geometry one more. A feature of all vertices
    // allowed, with heights, has three commas a position.
    let max = options.max_vertices;
    if layout.n_brackets > max * 2 + 1000 || layout.most_commas > max * 4 + 10_000 {
        return Err(ImportError::TooManyVertices { limit: max });
    }
    Ok(layout)
}

fn whole_layout(text: &str, options: &ImportOptions) -> Result<Layout, ImportError> {
    let bytes = text.as_bytes();
    let mut scan = Scan { bytes, at: 0, n_commas: 0, options, layout: Layout::default() };
    loop {
        // GeoJSONSeq may put a record separator before each value.
        scan.skip(|byte| byte.is_ascii_whitespace() || byte == 0x1E);
        match scan.peek() {
            None => return Ok(scan.layout),
            Some(b'{') => scan.top_object()?,
            Some(b'[') => scan.elements()?,
            Some(_) => return Err(scan.bad()),
        }
    }
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Commas in the value stepped over last.
    n_commas: u64,
    options: &'a ImportOptions,
    layout: Layout,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip(&mut self, is_skipped: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&is_skipped) {
            self.at += 1;
        }
    }

    fn skip_space(&mut self) {
        self.skip(|byte| byte.is_ascii_whitespace());
    }

    /// Number of the feature being read, from 1.
    fn row(&self) -> u32 {
        u32::try_from(self.layout.features.len() + 1).unwrap_or(u32::MAX)
    }

    fn bad(&self) -> ImportError {
        ImportError::BadJson { row: self.row() }
    }

    /// An object at the top: a collection, or itself a feature.
    fn top_object(&mut self) -> Result<(), ImportError> {
        let start = self.at;
        let mut n_commas = 0;
        let mut is_collection = false;
        self.at += 1;
        loop {
            self.skip_space();
            match self.peek() {
                Some(b'}') => break,
                Some(b',') => {
                    self.at += 1;
                    continue;
                }
                Some(b'"') => {}
                _ => return Err(self.bad()),
            }
            let key = self.string()?;
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.bad());
            }
            self.at += 1;
            self.skip_space();
            match &self.bytes[key] {
                b"features" | b"geometries" if self.peek() == Some(b'[') => {
                    is_collection = true;
                    self.elements()?;
                }
                b"crs" => self.layout.crs = Some(self.value(1)?),
                _ => {
                    self.value(1)?;
                }
            }
            n_commas += self.n_commas;
        }
        self.at += 1;
        if is_collection { Ok(()) } else { self.feature(start..self.at, n_commas) }
    }

    /// Notes one feature. More features than vertices allowed are too many vertices.
    fn feature(&mut self, range: Range<usize>, n_commas: u64) -> Result<(), ImportError> {
        if self.layout.features.len() as u64 >= self.options.max_vertices {
            return Err(ImportError::TooManyVertices { limit: self.options.max_vertices });
        }
        self.layout.most_commas = self.layout.most_commas.max(n_commas);
        self.layout.features.push(range);
        Ok(())
    }

    /// The elements of an array, each a feature.
    fn elements(&mut self) -> Result<(), ImportError> {
        self.at += 1;
        loop {
            self.skip(|byte| byte.is_ascii_whitespace() || byte == b',');
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                None => return Err(self.bad()),
                Some(_) => {
                    let range = self.value(2)?;
                    self.feature(range, self.n_commas)?;
                }
            }
        }
    }

    /// Steps over a string and gives the range between its quotation marks.
    fn string(&mut self) -> Result<Range<usize>, ImportError> {
        let start = self.at + 1;
        self.at = start;
        loop {
            match self.peek() {
                None => return Err(self.bad()),
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(start..self.at - 1)
    }

    /// Steps over one value at nesting `depth`.
    fn value(&mut self, depth: usize) -> Result<Range<usize>, ImportError> {
        let start = self.at;
        let mut open: Vec<u8> = Vec::with_capacity(16);
        self.n_commas = 0;
        loop {
            match self.peek() {
                None => return Err(self.bad()),
                Some(b'"') => {
                    self.string()?;
                }
                Some(byte @ (b'[' | b'{')) => {
                    open.push(byte);
                    if depth + open.len() > self.options.max_depth {
                        return Err(ImportError::TooDeep {
                            limit: self.options.max_depth,
                            row: self.row(),
                        });
                    }
                    self.layout.n_brackets += u64::from(byte == b'[');
                    self.at += 1;
                }
                Some(byte @ (b']' | b'}')) => {
                    let matching = if byte == b']' { b'[' } else { b'{' };
                    if open.pop() != Some(matching) {
                        return Err(self.bad());
                    }
                    self.at += 1;
                }
                Some(b',' | b':') if open.is_empty() => return Err(self.bad()),
                Some(_) if open.is_empty() => self.skip(|byte| !b",]} \t\r\n".contains(&byte)),
                Some(byte) => {
                    self.n_commas += u64::from(byte == b',');
                    self.at += 1;
                }
            }
            if open.is_empty() {
                return Ok(start..self.at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::register::rows::ImportKind;

    fn of(text: &str) -> Result<Layout, ImportError> {
        layout(text, &ImportOptions::new(ImportKind::Areas))
    }

    fn check(text: &str, features: &[&str]) {
        let layout = of(text).expect("well-formed");
        let found: Vec<&str> = layout.features.iter().map(|range| &text[range.clone()]).collect();
        assert_eq!(found, features, "{text}");
    }

    fn check_error(text: &str, code: &str) {
        let found = of(text).map_err(|error| error.code());
        assert_eq!(found, Err(code), "{text}");
    }

    #[test]
    fn every_shape_of_a_file() {
        check(
            r#"{"bbox":[1,2],"features":[{"a":"]"},{"b":[1]}],"type":"x"}"#,
            &[r#"{"a":"]"}"#, r#"{"b":[1]}"#],
        );
        check(r#"{"type":"Feature"}"#, &[r#"{"type":"Feature"}"#]);
        check("\u{1e}{\"a\":1}\n\u{1e}{\"b\":2}\n", &[r#"{"a":1}"#, r#"{"b":2}"#]);
        check(r#"[{"a":1},{"b":"\"}"}]"#, &[r#"{"a":1}"#, r#"{"b":"\"}"}"#]);
        check(r#"{"features":[]}"#, &[]);
    }

    #[test]
    fn the_datum_is_found_wherever_it_stands() {
        let text = r#"{"features":[],"crs":{"properties":{"name":"EPSG:4544"}}}"#;
        let crs = of(text).expect("well-formed").crs.expect("stated");
        assert_eq!(&text[crs], r#"{"properties":{"name":"EPSG:4544"}}"#);
    }

    #[test]
    fn floods_are_refused_before_they_are_parsed() {
        let mut options = ImportOptions::new(ImportKind::Areas);
        options.max_vertices = 1000;
        let flood = |text: String| layout(&text, &options).map_err(|error| error.code());
        let numbers = "1,".repeat(20_000);
        assert_eq!(
            flood(format!(r#"{{"properties":{{"a":[{numbers}1]}}}}"#)),
            Err("file.too-many-vertices")
        );
        assert_eq!(flood(format!(r#"{{"features":[{numbers}1]}}"#)), Err("file.too-many-vertices"));
        assert_eq!(flood(format!("[{}]", "[],".repeat(20_000))), Err("file.too-many-vertices"));
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        check_error(r#"{"features":[{"a":1},{"b":"#, "file.bad-json");
        check_error(r#"{"features":[{"a":1]}"#, "file.bad-json");
        check_error(r#"{"features":"a"#, "file.bad-json");
        check_error("\"abc", "file.bad-json");
        check_error("\"ab\\", "file.bad-json");
        check_error(&format!("{{\"features\":[{}", "[".repeat(100_000)), "file.too-deep");
        check_error(&format!("{}1{}", "[".repeat(65), "]".repeat(65)), "file.too-deep");
    }
}
