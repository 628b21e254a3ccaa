//! `lifang export`: the data office takes a file out; member counts are exact here.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;

use super::{Database, Done, Failure, area_choice, plan_choice, today};
use crate::domain::measure::Day;
use crate::domain::world::World;
use crate::export::{Export as Wanted, Format, MemberCells, What, write};

#[derive(Debug, Args)]
pub(super) struct Export {
    /// areas, grids, buildings, placements, tallies, findings or diff
    what: String,
    /// A plan's number, or `current`
    #[arg(long, default_value = "current")]
    plan: String,
    /// For a diff, the plan it is held against: a number, or `current`
    #[arg(long, default_value = "current")]
    against: String,
    /// A day as YYYY-MM-DD: what counted, or will count, then; today when left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    at: Option<Day>,
    /// Only what lies under the area with this code
    #[arg(long)]
    area: Option<String>,
    /// csv, geojson or xlsx, where it fits: shapes are written as geojson, tables as csv unless said otherwise
    #[arg(long)]
    format: Option<String>,
    /// File to write; `-` for the terminal
    #[arg(long, default_value = "-")]
    out: PathBuf,
    #[command(flatten)]
    database: Database,
}

fn day(text: &str) -> Result<Day, String> {
    text.parse().map_err(|()| "a day is written as YYYY-MM-DD".to_owned())
}

impl Export {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let what = What::of_word(&self.what)
            .ok_or_else(|| Failure(format!("{} cannot be exported", self.what)))?;
        let format = match &self.format {
            None => what.formats()[0],
            Some(word) => Format::of_word(word)
                .ok_or_else(|| Failure(format!("the format {word} is not known")))?,
        };
        if self.at.is_some() && self.plan != "current" {
            return Err(Failure("--at goes with --plan current only".to_owned()));
        }
        let plans = |world: &World| {
            Ok(vec![plan_choice(world, &self.plan)?, plan_choice(world, &self.against)?])
        };
        let world = self.database.world_on(self.at.unwrap_or_else(today), plans)?;
        let plan = plan_choice(&world, &self.plan)?;
        let against = plan_choice(&world, &self.against)?;
        let area = area_choice(&world, self.area.as_deref())?;
        let wanted = Wanted { world: &world, plan, against, area, members: MemberCells::Exact };
        if self.out.as_os_str() == "-" {
            let mut out = BufWriter::new(io::stdout().lock());
            write(&wanted, what, format, &mut out).map_err(Failure::of)?;
            out.flush().map_err(Failure::of)?;
        } else {
            // Written beside its name first: a reader never finds half a file.
            let partial = self.out.with_extension("part");
            let file = File::create(&partial)
                .map_err(|error| Failure(format!("{}: {error}", partial.display())))?;
            let mut out = BufWriter::new(file);
            write(&wanted, what, format, &mut out).map_err(Failure::of)?;
            out.flush().map_err(Failure::of)?;
            std::fs::rename(&partial, &self.out).map_err(Failure::of)?;
        }
        Ok(Done::Clean)
    }
}
