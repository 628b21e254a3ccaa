//! Repairs over HTTP: told in numbers, applied as told, taken back to the byte, refused with reasons.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::edits::{Office, post};

/// Communities of the draft, ascending by code.
async fn communities(office: &Office) -> Vec<String> {
    let areas = office.house.get("/api/v1/areas").await.json();
    let all = areas["areas"].as_array().unwrap().iter();
    let codes = all.filter(|area| area["level"] == "community");
    codes.map(|area| area["code"].as_str().unwrap().to_owned()).collect()
}

/// General grids of a community with their households, fewest first.
async fn grids(office: &Office, community: &str) -> Vec<(String, i64)> {
    let fabric = fabric(office, community).await;
    let general = fabric["grids"].as_array().unwrap().iter().filter(|one| one["kind"] == "general");
    let mut grids: Vec<(String, i64)> = general
        .map(|grid| {
            let households = grid["tally"]["households"].as_i64().unwrap();
            (grid["code"].as_str().unwrap().to_owned(), households)
        })
        .collect();
    grids.sort_by_key(|(_, households)| *households);
    grids
}

async fn fabric(office: &Office, community: &str) -> Value {
    let path = office.path(&format!("/fabric?community={community}"));
    office.house.get(&path).await.json()
}

async fn asked(office: &Office, wish: &Value) -> Value {
    let reply = post(&office.house, &office.path("/repair"), wish).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    reply.json()
}

/// What a draft is, but for the revision.
async fn bytes(office: &Office, community: &str) -> [Value; 2] {
    let tallies = office.house.get(&office.path("/tallies")).await.json();
    [fabric(office, community).await, tallies].map(|mut value| {
        value["revision"] = Value::Null;
        value
    })
}

/// Applies an alternative, holds every number told to what came of it, and takes it back.
async fn check(office: &Office, community: &str, sheet: &Value, one: &Value) {
    let before = bytes(office, community).await;
    let revision = fabric(office, community).await["revision"].clone();
    let body = json!({"base": revision, "edits": one["edits"]});
    let done = office.edit(&body).await;
    assert_eq!(done.status, StatusCode::OK, "{one}: {}", done.text());
    let done = done.json();
    assert_eq!(done["changed"], true);
    let now = grids(office, community).await;
    let (min, max) = (sheet["min"].as_i64().unwrap(), sheet["max"].as_i64().unwrap());
    let (mut off_before, mut off_after) = (0, 0);
    for grid in one["grids"].as_array().unwrap() {
        let held = now.iter().find(|(code, _)| grid["grid"] == *code.as_str());
        assert_eq!(grid["after"].is_null(), held.is_none(), "{grid}");
        assert_eq!(grid["after"]["households"].as_i64(), held.map(|held| held.1), "{grid}");
        let off = |of: &Value| {
            of["weight"].as_i64().map_or(0, |weight| (min - weight).max(weight - max).max(0))
        };
        off_before += off(&grid["before"]);
        off_after += off(&grid["after"]);
    }
    assert_eq!(one["band"], json!({"before": off_before, "after": off_after}));
    assert!(off_after < off_before);
    assert_eq!(one["deviation"]["before"], done["balance"][0]["before"]["deviation_max"]);
    assert_eq!(one["deviation"]["after"], done["balance"][0]["after"]["deviation_max"]);
    // Moves add up: per building in the places it names, and over all of them.
    let moves = one["moves"].as_array().unwrap();
    let sum: i64 = moves.iter().map(|one| one["households"].as_i64().unwrap()).sum();
    assert_eq!(one["households"], sum);
    for one in moves.iter().filter(|one| one["to"].is_string()) {
        for building in one["buildings"].as_array().unwrap() {
            let path = format!("/api/v1/buildings/{}", building.as_str().unwrap());
            assert_eq!(office.house.get(&path).await.status, StatusCode::OK);
        }
    }
    assert!(!one["place"].is_null());
    for row in done["after"].as_array().unwrap().iter().filter(|row| row["grid"].is_string()) {
        assert_eq!(row["pieces"], 1, "{row}");
    }
    let undone = post(&office.house, &office.path("/undo"), &json!({})).await;
    assert_eq!(undone.status, StatusCode::OK);
    assert_eq!(bytes(office, community).await, before, "as it was, to the byte");
}

