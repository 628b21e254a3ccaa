//! The language of an answer, from `Accept-Language`.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use std::convert::Infallible;

/// A language this house speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Spoken to callers who ask for neither.
    #[default]
    Zh,
    En,
}

impl Lang {
    /// The word of the two in this language.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The one of ours the caller likes best; the earlier of two liked the same.
    pub fn of(headers: &HeaderMap) -> Self {
        let Some(text) = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()) else {
            return Self::default();
        };
        let mut best: Option<(Self, f32)> = None;
        for part in text.split(',').take(32) {
            let mut fields = part.split(';');
            let tag = fields.next().unwrap_or_default().trim();
            let lang = match tag.split('-').next().unwrap_or_default() {
                main if main.eq_ignore_ascii_case("zh") => Self::Zh,
                main if main.eq_ignore_ascii_case("en") => Self::En,
                _ => continue,
            };
            let weight = fields.find_map(|field| field.trim().strip_prefix("q="));
            let weight = weight.map_or(1.0, |text| text.trim().parse().unwrap_or(0.0));
            if weight > 0.0 && best.is_none_or(|(_, held)| weight > held) {
                best = Some((lang, weight));
            }
        }
        best.map_or_else(Self::default, |(lang, _)| lang)
    }
}

impl<S: Sync> FromRequestParts<S> for Lang {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, expected: Lang) {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, header.parse().unwrap());
        assert_eq!(Lang::of(&headers), expected, "{header}");
    }

    #[test]
    fn the_best_liked_language_is_spoken() {
        check("en", Lang::En);
        check("en-GB,en;q=0.9", Lang::En);
        check("zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh);
        check("en;q=0.5, zh-Hans;q=0.7", Lang::Zh);
        check("fr, en;q=0", Lang::Zh);
        check("*", Lang::Zh);
        check("en;q=x", Lang::Zh);
        assert_eq!(Lang::of(&HeaderMap::new()), Lang::Zh);
    }
}
