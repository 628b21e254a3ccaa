//! The language of the terminal, from `LANG`.

use crate::domain::issue::words;

/// What an issue code says in the terminal's language.
pub(super) fn say(code: &'static str) -> &'static str {
    if is_chinese() { words(code).zh } else { words(code).en }
}

/// Whether `LC_ALL`, `LC_MESSAGES` or `LANG` asks for Chinese.
pub(super) fn is_chinese() -> bool {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .is_some_and(|value| value.starts_with("zh"))
}
