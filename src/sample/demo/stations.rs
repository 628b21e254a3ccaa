//! Stations of the demo town: each in a building that is there, most where it does good.
//!
//! Two are not as they should be, on purpose: see `faults`.

use crate::domain::ids::Code;
use crate::domain::measure::Area;
use crate::domain::register::area::Level;
use crate::domain::register::rows::{BuildingRow, StationRow};
use crate::domain::register::station::StationKind;

/// Building, name, kind, level, floor area and hall in square metres, communities it names, whether it is open.
type Place =
    (&'static str, &'static str, StationKind, Level, i64, i64, &'static [&'static str], bool);

use Level::{Community, Subdistrict};
use StationKind::{ServiceCentre, ServicePoint, Venue, Workstation};

const PLACES: [Place; 17] = [
    // The centre of 鼓楼街道 stands in 西市社区, which its list leaves out.
    (
        "990101001002-B00102",
        "鼓楼街道党群服务中心",
        ServiceCentre,
        Subdistrict,
        1_400,
        120,
        &["990101001001", "990101001003"],
        true,
    ),
    ("990101001001-B00134", "柳营社区工作站", Workstation, Community, 620, 60, &[], true),
    ("990101001003-B00280", "东市社区工作站", Workstation, Community, 450, 45, &[], true),
    (
        "990101002002-B00038",
        "站前街道党群服务中心",
        ServiceCentre,
        Subdistrict,
        1_900,
        160,
        &[],
        true,
    ),
    ("990101002001-B00001", "槐荫社区工作站", Workstation, Community, 380, 40, &[], true),
    ("990101002003-B00072", "铁工社区工作站", Workstation, Community, 420, 40, &[], true),
    ("990101002003-B00073", "铁工礼堂议事厅", Venue, Community, 260, 0, &[], true),
    ("990101002004-B00050", "红柳社区工作站", Workstation, Community, 560, 50, &[], true),
    ("990101002004-B00065", "红柳体育中心服务点", ServicePoint, Community, 40, 0, &[], false),
    (
        "990102001003-B00012",
        "云溪街道党群服务中心",
        ServiceCentre,
        Subdistrict,
        1_500,
        130,
        &[],
        true,
    ),
    ("990102001001-B00023", "河湾社区工作站", Workstation, Community, 300, 30, &[], true),
    ("990102001002-B00001", "麦田社区工作站", Workstation, Community, 340, 30, &[], true),
    (
        "990102001001-B00024",
        "河湾麦田联合议事厅",
        Venue,
        Community,
        180,
        0,
        &["990102001001", "990102001002"],
        true,
    ),
    // In a corner of 明湖社区, which has no other.
    (
        "990102002001-B00006",
        "新城街道党群服务中心",
        ServiceCentre,
        Subdistrict,
        2_200,
        200,
        &[],
        true,
    ),
    ("990102002002-B00053", "杏林社区工作站", Workstation, Community, 520, 50, &[], true),
    ("990102002003-B00064", "锦溪社区工作站", Workstation, Community, 410, 40, &[], true),
    ("990102002004-B00030", "胡杨社区服务点", ServicePoint, Community, 60, 0, &[], true),
];

pub fn stations(buildings: &[BuildingRow]) -> Vec<StationRow> {
    let row_of = |(place, row): (&Place, u32)| {
        let (building, name, kind, level, floor, hall, serves, is_open) = *place;
        let home = buildings.iter().find(|known| known.code.as_str() == building);
        StationRow {
            row,
            code: code(&format!("ZD{:03}", row - 1)),
            name: name.into(),
            kind,
            level: Some(level),
            pin: home.expect("a building of the town").pin,
            floor_area: Some(Area(floor * 10_000)),
            hall_area: (hall > 0).then_some(Area(hall * 10_000)),
            serves: serves.iter().map(|text| code(text)).collect(),
            is_open,
        }
    };
    PLACES.iter().zip(2..).map(row_of).collect()
}

fn code(text: &str) -> Code {
    Code::new(text).expect("made-up codes are short plain text")
}
