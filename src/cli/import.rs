//! `lifang import`: files into the database, with a report of every row that needs a look.

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::words::{lang, say};
use super::{Database, Done, Failure, Settings, today};
use crate::desk::{Desk, DeskError, Outcome};
use crate::domain::decide::Refusal;
use crate::domain::issue::{Issue, Severity};
use crate::domain::measure::Day;
use crate::domain::place::LonLat;
use crate::domain::register::rows::ImportKind;
use crate::domain::rights::Actor;
use crate::domain::world::World;
use crate::http::wire::{FileNote, import_report};
use crate::import::{DatumChoice, ImportError, ImportOptions, Sheet, read_path};

/// Slips along borders up to this many metres are closed unless the caller says otherwise.
pub(super) const TOLERANCE_M: f64 = 0.5;
/// Issues printed to the terminal; the report holds more.
const PRINTED: usize = 20;

#[derive(Debug, Args)]
pub(super) struct Import {
    /// areas, grids, buildings, households, members, barriers or stations
    kind: String,
    /// Files: CSV or GeoJSON
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// auto, 4490, 4326, gcj02, bd09, or an EPSG number such as 4544
    #[arg(long, default_value = "auto")]
    datum: String,
    /// Community of rows that state none, by code or name
    #[arg(long, value_name = "CODE")]
    community: Option<String>,
    /// Columns by hand, as in 'code=楼栋编号,households=户数'
    #[arg(long, value_name = "FIELD=HEADER,…")]
    columns: Option<String>,
    /// First day imported grids count, YYYY-MM-DD; today when left out
    #[arg(long, value_name = "DATE")]
    effective: Option<String>,
    /// Slips along borders up to this many metres are sewn together
    #[arg(long, value_name = "METRES", default_value_t = TOLERANCE_M)]
    tolerance: f64,
    /// Reads and decides, but changes nothing
    #[arg(long)]
    dry_run: bool,
    /// Writes the report as JSON to a file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Answers with the report as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    database: Database,
}

impl Import {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let desk = self.database.desk()?;
        let effective = match &self.effective {
            Some(text) => text.parse().map_err(|()| Failure(format!("{text} is not a date")))?,
            None => today(),
        };
        if !(0.0..=100.0).contains(&self.tolerance) {
            return Err(Failure("--tolerance takes 0 to 100 metres".to_owned()));
        }
        let mut reports = Vec::new();
        let mut has_problems = false;
        for file in &self.files {
            let options = self.options(&desk.world())?;
            let sheet = read_sheet(file, &options)?;
            let (datum, dropped_columns) = (sheet.datum.to_string(), sheet.dropped_columns.clone());
            let outcome = self.submit(&desk, sheet, file, effective)?;
            print_outcome(file, &outcome, self.dry_run);
            let note = FileNote {
                kind: options.kind.word(),
                file: &file_name(file),
                datum: &datum,
                dropped_columns: &dropped_columns,
                dry_run: self.dry_run,
            };
            has_problems |= outcome.issues.iter().any(|issue| issue.severity == Severity::Stop);
            reports.push(import_report(&note, &outcome, lang()));
        }
        let json = match reports.as_slice() {
            [report] => serde_json::to_string_pretty(report),
            reports => serde_json::to_string_pretty(reports),
        };
        let json = json.map_err(Failure::of)?;
        if let Some(path) = &self.report {
            fs::write(path, &json)
                .map_err(|error| Failure(format!("{}: {error}", path.display())))?;
        }
        if self.json {
            println!("{json}");
        }
        Ok(if has_problems { Done::WithProblems } else { Done::Clean })
    }

    fn options(&self, world: &World) -> Result<ImportOptions, Failure> {
        let kind = ImportKind::of_word(&self.kind)
            .ok_or_else(|| Failure(format!("{} cannot be imported", self.kind)))?;
        let columns = match &self.columns {
            Some(text) => ImportOptions::parse_columns(text)
                .ok_or_else(|| Failure("--columns takes FIELD=HEADER,FIELD=HEADER".to_owned()))?,
            None => Vec::new(),
        };
        let datum: DatumChoice = self.datum.parse().map_err(|error| problem(&error))?;
        let config = self.settings.config(world)?;
        let count = |key| usize::try_from(config.number(key)).expect("within its range");
        Ok(ImportOptions {
            max_bytes: config.number("limit.import_bytes"),
            max_vertices: config.number("limit.file_vertices"),
            max_ring_vertices: count("limit.ring_vertices"),
            max_depth: count("limit.json_depth"),
            datum,
            community: self.community.as_deref().map(Box::from),
            columns,
            near: middle(world),
            ..ImportOptions::new(kind)
        })
    }

    fn submit(
        &self,
        desk: &Desk,
        sheet: Sheet,
        file: &Path,
        effective: Day,
    ) -> Result<Outcome, Failure> {
        let command = sheet.into_command(&file_name(file), self.tolerance, effective);
        let actor = Actor::local("");
        let outcome = if self.dry_run {
            desk.preview(command, &actor)
        } else {
            desk.submit_blocking(command, actor)
        };
        outcome.map_err(|error| refused(&error))
    }
}

