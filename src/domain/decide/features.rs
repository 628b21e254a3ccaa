//! Base features: matched by their source's id, or by kind and geometry where it has none.

use std::collections::HashMap;
use std::sync::Arc;

use super::Draft;
use crate::domain::change::{Fact, Turned};
use crate::domain::ids::FeatureId;
use crate::domain::place::{Polygon, digest};
use crate::domain::register::feature::Feature;
use crate::domain::register::rows::FeatureRow;

pub(super) fn decide_features(draft: &mut Draft<'_>, rows: Vec<FeatureRow>) {
    let held: HashMap<(&'static str, Box<str>), Arc<Feature>> = draft
        .world
        .features_by_id()
        .values()
        .map(|feature| ((feature.kind.word(), feature.code.clone()), Arc::clone(feature)))
        .collect();
    let mut seen: HashMap<(&'static str, Box<str>), ()> = HashMap::new();
    for row in rows {
        let code = code_of(&row);
        let key = (row.kind.word(), code.clone());
        if seen.insert(key.clone(), ()).is_some() {
            draft.summary.unchanged += 1;
            continue;
        }
        let before = held.get(&key);
        let id = before.map_or_else(
            || FeatureId::new(draft.counters.feature).expect("counters begin at 1"),
            |feature| feature.id,
        );
        let FeatureRow { row: _, code: _, kind, name, lines, polygons } = row;
        let after = Feature { id, code, kind, name, lines, polygons };
        if draft.compare(before.map(|feature| &**feature), &after) {
            if before.is_none() {
                draft.counters.feature += 1;
            }
            draft.fact(Fact::Feature(id, Turned::new(before.cloned(), Some(Arc::new(after)))));
        }
    }
}

fn code_of(row: &FeatureRow) -> Box<str> {
    if !row.code.is_empty() {
        return row.code.clone();
    }
    let lines = Polygon { rings: row.lines.clone() };
    let shapes: Vec<Polygon> = row.polygons.iter().cloned().chain([lines]).collect();
    format!("~{:016x}", digest(&shapes)).into()
}
