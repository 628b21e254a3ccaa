//! The life of a plan over HTTP: checked, submitted, approved for a day, withdrawn, deleted, remarked;
//! and every way it is refused.

use axum::body::Body;
use axum::http::Request;
use lifang::domain::measure::Day;
use serde_json::{Value, json};

use super::house::{House, Reply};

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A house and those who go in and out: it is the twentieth of November.
pub struct Council {
    pub house: House,
}

impl Council {
    pub async fn new() -> Self {
        Self { house: House::new().await }
    }

    /// A request by somebody, with a body or without.
    pub async fn ask(&self, who: &str, method: &str, path: impl AsRef<str>, body: Value) -> Reply {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{}", path.as_ref()))
            .header("host", "localhost")
            .header("lifang-actor", who)
            .header("accept-language", "en")
            .header("content-type", "application/json")
            .body(body);
        self.house.send(request.unwrap()).await
    }

    pub async fn post(&self, who: &str, path: impl AsRef<str>, body: Value) -> Reply {
        self.ask(who, "POST", path, body).await
    }

    pub async fn get(&self, path: &str) -> Value {
        let reply = self.house.get(&format!("/api/v1{path}")).await;
        assert!(reply.status.is_success(), "{path}: {}", reply.text());
        reply.json()
    }

    /// A draft by `ann` that nothing stands in the way of, in the communities named; all when empty.
    pub async fn draft(&self, title: &str, areas: &[&str]) -> u64 {
        let body = json!({"title": title, "based_on": "current", "areas": areas});
        let started = self.post("ann", "/plans", body).await;
        assert_eq!(started.status, 201, "{}", started.text());
        let plan = started.json();
        let id = plan["id"].as_u64().unwrap();
        for area in plan["areas"].as_array().unwrap() {
            self.mend(id, area.as_str().unwrap()).await;
        }
        let checks = self.get(&format!("/plans/{id}/checks")).await;
        assert_eq!(checks["stops"], json!([]), "{checks:#}");
        assert_eq!((&checks["may_submit"], &checks["may_approve"]), (&json!(true), &json!(false)));
        id
    }

    /// Gives ground without a grid to a grid, and declares pieces.
    async fn mend(&self, plan: u64, community: &str) {
        let fabric = self.get(&format!("/plans/{plan}/fabric?community={community}")).await;
        let cells: Vec<&Value> = fabric["cells"].as_array().unwrap().iter().collect();
        let bare: Vec<&Value> =
            cells.iter().filter(|cell| cell["grid"].is_null()).map(|cell| &cell["id"]).collect();
        let grids = fabric["grids"].as_array().unwrap();
        let mut edits: Vec<Value> = grids
            .iter()
            .map(|grid| json!({"op": "detach", "grid": grid["code"], "allowed": true}))
            .collect();
        if !bare.is_empty() {
            let to = &grids[0]["code"];
            edits.push(json!({"op": "paint", "community": community, "cells": bare, "to": to}));
        }
        let body = json!({"base": fabric["revision"], "edits": edits, "repair": "carry"});
        let done = self.post("ann", &format!("/plans/{plan}/edits"), body).await;
        assert!(done.status.is_success(), "{}", done.text());
    }

    /// Two grids become the first of them.
    pub async fn merge(&self, plan: u64, keep: &str, other: &str) {
        let base = self.get("/me").await["revision"].clone();
        let edit = json!({"op": "merge", "grids": [keep, other], "keep": keep});
        let body = json!({"base": base, "edits": [edit]});
        let done = self.post("ann", format!("/plans/{plan}/edits"), body).await;
        assert!(done.status.is_success(), "{}", done.text());
    }

    /// Submitted by `ann`.
    pub async fn submitted(&self, title: &str, areas: &[&str]) -> u64 {
        let id = self.draft(title, areas).await;
        let reply = self.post("ann", &format!("/plans/{id}/submit"), json!({})).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert_eq!(reply.json()["status"], "in_review");
        id
    }

    /// Approved by `bob`.
    pub async fn approved(&self, title: &str, areas: &[&str], first: &str) -> u64 {
        let id = self.submitted(title, areas).await;
        let body = json!({"effective_from": first, "reason": "council of November"});
        let reply = self.post("bob", &format!("/plans/{id}/approve"), body).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        id
    }

    /// Takes `text` for today and turns the page.
    pub async fn on(&self, text: &str) {
        self.house.desk.pretend(Some(day(text)));
        self.house.desk.turn().await;
    }

    async fn refused(&self, reply: Reply, status: u16, code: &str) {
        assert_eq!((reply.status.as_u16(), &*reply.code()), (status, code), "{}", reply.text());
    }
}

