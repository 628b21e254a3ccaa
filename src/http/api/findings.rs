//! What is not as it should be.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::finding::{self, Finding, Query};
use crate::domain::ids::AreaId;
use crate::domain::world::{PlanChoice, World};
use crate::http::App;
use crate::http::ask::{Ask, area_choice, json};
use crate::http::lang::Lang;
use crate::http::past::{About, answer_about};
use crate::http::problem::{Fault, Problem};
use crate::http::wire::{self, FindingPage, counts};

/// Most findings on one page.
const MAX_PAGE: usize = 1_000;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FindingAsk {
    /// Only under the area with this code
    area: Option<String>,
    /// Number of a plan; `current` when not said
    plan: Option<String>,
    /// Only findings of this code
    code: Option<String>,
    /// How many to leave out from the beginning
    offset: Option<usize>,
    /// How many to give, at most 1000; 200 when not said
    limit: Option<usize>,
    /// A day as YYYY-MM-DD: what counted, or will count, then; with the plan `current` only
    at: Option<String>,
}

/// Findings, worst first.
#[utoipa::path(get, path = "/api/v1/findings", tag = "findings", params(FindingAsk),
    responses((status = 200, body = FindingPage), (status = 404, description = "unknown area or plan")))]
pub async fn findings(
    State(app): State<Arc<App>>,
    Ask(asked): Ask<FindingAsk>,
    lang: Lang,
) -> Result<Response, Problem> {
    let limit = asked.limit.unwrap_or(200);
    if limit > MAX_PAGE {
        return Err(Problem::about(Fault::BadQuery, format!("limit: 0-{MAX_PAGE}")));
    }
    let about = About { plan: asked.plan.clone(), at: asked.at.clone(), area: asked.area.clone() };
    answer_about(&app, about, move |app, world, plan| {
        // An empty parameter is one that was not given: forms send them so.
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let area = given(&asked.area).map(|code| area_choice(world, &code)).transpose()?;
        // Of another day only what was fetched is looked at.
        let all = match area.filter(|_| world.is_as_of()) {
            Some(area) => {
                let query = Query { plan, area: Some(area), code: None };
                Arc::new(finding::findings(world, &query))
            }
            None => all(app, world, plan),
        };
        let under: Option<HashSet<AreaId>> =
            area.map(|area| world.areas().communities(Some(area)).into_iter().collect());
        let is_under = |found: &&Finding| match &under {
            Some(under) => found.community.is_some_and(|community| under.contains(&community)),
            None => true,
        };
        let code = given(&asked.code);
        let is_asked = |found: &&Finding| code.as_deref().is_none_or(|code| found.code == code);
        let counts = counts(all.iter().filter(is_under));
        let matching: Vec<&Finding> = all.iter().filter(is_under).filter(is_asked).collect();
        let page = matching.iter().skip(asked.offset.unwrap_or(0)).take(limit);
        Ok(json(&FindingPage {
            revision: world.revision().0,
            total: matching.len(),
            counts,
            findings: page.map(|found| wire::Finding::new(world, found, lang)).collect(),
        }))
    })
    .await
}

/// Every finding under a plan; of the plans in force kept until the world moves on.
fn all(app: &App, world: &World, plan: PlanChoice) -> Arc<Vec<Finding>> {
    let find = |world: &World| finding::findings(world, &Query { plan, area: None, code: None });
    match plan {
        PlanChoice::Current => app.findings.get(world, find),
        PlanChoice::Plan(_) => Arc::new(find(world)),
    }
}
