//! Tiles as a whole: golden tiles of every layer, what the demo town looks like, and tiles on disk for the
//! independent decoder (`tests/oracle/tiles.py`).

#[path = "support/mod.rs"]
mod support;
#[path = "support/tile.rs"]
mod tile;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use lifang::domain::ids::Code;
use lifang::domain::place::{Pin, Polygon};
use lifang::domain::register::area::Level;
use lifang::domain::register::feature::FeatureKind;
use lifang::domain::register::rows::{FeatureRow, Rows, StationRow};
use lifang::domain::register::station::StationKind;
use lifang::domain::world::{PlanChoice, Standing, World};
use lifang::sample::demo;
use lifang::sample::random::RandomTown;
use lifang::tiles::{LAYERS, Layers, TileId, build, tile_json, tiles_meeting};

use support::Desk;
use tile::{Decoded, decode, told};

/// Every property a tile may carry, by layer: names and kinds of shapes, no count, nothing about people.
const ALLOWED: [(&str, &[&str]); 8] = [
    ("base", &["kind", "name"]),
    ("areas", &["code", "name", "level", "kind"]),
    ("grids", &["code", "name", "community", "kind"]),
    ("gaps", &["community"]),
    ("buildings", &["code", "name", "use", "floors"]),
    ("borders", &["rank"]),
    ("stations", &["code", "name", "kind", "level"]),
    ("labels", &["code", "name", "level"]),
];

fn demo_world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let mut desk = Desk::default();
        for rows in demo::town().rows() {
            // People make no difference to a tile; without them the test starts sooner.
            if !matches!(rows, Rows::Households(_) | Rows::Members(_)) {
                desk.import(rows);
            }
        }
        desk.world
    })
}

/// Two communities of three grids with a street, a pond and buildings.
fn small_world() -> World {
    let mut desk = Desk::default();
    let town = RandomTown::new(2, 2, 3);
    desk.import_town(&town);
    let corner = desk.world.areas().extent().min;
    let at = |x: i32, y: i32| Pin::new(corner.x + x, corner.y + y);
    let feature = |row, kind, name: &str, lines, polygons| FeatureRow {
        row,
        code: format!("F{row}").into(),
        kind,
        name: name.into(),
        lines,
        polygons,
    };
    let pond = Polygon {
        rings: vec![
            vec![at(2_000, 2_000), at(9_000, 2_500), at(8_000, 8_000), at(2_500, 7_000)],
            vec![at(4_000, 4_000), at(4_500, 5_500), at(6_000, 5_000)],
        ],
    };
    let street = vec![at(-9_000, 6_000), at(12_000, 9_000), at(40_000, 8_000)];
    desk.import(Rows::Barriers(vec![
        feature(1, FeatureKind::Street, "青松路", vec![street], vec![]),
        feature(2, FeatureKind::Water, "月牙塘", vec![], vec![pond]),
    ]));
    let station = |row, x, is_open| StationRow {
        row,
        code: Code::new(&format!("S{row}")).unwrap(),
        name: "柳营工作站".into(),
        kind: StationKind::Workstation,
        level: (row > 1).then_some(Level::Community),
        pin: Some(at(x, 3_000)),
        floor_area: None,
        hall_area: None,
        serves: Vec::new(),
        is_open,
    };
    // The second is closed, and so not drawn.
    let rows = vec![station(1, 3_000, true), station(2, 4_000, false), station(3, 20_000, true)];
    desk.import(Rows::Stations(rows));
    desk.world
}

fn tile_of(world: &World, tile: TileId, layers: Layers) -> Decoded {
    decode(&build(world, PlanChoice::Current, layers, tile))
}

/// Compares with a golden file; `BLESS=1` writes it.
fn check_golden(path: &Path, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let held = fs::read_to_string(path).unwrap_or_default();
    assert!(held == text, "{} differs; BLESS=1 rewrites it. Now:\n{text}", path.display());
}

#[test]
fn each_layer_has_a_golden_tile() {
    let world = small_world();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/tiles");
    for layer in &LAYERS {
        let layers = Layers::parse(layer.name).unwrap();
        let mut text = String::new();
        for tile in tiles_meeting(&world.areas().extent(), 16) {
            let bytes = build(&world, PlanChoice::Current, layers, tile);
            text +=
                &format!("tile {}/{}/{}\n{}", tile.z(), tile.x(), tile.y(), told(&decode(&bytes)));
        }
        assert!(text.contains(&format!("layer {}\n", layer.name)), "{} draws nothing", layer.name);
        check_golden(&folder.join(format!("{}.txt", layer.name)), &text);
    }
}

