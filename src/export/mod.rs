//! Floor 1: a world as files. Knows formats, not where the bytes go.
//!
//! Tables are CSV in UTF-8 (a diff also XLSX), shapes GeoJSON (RFC 7946: longitude first, 7 decimals, outer rings
//! counter-clockwise). Member counts pass through `suppress`, exact only for the data office.
//!
//! **Why** writers and not strings: a city's placements are streamed row by row.

mod diff;
mod shapes;
mod tables;

use std::io;

use thiserror::Error;

use crate::domain::ids::AreaId;
use crate::domain::world::{PlanChoice, World};

/// What can be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Areas,
    Grids,
    Buildings,
    Placements,
    Tallies,
    Findings,
    /// What a plan changes against another.
    Diff,
}

impl What {
    pub const ALL: [Self; 7] = [
        Self::Areas,
        Self::Grids,
        Self::Buildings,
        Self::Placements,
        Self::Tallies,
        Self::Findings,
        Self::Diff,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Areas => "areas",
            Self::Grids => "grids",
            Self::Buildings => "buildings",
            Self::Placements => "placements",
            Self::Tallies => "tallies",
            Self::Findings => "findings",
            Self::Diff => "diff",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.word() == word)
    }

    /// What it can be written as; the usual one first.
    pub const fn formats(self) -> &'static [Format] {
        match self {
            Self::Areas | Self::Grids => &[Format::GeoJson],
            Self::Buildings | Self::Findings => &[Format::Csv, Format::GeoJson],
            Self::Placements | Self::Tallies => &[Format::Csv],
            Self::Diff => &[Format::Csv, Format::Xlsx],
        }
    }
}

/// File formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    GeoJson,
    Xlsx,
}

impl Format {
    pub const ALL: [Self; 3] = [Self::Csv, Self::GeoJson, Self::Xlsx];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::GeoJson => "geojson",
            Self::Xlsx => "xlsx",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::GeoJson => "application/geo+json",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// What is wanted of which world.
#[derive(Clone, Copy, Debug)]
pub struct Export<'a> {
    pub world: &'a World,
    pub plan: PlanChoice,
    /// For a diff: the plan it is held against.
    pub against: PlanChoice,
    /// Only what lies under this area.
    pub area: Option<AreaId>,
    pub members: MemberCells,
}

/// Who reads: the data office sees member counts as they are, everybody else as shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberCells {
    Exact,
    Shown,
}

/// Why a file could not be made.
#[derive(Debug, Error)]
pub enum ExportError {
    #[error("{} can be written as {}, not as {}", what.word(), words(what.formats()), format.word())]
    NotThisFormat { what: What, format: Format },
    #[error("the file could not be written")]
    Unwritten(#[from] io::Error),
}

fn words(formats: &[Format]) -> String {
    let words: Vec<&str> = formats.iter().map(|format| format.word()).collect();
    words.join(" or ")
}

/// Writes `what` as `format` to `out`. Cost: O(rows), streamed.
pub fn write(
    export: &Export<'_>,
    what: What,
    format: Format,
    out: &mut dyn io::Write,
) -> Result<(), ExportError> {
    match (what, format) {
        (What::Placements, Format::Csv) => tables::placements(export, out)?,
        (What::Tallies, Format::Csv) => tables::tallies(export, out)?,
        (What::Buildings, Format::Csv) => tables::buildings(export, out)?,
        (What::Findings, Format::Csv) => tables::findings(export, out)?,
        (What::Areas, Format::GeoJson) => shapes::areas(export, out)?,
        (What::Grids, Format::GeoJson) => shapes::grids(export, out)?,
        (What::Buildings, Format::GeoJson) => shapes::buildings(export, out)?,
        (What::Findings, Format::GeoJson) => shapes::findings(export, out)?,
        (What::Diff, Format::Csv) => diff::csv(export, out)?,
        (What::Diff, Format::Xlsx) => diff::xlsx(export, out)?,
        (What::Areas | What::Grids, Format::Csv)
        | (What::Placements | What::Tallies | What::Diff, Format::GeoJson)
        | (_, Format::Xlsx) => {
            return Err(ExportError::NotThisFormat { what, format });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Change;
    use crate::domain::measure::Revision;

    #[test]
    fn what_is_said_to_fit_is_what_can_be_written() {
        let world = World::open(&Change::default(), Revision(0));
        let plan = PlanChoice::Current;
        let members = MemberCells::Exact;
        let wanted = Export { world: &world, plan, against: plan, area: None, members };
        for what in What::ALL {
            for format in Format::ALL {
                let done = write(&wanted, what, format, &mut Vec::new());
                let fits = what.formats().contains(&format);
                assert_eq!(done.is_ok(), fits, "{} as {}", what.word(), format.word());
            }
        }
    }
}