/// The alternatives without the keys of new grids: no key is given twice.
fn timeless(sheet: &Value) -> Value {
    let mut told = sheet["alternatives"].clone();
    for one in told.as_array_mut().unwrap() {
        for grid in one["grids"].as_array_mut().unwrap() {
            if grid["before"].is_null() {
                grid["id"] = Value::Null;
            }
        }
    }
    told
}

#[tokio::test]
async fn what_is_told_is_what_comes_of_it_and_undo_takes_it_back() {
    let office = Office::new().await;
    let mut n_told = 0;
    for community in communities(&office).await {
        let held = grids(&office, &community).await;
        let (least, most) = (held[0].1, held.last().unwrap().1);
        let mean = held.iter().map(|(_, households)| households).sum::<i64>() / held.len() as i64;
        for wish in [
            json!({"area": community, "min": 0, "max": most - 1, "target": mean.min(most - 1)}),
            json!({"area": community, "min": least + 1, "max": most * 2, "target": most + 1}),
            json!({"grids": [held[0].0], "min": least + 1, "max": most + 2, "target": most + 1}),
        ] {
            let before = bytes(&office, &community).await;
            let mut wish = wish;
            wish["time"] = json!(10);
            let sheet = asked(&office, &wish).await;
            assert_eq!(bytes(&office, &community).await, before, "asking changes nothing");
            assert_eq!(sheet["community"], *community);
            assert_eq!(sheet["cut_short"], false);
            let told = sheet["alternatives"].as_array().unwrap();
            assert!(told.len() <= 5);
            n_told += told.len();
            let mut last = (i64::MIN, i64::MIN);
            for (at, one) in told.iter().enumerate() {
                assert_eq!(one["rank"], at + 1);
                let (band, households) = (&one["band"], one["households"].as_i64().unwrap());
                let gain = band["after"].as_i64().unwrap() - band["before"].as_i64().unwrap();
                assert!(last <= (gain, households), "ranked");
                last = (gain, households);
                if band["after"] == 0 {
                    assert!(households >= sheet["least"].as_i64().unwrap(), "{one}");
                }
                check(&office, &community, &sheet, one).await;
            }
            // The same question, the same answer, whatever was done and undone meanwhile.
            let again = asked(&office, &wish).await;
            assert_eq!(timeless(&again), timeless(&sheet));
        }
    }
    assert!(n_told >= 6, "{n_told} ways out in all");
}

#[tokio::test]
async fn locked_grids_stay_and_what_is_fine_is_left_alone() {
    let office = Office::new().await;
    let (mut community, mut held) = (String::new(), Vec::new());
    for other in communities(&office).await {
        let of_other = grids(&office, &other).await;
        if of_other.len() > held.len() {
            (community, held) = (other, of_other);
        }
    }
    assert!(held.len() > 1);
    let (heavy, most) = held.last().unwrap().clone();
    let fine =
        asked(&office, &json!({"area": community, "min": 0, "max": most, "target": 1})).await;
    assert_eq!(
        (&fine["alternatives"], &fine["said"]["code"]),
        (&json!([]), &json!("repair.nothing"))
    );
    assert_ne!(fine["said"]["message"], "repair.nothing");
    let wish = json!({"grids": [heavy], "min": 0, "max": most - 1, "target": 1, "time": 10});
    let sheet = asked(&office, &wish).await;
    let partner = &held[0].0;
    let lock = json!({"base": sheet["revision"], "edits": [{"op": "lock", "grid": partner}]});
    assert_eq!(office.edit(&lock).await.status, StatusCode::OK);
    let sheet = asked(&office, &wish).await;
    for one in sheet["alternatives"].as_array().unwrap() {
        let touched = one["grids"].as_array().unwrap();
        assert!(touched.iter().all(|grid| grid["grid"] != *partner), "{one}");
    }
    let wish = json!({"grids": [partner], "min": 0, "max": 1, "target": 1});
    let reply = post(&office.house, &office.path("/repair"), &wish).await;
    assert_eq!((reply.status, reply.code().as_str()), (StatusCode::CONFLICT, "grid.locked"));
}

