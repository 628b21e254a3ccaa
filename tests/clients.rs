//! Fifty clients on the same five grids, a server killed under them, and nothing lost or done twice; and
//! one file left by everything that ends as it should.
//!
//! The real binary serves a file on a port of its own choice. Every client edits with the revision it last
//! saw, reads again and retries when it was overtaken, and sends the same edit once more when the server
//! died before it answered. Afterwards the history, replayed on a copy of the first database, has to give
//! the same world. `LIFANG_ROUNDS` sets how many rounds there are in all (200).

#[path = "clients/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, RwLock};
use std::time::Duration;

use lifang::sample::dice::Dice;
use serde_json::{Value, json};

use server::{Door, Server, lifang};

const CLIENTS: usize = 50;
/// Retries of one edit that others keep overtaking, before the client thinks of another.
const MOST_RETRIES: usize = 40;

/// What all clients know together.
struct Office {
    address: RwLock<String>,
    plan: String,
    community: String,
    /// Body of each edit as it was sent last, by id.
    sent: Mutex<BTreeMap<String, Value>>,
    /// Revision of each edit that was acknowledged as changing something, by id.
    acknowledged: Mutex<BTreeMap<String, u64>>,
    answers: Mutex<BTreeMap<u16, usize>>,
    n_rounds: AtomicUsize,
}

impl Office {
    fn address(&self) -> String {
        self.address.read().unwrap().clone()
    }

    fn fabric_path(&self) -> String {
        format!("{}/fabric?community={}", self.plan, self.community)
    }
}

/// One planner at work.
struct Client<'a> {
    office: &'a Office,
    name: String,
    dice: Dice,
    door: Option<Door>,
}

