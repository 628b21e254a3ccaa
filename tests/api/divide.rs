//! Divisions over HTTP: asked for, watched, accepted, taken back, stopped, refused.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use lifang::desk::Desk;
use lifang::domain::ids::Code;
use lifang::domain::measure::{Count, Day};
use lifang::domain::personal::Personal;
use lifang::domain::place::{Pin, Polygon};
use lifang::domain::register::area::Level;
use lifang::domain::register::building::Use;
use lifang::domain::register::rows::{AreaRow, BuildingRow, GridKind, GridRow, HouseholdRow, Rows};
use lifang::domain::rights::Actor;
use serde_json::{Value, json};

use super::edits::{Office, post};
use super::house::{House, import};

/// Waits until a job has ended.
async fn ended(office: &Office, id: &Value) -> Value {
    for _ in 0..3_000 {
        let job = office.house.get(&format!("/api/v1/jobs/{id}")).await.json();
        if !matches!(job["state"].as_str().unwrap(), "waiting" | "running") {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the job does not end");
}

async fn divided(office: &Office, wish: &Value) -> Value {
    let begun = post(&office.house, &office.path("/divide"), wish).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text());
    let id = begun.json()["id"].clone();
    assert_eq!(begun.headers["location"], *format!("/api/v1/jobs/{id}"));
    let job = ended(office, &id).await;
    assert_eq!(job["state"], "done", "{job}");
    job
}

#[tokio::test]
async fn a_division_is_proposed_accepted_and_taken_back() {
    let office = Office::new().await;
    let before = office.house.get(&office.path("/tallies")).await.json();
    let job = divided(&office, &json!({"parts": 2, "seed": 5})).await;
    assert_eq!((&job["done"], &job["of"]), (&json!(2), &json!(2)));
    assert_eq!(office.house.get(&office.path("/tallies")).await.json(), before, "only proposed");
    let communities = job["communities"].as_array().unwrap();
    for community in communities {
        let division = &community["division"];
        let parts = division["parts"].as_array().unwrap();
        assert_eq!(parts.len(), 2, "{community}");
        assert_eq!(division["after"]["broken"], 0);
        let weight: i64 = parts.iter().map(|part| part["weight"].as_i64().unwrap()).sum();
        assert_eq!(weight, division["households"]);
        assert!(division["after"]["deviation_max"].as_f64() >= division["bound"].as_f64());
    }
    let again = divided(&office, &json!({"parts": 2, "seed": 5})).await;
    assert_eq!(again["communities"].as_array().unwrap().len(), 2);
    for community in communities {
        let twin = again["communities"].as_array().unwrap().iter();
        let twin = twin.clone().find(|twin| twin["code"] == community["code"]).unwrap();
        assert_eq!(twin["division"], community["division"], "the same seed, the same division");
    }

    let first = communities[0]["code"].as_str().unwrap();
    let path = format!("/api/v1/jobs/{}/accept", job["id"]);
    let done = post(&office.house, &path, &json!({"communities": [first], "id": "yes"})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let done = done.json();
    assert_eq!((&done["changed"], &done["communities"]), (&json!(true), &json!([first])));
    let now = office.house.get(&office.path("/tallies")).await.json();
    let households = |rows: &Value, grid: &Value| {
        let mut rows = rows["rows"].as_array().unwrap().iter();
        rows.find(|row| row["grid"] == *grid).map(|row| row["households"].clone())
    };
    let mut n_kept = 0;
    for part in communities[0]["division"]["parts"].as_array().unwrap() {
        if part["grid"].is_string() {
            n_kept += 1;
            assert_eq!(households(&now, &part["grid"]).as_ref(), Some(&part["households"]));
        }
    }
    assert!(n_kept > 0);
    let twice = post(&office.house, &path, &json!({"communities": [first], "id": "yes"})).await;
    assert_eq!(twice.json()["repeated"], true);

    // The other proposal of before is still true, that of this community is not.
    let late = format!("/api/v1/jobs/{}/accept", again["id"]);
    let stale = post(&office.house, &late, &json!({"communities": [first]})).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let undone = post(&office.house, &office.path("/undo"), &json!({})).await;
    assert_eq!(undone.status, StatusCode::OK);
    let rows = |tallies: &Value| tallies["rows"].clone();
    let now = office.house.get(&office.path("/tallies")).await.json();
    assert_eq!(rows(&now), rows(&before));
    let history = office.house.get(&office.path("/history")).await.json();
    assert_eq!(history[1]["ops"], json!(["divide"]));
}

#[tokio::test]
async fn what_cannot_be_kept_is_said_and_shown() {
    let office = Office::new().await;
    let job = divided(&office, &json!({"target": 4, "min": 4, "max": 4})).await;
    let communities = job["communities"].as_array().unwrap();
    let explained = communities.iter().any(|community| {
        let certificates = community["certificates"].as_array().unwrap();
        certificates.iter().all(|one| !one["place"].is_null() && one["message"] != one["code"])
            && !(certificates.is_empty()
                && community["division"]["unproven"].as_array().unwrap().is_empty())
    });
    assert!(explained, "{job}");
}

#[tokio::test]
async fn a_job_is_stopped_and_wishes_nobody_can_mean_are_refused() {
    let office = Office::new().await;
    let path = office.path("/divide");
    let code = async |wish: Value| {
        let reply = post(&office.house, &path, &wish).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{wish}: {}", reply.text());
        reply.json()["issues"][0]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(code(json!({"parts": 0})).await, "divide.no-parts");
    assert_eq!(code(json!({"target": 400, "min": 500, "max": 300})).await, "divide.bad-band");
    assert_eq!(code(json!({"target": -1})).await, "divide.bad-band");
    assert_eq!(code(json!({"weight": "luck"})).await, "divide.bad-mix");
    assert_eq!(code(json!({"mix": {"households": -1}})).await, "divide.bad-mix");
    assert_eq!(code(json!({"hard": "smoke"})).await, "divide.bad-barrier");
    assert_eq!(code(json!({"time": 0})).await, "divide.bad-time");
    let unknown = post(&office.house, &path, &json!({"communities": ["nowhere"]})).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let current = post(&office.house, "/api/v1/plans/current/divide", &json!({})).await;
    assert_eq!(current.status, StatusCode::CONFLICT);
    assert_eq!(office.house.get("/api/v1/jobs/77").await.code(), "job.unknown");

    let begun = post(&office.house, &path, &json!({"parts": 3})).await.json();
    let request = Request::delete(format!("/api/v1/jobs/{}", begun["id"]))
        .header("host", "localhost")
        .body(Body::empty());
    assert_eq!(office.house.send(request.unwrap()).await.status, StatusCode::OK);
    let job = ended(&office, &begun["id"]).await;
    assert!(matches!(job["state"].as_str().unwrap(), "cancelled" | "done"), "{job}");

    // More parts than there is ground: an answer, not a division.
    let job = divided(&office, &json!({"parts": 100_000})).await;
    for community in job["communities"].as_array().unwrap() {
        assert_eq!(community["problem"]["code"], "divide.too-few-units");
        assert_ne!(community["problem"]["message"], "divide.too-few-units");
    }
    let path = format!("/api/v1/jobs/{}/accept", job["id"]);
    let named = json!({"communities": [job["communities"][0]["code"]]});
    let accepted = post(&office.house, &path, &named).await;
    assert_eq!(accepted.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// One community of `side` times `side` buildings, which takes a while to divide.
async fn large(side: i32) -> Office {
    const STEP: i32 = 3_000;
    let pin = |col: i32, row: i32| Pin::new(1_096_000_000 + col * STEP, 389_000_000 + row * STEP);
    let ring = vec![pin(0, 0), pin(side, 0), pin(side, side), pin(0, side)];
    let shape = vec![Polygon { rings: vec![ring] }];
    let code = |text: String| Code::new(&text).unwrap();
    let community = "990101001001";
    let area = AreaRow {
        row: 1,
        code: code(community.into()),
        name: "大社区".into(),
        level: Some(Level::Community),
        parent: None,
        kind: "rc".into(),
        households: None,
        lineage: Default::default(),
        population: None,
        shape: shape.clone(),
    };
    let grid = GridRow {
        row: 1,
        code: code(format!("{community}001")),
        name: "第一网格".into(),
        community: Some(community.into()),
        kind: GridKind::General,
        buildings: Vec::new(),
        head: "".into(),
        manager: "".into(),
        work_phone: "".into(),
        shape,
    };
    let (mut buildings, mut households) = (Vec::new(), Vec::new());
    for number in 0..side * side {
        let mut at = pin(number % side, number / side);
        at.x += STEP / 2;
        at.y += STEP / 2 + number % 7 * 60;
        let row = number as u32 + 1;
        let building = format!("{community}-B{row:05}");
        for home in 0..=number % 5 {
            households.push(HouseholdRow {
                row: households.len() as u32 + 1,
                number: Personal::new(code(format!("{building}-{home}"))),
                building: Some(building.as_str().into()),
                estate: None,
                community: None,
                address: None,
                pin: None,
                persons: 2,
            });
        }
        buildings.push(BuildingRow {
            row,
            code: code(building),
            name: "".into(),
            estate: "".into(),
            address: "".into(),
            community: Some(community.into()),
            grid: None,
            usage: Use::Residential,
            floors: 6,
            entrances: 1,
            dwellings: Count(5),
            pin: Some(at),
            footprint: Vec::new(),
            verified: None,
        });
    }
    let desk = Desk::in_memory().unwrap();
    desk.pretend(Day::new(2026, 11, 20));
    let sheets = [
        Rows::Areas(vec![area]),
        Rows::Grids(vec![grid]),
        Rows::Buildings(buildings),
        Rows::Households(households),
    ];
    for rows in sheets {
        desk.submit(import(rows, "large"), Actor::local("测试")).await.unwrap();
    }
    Office::of(House::at(desk)).await
}

/// Who asks while a large community is divided sees the best so far change; the end is not held up by it.
#[tokio::test(flavor = "multi_thread")]
async fn the_best_so_far_is_told_while_it_changes() {
    let office = large(50).await;
    let code = "990101001001";
    let begun = post(&office.house, &office.path("/divide"), &json!({"parts": 12})).await.json();
    let path = format!("/api/v1/jobs/{}?cells={code}", begun["id"]);
    let mut seen: Vec<Value> = Vec::new();
    let job = loop {
        let job = office.house.get(&path).await.json();
        if let Some(best) = job["best"].as_array().unwrap().first()
            && seen.last() != Some(best)
        {
            seen.push(best.clone());
        }
        if job["state"] == "done" {
            break job;
        }
        assert!(job["state"] == "waiting" || job["state"] == "running", "{}", job["state"]);
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert_eq!(job["best"], json!([]), "what is through is no longer on its way");
    let division = &job["communities"][0]["division"];
    let n_cells: usize = cells(&division["parts"]).len();
    assert!(n_cells >= 2_500);
    assert!(seen.len() >= 2, "saw {} states in {} s", seen.len(), job["communities"][0]["seconds"]);
    let mut round = 0;
    for best in &seen {
        assert_eq!((&best["area"], &best["parts"]), (&json!(code), &json!(12)));
        assert!(best["round"].as_u64().unwrap() > round, "each is a new one");
        round = best["round"].as_u64().unwrap();
        assert!(best["deviation"].as_f64().unwrap() >= 0.0);
        let outside = best["grids"].as_array().unwrap().iter().filter(|grid| grid["band"] != "in");
        assert_eq!(best["outside"], outside.count());
        assert_eq!(cells(&best["grids"]), cells(&division["parts"]), "all cells, each once");
    }
    assert_ne!(seen[0]["grids"], seen[1]["grids"]);
}

fn cells(grids: &Value) -> Vec<u64> {
    let all = grids.as_array().unwrap().iter();
    let mut cells: Vec<u64> = all
        .flat_map(|grid| {
            grid["cells"].as_array().unwrap().iter().map(|cell| cell.as_u64().unwrap())
        })
        .collect();
    cells.sort_unstable();
    cells
}
