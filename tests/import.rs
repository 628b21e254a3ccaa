//! The import room from outside: a fixture folder for each format, the bad-input list, the deny list,
//! datums against other programs, and arbitrary bytes.

#[path = "support/golden.rs"]
mod golden;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use lifang::domain::issue::words;
use lifang::domain::place::{LonLat, Pin, distance};
use lifang::domain::register::rows::{ImportKind, Rows};
use lifang::import::{Datum, FORMATS, ImportError, ImportOptions, Sheet, inspect, read};
use lifang::sample::city::{City, file_name};
use proptest::prelude::*;

fn options(kind: ImportKind) -> ImportOptions {
    ImportOptions::new(kind)
}

fn import(
    name: &str,
    text: impl AsRef<[u8]>,
    options: &ImportOptions,
) -> Result<Sheet, ImportError> {
    read(name, text.as_ref(), options, &mut |_, _| {})
}

fn codes(sheet: &Sheet) -> Vec<&'static str> {
    sheet.issues.iter().map(|issue| issue.code).collect()
}

fn fixtures(format: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import").join(format);
    let entries = std::fs::read_dir(&folder)
        .unwrap_or_else(|_| panic!("format {format} has no fixtures in {}", folder.display()));
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    cases.sort();
    assert!(!cases.is_empty(), "format {format} has no fixtures in {}", folder.display());
    cases
}

/// Options of a case: lines `kind`, `datum`, `community`, `columns`, each with its value.
fn options_of(case: &Path) -> ImportOptions {
    let text = std::fs::read_to_string(case.join("options")).expect("each case has its options");
    let mut options = options(ImportKind::Areas);
    for line in text.lines() {
        let (key, value) = line.split_once(' ').expect("key and value");
        match key {
            "kind" => options.kind = ImportKind::of_word(value).expect("a kind"),
            "datum" => options.datum = value.parse().expect("a datum"),
            "community" => options.community = Some(value.into()),
            "columns" => options.columns = ImportOptions::parse_columns(value).expect("pairs"),
            _ => panic!("unknown option {key} in {}", case.display()),
        }
    }
    options
}

/// A sheet as text that a person can read and a diff can show.
fn show(result: &Result<Sheet, ImportError>) -> String {
    let mut text = String::new();
    let sheet = match result {
        Ok(sheet) => sheet,
        Err(error) => {
            writeln!(text, "{}: {error}", error.code()).expect("strings take anything");
            return text;
        }
    };
    let mut line = |arguments: std::fmt::Arguments<'_>| {
        writeln!(text, "{arguments}").expect("strings take anything")
    };
    line(format_args!("{} in {}, datum {}", sheet.format, sheet.encoding, sheet.datum));
    line(format_args!("{} rows, {} refused", sheet.n_rows, sheet.refused));
    line(format_args!("used {:?}", sheet.used_columns));
    line(format_args!("ignored {:?}", sheet.ignored_columns));
    line(format_args!("dropped {:?}", sheet.dropped_columns));
    for issue in &sheet.issues {
        let row = issue.row.map_or("file".to_owned(), |row| format!("row {row}"));
        let column = issue.column.as_ref().map_or(String::new(), |column| format!(" [{column}]"));
        let subjects: String = issue.subjects.iter().map(|code| format!(" {code}")).collect();
        let place: String =
            issue.place.iter().map(|pin| format!(" ({}, {})", pin.x, pin.y)).collect();
        let figure = issue.figure.map_or(String::new(), |figure| format!(" {figure:.3}"));
        let said = words(issue.code);
        line(format_args!(
            "{:?} {row}{column} {}{subjects}{place}{figure}: {}",
            issue.severity, said.code, said.en
        ));
    }
    let rows: Vec<String> = match &sheet.rows {
        Rows::Areas(rows) => rows.iter().map(|row| format!("{row:?}")).collect(),
        Rows::Grids(rows) => rows.iter().map(|row| format!("{row:?}")).collect(),
        Rows::Buildings(rows) => rows.iter().map(|row| format!("{row:?}")).collect(),
        Rows::Households(rows) => rows.iter().map(|row| format!("{row:?}")).collect(),
        Rows::Members(rows) => rows.iter().map(|row| format!("{row:?}")).collect(),
        Rows::Barriers(rows) => rows.iter().map(|row| format!("{row:?}")).collect(),
        Rows::Stations(rows) => rows.iter().map(|row| format!("{row:?}")).collect(),
    };
    rows.iter().for_each(|row| line(format_args!("{row}")));
    text
}

