//! Real geometry, read in place from a folder beside the repository (`LIFANG_REAL_DATA`, default
//! `../shared/data`). Not part of plain `cargo test`: run with `cargo test --test real`.

#[path = "real/fabric.rs"]
mod fabric;

use std::path::PathBuf;

use lifang::domain::place::Pin;
use lifang::domain::register::rows::{AreaRow, ImportKind, Rows};
use lifang::import::{ImportOptions, Sheet, read, read_path};

fn folder() -> PathBuf {
    let folder =
        std::env::var_os("LIFANG_REAL_DATA").map_or("../shared/data".into(), PathBuf::from);
    assert!(
        folder.join("taipei-wanhua").is_dir(),
        "real geometry not found in {}: set LIFANG_REAL_DATA",
        folder.display()
    );
    folder
}

fn import(file: &str, kind: ImportKind) -> Sheet {
    let sheet = read_path(&folder().join(file), &ImportOptions::new(kind), &mut |_, _| {});
    sheet.unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn check(file: &str, kind: ImportKind, n_read: u64, n_taken: usize) {
    let sheet = import(file, kind);
    let mut codes = std::collections::BTreeMap::new();
    for issue in &sheet.issues {
        *codes.entry(issue.code).or_insert(0) += 1;
    }
    let made_up = sheet.rows.len() as i64 - (sheet.n_rows - sheet.refused) as i64;
    println!(
        "{file}: {} rows, {} taken ({made_up} made up), {codes:?}",
        sheet.n_rows,
        sheet.rows.len()
    );
    assert_eq!(sheet.refused, 0, "{file}: {codes:?}");
    assert_eq!((sheet.n_rows, sheet.rows.len()), (n_read, n_taken), "{file}: {codes:?}");
}

#[test]
fn every_file_is_read() {
    use ImportKind::{Areas, Barriers, Buildings, Grids};
    check("taipei-wanhua/communities.geojson", Areas, 36, 38);
    check("taipei-wanhua/small_areas.geojson", Grids, 767, 767);
    check("taipei-wanhua/buildings.geojson", Buildings, 4884, 4884);
    check("taipei-wanhua/roads.geojson", Barriers, 696, 696);
    check("taipei-wanhua/levees.geojson", Barriers, 3, 3);
    check("taipei-wanhua/rail.geojson", Barriers, 5, 5);
    check("nanjing-xinjiekou/blocks_derived.geojson", Areas, 152, 152);
    check("nanjing-xinjiekou/buildings.geojson", Buildings, 1265, 1265);
    check("nanjing-xinjiekou/roads.geojson", Barriers, 363, 315);
    check("nanjing-xinjiekou/rail.geojson", Barriers, 13, 12);
    check("nanjing-xinjiekou/water.geojson", Barriers, 8, 8);
    check("nanjing-xinjiekou/landuse.geojson", Barriers, 200, 199);
    check("beijing/subdistricts.geojson", Areas, 343, 359);
    for patch in ["cau", "tsinghua"] {
        let n = |cau, tsinghua| if patch == "cau" { cau } else { tsinghua };
        let file = |name: &str| format!("beijing/haidian-{patch}-osm/{name}.geojson");
        check(&file("buildings"), Buildings, n(257, 521), n(257, 521) as usize);
        check(&file("roads"), Barriers, n(302, 678), n(300, 630) as usize);
        check(&file("rail"), Barriers, n(4, 11), n(4, 7) as usize);
        check(&file("water"), Barriers, n(2, 10), n(2, 10) as usize);
        check(&file("landuse"), Barriers, n(92, 117), n(81, 113) as usize);
    }
    check("providence-us/blocks.geojson", Grids, 3014, 3014);
    check("providence-us/wards.geojson", Areas, 15, 15);
    check("providence-us/precincts_2016.geojson", Areas, 59, 59);
    check("providence-us/precincts_2020.geojson", Areas, 55, 55);
    check("admin-codes/communities.csv", Areas, 10_868, 11_439);
}

/// What is made up is what the files name without rows of its own.
#[test]
fn parents_named_by_the_way_are_there() {
    let Rows::Areas(rows) = import("taipei-wanhua/communities.geojson", ImportKind::Areas).rows
    else {
        panic!("areas were asked for");
    };
    let names: Vec<&str> = rows.iter().take(3).map(|row| &*row.name).collect();
    assert_eq!(names, ["臺北市", "萬華區", "福星里"]);
    assert!(rows[2..].iter().all(|row| row.parent.as_ref() == Some(&rows[1].code)));
    let stated: i64 = rows.iter().filter_map(|row| row.households).map(|count| count.get()).sum();
    assert_eq!(stated, 78_587, "households of the register, as the source's README adds them up");
}

/// Every footprint gets a pin strictly inside it.
#[test]
fn pins_of_buildings_are_inside_their_footprints() {
    let Rows::Buildings(rows) =
        import("taipei-wanhua/buildings.geojson", ImportKind::Buildings).rows
    else {
        panic!("buildings were asked for");
    };
    for row in &rows {
        let pin = row.pin.expect("every building here has a footprint");
        let inside = row
            .footprint
            .iter()
            .any(|polygon| lifang::domain::place::is_inside(polygon, pin) == Some(true));
        assert!(inside, "{}", row.code);
    }
}

/// Communities shifted to GCJ-02 by the published formula come back within a lattice step or two.
#[test]
fn communities_shifted_to_gcj02_come_back() {
    let path = folder().join("taipei-wanhua/communities.geojson");
    let text = std::fs::read_to_string(path).expect("the file is there");
    let mut collection: geojson::FeatureCollection = text.parse().expect("GeoJSON");
    for feature in &mut collection.features {
        let geometry = feature.geometry.as_mut().expect("each community has ground");
        let geojson::GeometryValue::MultiPolygon { coordinates } = &mut geometry.value else {
            panic!("communities are multipolygons");
        };
        for position in coordinates.iter_mut().flatten().flatten() {
            let (lon, lat) = gcj02(position[0], position[1]);
            *position = geojson::Position::from([lon, lat]);
        }
    }
    let mut options = ImportOptions::new(ImportKind::Areas);
    options.datum = "gcj02".parse().expect("a known datum");
    let shifted =
        read("communities.geojson", collection.to_string().as_bytes(), &options, &mut |_, _| {});
    let Rows::Areas(shifted) = shifted.expect("imports").rows else {
        panic!("areas were asked for")
    };
    let Rows::Areas(rows) = import("taipei-wanhua/communities.geojson", ImportKind::Areas).rows
    else {
        panic!("areas were asked for");
    };
    let pins = |rows: &[AreaRow]| -> Vec<Pin> {
        rows.iter()
            .flat_map(|row| &row.shape)
            .flat_map(|polygon| &polygon.rings)
            .flatten()
            .copied()
            .collect()
    };
    let (there, back) = (pins(&rows), pins(&shifted));
    assert_eq!(there.len(), back.len());
    let worst =
        there.iter().zip(&back).map(|(a, b)| (a.x - b.x).abs().max((a.y - b.y).abs())).max();
    assert!(worst <= Some(1), "{worst:?} lattice steps of 1 cm");
}

/// The formula as it went round the world in 2010 (eviltransform and its many copies), written anew.
fn gcj02(lon: f64, lat: f64) -> (f64, f64) {
    use std::f64::consts::PI;
    let (x, y) = (lon - 105.0, lat - 35.0);
    let waves = |a: f64, periods: [(f64, f64); 2]| -> f64 {
        periods.iter().map(|(amplitude, divisor)| amplitude * (a * PI / divisor).sin()).sum()
    };
    let common = 20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin();
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + (common
            + waves(y, [(20.0, 1.0), (40.0, 3.0)])
            + waves(y, [(160.0, 12.0), (320.0, 30.0)]))
            * 2.0
            / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + (common
            + waves(x, [(20.0, 1.0), (40.0, 3.0)])
            + waves(x, [(150.0, 12.0), (300.0, 30.0)]))
            * 2.0
            / 3.0;
    let (axis, ee) = (6_378_245.0, 0.006_693_421_622_965_943);
    let magic = 1.0 - ee * lat.to_radians().sin().powi(2);
    let north = north * 180.0 / (axis * (1.0 - ee) / (magic * magic.sqrt()) * PI);
    let east = east * 180.0 / (axis / magic.sqrt() * lat.to_radians().cos() * PI);
    (lon + east, lat + north)
}
