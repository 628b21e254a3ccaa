//! Answers of another day, plans that sleep, and readers while plans are published one after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use lifang::desk::Desk;
use lifang::domain::decide::Command;
use lifang::domain::decide::edits::{StartPlan, prepare};
use lifang::domain::decide::lifecycle::{Deed, LifeStep};
use lifang::domain::ids::{Code, PlanId};
use lifang::domain::measure::Day;
use lifang::domain::plan::PlanChoice;
use lifang::domain::plan::edit::{Edit, Repair, Stroke};
use lifang::domain::register::rows::Rows;
use lifang::domain::rights::Actor;
use lifang::http::{App, HttpOptions, router};
use lifang::store::StoreOptions;
use serde_json::{Value, json};

use super::house::{House, import, town};
use super::life::{Council, FIRST, SECOND, day};

/// Three plans: the town's own of the first of November, then two that merge a grid away each.
async fn years() -> Council {
    let council = Council::new().await;
    for (title, first, other) in [("冬", "2026-12-01", "002"), ("春", "2027-03-01", "003")] {
        let id = council.draft(title, &[FIRST]).await;
        council.merge(id, &format!("{FIRST}001"), &format!("{FIRST}{other}")).await;
        council.post("ann", format!("/plans/{id}/submit"), json!({})).await;
        let body = json!({"effective_from": first, "reason": title});
        let done = council.post("bob", format!("/plans/{id}/approve"), body).await;
        assert_eq!(done.status, 200, "{}", done.text());
        council.on(first).await;
    }
    council
}

fn grids_of(rows: &Value) -> Vec<&str> {
    let rows = rows["rows"].as_array().unwrap().iter();
    rows.filter(|row| row["community"] == FIRST).filter_map(|row| row["grid"].as_str()).collect()
}