#[test]
fn layers_carry_what_the_contract_names() {
    for (layer, (name, fields)) in LAYERS.iter().zip(ALLOWED) {
        let of_layer: Vec<&str> = layer.fields.iter().map(|(field, _)| *field).collect();
        assert_eq!((layer.name, &*of_layer), (name, fields));
    }
    let json = tile_json(demo_world(), Layers::ALL);
    assert_eq!((json.min_zoom, json.max_zoom, json.layers.len()), (5, 20, LAYERS.len()));
    let [west, south, east, north] = json.bounds.unwrap();
    assert!(
        (109.0..110.0).contains(&west)
            && west < east
            && (38.0..40.0).contains(&south)
            && south < north
    );
}

#[test]
fn nothing_is_drawn_before_anything_is_known() {
    let tile = TileId::new(14, 13_179, 6_262).unwrap();
    assert!(build(&World::default(), PlanChoice::Current, Layers::ALL, tile).is_empty());
}

#[test]
fn one_request_for_two_layers_is_both() {
    let world = small_world();
    let tile = tiles_meeting(&world.areas().extent(), 15)[0];
    let both = tile_of(&world, tile, Layers::parse("grids,labels").unwrap());
    let grids = tile_of(&world, tile, Layers::parse("grids").unwrap());
    let labels = tile_of(&world, tile, Layers::parse("labels").unwrap());
    assert_eq!(both["grids"], grids["grids"]);
    assert_eq!(both["labels"], labels["labels"]);
    assert_eq!(both.len(), 2);
}

#[test]
fn buildings_stand_where_they_stand() {
    let world = demo_world();
    let layers = Layers::parse("buildings").unwrap();
    let all = world.town().all().values();
    let mut n_elsewhere = 0;
    for housing in all {
        for (row, standing) in housing.standings.iter().enumerate() {
            let Some(pin) = housing.homes.pin(row) else { continue };
            let is_odd = !matches!(standing, Standing::Here);
            n_elsewhere += usize::from(is_odd);
            if is_odd || row % 97 == 0 {
                let tile = tiles_meeting(&lifang::domain::place::Extent::of(&[pin]), 17)[0];
                let drawn = tile_of(world, tile, layers);
                let id = u64::from(housing.homes.id(row).get());
                assert!(
                    drawn["buildings"].iter().any(|building| building.id == id),
                    "{standing:?}"
                );
            }
        }
    }
    assert!(n_elsewhere > 0, "the demo town has buildings that are stated elsewhere");
}

/// Every tile of the demo town from zoom 5 to 18: decodes, carries allowed properties only, names each
/// thing once a zoom. Left on disk for the oracle.
#[test]
fn the_demo_town_is_whole_at_every_zoom() {
    let world = demo_world();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("tiles/demo");
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    let n_grids: usize =
        world.shards(PlanChoice::Current).iter().map(|shard| shard.ground.shapes.len()).sum();
    let _ = fs::remove_dir_all(&folder);
    for zoom in 5..=18 {
        let mut labels: Vec<(u64, String)> = Vec::new();
        let mut drawn: Vec<u64> = Vec::new();
        for tile in tiles_meeting(&world.areas().extent(), zoom) {
            let bytes = build(world, PlanChoice::Current, Layers::ALL, tile);
            let column = folder.join(format!("{zoom}/{}", tile.x()));
            fs::create_dir_all(&column).unwrap();
            fs::write(column.join(format!("{}.mvt", tile.y())), &bytes).unwrap();
            for (name, features) in decode(&bytes) {
                for feature in &features {
                    for key in feature.properties.keys() {
                        assert!(allowed[&*name].contains(&&**key), "{name} carries {key}");
                    }
                }
                match &*name {
                    "labels" => labels.extend(
                        features.iter().map(|label| (label.id, label.properties["level"].clone())),
                    ),
                    "grids" => drawn.extend(features.iter().map(|grid| grid.id)),
                    _ => {}
                }
            }
        }
        let n_labels = labels.len();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), n_labels, "a name is drawn once at zoom {zoom}");
        drawn.sort_unstable();
        drawn.dedup();
        if zoom >= 13 {
            assert_eq!(drawn.len(), n_grids, "each grid is drawn at zoom {zoom}");
            assert_eq!(labels.iter().filter(|(_, level)| level == "grid").count(), n_grids);
        }
    }
}

/// Random towns on disk for the oracle, at the zooms where shapes are small and rounding is hard.
#[test]
fn random_towns_for_the_oracle() {
    for seed in 0..4 {
        let mut desk = Desk::default();
        desk.import_town(&RandomTown::new(seed, 4, 6));
        let folder =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tiles/random-{seed}"));
        let _ = fs::remove_dir_all(&folder);
        for zoom in 10..=18 {
            for tile in tiles_meeting(&desk.world.areas().extent(), zoom) {
                let bytes = build(&desk.world, PlanChoice::Current, Layers::ALL, tile);
                let column = folder.join(format!("{zoom}/{}", tile.x()));
                fs::create_dir_all(&column).unwrap();
                fs::write(column.join(format!("{}.mvt", tile.y())), &bytes).unwrap();
                decode(&bytes);
            }
        }
    }
}
