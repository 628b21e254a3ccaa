//! Drafts brought up to date with what was published since they were started.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::edits::plan_of;
use crate::desk::DeskError;
use crate::domain::decide::Command;
use crate::domain::decide::edits::{Outlook, Rebase, outlook};
use crate::domain::world::World;
use crate::http::ask::json;
use crate::http::post::Post;
use crate::http::problem::Problem;
use crate::http::wire::{ProblemBody, RebaseBody, RebaseSheet};
use crate::http::{App, answer};

/// What bringing a draft up to date comes to: what is carried over, and what has to be settled.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/rebase/preview", tag = "plans", request_body = RebaseBody,
    params(("plan" = u32, Path, description = "number of a draft")),
    responses((status = 200, body = RebaseSheet), (status = 409, body = ProblemBody, description = "not a draft"),
        (status = 422, body = ProblemBody, description = "based on no published plan")))]
pub async fn preview(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    let wish = wish_of(&app, &post)?;
    let held = app.desk.world();
    answer(&app, move |app, _| {
        let found = found(app, &held, &wish)?;
        Ok(json(&RebaseSheet::new(&held, wish.plan, &found, found.onto.is_none())))
    })
    .await
}

/// Brings a draft up to date: what one side changed is taken, conflicts as they are settled. One entry in the
/// history, which cannot be taken back.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/rebase", tag = "plans", request_body = RebaseBody,
    params(("plan" = u32, Path, description = "number of a draft")),
    responses((status = 200, body = RebaseSheet),
        (status = 409, body = ProblemBody, description = "not a draft, or conflicts to settle, all listed"),
        (status = 412, body = ProblemBody, description = "somebody changed the draft"),
        (status = 422, body = ProblemBody, description = "would leave the draft unsound; says where")))]
pub async fn rebase(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    let wish = wish_of(&app, &post)?;
    let plan = wish.plan;
    let (held, asked) = (app.desk.world(), wish.clone());
    let found = answer(&app, move |app, _| found(app, &held, &asked)).await?;
    let done = app.desk.submit(Command::Rebase(Box::new(wish)), post.actor).await;
    answer(&app, move |_, world| {
        done.map_err(|error| Problem::of_edit(error, world, plan))?;
        Ok(json(&RebaseSheet::new(world, plan, &found, true)))
    })
    .await
}

/// What a wish comes to in a world, with what sleeps of its bases.
fn found(app: &App, world: &Arc<World>, wish: &Rebase) -> Result<Outlook, Problem> {
    let world = app.desk.with_bases(world, wish.plan)?;
    outlook(&world, wish.plan, &wish.settle)
        .map_err(|refusal| Problem::from(DeskError::Refused(refusal)))
}

fn wish_of(app: &App, post: &Post) -> Result<Rebase, Problem> {
    let plan = plan_of(&app.desk.world(), &post.of)?;
    Ok(post.read_or_default::<RebaseBody>()?.into_wish(plan))
}
