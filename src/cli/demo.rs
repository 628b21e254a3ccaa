//! `lifang demo`: the demo town, or any folder of import files, straight to the browser.
//!
//! A folder is read by its file names ([`KNOWN`]). What is missing is made up and said so: one grid to a
//! community, and households spread by floor area.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;

use super::import::{TOLERANCE_M, file_name, print_outcome, read_sheet, refused};
use super::serve::serve_desk;
use super::{Done, Failure, open_desk, today};
use crate::config::Config;
use crate::desk::Desk;
use crate::domain::decide::{Command, Import, Roster};
use crate::domain::ids::Code;
use crate::domain::measure::Day;
use crate::domain::register::rows::{GridKind, GridRow, ImportKind, Rows};
use crate::domain::rights::Actor;
use crate::domain::world::World;
use crate::import::{ImportOptions, read};
use crate::sample::{demo, spread};

/// File names a folder is read by, in the order they go in.
const KNOWN: [(ImportKind, &[&str]); 7] = [
    (ImportKind::Areas, &["areas", "communities", "blocks_derived", "subdistricts"]),
    (
        ImportKind::Barriers,
        &["barriers", "landuse", "green", "water", "roads", "rail", "levees", "walls"],
    ),
    (ImportKind::Grids, &["grids"]),
    (ImportKind::Buildings, &["buildings"]),
    (ImportKind::Households, &["households"]),
    (ImportKind::Members, &["members"]),
    (ImportKind::Stations, &["stations"]),
];

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Address to listen on; only this machine
    #[arg(long, env = "LIFANG_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Folder of import files instead of the demo town
    #[arg(long, value_name = "DIR")]
    place: Option<PathBuf>,
    /// Database file; made when it is not there [default: lifang-demo.db, with --place lifang-demo-DIR.db]
    #[arg(long, env = "LIFANG_DB")]
    db: Option<PathBuf>,
}

impl Demo {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let db = self.db.clone().unwrap_or_else(|| match &self.place {
            Some(place) => format!("lifang-demo-{}.db", file_name(place)).into(),
            None => "lifang-demo.db".into(),
        });
        let desk = match &self.place {
            Some(place) if !db.exists() => import_folder(&db, place, &Notes::of_place(place))?,
            None if !db.exists() => import_town(&db)?,
            _ => open_desk(&db)?,
        };
        let say_made_up = desk.world().setting("made_up") == Some("true");
        serve_desk(desk, &Config::default(), &db, self.listen, |address| {
            println!("http://{address}");
            println!("No log-in is needed: until the first account exists, only this machine can");
            println!("connect, and every caller on it may do everything.");
            if say_made_up {
                println!("The town is made up; no person in it is real. 本城纯属虚构。");
            }
        })
    }
}

/// What the page says about the data.
pub(super) struct Notes {
    title_zh: String,
    title_en: String,
    /// Whether households and members are made up.
    is_made_up: bool,
    attribution: Option<String>,
}

impl Notes {
    pub(super) fn made_up() -> Self {
        Self {
            title_zh: "样例城市".to_owned(),
            title_en: "Sample city".to_owned(),
            is_made_up: true,
            attribution: None,
        }
    }

    /// A real place: its sources are named in its own README. Made-up households are said to be.
    fn of_place(folder: &Path) -> Self {
        let name = file_name(folder);
        let readme = folder.join("README.md").exists().then(|| format!("{name}/README.md"));
        let has_households = known_files(folder)
            .is_ok_and(|files| files.iter().any(|(kind, _)| *kind == ImportKind::Households));
        let spread = (!has_households).then(|| {
            "住户为按建筑面积推算的虚构数据 / households made up by floor area".to_owned()
        });
        let said: Vec<String> = readme.into_iter().chain(spread).collect();
        Self {
            title_zh: name.clone(),
            title_en: name,
            is_made_up: false,
            attribution: (!said.is_empty()).then(|| said.join(" · ")),
        }
    }

    fn write(&self, desk: &Desk) -> Result<(), Failure> {
        let mut rows = vec![
            ("title.zh", self.title_zh.clone()),
            ("title.en", self.title_en.clone()),
            ("made_up", self.is_made_up.to_string()),
        ];
        rows.extend(self.attribution.clone().map(|text| ("attribution", text)));
        let rows = rows
            .into_iter()
            .map(|(key, value)| (key.into(), Some(value.into_boxed_str())))
            .collect();
        submit(desk, Command::Settings(rows), None)
    }
}

/// Makes the demo town and imports it as an office would: file by file, read from its bytes.
fn import_town(db: &Path) -> Result<Desk, Failure> {
    build(db, |desk| {
        let notes = Notes {
            title_zh: "里坊演示城".to_owned(),
            title_en: "Lifang demo town".to_owned(),
            is_made_up: true,
            attribution: None,
        };
        notes.write(desk)?;
        for (name, bytes) in demo::town().files() {
            let kind = kind_of(Path::new(name));
            let Some(kind) = kind else { continue };
            let sheet = read(name, &bytes, &ImportOptions::new(kind), &mut |_, _| {});
            let sheet = sheet.map_err(|error| Failure(format!("{name}: {error}")))?;
            let command = sheet.into_command(name, TOLERANCE_M, first_day());
            submit(desk, command, Some(Path::new(name)))?;
        }
        Ok(())
    })
}

