//! `lifang serve`, and copies of the database made and put back.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::{Database, Done, Failure, Settings};
use crate::config::Config;
use crate::desk::{Desk, pretended};
use crate::http::HttpOptions;
use crate::http::serve::{Server, stop_signal};
use crate::store::{Reader, StoreOptions, restore};

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Address to listen on; only this machine until the first account exists
    #[arg(long, env = "LIFANG_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    database: Database,
}

impl Serve {
    pub(super) fn run(self) -> Result<Done, Failure> {
        pretended().map_err(Failure::of)?;
        let desk = self.database.desk()?;
        let config = self.settings.config(&desk.world())?;
        serve_desk(desk, &config, &self.database.db, self.listen, |address| {
            let about =
                "No accounts exist yet: only this machine can connect, and may do everything.";
            // Whoever reads the address may close the pipe; that ends no service.
            let _ = write!(std::io::stdout(), "http://{address}\n{about}\n");
        })
    }
}

/// Serves until a signal asks to stop. `ready` is called once with the address really taken.
pub(super) fn serve_desk(
    desk: Desk,
    config: &Config,
    db: &Path,
    listen: SocketAddr,
    ready: impl FnOnce(SocketAddr),
) -> Result<Done, Failure> {
    start_log();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::of)?;
    let folder = std::path::absolute(db).ok().and_then(|db| Some(db.parent()?.to_owned()));
    let options = http_options(config, listen, folder);
    runtime.block_on(async {
        let server = Server::bind(desk, options).await.map_err(Failure::of)?;
        ready(server.address());
        server.run(stop_signal()).await;
        Ok(Done::Clean)
    })
}

fn http_options(config: &Config, listen: SocketAddr, folder: Option<PathBuf>) -> HttpOptions {
    let number = |key| config.number(key);
    // Every range of the list fits 32 bits but for bytes, and those are counted in 64.
    let count = |key| usize::try_from(number(key)).expect("within its range");
    HttpOptions {
        listen,
        max_connections: count("limit.connections"),
        max_listeners: count("limit.listeners"),
        max_imports: count("limit.imports"),
        header_timeout: Duration::from_secs(number("limit.header_seconds")),
        idle_timeout: Duration::from_secs(number("limit.idle_seconds")),
        header_bytes: count("limit.header_bytes"),
        url_bytes: count("limit.url_bytes"),
        body_bytes: number("limit.json_bytes"),
        import_bytes: number("limit.import_bytes"),
        file_vertices: number("limit.file_vertices"),
        ring_vertices: count("limit.ring_vertices"),
        json_depth: count("limit.json_depth"),
        folder,
    }
}

/// The log goes to stderr; `RUST_LOG` says how much of it.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,lifang=info"));
    // A log that was started before stays as it is.
    let _ =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// File to write; must not exist
    file: PathBuf,
    #[command(flatten)]
    database: Database,
}

impl Backup {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let reader =
            Reader::open(&self.database.db, &StoreOptions::default()).map_err(Failure::of)?;
        reader.backup(&self.file).map_err(Failure::of)?;
        Ok(Done::Clean)
    }
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// A file written by `lifang backup`
    file: PathBuf,
    #[command(flatten)]
    database: Database,
}

impl Restore {
    pub(super) fn run(self) -> Result<Done, Failure> {
        restore(&self.file, &self.database.db).map_err(Failure::of)?;
        Ok(Done::Clean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_those_of_the_contract() {
        let default = HttpOptions::default();
        let options = http_options(&Config::default(), default.listen, None);
        assert_eq!(format!("{options:?}"), format!("{default:?}"));
    }
}