/// Middle of what the database holds, to notice files that land somewhere else.
pub(super) fn middle(world: &World) -> Option<LonLat> {
    let extent = world.areas().extent();
    (!extent.is_empty()).then(|| extent.center().lon_lat())
}

/// Reads one file with a bar on the terminal.
pub(super) fn read_sheet(file: &Path, options: &ImportOptions) -> Result<Sheet, Failure> {
    let bar =
        if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}");
    bar.set_style(style.expect("the template is well formed"));
    bar.set_message(file_name(file));
    let sheet = read_path(file, options, &mut |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    sheet.map_err(|error| {
        let Failure(why) = problem(&error);
        Failure(format!("{}: {why}", file.display()))
    })
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn problem(error: &ImportError) -> Failure {
    let issue = error.as_issue();
    Failure(format!("{error} ({})", issue.code))
}

pub(super) fn refused(error: &DeskError) -> Failure {
    match error {
        DeskError::Refused(Refusal::Broken(issues)) => {
            let lines: Vec<String> = issues.iter().map(line).collect();
            Failure(format!("the import was refused; nothing was changed\n{}", lines.join("\n")))
        }
        other => Failure(other.to_string()),
    }
}

/// Numbers to stderr, so that stdout stays for JSON.
pub(super) fn print_outcome(file: &Path, outcome: &Outcome, dry_run: bool) {
    let s = &outcome.summary;
    if !outcome.placed.is_empty() {
        let reasons: Vec<String> =
            outcome.placed.iter().map(|(reason, n)| format!("{n} {}", reason.word())).collect();
        eprintln!("{}: placed by {}", file_name(file), reasons.join(", "));
    }
    eprintln!(
        "{}: {} rows, {} new, {} changed, {} unchanged, {} gone, {} refused{}",
        file_name(file),
        s.rows,
        s.new,
        s.changed,
        s.unchanged,
        s.gone,
        s.refused,
        match (dry_run, outcome.is_changed) {
            (true, _) => " (dry run)".to_owned(),
            (false, true) => format!("; revision {}", outcome.revision.0),
            (false, false) => "; nothing to change".to_owned(),
        }
    );
    for issue in
        outcome.issues.iter().filter(|issue| issue.severity != Severity::Note).take(PRINTED)
    {
        eprintln!("  {}", line(issue));
    }
    let shown = outcome.issues.len().min(PRINTED) as u64;
    if s.issues > shown {
        eprintln!("  {} issues in all; --report FILE keeps them", s.issues);
    }
}

/// One issue on one line: where, which rule, what it means.
fn line(issue: &Issue) -> String {
    let mut text = String::new();
    if let Some(row) = issue.row {
        text.push_str(&format!("row {row} "));
    }
    if let Some(column) = &issue.column {
        text.push_str(&format!("[{column}] "));
    }
    for subject in &issue.subjects {
        text.push_str(&format!("{subject} "));
    }
    text.push_str(&format!("{}: {}", issue.code, say(issue.code)));
    if let Some(at) = issue.place.first().map(|pin| pin.lon_lat()) {
        text.push_str(&format!(" at {:.6},{:.6}", at.lon, at.lat));
    }
    text
}
