//! Who asks: a request becomes an [`Actor`].
//!
//! **Why** so little: until accounts exist the server listens on loopback only and every caller may do
//! everything; the header `Lifang-Actor` only says whose name the log shows.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::domain::rights::Actor;

/// Header with the name of the one who acts.
pub const ACTOR: &str = "lifang-actor";

/// The actor of a request.
#[derive(Clone, Debug)]
pub struct Who(pub Actor);

impl Who {
    pub fn of(headers: &HeaderMap) -> Self {
        let name = headers.get(ACTOR).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
        Self(Actor::local(name.unwrap_or_default()))
    }
}

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}
