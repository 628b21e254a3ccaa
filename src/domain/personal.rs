//! Text about a person, carried from a sheet toward the store and never opened on the way.
//!
//! **Why**: printing is how personal data leaks into logs. `Debug` shows dots, there is no `Display`,
//! and the one method that opens the value has a name that is easy to search for.

use std::fmt;

/// Something about a person or a single home.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// Opens the value. Only `store` and `http/wire` may call this; `tests/house.rs` looks.
    pub fn open_personal(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("···")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Personal::new("ref-1")), "···");
    }
}
