//! `lifang divide` as its users run it: foreign coverages with all their faults, and the demo town.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn lifang(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lifang"));
    command.current_dir(folder).env_remove("LIFANG_DB").env("LANG", "C").args(arguments);
    command.output().expect("the binary runs")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it ends by itself")
}

fn read_json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("was written");
    serde_json::from_str(&text).expect("is JSON")
}

/// Squares of a chessboard by column, row and weight, as GeoJSON.
fn board(path: &Path, squares: &[(i32, i32, &str)]) {
    let feature = |(n, &(col, row, weight)): (usize, &(i32, i32, &str))| {
        let corner = |dx: i32, dy: i32| {
            let at = |start: f64, steps: i32| start + f64::from(steps) * 0.001;
            format!("[{:.7},{:.7}]", at(120.0, col + dx), at(30.0, row + dy))
        };
        let ring = [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1), corner(0, 0)];
        format!(
            r#"{{"type":"Feature","properties":{{"code":"u{n}","homes":{weight}}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
            ring.join(",")
        )
    };
    let features: Vec<String> = squares.iter().enumerate().map(feature).collect();
    let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    std::fs::write(path, text).expect("can be written");
}

fn divide(folder: &Path, more: &[&str]) -> Output {
    let fixed = [
        "divide",
        "--units",
        "b.geojson",
        "--weight",
        "homes",
        "--out",
        "p.csv",
        "--report",
        "r.json",
    ];
    lifang(folder, &[&fixed, more].concat())
}

fn full_board(n: i32) -> Vec<(i32, i32, &'static str)> {
    (0..n * n).map(|at| (at % n, at / n, "10")).collect()
}

#[test]
fn a_board_is_divided_the_same_on_any_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    board(&folder.path().join("b.geojson"), &full_board(12));
    let mut seen = BTreeSet::new();
    for threads in ["1", "2", "4"] {
        let done = divide(folder.path(), &["--parts", "6", "--threads", threads]);
        assert_eq!(code(&done), 0, "{}", String::from_utf8_lossy(&done.stderr));
        seen.insert(std::fs::read_to_string(folder.path().join("p.csv")).expect("was written"));
    }
    assert_eq!(seen.len(), 1);
    let csv = seen.pop_first().expect("one");
    assert_eq!(csv.lines().count(), 145);
    assert_eq!(csv.lines().take(2).collect::<Vec<_>>(), ["id,part", "u0,1"]);
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for line in csv.lines().skip(1) {
        *sizes.entry(line.split_once(',').expect("two columns").1).or_default() += 1;
    }
    assert!(sizes.values().all(|&n| n == 24), "{sizes:?}");
    let report = read_json(&folder.path().join("r.json"));
    assert_eq!(report["broken"], 0);
    assert_eq!(report["deviation_max"], 0.0);
    assert_eq!(report["parts"].as_array().map(Vec::len), Some(6));
}

#[test]
fn faults_of_a_coverage_are_named_and_never_hidden() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("b.geojson");
    // A hole in the middle, a square twice, one without a weight, one with a negative one.
    let mut squares = full_board(5);
    squares.remove(12);
    squares.push((0, 0, "10"));
    squares[3].2 = "null";
    squares[7].2 = "-4";
    board(&path, &squares);
    let done = divide(folder.path(), &["--parts", "3", "--id", "code"]);
    assert_eq!(code(&done), 1);
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    let expected = [
        "divide.no-weight",
        "divide.bad-weight",
        "fabric.overlap",
        "divide.no-ground",
        "fabric.gap",
    ];
    for word in expected {
        assert!(told.contains(word), "{word} is missing from:\n{told}");
    }
    let csv = std::fs::read_to_string(folder.path().join("p.csv")).expect("was written");
    assert!(csv.ends_with("u24,\n"), "a unit without ground has no part:\n{csv}");
    assert_eq!(read_json(&folder.path().join("r.json"))["broken"], 0);
}

#[test]
fn what_cannot_be_is_refused_or_certified() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("b.geojson");
    let refused = |more: &[&str], why: &str| {
        let done = divide(folder.path(), more);
        let told = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(code(&done), 2, "{more:?}: {told}");
        assert!(told.contains(why), "{more:?}: {told}");
    };
    let mut squares = full_board(4);
    squares.push((9, 9, "10"));
    board(&path, &squares);
    refused(&["--parts", "1"], "pieces");
    refused(&["--parts", "0"], "at least one part");
    refused(&["--parts", "18"], "at most 17 parts");
    refused(&["--target", "40", "--min", "60"], "band");
    refused(&["--parts", "2", "--time", "0"], "--time");
    refused(&["--parts", "2", "--threads", "x"], "--threads");
    refused(&[], "--parts or --target");
    let done = divide(folder.path(), &["--target", "40"]);
    assert_eq!(code(&done), 1);
    let report = read_json(&folder.path().join("r.json"));
    let found = report["certificates"].as_array().expect("a list");
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["code"], &found[0]["units"][0]), (&"divide.piece".into(), &"u16".into()));
    squares[5].2 = "2000";
    squares.pop();
    board(&path, &squares);
    let done = divide(folder.path(), &["--target", "40"]);
    assert_eq!(code(&done), 1);
    let report = read_json(&folder.path().join("r.json"));
    assert_eq!(report["certificates"][0]["code"], "divide.unit");
    assert_eq!(report["certificates"][0]["units"][0], "u5");
}

