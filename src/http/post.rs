//! A post about one thing, a plan or a job: which, by whom, in what language, saying what.
//!
//! **Why** one extractor: every deed opens with the same four questions, and a body that may be left out is
//! left out in one way.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

use super::ask::read_json;
use super::lang::Lang;
use super::problem::Problem;
use super::who::Who;
use crate::domain::rights::Actor;

/// What a deed is told.
pub(super) struct Post {
    /// What the path names: the number of a plan, or of a job.
    pub of: String,
    pub actor: Actor,
    pub lang: Lang,
    body: Bytes,
}

impl Post {
    /// What the body says.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        read_json(&self.body)
    }

    /// The same, where nothing need be said.
    pub fn read_or_default<T: DeserializeOwned + Default>(&self) -> Result<T, Problem> {
        if self.body.is_empty() { Ok(T::default()) } else { self.read() }
    }
}

impl<S: Send + Sync> FromRequest<S> for Post {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let path = Path::from_request_parts(&mut parts, state).await;
        let Path(of) = path.map_err(IntoResponse::into_response)?;
        let (Who(actor), lang) = (Who::of(&parts.headers), Lang::of(&parts.headers));
        let body = Bytes::from_request(Request::from_parts(parts, body), state).await;
        Ok(Self { of, actor, lang, body: body.map_err(IntoResponse::into_response)? })
    }
}
