//! Real borders woven: what was drawn to fit, fits; what was not is named.

use lifang::domain::fabric::blocks::Blocks;
use lifang::domain::fabric::check::breaches;
use lifang::domain::fabric::locate::locate;
use lifang::domain::fabric::outline::areas;
use lifang::domain::fabric::weave::{FlawKind, Weave, Woven, weave};
use lifang::domain::measure::Area;
use lifang::domain::place::{LonLat, Pin, Polygon, ring_square_meters};

use crate::folder;

/// Shapes of a GeoJSON file, one a feature.
fn shapes(file: &str) -> Vec<Vec<Polygon>> {
    let text = std::fs::read_to_string(folder().join(file)).unwrap();
    let collection: serde_json::Value = serde_json::from_str(&text).unwrap();
    list(&collection["features"]).map(|feature| shape(&feature["geometry"])).collect()
}

fn shape(geometry: &serde_json::Value) -> Vec<Polygon> {
    let pin = |place: &serde_json::Value| {
        let number = |i: usize| place[i].as_f64().unwrap();
        Pin::of(LonLat { lon: number(0), lat: number(1) }).unwrap()
    };
    let ring = |ring: &serde_json::Value| list(ring).map(pin).collect();
    let polygon = |rings: &serde_json::Value| Polygon { rings: list(rings).map(ring).collect() };
    match geometry["type"].as_str() {
        Some("Polygon") => vec![polygon(&geometry["coordinates"])],
        _ => list(&geometry["coordinates"]).map(polygon).collect(),
    }
}

fn list(value: &serde_json::Value) -> impl Iterator<Item = &serde_json::Value> {
    value.as_array().unwrap().iter()
}

fn woven(file: &str, tolerance: f64) -> (Vec<Vec<Polygon>>, Woven) {
    let shapes = shapes(file);
    let clock = std::time::Instant::now();
    let woven = weave(&Weave { shapes: &shapes, boundary: None, lines: &[], tolerance });
    let elapsed = clock.elapsed();
    let count = |kind| woven.flaws.iter().filter(|flaw| flaw.kind == kind).count();
    let figure = |kind| figure_of(&woven, kind);
    println!(
        "{file}: {} shapes, {} cells, {} seams, {} pins in {elapsed:?}; {} snapped; {} overlaps {:.1} m2, {} gaps {:.1} m2",
        shapes.len(),
        woven.fabric.n_cells(),
        woven.fabric.n_seams(),
        woven.fabric.n_pins(),
        figure(FlawKind::Snapped),
        count(FlawKind::Overlap),
        figure(FlawKind::Overlap),
        count(FlawKind::Gap),
        figure(FlawKind::Gap),
    );
    assert_eq!(breaches(&woven.fabric), []);
    let blocks = Blocks::new(&woven.fabric);
    let pins: Vec<Pin> = woven.fabric.seams().flat_map(|seam| seam.pins).copied().collect();
    // The slow truth looks at every pin: some hundred questions are enough here.
    for &pin in pins.iter().step_by(pins.len() / 100 + 1) {
        for (dx, dy) in [(0, 0), (1, 0), (0, -1), (-300, 200)] {
            let pin = Pin::new(pin.x + dx, pin.y + dy);
            assert_eq!(blocks.locate(&woven.fabric, pin), locate(&woven.fabric, pin), "{pin:?}");
        }
    }
    (shapes, woven)
}

/// Area of a shape as drawn, its holes taken off whichever way they run.
fn drawn(shape: &[Polygon]) -> f64 {
    let ground = |polygon: &Polygon| -> f64 {
        let rings = polygon.rings.iter().map(|ring| ring_square_meters(ring).abs());
        let (outer, holes) = rings.enumerate().fold((0.0, 0.0), |(outer, holes), (i, area)| {
            if i == 0 { (outer + area, holes) } else { (outer, holes + area) }
        });
        outer - holes
    };
    shape.iter().map(ground).sum()
}

/// Every shape keeps the area it was drawn with, within `slack` of its square metres.
fn keeps_areas(shapes: &[Vec<Polygon>], woven: &Woven, slack: f64) {
    let mut kept = vec![Area::ZERO; shapes.len()];
    for (area, owner) in areas(&woven.fabric).into_iter().zip(&woven.owners) {
        if let Some(owner) = owner {
            kept[*owner as usize] += area;
        }
    }
    for (i, (shape, kept)) in shapes.iter().zip(kept).enumerate() {
        let (drawn, kept) = (drawn(shape), kept.square_meters());
        assert!((drawn - kept).abs() <= slack, "shape {i}: drawn {drawn}, kept {kept}");
    }
}

fn n_of(woven: &Woven, kind: FlawKind) -> usize {
    woven.flaws.iter().filter(|flaw| flaw.kind == kind).count()
}

fn figure_of(woven: &Woven, kind: FlawKind) -> f64 {
    woven.flaws.iter().filter(|flaw| flaw.kind == kind).fold(0.0, |sum, flaw| sum + flaw.figure)
}

#[test]
fn communities_of_wanhua_tile_exactly() {
    let (shapes, woven) = woven("taipei-wanhua/communities.geojson", 0.5);
    assert_eq!(shapes.len(), 36);
    assert_eq!((n_of(&woven, FlawKind::Overlap), n_of(&woven, FlawKind::Gap)), (0, 0));
    keeps_areas(&shapes, &woven, 2.0);
}

#[test]
fn small_areas_of_wanhua_are_woven() {
    let (shapes, woven) = woven("taipei-wanhua/small_areas.geojson", 0.5);
    assert_eq!(shapes.len(), 767);
    assert_eq!(n_of(&woven, FlawKind::Overlap), 0);
    keeps_areas(&shapes, &woven, 2.0);
}

#[test]
fn subdistricts_of_beijing_are_woven() {
    let (shapes, woven) = woven("beijing/subdistricts.geojson", 0.5);
    assert_eq!(shapes.len(), 343);
    let overlap = figure_of(&woven, FlawKind::Overlap);
    // Sum of areas 16,402.84 km², union 16,402.80.
    assert!((2e4..6e4).contains(&overlap), "{overlap}");
}

#[test]
fn precincts_of_providence_show_their_faults() {
    let (shapes, exact) = woven("providence-us/precincts_2016.geojson", 0.0);
    assert_eq!((shapes.len(), n_of(&exact, FlawKind::Overlap)), (59, 2));
    assert!((3.5..4.5).contains(&figure_of(&exact, FlawKind::Overlap)));
    // 3.9 m² on the ground, some of it the rounding of long slivers. Both are slips of less than half a metre; the gaps are real.
    let (_, mended) = woven("providence-us/precincts_2016.geojson", 0.5);
    assert_eq!((n_of(&mended, FlawKind::Overlap), n_of(&mended, FlawKind::Gap)), (0, 3));
    assert!((9.7e4..9.9e4).contains(&figure_of(&mended, FlawKind::Gap)));
}

#[test]
fn blocks_of_providence_are_woven() {
    let (shapes, woven) = woven("providence-us/blocks.geojson", 0.5);
    assert_eq!(shapes.len(), 3014);
    assert_eq!((n_of(&woven, FlawKind::Overlap), n_of(&woven, FlawKind::Gap)), (0, 0));
}
