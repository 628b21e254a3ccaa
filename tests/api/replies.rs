//! The reply of every route, written down; the page's tests decode the same files.

use serde_json::Value;

use super::golden;
use super::house::House;

const COMMUNITY: &str = "990101001001";

/// Numbers rounded to seven decimals, times and versions taken out: what a machine may differ in.
fn settled(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(key, value)| match key.as_str() {
                "at" => (key, "2026-11-21T00:00:00Z".into()),
                "published_at" | "submitted_at" if value.is_string() => {
                    (key, "2026-11-21T00:00:00Z".into())
                }
                "today" => (key, "2026-11-21".into()),
                "version" => (key, "0.0.0".into()),
                _ => (key, settled(value)),
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(settled).collect(),
        Value::Number(number) if number.is_f64() => {
            let rounded = (number.as_f64().unwrap() * 1e7).round() / 1e7;
            serde_json::Number::from_f64(rounded).map_or(Value::Null, Value::Number)
        }
        other => other,
    }
}

pub async fn check(house: &House, name: &str, path: &str, headers: &[(&str, &str)]) {
    let reply = house.get_with(path, headers).await;
    let mut text = serde_json::to_string_pretty(&settled(reply.json())).unwrap();
    text.push('\n');
    golden::check(&format!("api/{name}.json"), &text);
}

#[tokio::test]
async fn every_route_replies_as_written_down() {
    let house = House::new().await;
    let world = house.desk.world();
    let homes = &world.town().all().values().last().unwrap().homes;
    let building = homes.code(0).to_owned();
    let unplaced = world.town().all().values().find_map(|housing| {
        let homes = &housing.homes;
        let row = (0..homes.len()).find(|row| homes.pin(*row).is_none())?;
        Some(homes.code(row).to_owned())
    });
    let unplaced = unplaced.expect("the town has a building without a position");
    let at = homes.pin(0).unwrap().lon_lat();
    let routes = [
        ("healthz", "/healthz".to_owned()),
        ("readyz", "/readyz".to_owned()),
        ("me", "/api/v1/me".to_owned()),
        ("areas", "/api/v1/areas".to_owned()),
        ("area", format!("/api/v1/areas/{COMMUNITY}")),
        ("plans", "/api/v1/plans".to_owned()),
        ("plan", "/api/v1/plans/1".to_owned()),
        ("plan-current", "/api/v1/plans/current".to_owned()),
        ("checks", "/api/v1/plans/1/checks".to_owned()),
        ("comments", "/api/v1/plans/1/comments".to_owned()),
        ("timeline", "/api/v1/timeline".to_owned()),
        ("grids", format!("/api/v1/plans/current/grids?community={COMMUNITY}")),
        ("grid", format!("/api/v1/plans/current/grids/{COMMUNITY}001")),
        ("grid-buildings", format!("/api/v1/plans/current/grids/{COMMUNITY}001/buildings")),
        ("building", format!("/api/v1/buildings/{building}")),
        ("tallies", "/api/v1/plans/current/tallies".to_owned()),
        ("tallies-community", format!("/api/v1/plans/1/tallies?community={COMMUNITY}")),
        ("classes", "/api/v1/plans/current/classes?measure=households&n=3".to_owned()),
        ("findings", "/api/v1/findings".to_owned()),
        (
            "findings-page",
            format!("/api/v1/findings?area={COMMUNITY}&code=placement.gap&offset=0&limit=2"),
        ),
        ("locate", format!("/api/v1/locate?lon={}&lat={}", at.lon, at.lat)),
        ("locate-building", format!("/api/v1/locate?building={unplaced}")),
        ("locate-outside", "/api/v1/locate?lon=116.4&lat=39.9".to_owned()),
        ("search", "/api/v1/search?q=网格&limit=5".to_owned()),
        ("search-street", "/api/v1/search?q=青年路".to_owned()),
        ("search-nothing", "/api/v1/search?q=".to_owned()),
        ("imports", "/api/v1/imports".to_owned()),
        ("import", "/api/v1/imports/4".to_owned()),
        ("tilejson", "/tiles/current/grids,borders.json".to_owned()),
        ("problem-unknown-grid", "/api/v1/plans/current/grids/nowhere".to_owned()),
        ("problem-bad-query", "/api/v1/locate?lon=here&lat=1".to_owned()),
    ];
    for (name, path) in routes {
        let path = path
            .replace("网格", "%E7%BD%91%E6%A0%BC")
            .replace("青年路", "%E9%9D%92%E5%B9%B4%E8%B7%AF");
        check(&house, name, &path, &[("accept-language", "en")]).await;
    }
    let shapes = format!("/api/v1/plans/current/grids?community={COMMUNITY}");
    check(&house, "grids-shapes", &shapes, &[("accept", "application/geo+json")]).await;
    for name in ["findings", "import"] {
        let path = if name == "import" { "/api/v1/imports/4" } else { "/api/v1/findings" };
        check(&house, &format!("{name}-zh"), path, &[("accept-language", "zh-CN")]).await;
    }
    check(&house, "problem-unknown-grid-zh", "/api/v1/plans/current/grids/nowhere", &[]).await;
}

#[tokio::test]
async fn tallies_of_grids_and_rest_are_the_tally_of_the_area() {
    let house = House::new().await;
    let areas = house.get("/api/v1/areas").await.json();
    let rows = house.get("/api/v1/plans/current/tallies").await.json();
    let rows = rows["rows"].as_array().unwrap();
    let mut n_checked = 0;
    for area in areas["areas"].as_array().unwrap() {
        let of_area = |row: &&Value| {
            let community = row["community"].as_str().unwrap_or_default();
            !community.is_empty() && community.starts_with(area["code"].as_str().unwrap())
        };
        for count in ["buildings", "dwellings", "households", "persons"] {
            let sum: i64 =
                rows.iter().filter(of_area).map(|row| row[count].as_i64().unwrap()).sum();
            assert_eq!(area["tally"][count], sum, "{count} of {}", area["code"]);
            n_checked += sum;
        }
    }
    assert!(n_checked > 100);
}

#[tokio::test]
async fn search_finds_by_name_code_and_address_in_any_width() {
    let house = House::new().await;
    let world = house.desk.world();
    let homes = &world.town().all().values().last().unwrap().homes;
    let code = homes.code(3);
    let first = |reply: Value| reply["results"][0].clone();
    let by_code = first(house.get(&format!("/api/v1/search?q={code}")).await.json());
    assert_eq!(by_code["code"], code);
    assert_eq!(by_code["kind"], "building");
    let lower = code.to_lowercase();
    let wide: String = lower
        .bytes()
        .map(|byte| {
            let letter =
                if byte.is_ascii_graphic() { u32::from(byte) + 0xFEE0 } else { u32::from(byte) };
            char::from_u32(letter).unwrap()
        })
        .map(|letter| {
            let mut bytes = [0; 4];
            letter
                .encode_utf8(&mut bytes)
                .bytes()
                .map(|byte| format!("%{byte:02X}"))
                .collect::<String>()
        })
        .collect();
    assert_eq!(first(house.get(&format!("/api/v1/search?q={wide}")).await.json())["code"], code);
    let both = format!("/api/v1/search?q={COMMUNITY}%20002&limit=1");
    let both = house.get(&both).await.json();
    assert_eq!(both["results"].as_array().unwrap().len(), 1);
    assert_eq!(house.get("/api/v1/search?q=zzzz").await.json()["results"], serde_json::json!([]));
}
