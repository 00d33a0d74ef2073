//! The JSON of an event, version 1: fixed until `schema_version` changes.

use serde::Serialize;
use tributary_domain::event::{Event, EventMessage};

/// The version of this form.
const SCHEMA_VERSION: u32 = 1;

/// An event as consumers read it.
#[derive(Debug, Serialize)]
pub struct EventBody<'e> {
    event_type: &'static str,
    ticket_id: &'e str,
    customer_id: &'e str,
    status: &'static str,
    priority: &'static str,
    source: &'static str,
    timestamp: String,
    event_id: &'e str,
    sequence: u64,
    schema_version: u32,
    #[serde(flatten)]
    message: Option<MessageBody<'e>>,
}

/// What message events add.
#[derive(Debug, Serialize)]
struct MessageBody<'e> {
    message_id: &'e str,
    sender_type: &'static str,
    visibility: &'static str,
    delivery_state: Option<&'static str>,
}

impl<'e> From<&'e Event> for EventBody<'e> {
    fn from(event: &'e Event) -> Self {
        let Event {
            event_type,
            ticket_id,
            customer_id,
            status,
            priority,
            source,
            timestamp,
            event_id,
            sequence,
            message,
        } = event;
        Self {
            event_type: event_type.as_str(),
            ticket_id: ticket_id.as_str(),
            customer_id: customer_id.as_str(),
            status: status.as_str(),
            priority: priority.as_str(),
            source: source.as_str(),
            timestamp: timestamp.to_string(),
            event_id: event_id.as_str(),
            sequence: *sequence,
            schema_version: SCHEMA_VERSION,
            message: message.as_ref().map(MessageBody::from),
        }
    }
}

impl<'e> From<&'e EventMessage> for MessageBody<'e> {
    fn from(message: &'e EventMessage) -> Self {
        let EventMessage {
            message_id,
            sender_type,
            visibility,
            delivery_state,
        } = message;
        Self {
            message_id: message_id.as_str(),
            sender_type: sender_type.as_str(),
            visibility: visibility.as_str(),
            delivery_state: delivery_state.map(tributary_domain::DeliveryState::as_str),
        }
    }
}

#[cfg(test)]
mod tests;
