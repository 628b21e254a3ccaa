//! Who is working where: planners of one draft see each other.
//!
//! Kept in memory alone, forgotten after a while without a sign of life, never logged.
//!
//! **Why** apart from notices: presence is no fact; it has no revision and changes nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::App;
use super::ask::{plan_choice, read_json};
use super::problem::{Fault, Problem};
use super::who::Who;
use super::wire::Position;
use crate::domain::ids::{Code, PlanId};
use crate::domain::world::PlanChoice;

/// Without a sign for so long somebody counts as gone.
const FORGET: Duration = Duration::from_secs(20);
/// Planners at a time, over all drafts.
const MAX_PRESENT: usize = 1_000;
/// Signs a slow listener may fall behind.
const SIGNS: usize = 256;

/// A sign of life.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PresenceBody {
    /// The client's own name for this page.
    client: String,
    community: Option<String>,
    #[schema(value_type = Option<Vec<f64>>)]
    at: Option<[f64; 2]>,
    tool: Option<String>,
    #[serde(default)]
    gone: bool,
}

/// Somebody at work on a draft.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PresenceEvent {
    pub plan: u32,
    pub who: String,
    pub client: String,
    pub community: Option<String>,
    pub at: Option<Position>,
    pub tool: Option<String>,
    pub gone: bool,
}

/// The last sign of somebody, and when it came.
type Seen = (Instant, Arc<PresenceEvent>);

/// Everybody at work, and who wants to know.
#[derive(Debug)]
pub struct Presence {
    present: Mutex<HashMap<(PlanId, String), Seen>>,
    signs: broadcast::Sender<(PlanId, Arc<PresenceEvent>)>,
}

impl Default for Presence {
    fn default() -> Self {
        Self { present: Mutex::default(), signs: broadcast::channel(SIGNS).0 }
    }
}

impl Presence {
    pub fn subscribe(&self) -> broadcast::Receiver<(PlanId, Arc<PresenceEvent>)> {
        self.signs.subscribe()
    }

    /// Everybody at work on `plan` now.
    pub fn on(&self, plan: PlanId) -> Vec<Arc<PresenceEvent>> {
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        present.retain(|_, (since, _)| since.elapsed() < FORGET);
        let here = present.iter().filter(|((of, _), _)| *of == plan);
        here.map(|(_, (_, event))| Arc::clone(event)).collect()
    }

    fn sign(&self, plan: PlanId, event: PresenceEvent) -> Result<(), Fault> {
        let event = Arc::new(event);
        let key = (plan, event.client.clone());
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        present.retain(|_, (since, _)| since.elapsed() < FORGET);
        if event.gone {
            present.remove(&key);
        } else if present.len() >= MAX_PRESENT && !present.contains_key(&key) {
            return Err(Fault::Busy);
        } else {
            present.insert(key, (Instant::now(), Arc::clone(&event)));
        }
        drop(present);
        // Nobody listening is fine.
        let _ = self.signs.send((plan, event));
        Ok(())
    }
}

/// Says where one is at work; forgotten after 20 seconds.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/presence", tag = "plans", request_body = PresenceBody,
    params(("plan" = u32, Path, description = "number of a plan")),
    responses((status = 204, description = "told to the others"), (status = 404, description = "unknown plan")))]
pub async fn presence(
    State(app): State<Arc<App>>,
    Path(plan): Path<String>,
    Who(actor): Who,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let PresenceBody { client, community, at, tool, gone } = read_json(&body)?;
    let PlanChoice::Plan(plan) = plan_choice(&app.desk.world(), &plan)? else {
        return Err(Fault::NotDraft.into());
    };
    // Names as short as codes, nothing else travels to the others.
    let short = |text: String| Code::new(&text).map(|code| code.to_string());
    let client = short(client).ok_or_else(|| Problem::about(Fault::BadJson, "client"))?;
    let is_place = |at: &[f64; 2]| at[0].abs() <= 180.0 && at[1].abs() <= 90.0;
    app.presence.sign(
        plan,
        PresenceEvent {
            plan: plan.get(),
            who: actor.name.to_string(),
            client,
            community: community.and_then(short),
            at: at.filter(is_place).map(Position),
            tool: tool.and_then(short),
            gone,
        },
    )?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(client: &str, gone: bool) -> PresenceEvent {
        PresenceEvent {
            plan: 1,
            who: "a".into(),
            client: client.into(),
            community: None,
            at: None,
            tool: None,
            gone,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_silent_is_forgotten() {
        let presence = Presence::default();
        let (one, two) = (PlanId::new(1).unwrap(), PlanId::new(2).unwrap());
        presence.sign(one, event("a", false)).unwrap();
        tokio::time::advance(FORGET / 2).await;
        presence.sign(one, event("b", false)).unwrap();
        assert_eq!((presence.on(one).len(), presence.on(two).len()), (2, 0));
        tokio::time::advance(FORGET / 2).await;
        assert_eq!(presence.on(one)[0].client, "b");
        presence.sign(one, event("b", true)).unwrap();
        assert!(presence.on(one).is_empty());
    }
}
