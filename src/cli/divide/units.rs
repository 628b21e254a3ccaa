//! `lifang divide --units`: the engine on any polygon coverage.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use super::Options;
use super::progress::{Progress, Watcher};
use super::report::{Report, write_json};
use crate::cli::words::say;
use crate::cli::{Done, Failure};
use crate::divide::coverage::{Coverage, coverage};
use crate::divide::{Aim, Count, Price, divide, measure};
use crate::domain::fabric::Barrier;
use crate::domain::fabric::weave::FlawKind;
use crate::domain::issue::Severity;
use crate::domain::place::Pin;
use crate::domain::register::rows::{ImportKind, Rows};
use crate::import::{
    CoverageOptions, CoverageSheet, DatumChoice, ImportOptions, read_coverage, read_path,
};

/// Slips along shared borders up to this many metres are closed, as on import.
const TOLERANCE: f64 = 0.5;
/// Problems printed of one kind.
const PRINTED: usize = 5;

#[derive(Debug, Args)]
pub(super) struct Units {
    /// With --units: property to balance. In a draft: households, persons, buildings or area
    #[arg(long, value_name = "FIELD")]
    pub weight: Option<String>,
    /// Number of parts, of each community in a draft
    #[arg(long, value_name = "K")]
    pub parts: Option<usize>,
    /// Property that names a unit
    #[arg(long, value_name = "FIELD")]
    id: Option<String>,
    /// Roads, rail, water and walls, along which borders cost less
    #[arg(long, value_name = "FILE")]
    barriers: Option<PathBuf>,
    /// Datum of the files: auto, 4490, 4326, gcj02, bd09 or an EPSG number
    #[arg(long, default_value = "auto")]
    datum: String,
    /// What borders cost: their length, or one for each pair of neighbours, as graph partitioners count
    #[arg(long, value_name = "length|pairs", default_value = "length")]
    borders: String,
    /// Where the parts of units go: columns id and part
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Units {
    pub(super) fn run(&self, file: &Path, options: &Options) -> Result<Done, Failure> {
        let aim = self.aim(options)?;
        let stop = options.stop()?;
        let datum: DatumChoice = self.datum.parse().map_err(Failure::of)?;
        let sheet = self.read(file, datum)?;
        let lines = self.lines(datum)?;
        let found = coverage(&sheet.shapes, &sheet.weights, &lines, TOLERANCE);
        let n_problems = tell(&sheet, &found);
        let start = Instant::now();
        let progress = Progress::new(1);
        let watcher = Watcher::new(&progress, "", || found.ground.weights.clone());
        let division = divide(&found.ground, &aim, &watcher.beside(&stop)).map_err(Failure::of)?;
        progress.end();
        let seconds = start.elapsed().as_secs_f64();
        self.write(&sheet, &found, &division.part)?;
        let measures = measure(&found.ground, &division.part, division.n_parts);
        let shapes: Vec<usize> =
            (0..sheet.ids.len()).filter(|&shape| found.unit_of[shape].is_some()).collect();
        let name_of = |unit: u32| sheet.ids[shapes[unit as usize]].to_string();
        let report =
            Report { division: &division, measures: &measures, seconds, name_of: &name_of };
        if let Some(path) = &options.report {
            write_json(path, &report.json())?;
        }
        if options.json {
            println!("{}", serde_json::to_string_pretty(&report.json()).map_err(Failure::of)?);
        } else {
            println!("{}", report.text());
        }
        let is_clean = n_problems == 0
            && division.certificates.is_empty()
            && division.unproven.is_empty()
            && !division.is_cut_short;
        Ok(if is_clean { Done::Clean } else { Done::WithProblems })
    }

    fn aim(&self, options: &Options) -> Result<Aim, Failure> {
        let count = match (self.parts, options.target) {
            (Some(_), _) if options.min.is_some() || options.max.is_some() => {
                return Err(Failure("--min and --max go with --target".to_owned()));
            }
            (Some(parts), _) => Count::Exactly(parts),
            (None, Some(target)) => options.around(target),
            (None, None) => return Err(Failure("say --parts or --target".to_owned())),
        };
        let price = match self.borders.as_str() {
            "length" => Price::Length,
            "pairs" => Price::Pairs,
            _ => return Err(Failure("--borders takes length or pairs".to_owned())),
        };
        let mut aim = Aim::new(count);
        (aim.price, aim.seed, aim.n_threads) = (price, options.seed, options.n_threads());
        aim.hard = options.hard()?;
        if options.hard.is_some() && self.barriers.is_none() {
            return Err(Failure("--hard needs --barriers to know where they are".to_owned()));
        }
        Ok(aim)
    }

    fn read(&self, file: &Path, datum: DatumChoice) -> Result<CoverageSheet, Failure> {
        let id = self.id.as_deref().map(Box::from);
        let weight = self.weight.as_deref().unwrap_or_default().into();
        let options = CoverageOptions { weight, id, datum };
        let fault = |error: &dyn std::fmt::Display| Failure(format!("{}: {error}", file.display()));
        let bytes = std::fs::read(file).map_err(|error| fault(&error))?;
        read_coverage(&bytes, &options).map_err(|error| fault(&error))
    }

    /// Barriers as lines with their rank.
    fn lines(&self, datum: DatumChoice) -> Result<Vec<(Vec<Pin>, Barrier)>, Failure> {
        let Some(path) = &self.barriers else { return Ok(Vec::new()) };
        let mut options = ImportOptions::new(ImportKind::Barriers);
        options.datum = datum;
        let sheet = read_path(path, &options, &mut |_, _| {})
            .map_err(|error| Failure(format!("{}: {error}", path.display())))?;
        let Rows::Barriers(rows) = sheet.rows else {
            unreachable!("a sheet holds rows of the kind that was asked for")
        };
        let mut lines = Vec::new();
        for row in rows.into_iter().filter(|row| row.kind.barrier() > Barrier::None) {
            let rank = row.kind.barrier();
            lines.extend(row.lines.into_iter().map(|line| (line, rank)));
            for mut ring in row.polygons.into_iter().flat_map(|polygon| polygon.rings) {
                ring.extend(ring.first().copied());
                lines.push((ring, rank));
            }
        }
        Ok(lines)
    }

    fn write(&self, sheet: &CoverageSheet, found: &Coverage, part: &[u32]) -> Result<(), Failure> {
        let path = self.out.as_deref().unwrap_or(Path::new("parts.csv"));
        let fault = |error: csv::Error| Failure(format!("{}: {error}", path.display()));
        let mut out = csv::Writer::from_path(path).map_err(fault)?;
        out.write_record(["id", "part"]).map_err(fault)?;
        for (id, unit) in sheet.ids.iter().zip(&found.unit_of) {
            let number = unit.map_or(String::new(), |unit| (part[unit as usize] + 1).to_string());
            out.write_record([id, number.as_str()]).map_err(fault)?;
        }
        out.flush().map_err(Failure::of)
    }
}

/// Tells what is wrong with the data, a few of each kind; how many problems there are in all.
fn tell(sheet: &CoverageSheet, found: &Coverage) -> u64 {
    let mut problems: Vec<(&'static str, String)> = Vec::new();
    for issue in sheet.issues.iter().filter(|issue| issue.severity > Severity::Note) {
        let row = issue.row.map_or(String::new(), |row| format!("feature {row}"));
        problems.push((issue.code, row));
    }
    for flaw in found.flaws.iter().filter(|flaw| flaw.kind != FlawKind::Snapped) {
        let names = flaw.shapes.iter().map(|&shape| &*sheet.ids[shape as usize]);
        let names: Vec<&str> = names.take(PRINTED).collect();
        let at = flaw.place.first().map(|pin| pin.lon_lat());
        let at = at.map_or(String::new(), |at| format!(" at {:.6},{:.6}", at.lon, at.lat));
        problems.push((flaw.kind.code(), format!("{}{at}", names.join(" "))));
    }
    for (id, unit) in sheet.ids.iter().zip(&found.unit_of) {
        if unit.is_none() {
            problems.push(("divide.no-ground", id.to_string()));
        }
    }
    let mut n_told: HashMap<&'static str, usize> = HashMap::new();
    for (code, what) in &problems {
        let n = n_told.entry(code).or_default();
        *n += 1;
        if *n <= PRINTED {
            eprintln!("{code} {what}: {}", say(code));
        }
    }
    let mut counts: Vec<_> = n_told.into_iter().filter(|&(_, n)| n > PRINTED).collect();
    counts.sort_unstable();
    for (code, n) in counts {
        eprintln!("{code}: {n} in all");
    }
    problems.len() as u64 + sheet.issues_dropped
}
