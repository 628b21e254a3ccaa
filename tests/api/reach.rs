//! Divisions whose grids share a station: counted by the reader from the buildings' places alone.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use lifang::domain::decide::Command;
use lifang::domain::ids::Code;
use lifang::domain::place::Pin;
use lifang::domain::register::rows::{Rows, StationRow};
use lifang::domain::register::station::StationKind;
use lifang::domain::rights::Actor;
use serde_json::{Value, json};

use super::divide::{divided, large, place};
use super::edits::{Office, post};
use super::house::import;

const SIDE: i32 = 16;
const METRES: f64 = 221.0;
const STATIONS: [(&str, (i32, i32)); 3] = [("east", (12, 8)), ("far", (60, 8)), ("west", (3, 7))];

/// Distance on a sphere of the Earth's mean radius.
fn metres(a: Pin, b: Pin) -> f64 {
    let rad = |pin: Pin| (f64::from(pin.x) / 1e7, f64::from(pin.y) / 1e7);
    let ((x1, y1), (x2, y2)) = (rad(a), rad(b));
    let (dx, dy) = ((x2 - x1).to_radians(), (y2 - y1).to_radians());
    let h = (dy / 2.0).sin().powi(2)
        + y1.to_radians().cos() * y2.to_radians().cos() * (dx / 2.0).sin().powi(2);
    2.0 * 6_371_008.8 * h.sqrt().asin()
}

async fn office() -> Office {
    let office = large(SIDE).await;
    let station = |(row, (name, (col, line)))| StationRow {
        row,
        code: Code::new(name).unwrap(),
        name: format!("{name}站").into(),
        kind: StationKind::ServiceCentre,
        level: None,
        pin: Some(place(1_000, line * 1_000 + col)),
        floor_area: None,
        hall_area: None,
        serves: Vec::new(),
        is_open: true,
    };
    let rows = (1..).zip(STATIONS).map(station).collect();
    let import = import(Rows::Stations(rows), "stations");
    office.house.desk.submit(import, Actor::local("测试")).await.unwrap();
    office
}