#[test]
fn every_format_reads_its_fixtures() {
    for format in &FORMATS {
        for case in fixtures(format.name) {
            let mut files = std::fs::read_dir(&case)
                .expect("readable")
                .map(|entry| entry.expect("readable").path());
            let input = files
                .find(|file| file.file_stem().is_some_and(|stem| stem == "in"))
                .unwrap_or_else(|| panic!("{} has no input", case.display()));
            let name = input.file_name().expect("a file").to_string_lossy().into_owned();
            let bytes = std::fs::read(&input).expect("readable");
            let result = import(&name, &bytes, &options_of(&case));
            let title = case.file_name().expect("a folder").to_string_lossy().into_owned();
            golden::check(&format!("import/{}/{title}.txt", format.name), &show(&result));
        }
    }
}

/// What the sample city writes is read back as it was: every row, and every pin of every shape.
#[test]
fn the_sample_city_comes_back() {
    let city = City::new(600, 7);
    for kind in ImportKind::ALL {
        let mut bytes = Vec::new();
        city.write(kind, &mut bytes).expect("memory takes anything");
        let sheet = import(file_name(kind), &bytes, &options(kind)).expect("a sheet");
        assert_eq!(
            (sheet.refused, &sheet.dropped_columns, &sheet.ignored_columns),
            (0, &vec![], &vec![]),
            "{sheet:?}"
        );
        match sheet.rows {
            Rows::Areas(rows) => same(rows, city.areas(), |row| row.row = 0),
            Rows::Grids(rows) => same(rows, city.grids(), |row| row.row = 0),
            Rows::Barriers(rows) => same(rows, city.barriers(), |row| row.row = 0),
            Rows::Buildings(rows) => same(rows, city.buildings().collect(), |row| {
                row.row = 0;
                // A footprint is written without its point.
                row.pin = row.pin.filter(|_| row.footprint.is_empty());
            }),
            Rows::Households(rows) => {
                let persons: i64 = rows.iter().map(|row| i64::from(row.persons)).sum();
                assert_eq!(rows.len(), city.homes().count());
                assert_eq!(persons, city.homes().map(|home| i64::from(home.persons)).sum::<i64>());
            }
            Rows::Members(rows) => assert_eq!(rows.len(), city.members().count()),
            Rows::Stations(rows) => same(rows, city.stations(), |row| row.row = 0),
        }
    }
}

fn same<T: PartialEq + std::fmt::Debug>(
    mut read: Vec<T>,
    mut written: Vec<T>,
    reset: impl Fn(&mut T),
) {
    read.iter_mut().chain(&mut written).for_each(reset);
    assert_eq!(read.len(), written.len());
    read.iter().zip(&written).for_each(|(read, written)| assert_eq!(read, written));
}

/// The same bytes give the same sheet: a second import changes nothing.
#[test]
fn reading_twice_gives_the_same() {
    for format in &FORMATS {
        for case in fixtures(format.name) {
            for name in ["in.csv", "in.geojson", "in.json", "in.geojsonl"] {
                let Ok(bytes) = std::fs::read(case.join(name)) else { continue };
                let options = options_of(&case);
                let (one, other) = (import(name, &bytes, &options), import(name, &bytes, &options));
                assert_eq!(one.ok(), other.ok(), "{}", case.display());
            }
        }
    }
}

