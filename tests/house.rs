//! The arrows of the house: who may import whom, in which order the domain is read, what may stand where.
//!
//! Reads the sources as text. Code under `#[cfg(test)]` may use `sample` and is otherwise left alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms by floor, lowest first.
const FLOORS: [&[&str]; 4] = [
    &["domain"],
    &["import", "export", "store", "tiles", "divide", "sample"],
    &["desk"],
    &["config", "http", "cli"],
];

/// Arrows that run sideways on purpose.
const SIDEWAYS: [(&str, &str); 2] = [("cli", "config"), ("cli", "http")];

/// The reading order of the domain: a file imports only from rooms above it.
const READING: [&str; 18] = [
    "ids",
    "measure",
    "personal",
    "place",
    "issue",
    "fabric",
    "register",
    "plan",
    "placement",
    "tally",
    "suppress",
    "change",
    "world",
    "diff",
    "indicators",
    "finding",
    "rights",
    "decide",
];

struct Source {
    path: PathBuf,
    /// Path below `src`, with slashes.
    name: String,
    /// Without the test module at the end.
    code: String,
    n_lines: usize,
}

impl Source {
    fn room(&self) -> &str {
        self.name.split('/').next().expect("a path has a first part").trim_end_matches(".rs")
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(source(&path));
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn source(path: &Path) -> Source {
    let text = fs::read_to_string(path).expect("a source file is text");
    // A file of tests belongs to the file beside it, under its `#[cfg(test)]`.
    let is_tests = path.file_stem().is_some_and(|stem| stem == "tests");
    let code = if is_tests { "" } else { text.split("#[cfg(test)]").next().unwrap_or_default() };
    let without_comments: Vec<&str> =
        code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let name = path.strip_prefix(root().join("src")).expect("below src");
    Source {
        path: path.to_owned(),
        name: name.to_string_lossy().replace('\\', "/"),
        code: without_comments.join("\n"),
        n_lines: text.lines().count(),
    }
}

/// Every `crate::ROOM…` a source names, with what follows the room.
fn crate_paths(code: &str) -> Vec<(String, String)> {
    let word = |text: &str| -> String {
        text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    code.split("crate::")
        .skip(1)
        .map(|rest| {
            let room = word(rest);
            let below = rest[room.len()..].strip_prefix("::").map(word).unwrap_or_default();
            (room, below)
        })
        .filter(|(room, _)| !room.is_empty())
        .collect()
}

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

#[test]
fn rooms_import_only_from_below() {
    let mut broken = Vec::new();
    for source in sources() {
        let Some(floor) = floor_of(source.room()) else { continue };
        for (room, _) in crate_paths(&source.code) {
            let Some(theirs) = floor_of(&room) else { continue };
            let is_sideways = SIDEWAYS.contains(&(source.room(), room.as_str()));
            if room != source.room() && theirs >= floor && !is_sideways {
                broken.push(format!("{} imports {room}", source.name));
            }
        }
    }
    assert!(broken.is_empty(), "arrows that may not be:\n{}", broken.join("\n"));
}

#[test]
fn every_room_stands_on_a_floor() {
    for source in sources() {
        let room = source.room();
        let is_known = floor_of(room).is_some() || matches!(room, "lib" | "main");
        assert!(is_known, "{} stands on no floor", source.name);
    }
}

#[test]
fn the_domain_is_read_in_order() {
    let place = |room: &str| READING.iter().position(|known| *known == room);
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| source.name.starts_with("domain/")) {
        let mine = source.name.split('/').nth(1).expect("below domain").trim_end_matches(".rs");
        let Some(at) = place(mine) else {
            assert_eq!(mine, "mod", "{} has no place in the reading order", source.name);
            continue;
        };
        let absolute = crate_paths(&source.code).into_iter().filter(|(room, _)| room == "domain");
        // In a file right under `domain`, `super::` is the domain.
        let is_direct = source.name.matches('/').count() == 1;
        let relative = source.code.split("super::").skip(1).filter(|_| is_direct).map(|rest| {
            rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
        });
        for theirs in absolute.map(|(_, below)| below).chain(relative) {
            if place(&theirs).is_some_and(|theirs| theirs > at) {
                broken.push(format!("{} imports {theirs}", source.name));
            }
        }
    }
    assert!(broken.is_empty(), "against the reading order:\n{}", broken.join("\n"));
}

/// Words and the places they may stand in.
#[test]
fn words_stand_where_they_are_allowed() {
    let rules: [(&str, &[&str]); 13] = [
        ("open_personal", &["domain/personal.rs", "store/", "http/wire", "sample/"]),
        ("serde::", &["http/", "config.rs", "cli/"]),
        ("Serialize", &["http/", "config.rs"]),
        ("SystemTime", &["desk/", "cli/"]),
        ("Zoned::now", &["desk/", "cli/"]),
        ("println!", &["cli/"]),
        ("unsafe ", &[]),
        ("todo!(", &[]),
        ("unimplemented!(", &[]),
        ("dbg!(", &[]),
        (".unwrap()", &[]),
        ("rusqlite::", &["store/"]),
        ("use mvt", &["tiles/encode.rs", "tiles/encode/"]),
    ];
    let mut broken = Vec::new();
    for source in sources() {
        for (word, places) in rules {
            let is_allowed = places.iter().any(|place| source.name.starts_with(place));
            if !is_allowed && source.code.contains(word) {
                broken.push(format!("{}: {word}", source.name));
            }
        }
    }
    assert!(broken.is_empty(), "words in the wrong room:\n{}", broken.join("\n"));
}

#[test]
fn the_domain_is_pure() {
    let forbidden = [
        "std::fs",
        "std::io",
        "std::net",
        "std::time",
        "tokio",
        "tracing",
        "async ",
        "rand::",
        "serde",
    ];
    for source in sources().iter().filter(|source| source.name.starts_with("domain/")) {
        for word in forbidden {
            assert!(!source.code.contains(word), "{} names {word}", source.name);
        }
    }
}

#[test]
fn no_file_outgrows_its_room() {
    let mut long: BTreeMap<usize, String> = BTreeMap::new();
    for source in sources() {
        if source.n_lines > 400 {
            long.insert(source.n_lines, source.name.clone());
        }
        assert!(source.n_lines <= 800, "{} has {} lines", source.path.display(), source.n_lines);
        if source.name == "main.rs" {
            assert!(source.n_lines < 40, "main has grown");
        }
    }
    for (n_lines, name) in long.iter().rev() {
        println!("{n_lines:>5} lines: {name} — what second thing moved in?");
    }
}

#[test]
fn every_module_says_what_it_owns() {
    for source in sources() {
        let text = fs::read_to_string(&source.path).expect("a source file is text");
        assert!(text.starts_with("//!"), "{} has no module docs", source.name);
    }
}

#[test]
fn the_readme_lists_every_setting_with_its_default() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README is there");
    let rows: Vec<Vec<&str>> = readme
        .lines()
        .filter(|line| line.starts_with("| `limit."))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let listed = rows.iter().flat_map(|row| {
        let keys = row[1].split(", ").map(|key| key.trim_matches('`'));
        keys.zip(row[2].split(", ")).collect::<Vec<_>>()
    });
    let mut listed: Vec<(String, String)> =
        listed.map(|(key, default)| (key.to_owned(), default.to_owned())).collect();
    let settings = lifang::config::SETTINGS.iter();
    let mut known: Vec<(String, String)> =
        settings.map(|setting| (setting.key.to_owned(), setting.default.to_string())).collect();
    listed.sort();
    known.sort();
    assert_eq!(listed, known, "the README's table of settings");
}

#[test]
fn the_readme_lists_every_indicator() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README is there");
    for indicator in lifang::domain::indicators::INDICATORS {
        for text in [indicator.id, indicator.zh, indicator.en] {
            assert!(readme.contains(text), "README lacks {text}");
        }
    }
}
