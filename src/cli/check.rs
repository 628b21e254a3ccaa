//! `lifang check`: the laws of every fabric, then the findings.

use clap::Args;
use std::collections::BTreeMap;

use super::{Database, Done, Failure, words::say};
use crate::domain::fabric::check::check;
use crate::domain::finding::{Query, findings};
use crate::domain::issue::{CODES, Issue, Severity};
use crate::domain::world::{PlanChoice, World};
use crate::http::wire;

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    database: Database,
    /// Lists every code with its words in both languages
    #[arg(long)]
    codes: bool,
    /// Answers as JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) fn run(self) -> Result<Done, Failure> {
        if self.codes {
            for known in CODES {
                println!("{}\t{}\t{}", known.code, known.zh, known.en);
            }
            return Ok(Done::Clean);
        }
        let world = self.database.whole_world()?;
        let broken = broken_laws(&world);
        let found = findings(&world, &Query { plan: PlanChoice::Current, area: None, code: None });
        if self.json {
            let report = wire::check_report(&world, &broken, &found);
            println!("{}", serde_json::to_string_pretty(&report).map_err(Failure::of)?);
        } else {
            print_report(&world, &broken, &found);
        }
        Ok(if broken.is_empty() { Done::Clean } else { Done::WithProblems })
    }
}

/// Every broken law of the area fabric and of every cut, with the code of the area it lies in.
pub(super) fn broken_laws(world: &World) -> Vec<Issue> {
    let mut broken = check(&world.areas().ground().fabric);
    for ((_, community), cut) in world.plans().cuts() {
        let code = world.areas().get(community).map(|record| record.code.clone());
        for mut issue in check(&cut.fabric) {
            issue.subjects.extend(code.clone());
            broken.push(issue);
        }
    }
    broken
}

fn print_report(world: &World, broken: &[Issue], found: &[crate::domain::finding::Finding]) {
    let n_cuts = world.plans().cuts().count();
    println!("revision {}: area fabric and {n_cuts} community fabrics checked", world.revision().0);
    for issue in broken {
        let at = issue.place.first().map(|pin| pin.lon_lat());
        let at = at.map_or(String::new(), |at| format!(" at {:.7},{:.7}", at.lon, at.lat));
        let subjects: Vec<&str> = issue.subjects.iter().map(|code| code.as_str()).collect();
        println!("broken law: {} {}{at}: {}", issue.code, subjects.join(" "), say(issue.code));
    }
    if broken.is_empty() {
        println!("no law is broken");
    }
    let mut counts: BTreeMap<(std::cmp::Reverse<Severity>, &'static str), usize> = BTreeMap::new();
    for finding in found {
        *counts.entry((std::cmp::Reverse(finding.severity), finding.code)).or_default() += 1;
    }
    println!("{} findings", found.len());
    for ((_, code), n) in counts {
        println!("{n:>8}  {code}  {}", say(code));
    }
}
