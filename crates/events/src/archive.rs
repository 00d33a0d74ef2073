//! Events in the bucket, for desks without Kafka: the same JSON as on the topics, a line each, under
//! `events/<year>/<month>/<day>/<ticket>-<first sequence>-<last sequence>.jsonl`.
//!
//! At least once, as on Kafka: a relay that was killed between writing and noting so writes again, perhaps with more
//! behind it. `event_id` tells repetitions.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tributary_domain::event::Event;
use tributary_domain::ports::{Blobs, Publisher};
use tributary_kafka::wire::EventBody;

const CONTENT_TYPE: &str = "application/jsonl";

/// The archive in one bucket.
pub struct EventArchive<B> {
    blobs: B,
}

impl<B: Blobs> EventArchive<B> {
    /// The archive in `blobs`.
    #[must_use]
    pub fn new(blobs: B) -> Self {
        Self { blobs }
    }

    /// Writes events of one ticket, which are at least one. Returns whether they are stored.
    async fn write(&self, events: &[&Event]) -> bool {
        let Some((key, lines)) = object(events) else {
            return false;
        };
        match self.blobs.put(&key, CONTENT_TYPE, lines).await {
            Ok(()) => true,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, events = events.len(), "events were not archived");
                false
            }
        }
    }
}

impl<B: Blobs> Publisher for EventArchive<B> {
    async fn publish(&self, events: &[&Event], budget: Duration) -> usize {
        let deadline = Instant::now() + budget;
        let mut published = 0;
        for run in events.chunk_by(|a, b| a.ticket_id == b.ticket_id) {
            match timeout_at(deadline, self.write(run)).await {
                Ok(true) => published += run.len(),
                Ok(false) | Err(_) => break,
            }
        }
        published
    }

    fn is_ready(&self) -> bool {
        true
    }
}

/// The object of a ticket's events.
fn object(events: &[&Event]) -> Option<(String, Vec<u8>)> {
    let (first, last) = (events.first()?, events.last()?);
    let time = first.timestamp.to_string();
    let day = time.get(..10)?.replace('-', "/");
    let ticket = first.ticket_id.as_str();
    let key = format!(
        "events/{day}/{ticket}-{:010}-{:010}.jsonl",
        first.sequence, last.sequence
    );
    let mut lines = Vec::new();
    for event in events {
        serde_json::to_writer(&mut lines, &EventBody::from(*event)).ok()?;
        lines.push(b'\n');
    }
    Some((key, lines))
}

#[cfg(test)]
mod tests;