/// Values of dropped columns are nowhere in what comes out; neither are values of refused cells.
#[test]
fn nothing_personal_comes_through() {
    let text = "户编号,楼栋,人数,户主姓名,身份证号,联系电话,政治面貌,民族,宗教信仰,健康状况,备注,photo\n\
                H1,1幢,3,SECRET1,SECRET2,SECRET3,SECRET4,SECRET5,SECRET6,SECRET7,SECRET8,SECRET9\n\
                H2,2幢,SECRETX,SECRET1,SECRET2,SECRET3,SECRET4,SECRET5,SECRET6,SECRET7,SECRET8,SECRET9\n\
                13800000000,3幢,1,,,,,,,,,\n";
    let mut asked = options(ImportKind::Households);
    asked.columns = ImportOptions::parse_columns("estate=备注,address=户主姓名").expect("pairs");
    for options in [options(ImportKind::Households), asked] {
        let sheet = import("x.csv", text, &options).expect("a sheet");
        assert_eq!(sheet.dropped_columns.len(), 9, "{:?}", sheet.dropped_columns);
        let said = format!("{sheet:?}");
        for secret in ["SECRET", "13800000000", "H1"] {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
    }
    let inspection = inspect("x.csv", text.as_bytes()).expect("an inspection");
    assert_eq!(inspection.kind, Some(ImportKind::Households));
    assert!(inspection.preview.is_empty());
    assert!(!format!("{inspection:?}").contains("SECRET"));
}

#[test]
fn dropped_columns_are_blank_in_the_preview() {
    let text = "楼栋编码,层数,业主,备注\nB1,6,SECRET1,SECRET2\n";
    let inspection = inspect("楼栋.csv", text.as_bytes()).expect("an inspection");
    assert_eq!(inspection.preview, [["B1", "6", "", ""].map(Box::from)]);
    let feature = r#"{"type":"Feature","properties":{"osm_id":"w1","building":"yes","owner":"SECRET"},
        "geometry":{"type":"Point","coordinates":[109.6,38.9]}}"#;
    let inspection = inspect("buildings.geojson", feature.as_bytes()).expect("an inspection");
    assert!(!format!("{inspection:?}").contains("SECRET"), "{inspection:?}");
    let landings: Vec<String> =
        inspection.datum_candidates.iter().map(|(datum, _)| datum.to_string()).collect();
    assert_eq!(landings, ["4326", "gcj02", "bd09"]);
}

fn check_error(name: &str, bytes: impl AsRef<[u8]>, kind: ImportKind, code: &str) -> ImportError {
    let error = import(name, bytes, &options(kind)).expect_err(code);
    assert_eq!(error.code(), code, "{name}: {error}");
    assert_eq!(words(error.code()).code, error.code());
    assert_ne!(words(error.code()).zh, error.code(), "{code} has words");
    error
}

