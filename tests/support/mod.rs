//! What several test programs share: worlds made from sample towns by the real deciding of imports.
#![allow(dead_code, reason = "each test program uses a part")]

use lifang::domain::change::{Change, Fact};
use lifang::domain::decide::edits::{Taken, target};
use lifang::domain::decide::{Command, Decision, HeldHome, Import, Refusal, Roster, decide};
use lifang::domain::measure::{Day, Stamp};
use lifang::domain::register::rows::Rows;
use lifang::domain::rights::Actor;
use lifang::domain::world::World;
use lifang::sample::random::RandomTown;

/// A world with the roster a store would hold beside it.
#[derive(Clone, Default)]
pub struct Desk {
    pub world: World,
    pub roster: Roster,
    /// Every change so far, in order.
    pub changes: Vec<Change>,
}

impl Desk {
    /// Decides a command and goes on to the world after it; what is taken back is found among the changes.
    pub fn run(&mut self, mut command: Command) -> Result<Decision, Refusal> {
        if let Command::TakeBack(wish) = &mut command
            && let Some(revision) = target(&self.world, wish.plan, wish.is_redo)
        {
            let is_kept =
                |fact: &Fact| matches!(fact, Fact::Plan(..) | Fact::Grid(..) | Fact::Cut(..));
            let facts = self.changes[revision.0 as usize - 1].facts.iter();
            let facts = facts.filter(|fact| is_kept(fact)).cloned().collect();
            wish.taken = Some(Taken { revision, facts });
        }
        let decision = decide(&self.world, command, &Actor::local(""), Stamp(0))?;
        if !decision.change.is_empty() {
            self.world = self.world.next(&decision.change).0;
            self.changes.push(decision.change.clone());
        }
        Ok(decision)
    }

    /// Imports `rows` as the desk would, without store or publishing.
    pub fn import(&mut self, rows: Rows) -> Decision {
        let n_rows = rows.len() as u64;
        let import = Import {
            rows,
            file: "town.csv".into(),
            datum: "4490".into(),
            issues: Vec::new(),
            issues_dropped: 0,
            dropped_columns: Vec::new(),
            n_rows,
            n_refused: 0,
            tolerance_m: 0.5,
            effective: Day::new(2026, 11, 1).expect("a date"),
            roster: self.roster.clone(),
        };
        let command = Command::Import(Box::new(import));
        let decision =
            decide(&self.world, command, &Actor::local(""), Stamp(0)).expect("not refused");
        if !decision.change.is_empty() {
            self.world = self.world.next(&decision.change).0;
            for row in &decision.change.roster {
                let home = HeldHome {
                    building: row.building,
                    unhoused: row.unhoused,
                    persons: row.persons,
                    pin: row.pin,
                };
                self.roster.insert(row.number.clone(), home);
            }
            self.changes.push(decision.change.clone());
        }
        decision
    }

    /// Imports a whole random town, file by file, in the order an office would.
    pub fn import_town(&mut self, town: &RandomTown) -> Vec<Decision> {
        let files = [
            Rows::Areas(town.areas.clone()),
            Rows::Grids(town.grids.clone()),
            Rows::Buildings(town.buildings.clone()),
            Rows::Households(town.households.clone()),
            Rows::Members(town.members.clone()),
        ];
        files.into_iter().map(|rows| self.import(rows)).collect()
    }
}
