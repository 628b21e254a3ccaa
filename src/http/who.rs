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
        let name = headers.get(ACTOR).and_then(|value| unescaped(value.as_bytes()));
        Self(Actor::local(&name.unwrap_or_default()))
    }
}

/// UTF-8, as it is or with %XX for what a header cannot hold.
fn unescaped(bytes: &[u8]) -> Option<String> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        plain.push(escaped.unwrap_or(bytes[at]));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8(plain).ok()
}

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_be_escaped() {
        assert_eq!(unescaped(b"Li").as_deref(), Some("Li"));
        assert_eq!(unescaped("李".as_bytes()).as_deref(), Some("李"));
        assert_eq!(unescaped(b"%E6%9D%8E%20A").as_deref(), Some("李 A"));
        assert_eq!(unescaped(b"100%").as_deref(), Some("100%"));
        assert_eq!(unescaped(b"%FF"), None);
    }
}
