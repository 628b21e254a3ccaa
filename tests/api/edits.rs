//! Drafts over HTTP: started, edited, previewed, taken back, refused with places, told to others.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::house::{House, Reply};

/// A house with a draft of both communities.
pub struct Office {
    pub house: House,
    pub plan: u64,
}

impl Office {
    pub async fn new() -> Self {
        let office = Self::of(House::new().await).await;
        let plan = office.house.get(&office.path("")).await.json();
        assert_eq!(plan["areas"].as_array().unwrap().len(), 2);
        office
    }

    /// A draft of everything in a house.
    pub async fn of(house: House) -> Self {
        let body = json!({"title": "秋季调整", "based_on": "current", "areas": []});
        let reply = post(&house, "/api/v1/plans", &body).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
        let plan = reply.json();
        assert_eq!(plan["status"], "draft");
        assert_eq!(plan["title"], "秋季调整");
        Self { plan: plan["id"].as_u64().unwrap(), house }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/plans/{}{rest}", self.plan)
    }

    pub async fn fabric(&self) -> Value {
        let communities = self.house.get("/api/v1/areas").await.json();
        let code = communities["areas"]
            .as_array()
            .unwrap()
            .iter()
            .find(|area| area["level"] == "community")
            .unwrap()["code"]
            .as_str()
            .unwrap()
            .to_owned();
        self.house.get(&self.path(&format!("/fabric?community={code}"))).await.json()
    }

    pub async fn edit(&self, body: &Value) -> Reply {
        post(&self.house, &self.path("/edits"), body).await
    }
}

pub async fn post(house: &House, path: &str, body: &Value) -> Reply {
    let request = Request::post(path)
        .header("host", "localhost")
        .header("content-type", "application/json")
        .header("accept-language", "en")
        .body(Body::from(body.to_string()));
    house.send(request.unwrap()).await
}

/// A cell with a building whose grid differs from that of a neighbour: the cell, and the neighbour's grid.
pub fn on_a_border(fabric: &Value) -> (Value, u64) {
    let cells = fabric["cells"].as_array().unwrap();
    let cell = |id: &Value| &cells[id.as_u64().unwrap() as usize - 1];
    for seam in fabric["seams"].as_array().unwrap() {
        if seam["left"].is_null() || seam["right"].is_null() {
            continue;
        }
        let (left, right) = (cell(&seam["left"]), cell(&seam["right"]));
        let is_lived = !left["buildings"].as_array().unwrap().is_empty();
        let both = (left["grid"].as_u64(), right["grid"].as_u64());
        if let (true, (Some(from), Some(to))) = (is_lived, both)
            && from != to
        {
            return (left.clone(), to);
        }
    }
    panic!("no border with a building beside it");
}