pub const FIRST: &str = "990101001001";
pub const SECOND: &str = "990101001002";

#[tokio::test]
async fn a_plan_goes_from_draft_to_what_counts() {
    let council = Council::new().await;
    let id = council.draft("冬季方案", &[]).await;
    council.merge(id, &format!("{FIRST}001"), &format!("{FIRST}002")).await;
    council.post("ann", format!("/plans/{id}/submit"), json!({"reason": "请审"})).await;
    let plan = council.get(&format!("/plans/{id}")).await;
    assert_eq!((&plan["author"], &plan["is_in_force"]), (&json!("ann"), &json!(false)));
    assert!(plan["submitted_at"].is_string());
    // While it is looked at nobody draws on it.
    let edit = json!({"base": 0, "edits": [{"op": "lock", "all": true}]});
    let edited = council.post("ann", &format!("/plans/{id}/edits"), edit).await;
    council.refused(edited, 409, "plan.not-draft").await;
    let back = council.post("bob", &format!("/plans/{id}/return"), json!({"reason": "名称"})).await;
    assert_eq!((&back.json()["status"], &back.json()["reason"]), (&json!("draft"), &json!("名称")));
    let titled =
        council.ask("ann", "PATCH", &format!("/plans/{id}"), json!({"title": "新名"})).await;
    assert_eq!(titled.json()["title"], "新名");
    council.post("ann", &format!("/plans/{id}/submit"), json!({})).await;
    let checks = council.get(&format!("/plans/{id}/checks")).await;
    assert_eq!((&checks["may_submit"], &checks["may_approve"]), (&json!(false), &json!(true)));
    let approve = json!({"effective_from": "2026-11-21", "reason": "会议通过"});
    let done = council.post("bob", &format!("/plans/{id}/approve"), approve).await.json();
    assert_eq!((&done["status"], &done["approver"]), (&json!("published"), &json!("bob")));
    assert_eq!(
        (&done["effective_from"], &done["is_in_force"]),
        (&json!("2026-11-21"), &json!(false))
    );
    // Nothing switches before its day, everything on it.
    let before = council.get("/plans/current/tallies").await;
    assert_eq!(council.get("/plans/1").await["status"], "published");
    council.on("2026-11-21").await;
    let plan = council.get(&format!("/plans/{id}")).await;
    assert_eq!(plan["is_in_force"], true);
    let old = council.get("/plans/1").await;
    assert_eq!(
        (&old["status"], &old["effective_to"]),
        (&json!("superseded"), &json!("2026-11-20"))
    );
    let after = council.get("/plans/current/tallies").await;
    let new = council.get(&format!("/plans/{id}/tallies")).await;
    assert_eq!(after["rows"], new["rows"]);
    assert_ne!(after["rows"], before["rows"]);
    let log = council.get(&format!("/plans/{id}/history")).await;
    let told: Vec<&str> =
        log.as_array().unwrap().iter().flat_map(|row| row["ops"][0].as_str()).collect();
    assert_eq!(told.last(), Some(&"approve"));
    assert_eq!(told.iter().filter(|op| **op == "submit").count(), 2);
    assert!(log.as_array().unwrap().iter().any(|row| row["why"] == "会议通过"));
    // And back again when the clock goes back.
    council.on("2026-11-20").await;
    assert_eq!(council.get("/plans/1").await["is_in_force"], true);
    assert_eq!(council.get("/plans/current/tallies").await["rows"], before["rows"]);
    let timeline = council.get("/timeline").await;
    assert_eq!(
        (&timeline["today"], &timeline["first"]),
        (&json!("2026-11-20"), &json!("2026-11-01"))
    );
    assert_eq!(timeline["days"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_may_not_be_is_refused_with_what_to_do() {
    let council = Council::new().await;
    let id = council.submitted("A", &[FIRST]).await;
    let path = |rest: &str| format!("/plans/{id}{rest}");
    let by_author = council.post("ann", path("/approve"), json!({"effective_from": "2026-11-25"}));
    council.refused(by_author.await, 403, "plan.same-person").await;
    let past = council.post("bob", path("/approve"), json!({"effective_from": "2026-11-19"}));
    council.refused(past.await, 422, "plan.past-day").await;
    for wrong in ["2026-02-30", "tomorrow", "", "2026-13-01", "20261125"] {
        let reply = council.post("bob", path("/approve"), json!({"effective_from": wrong})).await;
        council.refused(reply, 422, "at.bad-day").await;
    }
    let stale = council.post("bob", path("/approve"), json!({"base": 1}));
    council.refused(stale.await, 412, "edit.stale").await;
    let again = council.post("ann", path("/submit"), json!({}));
    council.refused(again.await, 409, "plan.not-draft").await;
    let delete = council.ask("ann", "DELETE", path(""), Value::Null);
    council.refused(delete.await, 409, "plan.not-deletable").await;
    // Twice at once: one of the two.
    let (one, two) = tokio::join!(
        council.post("bob", path("/approve"), json!({"effective_from": "2026-11-25"})),
        council.post("bea", path("/approve"), json!({"effective_from": "2026-11-26"})),
    );
    let mut found = [one.status.as_u16(), two.status.as_u16()];
    found.sort_unstable();
    assert_eq!(found, [200, 409]);
    let day = council.get(&path("")).await["effective_from"].clone();
    // Another one for the same community and day, then for another day.
    let other = council.submitted("B", &[FIRST, SECOND]).await;
    let taken =
        council.post("bob", format!("/plans/{other}/approve"), json!({"effective_from": day}));
    let taken = taken.await;
    assert!(taken.json()["detail"].as_str().unwrap().ends_with(": A"), "{}", taken.text());
    council.refused(taken, 409, "plan.day-taken").await;
    let withdrawn = council.post("bob", path("/withdraw"), json!({})).await.json();
    assert_eq!(withdrawn["status"], "withdrawn");
    let gone = council.post("bob", path("/withdraw"), json!({}));
    council.refused(gone.await, 409, "plan.over").await;
    let kept = council.ask("bob", "DELETE", path(""), Value::Null);
    council.refused(kept.await, 409, "plan.not-deletable").await;
    // What counts is not withdrawn.
    let in_force = council.post("bob", "/plans/1/withdraw", json!({}));
    council.refused(in_force.await, 409, "plan.in-force").await;
    let free =
        council.post("bob", format!("/plans/{other}/approve"), json!({"effective_from": day}));
    assert_eq!(free.await.status, 200);
    let nobody = council.post("bob", "/plans/99/approve", json!({}));
    council.refused(nobody.await, 404, "plan.unknown").await;
    let unknown = council.post("bob", path("/submit"), json!({"because": "x"}));
    council.refused(unknown.await, 422, "request.bad-json").await;
    let long = council.post("bob", path("/withdraw"), json!({"reason": "x".repeat(501)}));
    council.refused(long.await, 422, "review.long-reason").await;
}

#[tokio::test]
async fn what_follows_a_plan_to_come_does_not_come_before_it() {
    let council = Council::new().await;
    let first = council.approved("A", &[FIRST], "2026-12-01").await;
    let body = json!({"title": "B", "based_on": first, "areas": []});
    let second = council.post("ann", "/plans", body).await.json()["id"].clone();
    let path = format!("/plans/{second}");
    assert_eq!(council.get(&path).await["based_on_title"], "A");
    council.post("ann", &format!("{path}/submit"), json!({})).await;
    let early =
        council.post("bob", format!("{path}/approve"), json!({"effective_from": "2026-11-30"}));
    let early = early.await;
    assert!(early.json()["detail"].as_str().unwrap().ends_with("2026-12-01"));
    council.refused(early, 409, "plan.before-base").await;
}

#[tokio::test]
async fn a_broken_law_keeps_a_plan_back_and_a_warning_may_be_accepted() {
    let council = Council::new().await;
    let body = json!({"title": "nothing", "based_on": null, "areas": [FIRST]});
    let id = council.post("ann", "/plans", body).await.json()["id"].clone();
    let refused = council.post("ann", &format!("/plans/{id}/submit"), json!({})).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (422, "plan.stops"));
    let issues = refused.json()["issues"].clone();
    let gap = issues.as_array().unwrap().iter().find(|one| one["code"] == "fabric.gap").unwrap();
    assert_eq!(gap["place"]["type"], "Polygon");
    assert_eq!(gap["mend"]["tool"], "lasso");
    let accept = |key: &Value, reason: Value| {
        let body = json!({"key": key, "reason": reason});
        let path = format!("/plans/{id}/accept");
        let council = &council;
        async move { council.post("bob", &path, body).await }
    };
    // A building without a grid is mended, not accepted; a gap may be declared.
    let home =
        issues.as_array().unwrap().iter().find(|one| one["code"] == "placement.gap").unwrap();
    council.refused(accept(&home["key"], json!("so")).await, 409, "check.not-acceptable").await;
    council.refused(accept(&gap["key"], json!(" ")).await, 422, "review.no-reason").await;
    council.refused(accept(&json!("x"), json!("so")).await, 404, "check.unknown").await;
    let declared = accept(&gap["key"], json!("a lake")).await.json();
    let held = declared["stops"].as_array().unwrap().iter().find(|one| one["key"] == gap["key"]);
    assert_eq!(held.unwrap()["accepted"]["reason"], "a lake");
    assert_eq!(declared["may_submit"], false);
    let draft = council.draft("with warnings", &[SECOND]).await;
    let checks = council.get(&format!("/plans/{draft}/checks")).await;
    let warning = &checks["warnings"][0];
    assert!(warning["accepted"].is_null() && warning["message"].is_string());
    let path = format!("/plans/{draft}/accept");
    let taken = council.post("bob", &path, json!({"key": warning["key"], "reason": "known"})).await;
    let find = |list: &Value| {
        let list = list["warnings"].as_array().unwrap();
        list.iter().find(|one| one["key"] == warning["key"]).unwrap()["accepted"].clone()
    };
    assert_eq!(
        (&find(&taken.json())["who"], &find(&taken.json())["reason"]),
        (&json!("bob"), &json!("known"))
    );
    let back = council.post("bob", &path, json!({"key": warning["key"], "reason": null})).await;
    assert!(find(&back.json()).is_null());
}

#[tokio::test]
async fn drafts_are_thrown_away_unless_others_follow() {
    let council = Council::new().await;
    let draft = council.draft("A", &[FIRST]).await;
    let copy = json!({"title": "A again", "based_on": draft, "areas": []});
    let copy = council.post("ann", "/plans", copy).await.json();
    assert_eq!(copy["based_on"], draft);
    let followed = council.ask("ann", "DELETE", &format!("/plans/{draft}"), Value::Null).await;
    assert!(followed.text().contains("A again"));
    council.refused(followed, 409, "plan.has-followers").await;
    for plan in [&copy["id"], &json!(draft)] {
        let gone = council.ask("ann", "DELETE", &format!("/plans/{plan}"), Value::Null).await;
        assert_eq!(gone.status, 204, "{}", gone.text());
        let unknown = council.house.get(&format!("/api/v1/plans/{plan}")).await;
        council.refused(unknown, 404, "plan.unknown").await;
    }
    // Without a day said: from today on, at once.
    let now = council.submitted("now", &[]).await;
    let done = council.post("bob", format!("/plans/{now}/approve"), Value::Null).await.json();
    assert_eq!(
        (&done["effective_from"], &done["is_in_force"]),
        (&json!("2026-11-20"), &json!(true))
    );
    assert_eq!(council.get("/plans/1").await["status"], "superseded");
    let nameless =
        council.ask("ann", "PATCH", format!("/plans/{now}"), json!({"title": " \u{7} "})).await;
    council.refused(nameless, 422, "plan.no-title").await;
}

#[tokio::test]
async fn comments_are_pinned_settled_and_bounded() {
    let council = Council::new().await;
    let draft = council.draft("A", &[FIRST]).await;
    let path = format!("/plans/{draft}/comments");
    let grid = format!("{FIRST}001");
    let body = json!({"text": " 边界改到路东侧 ", "at": [109.6, 38.9], "grid": grid});
    let made = council.post("bob", &path, body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let row = made.json();
    assert_eq!((&row["id"], &row["text"]), (&json!(1), &json!("边界改到路东侧")));
    assert_eq!(
        (&row["at"], &row["grid"], &row["who"]),
        (&json!([109.6, 38.9]), &json!(grid), &json!("bob"))
    );
    let settled =
        council.ask("ann", "PATCH", &format!("{path}/1"), json!({"resolved": true})).await;
    assert_eq!(settled.json()["resolved"]["who"], "ann");
    assert_eq!(council.get(&path).await, json!([settled.json()]));
    let open = council.ask("ann", "PATCH", &format!("{path}/1"), json!({"resolved": false})).await;
    assert!(open.json()["resolved"].is_null());
    for (body, status, code) in [
        (json!({"text": "  "}), 422, "comment.empty"),
        (json!({"text": "x".repeat(2001)}), 422, "comment.too-long"),
        (json!({"text": "x", "grid": "nowhere"}), 404, "comment.unknown"),
        (json!({"text": "x", "at": [999, 0]}), 400, "request.bad-position"),
        (json!({"text": 7}), 422, "request.bad-json"),
    ] {
        council.refused(council.post("bob", &path, body).await, status, code).await;
    }
    let unknown =
        council.ask("ann", "PATCH", &format!("{path}/9"), json!({"resolved": true})).await;
    council.refused(unknown, 404, "comment.unknown").await;
}
