//! Floor 3: settings. Where a limit comes from: a flag, else the environment, else the settings table, else
//! its default.
//!
//! [`SETTINGS`] is the one list of keys. Reads no file and no variable by itself: the doors bring what
//! they were told, and get plain numbers to put into the options of each room.
//!
//! **Why** what is wrong is refused: a limit that is misspelt and quietly ignored protects nobody.

use thiserror::Error;

/// One number that may be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name after `--set` and in the settings table.
    pub key: &'static str,
    pub default: u64,
    /// Smallest and largest value that makes sense.
    pub range: (u64, u64),
}

impl Setting {
    /// The variable of the environment that sets it: `limit.url_bytes` is `LIFANG_LIMIT_URL_BYTES`.
    pub fn variable(&self) -> String {
        format!("{VARIABLES}{}", self.key[PREFIX.len()..].to_ascii_uppercase())
    }
}

const PREFIX: &str = "limit.";
const VARIABLES: &str = "LIFANG_LIMIT_";

const fn setting(key: &'static str, default: u64, range: (u64, u64)) -> Setting {
    Setting { key, default, range }
}

const GIB: u64 = 1 << 30;

/// Every limit. What each is for stands in the README.
pub const SETTINGS: [Setting; 12] = [
    setting("limit.connections", 1024, (1, 65_536)),
    setting("limit.listeners", 256, (1, 65_536)),
    setting("limit.imports", 2, (1, 64)),
    setting("limit.header_seconds", 10, (1, 3_600)),
    setting("limit.idle_seconds", 30, (1, 3_600)),
    setting("limit.header_bytes", 32 << 10, (1 << 10, 1 << 20)),
    setting("limit.url_bytes", 8 << 10, (256, 1 << 20)),
    setting("limit.json_bytes", 4 << 20, (1 << 10, GIB)),
    setting("limit.import_bytes", 512 << 20, (1 << 10, 4 * GIB)),
    setting("limit.file_vertices", 2_000_000, (1_000, 100_000_000)),
    setting("limit.ring_vertices", 100_000, (100, 10_000_000)),
    setting("limit.json_depth", 64, (8, 120)),
];

/// A setting that cannot be taken; says where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    #[error("{source_name}: there is no setting {key}")]
    Unknown { source_name: &'static str, key: String },
    #[error("{source_name}: {key} takes a whole number from {} to {}", .range.0, .range.1)]
    Value { source_name: &'static str, key: String, range: (u64, u64) },
}

/// All limits, settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config([u64; SETTINGS.len()]);

impl Default for Config {
    fn default() -> Self {
        Self(SETTINGS.map(|setting| setting.default))
    }
}

impl Config {
    /// Settles every limit. `flags` are keys and values as given by hand, `environment` all variables,
    /// `row` answers for a key of the settings table.
    pub fn new(
        flags: &[(String, String)],
        environment: impl IntoIterator<Item = (String, String)>,
        row: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut config = Self::default();
        for setting in &SETTINGS {
            if let Some(text) = row(setting.key) {
                config.set("settings table", setting.key, &text)?;
            }
        }
        for (variable, text) in environment {
            let Some(name) = variable.strip_prefix(VARIABLES) else { continue };
            config.set("environment", &format!("{PREFIX}{}", name.to_ascii_lowercase()), &text)?;
        }
        for (key, text) in flags {
            config.set("--set", key, text)?;
        }
        Ok(config)
    }

    fn set(&mut self, source_name: &'static str, key: &str, text: &str) -> Result<(), ConfigError> {
        let key = key.trim();
        let found = SETTINGS.iter().position(|setting| setting.key == key);
        let at = found.ok_or_else(|| ConfigError::Unknown { source_name, key: key.to_owned() })?;
        let range = SETTINGS[at].range;
        let value = text.trim().parse().ok().filter(|value| (range.0..=range.1).contains(value));
        self.0[at] =
            value.ok_or_else(|| ConfigError::Value { source_name, key: key.to_owned(), range })?;
        Ok(())
    }

    /// The value of a key of [`SETTINGS`]. Panics on any other.
    pub fn number(&self, key: &str) -> u64 {
        let at = SETTINGS.iter().position(|setting| setting.key == key);
        self.0[at.expect("keys are those of the list")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(texts: &[(&str, &str)]) -> Vec<(String, String)> {
        texts.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn flags_stand_above_the_environment_above_the_table_above_the_default() {
        let key = "limit.url_bytes";
        let row = |asked: &str| (asked == key).then(|| "1000".to_owned());
        let variable = pairs(&[("LIFANG_LIMIT_URL_BYTES", "2000"), ("LIFANG_DB", "x")]);
        let flag = pairs(&[(key, "3000")]);
        let settled = |flags: &[_], environment: Vec<_>, row: &dyn Fn(&str) -> Option<String>| {
            Config::new(flags, environment, row).map(|config| config.number(key))
        };
        assert_eq!(settled(&flag, variable.clone(), &row), Ok(3000));
        assert_eq!(settled(&[], variable, &row), Ok(2000));
        assert_eq!(settled(&[], Vec::new(), &row), Ok(1000));
        assert_eq!(settled(&[], Vec::new(), &|_| None), Ok(8192));
        assert_eq!(SETTINGS[6].variable(), "LIFANG_LIMIT_URL_BYTES");
    }

    #[test]
    fn what_is_wrong_is_refused() {
        let refused = |key: &str, value: &str| {
            Config::new(&pairs(&[(key, value)]), Vec::new(), |_| None).unwrap_err().to_string()
        };
        assert_eq!(refused("limit.url", "9"), "--set: there is no setting limit.url");
        assert_eq!(
            refused("limit.imports", "0"),
            "--set: limit.imports takes a whole number from 1 to 64"
        );
        assert!(refused("limit.imports", "many").contains("whole number"));
        let variable = pairs(&[("LIFANG_LIMIT_URLS", "1")]);
        assert!(Config::new(&[], variable, |_| None).is_err());
        for Setting { default, range, .. } in SETTINGS {
            assert!((range.0..=range.1).contains(&default));
        }
    }
}
