//! Slots: present, or with events that wait. Waiting events are JSON in a string set, so that the same
//! event waits once.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use tributary_domain::delivery::{DeliveryError, DeliveryState};
use tributary_domain::id::{MessageId, TicketId};
use tributary_domain::ports::{PortError, Slot, SlotMessage, SlotWrite, WaitingEvent};
use tributary_domain::time::Timestamp;

use crate::keys::LedgerKey;
use crate::record::{Item, Reader, Writer, text};

/// A waiting event; the order of its fields is part of its identity.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum WaitingRecord {
    Delivery {
        state: String,
        at: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<ErrorRecord>,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct ErrorRecord {
    code: String,
    message: String,
    hint: String,
}

/// The slot of a message that is there.
pub(crate) fn to_item(write: &SlotWrite) -> Item {
    let SlotWrite {
        key,
        message,
        applies: _,
    } = write;
    let SlotMessage {
        ticket_id,
        message_id,
        position,
        attempt,
    } = message;
    let key = LedgerKey::slot(key);
    let writer = Writer::default()
        .value("pk", text(key.pk()))
        .value("sk", text(key.sk()))
        .value("ticket_id", text(ticket_id.as_str()))
        .value("message_id", text(message_id.as_str()))
        .number("position", position);
    if *attempt == 0 {
        writer
    } else {
        writer.number("attempt", attempt)
    }
    .finish()
}

/// What a slot holds.
pub(crate) fn from_item(item: &Item) -> Result<Slot, PortError> {
    match item.get("ticket_id") {
        Some(_) => present(item).map(Slot::Present),
        None => Ok(Slot::Waiting(waiting(item)?)),
    }
}

/// The message a slot stands for.
pub(crate) fn present(item: &Item) -> Result<SlotMessage, PortError> {
    let item = Reader::new("slot", item);
    Ok(SlotMessage {
        ticket_id: item.parsed("ticket_id", |t| TicketId::parse(t).ok())?,
        message_id: item.parsed("message_id", |t| MessageId::parse(t).ok())?,
        position: item.number("position")?,
        attempt: item.maybe_number("attempt")?.unwrap_or(0),
    })
}

/// The texts of the events that wait.
pub(crate) fn waiting_texts(item: &Item) -> &[String] {
    match item.get("waiting") {
        Some(AttributeValue::Ss(texts)) => texts,
        _ => &[],
    }
}

fn waiting(item: &Item) -> Result<Vec<WaitingEvent>, PortError> {
    let mut texts: Vec<&String> = waiting_texts(item).iter().collect();
    texts.sort_unstable();
    texts
        .into_iter()
        .map(|text| read_event(text).ok_or_else(|| PortError::Corrupt("slot: waiting".to_owned())))
        .collect()
}

/// A waiting event as text, the same text for the same event.
pub(crate) fn event_text(event: &WaitingEvent) -> Result<String, PortError> {
    let record = match event {
        WaitingEvent::Delivery { state, at, error } => WaitingRecord::Delivery {
            state: state.as_str().to_owned(),
            at: at.as_millis(),
            error: error.as_ref().map(
                |DeliveryError {
                     code,
                     message,
                     hint,
                 }| ErrorRecord {
                    code: code.clone(),
                    message: message.clone(),
                    hint: hint.clone(),
                },
            ),
        },
    };
    serde_json::to_string(&record)
        .map_err(|_| PortError::Corrupt("a waiting event cannot be written as JSON".to_owned()))
}

fn read_event(text: &str) -> Option<WaitingEvent> {
    match serde_json::from_str(text).ok()? {
        WaitingRecord::Delivery { state, at, error } => Some(WaitingEvent::Delivery {
            state: DeliveryState::parse(&state)?,
            at: Timestamp::from_millis(at),
            error: error.map(
                |ErrorRecord {
                     code,
                     message,
                     hint,
                 }| DeliveryError {
                    code,
                    message,
                    hint,
                },
            ),
        }),
    }
}