#[tokio::test]
async fn any_day_is_answered_from_the_plan_that_counted() {
    let council = years().await;
    let code = |n: &str| format!("{FIRST}{n}");
    for (at, expected) in [
        ("2026-11-01", vec![code("001"), code("002"), code("003")]),
        ("2026-11-30", vec![code("001"), code("002"), code("003")]),
        ("2026-12-01", vec![code("001"), code("003")]),
        ("2027-02-28", vec![code("001"), code("003")]),
        ("2027-03-01", vec![code("001")]),
        ("2031-01-01", vec![code("001")]),
        ("2026-10-31", vec![]),
    ] {
        let rows = council.get(&format!("/plans/current/tallies?community={FIRST}&at={at}")).await;
        assert_eq!(grids_of(&rows), expected, "{at}");
        let whole = council.get(&format!("/plans/current/tallies?at={at}")).await;
        assert_eq!(grids_of(&whole), expected, "{at}");
        let grids = council.get(&format!("/plans/current/grids?community={FIRST}&at={at}")).await;
        assert_eq!(grids["grids"].as_array().unwrap().len(), expected.len(), "{at}");
        let areas = council.get(&format!("/areas/{FIRST}?at={at}")).await;
        assert_eq!(areas["grids"], expected.len(), "{at}");
    }
    // The same buildings, whoever answered for them.
    let households = |rows: &Value| -> i64 {
        let rows = rows["rows"].as_array().unwrap().iter();
        rows.filter_map(|row| row["households"].as_i64()).sum()
    };
    let then = council.get("/plans/current/tallies?at=2026-11-05").await;
    let now = council.get("/plans/current/tallies").await;
    assert_eq!(households(&then), households(&now));
    // Two divisions of the same people would tell what lies between them: no members of another day.
    assert!(then.to_string().contains(r#""members":{"hidden":true}"#));
    assert!(!then.to_string().contains("below"));
    assert!(now.to_string().contains("below"));
    let today = council.get("/plans/current/tallies?at=2027-03-01").await;
    assert_eq!(today, now, "today is today");
    let (at, grid) = ("2026-11-05", code("002"));
    let gone = council.house.get(&format!("/api/v1/plans/current/grids/{grid}")).await;
    assert_eq!(gone.code(), "grid.unknown");
    let held = council.get(&format!("/plans/current/grids/{grid}?at={at}")).await;
    assert_eq!(held["code"], grid);
    let homes = council.get(&format!("/plans/current/grids/{grid}/buildings?at={at}")).await;
    let home = homes["buildings"][0]["code"].as_str().unwrap();
    let located = council.get(&format!("/locate?building={home}&at={at}")).await;
    assert_eq!(located["grid"]["code"], grid);
    assert_ne!(council.get(&format!("/locate?building={home}")).await["grid"]["code"], grid);
    let (lon, lat) = (&held["label"][0], &held["label"][1]);
    let there = council.get(&format!("/locate?lon={lon}&lat={lat}&at={at}")).await;
    assert_eq!(there["grid"]["code"], grid);
    let found = council.get(&format!("/findings?at={at}&area={FIRST}")).await;
    assert!(found["total"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn tiles_of_a_day_are_their_own() {
    let council = years().await;
    let grid = council.get(&format!("/plans/current/grids/{FIRST}001")).await;
    let label = [grid["label"][0].as_f64().unwrap(), grid["label"][1].as_f64().unwrap()];
    let n = f64::from(1 << 14);
    let (x, lat) = (((label[0] + 180.0) / 360.0 * n) as u32, label[1].to_radians());
    let y = ((1.0 - lat.tan().asinh() / std::f64::consts::PI) / 2.0 * n) as u32;
    let tile = async |at: &str| {
        let path = format!("/tiles/current/grids,labels/14/{x}/{y}{at}");
        let reply = council.house.get(&path).await;
        assert_eq!(reply.status, 200, "{path}");
        (reply.headers["etag"].clone(), reply.body)
    };
    let (now, winter, autumn) =
        (tile("").await, tile("?at=2027-01-01").await, tile("?at=2026-11-05").await);
    assert!(now.0 != winter.0 && winter.0 != autumn.0 && now.0 != autumn.0);
    assert_eq!(tile("?at=2027-03-01").await, now);
    assert_eq!(tile("?at=2026-11-29").await, autumn);
    assert_eq!(tile("?at=2026-11-05").await, autumn, "held");
    // By its number the plan that sleeps draws the same.
    let by_number = council.house.get(&format!("/tiles/1/grids,labels/14/{x}/{y}")).await;
    assert_eq!(by_number.body, autumn.1);
    let described = council.house.get("/tiles/current/grids.json?at=2026-11-05").await.json();
    assert!(described["tiles"][0].as_str().unwrap().ends_with("{y}?at=2026-11-05"));
}

#[tokio::test]
async fn plans_that_sleep_answer_when_they_are_asked() {
    let council = years().await;
    let world = council.house.desk.world();
    let first = PlanId::new(1).unwrap();
    assert_eq!(world.plans().asleep(first).count(), 1, "one community has another plan");
    let grids = council.get(&format!("/plans/1/grids?community={FIRST}")).await;
    assert_eq!(grids["grids"].as_array().unwrap().len(), 3);
    let fabric = council.get(&format!("/plans/1/fabric?community={FIRST}")).await;
    assert!(!fabric["cells"].as_array().unwrap().is_empty());
    let diff = council.get(&format!("/plans/current/diff?against=1&community={FIRST}")).await;
    assert_eq!(diff["totals"]["grids_gone"], 2, "{diff:#}");
    let spring = world.plans().all().find(|plan| &*plan.title == "冬").unwrap().id.get();
    let log = council.get(&format!("/plans/{spring}/history")).await;
    assert!(log.as_array().unwrap().iter().any(|row| row["ops"][0] == "approve"));
    // A draft may start from what is over.
    let body = json!({"title": "back", "based_on": spring, "areas": []});
    let started = council.post("ann", "/plans", body).await;
    assert_eq!(started.status, 201, "{}", started.text());
    let draft = started.json()["id"].clone();
    assert_eq!(started.json()["is_behind"], true);
    let tallies = council.get(&format!("/plans/{draft}/tallies?community={FIRST}")).await;
    assert_eq!(grids_of(&tallies).len(), 2);
    let checks = council.get(&format!("/plans/{draft}/checks")).await;
    assert!(checks["warnings"].as_array().unwrap().iter().any(|one| one["code"] == "plan.behind"));
}

#[tokio::test]
async fn things_have_a_history() {
    let council = years().await;
    let days = |eras: &Value| -> Vec<(String, String)> {
        let eras = eras.as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        eras.map(|era| (text(&era["from"]), text(&era["to"]))).collect()
    };
    let period = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    // A grid that was merged away, and the one it went to.
    let second = council.get(&format!("/history/grid?code={FIRST}002")).await;
    assert_eq!(days(&second), [period("2026-11-01", "2026-11-30")]);
    let first = council.get(&format!("/history/grid?code={FIRST}001")).await;
    assert_eq!(days(&first), [period("2026-11-01", "")]);
    assert_eq!((&first[0]["plan"]["id"], &first[0]["who"]), (&json!(1), &json!("测试")));
    let kept = council.get(&format!("/plans/current/grids/{FIRST}001")).await;
    assert_eq!(kept["predecessors"], json!([format!("{FIRST}002"), format!("{FIRST}003")]));
    let gone = council.get(&format!("/plans/1/grids/{FIRST}002")).await;
    assert_eq!(gone["successors"], json!([format!("{FIRST}001")]));
    // A building that went from 003 to 001 in spring.
    let homes = council.get(&format!("/plans/1/grids/{FIRST}003/buildings")).await;
    let home = homes["buildings"][0]["code"].as_str().unwrap();
    let eras = council.get(&format!("/history/building?code={home}")).await;
    assert_eq!(days(&eras), [period("2027-03-01", ""), period("2026-11-01", "2027-02-28")]);
    assert_eq!((&eras[0]["who"], &eras[0]["reason"]), (&json!("bob"), &json!("春")));
    assert_eq!(eras[1]["grid"], format!("{FIRST}003"));
    // A border that has always been there.
    let fabric = council.get(&format!("/plans/current/fabric?community={FIRST}")).await;
    let outer = fabric["seams"].as_array().unwrap().iter().find(|seam| seam["left"].is_null());
    let at = &outer.or(fabric["seams"].as_array().unwrap().last()).unwrap()["line"][0];
    let border = council.get(&format!("/history/border?lon={}&lat={}", at[0], at[1])).await;
    assert!(!border.as_array().unwrap().is_empty());
    for (path, code) in [
        ("/api/v1/history/grid?code=x", "grid.unknown"),
        ("/api/v1/history/building?code=x", "building.unknown"),
        ("/api/v1/history/border?lon=0&lat=0", "border.none-near"),
    ] {
        assert_eq!(council.house.get(path).await.code(), code);
    }
}

#[tokio::test]
async fn impossible_days_are_refused() {
    let council = Council::new().await;
    for path in [
        "/api/v1/plans/current/tallies?at=2026-02-30",
        "/api/v1/plans/current/grids?at=yesterday",
        "/api/v1/areas?at=2026-1",
        "/api/v1/locate?lon=109&lat=38&at=0000-00-00",
        "/api/v1/findings?at=20260101",
        "/tiles/current/grids/14/13179/6262?at=2026-13-01",
        "/tiles/current/grids.json?at=x",
    ] {
        let reply = council.house.get(path).await;
        assert_eq!((reply.status.as_u16(), &*reply.code()), (422, "at.bad-day"), "{path}");
    }
    for path in ["/api/v1/plans/1/tallies?at=2026-11-05", "/tiles/1/grids/14/1/1?at=2026-11-05"] {
        let reply = council.house.get(path).await;
        assert_eq!((reply.status.as_u16(), &*reply.code()), (422, "at.with-plan"), "{path}");
    }
}

fn life(plan: PlanId, deed: Deed) -> Command {
    Command::Life(Box::new(LifeStep { plan, base: None, reason: "".into(), deed }))
}

async fn done(desk: &Desk, who: &str, command: Command) {
    desk.submit(command, Actor::local(who)).await.expect("is not refused");
}

/// A plan of everything, every grid named after the round, to count from `first` on.
async fn publish(desk: &Desk, round: usize, first: Day) -> PlanId {
    let world = desk.world();
    let areas = Vec::new();
    let based_on = Some(PlanChoice::Current);
    let mut start = StartPlan { title: "round".into(), based_on, areas, prepared: Vec::new() };
    start.prepared = prepare(&world, &start);
    let plan = PlanId::new(world.counters().plan).unwrap();
    done(desk, "ann", Command::Start(Box::new(start))).await;
    let world = desk.world();
    let codes: Vec<Code> = world.plans().grids(plan).map(|grid| grid.code.clone()).collect();
    let rename =
        |grid: &Code| Stroke::Rename { grid: grid.clone(), name: format!("r{round}").into() };
    let edit = Edit {
        plan,
        base: world.revision(),
        id: "".into(),
        strokes: codes.iter().map(rename).collect(),
        repair: Repair::Refuse,
    };
    done(desk, "ann", Command::Edit(Box::new(edit))).await;
    done(desk, "ann", life(plan, Deed::Submit)).await;
    done(desk, "bob", life(plan, Deed::Approve(Some(first)))).await;
    plan
}

/// Two hundred plans come into force while eight readers look: none sees one plan here and another there.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_never_see_a_mixture() {
    let house = Arc::new(House::new().await);
    let (desk, first) = (house.desk.clone(), day("2026-11-20"));
    desk.pretend(Some(first));
    // What the town's own plan leaves open would keep every plan back.
    let council = Council { house: House::over(&house) };
    let clean = council.approved("r0", &[], "2026-11-21").await;
    council.on("2026-11-21").await;
    assert_eq!(council.get(&format!("/plans/{clean}")).await["is_in_force"], true);
    let is_over = Arc::new(AtomicBool::new(false));
    let n_read = Arc::new(AtomicUsize::new(0));
    let readers: Vec<_> = (0..8)
        .map(|number| {
            let (house, is_over, n_read) =
                (Arc::clone(&house), Arc::clone(&is_over), Arc::clone(&n_read));
            tokio::spawn(async move {
                let mut seen = 0;
                while !is_over.load(Ordering::Relaxed) {
                    let at = if number % 2 == 0 { "" } else { "?at=2099-01-01" };
                    let reply = house.get(&format!("/api/v1/plans/current/grids{at}")).await.json();
                    let grids = reply["grids"].as_array().unwrap();
                    let names: std::collections::BTreeSet<&str> =
                        grids.iter().map(|grid| grid["name"].as_str().unwrap()).collect();
                    assert!(grids.len() >= 6, "whole");
                    assert!(names.len() == 1 || names.iter().all(|name| name.starts_with('第')));
                    let revision = reply["revision"].as_u64().unwrap();
                    assert!(revision >= seen, "never back");
                    seen = revision;
                    n_read.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for round in 1..=200 {
        let first = Day(first.0 + 1 + round as i32);
        publish(&desk, round, first).await;
        desk.pretend(Some(first));
        desk.turn().await;
        assert_eq!(house.desk.world().day(), Some(first));
    }
    is_over.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.expect("no reader saw a mixture");
    }
    assert!(n_read.load(Ordering::Relaxed) > 200);
    // What is over sleeps: the world holds what counts and no more.
    assert_eq!(desk.world().plans().cuts().count(), 2);
    assert_eq!(desk.world().plans().all().count(), 202);
    let names = council.get("/plans/current/grids?at=2026-12-01").await;
    assert_eq!(names["grids"][0]["name"], "r10");
}

/// Approved for tomorrow, switched off overnight: it counts from the first answer on.
#[tokio::test]
async fn a_plan_comes_into_force_while_nobody_serves() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lifang.db");
    let options = StoreOptions::default();
    let town = town();
    let desk = Desk::open_on(&path, &options, day("2026-11-20")).unwrap();
    for (rows, file) in [
        (Rows::Areas(town.areas), "areas.geojson"),
        (Rows::Grids(town.grids), "grids.geojson"),
        (Rows::Buildings(town.buildings), "buildings.csv"),
    ] {
        done(&desk, "ann", import(rows, file)).await;
    }
    let council = Council {
        house: House { router: router(App::new(desk.clone(), HttpOptions::default())), desk },
    };
    let id = council.approved("B", &[SECOND], "2026-11-22").await;
    let revision = council.house.desk.world().revision();
    let Council { house: House { desk, router } } = council;
    drop(router);
    drop(desk);
    let open = |text: &str| {
        let desk = Desk::open_on(&path, &options, day(text)).unwrap();
        let counts =
            desk.world().plans().current().values().any(|plan| u64::from(plan.get()) == id);
        let revision = desk.world().revision();
        drop(desk);
        (counts, revision)
    };
    assert_eq!(open("2026-11-21"), (false, revision), "nothing to do, no revision");
    assert_eq!(open("2026-11-23"), (true, revision.next()));
    assert_eq!(open("2026-11-24"), (true, revision.next()));
    // A clock that was set back.
    assert_eq!(open("2026-11-19"), (false, revision.next().next()));
    assert!(open("2026-11-22").0);
}
