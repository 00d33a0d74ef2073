//! A consumer of the product's topics, as another system would be one.

use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::message::Message;
use serde_json::Value;

/// An event as a consumer sees it.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its topic.
    pub topic: String,
    /// Its key.
    pub key: String,
    /// Its body.
    pub event: Value,
}

/// Reads both topics from their beginning.
pub struct Topics {
    consumer: StreamConsumer,
    seen: Vec<Received>,
}

impl Topics {
    /// A consumer of its own group.
    ///
    /// # Errors
    /// When librdkafka takes no such consumer.
    pub fn subscribe(bootstrap: &str) -> anyhow::Result<Self> {
        let consumer: StreamConsumer = ClientConfig::new()
            .set("bootstrap.servers", bootstrap)
            .set("group.id", format!("journey-{}", std::process::id()))
            .set("auto.offset.reset", "earliest")
            .set("enable.auto.commit", "false")
            .set("session.timeout.ms", "6000")
            .create()?;
        consumer.subscribe(&["support-tickets", "support-messages"])?;
        Ok(Self {
            consumer,
            seen: Vec::new(),
        })
    }

    /// Everything seen once `enough` says so, or after `patience`. Repetitions (same `event_id`) are
    /// dropped, as a consumer does.
    pub async fn until(
        &mut self,
        patience: Duration,
        enough: impl Fn(&[Received]) -> bool,
    ) -> &[Received] {
        let end = Instant::now() + patience;
        while !enough(&self.seen) {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(Ok(message)) = tokio::time::timeout(left, self.consumer.recv()).await else {
                if Instant::now() >= end {
                    break;
                }
                continue;
            };
            let event: Value = message
                .payload()
                .and_then(|p| serde_json::from_slice(p).ok())
                .unwrap_or(Value::Null);
            if self
                .seen
                .iter()
                .any(|r| r.event["event_id"] == event["event_id"])
            {
                continue;
            }
            let key = String::from_utf8_lossy(message.key().unwrap_or_default()).into_owned();
            self.seen.push(Received {
                topic: message.topic().to_owned(),
                key,
                event,
            });
        }
        &self.seen
    }
}

/// The sequences of a ticket's events, sorted.
#[must_use]
pub fn sequences(events: &[Received], ticket_id: &str) -> Vec<u64> {
    let mut found: Vec<u64> = events
        .iter()
        .filter(|r| r.event["ticket_id"] == ticket_id)
        .filter_map(|r| r.event["sequence"].as_u64())
        .collect();
    found.sort_unstable();
    found
}
