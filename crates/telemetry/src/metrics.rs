//! The metrics of all functions: their names, units and dimensions, and how CloudWatch reads them, in embedded metric
//! format (Amazon CloudWatch User Guide, "Embedded metric format specification"). Where no recorder is installed, as
//! in the local stack, counting costs nothing and tells nobody.
//!
//! No dimension names a person, a ticket or an account.

use std::fmt;
use std::time::Duration;

use ::metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use metrics_cloudwatch_embedded::{Builder, Collector};

/// What became of an event that a platform delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// New and applied.
    Stored,
    /// Seen before.
    Duplicate,
    /// Of no use to a desk.
    Ignored,
    /// Kept raw.
    Parked,
}

/// What a provider did with a part that was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    /// It took it.
    Sent,
    /// It may take it later.
    Retry,
    /// It takes less at a time.
    Limited,
    /// It takes nothing of the account.
    Broken,
    /// It never will.
    Failed,
    /// Nobody knows.
    Unknown,
}

/// Who published events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublishedBy {
    /// The request that committed them.
    Request,
    /// The relay.
    Relay,
}

/// Events that a webhook delivered: `WebhookEvents {channel, outcome}`; those that are parked also count in `Parked`.
pub fn arrived(channel: &'static str, arrival: Arrival, events: u64) {
    if events == 0 {
        return;
    }
    let outcome = match arrival {
        Arrival::Stored => "stored",
        Arrival::Duplicate => "duplicate",
        Arrival::Ignored => "ignored",
        Arrival::Parked => {
            counter!("Parked").increment(events);
            "parked"
        }
    };
    counter!("WebhookEvents", "channel" => channel, "outcome" => outcome).increment(events);
}

/// A delivery whose proof of origin is wrong: `ProofRefused {channel}`.
pub fn proof_refused(channel: &'static str) {
    counter!("ProofRefused", "channel" => channel).increment(1);
}

/// A mail whose signature is wrong was set aside: `MailQuarantined`.
pub fn mail_quarantined() {
    counter!("MailQuarantined").increment(1);
}

/// A new ticket: `TicketsCreated {channel}`.
pub fn ticket_created(channel: &'static str) {
    counter!("TicketsCreated", "channel" => channel).increment(1);
}

/// A message of a customer or bot was committed: `Messages {direction=in}`.
pub fn message_in() {
    counter!("Messages", "direction" => "in").increment(1);
}

/// An agent's public message was committed: `Messages {direction=out}` and `Replies {channel}`.
pub fn message_out(channel: &'static str) {
    counter!("Messages", "direction" => "out").increment(1);
    counter!("Replies", "channel" => channel).increment(1);
}

/// A part was handed to a provider: `Sends {channel, outcome}`, and how long that took, `ProviderCall {channel}`.
pub fn handed_over(channel: &'static str, handed: Handed, took: Duration) {
    let outcome = match handed {
        Handed::Sent => "sent",
        Handed::Retry => "retry",
        Handed::Limited => "limited",
        Handed::Broken => "broken",
        Handed::Failed => "failed",
        Handed::Unknown => "unknown",
    };
    counter!("Sends", "channel" => channel, "outcome" => outcome).increment(1);
    histogram!("ProviderCall", "channel" => channel).record(millis(took));
}

/// How long it took from writing a message until its provider had answered for all of it: `SendAge {channel}`.
pub fn sent_after(channel: &'static str, age: Duration) {
    histogram!("SendAge", "channel" => channel).record(millis(age));
}

/// Events were published: `EventsPublished {by}`.
pub fn published(by: PublishedBy, events: u64) {
    let by = match by {
        PublishedBy::Request => "request",
        PublishedBy::Relay => "relay",
    };
    if events > 0 {
        counter!("EventsPublished", "by" => by).increment(events);
    }
}

/// How late the oldest event is that nobody has published: `OutboxAge`, zero when there is none.
pub fn outbox_age(age: Duration) {
    histogram!("OutboxAge").record(millis(age));
}

/// How late the oldest message is that is due to be sent: `SendQueueAge`, zero when there is none.
pub fn send_queue_age(age: Duration) {
    histogram!("SendQueueAge").record(millis(age));
}

/// How many of our accounts send or take nothing until somebody mends them: `AccountsPaused`.
pub fn accounts_paused(accounts: u32) {
    histogram!("AccountsPaused").record(accounts);
}

/// Whole read units of DynamoDB: `ReadUnits {function}`.
pub fn read_units(units: u64) {
    counter!("ReadUnits", "function" => super::function()).increment(units);
}

/// Whole write units of DynamoDB: `WriteUnits {function}`.
pub fn write_units(units: u64) {
    counter!("WriteUnits", "function" => super::function()).increment(units);
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Where what was counted is kept until it is written.
#[derive(Clone, Copy)]
pub(super) struct Metrics(&'static Collector);

impl Metrics {
    /// Installs the recorder if `METRICS_NAMESPACE` is set, and counts this start: `ColdStart {function}`.
    pub(super) fn from_environment() -> Option<Self> {
        let namespace = std::env::var("METRICS_NAMESPACE").ok()?;
        if namespace.is_empty() {
            return None;
        }
        let collector = Builder::new()
            .cloudwatch_namespace(namespace)
            .init()
            .inspect_err(|error| tracing::error!(%error, "metrics cannot be counted"))
            .ok()?;
        describe();
        counter!("ColdStart", "function" => super::function()).increment(1);
        Some(Self(collector))
    }

    pub(super) fn flush(&self) {
        let mut lines = Vec::new();
        let written = self.0.flush(&mut lines);
        // In one piece, so that a line of the log does not come between.
        let written =
            written.and_then(|()| std::io::Write::write_all(&mut std::io::stdout(), &lines));
        if let Err(error) = written {
            tracing::warn!(%error, "metrics were not written");
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

fn describe() {
    for count in [
        "WebhookEvents",
        "Parked",
        "ProofRefused",
        "MailQuarantined",
        "TicketsCreated",
        "Messages",
        "Replies",
        "Sends",
        "EventsPublished",
        "ReadUnits",
        "WriteUnits",
        "ColdStart",
    ] {
        describe_counter!(count, Unit::Count, "");
    }
    describe_histogram!("AccountsPaused", Unit::Count, "");
    for time in ["ProviderCall", "SendAge", "OutboxAge", "SendQueueAge"] {
        describe_histogram!(time, Unit::Milliseconds, "");
    }
}

#[cfg(test)]
mod tests;
