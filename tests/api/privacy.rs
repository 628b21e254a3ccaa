//! L10: no reply holds a household's number, a member's reference, or a member count below ten.

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use super::house::{House, town};

async fn all_replies(house: &House) -> Vec<(String, String)> {
    let world = house.desk.world();
    let mut paths: Vec<String> = [
        "/api/v1/me",
        "/api/v1/areas",
        "/api/v1/plans",
        "/api/v1/plans/1",
        "/api/v1/plans/current",
        "/api/v1/plans/1/grids",
        "/api/v1/plans/current/grids",
        "/api/v1/plans/1/tallies",
        "/api/v1/plans/current/tallies",
        "/api/v1/plans/current/classes",
        "/api/v1/findings?limit=1000",
        "/api/v1/search?q=9&limit=100",
        "/api/v1/imports",
    ]
    .map(str::to_owned)
    .to_vec();
    for id in world.areas().records().values() {
        paths.push(format!("/api/v1/areas/{}", id.code));
        paths.push(format!("/api/v1/plans/current/tallies?community={}", id.code));
    }
    for shard in world.all_shards().values() {
        for grid in world.plans().grids(shard.plan) {
            paths.push(format!("/api/v1/plans/current/grids/{}", grid.code));
            paths.push(format!("/api/v1/plans/current/grids/{}/buildings", grid.code));
        }
    }
    for housing in world.town().all().values() {
        for row in 0..housing.homes.len() {
            paths.push(format!("/api/v1/buildings/{}", housing.homes.code(row)));
            paths.push(format!("/api/v1/locate?building={}", housing.homes.code(row)));
        }
    }
    for id in world.batches().keys() {
        paths.push(format!("/api/v1/imports/{}", id.get()));
    }
    let mut replies = Vec::new();
    for path in paths {
        let reply = house.get(&path).await;
        assert_eq!(reply.status, 200, "{path}");
        replies.push((path, reply.text().to_owned()));
    }
    replies
}

/// Every `members` anywhere in a reply.
fn members<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                if key == "members" {
                    found.push(value);
                }
                members(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn replies_hold_nothing_personal_and_no_small_member_count() {
    let house = House::new().await;
    let town = town();
    let mut secrets: Vec<String> = Vec::new();
    secrets.extend(town.households.iter().map(|row| row.number.open_personal().to_string()));
    secrets.extend(town.members.iter().map(|row| row.reference.open_personal().to_string()));
    assert!(secrets.len() > 50);
    let mut n_members = 0;
    for (path, text) in all_replies(&house).await {
        for secret in &secrets {
            assert!(!text.contains(&format!("\"{secret}\"")), "{path} tells a personal number");
        }
        let json: Value = serde_json::from_str(&text).unwrap();
        let mut cells = Vec::new();
        members(&json, &mut cells);
        for cell in cells {
            n_members += 1;
            let is_shown = cell["shown"].as_i64().is_some_and(|n| n == 0 || n >= 10);
            let is_kept = cell["below"] == 10 || cell["hidden"] == true;
            assert!(is_shown != is_kept, "{path}: {cell}");
        }
    }
    assert!(n_members > 20);
}

#[tokio::test]
async fn a_plan_that_is_not_in_force_tells_no_members() {
    let house = House::new().await;
    let grids = town().grids;
    // The same grids again under a later day: a new plan takes over.
    let mut renamed = grids;
    for grid in &mut renamed {
        grid.name = format!("{}改", grid.name).into();
    }
    let rows = lifang::domain::register::rows::Rows::Grids(renamed);
    let command = super::house::import(rows, "later.geojson");
    house.desk.submit(command, lifang::domain::rights::Actor::local("")).await.unwrap();
    let world = house.desk.world();
    for plan in world.plans().all() {
        let is_in_force = world.plans().current().values().any(|id| *id == plan.id);
        let path = format!("/api/v1/plans/{}/tallies", plan.id.get());
        let json = house.get(&path).await.json();
        let rows = json["rows"].as_array().unwrap().iter();
        let mut in_communities = rows.filter(|row| row["community"].is_string());
        let all_hidden = in_communities.all(|row| row["members"]["hidden"] == true);
        assert_eq!(all_hidden, !is_in_force, "plan {}", plan.id.get());
    }
}

#[tokio::test]
async fn the_name_of_the_actor_is_taken_from_the_header() {
    let house = House::new().await;
    let me = house.get("/api/v1/me").await.json();
    assert_eq!(me["actor"], "local");
    let request = Request::get("/api/v1/me").header("host", "localhost");
    let request = request.header("lifang-actor", "王工".as_bytes()).body(Body::empty()).unwrap();
    assert_eq!(house.send(request).await.json()["actor"], "王工");
}
