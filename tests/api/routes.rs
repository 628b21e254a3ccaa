//! Every route is described, refuses what is not there, and speaks in problems.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::house::House;

async fn check(house: &House, path: &str, status: StatusCode, code: &str) {
    let reply = house.get(path).await;
    assert_eq!((reply.status, reply.code().as_str()), (status, code), "{path}");
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let house = House::new().await;
    let (not_found, bad) = (StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST);
    check(&house, "/nowhere", not_found, "request.unknown-route").await;
    check(&house, "/api/v1/areas/1", not_found, "area.unknown").await;
    check(&house, "/api/v1/plans/99", not_found, "plan.unknown").await;
    check(&house, "/api/v1/plans/0/tallies", not_found, "plan.unknown").await;
    check(&house, "/api/v1/plans/draft/grids", not_found, "plan.unknown").await;
    check(&house, "/api/v1/plans/current/grids?community=1", not_found, "area.unknown").await;
    check(&house, "/api/v1/plans/current/grids/1/buildings", not_found, "grid.unknown").await;
    check(&house, "/api/v1/buildings/1", not_found, "building.unknown").await;
    check(&house, "/api/v1/imports/99", not_found, "import.unknown").await;
    check(&house, "/api/v1/imports/x", not_found, "import.unknown").await;
    check(&house, "/api/v1/events?plan=77", not_found, "plan.unknown").await;
    check(&house, "/api/v1/locate?building=1", not_found, "building.unknown").await;
    check(&house, "/api/v1/locate?lon=NaN&lat=30", bad, "request.bad-position").await;
    check(&house, "/api/v1/locate?lon=181&lat=30", bad, "request.bad-position").await;
    check(&house, "/api/v1/locate?lon=1e400&lat=30", bad, "request.bad-position").await;
    check(&house, "/api/v1/locate?lon=109&lat=here", bad, "request.bad-query").await;
    check(&house, "/api/v1/locate?lon=109", bad, "request.bad-query").await;
    check(&house, "/api/v1/search", bad, "request.bad-query").await;
    check(&house, "/api/v1/search?q=a&limit=1000", bad, "request.bad-query").await;
    check(&house, "/api/v1/findings?limit=1001", bad, "request.bad-query").await;
    check(&house, "/api/v1/findings?offset=-1", bad, "request.bad-query").await;
    check(&house, "/api/v1/findings?area=1", not_found, "area.unknown").await;
    check(&house, "/api/v1/plans/current/classes?n=0", bad, "request.bad-query").await;
    check(&house, "/api/v1/plans/current/classes?measure=members", bad, "request.bad-measure")
        .await;
    check(&house, "/api/v1/plans/current/diff?against=99", not_found, "plan.unknown").await;
    check(&house, "/api/v1/plans/current/diff?community=1", not_found, "area.unknown").await;
    check(&house, "/api/v1/exports/diff.pdf", not_found, "export.unknown").await;
    check(&house, "/api/v1/exports/diff.csv?against=x", not_found, "plan.unknown").await;
    check(&house, "/api/v1/areas/%FF", bad, "request.bad").await;
}

#[tokio::test]
async fn problems_speak_the_language_asked_for() {
    let house = House::new().await;
    let zh = house.get("/nowhere").await.json();
    let en = house.get_with("/nowhere", &[("accept-language", "en-US")]).await.json();
    assert_eq!(zh["code"], en["code"]);
    assert_ne!(zh["title"], en["title"]);
    assert!(en["title"].as_str().unwrap().is_ascii());
}

#[tokio::test]
async fn strangers_are_not_answered() {
    let house = House::new().await;
    let reply = house.get_with("/healthz", &[]).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.headers["x-content-type-options"], "nosniff");
    let foreign = |host: &str| Request::get("/api/v1/me").header("host", host).body(Body::empty());
    for host in ["evil.example", "localhost.evil.example:8080", "10.0.0.8"] {
        let reply = house.send(foreign(host).unwrap()).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (421, "request.foreign-host"));
    }
    let nameless = Request::get("/api/v1/me").body(Body::empty()).unwrap();
    assert_eq!(house.send(nameless).await.status.as_u16(), 421);
    let foreign_page = Request::post("/api/v1/imports/areas")
        .header("host", "localhost")
        .header("origin", "http://evil.example")
        .body(Body::empty());
    assert_eq!(house.send(foreign_page.unwrap()).await.code(), "request.foreign-origin");
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_one() {
    let house = House::new().await;
    let request = Request::delete("/api/v1/areas").header("host", "[::1]:8080").body(Body::empty());
    let reply = house.send(request.unwrap()).await;
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(reply.code(), "request.method");
    assert!(reply.headers["allow"].to_str().unwrap().contains("GET"));
}

#[tokio::test]
async fn the_description_lists_every_route_and_each_answers() {
    let house = House::new().await;
    let described = house.get("/openapi.json").await.json();
    let paths = described["paths"].as_object().unwrap();
    assert!(described["openapi"].as_str().unwrap().starts_with("3."));
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    assert_eq!(paths.len(), 51);
    for (path, item) in paths {
        for (method, operation) in item.as_object().unwrap() {
            let route = format!("`{} {path}`", method.to_uppercase());
            assert!(readme.contains(&route), "README lacks {route}");
            let problem = &operation["responses"]["default"]["content"]["application/problem+json"];
            assert!(problem["schema"].is_object(), "{path} tells how it can fail");
            assert!(
                operation["summary"].is_string() || operation["description"].is_string(),
                "{path}"
            );
            let filled = path
                .replace("{plan}", "current")
                .replace("{layers}", "grids")
                .replace("{z}/{x}/{y}", "14/13179/6262")
                .replace("{name}", "1");
            if filled.contains("events") {
                continue;
            }
            let request = Request::builder()
                .method(method.to_uppercase().as_str())
                .uri(&filled)
                .header("host", "localhost")
                .body(Body::empty());
            let reply = house.send(request.unwrap()).await;
            let is_known = !matches!(reply.status.as_u16(), 405 | 500..);
            let is_routed =
                reply.status != StatusCode::NOT_FOUND || reply.code() != "request.unknown-route";
            assert!(is_known && is_routed, "{method} {filled}: {}", reply.status);
        }
    }
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere() {
    let house = House::new().await;
    let reply = house.get("/").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    assert_eq!(reply.headers["cache-control"], "no-cache");
    let policy = reply.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'self';") && policy.contains("frame-ancestors 'none'"));
    assert!(!policy.contains("http"));
    assert_eq!(reply.headers["referrer-policy"], "no-referrer");
    assert!(reply.text().contains("<html"));
}

#[tokio::test]
async fn only_files_named_by_their_content_are_kept_for_long() {
    let house = House::new().await;
    let page = house.get("/").await;
    let text = page.text();
    let quoted = text.split('"').filter(|part| part.starts_with('/') && *part != "/openapi.json");
    for file in ["/"].into_iter().chain(quoted) {
        let reply = house.get(file).await;
        assert_eq!(reply.status, StatusCode::OK, "{file}");
        let is_named = file.starts_with("/assets/");
        let kept = if is_named { "max-age=31536000, immutable" } else { "no-cache" };
        assert_eq!(reply.headers["cache-control"], kept, "{file}");
        let tag = reply.headers["etag"].to_str().unwrap();
        let again = house.get_with(file, &[("if-none-match", tag)]).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{file}");
        assert_eq!(again.headers["cache-control"], kept, "{file}");
    }
    let missing = house.get("/assets/none.js").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(
        missing
            .headers
            .get("cache-control")
            .is_none_or(|kept| kept != "max-age=31536000, immutable")
    );
}
