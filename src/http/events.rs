//! Server-sent events: what each commit touched, so that an open map updates itself.
//!
//! A listener that falls behind, comes back, or would get a whole city in one message is told to ask
//! again (`resync`). Each change is put into words once, whoever listens.
//!
//! **Why** server-sent events: one way, plain HTTP, and browsers reconnect by themselves.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::IntoParams;

use super::App;
use super::ask::{Ask, plan_choice};
use super::lang::Lang;
use super::presence::PresenceEvent;
use super::problem::{Fault, Problem};
use super::wire::{ChangeEvent, ResyncEvent, TallyRow, TallyTable, bounds, edit_note};
use crate::desk::Notice;
use crate::domain::change::Kinds;
use crate::domain::ids::{AreaId, PlanId};
use crate::domain::measure::Revision;
use crate::domain::world::PlanChoice;

/// Between two pings: shorter than what proxies cut.
const PING: Duration = Duration::from_secs(15);
/// More rows than this are better fetched than pushed.
const MAX_ROWS: usize = 2_000;
/// Messages that may wait for a slow reader; beyond that it falls behind and has to ask again.
const WAITING: usize = 8;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventAsk {
    /// Number of a plan; `current` when not said
    plan: Option<String>,
    /// `zh` or `en`, for what was done in words
    lang: Option<String>,
}

/// Events `change` and `resync`, a ping every 15 seconds.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", params(EventAsk),
    responses((status = 200, content_type = "text/event-stream", body = ChangeEvent),
        (status = 404, description = "unknown plan"), (status = 503, description = "too many listeners")))]
pub async fn events(
    State(app): State<Arc<App>>,
    Ask(asked): Ask<EventAsk>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let permit = Arc::clone(&app.listeners).try_acquire_owned().map_err(|_| Fault::Busy)?;
    // Listening begins before the world is looked at, so no commit falls between the two.
    let mut notices = app.desk.subscribe();
    let world = app.desk.world();
    let plan = plan_choice(&world, asked.plan.as_deref().unwrap_or("current"))?;
    let lang = match asked.lang.as_deref() {
        Some("en") => Lang::En,
        Some("zh") => Lang::Zh,
        _ => Lang::of(&headers),
    };
    let known = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let mut seen = world.revision();
    let (out, stream) = mpsc::channel::<Result<Event, Infallible>>(WAITING);
    let greeting = match known {
        Some(known) if Revision(known) != seen => resync(seen),
        _ => Event::default().comment("open"),
    };
    out.try_send(Ok(greeting)).map_err(|_| Fault::Internal)?;
    let mut signs = app.presence.subscribe();
    if let PlanChoice::Plan(plan) = plan {
        for present in app.presence.on(plan).iter().take(WAITING / 2) {
            // More than the channel holds will show themselves by their next sign.
            let _ = out.try_send(Ok(presence(present)));
        }
    }
    let mut closing = app.closing.subscribe();
    tokio::spawn(async move {
        let _permit = permit;
        loop {
            let heard = tokio::select! {
                notice = notices.recv() => Heard::Notice(notice),
                sign = signs.recv() => Heard::Sign(sign.ok()),
                () = out.closed() => return,
                _ = closing.wait_for(|is_closing| *is_closing) => return,
            };
            let notice = match heard {
                Heard::Notice(notice) => notice,
                Heard::Sign(sign) => {
                    let present = sign.filter(|(of, _)| plan == PlanChoice::Plan(*of));
                    if let Some((_, present)) = present
                        && out.send(Ok(presence(&present))).await.is_err()
                    {
                        return;
                    }
                    continue;
                }
            };
            let event = match notice {
                Ok(notice) if notice.world.revision() <= seen => continue,
                Ok(notice) => {
                    seen = notice.world.revision();
                    change(&app, &notice, plan, lang).await
                }
                Err(RecvError::Lagged(_)) => {
                    seen = app.desk.world().revision();
                    resync(seen)
                }
                Err(RecvError::Closed) => return,
            };
            tokio::select! {
                sent = out.send(Ok(event)) => if sent.is_err() { return },
                _ = closing.wait_for(|is_closing| *is_closing) => return,
            }
        }
    });
    let stream = Sse::new(ReceiverStream::new(stream));
    Ok(stream.keep_alive(KeepAlive::new().interval(PING).text("ping")).into_response())
}

/// What a listener waits for.
enum Heard {
    Notice(Result<Arc<Notice>, RecvError>),
    /// `None` when signs were missed: the next ones tell the same.
    Sign(Option<(PlanId, Arc<PresenceEvent>)>),
}

fn resync(revision: Revision) -> Event {
    named("resync", revision, serde_json::to_string(&ResyncEvent { revision: revision.0 }).ok())
}

fn named(name: &str, revision: Revision, data: Option<String>) -> Event {
    Event::default().event(name).id(revision.0.to_string()).data(data.unwrap_or_default())
}

/// The message of a commit, made on the blocking pool: it may have a whole district to count.
async fn change(app: &Arc<App>, notice: &Arc<Notice>, plan: PlanChoice, lang: Lang) -> Event {
    let revision = notice.world.revision();
    let (app, notice) = (Arc::clone(app), Arc::clone(notice));
    let made = tokio::task::spawn_blocking(move || match plan {
        PlanChoice::Current => {
            app.change.get(&notice.world, |_| change_json(&notice, plan, lang)).as_ref().clone()
        }
        PlanChoice::Plan(_) => change_json(&notice, plan, lang),
    });
    match made.await {
        Ok(Some(json)) => named("change", revision, Some(json)),
        Ok(None) | Err(_) => resync(revision),
    }
}

fn presence(present: &PresenceEvent) -> Event {
    let json = serde_json::to_string(present).unwrap_or_default();
    Event::default().event("presence").data(json)
}

/// The change in JSON; `None` when it is too much for a message. What concerns other plans alone is told
/// as a revision and nothing else.
fn change_json(notice: &Notice, plan: PlanChoice, lang: Lang) -> Option<String> {
    let Notice { touched, world } = notice;
    let kinds = touched.kinds_for(plan);
    let is_concerned = kinds.without(Kinds::RECORDS) != Kinds::NONE;
    let mut communities: BTreeSet<AreaId> = BTreeSet::new();
    if is_concerned {
        communities.extend(&touched.areas);
        communities.extend(touched.shards.iter().map(|(_, community)| *community));
    }
    let mut asked: Vec<Option<AreaId>> = communities.iter().copied().map(Some).collect();
    if touched.kinds.meets(Kinds::BUILDINGS.and(Kinds::PEOPLE).and(Kinds::AREAS)) {
        asked.push(None);
    }
    let mut tallies: Vec<TallyRow> = Vec::new();
    for community in asked {
        tallies.extend(TallyTable::new(world, plan, community).rows(world, community));
        if tallies.len() > MAX_ROWS {
            return None;
        }
    }
    let code = |id: &AreaId| Some(world.areas().get(*id)?.code.to_string());
    let event = ChangeEvent {
        revision: world.revision().0,
        boxes: touched.boxes.iter().filter(|_| is_concerned).filter_map(bounds).collect(),
        grids: tallies.iter().filter_map(|row| row.id).collect(),
        areas: communities.iter().filter_map(code).collect(),
        tallies,
        kinds: kinds.words().collect(),
        plans: touched.plans.iter().map(|plan| plan.get()).collect(),
        edits: touched.plans.iter().filter_map(|id| edit_note(world, *id, lang)).collect(),
    };
    serde_json::to_string(&event).ok()
}