pub fn code_of(fabric: &Value, key: u64) -> String {
    let grids = fabric["grids"].as_array().unwrap();
    let grid = grids.iter().find(|grid| grid["id"] == key).unwrap();
    grid["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_building_is_painted_previewed_and_taken_back() {
    let office = Office::new().await;
    let fabric = office.fabric().await;
    let (cell, to) = on_a_border(&fabric);
    let (building, to) = (cell["buildings"][0].clone(), code_of(&fabric, to));
    let base = fabric["revision"].clone();
    let body = json!({"base": base, "id": "one", "repair": "carry",
        "edits": [{"op": "paint", "buildings": [building], "to": to}]});
    let preview = post(&office.house, &office.path("/edits/preview"), &body).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text());
    let done = office.edit(&body).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let (preview, done) = (preview.json(), done.json());
    for field in ["revision", "before", "after", "balance", "findings", "carried", "recolored"] {
        assert_eq!(preview[field], done[field], "{field}: a preview is the edit without doing it");
    }
    assert_eq!(done["changed"], true);
    let households = |rows: &Value, grid: &str| {
        let rows = rows.as_array().unwrap();
        rows.iter().find(|row| row["grid"] == grid).map(|row| row["buildings"].as_i64().unwrap())
    };
    let gained =
        households(&done["after"], &to).unwrap() - households(&done["before"], &to).unwrap();
    assert!(gained >= 1);
    assert!(
        done.to_string()
            .find("members")
            .is_none_or(|_| !done["after"].to_string().contains("members"))
    );
    // The counts told are those of the API.
    let tallies = office.house.get(&office.path("/tallies")).await.json();
    for row in done["after"].as_array().unwrap() {
        let same =
            tallies["rows"].as_array().unwrap().iter().find(|other| {
                other["grid"] == row["grid"] && other["community"] == row["community"]
            });
        let same = same.unwrap();
        for field in ["buildings", "dwellings", "households", "persons"] {
            assert_eq!(same[field], row[field]);
        }
        assert_eq!(same["members"], json!({"hidden": true}));
    }
    // Once more under the same name: nothing happens twice.
    let again = office.edit(&body).await.json();
    assert_eq!((&again["repeated"], &again["changed"]), (&json!(true), &json!(false)));
    let undone = post(&office.house, &office.path("/undo"), &json!({})).await.json();
    assert_eq!((&undone["can_undo"], &undone["can_redo"]), (&json!(false), &json!(true)));
    assert_eq!(undone["after"], done["before"]);
    let nothing = post(&office.house, &office.path("/undo"), &json!({})).await;
    assert_eq!(
        (nothing.status, nothing.code().as_str()),
        (StatusCode::CONFLICT, "edit.nothing-to-undo")
    );
    // Sent again after a lost answer: told what was done since, and nothing is taken back twice.
    let late = post(&office.house, &office.path("/redo"), &json!({"base": done["revision"]})).await;
    assert_eq!(late.code(), "edit.stale");
    let body = json!({"base": undone["revision"], "id": "again"});
    let redone = post(&office.house, &office.path("/redo"), &body).await.json();
    let twice = post(&office.house, &office.path("/redo"), &body).await.json();
    assert_eq!((&twice["repeated"], &twice["changed"]), (&json!(true), &json!(false)));
    assert_eq!(redone["after"], done["after"]);
    let history = office.house.get(&office.path("/history")).await.json();
    let kinds: Vec<&str> =
        history.as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["start", "edit", "undo", "redo"]);
    assert_eq!(history[1]["undone"], false);
    assert_eq!(history[1]["id"], "one");
    let newest = office.house.get(&office.path("/history?limit=2")).await.json();
    assert_eq!(newest, json!([history[2], history[3]]));
}

#[tokio::test]
async fn whoever_comes_late_is_told_what_changed() {
    let office = Office::new().await;
    let fabric = office.fabric().await;
    let (cell, to) = on_a_border(&fabric);
    let to = code_of(&fabric, to);
    let body = |id: &str| {
        json!({"base": fabric["revision"], "id": id, "repair": "carry",
            "edits": [{"op": "paint", "cells": [cell["id"]], "community": fabric["community"], "to": to}]})
    };
    assert_eq!(office.edit(&body("first")).await.status, StatusCode::OK);
    let late = office.edit(&body("second")).await;
    assert_eq!(
        (late.status, late.code().as_str()),
        (StatusCode::PRECONDITION_FAILED, "edit.stale")
    );
    let late = late.json();
    assert_eq!(late["changes"][0]["id"], "first");
    assert!(late["changes"][0]["grids"].as_array().unwrap().contains(&json!(to)));
    assert!(late["changes"][0]["who"].is_string() && late["changes"][0]["when"].is_string());
    // What it does not touch is no hindrance.
    let other = json!({"base": fabric["revision"], "id": "third",
        "edits": [{"op": "create", "name": "机动", "community": fabric["community"]}]});
    assert_eq!(office.edit(&other).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_locked_grid_stays_as_it_is() {
    let office = Office::new().await;
    let fabric = office.fabric().await;
    let (cell, to) = on_a_border(&fabric);
    let from = code_of(&fabric, cell["grid"].as_u64().unwrap());
    let lock = json!({"base": fabric["revision"], "edits": [{"op": "lock", "grid": from}]});
    let locked = office.edit(&lock).await.json();
    assert_eq!(locked["grids"][0]["locked"], true);
    let paint = json!({"base": locked["revision"], "edits":
        [{"op": "paint", "buildings": cell["buildings"], "to": code_of(&fabric, to)}]});
    let refused = office.edit(&paint).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "grid.locked"));
    assert_eq!(refused.json()["issues"][0]["grid"], json!(from));
    let both = json!({"base": locked["revision"], "repair": "carry", "edits": [
        {"op": "unlock", "all": true},
        {"op": "paint", "buildings": cell["buildings"], "to": code_of(&fabric, to)}]});
    assert_eq!(office.edit(&both).await.status, StatusCode::OK);
}