/// Households of each cell, by the stations they reach.
async fn reached(office: &Office) -> BTreeMap<u64, Vec<(i64, Vec<&'static str>)>> {
    let fabric = office.fabric().await;
    let mut cells: BTreeMap<u64, Vec<(i64, Vec<&'static str>)>> = BTreeMap::new();
    for cell in fabric["cells"].as_array().unwrap() {
        let row = cells.entry(cell["id"].as_u64().unwrap()).or_default();
        for code in cell["buildings"].as_array().unwrap() {
            let number: i32 = code.as_str().unwrap().rsplit('B').next().unwrap().parse().unwrap();
            let at = place(SIDE, number - 1);
            let near = STATIONS.iter().filter(|(_, (col, line))| {
                let away = metres(at, place(1_000, line * 1_000 + col));
                assert!((away - METRES).abs() > 1.0, "nobody lives where two rulers may differ");
                away < METRES
            });
            row.push((i64::from((number - 1) % 5 + 1), near.map(|(name, _)| *name).collect()));
        }
    }
    cells
}

/// Of some cells: the station most households reach, how many, and how many reach another one only.
fn shared(homes: &[&(i64, Vec<&'static str>)]) -> (Option<&'static str>, i64, i64) {
    let by = |name: &str| -> i64 {
        homes.iter().filter(|home| home.1.contains(&name)).map(|home| home.0).sum()
    };
    let any: i64 = homes.iter().filter(|home| !home.1.is_empty()).map(|home| home.0).sum();
    let best = STATIONS.iter().map(|(name, _)| (by(name), *name)).rev().max_by_key(|one| one.0);
    let (n, name) = best.unwrap();
    ((n > 0).then_some(name), n, any - n)
}

fn missed(job: &Value, cells: &BTreeMap<u64, Vec<(i64, Vec<&'static str>)>>) -> i64 {
    let mut sum = 0;
    for part in job["communities"][0]["division"]["parts"].as_array().unwrap() {
        let numbers = part["cells"].as_array().unwrap().iter();
        let homes: Vec<_> = numbers.flat_map(|cell| &cells[&cell.as_u64().unwrap()]).collect();
        let (name, reached, missed) = shared(&homes);
        if !part["station"].is_null() {
            let told = json!({"code": name, "name": format!("{}站", name.unwrap()),
                "reached": reached, "missed": missed});
            assert_eq!(part["station"], told);
        }
        sum += missed;
    }
    sum
}

#[tokio::test]
async fn grids_share_a_station_where_that_is_asked() {
    let office = office().await;
    let cells = reached(&office).await;
    let all: Vec<_> = cells.values().flatten().collect();
    let (_, _, missed_before) = shared(&all);
    let beyond: i64 = all.iter().filter(|home| home.1.is_empty()).map(|home| home.0).sum();
    assert!(beyond > 0 && missed_before > 0, "the fixture has something to ask for");

    let plain = divided(&office, &json!({"parts": 5})).await;
    let asked = divided(&office, &json!({"parts": 5, "reach": METRES})).await;
    assert!(plain["communities"][0]["division"]["reach"].is_null());
    let division = &asked["communities"][0]["division"];
    let counted = missed(&asked, &cells);
    let expected = json!({"metres": METRES, "households": all.iter().map(|home| home.0).sum::<i64>(),
        "beyond": beyond, "missed": counted, "missed_before": missed_before});
    assert_eq!(division["reach"], expected);
    assert!(division["parts"].as_array().unwrap().iter().all(|part| !part["station"].is_null()));
    assert_eq!(division["after"]["broken"], 0);
    assert!(counted < missed(&plain, &cells), "{counted} and {}", missed(&plain, &cells));
    assert!(division["after"]["deviation_max"].as_f64().unwrap() <= 0.03, "{}", division["after"]);
}

/// A draft is told where its grids share no station, until a division mends it.
#[tokio::test]
async fn a_plan_is_told_of_grids_that_share_no_station() {
    let office = office().await;
    let reach = vec![("station.reach".into(), Some(format!("{METRES}").into()))];
    office.house.desk.submit(Command::Settings(reach), Actor::local("测试")).await.unwrap();
    let apart = async || -> Vec<String> {
        let checks = office.house.get(&office.path("/checks")).await.json();
        let all = checks["warnings"].as_array().unwrap().iter();
        let apart = all.filter(|check| check["code"] == "grid.stations-apart");
        apart.map(|check| check["message"].as_str().unwrap().to_owned()).collect()
    };
    let cells = reached(&office).await;
    let (_, _, missed) = shared(&cells.values().flatten().collect::<Vec<_>>());
    let told = apart().await;
    assert_eq!(told.len(), 1, "one grid for both stations");
    assert!(told[0].contains(&missed.to_string()), "{missed} in {}", told[0]);

    let job = divided(&office, &json!({"parts": 5, "reach": METRES})).await;
    let accepted =
        post(&office.house, &format!("/api/v1/jobs/{}/accept", job["id"]), &json!({})).await;
    assert_eq!(accepted.status, StatusCode::OK, "{}", accepted.text());
    assert_eq!(apart().await, [""; 0]);
}

#[tokio::test]
async fn a_reach_nobody_can_mean_is_refused_where_it_stands() {
    let office = office().await;
    for (wish, code) in [
        (json!({"parts": 3, "reach": 3}), "divide.bad-reach"),
        (json!({"parts": 3, "reach": 1e9}), "divide.bad-reach"),
    ] {
        let refused = post(&office.house, &office.path("/divide"), &wish).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let problem = refused.json();
        assert_eq!(problem["issues"][0]["code"], code, "{problem}");
    }
    let bare = large(4).await;
    let refused =
        post(&bare.house, &bare.path("/divide"), &json!({"parts": 2, "reach": 500})).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("divide.no-stations"), "{}", refused.text());
}
