//! The built web page, embedded in the binary by `build.rs`.
//!
//! **Why** the policy: nothing is fetched from outside the server. `blob:` images and inline styles are
//! what the map library needs, and its worker is a file of ours.

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, X_FRAME_OPTIONS};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use memory_serve::CacheControl;

/// What the page may load.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; \
    style-src 'self' 'unsafe-inline'; worker-src 'self'; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// `/` and every file of the page, each with an entity tag.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let page = memory_serve::load!()
        .index_file(Some("/index.html"))
        .html_cache_control(CacheControl::NoCache)
        .cache_control(CacheControl::NoCache);
    page.into_router().layer(from_fn(dressed))
}

async fn dressed(request: Request, next: Next) -> Response {
    let is_named_by_content = is_named_by_content(request.uri().path());
    let mut response = next.run(request).await;
    let is_there = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    if is_named_by_content && is_there {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=31536000, immutable"));
    }
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}

/// Files under `/assets` carry a hash of their content in their name and never change; all others are
/// asked for again by their tag.
fn is_named_by_content(path: &str) -> bool {
    path.starts_with("/assets/")
}
