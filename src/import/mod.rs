//! The import room: bytes of a file in, a [`Sheet`] of typed rows and issues out.
//!
//! It sees no domain state and writes nothing; what the rows mean for the register is `decide`'s
//! business. A bad row is an issue with row, column and rule, and the sheet goes on. A bad file is an
//! [`ImportError`], and nothing happened. Neither ever holds the value of a cell.
//!
//! Journey of a file: [`text`] decodes, a row of [`FORMATS`] finds records (`csv`) or features
//! (`layout`, `geojson`, `shapes`), [`columns`] names the columns and drops the personal ones
//! ([`deny`]), [`cells`] reads single cells, [`datum`] makes pins, `rows`, `reader` and `kinds` make
//! rows (with `words`, `areas` and `barriers` for what words mean), `sheet` puts it all together.
//! [`inspect`] does the first steps only, to ask the person before anything is read. `coverage` reads foreign
//! polygons with one number each, for dividing them.
//!
//! **Why** a table of formats and closed enums instead of a reader trait: the compiler can list every
//! case, and a forgotten one fails the fixture walk. Columns are named once a file, not once a row,
//! so that a million households cost one look at the header.

use std::path::Path;

pub mod aliases;
pub mod cells;
pub mod columns;
pub mod datum;
pub mod deny;
pub mod text;

mod afar;
mod areas;
mod barriers;
mod coverage;
mod csv;
mod geojson;
mod inspect;
mod kinds;
mod layout;
mod reader;
mod report;
mod rows;
mod shapes;
mod sheet;
mod words;

pub use coverage::{CoverageOptions, CoverageSheet, read_coverage};
pub use datum::{Datum, DatumChoice};
pub use inspect::{Column, Inspection, State, inspect};
pub use sheet::{ImportError, ImportOptions, Sheet};

use text::Text;

/// One file format: how to tell it and how to read it.
pub struct Format {
    /// Word used in reports: `csv`, `geojson`.
    pub name: &'static str,
    /// Whether `text` of a file called `name` is of this format.
    pub fits: fn(name: &str, text: &str) -> bool,
    read: fn(&str, &Text<'_>, &ImportOptions, Progress<'_>) -> Result<Sheet, ImportError>,
}

/// Told how much of the file is done: bytes read, bytes in all.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// Every format this house reads. The first that fits is taken; the last fits everything.
pub const FORMATS: [Format; 2] = [geojson::FORMAT, csv::FORMAT];

/// Reads one file of `options.kind`.
///
/// `name` is the file's name: its ending and its words help where the content leaves a choice.
/// Memory: the decoded text (the bytes themselves when they are UTF-8) plus the rows.
pub fn read(
    name: &str,
    bytes: &[u8],
    options: &ImportOptions,
    progress: Progress<'_>,
) -> Result<Sheet, ImportError> {
    if bytes.len() as u64 > options.max_bytes {
        return Err(ImportError::TooLarge { limit: options.max_bytes });
    }
    let text = text::decode(bytes)?;
    (format_of(name, &text.text).read)(name, &text, options, progress)
}

/// Reads the file at `path`. The caller keeps or deletes the file; nothing of it is copied.
pub fn read_path(
    path: &Path,
    options: &ImportOptions,
    progress: Progress<'_>,
) -> Result<Sheet, ImportError> {
    let size = std::fs::metadata(path).map_err(ImportError::Unreadable)?.len();
    if size > options.max_bytes {
        return Err(ImportError::TooLarge { limit: options.max_bytes });
    }
    let bytes = std::fs::read(path).map_err(ImportError::Unreadable)?;
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    read(&name, &bytes, options, progress)
}

fn format_of(name: &str, text: &str) -> &'static Format {
    static TABLE: [Format; 2] = FORMATS;
    TABLE.iter().find(|format| (format.fits)(name, text)).expect("the last format fits everything")
}
