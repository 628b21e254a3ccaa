//! Which civil day it is: by the clock of this machine, or as somebody pretends.
//!
//! `LIFANG_TODAY=2026-12-01` stands for today in every command; `LIFANG_TODAY=@FILE` reads the day from
//! a file each time it is asked, so a server's day can be moved while it runs. For tests and demos.
//!
//! **Why** the civil day of this place and not of UTC: "from the first of March" means the day people
//! here wake up to.

use thiserror::Error;

use super::Desk;
use crate::domain::decide::Command;
use crate::domain::measure::Day;
use crate::domain::rights::Actor;

/// The variable that names the day to be taken for today.
const VARIABLE: &str = "LIFANG_TODAY";

/// The day somebody pretends it to be cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{VARIABLE} takes a day as YYYY-MM-DD, or @FILE with one in it")]
pub struct ClockError;

/// The civil date here and now; as [`pretended`], where that is given.
pub fn today() -> Day {
    pretended().ok().flatten().unwrap_or_else(by_the_clock)
}

/// The day the environment pretends it to be; `None` when it says nothing.
pub fn pretended() -> Result<Option<Day>, ClockError> {
    let Some(text) = std::env::var_os(VARIABLE) else { return Ok(None) };
    let text = text.into_string().map_err(|_| ClockError)?;
    let day = match text.strip_prefix('@') {
        Some(file) => std::fs::read_to_string(file).map_err(|_| ClockError)?,
        None => text,
    };
    day.trim().parse().map(Some).map_err(|()| ClockError)
}

fn by_the_clock() -> Day {
    let date = jiff::Zoned::now().date();
    Day::new(date.year().into(), date.month() as u32, date.day() as u32).expect("a civil date")
}

impl Desk {
    /// The civil day as this desk takes it.
    pub fn today(&self) -> Day {
        self.shared.today()
    }

    /// Takes `day` for today from now on, or the clock's again. Plans follow with the next
    /// [`Desk::turn`].
    pub fn pretend(&self, day: Option<Day>) {
        self.shared.pretend(day);
    }

    /// Turns the page when another day has begun, in either direction. Nothing happens while the same
    /// plans count. Cost: O(communities of all plans).
    pub async fn turn(&self) {
        let (world, today) = (self.world(), self.today());
        if world.plans().in_force_on(Some(today)) == *world.plans().current() {
            return;
        }
        if let Err(error) = self.submit(Command::Turn(today), Actor::local("clock")).await {
            tracing::error!(%error, "the day could not be turned");
        }
    }
}
