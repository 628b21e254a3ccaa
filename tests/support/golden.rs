//! Golden files: readable text under `tests/golden`, compared as a whole. `BLESS=1` rewrites them.

use std::path::Path;

/// Compares `text` with the golden file at `path` (under `tests/golden`), or writes it.
pub fn check(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(path);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(file.parent().expect("a folder above"))
            .expect("the folder can be made");
        std::fs::write(&file, text).expect("the golden file can be written");
        return;
    }
    let golden = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}; BLESS=1 writes it", file.display()));
    if golden == text {
        return;
    }
    let line = golden.lines().zip(text.lines()).position(|(one, other)| one != other);
    let line = line.unwrap_or_else(|| golden.lines().count().min(text.lines().count()));
    panic!(
        "{path} differs from line {}:\n- {}\n+ {}\nBLESS=1 rewrites it; read the diff before you commit it",
        line + 1,
        golden.lines().nth(line).unwrap_or("(end)"),
        text.lines().nth(line).unwrap_or("(end)"),
    );
}