/// The list of the product's brief, item by item: files that are refused as a whole.
#[test]
fn bad_files_are_refused_with_a_code() {
    use ImportKind::{Areas, Barriers, Buildings, Grids, Households};
    check_error("a.csv", "", Areas, "file.empty");
    check_error("a.csv", "\u{FEFF}", Areas, "file.empty");
    check_error("a.csv", "code,name\n", Areas, "file.no-rows");
    check_error(
        "a.geojson",
        r#"{"type":"FeatureCollection","features":[]}"#,
        Areas,
        "file.no-rows",
    );
    check_error("a.xlsx", b"PK\x03\x04....", Areas, "file.binary");
    check_error("a.csv", [0x80, 0x81, 0xFF, 0xFE, 0xFF, 0x0A], Areas, "file.encoding");
    check_error("a.csv", "foo,bar\n1,2\n", Areas, "file.no-header");
    let error = check_error("居民户.csv", "楼栋,层数\n1,2\n", Households, "file.missing-column");
    assert_eq!(error.guess(), None, "the name agrees with the kind asked for");
    let error = check_error("a.csv", "户号,人数,小区\n1,2,x\n", Buildings, "file.missing-column");
    assert_eq!(error.guess(), Some(Households));
    let road = r#"{"type":"Feature","properties":{"highway":"primary","osm_id":1},"geometry":{"type":"LineString","coordinates":[[109.6,38.9],[109.7,38.9]]}}"#;
    let error = check_error("a.geojson", road, Areas, "file.wrong-kind");
    assert_eq!(error.guess(), Some(Barriers));
    check_error("a.csv", "code,name\n1,2\n", Barriers, "file.wrong-kind");
    check_error(
        "a.geojson",
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","prop"#,
        Grids,
        "file.bad-json",
    );
    check_error("a.geojson", r#"{"name":"x","version":3}"#, Grids, "file.not-geojson");
    check_error(
        "a.geojson",
        r#"{"type":"Topology","objects":{},"arcs":[]}"#,
        Grids,
        "file.not-geojson",
    );
    check_error("a.geojson", "code,name\n", Grids, "file.bad-json");
    check_error(
        "a.geojson",
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"a\":{}1{}}}}}",
            "[".repeat(5000),
            "]".repeat(5000)
        ),
        Grids,
        "file.too-deep",
    );
    let metres = r#"{"type":"Feature","properties":{"id":1},"geometry":{"type":"Polygon","coordinates":[[[528770,3386666],[528870,3386666],[528870,3386766],[528770,3386666]]]}}"#;
    let error = check_error("a.geojson", metres, Areas, "file.ask-datum");
    assert!(error.to_string().contains("4547"), "{error}");
    check_error("a.csv", format!("code,name\n1{}\n", ",".repeat(20_000)), Areas, "file.too-wide");
    let mut open = String::from("code,name\n1,\"forgotten\n");
    (0..300).for_each(|i| writeln!(open, "{i},x").expect("strings take anything"));
    check_error("a.csv", open, Areas, "file.unclosed-quote");
}

#[test]
fn bad_choices_are_refused_with_a_code() {
    let degrees = "code,lon,lat\n1,109.6,38.9\n";
    let code = |datum: &str, columns: &str| {
        let mut options = options(ImportKind::Buildings);
        match datum.parse() {
            Ok(datum) => options.datum = datum,
            Err(error) => return ImportError::code(&error),
        }
        options.columns = ImportOptions::parse_columns(columns).expect("pairs");
        import("a.csv", degrees, &options).map_or_else(|error| error.code(), |_| "read")
    };
    assert_eq!(code("auto", ""), "read");
    assert_eq!(code("EPSG:4490", ""), "read");
    assert_eq!(code("27700", ""), "file.unknown-datum");
    assert_eq!(code("middle earth", ""), "file.unknown-datum");
    assert_eq!(code("4547", ""), "file.datum-mismatch");
    assert_eq!(code("auto", "code=编号"), "file.no-such-header");
    assert_eq!(code("auto", "persons=code"), "file.no-such-field");
    assert_eq!(ImportOptions::parse_columns("code"), None);
}