/// Imports every known file of `folder` into a new database at `db`, and makes up what is missing.
pub(super) fn import_folder(db: &Path, folder: &Path, notes: &Notes) -> Result<Desk, Failure> {
    let files = known_files(folder)?;
    if files.is_empty() {
        let why = format!("{}: no file of a known name is here", folder.display());
        return Err(Failure(why));
    }
    build(db, |desk| {
        notes.write(desk)?;
        let has = |kind| files.iter().any(|(known, _)| *known == kind);
        for kind in ImportKind::ALL {
            for (_, file) in files.iter().filter(|(known, _)| *known == kind) {
                let options = ImportOptions {
                    near: super::import::middle(&desk.world()),
                    ..ImportOptions::new(kind)
                };
                let sheet = read_sheet(file, &options)?;
                let command = sheet.into_command(&file_name(file), TOLERANCE_M, first_day());
                submit(desk, command, Some(file))?;
            }
            let world = desk.world();
            match kind {
                ImportKind::Grids if !has(kind) => {
                    made_up(desk, Rows::Grids(one_grid_each(&world)), "one-grid-each")?;
                }
                ImportKind::Households if !has(kind) => {
                    let rows = Rows::Households(spread::households(&world));
                    made_up(desk, rows, "households-by-floor-area")?;
                }
                _ => {}
            }
        }
        Ok(())
    })
}

/// Fills a new database beside its name and moves it there when all went well.
fn build(db: &Path, fill: impl FnOnce(&Desk) -> Result<(), Failure>) -> Result<Desk, Failure> {
    let partial = db.with_extension("part");
    remove_database(&partial);
    let desk = open_desk(&partial)?;
    let filled = fill(&desk);
    drop(desk);
    if let Err(failure) = filled {
        remove_database(&partial);
        return Err(failure);
    }
    std::fs::rename(&partial, db).map_err(Failure::of)?;
    remove_database(&partial);
    open_desk(db)
}

/// Takes away a database and what SQLite keeps beside it. A file that is not there is fine.
fn remove_database(path: &Path) {
    for ending in ["", "-wal", "-shm", "-lock"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        let _ = std::fs::remove_file(name);
    }
}

fn known_files(folder: &Path) -> Result<Vec<(ImportKind, PathBuf)>, Failure> {
    let entries = std::fs::read_dir(folder)
        .map_err(|error| Failure(format!("{}: {error}", folder.display())))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    let mut found: Vec<(ImportKind, PathBuf)> =
        files.into_iter().filter_map(|file| Some((kind_of(&file)?, file))).collect();
    // Of several files of areas the first name in the list counts: the others are other cuts of the ground.
    let rank = |file: &Path| {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        KNOWN[0].1.iter().position(|name| *name == stem).unwrap_or(usize::MAX)
    };
    let best = found
        .iter()
        .filter(|(kind, _)| *kind == ImportKind::Areas)
        .map(|(_, file)| rank(file))
        .min();
    found.retain(|(kind, file)| *kind != ImportKind::Areas || Some(rank(file)) == best);
    Ok(found)
}

/// The kind a file's name stands for; `None` for other names and for formats this house does not read.
fn kind_of(file: &Path) -> Option<ImportKind> {
    let ending = file.extension()?.to_string_lossy().to_lowercase();
    if !matches!(ending.as_str(), "geojson" | "json" | "csv" | "tsv" | "txt") {
        return None;
    }
    let stem = file.file_stem()?.to_string_lossy().to_lowercase();
    KNOWN.iter().find(|(_, names)| names.contains(&stem.as_str())).map(|(kind, _)| *kind)
}

/// One grid to a community, with its outline.
fn one_grid_each(world: &World) -> Vec<GridRow> {
    let communities = world.areas().communities(None).into_iter();
    communities
        .filter(|id| world.areas().shape(*id).is_some())
        .zip(1u32..)
        .map(|(id, row)| {
            let record = world.areas().get(id).expect("communities are areas");
            GridRow {
                row,
                code: Code::new(&format!("{}001", record.code)).expect("area codes are short"),
                name: "第一网格".into(),
                community: Some(record.code.as_str().into()),
                kind: GridKind::General,
                buildings: Vec::new(),
                head: "".into(),
                manager: "".into(),
                work_phone: "".into(),
                shape: world.areas().outline(id),
            }
        })
        .collect()
}

fn made_up(desk: &Desk, rows: Rows, name: &str) -> Result<(), Failure> {
    let n_rows = rows.len() as u64;
    let import = Import {
        rows,
        file: name.into(),
        datum: "4490".into(),
        issues: Vec::new(),
        issues_dropped: 0,
        dropped_columns: Vec::new(),
        n_rows,
        n_refused: 0,
        tolerance_m: TOLERANCE_M,
        effective: first_day(),
        roster: Roster::new(),
    };
    submit(desk, Command::Import(Box::new(import)), Some(Path::new(name)))
}

/// First day of the grids that come with a demo: the beginning of the year, so that plans made today find
/// something to follow.
fn first_day() -> Day {
    let today = today();
    Day::new(today.civil().0, 1, 1).unwrap_or(today)
}

fn submit(desk: &Desk, command: Command, file: Option<&Path>) -> Result<(), Failure> {
    let outcome =
        desk.submit_blocking(command, Actor::local("")).map_err(|error| refused(&error))?;
    if let Some(file) = file {
        print_outcome(file, &outcome, false);
    }
    Ok(())
}
