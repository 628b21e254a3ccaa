//! Stations by the doors: listed, drawn, counted, found missing.

use lifang::domain::decide::Command;
use lifang::domain::ids::Code;
use lifang::domain::measure::Area;
use lifang::domain::place::Extent;
use lifang::domain::register::area::Level;
use lifang::domain::register::rows::{Rows, StationRow};
use lifang::domain::register::station::StationKind;
use lifang::domain::rights::Actor;
use lifang::tiles::tiles_meeting;

use super::house::{House, import};
use super::replies::check;

const COMMUNITY: &str = "990101001001";

fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

#[tokio::test]
async fn stations_are_listed_drawn_and_counted() {
    let house = House::new().await;
    let before = house.get("/api/v1/areas").await.json();
    for area in before["areas"].as_array().unwrap() {
        for figure in ["stations", "station_area", "station_reach"] {
            assert_eq!(area["coverage"][figure]["d"], 0, "no station is known: no data");
        }
    }
    let home = {
        let world = house.desk.world();
        let area = world.areas().by_code(COMMUNITY).unwrap().id;
        let homes = &world.town().housing(Some(area)).unwrap().homes;
        (0..homes.len()).find_map(|row| homes.pin(row)).unwrap()
    };
    let row = StationRow {
        row: 2,
        code: code("S1"),
        name: "第一工作站".into(),
        kind: StationKind::Workstation,
        level: Some(Level::Community),
        pin: Some(home),
        floor_area: Some(Area(3_500_000)),
        hall_area: None,
        serves: vec![code(COMMUNITY)],
        is_open: true,
    };
    let closed = StationRow { code: code("S2"), is_open: false, ..row.clone() };
    let sheet = import(Rows::Stations(vec![row, closed]), "stations.csv");
    house.desk.submit(sheet, Actor::local("")).await.unwrap();
    let reach = vec![("station.reach".into(), Some("1".into()))];
    house.desk.submit(Command::Settings(reach), Actor::local("")).await.unwrap();

    let list = house.get("/api/v1/stations").await.json();
    assert_eq!((&list["reach_m"], list["stations"].as_array().unwrap().len()), (&1.0.into(), 2));
    let [open, closed] = [&list["stations"][0], &list["stations"][1]];
    assert_eq!((&open["kind"], &open["level"]), (&"workstation".into(), &"community".into()));
    assert_eq!((&open["floor_area_m2"], &open["hall_area_m2"]), (&350.0.into(), &().into()));
    assert_eq!(open["serves"][0]["code"], COMMUNITY);
    assert_eq!((&closed["open"], closed["serves"].as_array().unwrap().len()), (&false.into(), 0));

    check(&house, "stations", "/api/v1/stations", &[]).await;

    let areas = house.get("/api/v1/areas").await.json();
    let areas = areas["areas"].as_array().unwrap();
    let of = |code: &str| &areas.iter().find(|area| area["code"] == code).unwrap()["coverage"];
    assert_eq!(of(COMMUNITY)["stations"], serde_json::json!({ "n": 1, "d": 1 }));
    assert_eq!(of("990101")["stations"], serde_json::json!({ "n": 1, "d": 2 }));
    assert_eq!(of(COMMUNITY)["station_area"]["n"], 35_000);
    assert_eq!(of("990101")["station_area"]["d"], of("990101")["households"]["d"]);
    let reached = &of("990101")["station_reach"];
    assert!(reached["n"].as_i64() < reached["d"].as_i64(), "a metre is not far: {reached}");

    let findings = house.get("/api/v1/findings").await.json();
    assert_eq!(findings["counts"]["station.none"], 1);
    assert_eq!(findings["counts"]["station.far"], 2);
    let far = house.get("/api/v1/findings?code=station.far").await.json();
    assert_eq!(far["findings"][0]["place"]["type"], "Point");

    let tile = tiles_meeting(&Extent { min: home, max: home }, 15)[0];
    let at = |layer: &str| format!("/tiles/current/{layer}/{}/{}/{}", tile.z(), tile.x(), tile.y());
    let drawn = house.get(&at("stations")).await;
    let text = String::from_utf8_lossy(&drawn.body).into_owned();
    assert!(text.contains("第一工作站") && text.contains("S1") && !text.contains("S2"));
}
