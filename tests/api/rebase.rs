//! Drafts brought up to date over HTTP: two drafts of one plan, one published, the other merged with it.

use serde_json::{Value, json};

use super::life::{Council, FIRST, SECOND};

const TODAY: &str = "2026-11-20";

/// A building's cell of the grid with this code that lies beside a third grid, and that grid's code; else the
/// cell and no grid at all.
fn contested(fabric: &Value, code: &str, other: &str) -> (Value, Value) {
    let grids = fabric["grids"].as_array().unwrap();
    let code_of = |key: &Value| {
        grids
            .iter()
            .find(|grid| grid["id"] == *key)
            .map_or(Value::Null, |grid| grid["code"].clone())
    };
    let cells = fabric["cells"].as_array().unwrap();
    let cell = |id: &Value| &cells[id.as_u64().unwrap() as usize - 1];
    let is_lived = |cell: &Value| !cell["buildings"].as_array().unwrap().is_empty();
    let sides = fabric["seams"].as_array().unwrap().iter().filter_map(|seam| {
        let both = [&seam["left"], &seam["right"]];
        both.iter().all(|side| !side.is_null()).then(|| both.map(cell))
    });
    for [left, right] in sides.flat_map(|[one, two]| [[one, two], [two, one]]) {
        let (own, beyond) = (code_of(&left["grid"]), code_of(&right["grid"]));
        if own == code && beyond != code && beyond != other && !beyond.is_null() && is_lived(left) {
            return (left["id"].clone(), beyond);
        }
    }
    let own = cells.iter().find(|cell| code_of(&cell["grid"]) == code && is_lived(cell)).unwrap();
    (own["id"].clone(), Value::Null)
}

/// Two drafts, both drawn on; the first counts by now. Returns the second.
async fn behind(council: &Council) -> (u64, u64) {
    let (one, two) = (council.draft("一稿", &[]).await, council.draft("二稿", &[]).await);
    let (keep, gone) = (format!("{FIRST}001"), format!("{FIRST}002"));
    let fabric = council.get(&format!("/plans/{two}/fabric?community={FIRST}")).await;
    let (cell, to) = contested(&fabric, &gone, &keep);
    let second = council.get(&format!("/plans/{two}/fabric?community={SECOND}")).await;
    let (mine, other) = contested(&second, &format!("{SECOND}001"), "");
    let edits = json!([
        {"op": "paint", "community": FIRST, "cells": [cell], "to": to},
        {"op": "paint", "community": SECOND, "cells": [mine], "to": other},
        {"op": "rename", "grid": format!("{SECOND}002"), "name": "湖滨网格"},
    ]);
    let body = json!({"base": second["revision"], "edits": edits});
    let done = council.post("ann", format!("/plans/{two}/edits"), body).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let preview = council.post("ann", format!("/plans/{two}/rebase/preview"), json!({})).await;
    let preview = preview.json();
    assert_eq!((&preview["is_done"], &preview["onto"]["id"]), (&json!(true), &json!(1)));
    council.merge(one, &keep, &gone).await;
    for (who, step, body) in
        [("ann", "submit", json!({})), ("bob", "approve", json!({"effective_from": TODAY}))]
    {
        let done = council.post(who, format!("/plans/{one}/{step}"), body).await;
        assert_eq!(done.status, 200, "{}", done.text());
    }
    council.on(TODAY).await;
    (one, two)
}