#[test]
fn a_railway_is_not_crossed_where_that_was_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    board(&folder.path().join("b.geojson"), &full_board(6));
    // A railway along the western border of the third column.
    let rail = r#"{"type":"FeatureCollection","features":[{"type":"Feature",
        "properties":{"code":"r","kind":"rail","name":"line"},
        "geometry":{"type":"LineString","coordinates":[[120.002,29.999],[120.002,30.007]]}}]}"#;
    std::fs::write(folder.path().join("l.geojson"), rail).expect("can be written");
    let hard = |kinds: &str, parts: &str| {
        let more = ["--barriers", "l.geojson", "--hard", kinds, "--parts", parts];
        code(&divide(folder.path(), &more))
    };
    assert_eq!(hard("rail,water", "1"), 2, "two pieces are not one part");
    assert_eq!(hard("water", "1"), 0);
    assert_eq!(hard("rail", "3"), 0);
    let mut sides: BTreeMap<String, BTreeSet<bool>> = BTreeMap::new();
    let parts = std::fs::read_to_string(folder.path().join("p.csv")).expect("was written");
    for line in parts.lines().skip(1) {
        let (id, part) = line.split_once(',').expect("two columns");
        let number: i32 = id[1..].parse().expect("a number");
        sides.entry(part.to_owned()).or_default().insert(number % 6 < 2);
    }
    assert_eq!(sides.len(), 3);
    assert!(sides.values().all(|sides| sides.len() == 1), "{sides:?}");
    let faulty = [
        (vec!["--parts", "2", "--hard", "rail"], "--barriers"),
        (vec!["--parts", "2", "--barriers", "l.geojson", "--hard", "rail,smoke"], "smoke"),
    ];
    for (more, told) in faulty {
        let refused = divide(folder.path(), &more);
        assert_eq!(code(&refused), 2);
        assert!(String::from_utf8_lossy(&refused.stderr).contains(told), "{more:?}");
    }
}

#[test]
fn the_demo_town_is_divided_within_the_band_and_stays_lawful() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(code(&lifang(folder.path(), &["sample", "--town", "--db", "t.db"])), 0);
    let done = lifang(
        folder.path(),
        &["divide", "--all", "--target", "400", "--db", "t.db", "--report", "r.json"],
    );
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    assert_eq!(code(&done), 0, "{told}{}", String::from_utf8_lossy(&done.stderr));
    let report = read_json(&folder.path().join("r.json"));
    let communities = report["communities"].as_array().expect("a list");
    assert_eq!(communities.len(), 14);
    for community in communities {
        assert_eq!(community["refused"], Value::Null);
        assert_eq!(community["broken"], 0);
        for part in community["parts"].as_array().expect("a list") {
            let weight = part["weight"].as_i64().expect("a number");
            assert!((300..=500).contains(&weight), "{community}");
        }
    }
    assert_eq!(code(&lifang(folder.path(), &["check", "--db", "t.db"])), 0);
    let refused = lifang(folder.path(), &["divide", "--community", "nowhere", "--db", "t.db"]);
    assert_eq!(code(&refused), 2);

    // One community by households and buildings, in a band for its kind, crossing no railway and no water.
    let name = communities[0]["community"].as_str().expect("a code");
    let one = |more: &[&str]| {
        let fixed = ["divide", "--community", name, "--db", "t.db", "--report", "m.json"];
        lifang(folder.path(), &[&fixed, more].concat())
    };
    let mix = ["--mix", "households=1,buildings=5", "--hard", "rail,water"];
    let done = one(&[&mix[..], &["--band", "rc=400:500:600"]].concat());
    assert_ne!(code(&done), 2, "{}", String::from_utf8_lossy(&done.stderr));
    let mixed = &read_json(&folder.path().join("m.json"))["communities"][0];
    let sum = |row: &Value| {
        let parts = row["parts"].as_array().expect("a list").iter();
        parts.map(|part| part["weight"].as_i64().expect("a number")).sum::<i64>()
    };
    assert!(sum(mixed) > sum(&communities[0]), "buildings weigh, too");
    assert_eq!(mixed["refused"], Value::Null);
    for (more, told) in [
        (["--mix", "households=1,luck=2"], "luck=2"),
        (["--mix", "households=0"], "not all 0"),
        (["--mix", "persons=-3"], "persons=-3"),
        (["--hard", "smoke"], "smoke"),
        (["--band", "vc=1:2:3"], "vc"),
        (["--band", "rc=3:2:1"], "band 3 to 1"),
        (["--band", "rc"], "KIND=MIN:TARGET:MAX"),
    ] {
        let refused = one(&more);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(code(&refused), 2, "{more:?}");
        assert!(said.contains(told), "{more:?}: {said}");
    }
}