impl Client<'_> {
    /// The answer to a request; `None` when the server went away before it came.
    fn ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> Option<(u16, Value)> {
        let door = match self.door.take() {
            Some(door) => Some(door),
            None => Door::open(&self.office.address()),
        };
        let answer = door.and_then(|mut door| {
            let answer = door.ask(method, path, &self.name, body)?;
            self.door = Some(door);
            Some(answer)
        });
        if answer.is_none() {
            std::thread::sleep(Duration::from_millis(20));
        }
        answer
    }

    /// Asks until somebody answers: reading twice does no harm.
    fn read(&mut self, path: &str) -> Value {
        for _ in 0..3_000 {
            if let Some((status, body)) = self.ask("GET", path, None) {
                assert_eq!(status, 200, "{path}: {body}");
                return body;
            }
        }
        panic!("the server did not come back");
    }

    /// One edit, until it is answered by something else than "somebody was faster".
    fn round(&mut self, number: usize) {
        let id = format!("{}-{number}", self.name);
        if self.dice.is_chance(1, 15) {
            return self.take_back();
        }
        let mut fabric = self.read(&self.office.fabric_path());
        let mut edits = self.draw(&fabric);
        // Some look away for a while, so that others overtake them.
        std::thread::sleep(Duration::from_millis(self.dice.below(8) as u64));
        for _ in 0..MOST_RETRIES {
            let body =
                json!({"base": fabric["revision"], "id": id, "edits": [edits], "repair": "carry"});
            self.office.sent.lock().unwrap().insert(id.clone(), body.clone());
            let (status, answer) = self.send(&body);
            match status {
                200 => {
                    // Repeated: it was done before the server died, and is acknowledged only now.
                    if answer["changed"] == true || answer["repeated"] == true {
                        assert_eq!(answer["id"], id);
                        let revision = answer["revision"].as_u64().unwrap();
                        self.office.acknowledged.lock().unwrap().insert(id, revision);
                    }
                    return;
                }
                412 => {
                    assert_eq!(answer["code"], "edit.stale");
                    assert!(!answer["changes"].as_array().unwrap().is_empty(), "{answer}");
                    fabric = self.read(&self.office.fabric_path());
                    edits = self.draw(&fabric);
                }
                409 | 422 => return,
                other => panic!("{other}: {answer}"),
            }
        }
    }

    fn send(&mut self, body: &Value) -> (u16, Value) {
        let path = format!("{}/edits", self.office.plan);
        for _ in 0..3_000 {
            if let Some((status, answer)) = self.ask("POST", &path, Some(body)) {
                *self.office.answers.lock().unwrap().entry(status).or_default() += 1;
                return (status, answer);
            }
        }
        panic!("the server did not come back");
    }

    /// Takes back or does again whatever is newest. Not sent twice: it has no name of its own.
    fn take_back(&mut self) {
        let way = if self.dice.is_chance(2, 3) { "undo" } else { "redo" };
        let path = format!("{}/{way}", self.office.plan);
        if let Some((status, answer)) = self.ask("POST", &path, Some(&json!({}))) {
            assert!(matches!(status, 200 | 409 | 412 | 422), "{status}: {answer}");
            *self.office.answers.lock().unwrap().entry(status).or_default() += 1;
        }
    }

    /// A stroke somewhere on a border between two grids.
    fn draw(&mut self, fabric: &Value) -> Value {
        let cells = fabric["cells"].as_array().unwrap();
        let grid = |cell: &Value| &cells[cell.as_u64().unwrap() as usize - 1]["grid"];
        let code = |key: &Value| {
            let grids = fabric["grids"].as_array().unwrap();
            grids.iter().find(|grid| grid["id"] == *key).unwrap()["code"].clone()
        };
        let borders: Vec<&Value> = fabric["seams"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|seam| !seam["left"].is_null() && !seam["right"].is_null())
            .filter(|seam| {
                let (left, right) = (grid(&seam["left"]), grid(&seam["right"]));
                left != right && !left.is_null() && !right.is_null()
            })
            .collect();
        let border = *self.dice.pick(&borders);
        let line = border["line"].as_array().unwrap();
        let (mine, theirs) = if self.dice.is_chance(1, 2) {
            (&border["left"], &border["right"])
        } else {
            (&border["right"], &border["left"])
        };
        let to = code(grid(theirs));
        let mut near = |at: &Value| {
            let mut by = |at: &Value| {
                let at = at.as_f64().unwrap() + f64::from(self.dice.between(-300, 300)) * 1e-7;
                (at * 1e7).round() / 1e7
            };
            json!([by(&at[0]), by(&at[1])])
        };
        let at = &line[line.len() / 2];
        let moved = near(at);
        let buildings = &cells[mine.as_u64().unwrap() as usize - 1]["buildings"];
        match self.dice.below(8) {
            0..4 => {
                json!({"op": "paint", "cells": [mine], "community": fabric["community"], "to": to})
            }
            4 if !buildings.as_array().unwrap().is_empty() => {
                json!({"op": "paint", "buildings": buildings, "to": to})
            }
            5 => json!({"op": "reroute", "between": [code(grid(mine)), to],
                "line": [line[0], moved, line[line.len() - 1]]}),
            6 => json!({"op": "rename", "grid": to, "name": self.name}),
            _ => json!({"op": "move", "at": at, "to": moved}),
        }
    }
}

/// A database with a draft of one community, beside a copy of it; the draft's path and community.
fn prepare(live: &Path, copy: &Path) -> (String, String) {
    lifang(&["sample", "--buildings", "250", "--seed", "3", "--db"], live);
    let mut server = Server::start(live);
    let mut door = Door::open(&server.address).unwrap();
    let body = json!({"title": "五个网格", "based_on": "current", "areas": []});
    let (status, plan) = door.ask("POST", "/api/v1/plans", "office", Some(&body)).unwrap();
    assert_eq!(status, 201, "{plan}");
    let path = format!("/api/v1/plans/{}", plan["id"]);
    let community = plan["areas"][0].as_str().unwrap().to_owned();
    let fabric = format!("{path}/fabric?community={community}");
    let (_, fabric) = door.ask("GET", &fabric, "office", None).unwrap();
    assert_eq!(fabric["grids"].as_array().unwrap().len(), 5, "the five grids of the story");
    server.kill();
    std::fs::copy(live, copy).unwrap();
    let log = |path: &Path| path.with_extension("db-wal");
    std::fs::copy(log(live), log(copy)).unwrap();
    (path, community)
}