#[tokio::test]
async fn bad_edits_are_refused_whole() {
    let office = Office::new().await;
    let fabric = office.fabric().await;
    let base = fabric["revision"].as_u64().unwrap();
    let grid = fabric["grids"][0]["code"].clone();
    let before = office.house.get(&office.path("/tallies")).await.json();
    let many: Vec<Value> =
        (0..10_000).map(|_| json!({"op": "rename", "grid": grid, "name": "a"})).collect();
    let cases = [
        (json!({"base": base, "edits": many}), "edit.refused", "edit.too-many"),
        (json!({"base": base + 7, "edits": []}), "edit.refused", "edit.future-base"),
        (json!({"base": -1, "edits": []}), "request.bad-json", ""),
        (json!({"base": "now", "edits": []}), "request.bad-json", ""),
        (json!({"base": base, "edits": [{"op": "fold"}]}), "request.bad-json", ""),
        (json!([]), "request.bad-json", ""),
        (
            json!({"base": base, "edits": [{"op": "paint", "buildings": ["nowhere"], "to": grid}]}),
            "edit.refused",
            "edit.unknown-building",
        ),
        (
            json!({"base": base, "edits": [{"op": "rename", "grid": grid, "name": "a"}, {"op": "rename", "grid": "nobody", "name": "b"}]}),
            "edit.refused",
            "edit.unknown-grid",
        ),
        (
            json!({"base": base, "edits": [{"op": "paint", "cells": [1_000_000], "community": fabric["community"], "to": grid}]}),
            "edit.refused",
            "edit.unknown-cell",
        ),
        (
            json!({"base": base, "edits": [{"op": "rename", "grid": grid, "name": "长".repeat(65)}]}),
            "edit.refused",
            "edit.bad-name",
        ),
        (
            json!({"base": base, "edits": [{"op": "lasso", "by": "area", "to": grid, "polygon": [[[0.0, 0.0], [1.0, 1.0]]]}]}),
            "edit.refused",
            "edit.bad-line",
        ),
        (
            json!({"base": base, "edits": [{"op": "move", "at": [200.0, 0.0], "to": [0.0, 0.0]}]}),
            "edit.refused",
            "row.out-of-range",
        ),
    ];
    for (body, code, issue) in cases {
        let told: String = body.to_string().chars().take(200).collect();
        let reply = office.edit(&body).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
        assert_eq!(reply.code(), code, "{told}");
        if !issue.is_empty() {
            assert_eq!(reply.json()["issues"][0]["code"], issue, "{told}");
        }
    }
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    let request =
        Request::post(office.path("/edits")).header("host", "localhost").body(Body::from(deep));
    assert_eq!(office.house.send(request.unwrap()).await.code(), "request.deep-json");
    assert_eq!(office.house.get(&office.path("/tallies")).await.json(), before);
    let published =
        post(&office.house, "/api/v1/plans/1/edits", &json!({"base": base, "edits": []})).await;
    assert_eq!(
        (published.status, published.code().as_str()),
        (StatusCode::CONFLICT, "plan.not-draft")
    );
    let nothing = office.edit(&json!({"base": base, "id": "nothing", "edits": []})).await.json();
    assert_eq!((&nothing["changed"], &nothing["revision"]), (&json!(false), &json!(base)));
    assert_eq!(nothing["id"], "nothing");
}

#[tokio::test]
async fn only_the_draft_s_own_tiles_grow_stale() {
    let office = Office::new().await;
    let fabric = office.fabric().await;
    let (cell, to) = on_a_border(&fabric);
    let tile = |plan: &str| {
        // The tile of the cell's label at z16.
        let (lon, lat) = (cell["label"][0].as_f64().unwrap(), cell["label"][1].as_f64().unwrap());
        let n = f64::from(1u32 << 16);
        let x = ((lon + 180.0) / 360.0 * n).floor();
        let y = (1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * n;
        format!("/tiles/{plan}/grids/16/{x}/{}", y.floor())
    };
    let tag = async |plan: &str| {
        let reply = office.house.get(&tile(plan)).await;
        assert_eq!(reply.status, StatusCode::OK);
        reply.headers["etag"].to_str().unwrap().to_owned()
    };
    let plan = office.plan.to_string();
    let before = (tag("current").await, tag(&plan).await);
    let paint = json!({"base": fabric["revision"], "repair": "carry", "edits":
        [{"op": "paint", "buildings": cell["buildings"], "to": code_of(&fabric, to)}]});
    assert_eq!(office.edit(&paint).await.status, StatusCode::OK);
    let after = (tag("current").await, tag(&plan).await);
    assert_eq!(before.0, after.0);
    assert_ne!(before.1, after.1);
}