#[tokio::test]
async fn one_building_too_heavy_is_said_and_shown() {
    let office = Office::new().await;
    let community = communities(&office).await.remove(0);
    let held = grids(&office, &community).await;
    let heavy = &held.last().unwrap().0;
    let wish = json!({"grids": [heavy], "min": 0, "max": 1, "target": 1, "time": 10});
    let sheet = asked(&office, &wish).await;
    assert!(matches!(sheet["said"]["code"].as_str().unwrap(), "repair.none" | "repair.partly"));
    let certificates = sheet["certificates"].as_array().unwrap();
    assert!(certificates.iter().any(|one| one["code"] == "divide.unit"), "{sheet}");
    assert!(certificates.iter().all(|one| !one["place"].is_null()));
    for one in sheet["alternatives"].as_array().unwrap() {
        check(&office, &community, &sheet, one).await;
    }
}

#[tokio::test]
async fn wishes_nobody_can_mean_are_refused() {
    let office = Office::new().await;
    let all = communities(&office).await;
    let (here, there) = (grids(&office, &all[0]).await, grids(&office, &all[1]).await);
    let path = office.path("/repair");
    let refused = async |wish: Value| {
        let reply = post(&office.house, &path, &wish).await;
        assert!(!reply.status.is_success(), "{wish}");
        let problem = reply.json();
        let code = problem["issues"][0]["code"].as_str();
        (reply.status.as_u16(), code.unwrap_or(problem["code"].as_str().unwrap()).to_owned())
    };
    let said = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(refused(json!({})).await, said(422, "repair.which-community"));
    assert_eq!(refused(json!({"grids": ["nowhere"]})).await, said(404, "grid.unknown"));
    assert_eq!(refused(json!({"area": "nowhere"})).await, said(404, "area.unknown"));
    let both = json!({"grids": [here[0].0, there[0].0]});
    assert_eq!(refused(both).await, said(422, "repair.two-communities"));
    let other = json!({"grids": [here[0].0], "area": all[1]});
    assert_eq!(refused(other).await, said(422, "repair.two-communities"));
    let area = &all[0];
    let band = json!({"area": area, "min": 500, "max": 300, "target": 400});
    assert_eq!(refused(band).await, said(422, "divide.bad-band"));
    assert_eq!(refused(json!({"area": area, "weight": "luck"})).await, said(422, "divide.bad-mix"));
    assert_eq!(refused(json!({"area": area, "time": 0})).await, said(422, "repair.bad-time"));
    assert_eq!(refused(json!({"area": area, "base": 99_999})).await, said(422, "edit.future-base"));
    assert_eq!(refused(json!({"area": area, "luck": 1})).await.0, 422);

    // Somebody was faster: only where it concerns the community asked about.
    let base = fabric(&office, area).await["revision"].clone();
    let lock =
        json!({"base": base, "edits": [{"op": "rename", "grid": here[0].0, "name": "新名"}]});
    assert_eq!(office.edit(&lock).await.status, StatusCode::OK);
    assert_eq!(refused(json!({"area": area, "base": base})).await, said(412, "edit.stale"));
    let elsewhere = asked(&office, &json!({"area": all[1], "base": base, "min": 0})).await;
    assert_eq!(elsewhere["community"], *all[1]);

    let published = post(&office.house, "/api/v1/plans/1/repair", &json!({"area": area})).await;
    assert_eq!(
        (published.status, published.code().as_str()),
        (StatusCode::CONFLICT, "plan.not-draft")
    );
    let current = post(&office.house, "/api/v1/plans/current/repair", &json!({})).await;
    assert_eq!(current.status, StatusCode::CONFLICT);
}