/// Everything of the draft that could differ: shapes, counts, placements, ground.
fn world(address: &str, office: &Office) -> Vec<Value> {
    let mut door = Door::open(address).unwrap();
    let mut get = |path: String| {
        let (status, body) = door.ask("GET", &path, "office", None).unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        body
    };
    let plan = &office.plan;
    let fabric = get(office.fabric_path());
    let mut told = vec![get(format!("{plan}/grids")), get(format!("{plan}/tallies"))];
    for grid in fabric["grids"].as_array().unwrap() {
        told.push(get(format!("{plan}/grids/{}/buildings", grid["code"].as_str().unwrap())));
    }
    told.push(fabric);
    told
}

fn history(address: &str, office: &Office) -> Vec<Value> {
    let mut door = Door::open(address).unwrap();
    let (mut all, mut since) = (Vec::new(), 0);
    loop {
        let path = format!("{}/history?since={since}", office.plan);
        let (status, rows) = door.ask("GET", &path, "office", None).unwrap();
        assert_eq!(status, 200, "{rows}");
        let rows = rows.as_array().unwrap();
        let Some(last) = rows.last() else { return all };
        since = last["revision"].as_u64().unwrap();
        all.extend(rows.iter().cloned());
    }
}

/// Does the history again, entry by entry, on a server that has only the start.
fn replay(address: &str, office: &Office, rows: &[Value]) {
    let mut door = Door::open(address).unwrap();
    let sent = office.sent.lock().unwrap();
    let mut revision = rows[0]["revision"].as_u64().unwrap();
    for row in &rows[1..] {
        let (way, body) = match row["kind"].as_str().unwrap() {
            "edit" => {
                let mut body = sent[row["id"].as_str().unwrap()].clone();
                body["base"] = json!(revision);
                ("edits", body)
            }
            way @ ("undo" | "redo") => (way, json!({})),
            other => panic!("{other} in the middle of a history"),
        };
        let path = format!("{}/{way}", office.plan);
        let who = row["who"].as_str().unwrap();
        let (status, answer) = door.ask("POST", &path, who, Some(&body)).unwrap();
        assert_eq!(status, 200, "{row}: {answer}");
        revision = answer["revision"].as_u64().unwrap();
        assert_eq!(row["revision"], revision, "the same numbers in the same order");
    }
}

