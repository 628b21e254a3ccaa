//! Plans compared over HTTP: the numbers of one answer are those of the others, files included.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::edits::{Office, code_of, on_a_border};
use super::replies;

/// A draft with one building given to the neighbouring grid, and a grid renamed.
async fn drawn() -> Office {
    let office = Office::new().await;
    let fabric = office.fabric().await;
    let (cell, to) = on_a_border(&fabric);
    let to = code_of(&fabric, to);
    let edit = json!({"base": fabric["revision"], "repair": "carry", "edits": [
        {"op": "paint", "buildings": cell["buildings"], "to": to},
        {"op": "rename", "grid": to, "name": "新名"},
    ]});
    let done = office.edit(&edit).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    office
}

#[tokio::test]
async fn a_diff_replies_as_written_down() {
    let office = drawn().await;
    let path = office.path("/diff?against=current");
    replies::check(&office.house, "diff", &path, &[("accept-language", "en")]).await;
    replies::check(&office.house, "diff-zh", &path, &[("accept-language", "zh")]).await;
    let shapes = [("accept", "application/geo+json")];
    replies::check(&office.house, "diff-shapes", &path, &shapes).await;
}

#[tokio::test]
async fn rows_totals_shapes_and_files_say_the_same() {
    let office = drawn().await;
    let diff = office.house.get(&office.path("/diff")).await.json();
    let moved = diff["moved"].as_array().unwrap();
    assert!(!moved.is_empty());
    assert_eq!(diff["totals"]["buildings"], moved.len());
    let sum = |rows: &[Value], field: &str| -> i64 {
        rows.iter().map(|row| row[field].as_i64().unwrap()).sum()
    };
    assert_eq!(diff["totals"]["households"], sum(moved, "households"));
    let grids = diff["grids"].as_array().unwrap();
    for (field, total) in [("buildings", "buildings"), ("persons", "persons")] {
        let came: i64 = grids.iter().map(|grid| grid[field]["in"].as_i64().unwrap()).sum();
        assert_eq!(diff["totals"][total], came, "all came from grids to grids");
    }
    // The tallies of both plans are the sides of every row.
    for (side, plan) in [("before", "current".to_owned()), ("after", office.plan.to_string())] {
        let tallies = office.house.get(&format!("/api/v1/plans/{plan}/tallies")).await.json();
        for grid in grids {
            let rows = tallies["rows"].as_array().unwrap();
            let row = rows.iter().find(|row| row["grid"] == grid["grid"]).unwrap();
            for count in ["buildings", "households", "persons"] {
                assert_eq!(grid[count][side], row[count], "{side} {count}");
            }
        }
    }
    assert!(!diff.to_string().contains("member"), "members are no part of a comparison");
    let shapes = [("accept", "application/geo+json")];
    let shapes = office.house.get_with(&office.path("/diff"), &shapes).await.json();
    let features = shapes["features"].as_array().unwrap();
    let held: i64 =
        features.iter().map(|one| one["properties"]["buildings"].as_i64().unwrap()).sum();
    assert_eq!(diff["totals"]["buildings"], held);
    let area: f64 = features.iter().map(|one| one["properties"]["area_m2"].as_f64().unwrap()).sum();
    assert!((area - diff["totals"]["area_m2"].as_f64().unwrap()).abs() < 1e-3);
    let csv = office.house.get(&format!("/api/v1/exports/diff.csv?plan={}", office.plan)).await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    let mut lines = csv.text().lines();
    assert_eq!(lines.next(), Some("building,community,from,to,households,persons"));
    for row in moved {
        let text = |field: &str| row[field].as_str().unwrap_or("");
        let line = lines.next().unwrap();
        assert!(line.starts_with(&format!("{},", text("building"))), "{line}");
        let ends =
            format!(",{},{},{},{}", text("from"), text("to"), row["households"], row["persons"]);
        assert!(line.ends_with(&ends), "{line}");
    }
    assert_eq!(lines.next(), None);
    let xlsx = format!("/api/v1/exports/diff.xlsx?plan={}", office.plan);
    let (one, two) = (office.house.get(&xlsx).await, office.house.get(&xlsx).await);
    assert!(one.body.starts_with(b"PK") && one.body == two.body);
    // The other way round everything goes back.
    let back = format!("/api/v1/plans/current/diff?against={}", office.plan);
    let back = office.house.get(&back).await.json();
    assert_eq!(back["totals"]["households"], diff["totals"]["households"]);
    assert_eq!(back["moved"][0]["from"], moved[0]["to"]);
    assert_eq!(back["moved"][0]["to"], moved[0]["from"]);
    let nothing = office.house.get("/api/v1/plans/current/diff").await.json();
    assert_eq!((&nothing["moved"], &nothing["grids"]), (&json!([]), &json!([])));
}
