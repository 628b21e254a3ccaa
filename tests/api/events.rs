//! What listeners hear.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use lifang::domain::register::rows::Rows;
use lifang::domain::rights::Actor;
use serde_json::Value;
use tokio_stream::StreamExt;

use super::house::{House, import, town};

struct Listener(axum::body::BodyDataStream, String);

impl Listener {
    async fn open(house: &House, headers: &[(&str, &str)]) -> Self {
        let request = Request::get("/api/v1/events?plan=current").header("host", "localhost");
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = house.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(response.into_body().into_data_stream(), String::new())
    }

    /// Name and data of the next event; comments are passed over.
    async fn next(&mut self) -> (String, Value) {
        loop {
            if let Some((event, rest)) = self.1.split_once("\n\n") {
                let field = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned)
                };
                let found = field("event: ").zip(field("data: "));
                self.1 = rest.to_owned();
                if let Some((name, data)) = found {
                    return (name, serde_json::from_str(&data).unwrap());
                }
                continue;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(5), self.0.next()).await;
            let chunk = chunk.expect("an event comes").expect("the stream goes on").unwrap();
            self.1.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test]
async fn a_commit_is_told_with_the_counts_it_touched() {
    let house = House::new().await;
    let mut listener = Listener::open(&house, &[]).await;
    let mut second = Listener::open(&house, &[]).await;
    let mut households = town().households;
    for household in &mut households {
        household.persons += 1;
    }
    let command = import(Rows::Households(households), "later.csv");
    house.desk.submit(command, Actor::local("")).await.unwrap();
    let (name, change) = listener.next().await;
    assert_eq!(name, "change");
    assert_eq!(change["revision"], house.desk.world().revision().0);
    assert!(change["kinds"].as_array().unwrap().contains(&"people".into()));
    assert!(!change["boxes"].as_array().unwrap().is_empty());
    assert!(!change["areas"].as_array().unwrap().is_empty());
    let tallies = house.get("/api/v1/plans/current/tallies").await.json();
    let now = tallies["rows"].as_array().unwrap();
    let told = change["tallies"].as_array().unwrap();
    assert!(told.len() > 2);
    for row in told {
        assert!(now.contains(row), "{row} is what the tallies say now");
    }
    assert_eq!(second.next().await.1, change, "all hear the same");
}

#[tokio::test]
async fn who_comes_back_late_is_told_to_ask_again() {
    let house = House::new().await;
    let revision = house.desk.world().revision().0;
    let mut late = Listener::open(&house, &[("last-event-id", "1")]).await;
    let (name, data) = late.next().await;
    assert_eq!((name.as_str(), &data["revision"]), ("resync", &Value::from(revision)));
}
