//! What a deployment tells of itself: metrics in the log, and traces to X-Ray's daemon.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::net::UdpSocket;
use tokio::time::timeout;
use tributary_journeys::whatsapp::{ACCOUNT, delivery, text};
use tributary_journeys::world::{World, deliver};

const NUMBER: &str = "15550177";
const WORDS: &str = "A sentence that nobody logs";

/// X-Ray's daemon as a function sees it.
struct Daemon(UdpSocket);

impl Daemon {
    async fn start() -> Result<Self> {
        Ok(Self(UdpSocket::bind(("127.0.0.1", 0)).await?))
    }

    fn address(&self) -> Result<String> {
        Ok(self.0.local_addr()?.to_string())
    }

    /// Subsegments up to the one of this name.
    async fn until(&self, name: &str) -> Result<Vec<Value>> {
        let mut all = Vec::new();
        let mut buffer = vec![0; 65_536];
        loop {
            let received = timeout(Duration::from_secs(20), self.0.recv(&mut buffer));
            let length = received
                .await
                .with_context(|| format!("no {name} in {all:?}"))??;
            let datagram = std::str::from_utf8(&buffer[..length])?;
            let (_, document) = datagram.split_once('\n').context("a header line")?;
            let document: Value = serde_json::from_str(document)?;
            let is_last = document["name"] == name;
            all.push(document);
            if is_last {
                return Ok(all);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_counted_and_traced_by_ticket_and_request_and_names_nobody() -> Result<()> {
    let world = World::start().await?;
    let daemon = Daemon::start().await?;
    let watched = [
        ("METRICS_NAMESPACE", "tributary-test"),
        ("AWS_XRAY_DAEMON_ADDRESS", &daemon.address()?),
    ];
    let webhooks = world.function_with("webhooks", &watched).await?;
    let answer = deliver(
        &webhooks,
        &delivery(ACCOUNT, &[text(NUMBER, "wamid.watched-1", WORDS)], &[]),
    )
    .await?;
    assert_eq!(answer.status, 200, "{}", answer.text());

    let subsegments = daemon.until("request").await?;
    let request = subsegments.last().context("a request")?;
    assert_eq!(request["annotations"]["route"], "/api/webhooks/whatsapp");
    assert_eq!(request["annotations"]["status"], 200);
    let ticket = request["annotations"]["ticket_id"]
        .as_str()
        .unwrap_or_default();
    assert!(ticket.starts_with("tkt_"), "{request}");
    assert!(
        request["annotations"]["request_id"].is_string(),
        "{request}"
    );
    let commit = subsegments
        .iter()
        .find(|s| s["aws"]["operation"] == "TransactWriteItems")
        .with_context(|| format!("a commit in {subsegments:?}"))?;
    assert_eq!(commit["name"], "DynamoDB");
    assert_eq!(commit["parent_id"], request["id"]);
    assert_eq!(commit["trace_id"], request["trace_id"]);

    // The metrics are written before the answer, so they are there however suddenly the process ends.
    webhooks.kill().await;
    let lines = webhooks.lines();
    let metrics: Vec<Value> = lines
        .iter()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &Value| line.get("_aws").is_some())
        .collect();
    let counted = |name: &str| {
        let values = metrics.iter().filter_map(|line| line[name].as_u64());
        values.sum::<u64>()
    };
    for (name, expected) in [
        ("WebhookEvents", 1),
        ("Messages", 1),
        ("TicketsCreated", 1),
        ("ColdStart", 1),
    ] {
        assert_eq!(counted(name), expected, "{name} in {metrics:?}");
    }
    assert!(counted("WriteUnits") >= 8, "{metrics:?}");

    let told = format!("{lines:?}{subsegments:?}");
    for secret in [NUMBER, WORDS] {
        assert!(!told.contains(secret), "{secret} is told");
    }
    Ok(())
}
