//! `lifang sample`: made-up towns, as import files or as a database.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Done, Failure};
use crate::domain::register::rows::ImportKind;
use crate::sample::city::{self, City};
use crate::sample::demo;

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The demo town
    #[arg(long)]
    town: bool,
    /// A city of this many buildings
    #[arg(long, value_name = "N")]
    buildings: Option<usize>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Where {
    /// Folder for the import files
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Database to import them into
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Sample {
    #[command(flatten)]
    which: Which,
    /// The same seed makes the same city
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    place: Where,
}

impl Sample {
    pub(super) fn run(self) -> Result<Done, Failure> {
        match (&self.place.out, &self.place.db) {
            (Some(folder), _) => self.write(folder)?,
            (None, Some(db)) => {
                let folder = db.with_extension("sample");
                self.write(&folder)?;
                super::demo::import_folder(db, &folder, &super::demo::Notes::made_up())?;
                std::fs::remove_dir_all(&folder).map_err(Failure::of)?;
            }
            (None, None) => return Err(Failure("say --out DIR or --db FILE".to_owned())),
        }
        Ok(Done::Clean)
    }

    fn write(&self, folder: &Path) -> Result<(), Failure> {
        std::fs::create_dir_all(folder)
            .map_err(|error| Failure(format!("{}: {error}", folder.display())))?;
        if let Some(buildings) = self.which.buildings {
            let city = City::new(buildings, self.seed);
            for kind in ImportKind::ALL {
                write_file(folder, kind, |out| city.write(kind, out))?;
            }
        } else {
            for (name, bytes) in demo::town().files() {
                std::fs::write(folder.join(name), bytes).map_err(Failure::of)?;
            }
        }
        Ok(())
    }
}

fn write_file(
    folder: &Path,
    kind: ImportKind,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let path = folder.join(city::file_name(kind));
    let file =
        File::create(&path).map_err(|error| Failure(format!("{}: {error}", path.display())))?;
    let mut out = BufWriter::new(file);
    write(&mut out).and_then(|()| out.flush()).map_err(Failure::of)
}
