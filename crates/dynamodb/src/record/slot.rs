//! Slots: present, or with events that wait. Waiting events are JSON in a string set, so that the same
//! event waits once.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use tributary_domain::delivery::{DeliveryError, DeliveryState};
use tributary_domain::id::{AttachmentId, MessageId, TicketId};
use tributary_domain::message::SenderType;
use tributary_domain::ports::{PortError, Slot, SlotMessage, SlotWrite, WaitingEvent};
use tributary_domain::revision::{KeptText, Revised, Revision, WholeText};
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
    Edit {
        key: String,
        at: i64,
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        whole: Option<WholeRecord>,
        number: u64,
    },
    Unsend {
        key: String,
        at: i64,
    },
    Reaction {
        key: String,
        at: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emoji: Option<String>,
        by: String,
        sender: String,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct WholeRecord {
    attachment_id: String,
    blob_key: String,
    size_bytes: u64,
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
        part,
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
        let writer = writer.number("attempt", attempt);
        writer.some("part", (*part > 0).then(|| crate::record::number(part)))
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
        part: item.maybe_number("part")?.unwrap_or(0),
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
        WaitingEvent::Revision(revision) => revision_record(revision),
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

fn revision_record(revision: &Revision) -> WaitingRecord {
    let Revision { key, at, what } = revision;
    let (key, at) = (key.clone(), at.as_millis());
    match what {
        Revised::Edit {
            text: KeptText { shown, whole },
            number,
        } => WaitingRecord::Edit {
            key,
            at,
            text: shown.clone(),
            whole: whole.as_ref().map(
                |WholeText {
                     attachment_id,
                     blob_key,
                     size_bytes,
                 }| WholeRecord {
                    attachment_id: attachment_id.to_string(),
                    blob_key: blob_key.clone(),
                    size_bytes: *size_bytes,
                },
            ),
            number: *number,
        },
        Revised::Unsend => WaitingRecord::Unsend { key, at },
        Revised::Reaction {
            emoji,
            by,
            sender_type,
        } => WaitingRecord::Reaction {
            key,
            at,
            emoji: emoji.clone(),
            by: by.clone(),
            sender: sender_type.as_str().to_owned(),
        },
    }
}

fn read_whole(record: WholeRecord) -> Option<WholeText> {
    let WholeRecord {
        attachment_id,
        blob_key,
        size_bytes,
    } = record;
    Some(WholeText {
        attachment_id: AttachmentId::parse(&attachment_id).ok()?,
        blob_key,
        size_bytes,
    })
}

fn revision(key: String, at: i64, what: Revised) -> WaitingEvent {
    WaitingEvent::Revision(Revision {
        key,
        at: Timestamp::from_millis(at),
        what,
    })
}

fn read_event(text: &str) -> Option<WaitingEvent> {
    match serde_json::from_str(text).ok()? {
        WaitingRecord::Edit {
            key,
            at,
            text,
            whole,
            number,
        } => {
            let whole = match whole {
                Some(whole) => Some(read_whole(whole)?),
                None => None,
            };
            let text = KeptText { shown: text, whole };
            Some(revision(key, at, Revised::Edit { text, number }))
        }
        WaitingRecord::Unsend { key, at } => Some(revision(key, at, Revised::Unsend)),
        WaitingRecord::Reaction {
            key,
            at,
            emoji,
            by,
            sender,
        } => {
            let sender_type = SenderType::parse(&sender)?;
            let what = Revised::Reaction {
                emoji,
                by,
                sender_type,
            };
            Some(revision(key, at, what))
        }
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
