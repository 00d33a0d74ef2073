//! Events waiting in the outbox: the event as JSON, and until it is published, its place among
//! unfinished work.

use serde::{Deserialize, Serialize};
use tributary_domain::channel::Channel;
use tributary_domain::delivery::DeliveryState;
use tributary_domain::event::{Event, EventMessage, EventType};
use tributary_domain::id::{CustomerId, EventId, MessageId};
use tributary_domain::message::{SenderType, Visibility};
use tributary_domain::ports::PortError;
use tributary_domain::ticket::{Priority, Status};
use tributary_domain::time::Timestamp;

use crate::keys::{self, LedgerKey};
use crate::record::{Item, Reader, Writer, json, text};

/// An event without what its key says.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct EventRecord {
    event_id: String,
    event_type: String,
    customer_id: String,
    status: String,
    priority: String,
    source: String,
    timestamp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<EventMessageRecord>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct EventMessageRecord {
    message_id: String,
    sender_type: String,
    visibility: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_state: Option<String>,
}

/// An event to be published, due from its own time on.
pub(crate) fn to_item(event: &Event) -> Result<Item, PortError> {
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
    let key = LedgerKey::Event {
        ticket_id: ticket_id.clone(),
        sequence: *sequence,
    };
    let record = EventRecord {
        event_id: event_id.as_str().to_owned(),
        event_type: event_type.as_str().to_owned(),
        customer_id: customer_id.as_str().to_owned(),
        status: status.as_str().to_owned(),
        priority: priority.as_str().to_owned(),
        source: source.as_str().to_owned(),
        timestamp: timestamp.as_millis(),
        message: message.as_ref().map(message_record),
    };
    Ok(Writer::default()
        .value("pk", text(key.pk()))
        .value("sk", text(key.sk()))
        .value("event", json(&record)?)
        .value(
            "pending",
            text(keys::pending(keys::Unfinished::Events, ticket_id)),
        )
        .millis("due_at", Some(*timestamp))
        .finish())
}

fn message_record(message: &EventMessage) -> EventMessageRecord {
    let EventMessage {
        message_id,
        sender_type,
        visibility,
        delivery_state,
    } = message;
    EventMessageRecord {
        message_id: message_id.as_str().to_owned(),
        sender_type: sender_type.as_str().to_owned(),
        visibility: visibility.as_str().to_owned(),
        delivery_state: delivery_state.map(|s| s.as_str().to_owned()),
    }
}

/// Reads an event back, and whether it is published.
pub(crate) fn from_item(item: &Item) -> Result<(Event, bool), PortError> {
    let reader = Reader::new("event", item);
    let Some(LedgerKey::Event {
        ticket_id,
        sequence,
    }) = LedgerKey::parse(reader.text("pk")?, reader.text("sk")?)
    else {
        return Err(reader.corrupt("pk"));
    };
    let published = reader.maybe_text("pending")?.is_none();
    let record: EventRecord = reader.json("event")?;
    let event = (|| {
        Some(Event {
            event_type: EventType::parse(&record.event_type)?,
            ticket_id,
            customer_id: CustomerId::parse(&record.customer_id).ok()?,
            status: Status::parse(&record.status)?,
            priority: Priority::parse(&record.priority)?,
            source: Channel::parse(&record.source)?,
            timestamp: Timestamp::from_millis(record.timestamp),
            event_id: EventId::parse(&record.event_id).ok()?,
            sequence,
            message: match record.message {
                None => None,
                Some(message) => Some(read_message(&message)?),
            },
        })
    })();
    Ok((event.ok_or_else(|| reader.corrupt("event"))?, published))
}

fn read_message(record: &EventMessageRecord) -> Option<EventMessage> {
    let delivery_state = match &record.delivery_state {
        None => None,
        Some(state) => Some(DeliveryState::parse(state)?),
    };
    Some(EventMessage {
        message_id: MessageId::parse(&record.message_id).ok()?,
        sender_type: SenderType::parse(&record.sender_type)?,
        visibility: Visibility::parse(&record.visibility)?,
        delivery_state,
    })
}
