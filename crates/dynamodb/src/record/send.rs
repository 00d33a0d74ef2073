//! Intents to send. The time at which one has to be looked at is the end of its wait or of its lease.

use tributary_domain::id::MessageId;
use tributary_domain::ports::{PortError, SendIntent, SendState};
use tributary_domain::time::Timestamp;

use crate::keys::{self, LedgerKey};
use crate::record::{Item, Reader, Writer, text};

const QUEUED: &str = "queued";
const SENDING: &str = "sending";

/// The name and due time of a state.
pub(crate) fn state(state: &SendState) -> (&'static str, Timestamp) {
    match state {
        SendState::Queued { not_before } => (QUEUED, *not_before),
        SendState::Sending { until } => (SENDING, *until),
    }
}

/// The key of an intent.
pub(crate) fn key(intent: &SendIntent) -> LedgerKey {
    LedgerKey::Send {
        ticket_id: intent.ticket_id.clone(),
        position: intent.position,
    }
}

/// An intent as stored.
pub(crate) fn to_item(intent: &SendIntent) -> Item {
    let SendIntent {
        ticket_id,
        message_id,
        position: _,
        attempt,
        queued_at,
        state: now,
    } = intent;
    let (name, due_at) = state(now);
    let key = key(intent);
    Writer::default()
        .value("pk", text(key.pk()))
        .value("sk", text(key.sk()))
        .value("message_id", text(message_id.as_str()))
        .number("attempt", attempt)
        .millis("queued_at", Some(*queued_at))
        .value("state", text(name))
        .value(
            "pending",
            text(keys::pending(keys::Unfinished::Sends, ticket_id)),
        )
        .millis("due_at", Some(due_at))
        .finish()
}

/// Reads an intent back.
pub(crate) fn from_item(item: &Item) -> Result<SendIntent, PortError> {
    let item = Reader::new("send", item);
    let Some(LedgerKey::Send {
        ticket_id,
        position,
    }) = LedgerKey::parse(item.text("pk")?, item.text("sk")?)
    else {
        return Err(item.corrupt("pk"));
    };
    let due_at = item.millis("due_at")?;
    let state = match item.text("state")? {
        QUEUED => SendState::Queued { not_before: due_at },
        SENDING => SendState::Sending { until: due_at },
        _ => return Err(item.corrupt("state")),
    };
    Ok(SendIntent {
        ticket_id,
        message_id: item.parsed("message_id", |t| MessageId::parse(t).ok())?,
        position,
        attempt: item.number("attempt")?,
        queued_at: item.millis("queued_at")?,
        state,
    })
}
