//! Publishing events: at once where that costs nothing, by the relay otherwise. An event stays in the
//! outbox until its publication was acknowledged.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::event::Event;
use crate::id::TicketId;
use crate::ports::{Outbox, PortError, PublishLease, Publisher};
use crate::surroundings::Surroundings;

/// What a request may spend on publishing.
pub const REQUEST_BUDGET: Duration = Duration::from_millis(250);
/// What the relay spends on one ticket's batch.
const RELAY_BUDGET: Duration = Duration::from_secs(10);
/// How long a relay may hold a ticket's events.
const LEASE: Duration = Duration::from_secs(30);
/// Events read at a time.
const BATCH: usize = 50;

/// Publishes what a request just committed, if the broker is at hand, and marks what was acknowledged.
/// Nothing is lost when it does not: the relay does the rest.
pub async fn publish_now<O: Outbox, P: Publisher, S: Surroundings>(
    outbox: &O,
    publisher: &P,
    surroundings: &S,
    events: &[Event],
) {
    if events.is_empty() || !publisher.is_ready() {
        return;
    }
    let mut in_order: Vec<&Event> = events.iter().collect();
    in_order.sort_by(|a, b| (&a.ticket_id, a.sequence).cmp(&(&b.ticket_id, b.sequence)));
    let acknowledged = publisher.publish(&in_order, REQUEST_BUDGET).await;
    if acknowledged == 0 {
        return;
    }
    if let Err(error) = outbox
        .mark_published(&in_order[..acknowledged], surroundings.now())
        .await
    {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "published events could not be marked; the relay will repeat them"
        );
    }
}

/// How far the relay came with a ticket's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relayed {
    /// Nothing is left.
    Done,
    /// Another relay holds the ticket; come back.
    Busy,
    /// The broker did not take everything; come back.
    Left,
}

/// Publishes what is left of a ticket's events, in order.
///
/// # Errors
/// [`PortError`] when the store does not answer.
pub async fn publish_pending<O: Outbox, P: Publisher, S: Surroundings>(
    outbox: &O,
    publisher: &P,
    surroundings: &S,
    ticket_id: &TicketId,
) -> Result<Relayed, PortError> {
    let now = surroundings.now();
    let owner = format!("{:032x}", surroundings.random());
    let Some(mut lease) = outbox
        .lease(ticket_id, &owner, now, now.plus(LEASE))
        .await?
    else {
        return Ok(Relayed::Busy);
    };
    let relayed = publish_leased(outbox, publisher, surroundings, &mut lease).await;
    outbox.release(&lease).await?;
    relayed
}

async fn publish_leased<O: Outbox, P: Publisher, S: Surroundings>(
    outbox: &O,
    publisher: &P,
    surroundings: &S,
    lease: &mut PublishLease,
) -> Result<Relayed, PortError> {
    let started = surroundings.monotonic();
    loop {
        let events = outbox
            .events_after(&lease.ticket_id, lease.published_through, BATCH)
            .await?;
        let batch: BTreeMap<u64, (Event, bool)> = events
            .into_iter()
            .map(|(e, done)| (e.sequence, (e, done)))
            .collect();
        let Some(last) = batch.keys().next_back().copied() else {
            return Ok(Relayed::Done);
        };
        let left: Vec<&Event> = batch
            .values()
            .filter(|(_, done)| !done)
            .map(|(event, _)| event)
            .collect();
        let acknowledged = if left.is_empty() {
            0
        } else {
            publisher.publish(&left, RELAY_BUDGET).await
        };
        outbox
            .mark_published(&left[..acknowledged], surroundings.now())
            .await?;
        match left.get(acknowledged) {
            Some(first_left) => {
                lease.published_through = first_left.sequence - 1;
                return Ok(Relayed::Left);
            }
            None => lease.published_through = last,
        }
        if surroundings.monotonic().saturating_sub(started) > LEASE / 2 {
            return Ok(Relayed::Left);
        }
    }
}

#[cfg(test)]
mod tests;