/// Limits: bytes, vertices in a file, vertices in a ring. The last costs one row only.
#[test]
fn limits_hold() {
    let ring = |n: usize| {
        let mut ring = String::new();
        for i in 0..n {
            let angle = i as f64 / n as f64 * std::f64::consts::TAU;
            write!(ring, "[{:.7},{:.7}],", 109.6 + angle.cos(), 38.9 + angle.sin())
                .expect("strings take anything");
        }
        ring.pop();
        format!(
            r#"{{"type":"Feature","properties":{{"code":"{n}"}},"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}}}}"#
        )
    };
    let collection =
        format!(r#"{{"type":"FeatureCollection","features":[{},{}]}}"#, ring(5000), ring(20));
    let mut limited = options(ImportKind::Areas);
    limited.max_ring_vertices = 1000;
    let sheet = import("a.geojson", &collection, &limited).expect("the rest goes on");
    assert_eq!((sheet.rows.len(), sheet.refused), (1, 1));
    assert_eq!(codes(&sheet), ["fabric.too-many-vertices"]);
    limited.max_vertices = 400;
    assert_eq!(
        import("a.geojson", &collection, &limited).map_err(|error| error.code()),
        Err("file.too-many-vertices")
    );
    limited.max_bytes = 100;
    assert_eq!(
        import("a.geojson", &collection, &limited).map_err(|error| error.code()),
        Err("file.too-large")
    );
}

/// Two million vertices in one ring answer within the limit of a ring, in bounded time and memory.
#[test]
fn two_million_vertices_in_one_ring() {
    let mut text = String::from(
        r#"{"type":"Feature","properties":{"code":"1"},"geometry":{"type":"Polygon","coordinates":[["#,
    );
    for i in 0..2_000_000 {
        write!(text, "[109.{:06},38.9],", i % 1_000_000).expect("strings take anything");
    }
    text.push_str("[109.6,38.9]]]}}");
    let sheet = import("a.geojson", &text, &options(ImportKind::Areas)).expect("one bad row");
    assert_eq!((sheet.rows.len(), codes(&sheet)), (0, vec!["fabric.too-many-vertices"]));
}

/// A file of a hundred thousand faults gives a report of bounded size that still counts them all.
#[test]
fn reports_are_bounded() {
    let mut text = String::from("code,floors,lon,lat\n");
    (0..100_000).for_each(|i| writeln!(text, "{i},many,NaN,38").expect("strings take anything"));
    let sheet = import("a.csv", &text, &options(ImportKind::Buildings)).expect("a sheet");
    assert_eq!(sheet.rows.len(), 100_000);
    assert!(sheet.issues.len() <= 10_000);
    assert_eq!(sheet.issues.len() as u64 + sheet.issues_dropped, 200_000, "two a row");
}

fn check_datum(datum: &str, x: f64, y: f64, lon: f64, lat: f64, tolerance_m: f64) {
    for (first, second) in [(x, y), (y, x)] {
        let text = format!("code,x,y\n1,{first},{second}\n");
        let mut options = options(ImportKind::Buildings);
        options.datum = datum.parse().expect("a known datum");
        let sheet = import("a.csv", &text, &options).expect("a sheet");
        let Rows::Buildings(rows) = &sheet.rows else { panic!("buildings were asked for") };
        let pin =
            rows[0].pin.unwrap_or_else(|| panic!("{datum}: no position from {first}, {second}"));
        let expected = Pin::of(LonLat { lon, lat }).expect("on the globe");
        let off = distance(pin, expected);
        assert!(off < tolerance_m, "{datum}: {off} m off");
    }
}

/// EPSG systems against PROJ: `pyproj 3.7.2`, `Transformer.from_crs(4490, code, always_xy=True)` (3857
/// from 4326) of the positions at the right, rounded to 0.1 mm. Tolerance: one lattice step, 1.5 cm.
/// Either axis order gives the same.
#[test]
fn projected_systems_agree_with_proj() {
    for (epsg, x, y, lon, lat) in [
        (4547, 528770.2373, 3386666.2506, 114.3, 30.6),
        (4526, 38528770.2373, 3386666.2506, 114.3, 30.6),
        (4544, 490409.9398, 3386632.1693, 104.9, 30.6),
        (4549, 519040.8117, 3464253.2025, 120.2, 31.3),
        (4528, 40519040.8117, 3464253.2025, 120.2, 31.3),
        (4498, 20449042.0474, 4420261.2200, 116.404, 39.915),
        (4508, 378549.9264, 4308334.4022, 109.6, 38.9),
        (4534, 577523.5161, 4363298.1901, 75.9, 39.4),
        (4554, 477742.5100, 5351829.0740, 134.7, 48.3),
        (3857, 13222529.1164, 3768562.3947, 118.78, 32.04),
    ] {
        check_datum(&epsg.to_string(), x, y, lon, lat, 0.015);
        if epsg != 3857 && !(4534..=4554).contains(&epsg) && !(4502..=4512).contains(&epsg) {
            check_datum("auto", x, y, lon, lat, 0.015);
        }
    }
    // Hong Kong, where Web Mercator cannot be mistaken for a zone; at Nanjing it can, and is asked about.
    check_datum("auto", 12709346.2639, 2545175.9433, 114.17, 22.28, 0.015);
    let nanjing = "code,x,y\n1,13222529.1164,3768562.3947\n";
    let asked =
        import("a.csv", nanjing, &options(ImportKind::Buildings)).expect_err("two candidates");
    let ImportError::AskDatum { candidates } = asked else { panic!("{asked}") };
    assert_eq!(candidates.iter().map(Datum::to_string).collect::<Vec<_>>(), ["4491", "3857"]);
}

/// GCJ-02 and BD-09 against `gcoord 1.0.7` (npm), `transform(position, WGS84, GCJ02 | BD09)`.
/// The positions: Beijing, Taipei, the desert near Yulin, Hong Kong. Tolerance 1.5 cm.
#[test]
fn shifted_systems_agree_with_gcoord() {
    for (lon, lat, gcj, bd) in [
        (
            116.404,
            39.915,
            (116.41024449916938, 39.91640428150164),
            (116.41662724378733, 39.922699552216216),
        ),
        (
            121.4999,
            25.0375,
            (121.50385971558205, 25.034727912872263),
            (121.51041963828791, 25.040368006671),
        ),
        (
            109.6,
            38.9,
            (109.60539695492523, 38.90050106712732),
            (109.61199773684646, 38.90626965583032),
        ),
        (
            114.17,
            22.28,
            (114.17496293644845, 22.277259300021747),
            (114.18151203525231, 22.282925610022357),
        ),
    ] {
        check_datum("gcj02", gcj.0, gcj.1, lon, lat, 0.015);
        check_datum("bd09", bd.0, bd.1, lon, lat, 0.015);
        check_datum("4490", lon, lat, lon, lat, 0.001);
    }
}

/// Beyond the box of the formula nothing is shifted.
#[test]
fn shifted_systems_leave_the_rest_of_the_world_alone() {
    let mut options = options(ImportKind::Buildings);
    options.datum = "gcj02".parse().expect("a known datum");
    let sheet = import("a.csv", "code,lon,lat\n1,-71.41,41.82\n", &options).expect("a sheet");
    let Rows::Buildings(rows) = &sheet.rows else { panic!("buildings were asked for") };
    assert_eq!(rows[0].pin, Some(Pin::new(-714_100_000, 418_200_000)));
}

#[test]
fn a_stated_datum_is_believed_and_a_given_one_stands_above_it() {
    let text = "code,lon,lat,坐标系\n1,109.60539695492523,38.90050106712732,GCJ-02\n";
    let sheet = import("a.csv", text, &options(ImportKind::Buildings)).expect("a sheet");
    assert_eq!(sheet.datum, Datum::Gcj02);
    let Rows::Buildings(rows) = &sheet.rows else { panic!("buildings were asked for") };
    let off = distance(rows[0].pin.expect("a position"), Pin::new(1_096_000_000, 389_000_000));
    assert!(off < 0.015, "{off} m");
    let mut given = options(ImportKind::Buildings);
    given.datum = "4490".parse().expect("a known datum");
    let sheet = import("a.csv", text, &given).expect("a sheet");
    assert_eq!(sheet.datum, Datum::Cgcs2000);
    let Rows::Buildings(rows) = &sheet.rows else { panic!("buildings were asked for") };
    assert_eq!(rows[0].pin, Some(Pin::new(1_096_053_970, 389_005_011)));
}

#[test]
fn files_and_rows_far_away_are_noticed() {
    let text = "code,lon,lat\n1,109.6,38.9\n2,109.6,38.91\n3,119.6,38.9\n";
    let mut near = options(ImportKind::Buildings);
    near.near = Some(LonLat { lon: 121.5, lat: 25.0 });
    let sheet = import("a.csv", text, &near).expect("a sheet");
    assert_eq!(codes(&sheet), ["file.datum-assumed", "file.far-away", "row.far-away"]);
    assert_eq!(sheet.issues[2].row, Some(4));
}

#[test]
fn progress_ends_at_the_end() {
    let mut last = (0, 1);
    let text = "code,lon,lat\n1,109.6,38.9\n";
    let options = options(ImportKind::Buildings);
    read("a.csv", text.as_bytes(), &options, &mut |done, of| last = (done, of)).expect("a sheet");
    assert_eq!(last, (text.len() as u64, text.len() as u64));
}

#[test]
fn encodings_read_the_same() {
    let text = "楼栋编码,小区名称,层数\nB1,锦绣园,6\n";
    let utf16 = |text: &str| -> Vec<u8> {
        [0xFFu8, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    // 锦绣园 in GB18030 and friends: made by Python's codec.
    let gb: &[u8] = b"\xc2\xa5\xb6\xb0\xb1\xe0\xc2\xeb,\xd0\xa1\xc7\xf8\xc3\xfb\xb3\xc6,\xb2\xe3\xca\xfd\nB1,\xbd\xf5\xd0\xe5\xd4\xb0,6\n";
    let expected = import("a.csv", text, &options(ImportKind::Buildings)).expect("UTF-8").rows;
    for (name, bytes) in [
        ("BOM", format!("\u{FEFF}{text}").into_bytes()),
        ("UTF-16", utf16(text)),
        ("GB18030", gb.to_vec()),
        ("CRLF", text.replace('\n', "\r\n").into_bytes()),
        ("tab", text.replace(',', "\t").into_bytes()),
        ("semicolon", text.replace(',', ";").into_bytes()),
    ] {
        let sheet = import("a.csv", bytes, &options(ImportKind::Buildings)).expect(name);
        assert_eq!(sheet.rows, expected, "{name}");
    }
}

/// Bytes that look like the formats, so that the readers get past their first look.
fn almost() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\n",
        "\t",
        ";",
        "\u{1e}",
        "\"features\":[",
        "\"type\":\"Feature\"",
        "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[109.6,38.9],[109.7,38.9],[109.7,39]]]}",
        "\"properties\":{\"code\":\"1\"}",
        "\"type\":\"FeatureCollection\"",
        "\"coordinates\":[[1,2],[[3,4]]]",
        "\"type\":\"MultiPolygon\"",
        "null",
        "NaN",
        "1e999",
        "\"crs\":{\"properties\":{\"name\":\"EPSG:4547\"}}",
        "code",
        "lon",
        "lat",
        "编码",
        "户编号",
        "109.6",
        "38.9",
        "38528770.2",
        "3386666.2",
        "1.1E+14",
        "姓名",
        "2024年",
        "1-10幢",
        "楼栋",
        "-",
        "\u{FEFF}",
        "𠮷",
        "\u{0}",
    ]);
    let bytes = prop::collection::vec(any::<u8>(), 0..4);
    prop::collection::vec(
        prop_oneof![9 => piece.prop_map(|text| text.as_bytes().to_vec()), 1 => bytes],
        0..60,
    )
    .prop_map(|parts| parts.concat())
}

fn any_kind() -> impl Strategy<Value = ImportKind> {
    prop::sample::select(ImportKind::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), kind in any_kind()) {
        let _ = import("a.csv", &bytes, &options(kind));
        let _ = import("a.geojson", &bytes, &options(kind));
        let _ = inspect("a", &bytes);
    }

    #[test]
    fn almost_files_never_panic(bytes in almost(), kind in any_kind()) {
        for name in ["a.csv", "a.geojson"] {
            if let Ok(sheet) = import(name, &bytes, &options(kind)) {
                prop_assert!(sheet.refused <= sheet.n_rows);
            }
            let _ = inspect(name, &bytes);
        }
    }

    #[test]
    fn cut_files_never_panic(cut in 0usize..6000, kind in any_kind()) {
        let text = include_str!("fixtures/import/geojson/areas-faults/in.geojson");
        let cut = (0..=cut.min(text.len() - 2)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        prop_assert!(import("a.geojson", &text[..cut], &options(kind)).is_err(), "half a file is no file");
    }
}
