//! Files coming in by the browser: good ones, bad ones, ones that never end.

use axum::body::Body;
use axum::http::Request;

use super::golden;
use super::house::{House, Reply};

/// A multipart body with a file and some fields.
fn form(file: Option<(&str, &[u8])>, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    if let Some((name, bytes)) = file {
        let head = format!(
            "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: text/csv\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    body
}

async fn post(house: &House, path: &str, body: Vec<u8>) -> Reply {
    let request = Request::post(path)
        .header("host", "localhost")
        .header("accept-language", "en")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(Body::from(body));
    house.send(request.unwrap()).await
}

async fn check(house: &House, path: &str, body: Vec<u8>, status: u16, code: &str) {
    let revision = house.desk.world().revision();
    let reply = post(house, path, body).await;
    assert_eq!(
        (reply.status.as_u16(), reply.code().as_str()),
        (status, code),
        "{path}: {}",
        reply.text()
    );
    assert_eq!(house.desk.world().revision(), revision, "{path} left a trace");
}

const BUILDINGS: &str = "楼栋编号,社区名称,小区名称,楼栋,户数,经度,纬度,身份证号\n\
    X-1,990101001001,青松苑,1幢,12,109.6010,38.9010,110101199001010011\n\
    X-2,990101001001,青松苑,2幢,many,109.6011,38.9011,110101199001010029\n\
    X-3,990101001001,青松苑,3幢,8,,,\n";

#[tokio::test]
async fn a_file_is_tried_then_taken_then_known() {
    let house = House::new().await;
    let file = Some(("C:\\temp\\楼栋.csv", BUILDINGS.as_bytes()));
    let before = house.desk.world().revision().0;
    let tried = post(
        &house,
        "/api/v1/imports/buildings",
        form(file, &[("datum", "4490"), ("dry_run", "true")]),
    )
    .await;
    let tried = tried.json();
    assert_eq!(tried["dry_run"], true);
    assert_eq!(house.desk.world().revision().0, before);
    let taken = post(&house, "/api/v1/imports/buildings", form(file, &[("datum", "4490")])).await;
    let mut text = serde_json::to_string_pretty(&taken.json()).unwrap();
    text.push('\n');
    golden::check("api/report-buildings.json", &text);
    assert_eq!(taken.json()["revision"], before + 1);
    assert_eq!(taken.json()["file"], "楼栋.csv");
    assert_eq!(taken.json()["dropped_columns"], serde_json::json!(["身份证号"]));
    assert!(!taken.text().contains("110101199001010011"));
    for key in ["rows", "new", "changed", "unchanged", "refused", "issues_total", "placed"] {
        assert_eq!(tried[key], taken.json()[key], "{key} as it was tried");
    }
    let again = post(&house, "/api/v1/imports/buildings", form(file, &[("datum", "4490")])).await;
    assert_eq!(again.json()["revision"], serde_json::Value::Null);
    assert_eq!(house.desk.world().revision().0, before + 1);
}

#[tokio::test]
async fn a_file_is_looked_at_before_it_is_read() {
    let house = House::new().await;
    let file = Some(("楼栋.csv", BUILDINGS.as_bytes()));
    let reply = post(&house, "/api/v1/imports/auto/inspect", form(file, &[])).await;
    let mut text = serde_json::to_string_pretty(&reply.json()).unwrap();
    text.push('\n');
    assert!(!text.contains("110101199001010011"));
    golden::check("api/inspection.json", &text);
}

#[tokio::test]
async fn bad_files_are_coded_and_leave_no_trace() {
    let house = House::new().await;
    let deep = format!("{}{}", "{\"a\":".repeat(100), "1");
    let cases: [(&str, &str, &[u8], u16, &str); 8] = [
        ("areas", "a.csv", b"", 422, "file.empty"),
        ("buildings", "a.csv", b"code,name\n", 422, "file.no-rows"),
        ("areas", "a.xlsx", b"PK\x03\x04whatever", 422, "file.binary"),
        ("areas", "a.csv", b"\xff\xfe\x00\xd8\xff\xff\x81", 422, "file.encoding"),
        (
            "areas",
            "a.geojson",
            b"{\"type\":\"FeatureCollection\",\"features\":[{\"type\"",
            422,
            "file.bad-json",
        ),
        ("areas", "a.geojson", deep.as_bytes(), 422, "file.too-deep"),
        ("areas", "a.json", b"{\"hello\":\"world\"}", 422, "file.not-geojson"),
        ("households", "a.csv", b"colour,taste\nred,sweet\n", 422, "file.no-header"),
    ];
    for (kind, name, bytes, status, code) in cases {
        let path = format!("/api/v1/imports/{kind}");
        check(&house, &path, form(Some((name, bytes)), &[]), status, code).await;
    }
    let file = Some(("b.csv", BUILDINGS.as_bytes()));
    let buildings = "/api/v1/imports/buildings";
    check(&house, buildings, form(file, &[("datum", "mars")]), 422, "file.unknown-datum").await;
    check(&house, buildings, form(file, &[("columns", "code")]), 400, "request.bad-columns").await;
    check(&house, buildings, form(file, &[("columns", "code=nope")]), 422, "file.no-such-header")
        .await;
    check(&house, buildings, form(file, &[("effective", "soon")]), 400, "request.bad-query").await;
    check(&house, "/api/v1/imports/persons", form(file, &[]), 404, "import.unknown-kind").await;
    check(&house, "/api/v1/imports/auto", form(file, &[]), 404, "import.unknown-kind").await;
}

#[tokio::test]
async fn broken_forms_are_refused() {
    let house = House::new().await;
    let buildings = "/api/v1/imports/buildings";
    check(&house, buildings, form(None, &[("datum", "auto")]), 400, "request.no-file").await;
    check(&house, buildings, b"--b\r\nnothing like a part".to_vec(), 400, "request.bad-multipart")
        .await;
    let mut cut = form(Some(("b.csv", BUILDINGS.as_bytes())), &[]);
    cut.truncate(cut.len() - 40);
    check(&house, buildings, cut, 400, "request.bad-multipart").await;
    let many: Vec<(&str, &str)> = vec![("x", "1"); 40];
    check(&house, buildings, form(None, &many), 400, "request.bad-multipart").await;
    let long = "x".repeat(1 << 20);
    check(&house, buildings, form(None, &[("datum", &long)]), 413, "request.big-body").await;
    let plain = Request::post(buildings).header("host", "localhost").body(Body::from("code,name"));
    assert_eq!(house.send(plain.unwrap()).await.code(), "request.not-multipart");
}

#[tokio::test]
async fn a_file_past_the_limit_is_refused_while_it_comes() {
    let socket = super::house::Socket::open(super::house::short_limits()).await;
    let body = form(Some(("b.csv", &vec![b'x'; 100 << 10])), &[]);
    let head = format!(
        "POST /api/v1/imports/buildings HTTP/1.1\r\nhost: localhost\r\n\
         content-type: multipart/form-data; boundary=b\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = tokio::net::TcpStream::connect(socket.address).await.unwrap();
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server may answer before it has read all.
    let _ = stream.write_all(&body).await;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer:.200}");
    assert!(answer.contains("request.big-body"));
}
