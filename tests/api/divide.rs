//! Divisions over HTTP: asked for, watched, accepted, taken back, stopped, refused.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use lifang::desk::Desk;
use lifang::domain::decide::Command;
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
pub async fn ended(office: &Office, id: &Value) -> Value {
    for _ in 0..3_000 {
        let job = office.house.get(&format!("/api/v1/jobs/{id}")).await.json();
        if !matches!(job["state"].as_str().unwrap(), "waiting" | "running") {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the job does not end");
}

pub async fn divided(office: &Office, wish: &Value) -> Value {
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

/// A corner of a building's ground in the large community.
const STEP: i32 = 3_000;
fn pin(col: i32, row: i32) -> Pin {
    Pin::new(1_096_000_000 + col * STEP, 389_000_000 + row * STEP)
}

/// Where a building of the large community stands, counted from 0.
pub fn place(side: i32, number: i32) -> Pin {
    let mut at = pin(number % side, number / side);
    at.x += STEP / 2;
    at.y += STEP / 2 + number % 7 * 60;
    at
}

/// One community of `side` times `side` buildings, which takes a while to divide; each has 1 to 5 households.
pub async fn large(side: i32) -> Office {
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
            pin: Some(place(side, number)),
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
    let office = large(60).await;
    let code = "990101001001";
    let begun = post(&office.house, &office.path("/divide"), &json!({"parts": 250})).await.json();
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
    assert!(n_cells >= 3_600);
    assert!(seen.len() >= 2, "saw {} states in {} s", seen.len(), job["communities"][0]["seconds"]);
    let mut round = 0;
    for best in &seen {
        assert_eq!((&best["area"], &best["parts"]), (&json!(code), &json!(250)));
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

/// Communities of a kind with a size band of its own: findings, figures, edits and divisions all go by it.
#[tokio::test]
async fn a_kind_of_community_has_a_band_of_its_own() {
    let office = Office::new().await;
    let path = format!("/api/v1/findings?plan={}&code=grid.small", office.plan);
    let small = async || office.house.get(&path).await.json()["total"].as_u64().unwrap();
    let in_band = async || {
        let areas = office.house.get(&format!("/api/v1/areas?plan={}", office.plan)).await.json();
        let rows = areas["areas"].as_array().unwrap().iter();
        let share = |row: &Value| row["coverage"]["in_band"]["n"].as_u64().unwrap_or(0);
        rows.filter(|row| row["level"] == "community").map(share).sum::<u64>()
    };
    let before = (small().await, in_band().await);
    assert!(before.0 > 0, "a dozen buildings have not 300 households");
    let setting = |key: &str, value: &str| (Box::from(key), Some(Box::from(value)));
    let rows = vec![
        setting("profile.rc.min", "1"),
        setting("profile.rc.target", "20"),
        setting("profile.rc.max", "400"),
        setting("profile.vc.max", "70"),
    ];
    office.house.desk.submit(Command::Settings(rows), Actor::local("测试")).await.unwrap();
    let after = (small().await, in_band().await);
    assert!(after.0 < before.0 && after.1 > before.1, "{before:?} {after:?}");
    let me = office.house.get("/api/v1/me").await.json();
    assert_eq!(
        me["bands"],
        json!([{"kind": "rc", "target": 20, "min": 1, "max": 400, "overload": 1.2}])
    );

    // Unless told otherwise a division takes the band of the kind; a band for the kind stands above all.
    let bands = async |wish: Value| -> Vec<Value> {
        let job = divided(&office, &wish).await;
        let communities = job["communities"].as_array().unwrap().iter();
        let parts =
            communities.flat_map(|one| one["division"]["parts"].as_array().unwrap().clone());
        parts.map(|part| part["band"].clone()).collect()
    };
    assert!(bands(json!({})).await.iter().all(|band| band == "in"));
    let told = json!({"target": 20, "min": 1, "max": 400,
        "bands": {"rc": {"target": 900, "min": 800, "max": 1000}}});
    assert!(bands(told).await.iter().all(|band| band == "small"));
}

/// Every option in one wish; what it costs to cross nothing is said by the pieces.
#[tokio::test]
async fn mixes_and_hard_barriers_are_taken_and_faults_named_where_they_are() {
    let office = Office::new().await;
    let job = divided(
        &office,
        &json!({"parts": 2, "mix": {"households": 1, "buildings": 2}, "hard": ["rail", "water"]}),
    )
    .await;
    for community in job["communities"].as_array().unwrap() {
        let division = &community["division"];
        let parts = division["parts"].as_array().unwrap();
        let weight: i64 = parts.iter().map(|part| part["weight"].as_i64().unwrap()).sum();
        assert!(weight > division["households"].as_i64().unwrap(), "buildings weigh, too");
    }
    let fault = async |wish: Value| {
        let reply = post(&office.house, &office.path("/divide"), &wish).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{wish}: {}", reply.text());
        let told = reply.json();
        let code = told["issues"][0]["code"].as_str().unwrap().to_owned();
        assert_ne!(told["issues"][0]["message"], *code, "{code} has words");
        (code, told["detail"].as_str().unwrap_or_default().to_owned())
    };
    for (wish, code, place) in [
        (json!({"mix": {"persons": -1}}), "divide.bad-mix", "mix.persons"),
        (json!({"mix": {}}), "divide.bad-mix", "mix"),
        (json!({"weight": "luck"}), "divide.bad-mix", "weight"),
        (json!({"hard": "rail,smoke"}), "divide.bad-barrier", "hard"),
        (json!({"hard": ["water", "none"]}), "divide.bad-barrier", "hard"),
        (json!({"target": 0}), "divide.bad-band", "target"),
        (json!({"target": 5, "min": 6}), "divide.bad-band", "min"),
        (json!({"target": 5, "max": 4}), "divide.bad-band", "max"),
        (json!({"bands": {"rc": {"target": 5, "max": 4}}}), "divide.bad-band", "bands.rc.max"),
        (json!({"bands": {"moon": {}}}), "divide.no-kind", "bands.moon"),
    ] {
        let (told, at) = fault(wish).await;
        assert_eq!(told, code);
        assert!(at.contains(place), "{code} at {at:?}");
    }
}

/// Two jobs on one draft: both are proposals; what the first changed makes the other stale, and nothing else.
#[tokio::test]
async fn two_jobs_on_one_draft_do_not_spoil_each_other() {
    let office = Office::new().await;
    let wish = |seed: u64| json!({"parts": 2, "seed": seed});
    let begun = [1, 2].map(wish);
    let mut jobs = Vec::new();
    for wish in &begun {
        jobs.push(post(&office.house, &office.path("/divide"), wish).await.json()["id"].clone());
    }
    for id in &jobs {
        assert_eq!(ended(&office, id).await["state"], "done");
    }
    let accept = async |id: &Value| {
        post(&office.house, &format!("/api/v1/jobs/{id}/accept"), &json!({})).await
    };
    assert_eq!(accept(&jobs[0]).await.status, StatusCode::OK);
    let late = accept(&jobs[1]).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{}", late.text());
    // An edit while a job is at work: its proposal is of the world it saw.
    let begun = post(&office.house, &office.path("/divide"), &json!({"parts": 3})).await.json();
    let undone = post(&office.house, &office.path("/undo"), &json!({})).await;
    assert_eq!(undone.status, StatusCode::OK);
    assert_eq!(ended(&office, &begun["id"]).await["state"], "done");
    assert_eq!(accept(&begun["id"]).await.status, StatusCode::PRECONDITION_FAILED);
}

/// A limit in time ends a search with a whole division that says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_in_time_is_kept_and_told() {
    let office = large(40).await;
    let job = divided(&office, &json!({"parts": 9, "time": 0.02})).await;
    let community = &job["communities"][0];
    assert_eq!(community["division"]["cut_short"], true);
    assert_eq!(community["division"]["after"]["broken"], 0);
    assert_eq!(community["division"]["parts"].as_array().unwrap().len(), 9);
    assert!(community["seconds"].as_f64().unwrap() < 5.0, "{}", community["seconds"]);
}

/// Many divisions of one community, and the grids of today among them: the rank is what anybody counts again.
#[tokio::test(flavor = "multi_thread")]
async fn todays_grids_are_ranked_among_other_divisions() {
    let office = large(16).await;
    let path = office.path("/ensemble");
    // The one grid of this community is first cut into four uneven ones.
    let job = divided(&office, &json!({"parts": 4})).await;
    let done = post(&office.house, &format!("/api/v1/jobs/{}/accept", job["id"]), &json!({})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let before = office.house.get(&office.path("/tallies")).await.json();
    let wish = json!({"area": "990101001001", "n": 30, "parts": 4, "seed": 2});
    let begun = post(&office.house, &path, &wish).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text());
    assert_eq!(begun.json()["kind"], "ensemble");
    let job = ended(&office, &begun.json()["id"]).await;
    assert_eq!((&job["state"], &job["done"], &job["of"]), (&json!("done"), &json!(30), &json!(30)));
    assert_eq!(office.house.get(&office.path("/tallies")).await.json(), before, "only looked at");
    let found = &job["ensemble"];
    assert_eq!((&found["kept"], &found["n_wanted"]), (&json!(30), &json!(30)));
    let n_left_out = found["nested"].as_u64().unwrap();
    assert!(n_left_out + 30 <= found["n"].as_u64().unwrap(), "{found}");
    for (name, is_less_better) in
        [("deviation", true), ("barrier_share", false), ("compactness", false)]
    {
        let spread = &found["measures"][name];
        let values: Vec<f64> =
            spread["values"].as_array().unwrap().iter().map(|one| one.as_f64().unwrap()).collect();
        assert_eq!(values.len(), 30);
        assert!(values.is_sorted());
        let present = spread["present"].as_f64().unwrap();
        let worse = |one: &&f64| if is_less_better { **one > present } else { **one < present };
        assert_eq!(spread["rank"], values.iter().filter(worse).count(), "{name}");
    }
    // The figures of today's grids are those a division reports of them.
    let again = divided(&office, &json!({"parts": 4})).await;
    let judged = &again["communities"][0]["division"]["before"];
    assert_eq!(judged["deviation_max"], found["measures"]["deviation"]["present"]);
    assert_eq!(judged["compactness"], found["measures"]["compactness"]["present"]);

    for (wish, code) in [
        (json!({"area": "990101001001", "n": 0}), "divide.bad-sample"),
        (json!({"area": "990101001001", "n": 1001}), "divide.bad-sample"),
        (json!({"area": "990101001001", "target": 0}), "divide.bad-band"),
        (json!({"area": "990101001001", "time": -1}), "divide.bad-time"),
    ] {
        let refused = post(&office.house, &path, &wish).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wish}");
        assert_eq!(refused.json()["issues"][0]["code"], code);
    }
    let unknown = post(&office.house, &path, &json!({"area": "nowhere"})).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);

    let begun = post(&office.house, &path, &json!({"area": "990101001001", "n": 1000})).await;
    let id = begun.json()["id"].clone();
    let request = Request::delete(format!("/api/v1/jobs/{id}"))
        .header("host", "localhost")
        .body(Body::empty());
    assert_eq!(office.house.send(request.unwrap()).await.status, StatusCode::OK);
    let job = ended(&office, &id).await;
    assert_eq!((&job["state"], &job["ensemble"]), (&json!("cancelled"), &Value::Null));
}
