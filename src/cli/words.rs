//! The language of the terminal, from `LANG`.

use crate::domain::issue::words;
use crate::http::Lang;

/// What an issue code says in the terminal's language.
pub(super) fn say(code: &'static str) -> &'static str {
    let said = words(code);
    lang().pick(said.zh, said.en)
}

/// The terminal's language; English where it asks for neither.
pub(super) fn lang() -> Lang {
    if is_chinese() { Lang::Zh } else { Lang::En }
}

/// Whether `LC_ALL`, `LC_MESSAGES` or `LANG` asks for Chinese.
fn is_chinese() -> bool {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .is_some_and(|value| value.starts_with("zh"))
}
