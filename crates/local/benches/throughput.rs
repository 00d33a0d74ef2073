//! Inbound messages a second and their latency through the local stack over HTTP: proof, store, events.

#![allow(clippy::expect_used, missing_docs, reason = "a benchmark")]

use std::path::Path;
use std::time::{Duration, Instant};

use futures::StreamExt;
use serde_json::json;
use tributary_edge::auth::hub_signature;
use tributary_local::stack::{Options, Stack};

/// Requests under way at the same time.
const CLIENTS: usize = 16;
/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() {
    let data_dir = tempfile::tempdir().expect("a directory");
    let options = Options {
        port: 0,
        data_dir: data_dir.path().to_owned(),
        tools: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/venv"),
        frontend: "frontend".into(),
        poll_seconds: 10,
        sweep_seconds: 60,
        environment: std::collections::HashMap::new(),
    };
    let stack = Stack::start(options, |step| println!("{step}"))
        .await
        .expect("the stack starts");
    let url = format!("{}/api/webhooks/whatsapp", stack.info().api_url);
    measure(&url, "2,000 messages of 500 customers", 2_000, |n| n % 500).await;
    measure(&url, "500 messages of one customer", 500, |_| 999_999).await;
    stack.stop().await;
}

async fn measure(url: &str, what: &str, count: usize, customer: impl Fn(usize) -> usize) {
    let client = reqwest::Client::new();
    let started = Instant::now();
    let posts = (0..count).map(|n| {
        let (client, body) = (
            client.clone(),
            delivery(&format!("1555{:07}", customer(n)), &format!("{what} {n}")),
        );
        async move {
            let signature = hub_signature::sign(&body, "dev-whatsapp-app-secret");
            let sent = Instant::now();
            let answer = client
                .post(url)
                .header("x-hub-signature-256", signature)
                .body(body)
                .send()
                .await
                .expect("an answer");
            assert_eq!(answer.status(), 200);
            sent.elapsed()
        }
    });
    let all = futures::stream::iter(posts)
        .buffer_unordered(CLIENTS)
        .collect::<Vec<_>>();
    let mut latencies = tokio::time::timeout(PATIENCE, all).await.expect("in time");
    latencies.sort_unstable();
    let at = |share: usize| latencies[(latencies.len() * share / 100).min(latencies.len() - 1)];
    let rate = count as f64 / started.elapsed().as_secs_f64();
    println!(
        "{what}, {CLIENTS} at a time: {rate:.0}/s, p50 {:.1?}, p99 {:.1?}",
        at(50),
        at(99)
    );
}

fn delivery(from: &str, id: &str) -> Vec<u8> {
    let message = json!({"from": from, "id": format!("wamid.{id}"), "timestamp": "1760000000", "type": "text",
        "text": {"body": "Could you tell me when my parcel will come?"}});
    json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp", "metadata": {"display_phone_number": "15550001", "phone_number_id": "300001"},
        "contacts": [{"profile": {"name": "Ann"}, "wa_id": from}], "messages": [message]}}]}]})
    .to_string()
    .into_bytes()
}
