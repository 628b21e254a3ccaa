//! Tiles as HTTP gives them.

use std::io::Read;

use axum::http::StatusCode;
use lifang::tiles::tiles_meeting;

use super::house::House;

const LAYERS: &str = "areas,grids,borders,labels,buildings,gaps";

async fn some_tile(house: &House) -> String {
    let extent = house.desk.world().areas().extent();
    let tile = tiles_meeting(&extent, 15)[0];
    format!("/tiles/current/{LAYERS}/{}/{}/{}", tile.z(), tile.x(), tile.y())
}

#[tokio::test]
async fn a_tile_is_tagged_packed_and_known_again() {
    let house = House::new().await;
    let path = some_tile(&house).await;
    let packed = house.get_with(&path, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(packed.status, StatusCode::OK);
    assert_eq!(packed.headers["content-encoding"], "gzip");
    assert_eq!(packed.headers["content-type"], "application/vnd.mapbox-vector-tile");
    assert_eq!(packed.headers["cache-control"], "no-cache");
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&*packed.body).read_to_end(&mut unpacked).unwrap();
    let plain = house.get_with(&path, &[("accept-encoding", "gzip;q=0")]).await;
    assert_eq!(plain.body, unpacked);
    assert!(!plain.headers.contains_key("content-encoding"));
    let tag = packed.headers["etag"].to_str().unwrap();
    assert!(tag.starts_with('"') && tag != plain.headers["etag"]);
    let headers = [("accept-encoding", "gzip"), ("if-none-match", tag)];
    let again = house.get_with(&path, &headers).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.body.is_empty());
    assert_eq!(again.headers["etag"], tag);
    for ending in [".mvt", ".pbf"] {
        assert_eq!(house.get(&format!("{path}{ending}")).await.body, plain.body);
    }
}

#[tokio::test]
async fn tiles_that_are_not_there_say_so() {
    let house = House::new().await;
    let status = async |path: &str| house.get(path).await.status.as_u16();
    assert_eq!(status("/tiles/current/grids/10/0/0").await, 204);
    assert_eq!(status("/tiles/current/grids/4/0/0").await, 400);
    assert_eq!(status("/tiles/current/grids/21/0/0").await, 400);
    assert_eq!(status("/tiles/current/grids/5/32/0").await, 400);
    assert_eq!(status("/tiles/current/grids/5/-1/0").await, 400);
    assert_eq!(status("/tiles/current/grids/5/99999999999/0").await, 400);
    assert_eq!(status("/tiles/current/grids/x/0/0").await, 400);
    assert_eq!(status("/tiles/current/households/10/0/0").await, 404);
    assert_eq!(status("/tiles/9/grids/10/0/0").await, 404);
    assert_eq!(status("/tiles/current/grids").await, 404);
    assert_eq!(status("/tiles/current/nothing.json").await, 404);
    assert_eq!(house.get("/tiles/current/grids/4/0/0").await.code(), "tile.out-of-range");
    assert_eq!(house.get("/tiles/current/counts/9/0/0").await.code(), "tile.unknown-layer");
}

#[tokio::test]
async fn a_commit_changes_the_tag_of_what_it_touched() {
    let house = House::new().await;
    let path = some_tile(&house).await;
    let before = house.get(&path).await;
    let mut buildings = super::house::town().buildings;
    for building in &mut buildings {
        building.name = "新名".into();
    }
    let rows = lifang::domain::register::rows::Rows::Buildings(buildings);
    let command = super::house::import(rows, "renamed.csv");
    let actor = lifang::domain::rights::Actor::local("");
    assert!(house.desk.submit(command, actor).await.unwrap().is_changed);
    let after = house.get(&path).await;
    assert_ne!(before.headers["etag"], after.headers["etag"]);
}
