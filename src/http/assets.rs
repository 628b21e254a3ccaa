//! The built web page, embedded in the binary by `build.rs`.
//!
//! **Why** the policy: nothing is fetched from outside the server. `blob:` images and inline styles are
//! what the map library needs, and its worker is a file of ours.

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderValue, X_FRAME_OPTIONS};
use axum::middleware::map_response;
use axum::response::Response;
use memory_serve::CacheControl;

/// What the page may load.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; \
    style-src 'self' 'unsafe-inline'; worker-src 'self'; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// `/` and every file of the page. Files under `/assets` carry a hash in their name and never change.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let page = memory_serve::load!()
        .index_file(Some("/index.html"))
        .html_cache_control(CacheControl::NoCache)
        .cache_control(CacheControl::Long);
    page.into_router().layer(map_response(dressed))
}

async fn dressed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}
