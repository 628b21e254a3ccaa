//! The command line: arguments in, files and reports out, an exit code at the end.
//!
//! Results go to stdout, progress and problems to stderr. Exit 0 done, 1 done with problems in the
//! data, 2 not done. The only room besides the desk that reads the clock, and the only one that prints.

mod check;
mod demo;
mod divide;
mod export;
mod import;
mod locate;
mod sample;
mod serve;
mod words;

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};

use crate::config::Config;
use crate::desk::{Desk, today};
use crate::domain::ids::{AreaId, PlanId};
use crate::domain::measure::Day;
use crate::domain::world::{PlanChoice, Sleeper, World};
use crate::store::{Reader, StoreOptions};

/// Responsibility grids: communities cut into grids, every building in exactly one.
#[derive(Debug, Parser)]
#[command(name = "lifang", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows the demo town, or a folder of import files, in the browser
    Demo(demo::Demo),
    /// Serves the database to browsers
    Serve(serve::Serve),
    /// Reads files into the database
    Import(import::Import),
    /// Checks every law of the ground and lists every finding; exit 1 if a law is broken
    Check(check::Check),
    /// Tells area, grid and who is responsible for a place or a building
    Locate(locate::Locate),
    /// Writes areas, grids, buildings, placements, tallies, findings or a diff of two plans to a file
    Export(export::Export),
    /// Divides ground into connected parts of like weight
    Divide(Box<divide::Divide>),
    /// Makes up the demo town, or a city of any size
    Sample(sample::Sample),
    /// Copies the database to a file, also while it is served
    Backup(serve::Backup),
    /// Puts a backup in the place of the database
    Restore(serve::Restore),
}

/// The database a command works on.
#[derive(Debug, Args)]
struct Database {
    /// Database file
    #[arg(long, env = "LIFANG_DB", default_value = "lifang.db", global = true)]
    db: PathBuf,
}

impl Database {
    /// For writing; makes the file when there is none.
    fn desk(&self) -> Result<Desk, Failure> {
        open_desk(&self.db)
    }

    /// The world of today in an existing database, also while it is served.
    fn world(&self) -> Result<World, Failure> {
        self.world_on(today(), |_| Ok(Vec::new()))
    }

    /// The same with every plan there ever was.
    fn whole_world(&self) -> Result<World, Failure> {
        let (ground, revision) = self.reader()?.load().map_err(Failure::of)?;
        Ok(as_of(World::open(&ground, revision), today()))
    }

    /// The world as it is asked on a day, with the ground of some plans, be they over or not.
    fn world_on(
        &self,
        day: Day,
        plans: impl FnOnce(&World) -> Result<Vec<PlanChoice>, Failure>,
    ) -> Result<World, Failure> {
        let reader = self.reader()?;
        let (ground, revision) = reader.load_awake().map_err(Failure::of)?;
        let world = World::open(&ground, revision);
        let mut asleep = world.asleep(PlanChoice::Current, Some(day), None);
        for plan in plans(&world)?.into_iter().filter(|plan| *plan != PlanChoice::Current) {
            asleep.extend(world.asleep(plan, None, None));
        }
        let mut sleepers = Vec::new();
        for (plan, area) in asleep {
            let slept = reader.sleeper(plan, area).map_err(Failure::of)?;
            sleepers.extend(
                slept.map(|(grids, cut)| Arc::new(Sleeper::new(plan, area, grids, Arc::new(cut)))),
            );
        }
        let world = if sleepers.is_empty() { world } else { world.recalled(&sleepers) };
        Ok(as_of(world, day))
    }

    fn reader(&self) -> Result<Reader, Failure> {
        Reader::open(&self.db, &StoreOptions::default()).map_err(Failure::of)
    }
}

/// Limits changed by hand.
#[derive(Debug, Args)]
struct Settings {
    /// A setting for this run, as in limit.import_bytes=1000000; stands above LIFANG_LIMIT_… and the settings table
    #[arg(long = "set", value_name = "KEY=NUMBER")]
    set: Vec<String>,
}

impl Settings {
    fn config(&self, world: &World) -> Result<Config, Failure> {
        let pair = |text: &String| {
            let (key, value) = text.split_once('=')?;
            Some((key.to_owned(), value.to_owned()))
        };
        let flags: Option<Vec<_>> = self.set.iter().map(pair).collect();
        let flags = flags.ok_or_else(|| Failure("--set takes KEY=NUMBER".to_owned()))?;
        // Variables that are no text cannot be ours.
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let row = |key: &str| world.setting(key).map(str::to_owned);
        Config::new(&flags, environment, row).map_err(Failure::of)
    }
}

/// `world` asked on `day`, where other plans count on it.
fn as_of(world: World, day: Day) -> World {
    let is_same = world.plans().in_force_on(Some(day)) == *world.plans().current();
    if is_same { world } else { world.as_of(day) }
}

fn open_desk(path: &Path) -> Result<Desk, Failure> {
    Desk::open(path, &StoreOptions::default()).map_err(Failure::of)
}

/// Done, or done with problems in the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    Clean,
    WithProblems,
}

/// Not done, and why, in one line for a person.
#[derive(Debug)]
struct Failure(String);

impl Failure {
    fn of(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Runs the command `arguments` name and says how it went.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let is_failure = error.use_stderr();
            // Nothing can be done about a closed terminal.
            let _ = error.print();
            return if is_failure { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let outcome = match cli.command {
        Command::Demo(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Locate(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Divide(command) => command.run(),
        Command::Sample(command) => command.run(),
        Command::Backup(command) => command.run(),
        Command::Restore(command) => command.run(),
    };
    match outcome {
        Ok(Done::Clean) => ExitCode::SUCCESS,
        Ok(Done::WithProblems) => ExitCode::from(1),
        Err(Failure(why)) => {
            eprintln!("lifang: {why}");
            ExitCode::from(2)
        }
    }
}

/// The plan named on the command line: a number, or `current`.
fn plan_choice(world: &World, text: &str) -> Result<PlanChoice, Failure> {
    if text == "current" {
        return Ok(PlanChoice::Current);
    }
    let id = text.parse().ok().and_then(PlanId::new).filter(|id| world.plans().get(*id).is_some());
    id.map(PlanChoice::Plan).ok_or_else(|| Failure(format!("there is no plan {text}")))
}

/// The area named on the command line by its code.
fn area_choice(world: &World, code: Option<&str>) -> Result<Option<AreaId>, Failure> {
    code.map(|code| {
        let found = world.areas().by_code(code).map(|record| record.id);
        found.ok_or_else(|| Failure(format!("there is no area {code}")))
    })
    .transpose()
}