#[test]
fn fifty_clients_lose_nothing_when_the_server_dies() {
    let wanted = std::env::var("LIFANG_ROUNDS").ok().and_then(|text| text.parse().ok());
    let rounds: usize = wanted.unwrap_or(200);
    let folder = tempfile::tempdir().unwrap();
    let (live, copy) = (folder.path().join("live.db"), folder.path().join("copy.db"));
    let (plan, community) = prepare(&live, &copy);
    let mut server = Server::start(&live);
    let office = Office {
        address: RwLock::new(server.address.clone()),
        plan,
        community,
        sent: Mutex::default(),
        acknowledged: Mutex::default(),
        answers: Mutex::default(),
        n_rounds: AtomicUsize::new(0),
    };
    std::thread::scope(|scope| {
        let work = |number: usize| {
            let (name, dice) = (format!("planner{number}"), Dice::new(number as u64));
            let mut client = Client { office: &office, name, dice, door: None };
            loop {
                let round = office.n_rounds.fetch_add(1, Ordering::SeqCst);
                if round >= rounds {
                    break;
                }
                client.round(round);
            }
        };
        let clients: Vec<_> =
            (0..CLIENTS).map(|number| scope.spawn(move || work(number))).collect();
        // In the midst of it, with edits on their way.
        let is_midst = || {
            office.n_rounds.load(Ordering::SeqCst) >= rounds / 2
                || clients.iter().any(|client| client.is_finished())
        };
        while !is_midst() {
            std::thread::sleep(Duration::from_millis(1));
        }
        server.kill();
        server = Server::start(&live);
        office.address.write().unwrap().clone_from(&server.address);
    });
    let answers = office.answers.lock().unwrap().clone();
    let acknowledged = office.acknowledged.lock().unwrap().clone();
    println!(
        "{CLIENTS} clients, {rounds} rounds: {answers:?}, {} acknowledged",
        acknowledged.len()
    );
    assert!(answers.keys().all(|status| matches!(status, 200 | 409 | 412 | 422)), "{answers:?}");
    assert!(answers.contains_key(&412), "somebody was overtaken: {answers:?}");
    assert!(acknowledged.len() > rounds / 4, "most edits are sensible ones");

    let rows = history(&server.address, &office);
    for (id, revision) in &acknowledged {
        let found: Vec<&Value> = rows.iter().filter(|row| row["id"] == *id).collect();
        assert_eq!(found.len(), 1, "{id} acknowledged, and done once");
        assert!(found[0]["revision"].as_u64().unwrap() <= *revision);
    }
    let n_edits = rows.iter().filter(|row| row["kind"] == "edit").count();
    assert_eq!(n_edits, acknowledged.len(), "nothing was done that nobody was told of");
    let mut door = Door::open(&server.address).unwrap();
    for id in acknowledged.keys().step_by(9) {
        let body = &office.sent.lock().unwrap()[id];
        let path = format!("{}/edits", office.plan);
        let (status, answer) = door.ask("POST", &path, "late", Some(body)).unwrap();
        assert_eq!(status, 200, "{answer}");
        assert_eq!((&answer["repeated"], &answer["changed"]), (&json!(true), &json!(false)));
    }

    let twin = Server::start(&copy);
    replay(&twin.address, &office, &rows);
    let timeless = |rows: Vec<Value>| -> Vec<Value> {
        let without = |mut row: Value| {
            row["when"].take();
            row
        };
        rows.into_iter().map(without).collect()
    };
    assert_eq!(timeless(history(&twin.address, &office)), timeless(rows));
    for (ours, theirs) in world(&server.address, &office).iter().zip(world(&twin.address, &office))
    {
        assert!(*ours == theirs, "the replayed world differs:\n{ours}\n{theirs}");
    }
}

/// Whoever copies the database between two commands, or after the server has stopped, has all of it.
#[test]
fn whatever_ends_leaves_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("t.db");
    let db_path = db.to_str().unwrap();
    let check = |after: &str| {
        let log = folder.path().join("t.db-wal");
        assert!(!log.exists(), "{after} leaves what was written beside the database");
    };
    lifang(&["sample", "--town", "--db"], &db);
    check("sample");
    let town = folder.path().join("town");
    lifang(&["sample", "--town", "--out"], &town);
    let households = town.join("households.csv");
    lifang(&["import", "--db", db_path, "households"], &households);
    check("import");
    lifang(&["divide", "--community", "990101001001", "--db"], &db);
    check("divide");
    lifang(&["check", "--db"], &db);
    check("check");
    lifang(&["export", "grids", "--db", db_path, "--out"], &folder.path().join("grids.geojson"));
    check("export");
    let mut server = Server::start(&db);
    let mut door = Door::open(&server.address).unwrap();
    let body = json!({"title": "网格", "based_on": "current", "areas": []});
    let (status, answer) = door.ask("POST", "/api/v1/plans", "planner", Some(&body)).unwrap();
    assert_eq!(status, 201, "{answer}");
    server.stop();
    check("serve");
}
