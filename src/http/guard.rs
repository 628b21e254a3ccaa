//! What stands before every route: limits on the head of a request, who may knock, and problems in words.
//!
//! **Why** the `Host` check: a page from elsewhere can make its own name point at this machine (DNS
//! rebinding) and would then read everything as same-origin. **Why** the `Origin` check: any page can
//! send a form here; only our own may change anything.

use std::any::Any;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{ALLOW, CONTENT_LENGTH, HOST, HeaderMap, HeaderValue, ORIGIN};
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::App;
use super::lang::Lang;
use super::problem::{Fault, Problem};

/// Checks the head, passes the request on, writes out a problem, and sets the headers all answers carry.
pub(super) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let lang = Lang::of(request.headers());
    let mut response = match check(&app, &request) {
        Ok(()) if tracing::enabled!(tracing::Level::DEBUG) => traced(request, next).await,
        Ok(()) => next.run(request).await,
        Err(fault) => Problem::from(fault).render(lang),
    };
    let problem = response.extensions_mut().remove::<Arc<Problem>>();
    let status = response.status();
    if let Some(problem) = problem {
        response = problem.render(lang);
    } else if (status.is_client_error() || status.is_server_error()) && !is_problem(&response) {
        let allow = response.headers_mut().remove(ALLOW);
        response = Problem::from(Fault::of_status(status)).render(lang);
        *response.status_mut() = status;
        if let Some(allow) = allow {
            response.headers_mut().insert(ALLOW, allow);
        }
    }
    let headers = response.headers_mut();
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}

fn is_problem(response: &Response) -> bool {
    let media = response.headers().get(axum::http::header::CONTENT_TYPE);
    media.is_some_and(|media| media.as_bytes().starts_with(b"application/problem+json"))
}

/// Routes and statuses are logged, never paths: a path may hold what somebody searched for.
async fn traced(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let began = std::time::Instant::now();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    let milliseconds = began.elapsed().as_secs_f64() * 1e3;
    tracing::debug!(%method, route, status = response.status().as_u16(), milliseconds, "answered");
    response
}

fn check(app: &App, request: &Request) -> Result<(), Fault> {
    let (options, headers) = (&app.options, request.headers());
    let url_bytes = request.uri().path_and_query().map_or(0, |text| text.as_str().len());
    if url_bytes > options.url_bytes {
        return Err(Fault::LongUrl);
    }
    let header_bytes: usize =
        headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if header_bytes > options.header_bytes {
        return Err(Fault::BigHeaders);
    }
    let host = host_of(request.uri(), headers).ok_or(Fault::ForeignHost)?;
    if !is_loopback_name(host) {
        return Err(Fault::ForeignHost);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        check_origin(host, headers)?;
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let is_import = request.uri().path().starts_with("/api/v1/imports/");
    let limit = if is_import { options.import_bytes + FORM_BYTES } else { options.body_bytes };
    if length.is_some_and(|length: u64| length > limit) {
        return Err(Fault::BigBody);
    }
    Ok(())
}

/// What a form may weigh beside its file.
pub(super) const FORM_BYTES: u64 = 1 << 20;

/// The name the request was sent to: of the target where it is absolute, else the `Host` header.
fn host_of<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> Option<&'r str> {
    match uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => headers.get(HOST)?.to_str().ok(),
    }
}

/// Whether `host`, with or without a port, is a name of this machine for itself.
fn is_loopback_name(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => {
            let Ok(address) = address.parse::<std::net::Ipv6Addr>() else { return false };
            return address.is_loopback() && (rest.is_empty() || is_port(rest.strip_prefix(':')));
        }
        None => host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port))),
    };
    let is_name = name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    is_name && (port.is_none() || is_port(port))
}

fn is_port(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.parse::<u16>().is_ok())
}

/// A write comes from a page of this very server, or from no page at all.
fn check_origin(host: &str, headers: &HeaderMap) -> Result<(), Fault> {
    if let Some(site) = headers.get("sec-fetch-site")
        && !matches!(site.as_bytes(), b"same-origin" | b"none")
    {
        return Err(Fault::ForeignOrigin);
    }
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let own = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
    match own {
        Some(own) if own.eq_ignore_ascii_case(host) => Ok(()),
        _ => Err(Fault::ForeignOrigin),
    }
}

/// A handler that panicked: a bug, answered as such.
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    tracing::error!("a handler panicked");
    Problem::from(Fault::Internal).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for own in
            ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8080"]
        {
            assert!(is_loopback_name(own), "{own}");
        }
        for foreign in [
            "",
            "example.com",
            "127.0.0.1.example.com",
            "localhost.evil",
            "[::2]:80",
            "10.0.0.1",
            "localhost:x",
            "[::1]x",
            "localhost:80:90",
        ] {
            assert!(!is_loopback_name(foreign), "{foreign}");
        }
    }

    fn check(pairs: &[(&'static str, &str)], expected: Result<(), Fault>) {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        assert_eq!(check_origin("localhost:8080", &headers), expected, "{pairs:?}");
    }

    #[test]
    fn only_our_own_page_may_write() {
        check(&[], Ok(()));
        check(&[("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")], Ok(()));
        check(&[("origin", "http://localhost:9090")], Err(Fault::ForeignOrigin));
        check(&[("origin", "https://example.com")], Err(Fault::ForeignOrigin));
        check(&[("origin", "null")], Err(Fault::ForeignOrigin));
        check(&[("sec-fetch-site", "cross-site")], Err(Fault::ForeignOrigin));
        check(&[("sec-fetch-site", "same-site")], Err(Fault::ForeignOrigin));
    }
}
