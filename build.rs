//! Embeds the built page. Without one a page is embedded that says how to build it, so that
//! `cargo build` alone always gives a working server.

use std::path::{Path, PathBuf};
use std::{env, fs};

const MISSING: &str = "<!doctype html>
<html lang=\"zh\">
<meta charset=\"utf-8\">
<title>Lifang</title>
<body>
<h1>Lifang</h1>
<p>页面尚未构建：请在 <code>web</code> 目录运行 <code>npm ci &amp;&amp; npm run build</code>，然后重新编译。
<p>The page has not been built: run <code>npm ci &amp;&amp; npm run build</code> in <code>web</code>, then build again.
<p><a href=\"/openapi.json\">/openapi.json</a>
</html>
";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let built = Path::new("web/dist");
    // An empty folder can be watched, a missing one cannot. Where it cannot be made, nothing is lost
    // but the noticing of a page built later.
    let _ = fs::create_dir_all(built);
    println!("cargo::rerun-if-changed=web/dist");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names it"));
    let pages = if built.join("index.html").is_file() {
        built.canonicalize().expect("it was there a moment ago")
    } else {
        let placeholder = out.join("page");
        fs::create_dir_all(&placeholder).expect("cargo's folder can be written");
        fs::write(placeholder.join("index.html"), MISSING).expect("cargo's folder can be written");
        placeholder
    };
    let label = pages.to_string_lossy();
    let assets = memory_serve::assets_to_code(&label, &pages, &out, true, |_| {});
    let code = format!("&[(\"default\", {assets})]");
    fs::write(out.join("memory_serve_assets.rs"), code).expect("cargo's folder can be written");
}