#[tokio::test]
async fn a_draft_is_brought_up_to_date_with_one_conflict() {
    let council = Council::new().await;
    let (one, two) = behind(&council).await;
    let plan = council.get(&format!("/plans/{two}")).await;
    assert_eq!((&plan["is_behind"], &plan["based_on"]), (&json!(true), &json!(1)));
    let path = format!("/plans/{two}/rebase");
    let preview = council.post("ann", format!("{path}/preview"), json!({})).await.json();
    assert_eq!(preview["onto"], json!({"id": one, "title": "一稿"}));
    assert!(preview["carried"].as_u64().unwrap() >= 1, "{preview}");
    let conflicts = preview["conflicts"].as_array().unwrap();
    assert_eq!(conflicts.len(), 1, "{preview:#}");
    let conflict = &conflicts[0];
    assert_eq!(conflict["community"], FIRST);
    assert_eq!(conflict["base"], format!("{FIRST}002"));
    assert!(!conflict["buildings"].as_array().unwrap().is_empty());
    assert!(conflict["place"]["type"].is_string() && conflict["take"].is_null());
    let open = council.post("ann", &path, json!({})).await;
    assert_eq!((open.status.as_u16(), &*open.code()), (409, "plan.conflicts"));
    assert_eq!(open.json()["conflicts"], preview["conflicts"]);
    let stale = council.post("ann", &path, json!({"base": 1})).await;
    assert_eq!(stale.code(), "edit.stale");
    let settle = json!([{"key": conflict["key"], "take": "theirs"}]);
    let settled = json!({"settle": settle, "id": "up"});
    let told = council.post("ann", format!("{path}/preview"), settled.clone()).await.json();
    assert_eq!(told["conflicts"][0]["take"], "theirs");
    let done = council.post("ann", &path, settled.clone()).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let done = done.json();
    assert_eq!((&done["is_done"], &done["onto"]["id"]), (&json!(true), &json!(one)));
    let plan = council.get(&format!("/plans/{two}")).await;
    assert_eq!((&plan["is_behind"], &plan["based_on"]), (&json!(false), &json!(one)));
    assert_eq!((&plan["status"], &plan["can_undo"]), (&json!("draft"), &json!(false)));
    // What it changes now is what was carried: nothing of the first community.
    let diff = council.get(&format!("/plans/{two}/diff?against=current")).await;
    let grids = diff["grids"].as_array().unwrap();
    assert!(!grids.is_empty() && grids.iter().all(|grid| grid["community"] == SECOND), "{diff:#}");
    assert!(grids.iter().any(|grid| grid["name"] == "湖滨网格"));
    let checks = council.get(&format!("/plans/{two}/checks")).await;
    assert_eq!(checks["may_submit"], checks["stops"] == json!([]), "{checks:#}");
    // It is one entry, once, and stays.
    let again = council.post("ann", &path, settled).await;
    assert_eq!((again.status.as_u16(), &again.json()["is_done"]), (200, &json!(true)));
    let history = council.get(&format!("/plans/{two}/history")).await;
    let kinds = history.as_array().unwrap().iter().filter(|row| row["kind"] == "rebase").count();
    assert_eq!(kinds, 1);
    let undo = council.post("ann", format!("/plans/{two}/undo"), json!({})).await;
    assert_eq!((undo.status.as_u16(), &*undo.code()), (409, "edit.built-on"));
    assert_eq!(undo.json()["issues"][0]["code"], "edit.rebased");
}

#[tokio::test]
async fn ours_stands_when_it_is_taken() {
    let council = Council::new().await;
    let (one, two) = behind(&council).await;
    let path = format!("/plans/{two}/rebase");
    let preview = council.post("ann", format!("{path}/preview"), json!({})).await.json();
    let conflict = &preview["conflicts"][0];
    let settle = json!({"settle": [{"key": conflict["key"], "take": "ours"}]});
    let done = council.post("ann", &path, settle).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let diff = council.get(&format!("/plans/{two}/diff?against={one}")).await;
    let moved = diff["moved"].as_array().unwrap();
    for building in conflict["buildings"].as_array().unwrap() {
        let row = moved.iter().find(|row| row["building"] == *building).unwrap();
        assert_eq!((&row["from"], &row["to"]), (&conflict["theirs"], &conflict["ours"]));
    }
}

#[tokio::test]
async fn what_cannot_be_brought_up_to_date_says_why() {
    let council = Council::new().await;
    let bare = json!({"title": "空", "based_on": null, "areas": [FIRST]});
    let bare = council.post("ann", "/plans", bare).await.json()["id"].clone();
    let reply = council.post("ann", format!("/plans/{bare}/rebase"), json!({})).await;
    assert_eq!((reply.status.as_u16(), &*reply.code()), (422, "edit.refused"));
    assert_eq!(reply.json()["issues"][0]["code"], "plan.no-base");
    for (path, status, code) in [
        ("/plans/1/rebase", 409, "plan.not-draft"),
        ("/plans/current/rebase/preview", 409, "plan.not-draft"),
        ("/plans/99/rebase", 404, "plan.unknown"),
    ] {
        let reply = council.post("ann", path, json!({})).await;
        assert_eq!((reply.status.as_u16(), &*reply.code()), (status, code), "{path}");
    }
    let draft = council.draft("稿", &[]).await;
    let odd = json!({"settle": [{"key": "x", "take": "both"}]});
    let reply = council.post("ann", format!("/plans/{draft}/rebase"), odd).await;
    assert_eq!(reply.code(), "request.bad-json");
}
