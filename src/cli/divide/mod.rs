//! `lifang divide`: ground into parts of like weight, with the proof beside it.

mod plan;
mod progress;
mod report;
mod units;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;

use super::{Done, Failure};
use crate::divide::{Barriers, Count, Stop};

#[derive(Debug, Args)]
pub(super) struct Divide {
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    units: units::Units,
    #[command(flatten)]
    plan: plan::Draft,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct What {
    /// Communities to divide in a new draft, by their codes
    #[arg(long, value_name = "CODE", num_args = 1..)]
    community: Vec<String>,
    /// All communities
    #[arg(long)]
    all: bool,
    /// A polygon coverage in GeoJSON: census blocks, precincts, small areas
    #[arg(long, value_name = "FILE", requires = "out", requires = "weight")]
    units: Option<PathBuf>,
}

/// What every division may be told.
#[derive(Debug, Args)]
struct Options {
    /// Weight a part should have
    #[arg(long, value_name = "N", conflicts_with = "parts")]
    target: Option<i64>,
    /// Least weight of a part
    #[arg(long, value_name = "N")]
    min: Option<i64>,
    /// Most weight of a part
    #[arg(long, value_name = "N")]
    max: Option<i64>,
    /// Kinds of barriers no part crosses, but by declared crossings: lane, road, avenue, rail, water, wall
    #[arg(long, value_name = "KIND,…")]
    hard: Option<String>,
    /// The same seed gives the same parts, on any number of threads
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads to work on; as many as the machine has unless said otherwise
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Ends the search after so many seconds, with the best division so far
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    time: f64,
    /// Writes the report as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Prints the report as JSON
    #[arg(long)]
    json: bool,
}

impl Options {
    fn n_threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(all).clamp(1, 256)
    }

    /// As many parts as come near `target`, in a band of a quarter to either side unless told otherwise.
    fn around(&self, target: i64) -> Count {
        let min = self.min.unwrap_or(target.saturating_mul(3) / 4);
        let max = self.max.unwrap_or(target.saturating_mul(5) / 4);
        Count::Around { target, min, max }
    }

    fn hard(&self) -> Result<Barriers, Failure> {
        let Some(words) = &self.hard else { return Ok(Barriers::default()) };
        let known: Vec<&str> = Barriers::WORDS.iter().map(|(word, _)| *word).collect();
        Barriers::named(words)
            .map_err(|word| Failure(format!("--hard takes {}, not {word:?}", known.join(", "))))
    }

    fn stop(&self) -> Result<Stop<'static>, Failure> {
        if !(self.time > 0.0 && self.time <= 1e6) {
            return Err(Failure("--time takes seconds, more than none".to_owned()));
        }
        let deadline = Instant::now() + Duration::from_secs_f64(self.time);
        Ok(Stop { deadline: Some(deadline), ..Stop::default() })
    }
}

impl Divide {
    pub(super) fn run(self) -> Result<Done, Failure> {
        match &self.what.units {
            Some(file) => self.units.run(file, &self.options),
            None => self.plan.run(&self.what.community, &self.units, &self.options),
        }
    }
}
