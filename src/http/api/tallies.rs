//! Counts by grid, and classes to colour them by.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::grids::Within;
use crate::domain::tally::Tally;
use crate::http::App;
use crate::http::ask::{Ask, communities, json};
use crate::http::past::{About, answer_about};
use crate::http::problem::{Fault, Problem};
use crate::http::wire::{Classes, TallyList, TallyTable};

/// One row a grid, one a community for what has no grid, one for what lies in no community.
#[utoipa::path(get, path = "/api/v1/plans/{plan}/tallies", tag = "tallies",
    params(("plan" = String, Path, description = "number, or `current`"), Within),
    responses((status = 200, body = TallyList), (status = 404, description = "unknown")))]
pub async fn tallies(
    State(app): State<Arc<App>>,
    Path(plan): Path<String>,
    Ask(within): Ask<Within>,
) -> Result<Response, Problem> {
    answer_about(&app, within.about(plan), move |_, world, plan| {
        let communities = communities(world, within.community.as_deref())?;
        let mut asked: Vec<_> = communities.into_iter().map(Some).collect();
        if within.community.is_none() {
            asked.push(None);
        }
        let table =
            |community: Option<_>| TallyTable::new(world, plan, community).rows(world, community);
        let rows = asked.into_iter().flat_map(table).collect();
        Ok(json(&TallyList { revision: world.revision().0, rows }))
    })
    .await
}

/// Most classes a map can be read by.
const MAX_CLASSES: u8 = 9;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClassAsk {
    /// `households` (the default), `persons`, `dwellings` or `buildings`
    measure: Option<String>,
    /// How many classes, 1 to 9; 6 when not said
    n: Option<u8>,
    /// A day as YYYY-MM-DD: what counted, or will count, then; with the plan `current` only
    at: Option<String>,
}

/// Natural breaks of a measure over the grids of a plan.
#[utoipa::path(get, path = "/api/v1/plans/{plan}/classes", tag = "tallies",
    params(("plan" = String, Path, description = "number, or `current`"), ClassAsk),
    responses((status = 200, body = Classes), (status = 400, description = "unknown measure")))]
pub async fn classes(
    State(app): State<Arc<App>>,
    Path(plan): Path<String>,
    Ask(asked): Ask<ClassAsk>,
) -> Result<Response, Problem> {
    let (measure, of): (&'static str, fn(&Tally) -> i64) =
        match asked.measure.as_deref().unwrap_or("households") {
            "households" => ("households", |tally| tally.households.get()),
            "persons" => ("persons", |tally| tally.persons.get()),
            "dwellings" => ("dwellings", |tally| tally.dwellings.get()),
            "buildings" => ("buildings", |tally| tally.buildings.get()),
            _ => return Err(Fault::BadMeasure.into()),
        };
    let n = asked.n.unwrap_or(6);
    if !(1..=MAX_CLASSES).contains(&n) {
        return Err(Problem::about(Fault::BadQuery, format!("n: 1-{MAX_CLASSES}")));
    }
    let about = About { plan: Some(plan), at: asked.at, area: None };
    answer_about(&app, about, move |_, world, plan| {
        let values: Vec<i64> =
            world.shards(plan).iter().flat_map(|shard| shard.tallies.values()).map(of).collect();
        let breaks = breaks(&values, n);
        Ok(json(&Classes { measure, n: breaks.len().saturating_sub(1), breaks }))
    })
    .await
}

/// Lower bounds of at most `n` classes, then the largest value; empty without values.
///
/// Zero is a class of its own on the map (hatched), so only what is above it is parted.
fn breaks(values: &[i64], n: u8) -> Vec<i64> {
    // Whole numbers below 2^53 are exact in floats.
    let above: Vec<f64> =
        values.iter().filter(|value| **value > 0).map(|value| *value as f64).collect();
    let Some(largest) = above.iter().copied().reduce(f64::max) else { return Vec::new() };
    let mut distinct = above.clone();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    let n = usize::from(n).min(distinct.len());
    let classes = ckmeans::ckmeans(&above, n as u8).unwrap_or_else(|_| vec![above]);
    let lows = classes.iter().filter_map(|class| class.iter().copied().reduce(f64::min));
    let mut breaks: Vec<i64> = lows.map(|low| low as i64).collect();
    breaks.sort_unstable();
    breaks.dedup();
    breaks.push(largest as i64);
    breaks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_part_values_where_they_part() {
        assert_eq!(breaks(&[], 6), [0i64; 0]);
        assert_eq!(breaks(&[0, 0], 6), [0i64; 0]);
        assert_eq!(breaks(&[7], 6), [7, 7]);
        assert_eq!(breaks(&[1, 2, 3, 100, 101, 500], 3), [1, 100, 500, 500]);
        assert_eq!(breaks(&[5, 5, 5, 9], 6), [5, 9, 9]);
        let many: Vec<i64> = (0..4000).map(|i| (i * i) % 997).collect();
        assert_eq!(breaks(&many, 6).len(), 7);
    }
}
