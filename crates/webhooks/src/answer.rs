//! How a webhook answers a platform, which is a machine that retries.

use std::error::Error as _;

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tributary_domain::Channel;
use tributary_domain::receive::{Counts, Outcome, ReceiveError};
use tributary_edge::{Problem, ProblemCode};
use tributary_telemetry::metrics::{Arrival, arrived};
use utoipa::ToSchema;

/// What became of the events of a body; `received` is the sum of the others.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountsView {
    /// Always `ok`.
    status: &'static str,
    /// Events in the body: each message, status, reaction, … is one.
    received: u64,
    /// New and applied.
    stored: u64,
    /// Seen before.
    duplicates: u64,
    /// Understood and of no use to a support desk.
    ignored: u64,
    /// Authentic, but not understood or not applicable yet; kept raw.
    parked: u64,
}

impl From<Counts> for CountsView {
    fn from(counts: Counts) -> Self {
        let Counts {
            stored,
            duplicates,
            ignored,
            parked,
        } = counts;
        Self {
            status: "ok",
            received: counts.received(),
            stored,
            duplicates,
            ignored,
            parked,
        }
    }
}

/// 200 with the counts, or 503 when anything is left, so that the platform delivers the body again;
/// that loses and repeats nothing.
pub(crate) fn of(channel: Channel, outcome: &Outcome) -> Response {
    tell(channel, outcome);
    match outcome.unfinished {
        None => Json(CountsView::from(outcome.received.counts)).into_response(),
        Some(_) => unavailable().into_response(),
    }
}

/// Logs and counts what became of a body, and logs why something of it is left.
pub(crate) fn tell(channel: Channel, outcome: &Outcome) {
    let counts = outcome.received.counts;
    for (arrival, events) in [
        (Arrival::Stored, counts.stored),
        (Arrival::Duplicate, counts.duplicates),
        (Arrival::Ignored, counts.ignored),
        (Arrival::Parked, counts.parked),
    ] {
        arrived(channel.as_str(), arrival, events);
    }
    tracing::info!(
        %channel,
        received = counts.received(),
        stored = counts.stored,
        duplicates = counts.duplicates,
        ignored = counts.ignored,
        parked = counts.parked,
        finished = outcome.unfinished.is_none(),
        "webhook events"
    );
    match &outcome.unfinished {
        None => {}
        Some(ReceiveError::Port(error)) => tracing::error!(
            error = error as &dyn std::error::Error,
            cause = error.source(),
            "a webhook could not be finished"
        ),
        Some(ReceiveError::OutOfTime) => tracing::warn!("a webhook ran out of time"),
    }
}

/// 503: something of ours is away, and the same delivery may succeed soon.
pub(crate) fn unavailable() -> Problem {
    Problem::new(ProblemCode::TemporarilyUnavailable).retry_after(5)
}
