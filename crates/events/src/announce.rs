//! What every use case ends with.

use tributary_domain::Surroundings;
use tributary_domain::event::{Event, EventType};
use tributary_domain::message::Visibility;
use tributary_domain::ports::{Outbox, Publisher};
use tributary_domain::publish_events::publish_now;
use tributary_telemetry::metrics;

/// Counts what was just committed and publishes it, as far as that costs nothing; the relay does the rest. The span
/// around it is given the ticket, if there is one ticket.
pub async fn announce<O: Outbox, P: Publisher, S: Surroundings>(
    outbox: &O,
    publisher: &P,
    surroundings: &S,
    events: &[Event],
) {
    if let Some(first) = events.first() {
        if events
            .iter()
            .all(|event| event.ticket_id == first.ticket_id)
        {
            tracing::Span::current().record("ticket_id", first.ticket_id.as_str());
        }
        events.iter().for_each(count);
    }
    publish_now(outbox, publisher, surroundings, events).await;
}

fn count(event: &Event) {
    match event.event_type {
        EventType::TicketCreated => metrics::ticket_created(event.source.as_str()),
        EventType::MessageReceived => metrics::message_in(),
        EventType::MessageSent => {
            let to_customer = event
                .message
                .as_ref()
                .is_some_and(|message| message.visibility == Visibility::Public);
            if to_customer {
                metrics::message_out(event.source.as_str());
            }
        }
        EventType::TicketUpdated
        | EventType::TicketResolved
        | EventType::TicketReopened
        | EventType::TicketClosed
        | EventType::MessageDelivery => {}
    }
}
